"""Dead letters: each is listed with what it was about, sent again to where it came from, and removed only then."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.documents.records import of_dossier
from chalicelib.dossiers import records
from chalicelib.history import followups
from chalicelib.settings import settings
from ops.care import dead_queues, letters
from ops.local import template
from tests.care.conftest import Healthy, removed

SOURCES = {
    "UploadsQueue": "motcua-uploads",
    **{f"{name.title()}Queue": f"motcua-{name}" for name in followups.FOLLOWERS},
}


class Letters:
    """The queues of a stack, as its template says they belong together."""

    def __init__(self) -> None:
        self.sqs, wanted = boto3.client("sqs"), template.read()["Resources"]
        queues = [name for name, facts in wanted.items() if facts.get("Type") == "AWS::SQS::Queue"]
        self.named = {name: f"physical-{name}" for name in wanted}
        for name in queues:
            self.named[name] = self.sqs.create_queue(QueueName=SOURCES.get(name, name))["QueueUrl"]
        self.routes = dead_queues.routes(self.named)

    def die(self, dead: str, body: Any) -> str:
        text = body if isinstance(body, str) else json.dumps(body)
        return str(self.sqs.send_message(QueueUrl=self.named[dead], MessageBody=text)["MessageId"])

    def waiting(self, name: str) -> list[Any]:
        asked = {"QueueUrl": self.named[name], "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}
        return [json.loads(each["Body"]) for each in self.sqs.receive_message(**asked).get("Messages", [])]

    def listed(self) -> list[letters.Letter]:
        return [letter for route in self.routes for letter in letters.lying(route)]

    def run(self, redrive: str = "") -> int:
        return letters.main("Khánh Hòa", self.routes, redrive)


@pytest.fixture
def post_office(table: None, monkeypatch: pytest.MonkeyPatch) -> Letters:
    lettered = Letters()
    named = {f"{name.upper()}_QUEUE": lettered.named[f"{name.title()}Queue"] for name in followups.FOLLOWERS}
    current = settings().model_copy(update=named)
    monkeypatch.setattr(followups, "settings", lambda: current)
    monkeypatch.setattr(letters, "LISTEN", 0)
    return lettered


def lost_stretch(**facts: Any) -> dict[str, Any]:
    """What Lambda tells of a batch of the stream that it gave up (AWS: on-failure destination for streams)."""
    around = {
        "approximateArrivalOfFirstRecord": (now() - timedelta(minutes=2)).isoformat(),
        "approximateArrivalOfLastRecord": now().isoformat(),
    }
    batch = {"shardId": "shardId-1", "startSequenceNumber": "1", "endSequenceNumber": "9", "batchSize": 3, **around}
    tried = {"requestId": "r", "functionArn": "a", "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 11}
    return {"requestContext": tried, "version": "1.0", "DDBStreamBatchInfo": batch | facts}


BOUNCE = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": '{"notificationType": "Bounce"}'}}]}


def test_every_queue_of_the_template_that_letters_die_in_is_read() -> None:
    wanted = template.read()["Resources"]
    dead = {name for name, facts in wanted.items() if facts.get("Type") == "AWS::SQS::Queue" and "DeadLetters" in name}
    assert {route.dead for route in dead_queues.routes({name: name for name in wanted})} == dead
    assert dead


def test_each_letter_is_listed_with_what_it_was_about(post_office: Letters, healthy: Healthy, capsys: Any) -> None:
    dossier_id = healthy["accepted"]
    paper = of_dossier(dossier_id)[0]
    arrival = {"Records": [{"s3": {"object": {"key": paper.key.replace("/", "%2F")}}}]}
    post_office.die("NoticesDeadLetters", {"dossier_id": dossier_id, "seq": 2})
    post_office.die("NoticesDeadLetters", BOUNCE)
    post_office.die("PostDeadLetters", {"dossier_id": dossier_id, "seq": 99})
    post_office.die("UploadsDeadLetters", arrival)
    post_office.die("MoneyDeadLetters", "no JSON")
    post_office.die("RelayDeadLetters", lost_stretch())

    assert post_office.run() == 0
    said = capsys.readouterr().out
    assert f"NoticesQueue → SendNotices, RecordBounce  dossier {dossier_id}, event 2 (submitted)  tried 8 times" in said
    assert "a report of mail that was not delivered  tried 3 times" in said
    assert f"dossier {dossier_id}, event 99, which its history does not have" in said
    assert f"UploadsQueue → CheckDocument  upload {dossier_id}/{paper.id}" in said
    assert "MoneyQueue → FollowMoney  unreadable" in said
    assert "RelayDeadLetters → Relay  3 events of " in said
    assert "tried 11 times" in said
    assert "6 dead letters." in said


def test_looking_takes_nothing_away(post_office: Letters) -> None:
    for number in range(25):
        post_office.die("PostDeadLetters", {"dossier_id": "a", "seq": number})
    assert len(post_office.listed()) == len(post_office.listed()) == 25


def test_one_is_sent_again_and_the_others_stay(post_office: Letters, capsys: Any) -> None:
    wanted = post_office.die("PostDeadLetters", {"dossier_id": "a", "seq": 1})
    post_office.die("PostDeadLetters", {"dossier_id": "b", "seq": 2})

    assert post_office.run(wanted) == 0
    assert post_office.waiting("PostQueue") == [{"dossier_id": "a", "seq": 1}]
    assert [each.said["dossier_id"] for each in post_office.listed()] == ["b"]
    assert post_office.run(wanted) == 1, "there is none of that id any more"


def test_all_are_sent_again_each_to_where_it_came_from(
    post_office: Letters, healthy: Healthy, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, Any]] = []
    monkeypatch.setattr(letters, "run_again", lambda function, event: ran.append((function, json.loads(event))))
    told = {"dossier_id": healthy["draft"], "seq": 1}
    for dead in ("NoticesDeadLetters", "PostDeadLetters", "MoneyDeadLetters"):
        post_office.die(dead, told)
    post_office.die("NoticesDeadLetters", BOUNCE)
    post_office.die("UploadsDeadLetters", {"Records": []})

    assert post_office.run("all") == 0
    assert post_office.listed() == []
    assert [post_office.waiting(name) for name in ("NoticesQueue", "PostQueue", "MoneyQueue")] == [[told]] * 3
    assert post_office.waiting("UploadsQueue") == [{"Records": []}]
    assert ran == [("physical-RecordBounce", BOUNCE)]


def test_one_that_cannot_be_sent_stays_and_keeps_no_other_waiting(
    post_office: Letters, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def refused(function: str, event: str) -> None:
        raise ConnectionError

    monkeypatch.setattr(letters, "run_again", refused)
    post_office.die("NoticesDeadLetters", BOUNCE)
    post_office.die("PostDeadLetters", {"dossier_id": "a", "seq": 1})

    assert post_office.run("all") == 1
    assert "NOT sent: ConnectionError" in capsys.readouterr().out
    assert [each.said for each in post_office.listed()] == [BOUNCE]
    assert post_office.waiting("PostQueue") == [{"dossier_id": "a", "seq": 1}]


def test_who_dies_after_sending_leaves_the_letter(post_office: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent twice does no harm; lost would."""
    post_office.die("PostDeadLetters", {"dossier_id": "a", "seq": 1})
    (letter,) = post_office.listed()
    (again,) = letters.lying(letter.route)
    real = letters.sqs()

    class Dying:
        exceptions = real.exceptions

        def send_message(self, **asked: Any) -> None:
            real.send_message(**asked)

        def delete_message(self, **_: Any) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(letters, "sqs", Dying)
    with pytest.raises(KeyboardInterrupt):
        letters.redriven(again)
    monkeypatch.setattr(letters, "sqs", lambda: real)
    assert post_office.waiting("PostQueue") == [{"dossier_id": "a", "seq": 1}]
    assert [each.id for each in post_office.listed()] == [letter.id]


