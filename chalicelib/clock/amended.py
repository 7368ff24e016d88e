"""The calendar that amendments make of the packaged one, for each agency, and from which day on it differs. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from chalicelib.clock.amendments import Announcement, DayOff, Entered, Said
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.dayrules import MADE_UP, Rule, in_exchange, sourced


def covers(scope: str | None, agency: str) -> bool:
    return scope is None or agency == scope or agency.startswith(f"{scope}.")


def counting(amendments: Iterable[Entered]) -> list[Entered]:
    """Those that no later one replaces."""
    listed = list(amendments)
    replaced = {each.replaces for each in listed}
    return [each for each in listed if each.number not in replaced]


def amended(base: WorkingCalendar, amendments: Sequence[Entered], agency: str) -> WorkingCalendar:
    """The base under all amendments that cover the agency; what is said of fewer comes over what is said of more.

    Asks no questions: what was admitted stays true under a later base that says the same by itself.
    """
    edition = f"{base.edition}+{len(amendments)}" if amendments else base.edition
    covering = [each for each in counting(amendments) if covers(each.agency, agency)]
    covering.sort(key=lambda each: (len(each.agency or ""), each.number))
    off, worked, sources = dict(base.days_off), dict(base.worked), dict(base.sources)
    for each in covering:
        for day, rule in _worked(each):
            off.pop(day, None)
            worked[day] = rule
        if each.day_off:
            worked.pop(each.day_off.date, None)
            off[each.day_off.date] = _off(each.day_off, each.source.rule)
        sources.update(dict.fromkeys(each.days.values(), each.source.rule))
    return replace(
        base,
        edition=edition,
        days_off=off,
        worked=worked,
        sources=sources,
        seasons=tuple(each.hours.season for each in reversed(covering) if each.hours),
        known_until=max([base.known_until, *(each.known_until for each in covering if each.known_until)]),
    )


def _worked(each: Entered) -> Iterable[tuple[date, Rule]]:
    if each.working_day:
        yield each.working_day.date, sourced(*each.working_day.name.rule, each.source.rule)
    if each.day_off and each.day_off.worked_instead:
        yield each.day_off.worked_instead, in_exchange(each.day_off.date, each.source.rule, *MADE_UP)


def _off(day: DayOff, source: Rule) -> Rule:
    if day.worked_instead is None:
        return sourced(*day.name.rule, source)
    return in_exchange(
        day.worked_instead, source, f"{day.name.vi}, làm bù ngày", f"{day.name.en}, in exchange for work on"
    )


def first_touched(amendments: Sequence[Entered], since: int) -> date:
    """The first day of which the amendments after number `since` say something new."""
    new = [each for each in amendments if each.number > since]
    replaced = {each.replaces for each in new}
    return min(
        (_first(each) for each in amendments if each.number > since or each.number in replaced), default=date.max
    )


def _first(each: Entered) -> date:
    """A calendar announced as it stands changes what is provisional, of days after the announcement."""
    begins = [*each.days.values(), *([each.hours.begin] if each.hours else [])]
    return min([*begins, *([each.announced_at] if each.known_until else [])], default=date.max)


def repackaged(before: WorkingCalendar, after: WorkingCalendar, first: date, last: date) -> list[Announcement]:
    """What another packaged calendar rests on where it changed one of these days, each source once."""
    sources = (after.sources.get(day) or before.sources.get(day) for day in changed_days(before, after, first, last))
    return [Announcement(source=Said(vi=each.vi, en=each.en)) for each in dict.fromkeys(filter(None, sources))]


def changed_days(before: WorkingCalendar, after: WorkingCalendar, first: date, last: date) -> list[date]:
    """The days whose hours are not the same in both."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if before.hours_on(day) != after.hours_on(day)]
