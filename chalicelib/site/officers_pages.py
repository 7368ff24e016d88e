"""The agencies and the officers who have signed in at each; an admin ends their sessions, bars them, lets them in."""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from chalicelib.access import allows, require
from chalicelib.catalogue import actions as catalogue
from chalicelib.refusals import Fault, Invalid, NotFound
from chalicelib.site import entering, officer_records
from chalicelib.site.deciding import asked_as
from chalicelib.site.officers import DEEDS, ROLES, UnknownOfficer, What
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.web import Request
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

pages: Final = Pages(__name__)
PLACE: Final = "/can-bo/quan-tri/can-bo"
PAGE: Final = 50
KEY: Final = r"[0-9a-f]{32}"
SLUGS: Final[dict[str, What]] = {"het-phien": "ended", "chan": "barred", "cho-vao": "let_in"}


class Why(Request):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@pages.page("GET", "/can-bo/quan-tri/can-bo", who="officer")
def list_officers(visit: Visit) -> Html:
    require(visit.person, "see_officers")
    known = catalogue.agencies()
    agency = visit.query["co-quan"] or visit.person.agency
    if agency and not re.fullmatch(r"[A-Z0-9.]{1,35}", agency):
        raise NotFound
    after = position_of(visit.query["sau"])
    if after and not re.fullmatch(KEY, after):
        raise CursorUnreadable
    page = officer_records.page(agency, PAGE, after)
    codes = {each.code for each in known}
    facts = {
        "agency": agency,
        "agencies": [
            *([] if agency in codes else [(agency, agency)]),
            *((each.code, f"{each.code} · {each.name}") for each in known),
        ],
        "officers": [(each, _roles(visit, each.roles), len(each.open_at(visit.now))) for each in page.officers],
        "next": here(PLACE, **{"co-quan": agency, "sau": cursor_after(page.position)}) if page.position else "",
    }
    return Html("officers.html", visit.told("Cán bộ", "Officers"), facts)


def _roles(visit: Visit, roles: Sequence[str]) -> str:
    return ", ".join(said(ROLES[each], visit.language) for each in roles if each in ROLES)


@pages.page("GET", "/can-bo/quan-tri/can-bo/{key}", who="officer")
def show_officer(visit: Visit, key: str) -> Html:
    return _shown(visit, key)


def _shown(visit: Visit, key: str, deed: str = "", status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    require(visit.person, "see_officers")
    if not re.fullmatch(KEY, key):
        raise UnknownOfficer
    officer = officer_records.load(key)
    wanted = ("cho-vao",) if officer.barred else ("het-phien", "chan")
    chosen = deed or visit.query["viec"]
    facts = {
        "officer": officer,
        "roles": _roles(visit, officer.roles),
        "open": len(officer.open_at(visit.now)),
        "deeds": [(said(DEEDS[each.what], visit.language), each) for each in reversed(officer.deeds)],
        "choices": [(slug, said(DEEDS[SLUGS[slug]], visit.language)) for slug in wanted],
        "chosen": chosen if chosen in wanted else "",
        "bars": allows(visit.person, "bar_officers"),
        "typed": visit.form,
    }
    return Html("officer-account.html", officer.name or officer.subject, facts, status, faults)


@pages.page("POST", "/can-bo/quan-tri/can-bo/{key}/{deed}", who="officer")
def decide_on_officer(visit: Visit, key: str, deed: str) -> Html | See:
    """At once: whoever has a page open is signed out with their next click."""
    require(visit.person, "bar_officers")
    if deed not in SLUGS:
        raise NotFound
    if not re.fullmatch(KEY, key):
        raise UnknownOfficer
    back = here(f"{PLACE}/{key}", xong=deed)
    try:
        asked = asked_as(Why, {"reason": visit.form["reason"]})
    except Invalid as no:
        return _shown(visit, key, deed, 422, no.faults)
    entering.decide(key, SLUGS[deed], visit.person, asked.reason, visit.now, visit.once(lambda _: back))
    return See(back)
