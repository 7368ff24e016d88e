"""Due dates of real cases, each written with its weekday."""

from datetime import date, datetime, time, timedelta

import pytest

from chalicelib.clock.calendars import WorkingCalendar, load
from chalicelib.clock.deadlines import acceptance_due, due, minus_working_hours, working_time
from chalicelib.clock.pauses import PauseBeforeStart, PauseInverted, PausesOverlap, Span
from chalicelib.clock.rules import ZONE, Convention, OutOfRange, PauseCause, Processing, Unit

HOUR_EXACT, SAME_TIME, CIVIL = Convention.HOUR_EXACT, Convention.SAME_TIME, Convention.CIVIL_CODE
WRITTEN = "%a %Y-%m-%d %H:%M"


def at(text):
    """An instant as written, whose weekday must be right."""
    instant = datetime.strptime(text[4:], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert f"{instant:%a}" == text[:3], text
    return instant


def days(amount, convention=SAME_TIME):
    return Processing(unit=Unit.WORKING_DAY, amount=amount, convention=convention)


def hours(amount):
    return Processing(unit=Unit.WORKING_HOUR, amount=amount)


def calendar_days(amount):
    return Processing(unit=Unit.CALENDAR_DAY, amount=amount)


def months(amount):
    return Processing(unit=Unit.MONTH, amount=amount)


def paused(begin, end, cause=PauseCause.SUPPLEMENT):
    return Span(at(begin), at(end), cause)


@pytest.mark.parametrize(
    ("received", "processing", "promised"),
    [
        # An ordinary week.
        ("Mon 2026-11-09 09:40", days(3), "Thu 2026-11-12 09:40"),
        ("Mon 2026-11-09 09:40", days(3, HOUR_EXACT), "Thu 2026-11-12 09:40"),
        ("Mon 2026-11-09 09:40", days(3, CIVIL), "Thu 2026-11-12 17:00"),
        ("Thu 2026-11-12 14:00", days(5), "Thu 2026-11-19 14:00"),
        # At night, at noon, at the weekend: from the next working instant on.
        ("Mon 2026-11-09 03:00", days(1), "Tue 2026-11-10 07:00"),
        ("Mon 2026-11-09 03:00", days(1, HOUR_EXACT), "Mon 2026-11-09 17:00"),
        ("Mon 2026-11-09 12:15", days(1), "Tue 2026-11-10 13:30"),
        ("Mon 2026-11-09 17:01", days(1), "Wed 2026-11-11 07:00"),
        ("Sat 2026-11-14 10:00", days(1), "Tue 2026-11-17 07:00"),
        ("Sun 2026-11-15 23:59", days(1, CIVIL), "Tue 2026-11-17 17:00"),
        # Opening and closing are working instants themselves.
        ("Mon 2026-11-09 07:00", days(1, HOUR_EXACT), "Mon 2026-11-09 17:00"),
        ("Mon 2026-11-09 17:00", days(1), "Tue 2026-11-10 17:00"),
        ("Mon 2026-11-09 17:00", days(1, HOUR_EXACT), "Tue 2026-11-10 17:00"),
        ("Mon 2026-11-09 11:30", days(2), "Wed 2026-11-11 11:30"),
        # Working hours, halves among them; the earliest instant.
        ("Mon 2026-11-09 07:00", hours(4.5), "Mon 2026-11-09 11:30"),
        ("Mon 2026-11-09 11:00", hours(1), "Mon 2026-11-09 14:00"),
        ("Mon 2026-11-09 16:45", hours(0.5), "Tue 2026-11-10 07:15"),
        ("Fri 2026-11-13 16:00", hours(8), "Mon 2026-11-16 16:00"),
        # Tết of Bính Ngọ: off from Mon 16 to Fri 20 February.
        ("Thu 2026-02-12 09:40", days(3), "Tue 2026-02-24 09:40"),
        ("Fri 2026-02-13 17:30", days(1), "Tue 2026-02-24 07:00"),
        ("Wed 2026-02-18 20:00", days(1, HOUR_EXACT), "Mon 2026-02-23 17:00"),
        # Tết of Ất Tỵ: off from Mon 27 to Fri 31 January 2025.
        ("Fri 2025-01-24 15:00", days(2), "Tue 2025-02-04 15:00"),
        # Tết of Canh Tý: Thu 23 to Wed 29 January 2020.
        ("Wed 2020-01-22 10:00", days(1), "Thu 2020-01-30 10:00"),
        # The bridges: a day off in exchange for a Saturday.
        ("Wed 2025-12-31 10:00", days(1), "Mon 2026-01-05 10:00"),
        ("Thu 2026-01-08 10:00", days(2), "Sat 2026-01-10 10:00"),
        ("Thu 2026-01-08 10:00", days(3), "Mon 2026-01-12 10:00"),
        ("Sat 2026-01-10 08:00", days(1, HOUR_EXACT), "Mon 2026-01-12 08:00"),
        ("Fri 2025-04-25 16:00", days(1), "Sat 2025-04-26 16:00"),
        ("Tue 2025-04-29 16:00", days(1), "Mon 2025-05-05 16:00"),
        ("Fri 2024-04-26 09:00", days(2), "Fri 2024-05-03 09:00"),
        ("Fri 2024-05-03 09:00", days(1), "Sat 2024-05-04 09:00"),
        ("Fri 2018-12-28 09:00", days(2), "Thu 2019-01-03 09:00"),
        ("Fri 2019-01-04 09:00", days(1), "Sat 2019-01-05 09:00"),
        ("Fri 2026-08-21 09:00", days(1), "Sat 2026-08-22 09:00"),
        ("Fri 2026-08-28 09:00", days(1), "Thu 2026-09-03 09:00"),
        # A holiday of the weekend makes up on the next working days.
        ("Fri 2022-04-29 09:00", days(1), "Wed 2022-05-04 09:00"),
        ("Fri 2023-04-28 09:00", days(1), "Thu 2023-05-04 09:00"),
        ("Fri 2021-04-30 09:00", days(1), "Wed 2021-05-05 07:00"),
        ("Fri 2026-04-24 09:00", days(1), "Tue 2026-04-28 09:00"),
        ("Mon 2026-11-23 09:00", days(1), "Wed 2026-11-25 09:00"),
        # Calendar days, to the close; off a day off.
        ("Mon 2026-11-02 09:00", calendar_days(7), "Mon 2026-11-09 17:00"),
        ("Mon 2026-11-02 09:00", calendar_days(5), "Mon 2026-11-09 17:00"),
        ("Fri 2026-11-06 18:00", calendar_days(7), "Mon 2026-11-16 17:00"),
        ("Mon 2026-11-09 09:00", calendar_days(15), "Wed 2026-11-25 17:00"),
        ("Thu 2026-01-15 09:00", calendar_days(30), "Mon 2026-02-23 17:00"),
        # Months; the last day where there is none.
        ("Fri 2025-01-24 09:00", months(1), "Mon 2025-02-24 17:00"),
        ("Thu 2025-07-31 09:00", months(2), "Tue 2025-09-30 17:00"),
        ("Wed 2025-12-31 09:00", months(2), "Mon 2026-03-02 17:00"),
        ("Fri 2026-10-30 09:00", months(1), "Mon 2026-11-30 17:00"),
    ],
)
def test_a_term_is_due_when_the_law_says(received, processing, promised):
    assert f"{due(at(received), processing, load()).due_at:{WRITTEN}}" == promised


@pytest.mark.parametrize(
    ("received", "processing", "pauses", "promised"),
    [
        # Ten hours stood still: one day and two hours later.
        (
            "Mon 2026-11-09 09:40",
            days(3),
            [("Tue 2026-11-10 08:00", "Wed 2026-11-11 10:00")],
            "Fri 2026-11-13 13:40",
        ),
        # Over a weekend only its working hours count.
        (
            "Mon 2026-11-09 09:00",
            days(5),
            [("Fri 2026-11-13 16:00", "Mon 2026-11-16 08:00")],
            "Mon 2026-11-16 11:00",
        ),
        # Paused at night: nothing.
        ("Mon 2026-11-09 09:00", days(5), [("Tue 2026-11-10 18:00", "Wed 2026-11-11 06:00")], "Mon 2026-11-16 09:00"),
        # Paused over the whole of Tết.
        ("Thu 2026-02-12 09:40", days(3), [("Fri 2026-02-13 17:00", "Mon 2026-02-23 07:00")], "Tue 2026-02-24 09:40"),
        # Two rounds of supplement, given in any order.
        (
            "Mon 2026-11-02 08:00",
            days(4),
            [("Thu 2026-11-05 07:00", "Thu 2026-11-05 17:00"), ("Tue 2026-11-03 07:00", "Tue 2026-11-03 17:00")],
            "Tue 2026-11-10 08:00",
        ),
        (
            "Mon 2026-11-09 09:00",
            hours(8),
            [("Mon 2026-11-09 10:00", "Tue 2026-11-10 10:00")],
            "Wed 2026-11-11 09:00",
        ),
        # Before the first working instant a pause holds no working time; calendar units go by its dates all the same.
        ("Sat 2026-11-14 10:00", days(1), [("Sat 2026-11-14 11:00", "Sun 2026-11-15 11:00")], "Tue 2026-11-17 07:00"),
        ("Sat 2026-11-14 10:00", calendar_days(3), [("Sat 2026-11-14 11:00", "Sun 2026-11-15 11:00")],
         "Fri 2026-11-20 17:00"),
        # Calendar units: the days between the dates, then off a day off.
        ("Mon 2026-11-02 09:00", calendar_days(7), [("Tue 2026-11-03 09:00", "Thu 2026-11-05 16:00")],
         "Wed 2026-11-11 17:00"),
        ("Mon 2026-11-02 09:00", calendar_days(7), [("Tue 2026-11-03 09:00", "Tue 2026-11-03 16:00")],
         "Mon 2026-11-09 17:00"),
        ("Mon 2026-11-02 09:00", calendar_days(7), [("Tue 2026-11-03 09:00", "Sun 2026-11-08 16:00")],
         "Mon 2026-11-16 17:00"),
        ("Fri 2025-01-24 09:00", months(1), [("Mon 2025-02-03 09:00", "Tue 2025-02-04 16:00")],
         "Tue 2025-02-25 17:00"),
    ],
)  # fmt: skip
def test_a_pause_moves_the_date_by_what_it_stood_still(received, processing, pauses, promised):
    spans = [paused(*each) for each in pauses]

    assert f"{due(at(received), processing, load(), spans).due_at:{WRITTEN}}" == promised


@pytest.mark.parametrize(
    ("pauses", "refusal", "pointer"),
    [
        ([("Wed 2026-11-11 09:00", "Tue 2026-11-10 09:00")], PauseInverted, "/pauses/0/to"),
        ([("Mon 2026-11-09 08:59", "Tue 2026-11-10 09:00")], PauseBeforeStart, "/pauses/0/from"),
        (
            [("Wed 2026-11-11 09:00", "Thu 2026-11-12 09:00"), ("Tue 2026-11-10 09:00", "Wed 2026-11-11 09:01")],
            PausesOverlap,
            "/pauses/0/from",
        ),
        ([("Wed 2026-11-11 09:00", "Sat 2101-01-01 00:00")], OutOfRange, "/pauses/0/to"),
    ],
)
def test_impossible_pauses_are_refused_and_named(pauses, refusal, pointer):
    with pytest.raises(refusal) as refused:
        due(at("Mon 2026-11-09 09:00"), days(5), load(), [paused(*each) for each in pauses])

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert refused.value.faults[0].told("vi") != refused.value.faults[0].told("en")


def test_pauses_that_touch_and_pauses_of_no_length_are_taken():
    spans = [
        paused("Tue 2026-11-10 09:00", "Wed 2026-11-11 09:00"),
        paused("Wed 2026-11-11 09:00", "Wed 2026-11-11 10:00"),
        paused("Thu 2026-11-12 10:00", "Thu 2026-11-12 10:00"),
    ]

    assert due(at("Mon 2026-11-09 09:00"), days(5), load(), spans).due_at == at("Tue 2026-11-17 10:00")


@pytest.mark.parametrize("year", [1, 1970, 2017, 2101, 9999])
def test_years_whose_calendar_is_not_kept_are_refused(year):
    with pytest.raises(OutOfRange) as refused:
        due(datetime(year, 6, 1, 9, tzinfo=ZONE), days(1), load())

    assert refused.value.faults[0].pointer == "/start"


def test_an_instant_without_an_offset_is_a_defect():
    with pytest.raises(ValueError, match="offset"):
        due(datetime(2026, 11, 9, 9), days(1), load())


def test_the_same_instant_in_another_zone_gives_the_same_date():
    utc = at("Mon 2026-11-09 09:40").astimezone(tz=None)

    assert due(utc, days(3), load()) == due(at("Mon 2026-11-09 09:40"), days(3), load())


def test_what_rests_on_unannounced_days_is_provisional():
    assert not due(at("Mon 2026-12-21 09:00"), days(8), load()).provisional
    assert due(at("Mon 2026-12-21 09:00"), days(9), load()).provisional
    assert due(
        at("Mon 2026-12-21 09:00"), days(1), load(), [paused("Mon 2026-12-21 10:00", "Mon 2027-01-04 10:00")]
    ).provisional
    assert due(at("Mon 2026-12-21 09:00"), days(9), load()).calendar_edition == load().edition


def test_acceptance_takes_eight_working_hours():
    assert acceptance_due(at("Fri 2026-11-13 20:00"), load()).due_at == at("Mon 2026-11-16 17:00")
    assert acceptance_due(at("Fri 2026-11-13 09:00"), load()).due_at == at("Mon 2026-11-16 09:00")


@pytest.mark.parametrize(
    ("instant", "hours_before", "warned"),
    [
        ("Thu 2026-11-12 09:40", 24, "Mon 2026-11-09 09:40"),
        ("Thu 2026-11-12 17:00", 24, "Tue 2026-11-10 07:00"),
        ("Mon 2026-11-16 07:00", 24, "Wed 2026-11-11 07:00"),
        ("Mon 2026-02-23 13:30", 4, "Mon 2026-02-23 07:30"),
        ("Mon 2026-02-23 08:00", 2, "Fri 2026-02-13 16:00"),
    ],
)
def test_the_warning_comes_that_many_working_hours_before(instant, hours_before, warned):
    assert f"{minus_working_hours(at(instant), hours_before, load()):{WRITTEN}}" == warned


def test_before_the_first_calendar_there_is_nothing_to_count_back_to():
    with pytest.raises(OutOfRange):
        minus_working_hours(at("Tue 2018-01-02 08:00"), 24, load())


def test_working_time_between_two_instants():
    friday, monday = at("Fri 2026-11-13 16:00"), at("Mon 2026-11-16 08:00")

    assert working_time(friday, monday, load()) == timedelta(hours=2)
    assert working_time(monday, friday, load()) == timedelta(hours=-2)


def test_a_saturday_morning_desk_counts_its_own_hours():
    office = ((time(7), time(11, 30)), (time(13, 30), time(17)))
    desk = WorkingCalendar(
        "desk", date(2018, 1, 1), date(2026, 12, 31), (office,) * 5 + (((time(7), time(11)),), ()), days_off={}
    )

    assert due(at("Fri 2026-11-13 16:00"), hours(5), desk).due_at == at("Sat 2026-11-14 11:00")
    assert due(at("Fri 2026-11-13 16:00"), days(1, CIVIL), desk).due_at == at("Sat 2026-11-14 11:00")
    assert due(at("Sat 2026-11-14 12:00"), hours(1), desk).due_at == at("Mon 2026-11-16 08:00")
