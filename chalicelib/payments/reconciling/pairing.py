"""Which line of a provider's statement tells of which movement of our ledger: the surest signs first. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Final

from chalicelib.payments.reconciling.movements import Kind, Line, Row, Status

Pair = tuple[Row, Line]
NO_REFERENCE: Final = ("", "0")  # VNPAY gives what failed the number 0
LEVELS: Final = 6
PLACED: Final = 2  # before anything less sure: another sum under the payment's order is not the one that was placed


def told_once(lines: Sequence[Line], known: dict[tuple[Kind, str], Row]) -> tuple[list[Line], list[tuple[Line, Line]]]:
    """Each movement once, and the further lines that tell of it again, each with the one that was kept.

    Of several lines with one reference, that is kept which says what we say.
    """
    same: dict[Hashable, list[Line]] = defaultdict(list)
    for line in lines:
        same[_identity(line)].append(line)
    once: list[Line] = []
    again: list[tuple[Line, Line]] = []
    for told in same.values():
        first = next((line for line in told if _agrees(known.get((line.kind, line.reference)), line)), told[0])
        once.append(first)
        again.extend((line, first) for line in told if line is not first)
    return once, again


def _identity(line: Line) -> Hashable:
    if line.reference not in NO_REFERENCE:
        return line.kind, line.reference, line.order
    return line.kind, line.order, line.status, line.amount, line.at


def _agrees(row: Row | None, line: Line) -> bool:
    return row is not None and (row.status, row.amount) == (line.status, line.amount)


def paired(rows: Sequence[Row], lines: Sequence[Line]) -> tuple[list[Pair], list[Row], list[Line]]:
    """What belongs together, the surest first; then what is left of ours, and of theirs."""
    pairs: list[Pair] = []
    alone, strange = dict.fromkeys(rows), list(lines)
    for level in range(LEVELS):
        waiting: dict[Hashable, list[Row]] = defaultdict(list)
        for row in reversed(alone):
            for key in _row_keys(row, level):
                waiting[key].append(row)
        left: list[Line] = []
        for line in strange:
            found = _taken(waiting, _line_key(line, level), alone)
            if found is None:
                left.append(line)
            else:
                pairs.append((found, line))
        strange = left
    return pairs, list(alone), strange


def _taken(waiting: dict[Hashable, list[Row]], key: Hashable, alone: dict[Row, None]) -> Row | None:
    """The first row under the key that no line has taken yet; it is taken now."""
    found = waiting.get(key) if key else None
    while found:
        row = found.pop()
        if row in alone:
            del alone[row]
            return row
    return None


def _row_keys(row: Row, level: int) -> Iterator[Hashable]:
    if level != PLACED:
        for order in [""] if level == 1 else sorted(orders(row)):
            yield _key(row.kind, row.reference, order, row.status, row.amount, level)
    elif row.placed:
        yield _key(row.kind, row.reference, "", row.status, row.amount, level)


def _line_key(line: Line, level: int) -> Hashable:
    return _key(line.kind, line.reference, line.order, line.status, line.amount, level)


def _key(kind: Kind, reference: str, order: str, status: Status, amount: int, level: int) -> Hashable:
    """What must be the same at this level; None when that is nothing.

    A reference alone counts only when the statement names no order, or when a person placed the money: beside another
    order it would hide a mistake.
    """
    named, numbered = bool(order), reference not in NO_REFERENCE
    match level:
        case 0:
            return (kind, reference, order) if named and numbered else None
        case 1:
            return (kind, reference) if numbered and not named else None
        case 2:
            return (kind, reference) if numbered else None
        case 3:
            return (kind, order, amount, status) if named else None
        case 4:
            return (kind, order, amount) if named else None
    return (kind, order) if named else None


def orders(row: Row) -> set[str]:
    """A refund is told under the payment's name by some providers, under its own by others."""
    return {row.order, row.refund} - {""}
