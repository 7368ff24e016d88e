"""A provider's statement as it was uploaded, read into lines: what cannot be read is told with its number. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from chalicelib.clock.rules import ZONE
from chalicelib.payments.reconciling.movements import Kind, Line, Status
from chalicelib.payments.reconciling.sheets import Formula, NumberedRow, Sheet, Unfit, csv_readings, xlsx_readings
from chalicelib.payments.reconciling.statement_formats import NEEDED, StatementFormat, plain_word

HEAD_WITHIN: Final = 40
LONGEST: Final = 128
MOST: Final = 10**12  # VND
YEARS: Final = range(2000, 2100)
# A dot or comma before three digits parts thousands; the other one, before one or two noughts, parts nothing.
MONEY: Final = re.compile(
    r"(-?)([0-9]{1,3}(?:\.[0-9]{3})+(?=$|,)|[0-9]{1,3}(?:,[0-9]{3})+(?=$|\.)|[0-9]+)(?:[.,]00?)?", re.ASCII
)
CURRENCY: Final = re.compile(r"\s*(?:đ|₫|vnđ|vnd)$")
STAMP: Final = 14  # digits of yyyyMMddHHmmss: of fewer, strptime would make some other instant
READINGS: Final[Mapping[str, Callable[[bytes], list[Sheet]]]] = {"csv": csv_readings, "xlsx": xlsx_readings}
FileFormat = Literal["csv", "xlsx"]


class UnreadableLine(NamedTuple):
    """`reason`: a stable word; `column`: what could not be read, in our name for it."""

    number: int
    reason: str
    column: str


class ReadStatement(NamedTuple):
    lines: tuple[Line, ...]
    unreadable: tuple[UnreadableLine, ...]


class _Odd(Exception):
    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


class _Head:
    """Where each column stands, and how much too large the amounts are."""

    def __init__(self, columns: Mapping[str, int], scale: int, form: StatementFormat) -> None:
        self.columns, self.scale, self.form = columns, scale, form

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        return {plain_word(word): kind for kind, words in self.form.kinds.items() for word in words}

    @cached_property
    def statuses(self) -> Mapping[str, Status]:
        return {plain_word(word): status for status, words in self.form.statuses.items() for word in words}

    def cell(self, row: NumberedRow, column: str) -> Any:  # noqa: ANN401
        place = self.columns.get(column, len(row.cells))
        found = row.cells[place] if place < len(row.cells) else None
        if isinstance(found, Formula):
            raise _Odd("formula", column)
        return " ".join(found.split()) if isinstance(found, str) else found


def read_statement(data: bytes, file_format: FileFormat, form: StatementFormat) -> ReadStatement:
    """Every line of the one table that has the format's columns. Raises `Unfit` for what is no such file."""
    head, rows = _table(READINGS[file_format](data), form)
    lines: list[Line] = []
    unreadable: list[UnreadableLine] = []
    for row in rows:
        try:
            lines.extend(_line(row, head))
        except _Odd as odd:
            unreadable.append(UnreadableLine(row.number, odd.reason, odd.column))
    return ReadStatement(tuple(lines), tuple(unreadable))


def _table(readings: list[Sheet], form: StatementFormat) -> tuple[_Head, Sheet]:
    tables: list[tuple[_Head, Sheet]] = []
    failure = Unfit("columns_missing")
    for rows in readings:
        try:
            head = _head(rows, form)
        except Unfit as unfit:
            failure = unfit  # with another separator, or on another sheet, it may be sound
        else:
            tables.extend([(head, rows)] if head else [])
    if len(tables) != 1:
        raise Unfit("two_tables") if tables else failure
    return tables[0]


def _head(rows: Sheet, form: StatementFormat) -> _Head | None:
    """The first row that names all that is needed; what stands above it is a title."""
    for row in islice(rows, HEAD_WITHIN):
        names = [plain_word(cell) if isinstance(cell, str) else "" for cell in row.cells]
        meant = [form.heads.get(name, "") for name in names]
        columns = {field: place for place, field in enumerate(meant) if field}
        if _is_whole(columns, form):
            if len(columns) < sum(1 for field in meant if field):
                raise Unfit("column_twice", row.number)
            return _Head(columns, form.scales[names[columns["amount"]]], form)
    return None


def _is_whole(columns: Mapping[str, int], form: StatementFormat) -> bool:
    kind_is_known = "kind" in columns or form.kind_without_column is not None
    named = "reference" in columns or "order" in columns
    return kind_is_known and named and {"amount", *NEEDED} <= set(columns)


