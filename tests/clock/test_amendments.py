"""Amendments of the calendar: what they make of it for whom, what is refused, and the laws that still hold."""

import json
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.clock.amended import amended, changed_days, first_touched
from chalicelib.clock.amending import require_admissible
from chalicelib.clock.amendments import Amendment, Entered
from chalicelib.clock.calendars import load
from chalicelib.clock.deadlines import due, working_time
from chalicelib.clock.rules import ZONE, Convention, Processing, Unit
from chalicelib.refusals import Invalid
from chalicelib.web.faults import faults_of

TODAY = date(2026, 11, 22)  # Sunday
SOURCE = {"vi": "Công văn 123/UBND-NC", "en": "Dispatch 123/UBND-NC"}
NAME = {"vi": "nghỉ do bão", "en": "storm"}
OFFICE = [["07:00", "11:30"], ["13:30", "17:00"]]
SUMMER = {
    "from": "2027-04-15",
    "to": "2027-10-15",
    "week": {day: [["06:30", "11:00"], ["13:00", "16:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}
DESK = {"from": "2026-12-01", "week": {"sat": [["07:00", "11:30"]]}}


def an_amendment(**said):
    facts = {"announced_at": "2026-11-20", "source": SOURCE, **said}
    return Amendment.model_validate_json(json.dumps(facts))


def off(day, **more):
    worked = {"worked_instead": more.pop("worked")} if "worked" in more else {}
    return an_amendment(day_off={"date": day, "name": NAME, **worked}, **more)


def worked(day, **more):
    return an_amendment(working_day={"date": day, "name": NAME}, **more)


def entered(*amendments):
    at = datetime(2026, 11, 22, 9, tzinfo=ZONE)
    return tuple(Entered(**dict(each), number=n, entered_by="an", at=at) for n, each in enumerate(amendments, 1))


def under(*amendments, agency="H32.10"):
    return amended(load(), entered(*amendments), agency)


def admitted(new, *earlier):
    require_admissible(new, load(), entered(*earlier), TODAY)
    return under(*earlier, new)


def clock(day, at):
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(at), ZONE)


# ——— what they make of it ———


def test_without_amendments_it_is_the_packaged_edition_by_name_too():
    assert amended(load(), (), "H32").edition == load().edition
    assert under(off("2026-12-31")).edition == f"{load().edition}+1"


def test_a_day_off_and_the_saturday_worked_for_it_name_each_other_and_their_source():
    calendar = admitted(off("2026-12-31", worked="2026-12-26"))  # Thursday and Saturday

    assert not calendar.is_working(date(2026, 12, 31))
    assert calendar.hours_on(date(2026, 12, 26)) == load().hours[0]
    assert calendar.days_off[date(2026, 12, 31)].vi == "nghỉ do bão, làm bù ngày 26/12/2026 (Công văn 123/UBND-NC)"
    assert calendar.worked[date(2026, 12, 26)].en.endswith("day off on 2026-12-31 (Dispatch 123/UBND-NC)")
    assert changed_days(load(), calendar, date(2026, 12, 1), date(2027, 1, 31)) == [
        date(2026, 12, 26),
        date(2026, 12, 31),
    ]


@pytest.mark.parametrize(
    ("scope", "agency", "holds"),
    [
        (None, "H32", True), (None, "H32.10", True), ("H32", "H32.10", True), ("H32.10", "H32.10.01", True),
        ("H32.10", "H32", False), ("H32.10", "H32.11", False), ("H32.10", "H32.101", False),
    ],
)  # fmt: skip
def test_it_holds_for_an_agency_and_those_under_it(scope, agency, holds):
    stormy = under(off("2026-12-01", agency=scope), agency=agency)

    assert stormy.is_working(date(2026, 12, 1)) is not holds


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_said_of_fewer_agencies_comes_over_what_is_said_of_more_in_whatever_order(turned):
    both = [off("2026-12-01"), worked("2026-12-01", agency="H32.10")]
    both = both[::-1] if turned else both

    assert under(*both, agency="H32.10").is_working(date(2026, 12, 1))
    assert not under(*both, agency="H32.11").is_working(date(2026, 12, 1))


def test_a_replaced_amendment_counts_no_longer():
    moved = [off("2026-12-01"), off("2026-12-02", replaces=1)]
    back = [*moved, an_amendment(replaces=2)]

    assert changed_days(load(), under(*moved), TODAY, date(2026, 12, 31)) == [date(2026, 12, 2)]
    assert changed_days(load(), under(*back), TODAY, date(2026, 12, 31)) == []
    assert under(*back).edition.endswith("+3")


def test_hours_of_a_season_hold_from_its_first_to_its_last_day():
    calendar = admitted(an_amendment(hours=SUMMER))

    assert calendar.hours_on(date(2027, 4, 14)) == load().hours[2]
    assert calendar.hours_on(date(2027, 4, 15))[0] == (time(6, 30), time(11))
    assert calendar.hours_on(date(2027, 10, 15))[-1] == (time(13), time(16, 30))
    assert calendar.hours_on(date(2027, 10, 18)) == load().hours[0]
    assert calendar.hours_on(date(2027, 5, 1)) == ()  # a day off is one in every season


def test_a_saturday_desk_of_one_agency_is_no_other_agencys():
    desk = an_amendment(hours=DESK, agency="H32.10")

    assert under(desk).hours_on(date(2026, 12, 5)) == ((time(7), time(11, 30)),)
    assert not under(desk, agency="H32.11").is_working(date(2026, 12, 5))
    assert under(desk, an_amendment(hours=SUMMER)).hours_on(date(2027, 6, 5)) == ((time(7), time(11, 30)),)


def test_a_saturday_worked_in_exchange_has_the_hours_of_the_season_not_of_a_morning_desk():
    calendar = under(an_amendment(hours=SUMMER), an_amendment(hours=DESK), off("2027-06-07", worked="2027-06-12"))

    assert calendar.hours_on(date(2027, 6, 12)) == calendar.hours_on(date(2027, 6, 11))
    assert under(an_amendment(hours=SUMMER), worked("2027-09-02")).hours_on(date(2027, 9, 2))[0][0] == time(6, 30)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (clock("2027-04-14", "15:30"), 2, clock("2027-04-15", "07:00")),  # 1½ until 17:00, the rest from 06:30
        (clock("2027-10-15", "16:00"), 1, clock("2027-10-18", "07:30")),  # Friday in summer, Monday in winter
        (clock("2027-04-14", "17:00"), 8, clock("2027-04-15", "16:30")),
    ],
)
def test_a_term_runs_over_the_turn_of_the_season(start, hours, end):
    term = Processing(unit=Unit.WORKING_HOUR, amount=hours)

    assert due(start, term, under(an_amendment(hours=SUMMER))).due_at == end


def test_a_saturday_morning_counts_as_it_is_worked():
    calendar = under(an_amendment(hours=DESK))
    exact = Processing(unit=Unit.WORKING_DAY, amount=2, convention=Convention.HOUR_EXACT)
    civil = Processing(unit=Unit.WORKING_DAY, amount=2, convention=Convention.CIVIL_CODE)

    assert due(clock("2026-12-04", "08:00"), exact, calendar).due_at == clock("2026-12-07", "11:30")  # 7 + 4½ + 4½
    assert due(clock("2026-12-03", "08:00"), civil, calendar).due_at == clock("2026-12-05", "11:30")


def test_an_announced_year_is_provisional_no_longer():
    term, start = Processing(unit=Unit.WORKING_DAY, amount=5), clock("2027-03-01", "08:00")

    assert due(start, term, load()).provisional
    assert not due(start, term, admitted(an_amendment(known_until="2027-12-31"))).provisional


@pytest.mark.parametrize(
    ("since", "first"), [(0, date(2026, 12, 1)), (1, date(2026, 12, 1)), (2, date(2026, 12, 5)), (3, date.max)]
)
def test_the_first_day_of_which_something_new_is_said(since, first):
    told = entered(
        off("2026-12-01"),
        off("2026-12-10", worked="2026-12-12", replaces=1),
        an_amendment(hours=DESK | {"from": "2026-12-05"}),
    )

    assert first_touched(told, since) == first


# ——— what is refused ———


def table(**week):
    return an_amendment(hours=SUMMER | {"week": week})


STORM, DESKS, SEASON = off("2026-12-01"), an_amendment(hours=DESK, agency="H32.10"), an_amendment(hours=SUMMER)


@pytest.mark.parametrize(
    ("new", "earlier", "pointer", "code"),
    [
        (off("2017-12-29"), [], "/day_off/date", "calendar_year_unknown"),
        (off("2031-01-02"), [], "/day_off/date", "calendar_year_unknown"),
        (off("2030-12-30", worked="2031-01-04"), [], "/day_off/worked_instead", "calendar_year_unknown"),
        (worked("0001-01-01"), [], "/working_day/date", "calendar_year_unknown"),
        (an_amendment(known_until="2031-12-31"), [], "/known_until", "calendar_year_unknown"),
        (an_amendment(hours=SUMMER | {"to": "9999-12-31"}), [], "/hours/to", "calendar_year_unknown"),
        (off("2026-12-01", announced_at="2026-11-23"), [], "/announced_at", "announced_in_the_future"),
        (off("2026-11-19"), [], "/announced_at", "announced_after_the_day"),
        (off("2026-11-25", worked="2026-11-14"), [], "/announced_at", "announced_after_the_day"),
        (an_amendment(hours=DESK | {"from": "2026-11-19"}), [], "/announced_at", "announced_after_the_day"),
        (off("2026-12-02", replaces=2), [STORM], "/replaces", "nothing_to_replace"),
        (off("2026-12-02", replaces=1), [STORM, an_amendment(replaces=1)], "/replaces", "nothing_to_replace"),
        (off("2026-12-02", replaces=1, agency="H32.10"), [STORM], "/replaces", "nothing_to_replace"),
        (off("2026-12-01"), [STORM], "/day_off/date", "day_amended_already"),
        (worked("2026-12-01"), [STORM], "/working_day/date", "day_amended_already"),
        (off("2026-12-02", worked="2026-12-01"), [STORM], "/day_off/worked_instead", "day_amended_already"),
        (off("2026-11-24"), [], "/day_off/date", "already_a_day_off"),
        (off("2026-12-01", agency="H32.10"), [STORM], "/day_off/date", "already_a_day_off"),
        (worked("2026-12-03"), [], "/working_day/date", "already_a_working_day"),
        (off("2026-12-03", worked="2026-12-04"), [], "/day_off/worked_instead", "already_a_working_day"),
        (off("2026-12-03", worked="2026-12-03"), [], "/day_off/worked_instead", "same_day_off_and_worked"),
        (off("2026-12-03", worked="2027-01-01"), [], "/day_off/worked_instead", "not_a_weekly_day_off"),
        (table(sat=[]), [], "/hours/week", "working_hours_invalid"),
        (table(sat=[["08:00", "08:00"]]), [], "/hours/week/sat", "working_hours_invalid"),
        (table(mon=OFFICE[::-1]), [], "/hours/week/mon", "working_hours_invalid"),
        (table(mon=[["07:00", "12:00"], ["11:00", "17:00"]]), [], "/hours/week/mon", "working_hours_invalid"),
        (an_amendment(hours=SUMMER | {"to": "2027-04-14"}), [], "/hours/to", "season_inverted"),
        (SEASON, [SEASON], "/hours", "hours_amended_already"),
        (an_amendment(hours=DESK | {"to": "2026-12-05"}, agency="H32.10"), [DESKS], "/hours", "hours_amended_already"),
        (an_amendment(known_until="2026-12-31"), [], "/known_until", "horizon_not_later"),
        (an_amendment(known_until="2027-12-31", agency="H32.10"), [], "/agency", "horizon_is_for_all"),
    ],
)  # fmt: skip
def test_what_contradicts_the_calendar_is_refused_with_the_field_named(new, earlier, pointer, code):
    with pytest.raises(Invalid) as refused:
        require_admissible(new, load(), entered(*earlier), TODAY)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == (pointer, code)
    assert "{" not in fault.vi + fault.en + refused.value.told("vi") + refused.value.told("en")


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({}, "", "one_change"),
        ({"known_until": "2027-12-31", "hours": DESK}, "", "one_change"),
        ({"known_until": "2027-12-31", "source": None}, "/source", "wrong_type"),
        ({"known_until": "2027-12-31", "source": SOURCE | {"vi": "  "}}, "/source/vi", "too_short"),
        ({"known_until": "2027-12-31", "agency": "Sở Tư pháp"}, "/agency", "wrong_form"),
        ({"day_off": {"date": "2026-02-30", "name": NAME}}, "/day_off/date", "wrong_type"),
        ({"day_off": {"date": "2026-12-01"}}, "/day_off/name", "required"),
        ({"hours": DESK | {"week": {}}}, "/hours/week", "too_few"),
        ({"hours": DESK | {"week": {"sat": [["07:00+07:00", "11:30"]]}}}, "/hours/week/sat/0/0", "wrong_form"),
        ({"hours": DESK | {"week": {"sat": [["07:00:30", "11:30"]]}}}, "/hours/week/sat/0/0", "wrong_form"),
        ({"hours": DESK | {"week": {"saturday": [["07:00", "11:30"]]}}}, "/hours/week/saturday/[key]", "unknown_value"),
    ],
)  # fmt: skip
def test_what_is_no_amendment_at_all_is_refused_with_the_field_named(said, pointer, code):
    with pytest.raises(ValidationError) as refused:
        an_amendment(**said)

    assert (pointer, code) in [(fault.pointer, fault.code) for fault in faults_of(refused.value)]


