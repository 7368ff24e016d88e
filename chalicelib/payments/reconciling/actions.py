"""A provider's statement compared with our ledger and the outcome kept; it reads money and never changes any.

Finance officers see the rows of every agency: the statement is of the province's one merchant account with the
provider, and what belongs to no agency is found only by whoever sees them all.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from chalicelib.access import Caller, require
from chalicelib.clock.rules import ZONE
from chalicelib.history.once import Once
from chalicelib.papers import files
from chalicelib.papers.actions import Handed
from chalicelib.papers.workbook import XLSX, workbook
from chalicelib.payments import providers, records
from chalicelib.payments.conditions import ProviderNotAccepted
from chalicelib.payments.reconciling import records as runs
from chalicelib.payments.reconciling.book import sheets
from chalicelib.payments.reconciling.movements import Days, Line, Row
from chalicelib.payments.reconciling.records import Run, Whole
from chalicelib.payments.reconciling.rules import Reconciled, reconciled
from chalicelib.payments.reconciling.sheets import Unfit
from chalicelib.payments.reconciling.statement_formats import StatementFormat, statement_format
from chalicelib.payments.reconciling.statement_words import StatementUnfit
from chalicelib.payments.reconciling.statements import FileFormat, ReadStatement, read_statement
from chalicelib.refusals import Fault, Invalid
from chalicelib.settings import settings
from chalicelib.table import fresh_id

MOST_DAYS: Final = 31
MOST_DIFFERENCES: Final = 2000


class DaysInvalid(Invalid):
    code = "reconciliation_days_invalid"
    vi = "Hãy chọn khoảng ngày theo thứ tự, không quá {days} ngày và không sau hôm nay."
    en = "Choose a first and a last day in this order, at most {days} days, none of them after today."

    def __init__(self) -> None:
        vi, en = (text.format(days=MOST_DAYS) for text in (self.vi, self.en))
        super().__init__([Fault("/to", self.code, vi, en)], days=MOST_DAYS)


class StatementOfSomethingElse(Invalid):
    code = "statement_of_something_else"
    vi = "Sao kê khác sổ ở quá nhiều dòng. Hãy kiểm tra nhà cung cấp và khoảng ngày, hoặc chọn ít ngày hơn."
    en = "The statement differs from the ledger in too many lines. Check provider and days, or choose fewer days."

    def __init__(self) -> None:
        super().__init__([Fault("/file", self.code, self.vi, self.en)])


class Asked(NamedTuple):
    """`file` in base64."""

    provider: str
    first: date
    last: date
    file_format: FileFormat
    file: str


def reconcile(asked: Asked, caller: Caller | None, now: datetime, once: Once | None) -> Whole:
    """Compares and keeps what was found; the file itself is not kept, as it may name payers: only its SHA-256."""
    officer = require(caller, "reconcile")
    days = Days(asked.first, asked.last)
    _require_reconcilable(asked.provider)
    _require_past(days, now)
    form = statement_format(asked.provider, settings().PROVINCE)
    data, statement = _read(asked, form)
    rows, found = _compared(asked.provider, statement.lines, days)
    run = Run(
        id=f"{asked.provider}.{days.last.isoformat()}.{fresh_id()}",
        provider=asked.provider,
        first=days.first,
        last=days.last,
        at=now,
        by=officer.subject,
        file_format=asked.file_format,
        file_sha256=hashlib.sha256(data).hexdigest(),
        lines=len(statement.lines),
        unreadable=len(statement.unreadable),
        rows=sum(days.hold(row.at) for row in rows),
        differences=len(found.differences),
    )
    whole = Whole(run=run, totals=found.totals, differences=found.differences, unreadable=statement.unreadable)
    runs.keep(whole, once, whole)
    return whole


def look(run_id: str, caller: Caller | None) -> Whole:
    require(caller, "see_reconciliations")
    return runs.load(run_id)


def listed(provider: str, caller: Caller | None, limit: int, after: str) -> tuple[list[Run], str]:
    """The provider's reconciliations, those of the latest days first."""
    require(caller, "see_reconciliations")
    return runs.runs(provider, limit, after)


def book(run_id: str, caller: Caller | None, now: datetime) -> Handed:
    """A link to the workbook, which is made when first asked for."""
    whole = look(run_id, caller)
    run, key = whole.run, runs.place(run_id, "xlsx")
    if not files.is_kept(key):
        days = Days(run.first, run.last)
        pages = sheets(run.provider, days, whole.totals, whole.differences, whole.unreadable)
        files.keep(key, workbook(*pages), XLSX)
    name = f"doi-soat-{run.provider}-{run.first}-{run.last}.xlsx"
    return Handed(files.link(key, XLSX, name), now + files.LIFETIME, "")


def _require_reconcilable(provider: str) -> None:
    """Those in whose name payments are made: a service that only watches a bank account has no statement of its own."""
    if not providers.configured(provider) or provider != providers.adapter(provider).SERVES:
        known = [name for name in settings().PAYMENTS if providers.configured(name)]
        raise ProviderNotAccepted.among([name for name in known if name == providers.adapter(name).SERVES])


def _require_past(days: Days, now: datetime) -> None:
    if not 0 <= (days.last - days.first).days < MOST_DAYS or days.last > now.astimezone(ZONE).date():
        raise DaysInvalid


def _read(asked: Asked, form: StatementFormat) -> tuple[bytes, ReadStatement]:
    try:
        data = base64.b64decode(asked.file, validate=True)
    except (binascii.Error, ValueError):
        raise StatementUnfit.because(Unfit("not_base64"), form) from None
    try:
        return data, read_statement(data, asked.file_format, form)
    except Unfit as unfit:
        raise StatementUnfit.because(unfit, form) from None


def _compared(provider: str, lines: Iterable[Line], days: Days) -> tuple[list[Row], Reconciled]:
    """What differs at first sight is looked at again in whole: it may have been heard of on another day."""
    rows = runs.ledger(provider, days)
    first_sight = reconciled(provider, rows, lines, days)
    if len(first_sight.differences) > MOST_DIFFERENCES:
        raise StatementOfSomethingElse
    doubtful = _concerned(provider, first_sight)
    rows = [row for row in rows if row.payment_id not in doubtful] + runs.looked_at(provider, doubtful)
    return rows, reconciled(provider, rows, lines, days)


def _concerned(provider: str, found: Reconciled) -> set[str]:
    """The ids of the payments in these differences; what the provider alone tells of is looked up by its order."""
    ours = {each.ours.payment_id for each in found.differences if each.ours}
    orders = {each.theirs.order for each in found.differences if each.theirs and each.theirs.order}
    return (ours | {records.known_as(provider, order) for order in orders}) - {""}
