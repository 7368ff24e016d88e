"""Outages over HTTP: the admin declares one, officers read them."""

from datetime import datetime
from typing import Any, Final

from pydantic import ConfigDict, Field

from chalicelib import access
from chalicelib.clock import outage_actions
from chalicelib.clock.outages import OUTAGE_ID, Outage, OutageDeclared, OutageInverted, OutageNotOver, OutageOverlaps
from chalicelib.clock.rules import OutOfRange
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Listed, Query, Routes
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes: Final = Routes(__name__)


class OutageQuery(Query):
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2000)


class OutageShown(Shape):
    """A window in which the service could not be used; what an earlier finish may rest on."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    begin: datetime = Field(alias="from")
    to: datetime
    reason: str
    agency: str | None
    declared_by: str
    declared_at: datetime


class OutageList(Listed):
    items: list[OutageShown]


def shown(outcome: Any, call: Call) -> OutageShown:  # noqa: ANN401 - what the edge hands to every view's `show`
    outage: Outage = outcome
    return OutageShown(**dict(outage))


@routes.on(
    "POST",
    "/outages",
    body=OutageDeclared,
    answer=OutageShown,
    show=shown,
    status=201,
    who="officer",
    once=True,
    refuses=(Forbidden, OutOfRange, OutageInverted, OutageNotOver, OutageOverlaps),
)
def declare_outage(call: Call) -> Outage:
    """Declare a window, now over, in which the service could not be used."""
    access.require(call.caller, "declare_outage")
    return outage_actions.declare(call.body, call.person.subject, call.now, call.once)


@routes.on(
    "GET", "/outages", query=OutageQuery, answer=OutageList, who="officer", refuses=(Forbidden, CursorUnreadable)
)
def list_outages(call: Call) -> OutageList:
    """The outages there were, the one declared last first."""
    access.require(call.caller, "see_outages")
    asked: OutageQuery = call.query
    page = outage_actions.listed(asked.limit, position_of(asked.cursor, OUTAGE_ID))
    items = [shown(each, call) for each in page.outages]
    return OutageList(items=items, next=cursor_after(page.position) or None)