@pytest.mark.parametrize(
    ("new", "earlier"),
    [
        (off("2026-12-02", replaces=1), [STORM]),
        (off("2026-12-01", replaces=1), [STORM]),
        (an_amendment(replaces=1), [STORM]),
        (worked("2026-12-01", agency="H32.10"), [STORM]),
        (worked("2026-11-24"), []),
        (off("2026-12-05"), [DESKS]),
        (an_amendment(hours=DESK), [DESKS]),
        (an_amendment(hours=DESK | {"from": "2027-04-15"}), [SEASON]),
        (an_amendment(hours=SUMMER | {"from": "2028-04-15", "to": "2028-10-15"}), [SEASON]),
        (off("2026-11-20"), []),
    ],
)
def test_what_contradicts_nothing_is_admitted(new, earlier):
    assert admitted(new, *earlier).edition.endswith(f"+{len(earlier) + 1}")


# ——— the laws, under any amendments ———

starts = st.integers(0, 60 * 24 * 500).map(lambda n: datetime(2026, 12, 1, tzinfo=ZONE) + timedelta(minutes=n))
terms = st.builds(
    Processing, unit=st.sampled_from(Unit), amount=st.integers(1, 20), convention=st.sampled_from(Convention)
)
some_days = st.lists(st.integers(0, 500).map(lambda n: date(2026, 12, 1) + timedelta(days=n)), max_size=4, unique=True)
tables = st.sampled_from(
    [[], [an_amendment(hours=SUMMER)], [an_amendment(hours=DESK)], [DESKS, an_amendment(hours=SUMMER)]]
)


