"""The desk's search: a form that is sent, so that no address, log or history of a browser says whom it was for."""

from collections.abc import Sequence
from typing import Final

from chalicelib import access
from chalicelib.dossiers import asked, desk_search
from chalicelib.dossiers.sweeps import Page
from chalicelib.refusals import Fault, Invalid
from chalicelib.site.deciding import asked_as
from chalicelib.site.desk_pages import PAGE, agencies_of, covered_by, row_of
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit
from chalicelib.web.cursors import cursor_after, position_of

pages: Final = Pages(__name__)
NOTHING: Final = Page([], "")


@pages.page("GET", "/can-bo/tim", who="officer")
def begin_search(visit: Visit) -> Html:
    access.require(visit.person, "desk")
    return _shown(visit, NOTHING)


@pages.page("POST", "/can-bo/tim", who="officer")
def search_desk(visit: Visit) -> Html | See:
    """One dossier found is opened; of several there is a list."""
    said = {"text": visit.form["text"], "agency": visit.form["co-quan"] or None, "cursor": visit.form["sau"] or None}
    try:
        wanted = asked_as(asked.DeskSearch, {**said, "limit": PAGE})
        after = position_of(wanted.cursor)
        found = desk_search.search(visit.person, wanted.agency, wanted.text, wanted.limit, after)
    except Invalid as no:
        return _shown(visit, NOTHING, no.faults)
    if len(found.cards) == 1 and not found.position and not after:
        return See(f"/can-bo/ho-so/{found.cards[0]['id']}")
    return _shown(visit, found)


def _shown(visit: Visit, found: Page, faults: Sequence[Fault] = ()) -> Html:
    covered = covered_by(visit) if found.cards else []
    facts = {
        "values": visit.form,
        "asked": visit.form["text"],
        "agencies": agencies_of(visit),
        "agency": visit.form["co-quan"] or visit.person.agency,
        "rows": [row_of(card, visit, covered) for card in found.cards],
        "ticking": False,
        "after": cursor_after(found.position),
    }
    return Html("desk-search.html", visit.told("Tìm hồ sơ", "Find a dossier"), facts, 422 if faults else 200, faults)
