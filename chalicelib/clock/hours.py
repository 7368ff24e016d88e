"""Working hours: the sessions of a day, and the tables that hold for a season and some days of the week. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from chalicelib.clock.rules import HoursInvalid
from chalicelib.clock.worktime import Sessions, microseconds

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY, SATURDAY = 0, 5

Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Season:
    """From `first` to `last`, the hours of the weekdays named; of the others it says nothing."""

    first: date
    last: date
    week: Mapping[int, Hours]

    def says_of(self, day: date, weekday: int) -> Hours | None:
        return self.week.get(weekday) if self.first <= day <= self.last else None


def require_order(hours: Hours) -> None:
    """Each session ends after it begins, and before the next. Raises `HoursInvalid`."""
    edges = [edge for session in hours for edge in session]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise HoursInvalid


@lru_cache(maxsize=1024)
def sessions_of(hours: Hours) -> Sessions:
    return tuple((microseconds(opening), microseconds(closing)) for opening, closing in hours)
