"""A dossier's history read as clock events: what started, stopped, resumed and ended its two clocks. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.deadlines import ACCEPTANCE
from chalicelib.clock.events import ClockEvent, Kind, ResumeMode
from chalicelib.clock.replay import Replay, replay
from chalicelib.clock.rules import PauseCause, Processing
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event, EventType

E = EventType
ENDS: Final = frozenset({E.DECIDED, E.STOPPED, E.WITHDRAWN})


def settlement_events(events: Iterable[Event]) -> list[ClockEvent]:
    """From acceptance to the decision. A supplement asked before acceptance stops the other clock, not this one."""
    seen: list[ClockEvent] = []
    for event in events:
        seen += _settlement(event, started=bool(seen))
    return seen


def _settlement(event: Event, *, started: bool) -> list[ClockEvent]:
    if event.type == E.ACCEPTED:
        return [ClockEvent(kind=Kind.STARTED, at=event.at, seq=event.seq)]
    if not started:
        return []
    if event.type in (E.SUPPLEMENT_REQUESTED, E.SUSPENDED):
        cause = PauseCause(event.data.get("cause", PauseCause.SUPPLEMENT))
        return [ClockEvent(kind=Kind.PAUSED, at=event.at, seq=event.seq, cause=cause)]
    if event.type in (E.SUPPLEMENT_ANSWERED, E.RESUMED):
        return [ClockEvent(kind=Kind.RESUMED, at=event.at, seq=event.seq)]
    if event.type == E.EXTENDED:
        return [
            ClockEvent(
                kind=Kind.EXTENDED,
                at=event.at,
                seq=event.seq,
                days=event.data["days"],
                reason=event.data["reason"],
                recorded=bool(event.hash),
            )
        ]
    return [ClockEvent(kind=Kind.FINISHED, at=finish_of(event), seq=event.seq)] if event.type in ENDS else []


def finish_of(event: Event) -> datetime:
    """When the work was finished that this event says is done: by then, or before, as was declared and proved."""
    told = event.data.get("finished_at")
    return datetime.fromisoformat(told) if told else event.at


def acceptance_events(events: Iterable[Event]) -> list[ClockEvent]:
    """The desk's 8 working hours (NĐ 61/2018, NĐ 45/2020): from filing, or from the online payment."""
    seen: list[ClockEvent] = []
    for event in events:
        if event.data.get("starts_acceptance"):
            seen.append(ClockEvent(kind=Kind.STARTED, at=event.at, seq=event.seq))
        elif seen and event.type in (E.ACCEPTED, E.REFUSED, E.WITHDRAWN):
            return [*seen, ClockEvent(kind=Kind.FINISHED, at=event.at, seq=event.seq)]
        elif seen and event.type == E.SUPPLEMENT_REQUESTED:
            seen.append(ClockEvent(kind=Kind.PAUSED, at=event.at, seq=event.seq, cause=PauseCause.SUPPLEMENT))
        elif seen and event.type == E.SUPPLEMENT_ANSWERED:
            seen.append(ClockEvent(kind=Kind.RESUMED, at=event.at, seq=event.seq))
    return seen


def settlement(
    events: Iterable[Event], processing: Processing | None, resume: ResumeMode, calendar: WorkingCalendar
) -> Replay | None:
    """The settlement clock as its history tells it; None before acceptance."""
    ticks = settlement_events(events)
    return replay(ticks, processing, calendar, resume) if ticks else None


def acceptance(events: Iterable[Event], calendar: WorkingCalendar) -> Replay | None:
    """The acceptance clock as its history tells it; None before it starts."""
    ticks = acceptance_events(events)
    return replay(ticks, ACCEPTANCE, calendar) if ticks else None


def clock_of(dossier: Dossier, events: Sequence[Event], calendar: WorkingCalendar) -> Replay | None:
    """The settlement clock, or before acceptance the desk's own; None before either starts."""
    procedure = dossier.procedure
    return settlement(events, procedure.processing, procedure.resume, calendar) or acceptance(events, calendar)


def due_of(clock: Replay | None) -> datetime | None:
    return clock.due_at if clock else None
