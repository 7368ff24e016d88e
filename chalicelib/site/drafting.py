"""A draft as its citizen fills it in: opened with its steps, saved step by step, what changed meanwhile told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.dossiers import actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Edit
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.refusals import NotFound, Stale
from chalicelib.site import agencies
from chalicelib.site.meanwhile import Meanwhile, changed_since
from chalicelib.site.steps import Step, neighbours, steps
from chalicelib.site.visits import See, Visit

OFFICE = "Ủy ban nhân dân "


@dataclass(frozen=True)
class Filing:
    dossier: Dossier
    procedure: Procedure
    steps: Sequence[Step]

    @property
    def address(self) -> str:
        return f"/ho-so/{self.dossier.id}"

    def at(self, path: str) -> Step:
        """Raises `NotFound` for a step there is not, or not any more."""
        found = next((each for each in self.steps if each.path == path), None)
        if found is None:
            raise NotFound
        return found

    def facts(self, step: Step, visit: Visit) -> dict[str, Any]:
        """What every page of a step shows beside its questions."""
        back = neighbours(self.steps, step.path)[0]
        review = visit.query["ve"] == "xem-lai"
        behind = f"{self.address}/xem-lai" if review else f"{self.address}/{back.path}" if back else self.address
        own = f"{self.address}/{step.path}" + ("?ve=xem-lai" if review else "")
        return {
            "dossier": self.dossier,
            "procedure": self.procedure,
            "step": step,
            "number": self.steps.index(step) + 1,
            "of": len(self.steps),
            "behind": behind,
            "own": own,
            "saved": None if self.dossier.version == 1 else self.dossier.changed_at,
            "stale": None,
        }

    def following(self, step: Step, visit: Visit, form: dict[str, Any] | None = None) -> str:
        """Where one goes after this step, the answers being these now."""
        if visit.query["ve"] == "xem-lai":
            return f"{self.address}/xem-lai"
        later = self.steps if form is None else _steps(self.dossier, self.procedure, form, visit)
        return f"{self.address}/{neighbours(later, step.path)[1].path}"


def opened(visit: Visit, dossier_id: str) -> Filing | See:
    """The draft; of one that was filed since, its page. Raises what `look` and `filable` refuse."""
    dossier = actions.look(dossier_id, visit.person)
    if dossier.stage != Stage.DRAFT:
        return See(f"/ho-so/{dossier_id}")
    procedure = catalogue.filable(dossier.procedure.code, visit.now.date(), dossier.channel)
    return Filing(dossier, procedure, _steps(dossier, procedure, dossier.form, visit))


def _steps(dossier: Dossier, procedure: Procedure, form: dict[str, Any], visit: Visit) -> list[Step]:
    return steps(procedure, form, visit.language, owner=dossier.owner is not None)


def save(filing: Filing, edit: Edit, visit: Visit, to: str, names: Sequence[str]) -> Dossier | Meanwhile:
    """Saved under the version the page showed. What changed elsewhere since is no hindrance unless it is the same.

    `names`: what this step asks for, as the history names it. A save that would change nothing writes nothing.
    """
    if _says_nothing(edit, filing.dossier):
        return filing.dossier
    act = Act(visit.person, visit.now, visit.seen, visit.once(lambda _: to))
    try:
        return actions.edit(filing.dossier.id, edit, act)
    except Stale:
        changed = changed_since(filing.dossier, visit)
        if changed.touches(names):
            return changed
        return actions.edit(filing.dossier.id, edit, Act(visit.person, visit.now, filing.dossier.version, act.once))


def _says_nothing(edit: Edit, dossier: Dossier) -> bool:
    return all(
        (getattr(edit, name) == {}) if name == "form" else getattr(edit, name) == getattr(dossier, name)
        for name in edit.model_fields_set
    )


def communes(now: datetime) -> list[str]:
    """The province's communes, by which an address is completed: `Phường Nha Trang`."""
    names = [each.name for each in agencies.agencies(now).values() if each.level == "commune"]
    bare = [name.removeprefix(OFFICE) for name in names]
    return sorted(name[:1].upper() + name[1:] for name in bare)
