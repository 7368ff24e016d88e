"""What the clock does for others: the calendar in force for an agency, its amendments, the watch over its horizon."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.clock import records
from chalicelib.clock.amended import amended, changed_days, counting, covers, repackaged
from chalicelib.clock.amending import require_admissible
from chalicelib.clock.amendments import Amendment, Announcement, Entered
from chalicelib.clock.calendars import EDITION, WorkingCalendar, load
from chalicelib.clock.refused_amendments import AmendedMeanwhile
from chalicelib.history.once import Once
from chalicelib.settings import settings
from chalicelib.table import Lost
from chalicelib.watching import logger, measure

# A container asks this often whether its copy of the amendments is old: one small read, then none for all others.
FRESH_FOR: Final = timedelta(minutes=1)
TRIES_OVERTAKEN: Final = 6
HORIZON_WARNED: Final = 60  # days


@dataclass(eq=False)
class Book:
    """A packaged edition with its amendments: every calendar it makes is made once."""

    base: WorkingCalendar
    amendments: tuple[Entered, ...]
    _made: dict[tuple[int, ...], WorkingCalendar] = field(default_factory=dict)

    @property
    def edition(self) -> str:
        return amended(self.base, self.amendments, "").edition

    def calendar(self, agency: str, number: int | None = None) -> WorkingCalendar:
        """As it holds for the agency; `number`: under only so many amendments."""
        told = self.amendments[:number]
        # Agencies of which nothing else is said share one calendar, and what it has learnt.
        key = (len(told), *(each.number for each in counting(told) if covers(each.agency, agency)))
        if key not in self._made:
            self._made[key] = amended(self.base, told, agency)
        return self._made[key]


@dataclass
class Place:
    """Where the container keeps the book, and when it last asked whether there is a newer one."""

    book: Book | None = None
    asked_at: datetime | None = None


@cache
def _place() -> Place:
    return Place()


def calendar_for(agency: str, now: datetime) -> WorkingCalendar:
    """The calendar in force for an agency."""
    return _book(now).calendar(agency)


def calendar_under(edition: str, agency: str, now: datetime) -> WorkingCalendar:
    """The calendar of an earlier edition, as named by `WorkingCalendar.edition`; in doubt the one in force."""
    name, _, number = edition.partition("+")
    book = _book(now)
    if int(number or 0) > len(book.amendments):
        book = fresh_book(now)  # somebody else has seen more than this container
    if name == book.base.edition:
        return book.calendar(agency, int(number or 0))
    try:
        return Book(load(name), book.amendments).calendar(agency, int(number or 0))
    except FileNotFoundError:
        return book.calendar(agency)


def announced(edition: str, agency: str, first: date, last: date, now: datetime) -> list[Announcement]:
    """What has changed the agency's hours on one of these days since an edition: amendments, or a newer package."""
    book = _book(now)
    name, _, number = edition.partition("+")
    if name != book.base.edition:
        return repackaged(calendar_under(edition, agency, now), book.calendar(agency), first, last)
    return [
        each.announcement
        for each in book.amendments[int(number or 0) :]
        if changed_days(book.calendar(agency, each.number - 1), book.calendar(agency, each.number), first, last)
    ]


def fresh_book(now: datetime) -> Book:
    """As it is at this moment, whatever the container remembers."""
    place = _place()
    told = records.amendments()
    if place.book is None or place.book.amendments != told:
        place.book = Book(load(EDITION), told)
    place.asked_at = now
    return place.book


def _book(now: datetime) -> Book:
    place = _place()
    if place.book is None or place.asked_at is None:
        return fresh_book(now)
    if abs(now - place.asked_at) >= FRESH_FOR:
        if records.edition() != len(place.book.amendments):
            return fresh_book(now)
        place.asked_at = now
    return place.book


def amend(asked: Amendment, by: str, now: datetime, once: Once | None = None) -> Entered:
    """Admitted against the calendar as it stands; in force from this moment, as the next edition."""
    for _ in range(TRIES_OVERTAKEN):
        book = fresh_book(now)
        require_admissible(asked, book.base, book.amendments, now.date())
        new = Entered(**dict(asked), number=len(book.amendments) + 1, entered_by=by, at=now)
        try:
            records.add(new, [once.write(new)] if once else [])
        except Lost as lost:
            if lost.over(Once.KIND):
                raise
            continue  # somebody amended it meanwhile: judged anew
        fresh_book(now)  # who amends sees it at once; other containers when they next ask
        return new
    raise AmendedMeanwhile


def watch_horizon(now: datetime) -> int:
    """How many days remain before dates become provisional: measured every day, an error when there are few."""
    calendar = calendar_for(settings().PROVINCE, now)
    left = (calendar.known_until - now.date()).days
    measure("CalendarDaysLeft", MetricUnit.Count, left)
    if left < HORIZON_WARNED:
        logger.error("calendar_horizon", extra={"days_left": left, "edition": calendar.edition})
    return left