@given(starts, terms, tables, some_days, some_days)
def test_a_day_off_more_never_makes_a_date_earlier_whatever_the_hours(start, term, table, days, more):
    fewer = [*table, *(off(day.isoformat()) for day in days)]
    all_days = [*fewer, *(off(day.isoformat()) for day in more if day not in days)]

    assert due(start, term, under(*all_days)).due_at >= due(start, term, under(*fewer)).due_at


@given(starts, st.integers(0, 5000), terms, tables, some_days)
def test_later_receipt_never_gives_an_earlier_date_over_seasons(start, later, term, table, days):
    calendar = under(*table, *(off(day.isoformat()) for day in days))

    assert due(start, term, calendar).due_at <= due(start + timedelta(minutes=later), term, calendar).due_at


@given(starts, st.integers(1, 80), tables, some_days)
def test_the_minutes_between_start_and_end_are_the_term(start, halves, table, days):
    """Counted one by one, from the hours of each day."""
    calendar = under(*table, *(off(day.isoformat()) for day in days))
    deadline = due(start, Processing(unit=Unit.WORKING_HOUR, amount=halves / 2), calendar)

    counted, at = 0, start
    while at < deadline.due_at:
        counted += any(opening <= at.time() < closing for opening, closing in calendar.hours_on(at.date()))
        at += timedelta(minutes=1)
    assert counted == halves * 30
    assert working_time(start, deadline.due_at, calendar) == timedelta(minutes=counted)
    assert sum((line.worked for line in deadline.lines), timedelta()) == timedelta(minutes=counted)
