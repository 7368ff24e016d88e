"""The catalogue over HTTP: agencies, the search for procedures, one procedure with everything a filing needs."""

import re
from typing import Final

from pydantic import Field

from chalicelib.catalogue import actions, search
from chalicelib.catalogue.publication import SubmitChannel, Summary, UnknownProcedure
from chalicelib.catalogue.rules import PROCEDURE_CODE, Agency, Procedure
from chalicelib.catalogue.shown import ProcedureLine, ProcedureShown, line, shown
from chalicelib.web import Call, Listed, Query, Routes
from chalicelib.web.cursors import CursorUnreadable, cursor_after, offset_of, position_of

routes: Final = Routes(__name__)


class Page(Query):
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=100, ge=1, le=100)


class ProcedureQuery(Page):
    q: str = Field(default="", max_length=200)
    agency: str | None = Field(default=None, max_length=35)
    field: str | None = Field(default=None, max_length=200)
    level: int | None = Field(default=None, ge=1, le=4)
    channel: SubmitChannel | None = None


class AgencyList(Listed):
    items: list[Agency]


class ProcedureList(Listed):
    items: list[ProcedureLine]


@routes.on("GET", "/agencies", answer=AgencyList, query=Page, who="anyone", refuses=(CursorUnreadable,))
def list_agencies(call: Call) -> AgencyList:
    """The agencies of the province, by code."""
    page: Page = call.query
    after = position_of(page.cursor)
    found = actions.agencies(after, page.limit + 1)
    more = len(found) > page.limit
    return AgencyList(items=found[: page.limit], next=cursor_after(found[page.limit - 1].code) if more else None)


@routes.on("GET", "/procedures", answer=ProcedureList, query=ProcedureQuery, who="anyone", refuses=(CursorUnreadable,))
def list_procedures(call: Call) -> ProcedureList:
    """Procedures found by name (accents, case and small slips do not matter) and filters; all of them by default."""
    query: ProcedureQuery = call.query
    start = offset_of(query.cursor)
    found = actions.find(search.Wanted(query.q, query.agency, query.field, query.level, query.channel), call.now)
    return ProcedureList(
        items=[line(each, query.agency) for each in found[start : start + query.limit]], next=_next(found, query)
    )


def _next(found: list[Summary], query: ProcedureQuery) -> str | None:
    end = offset_of(query.cursor) + query.limit
    return cursor_after(str(end)) if end < len(found) else None


@routes.on(
    "GET",
    "/procedures/{code}",
    answer=ProcedureShown,
    who="anyone",
    refuses=(UnknownProcedure,),
    show=lambda outcome, call: shown(outcome),
)
def show_procedure(call: Call, code: str) -> Procedure:
    """One procedure, in the version in force today."""
    if not re.fullmatch(PROCEDURE_CODE, code):
        raise UnknownProcedure
    return actions.procedure(code, call.now.date())
