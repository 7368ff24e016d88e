"""Who stands in for whom at the officer's agency: declared by form, ended by a button."""

import re
from typing import Final

from chalicelib.access import allows
from chalicelib.dossiers import cover_actions, desk_actions
from chalicelib.dossiers.covers import COVER_ID, CoverDeclared, day_of
from chalicelib.refusals import Invalid
from chalicelib.site.deciding import asked_as
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

pages: Final = Pages(__name__)
PLACE: Final = "/can-bo/lam-thay"
PAGE: Final = 50


@pages.page("GET", "/can-bo/lam-thay", who="officer")
def list_covers_page(visit: Visit) -> Html:
    return _shown(visit)


def _shown(visit: Visit, status: int = 200, no: Invalid | None = None) -> Html:
    person, asked = visit.person, visit.query["co-quan"] or None
    agency = desk_actions.agency_asked(person, "desk", asked)
    after = position_of(visit.query["sau"])
    if after and not re.fullmatch(COVER_ID, after):
        raise CursorUnreadable
    page = cover_actions.listed(agency, PAGE, after)
    ends = agency == person.agency and allows(person, "end_cover")
    over_others = allows(person, "cover_others")
    facts = {
        "covers": [
            (
                each,
                each.holds(visit.now),
                each.is_over(visit.now),
                ends and (over_others or person.subject in (each.absent, each.covering)),
            )
            for each in page.covers
        ],
        "declares": allows(person, "cover"),
        "for_others": over_others,
        "agency": agency,
        "today": day_of(visit.now).isoformat(),
        "typed": visit.form,
        "next": here(PLACE, **{"co-quan": asked or "", "sau": cursor_after(page.position)}) if page.position else "",
    }
    title = visit.told("Làm thay người vắng mặt", "Standing in for an absent colleague")
    return Html("covers.html", title, facts, status, no.faults if no else ())


@pages.page("POST", "/can-bo/lam-thay", who="officer")
def declare_cover_by_form(visit: Visit) -> Html | See:
    form, back = visit.form, here(PLACE, xong="cu")
    facts = {name: form[name] for name in ("covering", "from", "to", "reason")}
    try:
        asked = asked_as(CoverDeclared, {**facts, "absent": form["absent"] or None})
        cover_actions.declare(asked, visit.person, visit.now, visit.once(lambda _: back))
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _shown(visit, 422, no)
    return See(back)


@pages.page("POST", "/can-bo/lam-thay/{cover_id}", who="officer")
def end_cover_by_form(visit: Visit, cover_id: str) -> See:
    back = here(PLACE, xong="het")
    cover_actions.end(cover_id, visit.person, visit.now, visit.once(lambda _: back))
    return See(back)
