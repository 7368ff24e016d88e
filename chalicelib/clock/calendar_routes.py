"""The working calendar over HTTP: anyone reads it, the admin amends it."""

from typing import Any, Final

from pydantic import Field

from chalicelib import access
from chalicelib.clock import actions
from chalicelib.clock.amendments import AGENCY, Amendment, Entered
from chalicelib.clock.calendars import EDITION
from chalicelib.clock.refused_amendments import INADMISSIBLE, AmendedMeanwhile
from chalicelib.clock.rules import HoursInvalid
from chalicelib.clock.shown import AmendmentList, AmendmentShown, CalendarShown, amendment_shown, calendar_shown
from chalicelib.refusals import Forbidden
from chalicelib.settings import settings
from chalicelib.web import Call, Query, Routes

routes: Final = Routes(__name__)


class CalendarQuery(Query):
    """`year`: this one when absent; `agency`: whose hours and days, the province's when absent."""

    year: int | None = Field(default=None, ge=2018, le=2100)
    agency: str | None = Field(default=None, pattern=AGENCY, max_length=35)


@routes.on("GET", "/calendar", query=CalendarQuery, answer=CalendarShown, who="anyone")
def show_calendar(call: Call) -> CalendarShown:
    """A year's days off, days worked in exchange and working hours, and by what they were announced."""
    asked: CalendarQuery = call.query
    agency = asked.agency or settings().PROVINCE
    calendar = actions.calendar_for(agency, call.now)
    return calendar_shown(calendar, agency, asked.year or call.now.year, call.language)


def shown(outcome: Any, call: Call) -> AmendmentShown:  # noqa: ANN401 - what the edge hands to every view's `show`
    entered: Entered = outcome
    return amendment_shown(entered, EDITION)


@routes.on(
    "POST",
    "/calendar/amendments",
    body=Amendment,
    answer=AmendmentShown,
    show=shown,
    status=201,
    who="officer",
    once=True,
    refuses=(Forbidden, AmendedMeanwhile, HoursInvalid, *INADMISSIBLE),
)
def amend_calendar(call: Call) -> Entered:
    """Amend the calendar: one change, in force at once as the next edition."""
    access.require(call.caller, "amend_calendar")
    return actions.amend(call.body, call.person.subject, call.now, call.once)


@routes.on("GET", "/calendar/amendments", answer=AmendmentList, who="officer", refuses=(Forbidden,))
def list_amendments(call: Call) -> AmendmentList:
    """Every amendment there has been, the first one first."""
    access.require(call.caller, "see_amendments")
    found = actions.fresh_book(call.now).amendments
    return AmendmentList(items=[amendment_shown(each, EDITION) for each in found])
