"""Ledgers made up by rule, the statements a provider would make of them, and faults planted in those."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from openpyxl import Workbook

from chalicelib.clock.rules import ZONE
from chalicelib.payments.reconciling.movements import Days, Kind, Line, Row, Status
from chalicelib.payments.reconciling.rules import DifferenceKind

JUNE = Days(date(2026, 6, 1), date(2026, 6, 30))
HEADS = ("Mã giao dịch", "Mã đơn hàng", "Loại giao dịch", "Trạng thái", "Số tiền", "Thời gian", "Phí dịch vụ")
KINDS = {Kind.PAYMENT: "Thanh toán", Kind.REFUND: "Hoàn trả"}
STATUSES = {
    Status.SUCCESS: "Thành công",
    Status.FAILED: "Không thành công",
    Status.PENDING: "Đang xử lý",
    Status.REVERSED: "Đã đảo giao dịch",
}
AMOUNTS = (8_000, 20_000, 50_000, 120_000, 1_250_000)


def a_row(number: int, **changes: Any) -> Row:
    began = datetime(2026, 6, 15, 9, 0, tzinfo=ZONE) + timedelta(seconds=number)
    facts: dict[str, Any] = {
        "payment_id": f"d{number:07}-abc234",
        "dossier_code": f"000.00.10.H32-260615-{number:04}",
        "agency": "H32.10",
        "provider": "vnpay",
        "order": f"d{number:07}-abc234",
        "reference": f"{14_000_000 + number}",
        "kind": Kind.PAYMENT,
        "status": Status.SUCCESS,
        "amount": 20_000,
        "since": began,
        "at": began + timedelta(minutes=2),
        **changes,
    }
    return Row(**facts)


def a_refund(number: int, **changes: Any) -> Row:
    told = {"kind": Kind.REFUND, "reference": f"R{number:07}", "refund": f"refund-{number:07}"}
    return a_row(number, **told | changes)


def a_line(row: Row, number: int = 2, **changes: Any) -> Line:
    line = Line(number, row.reference, row.order, row.kind, row.status, row.amount, row.at - timedelta(minutes=1), 550)
    return line._replace(**changes)


def statement(rows: Iterable[Row]) -> list[Line]:
    """What the provider would say of these, line by line below a line of heads."""
    return [a_line(row, number) for number, row in enumerate((r for r in rows if r.status != Status.UNHEARD), 2)]


def month(payments: int, seed: int = 1) -> list[Row]:
    """A month of one provider's payments of forty agencies: most succeed, some fail, some are refunded."""
    dice = random.Random(seed)
    rows = []
    for number in range(payments):
        day = datetime.combine(date(2026, 6, 1 + dice.randrange(30)), time(8), ZONE)
        began = day + timedelta(seconds=dice.randrange(12 * 3600))
        fact = {
            "agency": f"H32.{dice.randrange(10, 50)}",
            "amount": dice.choice(AMOUNTS),
            "since": began,
            "at": began + timedelta(minutes=3),
        }
        failed = dice.random() < 0.05
        rows.append(a_row(number, **fact, status=Status.FAILED if failed else Status.SUCCESS))
        if not failed and dice.random() < 0.02:
            rows.append(a_refund(number, **fact))
    return rows


class Planted(NamedTuple):
    rows: list[Row]
    lines: list[Line]
    expected: set[tuple[DifferenceKind, str]]


def plant(
    rows: Sequence[Row], each: int, seed: int = 2, kinds: Sequence[DifferenceKind] = tuple(DifferenceKind)
) -> Planted:
    """Faults of every kind, `each` of each, no two in one movement; and what is to be found: the kind and the order."""
    dice = random.Random(seed)
    ours, lines = list(rows), statement(rows)
    of = {(line.kind, line.order): line for line in lines}
    money = [row for row in rows if row.status == Status.SUCCESS]
    refunded = {row.order for row in rows if row.kind == Kind.REFUND}
    payments = [row for row in money if row.kind == Kind.PAYMENT and row.order not in refunded]
    refunds = [row for row in money if row.kind == Kind.REFUND]
    picked = iter(dice.sample(payments, each * len(DifferenceKind)))
    picked_refunds = iter(dice.sample(refunds, min(len(refunds), each * 2)))
    expected: set[tuple[DifferenceKind, str]] = set()
    for kind in kinds:
        for _ in range(each):
            row = next(picked_refunds if kind.startswith("refund") else picked)
            line = of[row.kind, row.order]
            expected.add((kind, row.order if kind != DifferenceKind.UNKNOWN_ORDER else f"X-{row.order}"))
            _plant(kind, row, line, ours, lines)
    return Planted(ours, lines, expected)


def _plant(kind: DifferenceKind, row: Row, line: Line, ours: list[Row], lines: list[Line]) -> None:
    beside = max(each.number for each in lines) + 1
    match kind:
        case DifferenceKind.MISSING_WITH_US:
            ours[ours.index(row)] = row._replace(status=Status.UNHEARD, reference="")
        case DifferenceKind.REFUND_MISSING_WITH_US:
            ours.remove(row)
        case DifferenceKind.MISSING_WITH_THEM | DifferenceKind.REFUND_MISSING_WITH_THEM:
            lines.remove(line)
        case DifferenceKind.OTHER_AMOUNT:
            lines[lines.index(line)] = line._replace(amount=line.amount + 1_000)
        case DifferenceKind.OTHER_STATUS:
            ours[ours.index(row)] = row._replace(status=Status.FAILED, reference="0")
        case DifferenceKind.TOLD_TWICE:
            lines.append(line._replace(number=beside))
        case DifferenceKind.OTHER_DAY:
            lines[lines.index(line)] = line._replace(at=datetime(2026, 7, 1, 0, 1, tzinfo=ZONE))
        case DifferenceKind.UNKNOWN_ORDER:
            lines.append(line._replace(number=beside, order=f"X-{line.order}", reference=f"9{line.reference}"))


def written(lines: Iterable[Line], dots: bool = True) -> list[list[str]]:
    return [
        [
            line.reference,
            line.order,
            KINDS[line.kind],
            STATUSES[line.status],
            f"{line.amount:,}".replace(",", "." if dots else ""),
            line.at.strftime("%d/%m/%Y %H:%M:%S") if line.at else "",
            str(line.fee),
        ]
        for line in lines
    ]


def as_csv(rows: Iterable[Sequence[str]], separator: str = ";", heads: Sequence[str] = HEADS) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[Any]], heads: Sequence[str] = HEADS, above: Sequence[Sequence[Any]] = ()) -> bytes:
    book, made = Workbook(write_only=True), io.BytesIO()
    page: Any = book.create_sheet()
    for row in (*above, heads, *rows):
        page.append(list(row))
    book.save(made)
    return made.getvalue()
