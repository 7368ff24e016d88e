"""Covers over HTTP: an officer or their supervisor says who stands in for whom, and ends it early."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import ConfigDict, Field

from chalicelib.catalogue.rules import AgencyCode
from chalicelib.dossiers import asked, cover_actions, desk_actions
from chalicelib.dossiers.covers import COVER_ID, REFUSED, Cover, CoverDeclared, CoverOver, UnknownCover
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Listed, Query, Routes
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes: Final = Routes(__name__)


class CoverQuery(Query):
    agency: AgencyCode | None = None
    limit: asked.Limit = 50
    cursor: asked.Cursor | None = None


class CoverShown(Shape):
    """Who stands in for whom, on which days of Vietnam. `in_force`: now; `ended_at`: before its last day."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    agency: str
    absent: str
    covering: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    reason: str
    in_force: bool
    declared_by: str
    declared_at: datetime
    ended_by: str
    ended_at: datetime | None


class CoverList(Listed):
    items: list[CoverShown]


def shown(outcome: Any, call: Call) -> CoverShown:  # noqa: ANN401 - what the edge hands to every view's `show`
    cover: Cover = outcome
    return CoverShown(**dict(cover), in_force=cover.holds(call.now))


@routes.on(
    "POST",
    "/desk/covers",
    body=CoverDeclared,
    answer=CoverShown,
    show=shown,
    status=201,
    who="officer",
    once=True,
    refuses=(Forbidden, asked.AgencyMissing, *REFUSED),
)
def declare_cover(call: Call) -> Cover:
    """Say who stands in for an absent officer of the agency, from day to day; nothing is reassigned."""
    return cover_actions.declare(call.body, call.person, call.now, call.once)


@routes.on(
    "GET",
    "/desk/covers",
    query=CoverQuery,
    answer=CoverList,
    who="officer",
    refuses=(Forbidden, asked.AgencyMissing, CursorUnreadable),
)
def list_covers(call: Call) -> CoverList:
    """The agency's covers, past ones too, the one that ends last first."""
    wanted: CoverQuery = call.query
    agency = desk_actions.agency_asked(call.person, "desk", wanted.agency)
    page = cover_actions.listed(agency, wanted.limit, position_of(wanted.cursor, COVER_ID))
    items = [shown(each, call) for each in page.covers]
    return CoverList(items=items, next=cursor_after(page.position) or None)


@routes.on(
    "POST",
    "/desk/covers/{cover_id}/end",
    body=asked.Nothing,
    answer=CoverShown,
    show=shown,
    who="officer",
    once=True,
    refuses=(Forbidden, UnknownCover, CoverOver),
)
def end_cover(call: Call, cover_id: str) -> Cover:
    """End a cover before its last day; by either of the two, or a supervisor."""
    return cover_actions.end(cover_id, call.person, call.now, call.once)
