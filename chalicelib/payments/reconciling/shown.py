"""A reconciliation as the API shows it: its sums, its unreadable lines, its differences page by page. Pure."""

from datetime import date, datetime
from typing import Final

from pydantic import AwareDatetime, Field

from chalicelib.payments.reconciling.movements import Kind, Line, Row, Status
from chalicelib.payments.reconciling.records import Run, Whole
from chalicelib.payments.reconciling.rules import Difference, DifferenceKind, Total
from chalicelib.payments.reconciling.statement_words import told
from chalicelib.payments.reconciling.words import meaning
from chalicelib.refusals import Language
from chalicelib.shapes import Shape
from chalicelib.web import Call, Listed
from chalicelib.web.cursors import cursor_after

PAGE: Final = 50
# The first answer is recorded with the run, and an item of the table holds 400 KB.
MOST_UNREADABLE: Final = 50
MOST_TOTALS: Final = 1000


class SideShown(Shape):
    """`amount`, and the provider's own `fee`, in VND."""

    count: int
    amount: int
    fee: int


class TotalShown(Shape):
    """`agency` null: of what only the statement knows."""

    agency: str | None
    provider: str
    kind: Kind
    status: Status
    ours: SideShown
    theirs: SideShown


class RowShown(Shape):
    payment_id: str
    refund_id: str | None
    dossier_code: str
    agency: str
    order: str
    reference: str
    status: Status
    amount: int
    at: AwareDatetime


class LineShown(Shape):
    """`line`: its number in the file."""

    line: int
    order: str
    reference: str
    status: Status
    amount: int
    at: AwareDatetime | None
    fee: int


class DifferenceShown(Shape):
    """`why`: what is the matter; `todo`: what to do about it."""

    kind: DifferenceKind
    movement: Kind
    title: str
    why: str
    todo: str
    ours: RowShown | None
    theirs: LineShown | None


class UnreadableShown(Shape):
    line: int
    why: str


class RunShown(Shape):
    """`lines`, `unreadable_lines`: of the statement; `rows`: movements of ours; `difference_count`: how many differ."""

    id: str
    provider: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    at: AwareDatetime
    by: str
    file_sha256: str
    lines: int
    unreadable_lines: int
    rows: int
    difference_count: int


class RunList(Listed):
    items: list[RunShown]


class ReconciliationShown(RunShown, Listed):
    """`next`: of the differences. `totals`, `unreadable`: the first of them, of `total_count` and `unreadable_lines`;
    the workbook has all."""

    total_count: int
    totals: list[TotalShown]
    unreadable: list[UnreadableShown]
    differences: list[DifferenceShown]


class WorkbookLink(Shape):
    """`url` serves the XLSX for a few minutes."""

    url: str
    expires_at: datetime


def shown(whole: Whole, call: Call, first: int = 0) -> ReconciliationShown:
    language, following = call.language, first + PAGE
    return ReconciliationShown(
        **run_shown(whole.run).model_dump(),
        total_count=len(whole.totals),
        totals=[_total(each) for each in whole.totals[:MOST_TOTALS]],
        unreadable=[
            UnreadableShown(line=each.number, why=told(each, language)) for each in whole.unreadable[:MOST_UNREADABLE]
        ],
        differences=[_difference(each, language) for each in whole.differences[first:following]],
        next=cursor_after(str(following)) if following < len(whole.differences) else None,
    )


def run_shown(run: Run) -> RunShown:
    return RunShown(
        **run.model_dump(include={"id", "provider", "first", "last", "at", "by", "file_sha256", "lines", "rows"}),
        unreadable_lines=run.unreadable,
        difference_count=run.differences,
    )


def _total(total: Total) -> TotalShown:
    ours, theirs = (
        SideShown(count=side.entries, amount=side.amount, fee=side.fee) for side in (total.ours, total.theirs)
    )
    return TotalShown(
        agency=total.agency or None,
        provider=total.provider,
        kind=total.kind,
        status=total.status,
        ours=ours,
        theirs=theirs,
    )


def _difference(difference: Difference, language: Language) -> DifferenceShown:
    kind, ours, theirs = difference
    meant = meaning(difference)
    return DifferenceShown(
        kind=kind,
        movement=ours.kind if ours else theirs.kind if theirs else Kind.PAYMENT,
        title=meant.title.told(language),
        why=meant.why.told(language),
        todo=meant.todo.told(language),
        ours=_row(ours) if ours else None,
        theirs=_line(theirs) if theirs else None,
    )


def _row(row: Row) -> RowShown:
    facts = {name: getattr(row, name) for name in RowShown.model_fields if name != "refund_id"}
    return RowShown(**facts, refund_id=row.refund or None)


def _line(line: Line) -> LineShown:
    return LineShown(
        **{name: getattr(line, name) for name in LineShown.model_fields if name != "line"}, line=line.number
    )
