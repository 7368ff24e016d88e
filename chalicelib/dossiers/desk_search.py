"""The desk's search: by dossier code, or by the applicant's name, phone, tax code or identity number."""

from collections.abc import Sequence

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.dossiers import desk_actions, finding, lookup, queues, records
from chalicelib.dossiers.find_records import Match, matches
from chalicelib.dossiers.finding import Sought
from chalicelib.dossiers.rules import Dossier, UnknownDossier
from chalicelib.dossiers.sweeps import Page
from chalicelib.web.cursors import CursorUnreadable


def search(caller: Caller, agency: str | None, text: str, limit: int, after: str) -> Page:
    """One page of the filed dossiers of the officer's agency that `text` finds; an auditor may name any agency.

    Names stand in alphabetical order; those of a number with the latest filed first. A page's position says nothing
    of anybody: the dossier last shown, and which of its entries matched.
    """
    wanted = desk_actions.agency_asked(caller, "desk", agency)
    asked = finding.sought(text, wanted)
    if asked.by == "code":
        return Page([_card(each) for each in _of_code(caller, wanted, asked.key)], "")
    return _of_entries(caller, wanted, asked, limit, after) if asked.key else Page([], "")


def _of_code(caller: Caller, agency: str, code: str) -> list[Dossier]:
    found = records.load_many([each] if (each := lookup.dossier_of(code)) else [])
    return [each for each in found.values() if _is_seen(caller, agency, each)]


def _of_entries(caller: Caller, agency: str, asked: Sought, limit: int, after: str) -> Page:
    start = _start(caller, agency, asked, after) if after else None
    # One more than is shown, so that nobody is sent on to an empty page.
    found = matches(agency, asked.key, limit + 1, start, newest_first=asked.by == "number")
    heads = records.load_many([each.dossier_id for each in found[:limit]])
    shown = [each for each in found[:limit] if _is_seen(caller, agency, heads.get(each.dossier_id), each.entry)]
    firsts = [each for each in shown if finding.first(asked.key, heads[each.dossier_id].found_by) == each.entry]
    cards = [_card(heads[each.dossier_id]) for each in firsts]
    return Page(cards, _position(shown, heads) if len(found) > limit else "")


def _is_seen(caller: Caller, agency: str, dossier: Dossier | None, entry: str = "") -> bool:
    """Still found so, of this agency, and for these eyes."""
    here = dossier is not None and dossier.agency == agency and (not entry or entry in dossier.found_by)
    return here and access.allows(caller, "read", dossier)


def _position(shown: Sequence[Match], heads: dict[str, Dossier]) -> str:
    if not shown:
        return ""  # all of a page changed at the very instant it was read
    entry, dossier_id = shown[-1]
    return f"{dossier_id}\n{heads[dossier_id].found_by.index(entry)}"


def _start(caller: Caller, agency: str, asked: Sought, after: str) -> Match:
    """The entry to go on from. What this caller may not see, or does not match, is refused alike."""
    dossier_id, _, place = after.partition("\n")
    try:
        dossier = records.load(dossier_id)
        entry = dossier.found_by[int(place)] if place.isascii() and place.isdecimal() else ""
    except (UnknownDossier, IndexError):
        raise CursorUnreadable from None
    if not entry.startswith(asked.key) or not _is_seen(caller, agency, dossier, entry):
        raise CursorUnreadable
    return Match(entry, dossier_id)


def _card(dossier: Dossier) -> dict[str, object]:
    return queues.card(dossier) | {"version": dossier.version}
