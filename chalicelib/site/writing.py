"""A result written by form: its template with the dossier's facts in it, what was typed, and the draft of the paper."""

from typing import Any, Final, cast

from chalicelib.access import allows
from chalicelib.catalogue.result_templates import Blank
from chalicelib.dossiers.writing import actions
from chalicelib.dossiers.writing.rules import Which
from chalicelib.site.deciding import TEXT, written
from chalicelib.site.visits import Fields, Visit

DRAFT: Final = "xem-truoc"
GENERAL: Final = "chung"


def facts(dossier_id: str, typed: Fields, visit: Visit) -> dict[str, Any]:
    """What the form needs. `?mau=chung` opens it with the general notice."""
    which = typed["template"] or ("general" if visit.query["mau"] == GENERAL else "")
    it = actions.offered(dossier_id, cast(Which, which) if which else None, visit.person, visit.now)
    texts = {each.name: typed[TEXT + each.name] if typed.pairs else it.texts[each.name] for each in it.template.blanks}
    return {"paper": it, "texts": {TEXT + name: text for name, text in texts.items()}, "label": _label(visit)}


def _label(visit: Visit) -> Any:
    def label(blank: Blank) -> str:
        return visit.told(blank.label, blank.label_en or blank.label)

    return label


def draft(dossier_id: str, visit: Visit) -> str:
    """Where the paper is shown as it would be, if that is what was asked for; raises `Invalid` as keeping it would."""
    if visit.form["viec"] != DRAFT:
        return ""
    return actions.draft(dossier_id, written(visit.form), visit.person, visit.now).url


def done(visit: Visit) -> str:
    """The form that comes next: to decide on the result, or to propose it."""
    return "quyet-dinh" if allows(visit.person, "decide") else "trinh"
