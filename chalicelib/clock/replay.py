"""The clock of one dossier as the replay of what happened to it, in whatever order it was delivered. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.deadlines import Deadline, after_pauses, due, extended
from chalicelib.clock.events import (
    AlreadyPaused,
    ClockEvent,
    ClockFinished,
    ClockNotStarted,
    ClockStartedTwice,
    ExtendedAlready,
    ExtendedTooLate,
    Kind,
    NothingToExtend,
    NotPaused,
    ResumeMode,
)
from chalicelib.clock.pauses import Span
from chalicelib.clock.rules import PauseCause, Processing
from chalicelib.clock.worktime import instant_of, moment


@dataclass(frozen=True)
class Replay:
    """Where the clock stands. While it is paused, `due_at` is the date before the pause: it will move on resumption."""

    processing: Processing | None
    calendar: WorkingCalendar = field(repr=False)
    resume_mode: ResumeMode = ResumeMode.CONTINUE
    received_at: datetime | None = None
    first_due_at: datetime | None = None
    deadline: Deadline | None = None
    paused_since: datetime | None = None
    cause: PauseCause | None = None
    finished_at: datetime | None = None
    extended_by: int = 0

    @property
    def starts_at(self) -> datetime | None:
        """The first working instant at or after the start."""
        if self.received_at is None:
            return None
        return instant_of(self.calendar.worktime.next_working(moment(self.received_at)))

    @property
    def due_at(self) -> datetime | None:
        return self.deadline.due_at if self.deadline else None

    @property
    def running(self) -> bool:
        return self.received_at is not None and self.paused_since is None and self.finished_at is None

    @property
    def extended(self) -> bool:
        return self.extended_by > 0

    @property
    def provisional(self) -> bool:
        return self.deadline is not None and self.deadline.provisional


def replay(
    events: Iterable[ClockEvent],
    processing: Processing | None,
    calendar: WorkingCalendar,
    resume_mode: ResumeMode = ResumeMode.CONTINUE,
) -> Replay:
    """An event delivered twice counts once; what cannot have happened is refused, and nothing is computed from it."""
    clock = Replay(processing, calendar, resume_mode)
    for event in sorted(set(events), key=lambda each: each.order):
        if clock.finished_at is not None:
            raise ClockFinished
        if clock.received_at is None and event.kind != Kind.STARTED:
            raise ClockNotStarted
        clock = HAPPENED[event.kind](clock, event)
    return clock


def _started(clock: Replay, event: ClockEvent) -> Replay:
    if clock.received_at is not None:
        raise ClockStartedTwice
    first = due(event.at, clock.processing, clock.calendar) if clock.processing else None
    return replace(clock, received_at=event.at, deadline=first, first_due_at=first.due_at if first else None)


def _paused(clock: Replay, event: ClockEvent) -> Replay:
    if clock.paused_since is not None:
        raise AlreadyPaused
    return replace(clock, paused_since=event.at, cause=event.cause)


def _resumed(clock: Replay, event: ClockEvent) -> Replay:
    if clock.paused_since is None:
        raise NotPaused
    return replace(clock, deadline=_if_resumed(clock, event.at), paused_since=None, cause=None)


def _if_resumed(clock: Replay, at: datetime) -> Deadline | None:
    """The deadline were the clock to run on from here."""
    if clock.deadline is None or clock.processing is None or clock.paused_since is None:
        return clock.deadline
    if clock.resume_mode == ResumeMode.CONTINUE:
        return after_pauses(clock.deadline, [Span(clock.paused_since, at, clock.cause)])
    anew = due(at, clock.processing, clock.calendar)
    # What has been extended stays so: the term that begins anew is the term as extended.
    return extended(anew, clock.extended_by) if clock.extended else anew


def _extended(clock: Replay, event: ClockEvent) -> Replay:
    if clock.deadline is None:
        raise NothingToExtend
    if clock.extended:
        raise ExtendedAlready
    so_far = _if_resumed(clock, event.at)
    if so_far is not None and event.at >= so_far.due_at:
        raise ExtendedTooLate
    days = event.days or 0
    return replace(clock, deadline=extended(clock.deadline, days), extended_by=days)


def _finished(clock: Replay, event: ClockEvent) -> Replay:
    return replace(clock, finished_at=event.at)


HAPPENED: Final = {
    Kind.STARTED: _started,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.EXTENDED: _extended,
    Kind.FINISHED: _finished,
}
