"""The directory of agencies: admin and auditor look through it; the admin adds to it, changes, ends and reopens."""

from collections.abc import Sequence
from typing import Final

from chalicelib.access import allows, require
from chalicelib.catalogue import agency_actions
from chalicelib.catalogue.directory import AgencyEvent, AgencyInUse, InTheWay, What, at_most
from chalicelib.catalogue.placing import Known, Typed, beneath
from chalicelib.catalogue.rules import Level
from chalicelib.catalogue.words import folded
from chalicelib.dossiers import supervision
from chalicelib.refusals import Fault, Invalid, NotFound
from chalicelib.site import agencies
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here
from chalicelib.site.wording import said
from chalicelib.web.cursors import cursor_after, position_of

pages: Final = Pages(__name__)
PLACE: Final = "/can-bo/quan-tri/co-quan"
PAGE: Final = 50
MOST: Final = 100  # open dossiers are counted no further
LEVELS: Final[dict[Level, tuple[str, str]]] = {
    "province": ("Cấp tỉnh", "Province"),
    "department": ("Sở, ban, ngành", "Department"),
    "district": ("Cấp huyện (đã kết thúc)", "District (ended)"),
    "commune": ("Cấp xã", "Commune"),
}
CHOSEN: Final[tuple[Level, ...]] = ("department", "commune")  # for an agency that is added
DONE: Final[dict[What, tuple[str, str]]] = {
    "added": ("Thêm vào danh mục", "Added"),
    "changed": ("Sửa", "Changed"),
    "ended": ("Kết thúc hoạt động", "Ended"),
    "reopened": ("Mở lại", "Reopened"),
}
CHANGE, END, REOPEN = "sua", "ket-thuc", "mo-lai"


@pages.page("GET", "/can-bo/quan-tri/co-quan", who="officer")
def list_agencies_kept(visit: Visit) -> Html:
    return _list(visit)


