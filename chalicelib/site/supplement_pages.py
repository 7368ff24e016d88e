"""Putting right what an officer asked for: only those papers and answers, with the officer's words beside each."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.dossiers import actions, file_actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Edit
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.refusals import Fault, Invalid
from chalicelib.site import given
from chalicelib.site.drafting import communes
from chalicelib.site.pages import Pages
from chalicelib.site.paper_pages import to_the_store, wanted
from chalicelib.site.questions import Question, at, questions
from chalicelib.site.steps import named
from chalicelib.site.visits import Html, See, Visit

pages: Final = Pages(__name__)


class Supplement(NamedTuple):
    """`reasons`: the officer's words by the component, or by the path into the form, they are about."""

    dossier: Dossier
    procedure: Procedure
    components: dict[str, str]
    paths: dict[str, str]


@pages.page("GET", "/ho-so/{dossier_id}/bo-sung", who="citizen")
def show_supplement(visit: Visit, dossier_id: str) -> Html | See:
    found = _opened(visit, dossier_id)
    return found if isinstance(found, See) else _shown(found, found.dossier.form, visit)


@pages.page("POST", "/ho-so/{dossier_id}/bo-sung", who="citizen")
def send_supplement(visit: Visit, dossier_id: str) -> Html | See:
    """The answers are kept first, so that nothing is lost when something is still wrong; then it is handed in."""
    found, to = _opened(visit, dossier_id), f"/ho-so/{dossier_id}"
    if isinstance(found, See):
        return found
    once = visit.once(lambda _: to)
    before, seen = found.dossier.form, visit.seen
    form = given.answers_at(found.procedure.form, found.paths, visit.form, before)
    if form != before:
        edit = Edit(form=given.patch(before, form))
        seen = actions.edit(dossier_id, edit, Act(visit.person, visit.now, seen)).version
    try:
        actions.answer_supplement(dossier_id, Act(visit.person, visit.now, seen, once))
    except Invalid as no:
        found = found._replace(dossier=actions.look(dossier_id, visit.person))
        return _shown(found, form, visit, no.faults)
    return See(to)


def _opened(visit: Visit, dossier_id: str) -> Supplement | See:
    dossier = actions.look(dossier_id, visit.person)
    if dossier.stage != Stage.SUPPLEMENT_REQUESTED or dossier.supplement is None:
        return See(f"/ho-so/{dossier_id}")
    procedure = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    items = dossier.supplement.items
    return Supplement(
        dossier,
        procedure,
        {each.component: each.reason for each in items if each.component},
        {each.field.strip("/").replace("/", "."): each.reason for each in items if each.field},
    )


def _shown(found: Supplement, form: dict[str, Any], visit: Visit, faults: Sequence[Fault] = ()) -> Html:
    asked = questions(found.procedure.form, form, visit.language)
    since = found.dossier.supplement.at if found.dossier.supplement else visit.now
    fresh = [each for each in file_actions.listed(found.dossier.id, visit.person) if each.registered_at >= since]
    components = [each for each in found.procedure.components if each.code in found.components]
    facts = {
        "dossier": found.dossier,
        "supplement": found.dossier.supplement,
        "wanted": [each._replace(reason=found.components[each.code]) for each in wanted(components, fresh, visit)],
        "answers": _answers(found, asked),
        "communes": communes(visit.now),
    }
    title = visit.told("Bổ sung hồ sơ", "Supply what is missing")
    told = named(faults, asked, visit.language)
    return Html("supplement.html", title, facts, 422 if faults else 200, told, allow=to_the_store())


def _answers(found: Supplement, asked: Sequence[Question]) -> list[tuple[Question, str]]:
    """Each question asked again, with the officer's words; one that the form does not have cannot be answered."""
    pairs = ((at(asked, f"form.{path}"), reason) for path, reason in found.paths.items())
    return [(question, reason) for question, reason in pairs if question]
