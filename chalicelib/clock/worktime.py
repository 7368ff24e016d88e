"""Working time as a number line: how much lies before an instant, which instant an amount reaches. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import MAXYEAR, date, datetime, time, timedelta
from threading import Lock
from typing import Final

from chalicelib.clock.rules import ZONE, OutOfRange
from chalicelib.refusals import Fault

Sessions = tuple[tuple[int, int], ...]  # opening and closing, in microseconds of the day; both are working instants
Moment = tuple[int, int]  # a date's ordinal, and microseconds of that day in the zone of the law

HOUR: Final = 3_600_000_000
CHUNK: Final = 366  # days learnt at a time
FOREVER: Final = date(2101, 1, 1).toordinal()  # no clock starts, pauses or resumes from here on
END: Final = date(MAXYEAR - 1, 1, 1).toordinal()


def microseconds(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def moment(instant: datetime) -> Moment:
    if instant.tzinfo is not ZONE:
        if instant.tzinfo is None:
            raise ValueError("an instant of the clock has an offset")
        instant = instant.astimezone(ZONE)
    return instant.toordinal(), microseconds(instant.time())


def instant_of(at: Moment) -> datetime:
    return datetime.fromordinal(at[0]).replace(tzinfo=ZONE) + timedelta(microseconds=at[1])


class Worktime:
    """Learns its days as they are asked for; what it has learnt it never changes, so any thread may read it."""

    def __init__(self, first: int, sessions_on: Callable[[int], Sessions]) -> None:
        self.first = first  # ordinal of the first day known
        self._sessions_on = sessions_on
        self._days: list[int] = []  # ordinals of working days
        self._sessions: list[Sessions] = []  # of the same days
        self._before: list[int] = [0]  # working time before each of them, and after the last
        self._rank: list[int] = [0]  # per day since `first`: how many working days came before it
        self._growing = Lock()

    def at(self, instant: datetime, pointer: str = "") -> Moment:
        """The instant on this line; refused, naming the field, in years whose calendar is not kept."""
        try:
            found = moment(instant)
            if self.first <= found[0] < FOREVER:
                return found
        except OverflowError:  # the first and last hours of all time have no name in our zone
            pass
        raise OutOfRange([Fault(pointer, OutOfRange.code, OutOfRange.vi, OutOfRange.en)])

    def elapsed(self, at: Moment) -> int:
        """Working time from the first day until this moment."""
        ordinal, clock = at
        rank, offset = self._ranks(ordinal), ordinal - self.first
        index = rank[offset]
        total = self._before[index]
        if rank[offset + 1] > index:
            for opening, closing in self._sessions[index]:
                if clock <= opening:
                    break
                total += min(clock, closing) - opening
        return total

    def earliest(self, worked: int) -> Moment:
        """The earliest moment by which this much (more than nothing) has been worked since the first day."""
        while self._before[-1] < worked:
            self._learn(self.first + len(self._rank) - 1)
        index = bisect_left(self._before, worked) - 1
        rest = worked - self._before[index]
        for opening, closing in self._sessions[index]:
            if rest <= closing - opening:
                return self._days[index], opening + rest
            rest -= closing - opening
        raise AssertionError("prefix sums and sessions disagree")

    def latest(self, worked: int) -> Moment:
        """The latest moment by which no more than this has been worked: where the next piece of work begins."""
        while self._before[-1] <= worked:
            self._learn(self.first + len(self._rank) - 1)
        index = bisect_right(self._before, worked) - 1
        rest = worked - self._before[index]
        for opening, closing in self._sessions[index]:
            if rest < closing - opening:
                return self._days[index], opening + rest
            rest -= closing - opening
        raise AssertionError("prefix sums and sessions disagree")

    def next_working(self, at: Moment) -> Moment:
        """The moment itself when it is a working one, else the next opening."""
        ordinal, clock = at
        if self.is_working(ordinal):
            for opening, closing in self._sessions[self._rank[ordinal - self.first]]:
                if clock <= closing:
                    return ordinal, max(clock, opening)
        return self.opening(self.working_day(ordinal, 1))

    def working_day(self, ordinal: int, after: int) -> int:
        """The `after`-th working day after this day."""
        index = self._ranks(ordinal)[ordinal - self.first + 1] + after - 1
        while len(self._days) <= index:
            self._learn(self.first + len(self._rank) - 1)
        return self._days[index]

    def is_working(self, ordinal: int) -> bool:
        offset, rank = ordinal - self.first, self._ranks(ordinal)
        return rank[offset + 1] > rank[offset]

    def opening(self, working_day: int) -> Moment:
        return working_day, self._sessions[self._ranks(working_day)[working_day - self.first]][0][0]

    def closing(self, working_day: int) -> Moment:
        return working_day, self._sessions[self._ranks(working_day)[working_day - self.first]][-1][1]

    def _ranks(self, ordinal: int) -> list[int]:
        if ordinal < self.first:
            raise LookupError(f"nothing is known before {date.fromordinal(self.first)}")
        while ordinal - self.first + 1 >= len(self._rank):
            self._learn(self.first + len(self._rank) - 1)
        return self._rank

    def _learn(self, start: int) -> None:
        with self._growing:
            if self.first + len(self._rank) - 1 != start:
                return  # another thread was faster
            for ordinal in range(start, start + CHUNK):
                if ordinal > END:
                    raise LookupError("this calendar has no more working days")
                if sessions := self._sessions_on(ordinal):
                    self._days.append(ordinal)
                    self._sessions.append(sessions)
                    self._before.append(self._before[-1] + sum(closing - opening for opening, closing in sessions))
                self._rank.append(len(self._days))
