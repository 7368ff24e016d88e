"""What the clock costs: a due date and a replay, in microseconds and as a ratio to a plain loop over dates."""

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from timeit import repeat

from chalicelib.clock.calendars import load
from chalicelib.clock.deadlines import due
from chalicelib.clock.events import ClockEvent, Kind
from chalicelib.clock.replay import replay
from chalicelib.clock.rules import ZONE, Processing, Unit

START = datetime(2024, 1, 2, 9, 40, tzinfo=ZONE)
TEN_DAYS = Processing(unit=Unit.WORKING_DAY, amount=10)
LONG = Processing(unit=Unit.WORKING_DAY, amount=500)


def plain_loop() -> date:
    """Ten working days with nothing but `datetime`: the floor of what any clock could cost in Python."""
    day, left = START.date(), 10
    while left:
        day += timedelta(days=1)
        left -= load().is_working(day)
    return day


def thirty_events() -> list[ClockEvent]:
    """A start and pauses over three years."""
    kinds = [Kind.STARTED, *([Kind.PAUSED, Kind.RESUMED] * 14), Kind.FINISHED]
    return [ClockEvent(kind=kind, at=START + timedelta(days=36 * n, hours=n), seq=n) for n, kind in enumerate(kinds)]


def microseconds(work: Callable[[], object], times: int) -> float:
    work()
    return min(repeat(work, number=times, repeat=5)) / times * 1e6


def main() -> None:
    calendar, events = load(), thirty_events()
    loop = microseconds(plain_loop, 2000)
    for name, limit, cost in (
        ("due date, 10 working days", 50, microseconds(lambda: due(START, TEN_DAYS, calendar), 5000)),
        ("  with its explanation", 2000, microseconds(lambda: due(START, TEN_DAYS, calendar).lines, 500)),
        ("replay, 30 events, 3 years", 2000, microseconds(lambda: replay(events, LONG, calendar), 200)),
    ):
        sys.stdout.write(f"{name:28} {cost:9.1f} µs  (at most {limit})  {cost / loop:6.1f} × a plain loop\n")


if __name__ == "__main__":
    main()
