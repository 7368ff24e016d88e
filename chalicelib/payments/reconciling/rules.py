"""Our ledger beside a provider's statement: which lines belong together, what differs, and the sums of both. Pure.

After Article 36 of Decision 31/2021/QĐ-TTg: by agency, provider, kind of transaction, status and amount.
Nothing is put right here: each difference says what a person is to do, and what they do leaves an event of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from chalicelib.payments.reconciling.movements import MONEY, Days, Kind, Line, Row, Status
from chalicelib.payments.reconciling.pairing import orders, paired, told_once


class DifferenceKind(StrEnum):
    """In the order in which they are listed: what may cost somebody money comes first."""

    MISSING_WITH_US = "missing_with_us"
    MISSING_WITH_THEM = "missing_with_them"
    OTHER_STATUS = "other_status"
    OTHER_AMOUNT = "other_amount"
    REFUND_MISSING_WITH_US = "refund_missing_with_us"
    REFUND_MISSING_WITH_THEM = "refund_missing_with_them"
    UNKNOWN_ORDER = "unknown_order"
    TOLD_TWICE = "told_twice"
    OTHER_DAY = "other_day"


class Difference(NamedTuple):
    kind: DifferenceKind
    ours: Row | None
    theirs: Line | None


class Side(NamedTuple):
    entries: int = 0
    amount: int = 0
    fee: int = 0


class Total(NamedTuple):
    """`agency` is empty for what only the provider knows: its statement names no agency."""

    agency: str
    provider: str
    kind: Kind
    status: Status
    ours: Side
    theirs: Side


class Reconciled(NamedTuple):
    differences: tuple[Difference, ...]
    totals: tuple[Total, ...]


LISTED: Final = tuple(DifferenceKind)


def reconciled(provider: str, rows: Iterable[Row], lines: Iterable[Line], days: Days) -> Reconciled:
    """Every difference between the two on these days, the same in whatever order either side is given.

    `rows` may hold movements of other days too: they are found when the statement tells of them, and not missed.
    """
    ours, told = sorted(set(rows)), sorted(lines, key=_placing)
    once, again = told_once(told, {(row.kind, row.reference): row for row in ours})
    pairs, alone, strange = paired(ours, once)
    known = {order for row in ours for order in orders(row)}
    row_of = {line.number: row for row, line in pairs}
    found = [
        *(each for row, line in pairs for each in _between(row, line, days)),
        *(Difference(_missing_with_them(row, days), row, None) for row in alone if _is_missed(row, days)),
        *(Difference(_missing_with_us(line, known), None, line) for line in strange if line.status in MONEY),
        *(Difference(_repeated(line, first), row_of.get(first.number), line) for line, first in again),
    ]
    row_of |= {line.number: row_of[first.number] for line, first in again if first.number in row_of}
    placed = {number: row.agency for number, row in row_of.items()}
    kept = [row for row in ours if days.hold(row.at) and row.status is not Status.UNHEARD]
    return Reconciled(tuple(sorted(found, key=_listing)), _totals(provider, kept, told, placed))


def _repeated(line: Line, first: Line) -> DifferenceKind:
    return DifferenceKind.TOLD_TWICE if line.status is first.status else DifferenceKind.OTHER_STATUS


def _between(row: Row, line: Line, days: Days) -> Iterator[Difference]:
    """Where no money moved on either side, nothing is different that matters."""
    if row.status not in MONEY and line.status not in MONEY:
        return
    if row.status is Status.UNHEARD:
        yield Difference(_missing_with_us(line, orders(row)), row, line)
        return
    if row.status is not line.status:
        yield Difference(DifferenceKind.OTHER_STATUS, row, line)
    if row.amount != line.amount:
        yield Difference(DifferenceKind.OTHER_AMOUNT, row, line)
    if not days.hold(row.at) or (line.at is not None and not days.hold(line.at)):
        yield Difference(DifferenceKind.OTHER_DAY, row, line)


def _is_missed(row: Row, days: Days) -> bool:
    return row.status in MONEY and days.hold(row.at)


def _missing_with_them(row: Row, days: Days) -> DifferenceKind:
    """What began on an earlier day may stand in that day's statement."""
    if not days.hold(row.since):
        return DifferenceKind.OTHER_DAY
    return DifferenceKind.MISSING_WITH_THEM if row.kind is Kind.PAYMENT else DifferenceKind.REFUND_MISSING_WITH_THEM


def _missing_with_us(line: Line, known: Collection[str]) -> DifferenceKind:
    if line.kind is Kind.REFUND:
        return DifferenceKind.REFUND_MISSING_WITH_US
    return DifferenceKind.MISSING_WITH_US if line.order in known else DifferenceKind.UNKNOWN_ORDER


def _totals(provider: str, rows: Iterable[Row], lines: Iterable[Line], placed: dict[int, str]) -> tuple[Total, ...]:
    groups: dict[tuple[str, Kind, Status], list[Side]] = defaultdict(lambda: [Side(), Side()])
    for row in rows:
        group = groups[row.agency, row.kind, row.status]
        group[0] = _added(group[0], row.amount)
    for line in lines:
        group = groups[placed.get(line.number, ""), line.kind, line.status]
        group[1] = _added(group[1], line.amount, line.fee)
    return tuple(
        Total(agency, provider, kind, status, ours, theirs)
        for (agency, kind, status), (ours, theirs) in sorted(groups.items())
    )


def _added(side: Side, amount: int, fee: int = 0) -> Side:
    return Side(side.entries + 1, side.amount + amount, side.fee + fee)


def _placing(line: Line) -> tuple[Hashable, ...]:
    return (
        line.reference,
        line.order,
        line.kind,
        line.status,
        line.amount,
        line.at.isoformat() if line.at else "",
        *line,
    )


def _listing(difference: Difference) -> tuple[Hashable, ...]:
    kind, ours, theirs = difference
    order = ours.order if ours else theirs.order if theirs else ""
    return LISTED.index(kind), order, theirs.number if theirs else 0, ours.reference if ours else ""
