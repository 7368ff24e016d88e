"""A reconciliation as a workbook, in Vietnamese: the sums of both sides, every difference with what to do. Pure."""

from datetime import datetime
from typing import Final

from chalicelib.amounts import grouped
from chalicelib.clock.rules import ZONE
from chalicelib.papers.blocks import Column, Sheet, Table, Title
from chalicelib.payments.reconciling.movements import Days
from chalicelib.payments.reconciling.rules import Difference, Total
from chalicelib.payments.reconciling.statement_words import told
from chalicelib.payments.reconciling.statements import UnreadableLine
from chalicelib.payments.reconciling.words import KINDS, MEANINGS, STATUSES

TOTALS: Final = (
    *("Cơ quan", "Nhà cung cấp", "Loại giao dịch", "Trạng thái", "Số giao dịch trong sổ", "Số tiền trong sổ"),
    *("Số giao dịch trong sao kê", "Số tiền trong sao kê", "Chênh lệch (sổ − sao kê)", "Phí dịch vụ"),
)
DIFFERENCES: Final = (
    *("STT", "Chênh lệch", "Mã hồ sơ", "Cơ quan", "Mã đơn hàng", "Loại giao dịch"),
    *("Mã giao dịch trong sổ", "Trạng thái trong sổ", "Số tiền trong sổ", "Thời gian trong sổ"),
    *("Dòng sao kê", "Mã giao dịch trong sao kê", "Trạng thái trong sao kê", "Số tiền trong sao kê"),
    *("Thời gian trong sao kê", "Lý do", "Việc cần làm"),
)
UNREADABLE: Final = ("Dòng", "Lý do")
NOT_OURS: Final = "(chỉ có trong sao kê)"


def sheets(
    provider: str,
    days: Days,
    totals: tuple[Total, ...],
    differences: tuple[Difference, ...],
    unreadable: tuple[UnreadableLine, ...],
) -> list[Sheet]:
    about = f"{provider}, từ ngày {days.first:%d/%m/%Y} đến ngày {days.last:%d/%m/%Y}"
    return [
        _sheet("Tổng hợp", f"ĐỐI SOÁT THANH TOÁN {about}", TOTALS, [_total(each) for each in totals]),
        _sheet("Chênh lệch", f"CHÊNH LỆCH {about}", DIFFERENCES, _numbered(differences)),
        _sheet("Dòng không đọc được", f"DÒNG KHÔNG ĐỌC ĐƯỢC {about}", UNREADABLE, [_unread(x) for x in unreadable]),
    ]


def _sheet(title: str, text: str, heads: tuple[str, ...], cells: list[tuple[str, ...]]) -> Sheet:
    columns = tuple(Column(head=head, cell="", width=1) for head in heads)
    table = Table(block="table", rows="", columns=columns, cells=tuple(cells))
    return Sheet(size="A4", landscape=True, title=title, blocks=(Title(block="title", text=text), table))


def _total(total: Total) -> tuple[str, ...]:
    ours, theirs = total.ours, total.theirs
    return (
        total.agency or NOT_OURS,
        total.provider,
        KINDS[total.kind].vi,
        STATUSES[total.status].vi,
        str(ours.entries),
        grouped(ours.amount),
        str(theirs.entries),
        grouped(theirs.amount),
        grouped(ours.amount - theirs.amount),
        grouped(theirs.fee),
    )


def _numbered(differences: tuple[Difference, ...]) -> list[tuple[str, ...]]:
    return [(str(number), *_difference(each)) for number, each in enumerate(differences, 1)]


def _difference(difference: Difference) -> tuple[str, ...]:
    ours, theirs, meant = difference.ours, difference.theirs, MEANINGS[difference.kind]
    either = ours or theirs
    return (
        meant.title.vi,
        ours.dossier_code if ours else "",
        ours.agency if ours else "",
        either.order if either else "",
        KINDS[either.kind].vi if either else "",
        *((ours.reference, STATUSES[ours.status].vi, grouped(ours.amount), _when(ours.at)) if ours else ("",) * 4),
        str(theirs.number) if theirs else "",
        *((theirs.reference, STATUSES[theirs.status].vi, grouped(theirs.amount)) if theirs else ("",) * 3),
        _when(theirs.at) if theirs else "",
        meant.why.vi,
        meant.todo.vi,
    )


def _unread(line: UnreadableLine) -> tuple[str, ...]:
    return str(line.number), told(line, "vi")


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%d/%m/%Y %H:%M:%S}" if at else ""
