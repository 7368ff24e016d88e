"""Putting right what an officer asked for: only those papers and answers, with the officer's words beside each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.form_words import label_at
from chalicelib.dossiers import actions, file_actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType
from chalicelib.refusals import Fault, Invalid, Stale
from chalicelib.site import supplying
from chalicelib.site.bringing import to_the_store
from chalicelib.site.meanwhile import Meanwhile, changed_since, differing
from chalicelib.site.pages import Pages
from chalicelib.site.questions import questions
from chalicelib.site.supplying import Supplement
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)


@pages.page("GET", "/ho-so/{dossier_id}/bo-sung", who="citizen")
def show_supplement(visit: Visit, dossier_id: str) -> Html | See:
    found = supplying.opened(actions.look(dossier_id, visit.person))
    return _shown(found, found.dossier.form, visit) if found else See(f"/ho-so/{dossier_id}")


@pages.page("POST", "/ho-so/{dossier_id}/bo-sung", who="citizen")
def send_supplement(visit: Visit, dossier_id: str) -> Html | See:
    to = f"/ho-so/{dossier_id}"
    once = visit.once(lambda _: to)
    dossier = actions.look(dossier_id, visit.person)
    found = supplying.opened(dossier)
    if found is None:
        return See(to) if visit.led_to() else _over(dossier, visit)
    try:
        supplying.hand_in(found, visit.form, Act(visit.person, visit.now, visit.seen, once))
    except Invalid as no:
        now = found._replace(dossier=actions.look(dossier_id, visit.person))
        return _shown(now, found.answered(visit.form), visit, no.faults)
    except Stale:
        if visit.led_to():
            return See(to)
        changed = changed_since(found.dossier, visit)
        if changed.touches(["form"]) or _was_asked_since(found, visit):
            return _shown(found, found.answered(visit.form), visit, stale=changed)
        supplying.hand_in(found, visit.form, Act(visit.person, visit.now, found.dossier.version, once))
    return See(to)


def _was_asked_since(found: Supplement, visit: Visit) -> bool:
    """Whether the page asked for something else than is asked for now."""
    _, events = actions.past(found.dossier.id, visit.person)
    asked = [each.seq for each in events if each.type == EventType.SUPPLEMENT_REQUESTED]
    return asked[-1] > (visit.seen or 0)


def _shown(
    found: Supplement,
    form: Mapping[str, Any],
    visit: Visit,
    faults: Sequence[Fault] = (),
    stale: Meanwhile | None = None,
) -> Html:
    files = file_actions.listed(found.dossier.id, visit.person)
    there = _differing(found, form, visit) if stale else []
    own = {"dossier": found.dossier, "stale": stale, "now_there": there}
    facts = {**own, **supplying.facts(found, form, files, visit)}
    title = visit.told("Bổ sung hồ sơ", "Supply what is missing")
    told, status = found.told(faults, visit.language), 409 if stale else 422 if faults else 200
    return Html("supplement.html", title, facts, status, told, allow=to_the_store())


def _differing(found: Supplement, form: Mapping[str, Any], visit: Visit) -> list[tuple[str, str]]:
    there, typed = (questions(found.procedure.form, each, visit.language) for each in (found.dossier.form, form))
    return differing(there, typed, found.paths)


def _over(dossier: Dossier, visit: Visit) -> Html:
    """It was handed in elsewhere, or is asked for no more: what was typed is shown, to be sent as a message perhaps."""
    form = catalogue.pinned(dossier.procedure.code, dossier.procedure.key).form
    said = [(name, value) for name, value in visit.form.pairs if name.startswith("form.") and value]
    typed = [
        (label_at(form, name.removeprefix("form.").replace(".", "/"), visit.language), text) for name, text in said
    ]
    title = visit.told("Không còn yêu cầu bổ sung", "Nothing is asked for any more")
    return Html("supplement-over.html", title, {"dossier": dossier, "typed": typed}, status=409)
