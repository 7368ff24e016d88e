"""The packaged edition: right day by day, sourced, with a horizon that nobody may forget."""

import json
from datetime import date, time, timedelta
from importlib.resources import files

import holidays
import pytest

from chalicelib.clock.calendars import EDITION, Rule, WorkingCalendar, load, read
from chalicelib.clock.now import now
from chalicelib.clock.rules import AmbiguousDay, HoursInvalid
from ops import calendar_seed

TEXT = files("chalicelib.clock").joinpath("editions", f"{EDITION}.json").read_text(encoding="utf-8")
OFFICE = ((time(7), time(11, 30)), (time(13, 30), time(17)))

# What was announced after the library's version was made.
LATE = {date(2026, 1, 2): False, date(2026, 1, 10): True}


def days(first, last):
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def test_every_day_agrees_with_the_library_but_for_the_late_announcement():
    library = holidays.country_holidays("VN", years=range(2018, 2031))
    calendar = load()

    differing = {
        day: calendar.is_working(day)
        for day in days(date(2018, 1, 1), date(2030, 12, 31))
        if calendar.is_working(day) != library.is_working_day(day)
    }

    assert differing == LATE


def test_the_packaged_edition_is_what_its_seed_writes():
    assert calendar_seed.written(calendar_seed.edition()) == TEXT


@pytest.mark.parametrize(
    ("day", "weekday", "working"),
    [
        ("2018-12-31", "Mon", False),
        ("2019-01-05", "Sat", True),
        ("2019-04-29", "Mon", False),
        ("2019-05-04", "Sat", True),
        ("2024-04-29", "Mon", False),
        ("2024-05-04", "Sat", True),
        ("2025-04-26", "Sat", True),
        ("2025-05-02", "Fri", False),
        ("2026-01-02", "Fri", False),
        ("2026-01-10", "Sat", True),
        ("2026-08-22", "Sat", True),
        ("2026-08-31", "Mon", False),
        ("2026-11-24", "Tue", False),
        ("2022-01-03", "Mon", False),  # 1 January was a Saturday
        ("2023-05-03", "Wed", False),  # the Hung Kings' day and 30 April both fell on a weekend
        ("2026-11-28", "Sat", False),
        ("2026-11-29", "Sun", False),
        ("2026-11-30", "Mon", True),
    ],
)
def test_days_off_and_days_worked_for_them(day, weekday, working):
    day = date.fromisoformat(day)

    assert f"{day:%a}" == weekday
    assert load().is_working(day) is working


def test_every_swap_says_when_and_by_what_it_was_announced():
    facts = json.loads(TEXT)

    for swap in facts["amendments"]:
        assert date.fromisoformat(swap["announced_at"]) < date.fromisoformat(swap["day_off"])
        assert swap["source"] in facts["sources"]
    assert "12729/VPCP-KGVX" in load().days_off[date(2026, 1, 2)].vi
    assert "2026-01-02" in load().worked[date(2026, 1, 10)].en


def test_the_next_calendar_is_entered_in_good_time():
    """The one test that asks for today. Red? Enter next year's official days off as a new edition."""
    horizon = load().known_until

    assert (horizon - now().date()).days > 30, f"the calendar ends on {horizon}"


@pytest.mark.parametrize("day", ["2031-01-01", "2045-04-30", "2045-05-01", "2099-09-02", "2099-11-24"])
def test_beyond_the_last_listed_year_the_fixed_days_are_off(day):
    assert load().day_off(date.fromisoformat(day)) is not None


def test_a_fixed_day_of_the_distant_future_is_no_rule_for_the_past():
    assert load().day_off(date(2025, 11, 24)) is None


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((),) * 7,
        (OFFICE,) * 6,
        (((time(8), time(8)),),) * 7,
        (((time(8), time(12)), (time(11), time(17))),) * 7,
        (((time(13), time(17)), (time(7), time(11))),) * 7,
    ],
)
def test_a_table_of_hours_that_is_empty_or_overlaps_is_refused(hours):
    with pytest.raises(HoursInvalid):
        WorkingCalendar("x", date(2018, 1, 1), date(2026, 12, 31), hours, {})


def test_a_day_cannot_be_both_off_and_worked():
    facts = json.loads(TEXT)
    facts["amendments"].append({**facts["amendments"][0], "worked_instead": "2018-12-31"})

    with pytest.raises(AmbiguousDay) as refused:
        read(json.dumps(facts))

    assert "2018-12-31" in refused.value.told("vi")


def test_a_new_edition_leaves_the_old_one_as_it_was():
    flood = load().with_days_off({date(2026, 11, 30): Rule("nghỉ do bão", "storm")}, "vn-2026.2")

    assert not flood.is_working(date(2026, 11, 30))
    assert load().is_working(date(2026, 11, 30))
    assert flood.edition == "vn-2026.2"
