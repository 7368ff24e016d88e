"""A supplement as the pages ask for it and take it: only what the officer asked for, their words beside each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.documents.rules import Document
from chalicelib.dossiers import actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Edit
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier, SupplementRequest
from chalicelib.refusals import Fault, Language
from chalicelib.site import given
from chalicelib.site.bringing import wanted
from chalicelib.site.drafting import communes
from chalicelib.site.questions import at, questions
from chalicelib.site.steps import named
from chalicelib.site.visits import Fields, Visit


class Supplement(NamedTuple):
    """`components`, `paths`: the officer's words by the component, or by the path into the form, they are about."""

    dossier: Dossier
    procedure: Procedure
    request: SupplementRequest
    components: dict[str, str]
    paths: dict[str, str]

    def answered(self, form: Fields) -> dict[str, Any]:
        """The dossier's whole form with what was asked for as given now."""
        return given.answers_at(self.procedure.form, self.paths, form, self.dossier.form)

    def told(self, faults: Sequence[Fault], language: Language) -> list[Fault]:
        return named(faults, questions(self.procedure.form, self.dossier.form, language), language)


def opened(dossier: Dossier) -> Supplement | None:
    """What the dossier waits for, if it waits for its people."""
    asked = dossier.supplement
    if dossier.stage != Stage.SUPPLEMENT_REQUESTED or asked is None:
        return None
    return Supplement(
        dossier,
        catalogue.pinned(dossier.procedure.code, dossier.procedure.key),
        asked,
        {each.component: each.reason for each in asked.items if each.component},
        {each.field.strip("/").replace("/", "."): each.reason for each in asked.items if each.field},
    )


def facts(found: Supplement, form: Mapping[str, Any], files: Sequence[Document], visit: Visit) -> dict[str, Any]:
    """What a page needs to ask for it. A question that the form does not have cannot be put."""
    asked = questions(found.procedure.form, form, visit.language)
    fresh = [each for each in files if each.registered_at >= found.request.at]
    components = [each for each in found.procedure.components if each.code in found.components]
    pairs = ((at(asked, f"form.{path}"), reason) for path, reason in found.paths.items())
    return {
        "supplement": found.request,
        "wanted": [each._replace(reason=found.components[each.code]) for each in wanted(components, fresh, visit)],
        "questions": [(question, reason) for question, reason in pairs if question],
        "communes": communes(visit.now),
    }


def hand_in(found: Supplement, form: Fields, act: Act) -> None:
    """The answers are kept first, so that nothing is lost when something is still wrong; then it is handed in."""
    before, seen = found.dossier.form, act.seen
    after = found.answered(form)
    if after != before:
        edit = Edit(form=given.patch(before, after))
        seen = actions.edit(found.dossier.id, edit, Act(act.caller, act.at, seen)).version
    actions.answer_supplement(found.dossier.id, Act(act.caller, act.at, seen, act.once))
