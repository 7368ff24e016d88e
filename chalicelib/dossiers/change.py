"""A change of a dossier: what it becomes, and the event that will say so. Pure."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.dossiers.life import next_stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import GENESIS, SYSTEM, Event, EventType

NOTHING_OPEN: Final[dict[str, Any]] = {"supplement": None, "paused_since": None, "pause_cause": None, "back": None}


class Change(NamedTuple):
    """What a move makes of the dossier, and the event that will say so."""

    after: Dossier
    event: EventType
    data: dict[str, Any]


def moved(dossier: Dossier, event: EventType, at: datetime, **updates: Any) -> Dossier:  # noqa: ANN401
    stage = next_stage(dossier.stage, event, dossier.back)
    turn = {} if stage == dossier.stage else {"turn_since": at}
    return dossier.model_copy(update={"stage": stage, **turn, **updates})


def said(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def imagined(dossier: Dossier, event: EventType, at: datetime, data: dict[str, Any]) -> Event:
    """The event that is about to be recorded, so that the clock is replayed with it."""
    return Event(
        dossier_id=dossier.id, seq=dossier.version + 1, type=event, at=at, actor=SYSTEM, data=data, prev=GENESIS
    )
