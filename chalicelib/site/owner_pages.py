"""A dossier filed for somebody else, by authority or as their representative: whose it is, as a step of its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from chalicelib.dossiers.asked import Edit
from chalicelib.refusals import Fault, Invalid
from chalicelib.settings import settings
from chalicelib.site.drafting import Filing, communes, opened, save
from chalicelib.site.meanwhile import Meanwhile
from chalicelib.site.pages import Pages
from chalicelib.site.people_given import person, texts
from chalicelib.site.review import applicant_rows
from chalicelib.site.steps import OWNER, steps
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)
FOR_ONESELF: Final = "self"


@pages.page("GET", "/ho-so/{dossier_id}/chu-ho-so", who="citizen")
def show_owner(visit: Visit, dossier_id: str) -> Html | See:
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return filing
    known = texts(filing.dossier.owner, "owner") or {"owner.address.province": settings().PROVINCE_NAME}
    return _owner(filing, known, visit)


@pages.page("POST", "/ho-so/{dossier_id}/chu-ho-so", who="citizen")
def save_owner(visit: Visit, dossier_id: str) -> Html | See:
    filing = opened(visit, dossier_id)
    if isinstance(filing, See):
        return filing
    to = f"{filing.address}/xem-lai" if visit.query["ve"] == "xem-lai" else f"{filing.address}/tiep"
    try:
        owner = None if visit.form["act"] == FOR_ONESELF else person(visit.form, "owner")
        done = save(filing, Edit(owner=owner), visit, to, ["owner"])
    except Invalid as no:
        return _owner(filing, visit.form, visit, no.faults)
    return _owner(filing, visit.form, visit, stale=done) if isinstance(done, Meanwhile) else See(to)


def _owner(
    filing: Filing,
    values: Any,  # noqa: ANN401
    visit: Visit,
    faults: Sequence[Fault] = (),
    stale: Meanwhile | None = None,
) -> Html:
    """The step is asked for before there is an owner: it is shown among the others all the same."""
    whole = replace(filing, steps=steps(filing.procedure, filing.dossier.form, visit.language, owner=True))
    step = whole.at(OWNER[0])
    there = [(row.label, row.text) for row in applicant_rows(filing.dossier.owner, visit.language)] if stale else []
    own = {"values": values, "communes": communes(visit.now), "stale": stale, "now_there": there}
    status = 409 if stale else 422 if faults else 200
    return Html("filing-owner.html", step.title, whole.facts(step, visit) | own, status, faults)
