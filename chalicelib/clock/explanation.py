"""A due date explained: one line per day, which days count, which do not and why. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from chalicelib.clock import wording
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.dayrules import Rule
from chalicelib.clock.pauses import Span
from chalicelib.clock.rules import Convention, PauseCause, Processing, Unit
from chalicelib.clock.worktime import HOUR, moment
from chalicelib.refusals import Language

LONGEST: Final = 400  # lines; the days after them are told in one
NOTHING: Final = timedelta()


@dataclass(frozen=True)
class Term:
    """What is explained: the clock from the moment it was set going to the moment it is due."""

    processing: Processing
    calendar: WorkingCalendar
    received_at: datetime
    starts_at: datetime
    due_at: datetime
    days: int  # of the calendar, in the term itself and its extension; only for calendar units
    extended_by: int
    pauses: Sequence[Span]


@dataclass(frozen=True)
class Line:
    """`worked` and `paused` are the day's working time on the clock and off it; nothing for calendar units."""

    date: date
    counted: bool
    vi: str
    en: str
    worked: timedelta = NOTHING
    paused: timedelta = NOTHING

    def reason(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


def explain(term: Term) -> tuple[Line, ...]:
    """All lines, or the first 399 and one that tells the rest."""
    in_working_time = term.processing.unit in (Unit.WORKING_HOUR, Unit.WORKING_DAY)
    lines = _limited(term, _working(term) if in_working_time else _calendar(term))
    if term.extended_by:
        told = wording.extended(Rule(lines[-1].vi, lines[-1].en), term.extended_by)
        lines[-1] = replace(lines[-1], vi=told.vi, en=told.en)
    return tuple(lines)


def _limited(term: Term, lines: Iterator[Line]) -> list[Line]:
    total = (term.due_at.date() - term.received_at.date()).days + 1
    if total <= LONGEST:
        return list(lines)
    listed = list(islice(lines, LONGEST - 1))
    rest = wording.many_days(listed[-1].date + timedelta(days=1), total - len(listed))
    return [*listed, _line(term.due_at.date(), True, rest)]


def _before_start(term: Term) -> Iterator[Line]:
    """Days between receipt and the first working instant."""
    for day in _days(term.received_at.date(), term.starts_at.date() - timedelta(days=1)):
        working = term.calendar.is_working(day)
        yield _line(day, False, wording.received_late(term.starts_at) if working else wording.off(term.calendar, day))


def _working(term: Term) -> Iterator[Line]:
    yield from _before_start(term)
    axis, calendar = term.calendar.worktime, term.calendar
    start, end = axis.elapsed(moment(term.starts_at)), axis.elapsed(moment(term.due_at))
    stood = [(axis.elapsed(moment(each.begin)), axis.elapsed(moment(each.end)), each) for each in term.pauses]
    for day in _days(term.starts_at.date(), term.due_at.date()):
        if not calendar.is_working(day):
            yield _line(day, False, wording.off(calendar, day))
            continue
        opens, closes = (axis.elapsed((day.toordinal(), clock)) for clock in (0, 24 * HOUR))
        opens, closes = max(opens, start), min(closes, end)
        inside = [(min(b, closes) - max(a, opens), each) for a, b, each in stood if a < closes and b > opens]
        paused = sum(amount for amount, _ in inside)
        line = _line(day, *_judged(term, day, closes - opens - paused, paused, inside[0][1].cause if inside else None))
        yield replace(line, worked=_length(closes - opens - paused), paused=_length(paused))


def _judged(term: Term, day: date, worked: int, paused: int, cause: PauseCause | None) -> tuple[bool, Rule]:
    by_the_hour = _by_the_hour(term.processing)
    if day == term.starts_at.date() and not (by_the_hour and worked):
        return False, wording.START_AT_CLOSE if by_the_hour and not paused else wording.START_DAY
    if paused and not worked:
        return False, wording.paused(cause)
    if by_the_hour:
        return True, wording.hours_counted(term.calendar, day, worked, paused)
    return True, wording.day_counted(term.calendar, day, paused)


def _by_the_hour(processing: Processing) -> bool:
    return processing.unit == Unit.WORKING_HOUR or processing.convention == Convention.HOUR_EXACT


def _calendar(term: Term) -> Iterator[Line]:
    yield from _before_start(term)
    yield _line(term.starts_at.date(), False, wording.START_DATE)
    counted = 0
    for day in _days(term.starts_at.date() + timedelta(days=1), term.due_at.date()):
        if pause := next((each for each in term.pauses if each.begin.date() < day <= each.end.date()), None):
            yield _line(day, False, wording.paused(pause.cause))
        elif counted < term.days:
            counted += 1
            yield _line(day, True, wording.nth_day(term.calendar, day, counted))
        elif not term.calendar.is_working(day):
            yield _line(day, False, wording.off(term.calendar, day))
        else:
            yield _line(day, False, wording.ROLLED if day == term.due_at.date() else wording.MADE_UP)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _line(day: date, counted: bool, reason: Rule) -> Line:
    return Line(day, counted, reason.vi, reason.en)


def _length(amount: int) -> timedelta:
    return timedelta(microseconds=amount)
