"""How the working calendar, its amendments, and the days of an explanation are shown."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from pydantic import ConfigDict, Field

from chalicelib.clock.amendments import Amendment, Entered
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.dayrules import Rule
from chalicelib.clock.explanation import Line
from chalicelib.clock.hours import WEEKDAYS, Weekday
from chalicelib.clock.wording import why_off
from chalicelib.refusals import Language
from chalicelib.shapes import Shape

Week = dict[Weekday, list[tuple[str, str]]]


class DayShown(Shape):
    date: date
    reason: str


class HoursShown(Shape):
    """The hours of each weekday, from one day to another."""

    model_config = ConfigDict(populate_by_name=True)

    begin: date = Field(alias="from")
    to: date
    week: Week


class CalendarShown(Shape):
    """One year as it holds for an agency. `working_days`: days off by week or rule that are worked all the same."""

    edition: str
    agency: str
    year: int
    known_until: date
    provisional: bool
    days_off: list[DayShown]
    working_days: list[DayShown]
    hours: list[HoursShown]
    sources: list[str]


class AmendmentShown(Amendment):
    """An amendment, who entered it, and the edition it made."""

    model_config = ConfigDict(strict=False)

    number: int
    edition: str
    entered_by: str
    at: datetime


class AmendmentList(Shape):
    items: list[AmendmentShown]


class DeadlineLine(Shape):
    """One day of a due date's explanation."""

    date: date
    counted: bool
    reason: str


def line_shown(line: Line, language: Language) -> DeadlineLine:
    return DeadlineLine(date=line.date, counted=line.counted, reason=line.reason(language))


def calendar_shown(calendar: WorkingCalendar, agency: str, year: int, language: Language) -> CalendarShown:
    days = list(_days_of(year))
    off = [day for day in days if calendar.day_off(day) and day not in calendar.worked]
    worked = [day for day in days if day in calendar.worked]
    sources = dict.fromkeys(calendar.sources[day] for day in (*off, *worked) if day in calendar.sources)
    return CalendarShown(
        edition=calendar.edition,
        agency=agency,
        year=year,
        known_until=calendar.known_until,
        provisional=date(year, 12, 31) > calendar.known_until,
        days_off=[DayShown(date=day, reason=_told(why_off(calendar, day), language)) for day in off],
        working_days=[DayShown(date=day, reason=_told(calendar.worked[day], language)) for day in worked],
        hours=list(_hours(calendar, year)),
        sources=[_told(source, language) for source in sources],
    )


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


def _hours(calendar: WorkingCalendar, year: int) -> Iterator[HoursShown]:
    """The year in stretches during which the hours of the week are the same."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    edges = {each.first for each in calendar.seasons} | {
        each.last + timedelta(days=1) for each in calendar.seasons if each.last < last
    }
    begins = [first, *sorted(edge for edge in edges if first < edge <= last)]
    begins = [begins[0], *(day for before, day in pairwise(begins) if _week(calendar, before) != _week(calendar, day))]
    for begin, end in pairwise([*begins, last + timedelta(days=1)]):
        yield HoursShown(begin=begin, to=end - timedelta(days=1), week=_week(calendar, begin))


def _week(calendar: WorkingCalendar, day: date) -> Week:
    return {
        name: [(f"{opening:%H:%M}", f"{closing:%H:%M}") for opening, closing in calendar.weekly_hours(day, weekday)]
        for weekday, name in enumerate(WEEKDAYS)
    }


def _told(rule: Rule, language: Language) -> str:
    return rule.vi if language == "vi" else rule.en


def amendment_shown(each: Entered, base: str) -> AmendmentShown:
    return AmendmentShown(**dict(each), edition=f"{base}+{each.number}")