def _list(visit: Visit, status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    require(visit.person, "see_agencies")
    known = agency_actions.known()
    words, after = folded(visit.query["q"][:100]), position_of(visit.query["sau"])
    found = [each for code, each in known.items() if code > after and _is_meant(each, words)]
    more = cursor_after(found[PAGE - 1].agency.code) if len(found) > PAGE else ""
    facts = {
        "rows": [(each, _level(visit, each.agency.level), _name(known, each.agency.parent)) for each in found[:PAGE]],
        "next": here(PLACE, q=visit.query["q"], sau=more) if more else "",
        "keeps": allows(visit.person, "keep_agencies"),
        "levels": [(each, _level(visit, each)) for each in CHOSEN],
        "parents": _parents(known),
        "typed": visit.form,
    }
    return Html("agencies-kept.html", visit.told("Cơ quan", "Agencies"), facts, status, faults)


@pages.page("POST", "/can-bo/quan-tri/co-quan", who="officer")
def add_agency(visit: Visit) -> Html | See:
    require(visit.person, "keep_agencies")
    once = visit.once(lambda done: here(f"{PLACE}/{done.agency.code}", xong="1"))
    try:
        done = agency_actions.add(_typed(visit, visit.form["code"]), visit.person.subject, visit.now, once)
    except Invalid as no:
        return See(led) if (led := visit.led_to()) else _list(visit, 422, no.faults)
    agencies.forget()
    return See(here(f"{PLACE}/{done.agency.code}", xong="1"))


@pages.page("GET", "/can-bo/quan-tri/co-quan/{code}", who="officer")
def show_agency_kept(visit: Visit, code: str) -> Html:
    return _shown(visit, code)


def _shown(visit: Visit, code: str, deed: str = "", status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    require(visit.person, "see_agencies")
    known = agency_actions.known()
    found, events = agency_actions.show(code)
    agency, keeps = found.agency, allows(visit.person, "keep_agencies")
    deeds = {CHANGE: visit.told("Sửa tên, cấp, cơ quan cấp trên", "Change name, level or parent")}
    deeds |= {END: visit.told("Kết thúc hoạt động", "End the agency")}
    if not found.stands:
        deeds = {REOPEN: visit.told("Mở lại", "Reopen")}
    chosen = deed or visit.query["viec"]
    chosen = chosen if keeps and chosen in deeds else ""
    way = agency_actions.in_the_way(code, _open(visit, code)) if chosen == END else None
    facts = {
        "known": found,
        "level": _level(visit, agency.level),
        "parent": _name(known, agency.parent),
        "beneath": beneath(code, known),
        "events": [(said(DONE[each.what], visit.language), _differences(visit, each), each) for each in events],
        "deeds": list(deeds.items()) if keeps else [],
        "chosen": chosen,
        "way": _counted(way),
        "levels": [(each, _level(visit, each)) for each in LEVELS if each in (*CHOSEN, agency.level)],
        "parents": [each for each in _parents(known) if each[0] != code],
        "typed": visit.form
        if visit.form.pairs
        else {"name": agency.name, "level": agency.level, "parent": agency.parent or ""},
    }
    return Html("agency-kept.html", agency.name, facts, status, faults)


@pages.page("POST", "/can-bo/quan-tri/co-quan/{code}/{deed}", who="officer")
def decide_on_agency(visit: Visit, code: str, deed: str) -> Html | See:
    """On what was seen: who else changed it meanwhile is not overwritten."""
    by, back = require(visit.person, "keep_agencies").subject, here(f"{PLACE}/{code}", xong="1")
    once = visit.once(lambda _: back)
    reason, seen, now = visit.form["reason"], visit.seen, visit.now
    try:
        if deed == CHANGE:
            agency_actions.change(_typed(visit, code), seen, by, now, once)
        elif deed == END:
            agency_actions.end(code, seen, _open(visit, code), reason, by, now, once)
        elif deed == REOPEN:
            agency_actions.reopen(code, seen, reason, by, now, once)
        else:
            raise NotFound
    except (Invalid, AgencyInUse) as no:
        if led := visit.led_to():
            return See(led)
        way = isinstance(no, AgencyInUse)
        told = [Fault("/reason", no.code, no.told("vi"), no.told("en"))] if way else no.faults
        return _shown(visit, code, deed, 409 if way else 422, told)
    agencies.forget()
    return See(back)


def _counted(way: InTheWay | None) -> dict[str, str]:
    """Nothing where nothing is in the way; else each count in words, empty for none."""
    counts = vars(way) if way else {}
    return {name: at_most(count) if count else "" for name, count in counts.items()} if any(counts.values()) else {}


def _typed(visit: Visit, code: str) -> Typed:
    form = visit.form
    return Typed(code, " ".join(form["name"].split()), form["level"], form["parent"], form["reason"])


def _open(visit: Visit, code: str) -> int:
    return supervision.open_at(visit.person, code, MOST)


def _differences(visit: Visit, event: AgencyEvent) -> list[tuple[str, str, str]]:
    """What an event changed: the word for it, before and after."""
    before, after = event.before, event.after
    if before is None:
        return []
    rows = [
        (visit.told("Tên", "Name"), before.name, after.name),
        (visit.told("Cấp", "Level"), _level(visit, before.level), _level(visit, after.level)),
        (visit.told("Cơ quan cấp trên", "Parent"), before.parent or "–", after.parent or "–"),
    ]
    return [row for row in rows if row[1] != row[2]]


def _is_meant(known: Known, words: str) -> bool:
    return words in folded(known.agency.name) or known.agency.code.lower().startswith(words)


def _level(visit: Visit, level: Level) -> str:
    return said(LEVELS[level], visit.language)


def _name(known: dict[str, Known], code: str | None) -> str:
    return known[code].agency.name if code in known else code or ""


def _parents(known: dict[str, Known]) -> list[tuple[str, str]]:
    return [(code, f"{code} · {each.agency.name}") for code, each in known.items() if each.stands]
