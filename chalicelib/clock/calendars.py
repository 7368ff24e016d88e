"""Working calendars: which days count, at which hours, under which rule. Reads the packaged editions, nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Final, NamedTuple, Self

from chalicelib.clock.rules import AmbiguousDay, HoursInvalid
from chalicelib.clock.worktime import Sessions, Worktime, microseconds

EDITION: Final = "vn-2026.1"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = tuple[tuple[time, time], ...]


class Rule(NamedTuple):
    """Why a day is off, or worked although it would be: in both languages, with its source."""

    vi: str
    en: str


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """One edition. Days after `known_until` are worked out, not announced: what rests on them is provisional."""

    edition: str
    known_from: date
    known_until: date
    hours: tuple[Hours, ...]  # Monday first
    days_off: Mapping[date, Rule]
    worked: Mapping[date, Rule] = field(default_factory=dict)  # days off by week, worked in exchange
    worked_hours: Hours = ()
    every_year: Mapping[tuple[int, int], Rule] = field(default_factory=dict)  # after the last year of `days_off`

    def __post_init__(self) -> None:
        for table in (*self.hours, self.worked_hours):
            _require_order(table)
        if len(self.hours) != len(WEEKDAYS) or not any(self.hours) or (self.worked and not self.worked_hours):
            raise HoursInvalid
        if both := self.days_off.keys() & self.worked.keys():
            raise AmbiguousDay(day=min(both).isoformat())

    def day_off(self, day: date) -> Rule | None:
        """The rule that makes this a public day off; an ordinary weekend has none."""
        if found := self.days_off.get(day):
            return found
        return self.every_year.get((day.month, day.day)) if day.year > self._last_listed_year else None

    def hours_on(self, day: date) -> Hours:
        """The day's working hours; none on a day off."""
        if day in self.worked:
            return self.worked_hours
        return () if self.day_off(day) else self.hours[day.weekday()]

    def is_working(self, day: date) -> bool:
        return bool(self.hours_on(day))

    def working_from(self, day: date) -> date:
        """The day itself, or the next working day when it is off."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    @cached_property
    def worktime(self) -> Worktime:
        """Working time as a number line, from the first known day on."""
        sessions = {hours: _sessions(hours) for hours in {*self.hours, self.worked_hours}}
        return Worktime(self.known_from.toordinal(), lambda ordinal: sessions[self.hours_on(date.fromordinal(ordinal))])

    def with_days_off(self, extra: Mapping[date, Rule], edition: str) -> Self:
        """The same calendar with more days off, as its own edition."""
        return type(self)(
            edition=edition,
            known_from=self.known_from,
            known_until=self.known_until,
            hours=self.hours,
            days_off={**self.days_off, **extra},
            worked={day: rule for day, rule in self.worked.items() if day not in extra},
            worked_hours=self.worked_hours,
            every_year=self.every_year,
        )

    @cached_property
    def _last_listed_year(self) -> int:
        return max(self.days_off, default=self.known_until).year


@cache
def load() -> WorkingCalendar:
    """The edition in force, read once per container."""
    return read(files("chalicelib.clock").joinpath("editions", f"{EDITION}.json").read_text(encoding="utf-8"))


def read(text: str) -> WorkingCalendar:
    """An edition's JSON as a calendar: the statutory days, then each announced swap over them."""
    facts = json.loads(text)
    sources = facts["sources"]
    off = {date.fromisoformat(each["date"]): _rule(each, sources) for each in facts["days_off"]}
    worked: dict[date, Rule] = {}
    for swap in facts["amendments"]:
        day, instead = date.fromisoformat(swap["day_off"]), date.fromisoformat(swap["worked_instead"])
        source = sources[swap["source"]]
        off[day] = _swapped(instead, source, "nghỉ hoán đổi, làm bù ngày", "day off in exchange for work on")
        worked[instead] = _swapped(day, source, "làm bù cho ngày nghỉ", "worked in exchange for the day off on")
    return WorkingCalendar(
        edition=facts["edition"],
        known_from=date.fromisoformat(facts["known_from"]),
        known_until=date.fromisoformat(facts["known_until"]),
        hours=tuple(_hours(facts["hours"][weekday]) for weekday in WEEKDAYS),
        days_off=off,
        worked=worked,
        worked_hours=_hours(facts["make_up_hours"]),
        every_year={_month_day(each["day"]): _rule(each, sources) for each in facts["every_year_after"]},
    )


def _rule(each: dict[str, str], sources: dict[str, dict[str, str]]) -> Rule:
    source = sources[each["source"]]
    return Rule(f"{each['vi']} ({source['vi']})", f"{each['en']} ({source['en']})")


def _swapped(other: date, source: dict[str, str], vi: str, en: str) -> Rule:
    return Rule(f"{vi} {other:%d/%m/%Y} ({source['vi']})", f"{en} {other.isoformat()} ({source['en']})")


def _hours(pairs: list[list[str]]) -> Hours:
    return tuple((time.fromisoformat(opening), time.fromisoformat(closing)) for opening, closing in pairs)


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _sessions(hours: Hours) -> Sessions:
    return tuple((microseconds(opening), microseconds(closing)) for opening, closing in hours)


def _require_order(hours: Hours) -> None:
    """Each session ends after it begins, and before the next."""
    edges = [edge for session in hours for edge in session]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise HoursInvalid
