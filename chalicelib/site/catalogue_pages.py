"""Finding a procedure and reading what it takes: the home page, the search, the lists, the procedure's own page."""

import re
from collections import Counter
from datetime import datetime
from typing import Any, Final

from chalicelib.catalogue import actions, search
from chalicelib.catalogue.life_events import events
from chalicelib.catalogue.publication import Summary, UnknownProcedure, require_filable
from chalicelib.catalogue.rules import PROCEDURE_CODE, Procedure
from chalicelib.catalogue.words import folded
from chalicelib.clock.actions import calendar_for
from chalicelib.clock.deadlines import due
from chalicelib.clock.rules import OutOfRange
from chalicelib.refusals import Refusal
from chalicelib.site import wording
from chalicelib.site.agencies import agencies, name
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, Visit, here

pages: Final = Pages(__name__)
ON_A_PAGE: Final = 20
LONGEST: Final = 200


@pages.page("GET", "/")
def home(visit: Visit) -> Html:
    title = visit.told("Bạn cần làm thủ tục gì?", "What do you need to do?")
    return Html("home.html", title, {"fields": _fields(visit), "events": _events(visit)})


@pages.page("GET", "/tim")
def search_procedures(visit: Visit) -> Html:
    """By words, and within a field, an agency, an event of life; nothing asked: all procedures."""
    query = {name: visit.query[name][:LONGEST] for name in ("q", "agency", "field", "event")}
    wanted = search.Wanted(
        query["q"], agency=query["agency"] or None, field=query["field"] or None, event=query["event"] or None
    )
    found = actions.find(wanted, visit.now)
    start = int(start) if re.fullmatch(r"[0-9]{1,6}", start := visit.query["tu"]) else 0
    after = here("/tim", **query, tu=str(start + ON_A_PAGE)) if start + ON_A_PAGE < len(found) else ""
    return Html(
        "search.html",
        visit.told("Tìm thủ tục", "Find a procedure"),
        {
            "asked": query,
            "count": len(found),
            "found": [_line(each, visit) for each in found[start : start + ON_A_PAGE]],
            "narrowed": _narrowed(query, visit),
            "after": after,
        },
    )


@pages.page("GET", "/linh-vuc")
def browse(visit: Visit) -> Html:
    """Every event of life, field and agency that has procedures, with how many."""
    known = agencies(visit.now)
    counts = Counter(code for each in _in_force(visit) for code in each.agencies)
    listed = [(known[code], counts[code]) for code in sorted(counts) if code in known]
    return Html(
        "browse.html",
        visit.told("Sự kiện, lĩnh vực và cơ quan", "Events of life, fields and agencies"),
        {
            "events": _events(visit),
            "fields": _fields(visit),
            "departments": [pair for pair in listed if pair[0].level != "commune"],
            "communes": [pair for pair in listed if pair[0].level == "commune"],
        },
    )


@pages.page("GET", "/thu-tuc/{code}")
def show_procedure_page(visit: Visit, code: str) -> Html:
    """In the order people ask: for whom, what to bring, how long, how much, how many visits, where, by which law."""
    if not re.fullmatch(PROCEDURE_CODE, code):
        raise UnknownProcedure
    procedure = actions.procedure(code, visit.now.date())
    facts = {
        "procedure": procedure,
        "audience": [wording.said(wording.AUDIENCE[each], visit.language) for each in procedure.audience],
        "components": [(each, wording.copies(each, visit.language)) for each in procedure.components],
        "term": wording.term(procedure.processing, procedure.processing_note, visit.language),
        "promised": _promised(procedure, visit),
        "visits": wording.said(wording.VISITS[procedure.visits], visit.language),
        "submit": wording.ways(procedure.channels.submit, visit.language),
        "returned": wording.ways(procedure.channels.return_, visit.language),
        "places": [name(each, visit.now) for each in procedure.agencies],
        "refused": _refused(procedure, visit),
    }
    return Html("procedure.html", procedure.name, facts)


def _narrowed(query: dict[str, str], visit: Visit) -> list[tuple[str, str]]:
    """What the search is narrowed to, each with the address of the search without it."""
    known = {each.key: visit.told(each.vi, each.en) for each in events()}
    labels = {
        "event": known.get(query["event"], query["event"]),
        "field": query["field"],
        "agency": name(query["agency"], visit.now) if query["agency"] else "",
    }
    return [(label, here("/tim", **query | {narrow: ""})) for narrow, label in labels.items() if label]


def _line(summary: Summary, visit: Visit) -> dict[str, Any]:
    return {
        "summary": summary,
        "term": wording.term(summary.processing, summary.processing_note, visit.language),
        "online": wording.can_be_filed_online(summary),
    }


def _in_force(visit: Visit) -> list[Summary]:
    return [each for each in actions.find(search.Wanted(), visit.now) if each.status == "in_force"]


def _events(visit: Visit) -> dict[str, list[tuple[str, str, int]]]:
    """For people and for companies: each event's key, its name, and how many procedures it has."""
    found = actions.by_event(visit.now)
    return {
        who: [(each.key, visit.told(each.vi, each.en), count) for each, count in found if each.who == who]
        for who in ("people", "companies")
    }


def _fields(visit: Visit) -> list[tuple[str, int]]:
    """In the order of the alphabet, as people look for a word."""
    counts = Counter(each.field for each in _in_force(visit))
    return sorted(counts.items(), key=lambda pair: folded(pair[0]))


def _promised(procedure: Procedure, visit: Visit) -> datetime | None:
    """When the result would be due, were the dossier accepted at this moment."""
    if procedure.processing is None:
        return None
    try:
        return due(visit.now, procedure.processing, calendar_for(procedure.agency, visit.now)).due_at
    except OutOfRange:
        return None


def _refused(procedure: Procedure, visit: Visit) -> str:
    """Why it cannot be filed online, in the words filing would say; empty when it can."""
    try:
        require_filable(procedure, "online")
    except Refusal as refusal:
        return refusal.told(visit.language)
    return ""
