"""The calendar with its amendments, and outages: read by officers, changed by the admin."""

from collections.abc import Sequence
from typing import Final

from chalicelib.access import allows, require
from chalicelib.clock import actions as clock
from chalicelib.clock import outage_actions as outages
from chalicelib.clock.amended import counting
from chalicelib.clock.amendments import Amendment
from chalicelib.clock.calendar_routes import CalendarQuery
from chalicelib.clock.hours import Weekday
from chalicelib.clock.outages import OutageDeclared
from chalicelib.clock.shown import calendar_shown
from chalicelib.refusals import Fault, Invalid
from chalicelib.settings import settings
from chalicelib.site import agencies
from chalicelib.site.amending import amendment_of, of_form, taking_back
from chalicelib.site.deciding import asked_as
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.web.facts import read_query

pages: Final = Pages(__name__)
DAYS: Final[dict[Weekday, tuple[str, str]]] = {
    "mon": ("Thứ hai", "Monday"),
    "tue": ("Thứ ba", "Tuesday"),
    "wed": ("Thứ tư", "Wednesday"),
    "thu": ("Thứ năm", "Thursday"),
    "fri": ("Thứ sáu", "Friday"),
    "sat": ("Thứ bảy", "Saturday"),
    "sun": ("Chủ nhật", "Sunday"),
}
EVERYWHERE: Final = ("Toàn tỉnh", "The whole province")


@pages.page("GET", "/can-bo/quan-tri", who="officer")
def administer(visit: Visit) -> Html:
    return _shown(visit)


def _shown(visit: Visit, status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    require(visit.person, "see_outages")
    asked = {"year": visit.query["nam"], "agency": visit.query["co-quan"]}
    query: CalendarQuery = read_query(list(asked.items()), CalendarQuery)
    agency = query.agency or settings().PROVINCE
    year, calendar = query.year or visit.now.year, clock.calendar_for(agency, visit.now)
    sees = allows(visit.person, "see_amendments")
    entered = clock.fresh_book(visit.now).amendments if sees else ()
    facts = {
        "calendar": calendar_shown(calendar, agency, year, visit.language),
        "whose": agencies.name(query.agency, visit.now)
        if query.agency
        else visit.told("Toàn tỉnh", "The whole province"),
        "last_amendment": calendar.edition.partition("+")[2],
        "amendments": list(reversed(entered)),
        "standing": {each.number for each in counting(entered)},
        "weekdays": [(name, said(words, visit.language)) for name, words in DAYS.items()],
        "amends": allows(visit.person, "amend_calendar"),
        "declares": allows(visit.person, "declare_outage"),
        "outages": outages.listed(50, "").outages,
        "today": visit.now.date().isoformat(),
        "typed": visit.form if visit.form.pairs else taking_back(visit.query["bo"], counting(entered)),
    }
    title = visit.told("Lịch làm việc và gián đoạn", "Calendar and outages")
    return Html("administration.html", title, facts, status, faults)


@pages.page("POST", "/can-bo/quan-tri/lich", who="officer")
def amend_working_calendar(visit: Visit) -> Html | See:
    """One change, in force at once as the next edition."""
    require(visit.person, "amend_calendar")
    back = here("/can-bo/quan-tri", xong="lich")
    try:
        amendment = asked_as(Amendment, amendment_of(visit.form))
        clock.amend(amendment, visit.person.subject, visit.now, visit.once(lambda _: back))
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _shown(visit, 422, of_form(no.faults))
    return See(back)


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
        return See(led) if (led := visit.led_to()) else _shown(visit, 422, no.faults)
    return See(back)
