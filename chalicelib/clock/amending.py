"""What an amendment of the calendar must be to be admitted: new, announced, and not at odds with the others. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.clock.amended import amended, counting
from chalicelib.clock.amendments import Amendment, Entered, WorkingHours
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.hours import require_order
from chalicelib.clock.refused_amendments import (
    AlreadyOff,
    AlreadyWorked,
    AnnouncedLater,
    AnnouncedTooLate,
    DayAmendedAlready,
    HorizonIsForAll,
    HorizonNotLater,
    HoursOverlap,
    NotAWeeklyDayOff,
    NothingToReplace,
    SameDay,
    SeasonInverted,
    YearUnknown,
)
from chalicelib.clock.rules import HoursInvalid
from chalicelib.refusals import Fault


def require_admissible(new: Amendment, base: WorkingCalendar, earlier: Sequence[Entered], today: date) -> None:
    """Raises the refusal that names what cannot be, of everything that can be wrong with an amendment."""
    _require_kept_years(new, base)
    _require_announced(new, today)
    _require_something_to_replace(new, earlier)
    standing = [each for each in counting(earlier) if each.number != new.replaces]
    calendar = amended(base, standing, new.agency or "")
    for pointer, day in new.days.items():
        _require_not_amended(new, pointer, day, standing)
    _require_changes(new, calendar)
    if new.hours:
        _require_hours(new.hours, new.agency, standing)
    if new.known_until and new.agency:
        raise HorizonIsForAll.at("/agency")
    if new.known_until and new.known_until <= calendar.known_until:
        raise HorizonNotLater.at("/known_until", day=calendar.known_until.isoformat())


def _require_kept_years(new: Amendment, base: WorkingCalendar) -> None:
    first, last = base.known_from.year, base.last_listed_year
    for pointer, day in _all_days(new):
        if not first <= day.year <= last:
            raise YearUnknown.at(pointer, first=first, last=last)


def _all_days(new: Amendment) -> Iterator[tuple[str, date]]:
    yield from new.days.items()
    if new.known_until:
        yield "/known_until", new.known_until
    if new.hours:
        yield "/hours/from", new.hours.begin
        if new.hours.to:
            yield "/hours/to", new.hours.to


def _require_announced(new: Amendment, today: date) -> None:
    if new.announced_at > today:
        raise AnnouncedLater.at("/announced_at")
    begins = min([*new.days.values(), *([new.hours.begin] if new.hours else [])], default=date.max)
    if new.announced_at > begins:
        raise AnnouncedTooLate.at("/announced_at", day=begins.isoformat())


def _require_something_to_replace(new: Amendment, earlier: Sequence[Entered]) -> None:
    alike = {each.number for each in counting(earlier) if each.agency == new.agency}
    if new.replaces is not None and new.replaces not in alike:
        raise NothingToReplace.at("/replaces", number=new.replaces)


def _require_not_amended(new: Amendment, pointer: str, day: date, standing: Sequence[Entered]) -> None:
    for each in standing:
        if each.agency == new.agency and day in each.days.values():
            raise DayAmendedAlready.at(pointer, day=day.isoformat(), number=each.number)


def _require_changes(new: Amendment, calendar: WorkingCalendar) -> None:
    """What it says is not so already, and not both off and worked."""
    off, worked = new.day_off, new.working_day
    if worked and calendar.is_working(worked.date):
        raise AlreadyWorked.at("/working_day/date", day=worked.date.isoformat())
    if off and (why := calendar.day_off(off.date)) and off.date not in calendar.worked:
        raise AlreadyOff.at("/day_off/date", day=off.date.isoformat(), why=why.vi)
    if off and off.worked_instead:
        day = off.worked_instead
        if day == off.date:
            raise SameDay.at("/day_off/worked_instead")
        if calendar.is_working(day):
            raise AlreadyWorked.at("/day_off/worked_instead", day=day.isoformat())
        if calendar.day_off(day):
            raise NotAWeeklyDayOff.at("/day_off/worked_instead", day=day.isoformat())


def _require_hours(hours: WorkingHours, agency: str | None, standing: Sequence[Entered]) -> None:
    if hours.last < hours.begin:
        raise SeasonInverted.at("/hours/to")
    if not any(hours.week.values()):
        raise _hours_fault("/hours/week")
    for day, sessions in hours.week.items():
        try:
            require_order(sessions)
        except HoursInvalid:
            raise _hours_fault(f"/hours/week/{day}") from None
    for each in standing:
        if each.hours and each.agency == agency and _overlap(each.hours, hours):
            raise HoursOverlap.at("/hours", number=each.number)


def _hours_fault(pointer: str) -> HoursInvalid:
    return HoursInvalid([Fault(pointer, HoursInvalid.code, HoursInvalid.vi, HoursInvalid.en)])


def _overlap(one: WorkingHours, other: WorkingHours) -> bool:
    together = one.begin <= other.last and other.begin <= one.last
    return together and bool(one.week.keys() & other.week.keys())
