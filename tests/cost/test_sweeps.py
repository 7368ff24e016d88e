"""What the clock costs by itself: as much as there is to do, however many dossiers are open."""

from datetime import timedelta

import pytest

import app
from chalicelib.clock.now import now
from chalicelib.dossiers import clock_actions, recalendar_actions
from chalicelib.dossiers import records as dossiers
from chalicelib.history.records import SHARDS
from chalicelib.table import Item
from tests.asked_of_aws import Asked
from tests.dossiers.conftest import a_draft, file
from tests.people import Town

READ, QUERY, TRANSACTION = "dynamodb.GetItem", "dynamodb.Query", "dynamodb.TransactWriteItems"
FACTS = ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources")
TICK = dict.fromkeys(FACTS, "-")


def accepted(town: Town) -> str:
    dossier_id: str = file(town.citizen())["id"]
    assert town.officer("clerk", "H32.10").decide(dossier_id, "acceptance").status == 200
    return dossier_id


def many_open(town: Town, number: int = 100) -> None:
    """Accepted, and far from due."""
    filed = dossiers.load(accepted(town))
    later = now() + timedelta(days=60)
    with Item.batch_write() as batch:
        for each in range(number):
            other = filed.model_copy(update={"id": f"open{each}", "due_at": later, "first_due_at": later})
            batch.save(dossiers.head_of(other))


def test_the_overdue_sweep_costs_the_same_however_many_are_open(town: Town, asked: Asked) -> None:
    asked.clear()
    assert clock_actions.flag_deadlines(now()) == 0
    assert asked == [QUERY] * SHARDS

    many_open(town)
    asked.clear()
    assert clock_actions.flag_deadlines(now()) == 0
    assert asked == [QUERY] * SHARDS


def test_the_overdue_sweep_writes_once_for_each_that_is_newly_overdue(town: Town, asked: Asked) -> None:
    many_open(town, 10)
    late = dossiers.load(accepted(town))
    assert late.due_at is not None
    moment = late.due_at + timedelta(seconds=58)
    clock_actions.flag_deadlines(moment - timedelta(seconds=59))  # warned before, and the calendar is fresh
    asked.clear()

    first = clock_actions.flag_deadlines(moment)
    assert first >= 1
    assert sorted(asked) == sorted([QUERY] * SHARDS + [READ, TRANSACTION] * first)
    asked.clear()
    assert clock_actions.flag_deadlines(moment) == 0
    assert asked == [QUERY] * SHARDS


@pytest.mark.parametrize("schedule", ["expire_drafts", "poll_payments", "retry_dispatch", "recheck_documents"])
def test_a_schedule_with_nothing_to_do_costs_a_query_a_shard(town: Town, asked: Asked, schedule: str) -> None:
    many_open(town, 30)
    town.citizen().post("/dossiers", a_draft())
    asked.clear()
    due = {
        "version": "0",
        "account": "-",
        "region": "-",
        "detail": {},
        "detail-type": "-",
        "source": "-",
        "time": "-",
        "id": "-",
    }
    getattr(app, schedule)({**due, "resources": []}, None)

    assert asked == [QUERY] * SHARDS


def test_a_calendar_that_was_not_amended_costs_two_requests_a_minute(town: Town, asked: Asked) -> None:
    later = now() + timedelta(minutes=11)
    while not recalendar_actions.recalendar(later).done:
        later += timedelta(minutes=11)
    asked.clear()

    assert recalendar_actions.recalendar(later).done
    assert sorted(asked) == [READ, QUERY]
