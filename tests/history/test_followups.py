"""Follow-ups: told of every event, however far behind; what a lost message left undone is found at night."""

import json
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.history import followups
from chalicelib.history.followups import FOLLOWERS, MONEY, NOTICES, POST, followed, move_on
from chalicelib.settings import settings
from tests.dossiers.conftest import file, publish
from tests.people import Town


@pytest.fixture
def queues(town: Town, monkeypatch: pytest.MonkeyPatch) -> Any:
    publish()
    sqs = boto3.client("sqs")
    urls = {name: sqs.get_queue_url(QueueName=f"motcua-{name}")["QueueUrl"] for name in FOLLOWERS}
    named = {"NOTICES_QUEUE": urls[NOTICES], "POST_QUEUE": urls[POST], "MONEY_QUEUE": urls[MONEY]}
    current = settings().model_copy(update=named)
    monkeypatch.setattr(followups, "settings", lambda: current)

    def waiting(name: str) -> list[tuple[str, int]]:
        found = []
        while messages := sqs.receive_message(QueueUrl=urls[name], MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                told = json.loads(message["Body"])
                found.append((told["dossier_id"], told["seq"]))
                sqs.delete_message(QueueUrl=urls[name], ReceiptHandle=message["ReceiptHandle"])
        return found

    return waiting


def record(item: dict[str, Any], event: str = "INSERT") -> dict[str, Any]:
    return {"eventName": event, "dynamodb": {"SequenceNumber": item["sk"]["S"], "NewImage": item}}


def relayed(*records: dict[str, Any]) -> Any:
    import app

    return app.relay({"Records": list(records)}, None)


def items(dossier_id: str) -> list[dict[str, Any]]:
    found = boto3.client("dynamodb").query(
        TableName=settings().TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"D#{dossier_id}"}},
    )
    return list(found["Items"])


def test_every_event_is_told_to_every_follow_up_and_nothing_else_is(town: Town, queues: Any) -> None:
    dossier_id = file(town.citizen())["id"]
    answer = relayed(*(record(item) for item in items(dossier_id)))
    assert answer == {"batchItemFailures": []}
    for name in FOLLOWERS:
        assert queues(name) == [(dossier_id, 1), (dossier_id, 2)]


def test_only_new_events_are_told_not_changes_or_ends_of_items(town: Town, queues: Any) -> None:
    event = next(item for item in items(file(town.citizen())["id"]) if item["kind"]["S"] == "event")
    relayed(record(event, "MODIFY"), {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}})
    assert queues(NOTICES) == []


def test_a_stream_stops_at_the_first_event_that_could_not_be_told(
    town: Town, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [item for item in items(file(town.citizen())["id"]) if item["kind"]["S"] == "event"]
    tell = followups.tell
    monkeypatch.setattr(followups, "tell", lambda dossier_id, seq: tell(dossier_id, seq) if seq < 2 else 1 / 0)
    answer = relayed(*(record(item) for item in events))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "E#000002"}]}
    assert [seq for _, seq in queues(POST)] == [1]


def test_the_night_finds_what_was_left_undone_and_only_that(town: Town, queues: Any) -> None:
    done, half, never = (file(town.citizen())["id"] for _ in range(3))
    for name in FOLLOWERS:
        move_on(done, name, 2)
    move_on(half, NOTICES, 2)
    move_on(half, POST, 1)
    move_on(half, MONEY, 2)

    assert followups.sweep(now()) == 4
    assert queues(NOTICES) == queues(MONEY) == [(never, 2)]
    assert sorted(queues(POST)) == sorted([(half, 2), (never, 2)])


@pytest.mark.parametrize(("nights", "found"), [(1, 3), (2, 3), (3, 0)])
def test_a_sweep_that_failed_is_made_up_for_by_the_next_ones(town: Town, queues: Any, nights: int, found: int) -> None:
    file(town.citizen())
    assert followups.sweep(now() + timedelta(days=nights)) == found


def test_a_cursor_only_moves_forward(town: Town) -> None:
    for seq in (3, 2, 5, 4):
        move_on("a-dossier", NOTICES, seq)
    assert (followed("a-dossier", NOTICES), followed("a-dossier", POST)) == (5, 0)


def test_a_message_that_fails_comes_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import app
    from chalicelib.notices import actions

    def follow(dossier_id: str, seq: int, at: datetime) -> None:
        if dossier_id == "bad":
            raise ZeroDivisionError

    monkeypatch.setattr(actions, "follow", follow)
    messages = [
        {"messageId": name, "eventSource": "aws:sqs", "body": json.dumps({"dossier_id": name, "seq": 1})}
        for name in ("good", "bad", "better")
    ]
    assert app.send_notices({"Records": messages}, None) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
