"""Working calendars: which days count, at which hours, under which rule. Reads the packaged editions, nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Final, Self

from chalicelib.clock.dayrules import MADE_UP, Rule, in_exchange, sourced
from chalicelib.clock.hours import MONDAY, SATURDAY, WEEKDAYS, Hours, Season, require_order, sessions_of
from chalicelib.clock.rules import AmbiguousDay, HoursInvalid
from chalicelib.clock.worktime import Worktime

EDITION: Final = "vn-2026.1"


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
    seasons: tuple[Season, ...] = ()  # over `hours`, the most particular first
    sources: Mapping[date, Rule] = field(default_factory=dict)  # of each day named above

    def __post_init__(self) -> None:
        seasonal = [hours for each in self.seasons for hours in each.week.values()]
        for table in (*self.hours, self.worked_hours, *seasonal):
            require_order(table)
        if len(self.hours) != len(WEEKDAYS) or not any(self.hours) or (self.worked and not self.worked_hours):
            raise HoursInvalid
        if both := self.days_off.keys() & self.worked.keys():
            raise AmbiguousDay(day=min(both).isoformat())

    def day_off(self, day: date) -> Rule | None:
        """The rule that makes this a public day off; an ordinary weekend has none."""
        if found := self.days_off.get(day):
            return found
        return self.every_year.get((day.month, day.day)) if day.year > self.last_listed_year else None

    def hours_on(self, day: date) -> Hours:
        """The day's working hours; none on a day off."""
        if day in self.worked:
            return self._hours_in_exchange(day)
        return () if self.day_off(day) else self.weekly_hours(day, day.weekday())

    def weekly_hours(self, day: date, weekday: int) -> Hours:
        """What the table in force on the day says of a weekday."""
        for season in self.seasons:
            if (found := season.says_of(day, weekday)) is not None:
                return found
        return self.hours[weekday]

    def _hours_in_exchange(self, day: date) -> Hours:
        """A day off that is worked after all has its own hours; a Saturday is worked like the day given for it."""
        own = self.weekly_hours(day, day.weekday())
        if own and day.weekday() < SATURDAY:
            return own
        seasonal = (season.says_of(day, MONDAY) for season in self.seasons)
        return next(filter(None, seasonal), self.worked_hours)

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
        return Worktime(
            self.known_from.toordinal(), lambda ordinal: sessions_of(self.hours_on(date.fromordinal(ordinal)))
        )

    def with_days_off(self, extra: Mapping[date, Rule], edition: str) -> Self:
        """The same calendar with more days off, as its own edition."""
        worked = {day: rule for day, rule in self.worked.items() if day not in extra}
        return replace(self, edition=edition, days_off={**self.days_off, **extra}, worked=worked)

    @cached_property
    def last_listed_year(self) -> int:
        """After it only the days fixed by law are known, not those of the lunar year."""
        return max(self.days_off, default=self.known_until).year


@cache
def load(edition: str = EDITION) -> WorkingCalendar:
    """A packaged edition, before any amendment; read once per container. Raises `FileNotFoundError`."""
    return read(files("chalicelib.clock").joinpath("editions", f"{edition}.json").read_text(encoding="utf-8"))


def read(text: str) -> WorkingCalendar:
    """An edition's JSON as a calendar: the statutory days, then each announced swap over them."""
    facts = json.loads(text)
    sources = facts["sources"]
    off = {date.fromisoformat(each["date"]): _rule(each, sources) for each in facts["days_off"]}
    told = {date.fromisoformat(each["date"]): _source(each["source"], sources) for each in facts["days_off"]}
    worked: dict[date, Rule] = {}
    for swap in facts["amendments"]:
        day, instead = date.fromisoformat(swap["day_off"]), date.fromisoformat(swap["worked_instead"])
        source = told[day] = told[instead] = _source(swap["source"], sources)
        off[day] = in_exchange(instead, source, "nghỉ hoán đổi, làm bù ngày", "day off in exchange for work on")
        worked[instead] = in_exchange(day, source, *MADE_UP)
    return WorkingCalendar(
        edition=facts["edition"],
        known_from=date.fromisoformat(facts["known_from"]),
        known_until=date.fromisoformat(facts["known_until"]),
        hours=tuple(_hours(facts["hours"][weekday]) for weekday in WEEKDAYS),
        days_off=off,
        worked=worked,
        worked_hours=_hours(facts["make_up_hours"]),
        every_year={_month_day(each["day"]): _rule(each, sources) for each in facts["every_year_after"]},
        sources=told,
    )


def _rule(each: dict[str, str], sources: dict[str, dict[str, str]]) -> Rule:
    return sourced(each["vi"], each["en"], _source(each["source"], sources))


def _source(name: str, sources: dict[str, dict[str, str]]) -> Rule:
    return Rule(sources[name]["vi"], sources[name]["en"])


def _hours(pairs: list[list[str]]) -> Hours:
    return tuple((time.fromisoformat(opening), time.fromisoformat(closing)) for opening, closing in pairs)


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
