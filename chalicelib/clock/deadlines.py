"""The due date of a legal term over a working calendar: its start, its end, and what pauses do to it. Pure."""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.explanation import Line, Term, explain
from chalicelib.clock.pauses import Span, in_order
from chalicelib.clock.rules import Convention, OutOfRange, Processing, Unit
from chalicelib.clock.worktime import HOUR, Moment, instant_of, microseconds, moment

WORKING_DAY_HOURS: Final = 8
ACCEPTANCE: Final = Processing(unit=Unit.WORKING_HOUR, amount=8, convention=Convention.HOUR_EXACT)


@dataclass(frozen=True)
class Deadline:
    received_at: datetime
    starts_at: datetime
    due_at: datetime
    processing: Processing
    calendar: WorkingCalendar = field(repr=False)
    pauses: tuple[Span, ...] = ()
    extended_by: int = 0

    @property
    def calendar_edition(self) -> str:
        return self.calendar.edition

    @property
    def provisional(self) -> bool:
        """Whether it rests on days whose calendar has not been announced."""
        last = max((each.end for each in self.pauses), default=self.due_at)
        return max(last, self.due_at).date() > self.calendar.known_until

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        first = self.starts_at.date()
        days = (_calendar_end(first, self.processing) - first).days + self.extended_by
        facts = (self.processing, self.calendar, self.received_at, self.starts_at, self.due_at)
        return explain(Term(*facts, days, self.extended_by, self.pauses))


def due(start: datetime, processing: Processing, calendar: WorkingCalendar, pauses: Sequence[Span] = ()) -> Deadline:
    """The promise: when a term that starts now is due, given the pauses known."""
    axis = calendar.worktime
    received = axis.at(start, "/start")
    starts = axis.next_working(received)
    end = _term_end(starts, processing, calendar)
    deadline = Deadline(instant_of(received), instant_of(starts), instant_of(end), processing, calendar)
    return after_pauses(deadline, pauses) if pauses else deadline


def after_pauses(deadline: Deadline, pauses: Sequence[Span]) -> Deadline:
    """The due instant moves by the time inside the pauses: working time, or calendar days for calendar units."""
    calendar, before = deadline.calendar, deadline.pauses
    spans = in_order(pauses, deadline.received_at, calendar.worktime)
    end = moment(deadline.due_at)
    if in_working_time(deadline.processing):
        axis = calendar.worktime
        stood = sum(axis.elapsed(moment(each.end)) - axis.elapsed(moment(each.begin)) for each in spans)
        end = axis.earliest(axis.elapsed(end) + stood) if stood else end
    else:
        days = sum((each.end.date() - each.begin.date()).days for each in spans)
        end = _closing(date.fromordinal(end[0] + days), calendar)
    return replace(deadline, due_at=instant_of(end), pauses=(*before, *spans))


def extended(deadline: Deadline, days: int) -> Deadline:
    """As many days more from the due date on: working days to the same clock time, or calendar days.

    The same clock time under every convention, so that it does not matter whether a pause comes before or after.
    """
    unit = Unit.WORKING_DAY if in_working_time(deadline.processing) else Unit.CALENDAR_DAY
    more = Processing(unit=unit, amount=days, convention=Convention.SAME_TIME)
    end = _term_end(moment(deadline.due_at), more, deadline.calendar)
    return replace(deadline, due_at=instant_of(end), extended_by=deadline.extended_by + days)


def acceptance_due(submitted_at: datetime, calendar: WorkingCalendar) -> Deadline:
    """Eight working hours to accept, or to say what is missing."""
    return due(submitted_at, ACCEPTANCE, calendar)


def working_time(begin: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """The working time from one instant to another; negative when they are the other way round."""
    axis = calendar.worktime
    return timedelta(microseconds=axis.elapsed(axis.at(end)) - axis.elapsed(axis.at(begin)))


def minus_working_hours(instant: datetime, hours: int, calendar: WorkingCalendar) -> datetime:
    """The latest working instant at which this many working hours are still left until `instant`."""
    axis = calendar.worktime
    rest = axis.elapsed(axis.at(instant)) - hours * HOUR
    if rest < 0:
        raise OutOfRange
    return instant_of(axis.latest(rest))


def opening_of_day(instant: datetime, calendar: WorkingCalendar) -> datetime:
    """When the working day of `instant` begins, at the latest then; the instant itself on a day that is off."""
    day, _ = moment(instant)
    hours = calendar.hours_on(date.fromordinal(day))
    return min(instant, instant_of((day, microseconds(hours[0][0])))) if hours else instant


def in_working_time(processing: Processing) -> bool:
    return processing.unit in (Unit.WORKING_HOUR, Unit.WORKING_DAY)


def _term_end(start: Moment, processing: Processing, calendar: WorkingCalendar) -> Moment:
    if not in_working_time(processing):
        return _closing(_calendar_end(date.fromordinal(start[0]), processing), calendar)
    axis = calendar.worktime
    by_the_hour = processing.unit == Unit.WORKING_HOUR
    if by_the_hour or processing.convention == Convention.HOUR_EXACT:
        hours = processing.amount * (1 if by_the_hour else WORKING_DAY_HOURS)
        return axis.earliest(axis.elapsed(start) + int(hours * 2) * HOUR // 2)
    last = axis.working_day(start[0], int(processing.amount))
    return axis.closing(last) if processing.convention == Convention.CIVIL_CODE else (last, start[1])


def _calendar_end(first: date, processing: Processing) -> date:
    """The last day of a term in calendar units, a day off or not."""
    amount = int(processing.amount)
    if processing.unit != Unit.MONTH:
        return first + timedelta(days=amount)
    years, month = divmod(first.month - 1 + amount, 12)
    year, month = first.year + years, month + 1
    return date(year, month, min(first.day, months.monthrange(year, month)[1]))


def _closing(day: date, calendar: WorkingCalendar) -> Moment:
    """The close of the day; of the next working day when it is off."""
    day = calendar.working_from(day)
    return day.toordinal(), microseconds(calendar.hours_on(day)[-1][1])