def _line(row: NumberedRow, head: _Head) -> Iterator[Line]:
    """The line; nothing for a blank one or a footer."""
    if _is_blank(row) or _is_footer(row, head):
        return
    reference, order = _text(row, head, "reference"), _text(row, head, "order")
    if not reference and not order:
        raise _Odd("nothing_named", "order")
    amount = _money(head.cell(row, "amount"), head.scale, "amount")
    fee = _money(head.cell(row, "fee") or 0, 1, "fee")
    yield Line(
        number=row.number,
        reference=reference,
        order=order,
        kind=_kind(row, head, negative=amount < 0),
        status=_word(row, head, "status", head.statuses),
        amount=abs(amount),
        at=_time(row, head),
        fee=abs(fee),
    )


def _is_blank(row: NumberedRow) -> bool:
    return not any(cell not in (None, "") and str(cell).strip() for cell in row.cells)


def _is_footer(row: NumberedRow, head: _Head) -> bool:
    """A line of sums: it begins with one of the format's words, and names no transaction."""
    first = next(str(cell) for cell in row.cells if cell not in (None, "") and str(cell).strip())
    begins = plain_word(first).rstrip(" :") in {plain_word(word) for word in head.form.footers}
    said = {_plain(row, head, column) for column in ("reference", "order", "status")}
    return begins and said <= {"", plain_word(first)}


def _plain(row: NumberedRow, head: _Head, column: str) -> str:
    place = head.columns.get(column, len(row.cells))
    return plain_word(str(row.cells[place] or "")) if place < len(row.cells) else ""


def _text(row: NumberedRow, head: _Head, column: str) -> str:
    """Numbers of transactions are names: a spreadsheet that made one a number has kept it only if it is whole."""
    found = head.cell(row, column)
    match found:
        case None:
            return ""
        case bool():
            raise _Odd("not_text", column)
        case int():
            return str(found)
        case float():
            # Beyond 15 digits a spreadsheet has rounded it.
            if not found.is_integer() or abs(found) >= 10**15:
                raise _Odd("rounded", column)
            return str(int(found))
        case str() if len(found) <= LONGEST and found.isprintable():
            return found
    raise _Odd("not_text", column)


def _kind(row: NumberedRow, head: _Head, *, negative: bool) -> Kind:
    said = _word(row, head, "kind", head.kinds) if "kind" in head.columns else head.form.kind_without_column
    if not negative:
        return said or Kind.PAYMENT
    if head.form.negative is None or (said is not head.form.negative and "kind" in head.columns):
        raise _Odd("negative", "amount")
    return head.form.negative


def _word(row: NumberedRow, head: _Head, column: str, known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    word = plain_word(_text(row, head, column))
    if word not in known:
        raise _Odd("unknown_word" if word else "empty", column)
    return known[word]


def _money(found: Any, scale: int, column: str) -> int:  # noqa: ANN401
    """In whole đồng."""
    if found in (None, ""):
        raise _Odd("empty", column)
    amount = _number(found, column)
    if amount % scale or abs(amount // scale) >= MOST:
        raise _Odd("not_an_amount", column)
    return amount // scale


def _number(found: Any, column: str) -> int:  # noqa: ANN401
    match found:
        case bool():
            pass
        case int():
            return found
        case float() if found.is_integer() and abs(found) < 10**15:
            return int(found)
        case str():
            said = MONEY.fullmatch(CURRENCY.sub("", found.casefold())) if len(found) <= LONGEST else None
            if said:
                return int(said[1] + said[2].replace(".", "").replace(",", ""))
    raise _Odd("not_an_amount", column)


def _time(row: NumberedRow, head: _Head) -> datetime | None:
    """In Vietnam, unless the statement names another zone; None when it tells no time."""
    found = head.cell(row, "at")
    if found in (None, ""):
        return None
    at = found.replace(tzinfo=ZONE) if isinstance(found, datetime) else _written(_text(row, head, "at"), head)
    if at is None or at.year not in YEARS:
        raise _Odd("not_a_time", "at")
    return at


def _written(said: str, head: _Head) -> datetime | None:
    for pattern in head.form.times if not said.isdigit() or len(said) == STAMP else ():
        try:
            at = datetime.strptime(said, pattern)  # noqa: DTZ007 - given its zone below
        except ValueError:
            continue
        return at if at.tzinfo else at.replace(tzinfo=ZONE)
    return None
