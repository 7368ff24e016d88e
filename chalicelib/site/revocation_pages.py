"""A paper revoked by form: which one, why, and for good."""

from collections.abc import Sequence
from typing import Any, Final

from chalicelib.access import require
from chalicelib.dossiers import actions, paper_actions
from chalicelib.dossiers.paper_routes import Revoking
from chalicelib.dossiers.writing.given import GivenOut, given_out
from chalicelib.papers.rules import UnknownPaper, named
from chalicelib.refusals import Fault, Invalid
from chalicelib.site.deciding import act_of, asked_as
from chalicelib.site.dossier_desk import paper_shown
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)


@pages.page("GET", "/can-bo/giay-to/{dossier_id}/{paper_id}/thu-hoi", who="officer")
def ask_to_revoke(visit: Visit, dossier_id: str, paper_id: str) -> Html:
    return _revoking(visit, dossier_id, paper_id)


def _revoking(visit: Visit, dossier_id: str, paper_id: str, status: int = 200, faults: Sequence[Fault] = ()) -> Html:
    dossier, events = actions.past(dossier_id, visit.person)
    require(visit.person, "revoke_paper", dossier)
    papers = [paper_shown(each) for each in paper_actions.listed(dossier_id, visit.person)]
    found = next((each for each in [*papers, *map(_result, given_out(events))] if each["id"] == paper_id), None)
    if found is None:
        raise UnknownPaper
    facts = {"dossier": dossier, "paper": found, "typed": visit.form, "seen": dossier.version}
    return Html("revoke-paper.html", visit.told("Thu hồi giấy tờ", "Revoke a paper"), facts, status, faults)


def _result(paper: GivenOut) -> dict[str, Any]:
    return {**paper._asdict(), "revoked": paper.revoked}


@pages.page("POST", "/can-bo/giay-to/{dossier_id}/{paper_id}/thu-hoi", who="officer")
def revoke_paper_by_form(visit: Visit, dossier_id: str, paper_id: str) -> Html | See:
    """For good; whoever checks the paper reads the reason."""
    back = f"/can-bo/ho-so/{dossier_id}#muc-giay"
    if named(paper_id).dossier_id != dossier_id:
        raise UnknownPaper
    try:
        asked = asked_as(Revoking, {"reason": visit.form["reason"]})
    except Invalid as no:
        return _revoking(visit, dossier_id, paper_id, 422, no.faults)
    paper_actions.revoke(paper_id, asked.reason, act_of(visit, back))
    return See(back)
