"""One dossier's clock: what may happen to it, what may not, and that the order of delivery never matters."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.clock.calendars import load
from chalicelib.clock.deadlines import due, extended, working_time
from chalicelib.clock.events import (
    AlreadyPaused,
    ClockEvent,
    ClockFinished,
    ClockNotStarted,
    ClockStartedTwice,
    ExtendedAlready,
    ExtendedTooLate,
    ExtensionInvalid,
    Kind,
    NothingToExtend,
    NotPaused,
    ResumeMode,
)
from chalicelib.clock.pauses import Span
from chalicelib.clock.replay import replay
from chalicelib.clock.rules import ZONE, Convention, PauseCause, Processing, Unit

FIVE_DAYS = Processing(unit=Unit.WORKING_DAY, amount=5)
CONVENTIONS = st.sampled_from(Convention)


def at(text):
    instant = datetime.strptime(text[4:], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert f"{instant:%a}" == text[:3], text
    return instant


def started(text):
    return ClockEvent(kind=Kind.STARTED, at=at(text))


def paused(text, cause=PauseCause.SUPPLEMENT):
    return ClockEvent(kind=Kind.PAUSED, at=at(text), cause=cause)


def resumed(text):
    return ClockEvent(kind=Kind.RESUMED, at=at(text))


def extended_by(days, text):
    return ClockEvent(kind=Kind.EXTENDED, at=at(text), days=days, reason="Hồ sơ phức tạp, cần xác minh thêm")


def finished(text):
    return ClockEvent(kind=Kind.FINISHED, at=at(text))


START = started("Mon 2026-11-09 09:00")  # due Mon 2026-11-16 09:00


def test_before_anything_happened_there_is_no_date():
    clock = replay([], FIVE_DAYS, load())

    assert (clock.starts_at, clock.due_at, clock.first_due_at, clock.running) == (None, None, None, False)


def test_a_started_clock_runs_to_its_date():
    clock = replay([started("Sun 2026-11-08 20:00")], FIVE_DAYS, load())

    assert clock.starts_at == at("Mon 2026-11-09 07:00")
    assert clock.due_at == clock.first_due_at == at("Mon 2026-11-16 07:00")
    assert clock.running
    assert not clock.extended
    assert clock.deadline.lines[-1].date == clock.due_at.date()


def test_while_it_is_paused_it_says_since_when_and_why():
    clock = replay([START, paused("Tue 2026-11-10 15:00")], FIVE_DAYS, load())

    assert not clock.running
    assert clock.paused_since == at("Tue 2026-11-10 15:00")
    assert clock.cause == PauseCause.SUPPLEMENT
    assert clock.due_at == clock.first_due_at


def test_resumption_gives_the_time_paused_back():
    clock = replay([START, paused("Tue 2026-11-10 15:00"), resumed("Thu 2026-11-12 09:00")], FIVE_DAYS, load())

    assert clock.running
    assert clock.paused_since is clock.cause is None
    assert clock.first_due_at == at("Mon 2026-11-16 09:00")
    assert clock.due_at == at("Tue 2026-11-17 15:00")  # two, eight and two hours
    assert "chờ bổ sung" in " ".join(line.vi for line in clock.deadline.lines)


def test_four_rounds_of_supplement_make_nothing_overdue():
    rounds = [
        event
        for day in ("Tue 2026-11-10", "Wed 2026-11-11", "Thu 2026-11-12", "Fri 2026-11-13")
        for event in (paused(f"{day} 07:00"), resumed(f"{day} 17:00"))
    ]

    assert replay([START, *rounds], FIVE_DAYS, load()).due_at == at("Fri 2026-11-20 09:00")


def test_some_rules_begin_the_whole_term_anew():
    events = [START, paused("Fri 2026-11-13 15:00"), resumed("Wed 2026-11-18 10:00")]

    assert replay(events, FIVE_DAYS, load(), ResumeMode.RESTART).due_at == at("Thu 2026-11-26 10:00")
    assert replay(events, FIVE_DAYS, load(), ResumeMode.CONTINUE).due_at == at("Wed 2026-11-18 16:00")


def test_an_extension_adds_to_the_date_and_is_told():
    clock = replay([START, extended_by(3, "Fri 2026-11-13 09:00")], FIVE_DAYS, load())

    assert clock.extended
    assert clock.due_at == at("Thu 2026-11-19 09:00")
    assert clock.first_due_at == at("Mon 2026-11-16 09:00")
    assert clock.deadline.lines[-1].vi.endswith("đã gia hạn thêm 3 ngày")


def test_an_extension_in_calendar_days_ends_on_a_working_day():
    term = Processing(unit=Unit.CALENDAR_DAY, amount=7)  # due Mon 2026-11-16 17:00

    clock = replay([START, extended_by(5, "Fri 2026-11-13 09:00")], term, load())

    assert clock.due_at == at("Mon 2026-11-23 17:00")


def test_a_paused_clock_may_be_extended_although_the_old_date_has_gone_by():
    events = [START, paused("Fri 2026-11-13 09:00"), extended_by(3, "Fri 2026-11-20 09:00")]

    assert replay(events, FIVE_DAYS, load()).extended


def test_a_finished_clock_stands():
    clock = replay([START, finished("Thu 2026-11-12 10:00")], FIVE_DAYS, load())

    assert clock.finished_at == at("Thu 2026-11-12 10:00")
    assert not clock.running


def test_without_a_legal_term_the_events_are_kept_but_nothing_is_due():
    clock = replay([START, paused("Tue 2026-11-10 15:00"), resumed("Thu 2026-11-12 09:00")], None, load())

    assert clock.starts_at == at("Mon 2026-11-09 09:00")
    assert clock.due_at is clock.first_due_at is clock.deadline is None
    assert clock.running
    assert not clock.provisional


def test_an_event_delivered_twice_counts_once():
    events = [START, paused("Tue 2026-11-10 15:00"), resumed("Thu 2026-11-12 09:00")]

    assert replay(events * 3, FIVE_DAYS, load()) == replay(events, FIVE_DAYS, load())


def test_events_of_the_same_instant_follow_their_number():
    moment = at("Tue 2026-11-10 15:00")
    zero = [
        START,
        ClockEvent(kind=Kind.PAUSED, at=moment, seq=7, cause=PauseCause.SUPPLEMENT),
        ClockEvent(kind=Kind.RESUMED, at=moment, seq=8),
    ]

    assert replay(reversed(zero), FIVE_DAYS, load()).due_at == at("Mon 2026-11-16 09:00")


@pytest.mark.parametrize(
    ("events", "refusal"),
    [
        ([finished("Mon 2026-11-09 08:59"), START], ClockNotStarted),
        ([paused("Mon 2026-11-09 08:59"), START], ClockNotStarted),
        ([resumed("Tue 2026-11-10 09:00")], ClockNotStarted),
        ([START, started("Tue 2026-11-10 09:00")], ClockStartedTwice),
        ([START, resumed("Tue 2026-11-10 09:00")], NotPaused),
        ([START, paused("Tue 2026-11-10 09:00"), paused("Wed 2026-11-11 09:00")], AlreadyPaused),
        ([START, extended_by(3, "Tue 2026-11-10 09:00"), extended_by(2, "Wed 2026-11-11 09:00")], ExtendedAlready),
        ([START, extended_by(3, "Mon 2026-11-16 09:00")], ExtendedTooLate),
        ([START, extended_by(3, "Tue 2026-11-17 09:00")], ExtendedTooLate),
        ([START, finished("Tue 2026-11-10 09:00"), paused("Wed 2026-11-11 09:00")], ClockFinished),
        ([START, finished("Tue 2026-11-10 09:00"), finished("Wed 2026-11-11 09:00")], ClockFinished),
    ],
)
def test_what_cannot_have_happened_is_refused(events, refusal):
    with pytest.raises(refusal) as refused:
        replay(events, FIVE_DAYS, load())

    assert refused.value.told("vi") != refused.value.told("en")


def test_where_nothing_is_due_nothing_can_be_extended():
    with pytest.raises(NothingToExtend):
        replay([START, extended_by(3, "Tue 2026-11-10 09:00")], None, load())


@pytest.mark.parametrize("facts", [{}, {"days": 3}, {"reason": "x"}, {"days": 3, "reason": "  "}])
def test_an_extension_names_its_days_and_its_reason(facts):
    with pytest.raises(ExtensionInvalid):
        ClockEvent(kind=Kind.EXTENDED, at=at("Tue 2026-11-10 09:00"), **facts)


# --- laws ---

FIRST = datetime(2018, 1, 2, 9, tzinfo=ZONE)
instants = st.integers(0, 8 * 365 * 24 * 60).map(lambda n: FIRST + timedelta(minutes=n))
terms = st.builds(
    Processing,
    unit=st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]),
    amount=st.integers(1, 15),
    convention=CONVENTIONS,
)
MODES = st.sampled_from(ResumeMode)


@st.composite
def lives(draw):
    """A start, then pauses that end, one perhaps still open, and perhaps a finish."""
    moment = draw(instants)
    events = [ClockEvent(kind=Kind.STARTED, at=moment, seq=1)]
    steps = draw(st.lists(st.integers(0, 5000), max_size=7))
    for number, step in enumerate(steps):
        moment += timedelta(minutes=step)
        kind = Kind.PAUSED if number % 2 == 0 else Kind.RESUMED
        events.append(ClockEvent(kind=kind, at=moment, seq=number + 2))
    if draw(st.booleans()):
        events.append(ClockEvent(kind=Kind.FINISHED, at=moment + timedelta(minutes=1), seq=99))
    return events


@st.composite
def extended_lives(draw):
    """The same with one extension, somewhere before the finish. With it: its days, and its place among the events."""
    events, days = draw(lives()), draw(st.integers(1, 10))
    place = draw(st.integers(1, sum(each.kind != Kind.FINISHED for each in events)))
    extension = ClockEvent(kind=Kind.EXTENDED, at=events[place - 1].at, days=days, reason="x", recorded=True)
    told = [*events[:place], extension, *events[place:]]
    return [each.model_copy(update={"seq": seq}) for seq, each in enumerate(told, 1)], days, place


@given(lives() | extended_lives().map(lambda drawn: drawn[0]), terms, MODES, st.randoms())
def test_any_order_of_delivery_replays_to_the_same_answer(events, term, mode, random):
    shuffled = [*events, *events[::2]]
    random.shuffle(shuffled)

    assert replay(shuffled, term, load(), mode) == replay(events, term, load(), mode)


@given(lives(), terms)
def test_a_replay_and_a_calculation_agree(events, term):
    stops = [event.at for event in events[1:] if event.kind != Kind.FINISHED]
    spans = [Span(begin, end) for begin, end in zip(stops[::2], stops[1::2], strict=False)]

    assert replay(events, term, load()).due_at == due(events[0].at, term, load(), spans).due_at


in_working_time = st.builds(
    Processing,
    unit=st.sampled_from([Unit.WORKING_HOUR, Unit.WORKING_DAY]),
    amount=st.integers(1, 15),
    convention=CONVENTIONS,
)


@given(extended_lives(), terms | in_working_time, MODES)
def test_without_its_extension_a_history_gives_the_date_the_extension_moved_from(drawn, term, mode):
    events, days, place = drawn
    moved_from = replay(events[:place], term, load(), mode).deadline
    never = [*events[:place], *events[place + 1 :]]

    assert replay(events[: place + 1], term, load(), mode).due_at == extended(moved_from, days).due_at
    if not {each.kind for each in events[place + 1 :]} - {Kind.FINISHED}:
        assert replay(never, term, load(), mode).due_at == moved_from.due_at
    if mode == ResumeMode.CONTINUE:
        stops = [each.at for each in never if each.kind in (Kind.PAUSED, Kind.RESUMED)]
        spans = [Span(begin, end) for begin, end in zip(stops[::2], stops[1::2], strict=False)]
        assert replay(never, term, load(), mode).due_at == due(never[0].at, term, load(), spans).due_at


@given(extended_lives(), in_working_time, MODES)
def test_an_extension_is_worth_its_days_wherever_it_stands_among_the_pauses(drawn, term, mode):
    """So taking it back gives back exactly as much working time. (Calendar days make up for days off by the way.)"""
    events, days, place = drawn
    never = replay([*events[:place], *events[place + 1 :]], term, load(), mode).due_at

    assert working_time(never, replay(events, term, load(), mode).due_at, load()) == timedelta(hours=8 * days)


BY_THE_CLOCK = st.sampled_from([Convention.SAME_TIME, Convention.HOUR_EXACT])


@given(
    lives(), st.builds(Processing, unit=st.just(Unit.WORKING_DAY), amount=st.integers(1, 15), convention=BY_THE_CLOCK)
)
def test_beginning_anew_never_gives_an_earlier_date_than_running_on(events, term):
    """For pauses within the term. Under the civil code a minute paused moves the close; a restart that day may not."""
    anew = replay(events[:3], term, load(), ResumeMode.RESTART)
    on = replay(events[:3], term, load(), ResumeMode.CONTINUE)

    if len(events) > 2 and events[1].at <= on.first_due_at:
        assert anew.due_at >= on.due_at


@given(instants, st.integers(1, 15), CONVENTIONS, st.integers(1, 10), st.integers(0, 4000), st.integers(0, 9000))
def test_pause_extend_and_resume_commute(start, amount, convention, days, gap, length):
    """Extended before the pause, in it, or after it: the same working time is left, and without it the first date."""
    term = Processing(unit=Unit.WORKING_DAY, amount=amount, convention=convention)
    first = due(start, term, load()).due_at
    begin = min(start + timedelta(minutes=gap), first - timedelta(minutes=3))
    end = begin + timedelta(minutes=length + 2)

    def clock(extension_at=None):
        events = [
            ClockEvent(kind=Kind.STARTED, at=start, seq=1),
            ClockEvent(kind=Kind.PAUSED, at=max(begin, start), seq=3),
            ClockEvent(kind=Kind.RESUMED, at=max(end, start), seq=5),
        ]
        if extension_at is not None:
            events.append(
                ClockEvent(kind=Kind.EXTENDED, at=extension_at[0], seq=extension_at[1], days=days, reason="x")
            )
        return replay(events, term, load())

    moments = [(max(begin, start), 2), (max(begin, start), 4), (max(end, start), 6)]
    never = clock()
    assume(moments[-1][0] < never.due_at)  # else the last of the three comes too late
    dates = [clock(moment).due_at for moment in moments]

    assert all(working_time(dates[0], other, load()) == timedelta(0) for other in dates)
    assert extended(never.deadline, days).due_at == dates[2]
    assert never.due_at == due(start, term, load(), [Span(max(begin, start), max(end, start))]).due_at
