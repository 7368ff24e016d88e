"""A dossier's history as officers read it: what happened, who did it, and what was said. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.history.rules import Event, EventType
from chalicelib.site.called import Called
from chalicelib.site.desk_words import ACTORS, EVENTS, FACTS, value
from chalicelib.site.provider_names import short_name
from chalicelib.site.rendering import dong, when
from chalicelib.site.wording import said

INSTANTS: Final = ("due_at", "promised_at")
OFFICERS: Final = ("officer", "on_behalf_of")


class Happened(NamedTuple):
    seq: int
    name: str
    at: datetime
    by: str
    note: str
    is_message: bool


def happened(events: Sequence[Event], called: Called) -> list[Happened]:
    """Officers by their names, where one is known: the one they bore then comes first."""
    return [_told(each, called) for each in events]


def _told(event: Event, called: Called) -> Happened:
    language = called.language
    facts = [_fact(name, event.data[name], called) for name in FACTS if event.data.get(name)]
    asked = [_asked(each, called) for each in event.data.get("items", ())]
    by = said(ACTORS[event.actor.kind], language)
    account = event.actor.id
    known = short_name(account, language) if event.actor.kind == "provider" else called.officer(account)
    named = event.data.get("by_name") or known
    return Happened(
        seq=event.seq,
        name=said(EVENTS[event.type], language),
        at=event.at,
        by=f"{by} {named}" if named else by,
        note=" · ".join([*facts, *asked]),
        is_message=event.type == EventType.MESSAGED,
    )


def _fact(name: str, fact: Any, called: Called) -> str:  # noqa: ANN401 - whatever the event holds
    label = said(FACTS[name], called.language)
    return f"{label}: {_shown(name, fact, called)}" if label else _shown(name, fact, called)


def _shown(name: str, fact: Any, called: Called) -> str:  # noqa: ANN401
    if name in INSTANTS:
        return when(datetime.fromisoformat(fact))
    if name in OFFICERS:
        return called.officer(str(fact))
    if name == "amount":
        return dong(int(fact))
    if name == "provider":
        return short_name(str(fact), called.language)
    if name == "changed":
        return ", ".join(dict.fromkeys(called.part(each) for each in fact))
    return value(str(fact), called.language)


def _asked(item: Mapping[str, str], called: Called) -> str:
    return f"{called.item(item.get('component'), item.get('field'))}: {item.get('reason', '')}"
