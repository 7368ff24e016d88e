"""Putting right what an officer asked for: only those papers and answers, with the officer's words beside each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalicelib.dossiers import actions, file_actions
from chalicelib.dossiers.act import Act
from chalicelib.refusals import Fault, Invalid
from chalicelib.site import supplying
from chalicelib.site.bringing import to_the_store
from chalicelib.site.pages import Pages
from chalicelib.site.supplying import Supplement
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)


@pages.page("GET", "/ho-so/{dossier_id}/bo-sung", who="citizen")
def show_supplement(visit: Visit, dossier_id: str) -> Html | See:
    found = supplying.opened(actions.look(dossier_id, visit.person))
    return _shown(found, found.dossier.form, visit) if found else See(f"/ho-so/{dossier_id}")


@pages.page("POST", "/ho-so/{dossier_id}/bo-sung", who="citizen")
def send_supplement(visit: Visit, dossier_id: str) -> Html | See:
    found, to = supplying.opened(actions.look(dossier_id, visit.person)), f"/ho-so/{dossier_id}"
    if found is None:
        return See(to)
    once = visit.once(lambda _: to)
    try:
        supplying.hand_in(found, visit.form, Act(visit.person, visit.now, visit.seen, once))
    except Invalid as no:
        now = found._replace(dossier=actions.look(dossier_id, visit.person))
        return _shown(now, found.answered(visit.form), visit, no.faults)
    return See(to)


def _shown(found: Supplement, form: Mapping[str, Any], visit: Visit, faults: Sequence[Fault] = ()) -> Html:
    files = file_actions.listed(found.dossier.id, visit.person)
    facts = {"dossier": found.dossier, **supplying.facts(found, form, files, visit)}
    title = visit.told("Bổ sung hồ sơ", "Supply what is missing")
    told = found.told(faults, visit.language)
    return Html("supplement.html", title, facts, 422 if faults else 200, told, allow=to_the_store())