def test_what_the_stream_gave_up_is_told_again_from_the_histories(post_office: Letters, healthy: Healthy) -> None:
    """The letter only points into a shard, which forgets after a day."""
    lost, half = healthy["accepted"], healthy["finished"]
    healthy["draft"]  # noqa: B018 - was followed up: nothing of it is told
    for name in followups.FOLLOWERS:
        removed(f"D#{lost}", f"F#{name}")
    removed(f"D#{half}", "F#post")
    post_office.die("RelayDeadLetters", lost_stretch())

    (letter,) = post_office.listed()
    assert letter.about.endswith("not followed up: 4")
    assert post_office.run("all") == 0
    assert post_office.listed() == []
    told = {"dossier_id": lost, "seq": records.load(lost).version}
    assert post_office.waiting("NoticesQueue") == post_office.waiting("MoneyQueue") == [told]
    also = {"dossier_id": half, "seq": records.load(half).version}
    assert sorted(each["dossier_id"] for each in post_office.waiting("PostQueue")) == sorted([lost, half])
    assert also in post_office.waiting("PostQueue")


def test_a_stretch_of_another_hour_concerns_nobody_of_this_one(post_office: Letters, healthy: Healthy) -> None:
    removed(f"D#{healthy['accepted']}", "F#post")
    then = {
        "approximateArrivalOfFirstRecord": (now() - timedelta(hours=9)).isoformat(),
        "approximateArrivalOfLastRecord": (now() - timedelta(hours=8)).isoformat(),
    }
    post_office.die("RelayDeadLetters", lost_stretch(**then))
    assert post_office.listed()[0].about.endswith("not followed up: 0")
