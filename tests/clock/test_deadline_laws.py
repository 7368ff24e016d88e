"""What must hold of every due date, whatever the day: laws, and three computations that agree."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chalicelib.clock.calendars import Rule, load
from chalicelib.clock.deadlines import due, minus_working_hours, working_time
from chalicelib.clock.pauses import Span
from chalicelib.clock.rules import ZONE, Convention, Processing, Unit
from tests.clock import naive

FIRST, LAST = datetime(2018, 1, 2), datetime(2026, 10, 30)
MINUTES = int((LAST - FIRST).total_seconds()) // 60
HOUR_EXACT, SAME_TIME, CIVIL = Convention.HOUR_EXACT, Convention.SAME_TIME, Convention.CIVIL_CODE

instants = st.integers(0, MINUTES).map(lambda n: FIRST.replace(tzinfo=ZONE) + timedelta(minutes=n))
hours = st.builds(Processing, unit=st.just(Unit.WORKING_HOUR), amount=st.integers(1, 120).map(lambda n: n / 2))
days = st.builds(
    Processing, unit=st.just(Unit.WORKING_DAY), amount=st.integers(1, 15), convention=st.sampled_from(Convention)
)
calendar_units = st.builds(
    Processing,
    unit=st.sampled_from([Unit.CALENDAR_DAY, Unit.MONTH]),
    amount=st.integers(1, 9),  # at most 400 lines, so that every day is told
    convention=st.sampled_from(Convention),
)
working_units = hours | days
terms = working_units | calendar_units


@st.composite
def pauses_after(draw, start, most=3):
    """Pauses that follow one another, some of no length."""
    spans, at = [], start
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 6000)), max_size=most)):
        begin = at + timedelta(minutes=gap)
        at = begin + timedelta(minutes=length)
        spans.append(Span(begin, at))
    return spans


@st.composite
def cases(draw, processing=terms):
    start = draw(instants)
    return start, draw(processing), draw(pauses_after(start))


@given(instants, instants, terms)
def test_later_receipt_never_gives_an_earlier_date(one, other, term):
    earlier, later = sorted([one, other])

    assert due(earlier, term, load()).due_at <= due(later, term, load()).due_at


@given(instants, st.integers(0, 3000), terms, st.data())
def test_later_receipt_never_gives_an_earlier_date_with_the_same_pauses(start, later, term, data):
    later = start + timedelta(minutes=later)
    spans = data.draw(pauses_after(later))

    assert due(start, term, load(), spans).due_at <= due(later, term, load(), spans).due_at


@given(instants, st.integers(1, 15), st.integers(1, 15), st.sampled_from(Convention))
def test_working_days_counted_in_two_steps_give_the_same_date(start, first, second, convention):
    def counted(begin, amount):
        return due(begin, Processing(unit=Unit.WORKING_DAY, amount=amount, convention=convention), load()).due_at

    assert counted(counted(start, first), second) == counted(start, first + second)


@given(instants, st.integers(1, 60), st.integers(1, 60))
def test_working_hours_counted_in_two_steps_give_the_same_instant(start, first, second):
    def counted(begin, halves):
        return due(begin, Processing(unit=Unit.WORKING_HOUR, amount=halves / 2), load()).due_at

    assert counted(counted(start, first), second) == counted(start, first + second)


@pytest.mark.parametrize(
    ("unit", "first", "second", "in_two_steps", "at_once"),
    [
        # The first step ends on a Saturday and moves to Monday: two days are gained that one step does not have.
        (Unit.CALENDAR_DAY, 5, 4, date(2026, 11, 13), date(2026, 11, 11)),
        # 31 December and two months is 28 February, a Saturday: the 31st is lost on the way to March.
        (Unit.MONTH, 2, 1, date(2026, 4, 2), date(2026, 3, 31)),
    ],
)
def test_calendar_units_do_not_compose(unit, first, second, in_two_steps, at_once):
    start = (
        datetime(2026, 11, 2, 9, tzinfo=ZONE) if unit == Unit.CALENDAR_DAY else datetime(2025, 12, 31, 9, tzinfo=ZONE)
    )

    def counted(begin, amount):
        return due(begin, Processing(unit=unit, amount=amount), load()).due_at

    assert counted(counted(start, first), second).date() == in_two_steps
    assert counted(start, first + second).date() == at_once


@given(cases(working_units))
def test_the_date_moves_by_exactly_the_working_time_paused(case):
    start, term, spans = case
    before, after = due(start, term, load()).due_at, due(start, term, load(), spans).due_at

    stood = sum((working_time(each.begin, each.end, load()) for each in spans), timedelta())
    assert working_time(before, after, load()) == stood
    assert stood or after == before


@given(instants, working_units, st.integers(0, 30), st.integers(0, 13 * 60), st.integers(0, 13 * 60))
def test_pausing_outside_working_hours_costs_nothing(start, term, later, one, other):
    night = (start + timedelta(days=later)).replace(hour=17, minute=30)
    assume(night >= start)
    begin, end = sorted([one, other])

    nights = [Span(night + timedelta(minutes=begin), night + timedelta(minutes=end))]

    assert due(start, term, load(), nights).due_at == due(start, term, load()).due_at


@given(cases(), st.integers(0, 60))
def test_a_day_off_more_never_makes_a_date_earlier(case, later):
    start, term, spans = case
    before = due(start, term, load(), spans)
    # A pause that begins when the term is over already is excepted: there is less time in it to make up for.
    assume(all(due(start, term, load(), spans[:n]).due_at >= each.begin for n, each in enumerate(spans)))
    day = (start + timedelta(days=later)).date()
    assume(day not in load().worked)

    storm = load().with_days_off({day: Rule("nghỉ do bão", "storm")}, "storm")

    assert due(start, term, storm, spans).due_at >= before.due_at


@given(cases(), st.randoms())
def test_pauses_may_be_told_in_any_order(case, random):
    start, term, spans = case
    shuffled = [*spans]
    random.shuffle(shuffled)

    assert due(start, term, load(), shuffled).due_at == due(start, term, load(), spans).due_at


@given(instants.map(lambda instant: instant + timedelta(days=60)), st.integers(0, 200))
def test_a_warning_leaves_exactly_the_hours_it_says(instant, amount):
    warned = minus_working_hours(instant, amount, load())

    assert working_time(warned, instant, load()) == timedelta(hours=amount)


# --- three computations: the library, a minute-by-minute simulation, and the explanation added up again ---


def added_up(deadline):
    """What the lines say the term was: working days or hours, or calendar days."""
    lines, start = deadline.lines, deadline.starts_at.date()
    if deadline.processing.unit in (Unit.CALENDAR_DAY, Unit.MONTH):
        return sum(line.counted for line in lines)
    civil = deadline.processing.unit == Unit.WORKING_DAY and deadline.processing.convention == CIVIL
    ran = [line.worked + line.paused for line in lines if not (civil and line.date == start)]
    stood = sum((working_time(each.begin, each.end, deadline.calendar) for each in deadline.pauses), timedelta())
    return (sum(ran, timedelta()) - stood) / timedelta(hours=1)


def said(deadline):
    term, first = deadline.processing, deadline.starts_at.date()
    match term.unit:
        case Unit.WORKING_HOUR:
            return term.amount
        case Unit.WORKING_DAY:
            return term.amount * 8
        case Unit.CALENDAR_DAY:
            return term.amount
    return (naive.months_on(first, term.amount) - first).days


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_three_computations_agree(case):
    start, term, spans = case
    deadline = due(start, term, load(), spans)

    slowly = naive.due(start, term.unit, term.amount, term.convention, [(a.begin, a.end) for a in spans])

    assert deadline.due_at == slowly
    if not spans or all(each.end <= deadline.due_at for each in spans):
        assert added_up(deadline) == said(deadline)


@given(instants, days)
def test_without_pauses_the_counted_lines_are_the_term(start, term):
    deadline = due(start, term, load())
    counted = [line for line in deadline.lines if line.counted]

    assert deadline.lines[0].date == deadline.received_at.date()
    assert deadline.lines[-1].date == deadline.due_at.date() == counted[-1].date
    if term.convention != HOUR_EXACT:
        assert len(counted) == term.amount
    assert all(load().is_working(line.date) for line in counted)


CLUSTERS = [
    *(f"{year}-01-01" for year in range(2019, 2027)),
    "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29",
    "2026-02-17",
    "2018-04-25", "2019-04-15", "2020-04-02", "2021-04-21", "2022-04-11", "2023-05-02", "2024-04-18", "2025-04-07",
    "2026-04-27",
    *(f"{year}-05-01" for year in range(2018, 2027)),
    *(f"{year}-09-02" for year in range(2018, 2027)),
    "2019-01-05", "2026-01-10", "2026-11-24",
]  # fmt: skip


@pytest.mark.parametrize("holiday", CLUSTERS)
def test_around_every_holiday_the_simulation_agrees(holiday):
    """From every weekday before, in and after it, from inside and outside the hours."""
    middle = datetime.fromisoformat(holiday).replace(tzinfo=ZONE)
    for offset in range(-6, 5):
        for hour, minute in ((5, 59), (9, 40), (12, 0), (17, 0), (20, 15)):
            start = (middle + timedelta(days=offset)).replace(hour=hour, minute=minute)
            for convention in (SAME_TIME, CIVIL):
                term = Processing(unit=Unit.WORKING_DAY, amount=3, convention=convention)
                assert due(start, term, load()).due_at == naive.due(start, term.unit, 3, convention)
        exact = Processing(unit=Unit.WORKING_DAY, amount=2, convention=HOUR_EXACT)
        begin = (middle + timedelta(days=offset)).replace(hour=15, minute=10)
        assert due(begin, exact, load()).due_at == naive.due(begin, exact.unit, 2, HOUR_EXACT)


def test_a_very_long_term_is_told_in_four_hundred_lines():
    deadline = due(datetime(2026, 1, 5, 9, tzinfo=ZONE), Processing(unit=Unit.WORKING_DAY, amount=3650), load())

    assert len(deadline.lines) == 400
    assert deadline.lines[-1].date == deadline.due_at.date()
    assert "không liệt kê" in deadline.lines[-1].reason("vi")
