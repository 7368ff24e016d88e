"""The dossier as officers work on it: its page, each thing they may do next, its papers."""

from typing import Final

from chalicelib.dossiers import paper_actions
from chalicelib.refusals import Invalid, NotFound, Stale
from chalicelib.site import dossier_desk, writing
from chalicelib.site.choices import BY_SLUG, WRITE
from chalicelib.site.deciding import DEEDS, act_of
from chalicelib.site.dossier_desk import Shown
from chalicelib.site.pages import Pages
from chalicelib.site.visits import Html, See, Visit, here

pages: Final = Pages(__name__)


@pages.page("GET", "/can-bo/ho-so/{dossier_id}", who="officer")
def show_dossier_to_officer(visit: Visit, dossier_id: str) -> Html:
    return dossier_desk.page(visit, dossier_id)


@pages.page("GET", "/can-bo/ho-so/{dossier_id}/{deed}", who="officer")
def choose_deed(visit: Visit, dossier_id: str, deed: str) -> Html:
    """The dossier with the form of one thing to do open."""
    if deed not in BY_SLUG:
        raise NotFound
    return dossier_desk.page(visit, dossier_id, Shown(BY_SLUG[deed]))


@pages.page("POST", "/can-bo/ho-so/{dossier_id}/{deed}", who="officer")
def do_deed(visit: Visit, dossier_id: str, deed: str) -> Html | See:
    """Done, or the form again with what was typed: beside what was wrong, or what others did meanwhile."""
    if deed not in DEEDS:
        raise NotFound
    choice, done = BY_SLUG[deed], here(_after(dossier_id, deed, visit), xong=deed)
    try:
        if deed == WRITE and (draft := writing.draft(dossier_id, visit)):
            return dossier_desk.page(visit, dossier_id, Shown(choice, visit.form, seen=visit.seen, draft=draft))
        DEEDS[deed](dossier_id, visit.form, act_of(visit, done))
    except Stale:
        if led := visit.led_to():
            return See(led)
        return dossier_desk.page(visit, dossier_id, Shown(choice, visit.form, 412, (), visit.seen))
    except Invalid as no:
        return dossier_desk.page(visit, dossier_id, Shown(choice, visit.form, 422, no.faults, visit.seen))
    return See(done)


def _after(dossier_id: str, deed: str, visit: Visit) -> str:
    """The dossier's page; of a result that was written the form by which it is given."""
    own = f"/can-bo/ho-so/{dossier_id}"
    return f"{own}/{writing.done(visit)}" if deed == WRITE else own


@pages.page("GET", "/can-bo/giay-to/{dossier_id}/{paper_id}", who="officer")
def open_paper(visit: Visit, dossier_id: str, paper_id: str) -> See:
    return See(paper_actions.fetch(dossier_id, paper_id, visit.person, visit.now, "inline").url)


@pages.page("GET", "/can-bo/du-thao/{dossier_id}", who="officer")
def open_draft_apology(visit: Visit, dossier_id: str) -> See:
    """The letter of apology as it waits for a signature."""
    return See(paper_actions.draft_apology(dossier_id, visit.person, visit.now).url)
