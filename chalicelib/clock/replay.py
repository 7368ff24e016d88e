"""The clock of one dossier as the replay of what happened to it, in whatever order it was delivered. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
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
    unpaused: Deadline | None = None  # the date that `pauses` move, all at once, as in a calculation
    pauses: tuple[Span, ...] = ()
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

    @cached_property
    def deadline(self) -> Deadline | None:
        if self.unpaused is None or not self.pauses:
            return self.unpaused
        return after_pauses(self.unpaused, self.pauses)

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
    _ = clock.deadline  # computed now, so that a pause in no kept year is refused now
    return clock


def _started(clock: Replay, event: ClockEvent) -> Replay:
    if clock.received_at is not None:
        raise ClockStartedTwice
    first = due(event.at, clock.processing, clock.calendar) if clock.processing else None
    promised = first.due_at if first else None
    return replace(clock, received_at=event.at, unpaused=first, first_due_at=promised)


def _paused(clock: Replay, event: ClockEvent) -> Replay:
    if clock.paused_since is not None:
        raise AlreadyPaused
    return replace(clock, paused_since=event.at, cause=event.cause)


def _resumed(clock: Replay, event: ClockEvent) -> Replay:
    if clock.paused_since is None:
        raise NotPaused
    clock = _run_on(clock, event.at)
    return replace(clock, paused_since=None, cause=None)


def _run_on(clock: Replay, at: datetime) -> Replay:
    """The clock as if its pause ended here."""
    if clock.unpaused is None or clock.processing is None or clock.paused_since is None:
        return clock
    if clock.resume_mode == ResumeMode.CONTINUE:
        return replace(clock, pauses=(*clock.pauses, Span(clock.paused_since, at, clock.cause)))
    anew = due(at, clock.processing, clock.calendar)
    # What has been extended stays so: the term that begins anew is the term as extended.
    anew = extended(anew, clock.extended_by) if clock.extended else anew
    return replace(clock, unpaused=anew)


def _extended(clock: Replay, event: ClockEvent) -> Replay:
    if clock.deadline is None or event.days is None:
        raise NothingToExtend
    if clock.extended:
        raise ExtendedAlready
    due_by_now = _run_on(clock, event.at).due_at
    if not event.recorded and due_by_now is not None and event.at >= due_by_now:
        raise ExtendedTooLate
    later = extended(clock.deadline, event.days)
    return replace(clock, unpaused=later, pauses=(), extended_by=event.days)


def _finished(clock: Replay, event: ClockEvent) -> Replay:
    return replace(clock, finished_at=event.at)


HAPPENED: Final = {
    Kind.STARTED: _started,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.EXTENDED: _extended,
    Kind.FINISHED: _finished,
}
