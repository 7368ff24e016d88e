"""What is flagged of a due date: each flag at most once for it, in order, wherever the date moves meanwhile."""

import json
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock.calendars import load
from chalicelib.clock.deadlines import opening_of_day
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.attention import FLAGS, flag, pressing
from chalicelib.dossiers.life import NEXT, RUNNING, Stage
from chalicelib.dossiers.queues import due_attention
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType as E
from tests.dossiers.test_life import a_dossier

DUES = [datetime(2026, 6, day, hour, 0, tzinfo=ZONE) for day in (8, 9, 15) for hour in (8, 17)]
HOURS = st.integers(0, 12 * 24).map(lambda hours: datetime(2026, 6, 3, 7, 30, tzinfo=ZONE) + timedelta(hours=hours))
CALENDAR = load()


def older(facts: dict[str, Any]) -> Dossier:
    return Dossier.model_validate_json(json.dumps(facts))


def running(due: datetime | None) -> Dossier:
    return a_dossier(Stage.PROCESSING, due_at=due, accepted_at=datetime(2026, 6, 1, 9, 0, tzinfo=ZONE))


def wanted(dossier: Dossier) -> list[tuple[E, datetime]]:
    return [(each.event, each.at) for each in due_attention(dossier, CALENDAR)]


def test_a_running_clock_is_looked_at_three_times() -> None:
    due = datetime(2026, 6, 8, 9, 0, tzinfo=ZONE)  # Monday
    assert wanted(running(due)) == [
        (E.DUE_SOON, datetime(2026, 6, 3, 9, 0, tzinfo=ZONE)),
        (E.DUE_TODAY, datetime(2026, 6, 8, 7, 0, tzinfo=ZONE)),
        (E.OVERDUE, due),
    ]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in RUNNING])
def test_no_other_stage_is_flagged_for_its_due_date(stage: Stage) -> None:
    dossier = a_dossier(stage, due_at=DUES[0], acceptance_due_at=DUES[0])
    assert not {each.event for each in due_attention(dossier, CALENDAR)} & set(FLAGS)


def test_without_a_date_nothing_is_flagged() -> None:
    assert wanted(running(None)) == []


@pytest.mark.parametrize(("raised", "left"), [(E.DUE_SOON, 2), (E.DUE_TODAY, 1), (E.OVERDUE, 0)])
def test_a_flag_says_what_those_before_it_would_have_said(raised: E, left: int) -> None:
    flagged = flag(running(DUES[0]), raised, DUES[0]).after
    assert [event for event, _ in wanted(flagged)] == list(FLAGS)[3 - left :]


@pytest.mark.parametrize(
    ("due", "opens"),
    [
        (datetime(2026, 6, 8, 9, 0, tzinfo=ZONE), "2026-06-08T07:00:00+07:00"),
        (datetime(2026, 6, 8, 7, 0, tzinfo=ZONE), "2026-06-08T07:00:00+07:00"),
        (datetime(2026, 6, 8, 6, 0, tzinfo=ZONE), "2026-06-08T06:00:00+07:00"),  # hours were changed since
        (datetime(2026, 6, 7, 9, 0, tzinfo=ZONE), "2026-06-07T09:00:00+07:00"),  # the day was made one off
    ],
)
def test_the_day_of_a_date_opens_at_the_latest_when_it_is_due(due: datetime, opens: str) -> None:
    assert opening_of_day(due, CALENDAR).isoformat() == opens


@given(st.lists(st.one_of(st.sampled_from(DUES), HOURS.map(lambda at: at.isoformat())), max_size=40))
def test_whatever_moves_the_date_each_flag_is_raised_at_most_once_for_it_and_never_out_of_order(
    happened: list[datetime | str],
) -> None:
    """A datetime is the date moved, be it back to where it was; a text the hour at which the schedule ran."""
    dossier, raised = running(DUES[0]), list[tuple[datetime, E]]()
    for each in happened:
        if isinstance(each, datetime):
            dossier = dossier.model_copy(update={"due_at": each})
        elif found := pressing(due_attention(dossier, CALENDAR), datetime.fromisoformat(each)):
            assert found.at <= datetime.fromisoformat(each)
            raised.append((dossier.due_at, found.event))
            dossier = Dossier.model_validate_json(flag(dossier, found.event, found.at).after.model_dump_json())
    for due in DUES:
        flags = [FLAGS.index(event) for at, event in raised if at == due]
        assert all(one < other for one, other in pairwise(flags)), raised


def test_what_was_flagged_before_flags_were_kept_by_date_is_not_flagged_again() -> None:
    due = DUES[0]
    facts = running(due).model_dump(mode="json", exclude={"flagged"})
    warned = older(facts | {"warned_for": due.isoformat(), "flagged_for": None})
    overdue = older(facts | {"warned_for": due.isoformat(), "flagged_for": due.isoformat()})
    assert [event for event, _ in wanted(warned)] == [E.DUE_TODAY, E.OVERDUE]
    assert wanted(overdue) == []


@given(st.lists(st.one_of(st.sampled_from(DUES), HOURS.map(lambda at: at.isoformat())), max_size=40))
def test_wherever_the_date_to_accept_by_moves_it_is_flagged_at_most_once(happened: list[datetime | str]) -> None:
    dossier, raised = a_dossier(Stage.SUBMITTED, acceptance_due_at=DUES[0]), list[datetime]()
    for each in happened:
        if isinstance(each, datetime):
            dossier = dossier.model_copy(update={"acceptance_due_at": each})
        elif found := pressing(due_attention(dossier, CALENDAR), datetime.fromisoformat(each)):
            raised.append(found.at)
            dossier = Dossier.model_validate_json(flag(dossier, found.event, found.at).after.model_dump_json())
    assert len(raised) == len(set(raised))


def test_a_date_to_accept_by_that_moved_away_and_back_is_not_flagged_again() -> None:
    first, other = DUES[:2]
    late = flag(a_dossier(Stage.SUBMITTED, acceptance_due_at=first), E.ACCEPTANCE_OVERDUE, first).after
    moved = late.model_copy(update={"acceptance_due_at": other})
    assert wanted(moved) == [(E.ACCEPTANCE_OVERDUE, other)]
    again = flag(moved, E.ACCEPTANCE_OVERDUE, other).after.model_copy(update={"acceptance_due_at": first})
    assert wanted(again) == []
    older = a_dossier(Stage.SUBMITTED, acceptance_due_at=first, acceptance_flagged_for=first)
    assert wanted(older) == []


def test_a_calendar_closed_by_an_amendment_still_lets_flags_come_in_order() -> None:
    due = datetime(2026, 6, 9, 9, 0, tzinfo=ZONE)
    closed = CALENDAR.with_days_off({date(2026, 6, 9): CALENDAR.day_off(date(2026, 9, 2))}, "closed")
    moments = [each.at for each in due_attention(running(due), closed)]
    assert moments == sorted(moments)
    assert all((stage, event) in NEXT for stage in RUNNING for event in FLAGS)
