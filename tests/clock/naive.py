"""The clock a second time, as naively as can be: one minute after the other, over the `holidays` library."""

import calendar as months
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from chalicelib.clock.rules import Convention, Unit

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LIBRARY = holidays.country_holidays("VN", years=range(2018, 2031))
ANNOUNCED_LATE = {date(2026, 1, 2): False, date(2026, 1, 10): True}  # what the library does not know


@cache
def works(day: date) -> bool:
    return ANNOUNCED_LATE.get(day, LIBRARY.is_working_day(day))


def ticking(minute: datetime) -> bool:
    """Whether work is done in the minute that begins here."""
    of_day = minute.hour * 60 + minute.minute
    return (7 * 60 <= of_day < 11 * 60 + 30 or 13 * 60 + 30 <= of_day < 17 * 60) and works(minute.date())


def start_of(instant: datetime) -> datetime:
    while not (ticking(instant) or ticking(instant - MINUTE)):
        instant += MINUTE
    return instant


def minutes_between(begin: datetime, end: datetime) -> int:
    worked = 0
    while begin < end:
        worked += ticking(begin)
        begin += MINUTE
    return worked


def after_minutes(instant: datetime, worked: int) -> datetime:
    while worked:
        worked -= ticking(instant)
        instant += MINUTE
    return instant


def due(start, unit, amount, convention, pauses=()):
    start = start_of(start)
    if unit in (Unit.CALENDAR_DAY, Unit.MONTH):
        end = at_close(
            start.date() + int(amount) * DAY if unit == Unit.CALENDAR_DAY else months_on(start.date(), amount)
        )
        return at_close(end.date() + sum(((b.date() - a.date()) for a, b in pauses), timedelta()))
    if unit == Unit.WORKING_HOUR or convention == Convention.HOUR_EXACT:
        end = after_minutes(start, int(amount * 60 * (1 if unit == Unit.WORKING_HOUR else 8)))
    else:
        end = start
        for _ in range(int(amount)):
            end += DAY
            while not works(end.date()):
                end += DAY
        if convention == Convention.CIVIL_CODE:
            end = end.replace(hour=17, minute=0)
    return after_minutes(end, sum(minutes_between(a, b) for a, b in pauses))


def at_close(day: date) -> datetime:
    from chalicelib.clock.rules import ZONE

    while not works(day):
        day += DAY
    return datetime(day.year, day.month, day.day, 17, tzinfo=ZONE)


def months_on(day: date, amount: float) -> date:
    year, month = day.year, day.month
    for _ in range(int(amount)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))
