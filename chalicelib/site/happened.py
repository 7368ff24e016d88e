"""A dossier's history as officers read it: what happened, who did it, and what was said. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.dossiers.rules import PinnedComponent
from chalicelib.history.rules import Event, EventType
from chalicelib.refusals import Language
from chalicelib.site.desk_words import ACTORS, EVENTS, FACTS, value
from chalicelib.site.rendering import dong, when
from chalicelib.site.wording import said

INSTANTS: Final = ("due_at", "promised_at")


class Happened(NamedTuple):
    seq: int
    name: str
    at: datetime
    by: str
    note: str
    is_message: bool


def happened(events: Sequence[Event], components: Mapping[str, PinnedComponent], language: Language) -> list[Happened]:
    return [_told(each, components, language) for each in events]


def _told(event: Event, components: Mapping[str, PinnedComponent], language: Language) -> Happened:
    facts = [_fact(name, event.data[name], language) for name in FACTS if event.data.get(name)]
    asked = [_asked(each, components) for each in event.data.get("items", ())]
    by = said(ACTORS[event.actor.kind], language)
    named = event.data.get("by_name") or event.actor.id
    return Happened(
        seq=event.seq,
        name=said(EVENTS[event.type], language),
        at=event.at,
        by=f"{by} {named}" if named else by,
        note=" · ".join([*facts, *asked]),
        is_message=event.type == EventType.MESSAGED,
    )


def _fact(name: str, fact: Any, language: Language) -> str:  # noqa: ANN401 - whatever the event holds
    label = said(FACTS[name], language)
    return f"{label}: {_shown(name, fact, language)}" if label else _shown(name, fact, language)


def _shown(name: str, fact: Any, language: Language) -> str:  # noqa: ANN401
    if name in INSTANTS:
        return when(datetime.fromisoformat(fact))
    if name == "amount":
        return dong(int(fact))
    if isinstance(fact, list):
        return ", ".join(str(each) for each in fact)
    return value(str(fact), language)


def _asked(item: Mapping[str, str], components: Mapping[str, PinnedComponent]) -> str:
    named = item.get("component")
    what = components[named].name if named and named in components else named or item.get("field", "")
    return f"{what}: {item.get('reason', '')}"
