"""The calendar with its amendments, and outages: read by officers, changed by the admin; agencies and letters."""

from typing import Any, Final

from chalicelib.access import allows, require
from chalicelib.catalogue import actions as catalogue
from chalicelib.clock import actions as clock
from chalicelib.clock import outage_actions as outages
from chalicelib.clock.amendments import Amendment
from chalicelib.clock.calendar_routes import CalendarQuery
from chalicelib.clock.outages import OutageDeclared
from chalicelib.clock.shown import calendar_shown
from chalicelib.notices.rules import Notice
from chalicelib.notices.wording import wording
from chalicelib.refusals import Invalid
from chalicelib.settings import settings
from chalicelib.site.deciding import asked_as
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Fields, Html, See, Visit, here
from chalicelib.web.facts import read_query

pages: Final = Pages(__name__)
CHANGES: Final = ("day_off", "working_day", "known_until", "replaces")


@pages.page("GET", "/can-bo/quan-tri", who="officer")
def administer(visit: Visit) -> Html:
    return _shown(visit)


def _shown(visit: Visit, status: int = 200, no: Invalid | None = None) -> Html:
    require(visit.person, "see_outages")
    asked = {"year": visit.query["nam"], "agency": visit.query["co-quan"]}
    query: CalendarQuery = read_query(list(asked.items()), CalendarQuery)
    agency = query.agency or settings().PROVINCE
    year, calendar = query.year or visit.now.year, clock.calendar_for(agency, visit.now)
    sees = allows(visit.person, "see_amendments")
    facts = {
        "calendar": calendar_shown(calendar, agency, year, visit.language),
        "amendments": list(reversed(clock.fresh_book(visit.now).amendments)) if sees else [],
        "amends": allows(visit.person, "amend_calendar"),
        "declares": allows(visit.person, "declare_outage"),
        "outages": outages.listed(50, "").outages,
        "agencies": catalogue.agencies() if sees else [],
        "letters": [(each.value, wording(each, visit.language)) for each in Notice] if sees else [],
        "today": visit.now.date().isoformat(),
        "typed": visit.form,
    }
    title = visit.told("Lịch làm việc và gián đoạn", "Calendar and outages")
    return Html("administration.html", title, facts, status, no.faults if no else ())


@pages.page("POST", "/can-bo/quan-tri/lich", who="officer")
def amend_working_calendar(visit: Visit) -> Html | See:
    """One change, in force at once as the next edition."""
    require(visit.person, "amend_calendar")
    back = here("/can-bo/quan-tri", xong="lich")
    try:
        amendment = asked_as(Amendment, amendment_of(visit.form))
        clock.amend(amendment, visit.person.subject, visit.now, visit.once(lambda _: back))
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _shown(visit, 422, no)
    return See(back)


def amendment_of(form: Fields) -> dict[str, Any]:
    """As the API has it; names and sources are said alike in both languages unless the second is given."""
    change, facts = form["change"], _of_all(form)
    if change in ("day_off", "working_day"):
        day: dict[str, Any] = {"date": form["date"], "name": _both(form, "name")}
        instead = {"worked_instead": form["worked_instead"]} if form["worked_instead"] and change == "day_off" else {}
        return {**facts, change: {**day, **instead}}
    if change == "known_until":
        return {**facts, "known_until": form["date"]}
    return {**facts, "replaces": int(form["replaces"]) if form["replaces"].isdecimal() else 0}


def _of_all(form: Fields) -> dict[str, Any]:
    agency = {"agency": form["agency"]} if form["agency"] else {}
    return {"announced_at": form["announced_at"], "source": _both(form, "source"), **agency}


def _both(form: Fields, name: str) -> dict[str, str]:
    return {"vi": form[name], "en": form[f"{name}_en"] or form[name]}


@pages.page("POST", "/can-bo/quan-tri/gian-doan", who="officer")
def declare_outage_by_form(visit: Visit) -> Html | See:
    """A window, now over, in which the service could not be used; its times are of Vietnam."""
    require(visit.person, "declare_outage")
    form, back = visit.form, here("/can-bo/quan-tri", xong="gian-doan")
    facts = {"from": f"{form['from']}:00+07:00", "to": f"{form['to']}:00+07:00", "reason": form["outage_reason"]}
    try:
        asked = asked_as(OutageDeclared, {**facts, "agency": form["outage_agency"] or None})
        outages.declare(asked, visit.person.subject, visit.now, visit.once(lambda _: back))
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _shown(visit, 422, no)
    return See(back)
