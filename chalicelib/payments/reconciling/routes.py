"""The HTTP of reconciliations (đối soát): a statement handed in, what differs, and the same as a workbook.

Finance officers see the rows of every agency, since a statement is of the province's one account with the provider.
"""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from chalicelib.payments.conditions import ProviderNotAccepted
from chalicelib.payments.reconciling import actions
from chalicelib.payments.reconciling.actions import Asked, DaysInvalid, StatementOfSomethingElse
from chalicelib.payments.reconciling.records import UnknownReconciliation, Whole
from chalicelib.payments.reconciling.shown import PAGE, ReconciliationShown, RunList, WorkbookLink, run_shown, shown
from chalicelib.payments.reconciling.statement_words import StatementUnfit
from chalicelib.refusals import Forbidden
from chalicelib.web import Call, Query, Request, Routes
from chalicelib.web.cursors import CursorUnreadable, cursor_after, offset_of, position_of

routes: Final = Routes(__name__)
LARGEST_FILE: Final = 4 * 1024 * 1024  # in base64: a function takes six megabytes at most
Provider = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]


class NewReconciliation(Request):
    """`file`: the statement of exactly these days (both included, in Vietnam), in base64."""

    provider: Provider
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    format: Literal["csv", "xlsx"]
    file: str = Field(min_length=1, max_length=LARGEST_FILE)


class RunsQuery(Query):
    provider: Provider
    cursor: str | None = Field(default=None, max_length=200)


class DifferencesQuery(Query):
    cursor: str | None = Field(default=None, max_length=200)


@routes.on(
    "POST",
    "/reconciliations",
    who="officer",
    body=NewReconciliation,
    largest=LARGEST_FILE + 1024,
    answer=ReconciliationShown,
    status=201,
    once=True,
    show=shown,
    refuses=(Forbidden, ProviderNotAccepted, DaysInvalid, StatementUnfit, StatementOfSomethingElse),
)
def reconcile(call: Call) -> Whole:
    """Compare a provider's statement with our ledger: sums of both sides, and every difference with what to do"""
    body = call.body
    asked = Asked(body.provider, body.first, body.last, body.format, body.file)
    return actions.reconcile(asked, call.caller, call.now, call.once)


@routes.on(
    "GET",
    "/reconciliations",
    who="officer",
    query=RunsQuery,
    answer=RunList,
    refuses=(Forbidden, CursorUnreadable),
)
def list_reconciliations(call: Call) -> RunList:
    """The reconciliations with a provider, those of the latest days first"""
    after = position_of(call.query.cursor)
    page, following = actions.listed(call.query.provider, call.caller, PAGE, after)
    return RunList(items=[run_shown(each) for each in page], next=cursor_after(following) or None)


@routes.on(
    "GET",
    "/reconciliations/{reconciliation_id}",
    who="officer",
    query=DifferencesQuery,
    answer=ReconciliationShown,
    refuses=(Forbidden, UnknownReconciliation, CursorUnreadable),
)
def show_reconciliation(call: Call, reconciliation_id: str) -> ReconciliationShown:
    """A reconciliation as it was made: sums, unreadable lines, and a page of the differences"""
    whole = actions.look(reconciliation_id, call.caller)
    return shown(whole, call, offset_of(call.query.cursor))


@routes.on(
    "GET",
    "/reconciliations/{reconciliation_id}/workbook",
    who="officer",
    answer=WorkbookLink,
    refuses=(Forbidden, UnknownReconciliation),
)
def fetch_reconciliation_workbook(call: Call, reconciliation_id: str) -> WorkbookLink:
    """A link to the reconciliation as XLSX: sums, differences with what to do, unreadable lines"""
    handed = actions.book(reconciliation_id, call.caller, call.now)
    return WorkbookLink(url=handed.url, expires_at=handed.expires_at)
