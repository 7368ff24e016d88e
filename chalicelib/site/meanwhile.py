"""What was changed in a dossier elsewhere while a page about it was being filled in; nothing typed is lost by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.dossiers import actions
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType
from chalicelib.site.questions import Question
from chalicelib.site.visits import Visit


@dataclass(frozen=True)
class Meanwhile:
    """When it was changed last, and the names of what (`form/purpose`, `delivery`)."""

    at: datetime
    names: tuple[str, ...]

    def touches(self, names: Iterable[str]) -> bool:
        """Whether any of these, or a part of it, is among what was changed."""
        return any(each == name or each.startswith(f"{name}/") for each in self.names for name in names)


def changed_since(dossier: Dossier, visit: Visit) -> Meanwhile:
    """Since the version the page showed."""
    _, events = actions.past(dossier.id, visit.person)
    since = [each for each in events if each.seq > (visit.seen or 0) and each.type == EventType.EDITED]
    names = {name for each in since for name in each.data["changed"]}
    return Meanwhile(since[-1].at if since else dossier.changed_at, tuple(sorted(names)))


def flat(asked: Sequence[Question]) -> list[Question]:
    """Every question, those within others too."""
    return [found for each in asked for found in (each, *flat(each.parts))]


def differing(there: Sequence[Question], typed: Sequence[Question], names: Iterable[str]) -> list[tuple[str, str]]:
    """What stands in the dossier, of these questions, where something else was typed."""
    mine, own = {each.name: each.text for each in flat(typed)}, tuple(f"form.{name}" for name in names)
    return [
        (each.label, each.text)
        for each in flat(there)
        if not each.parts and each.name.startswith(own) and each.text != mine.get(each.name, "")
    ]
