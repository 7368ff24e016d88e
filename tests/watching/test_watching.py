"""From a request to all that follows from it one name leads; each operation is measured; nobody is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

import app
from chalicelib.history import followups
from chalicelib.notices import actions as notices
from chalicelib.settings import settings
from chalicelib.table import Item
from chalicelib.watching import following, thread
from ops.local import cloud
from tests.bench.life import Life, publish
from tests.conftest import SECRETS, environment
from tests.dossiers.conftest import a_draft, an_applicant, file
from tests.faults.world import World, opened
from tests.people import Town
from tests.watching.conftest import Lines


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    import os

    with mock_aws(), environment():
        cloud.create_bare(os.environ, SECRETS)
        with opened(tmp_path) as world:
            publish()
            yield world


def of_kind(lines: list[dict[str, Any]], metric: str) -> list[dict[str, Any]]:
    return [line for line in lines if metric in line]


# ——— the thread ———


def test_what_follows_from_a_request_is_logged_under_its_name(
    world: World, said: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id = world.filed()
    (filed,) = [each for each in world.streamed(dossier_id) if each["dynamodb"]["NewImage"]["type"]["S"] == "submitted"]
    name = filed["dynamodb"]["NewImage"]["thread"]["S"]
    assert len(name) >= 8

    world.relay([filed])
    (message,) = [body for body in world._drained(settings().NOTICES_QUEUE) if body["dossier_id"] == dossier_id]
    assert message["thread"] == name

    heard: list[str] = []
    monkeypatch.setattr(notices, "follow", lambda *_: heard.append(thread()) or 1 / 0)
    record = {"messageId": "1", "body": json.dumps(message), "receiptHandle": "r", "eventSource": "aws:sqs"}
    app.send_notices({"Records": [record]}, None)
    (failed,) = [line for line in said() if line.get("message") == "follow-up failed"]
    assert (heard, failed["correlation_id"]) == ([name], name)


def test_each_request_has_a_name_of_its_own(world: World) -> None:
    names = {each["dynamodb"]["NewImage"]["thread"]["S"] for each in world.streamed(world.filed())}

    assert len(names) == 2, "the draft's request and the submission's"


def test_the_name_is_no_part_of_what_happened(town: Town) -> None:
    """An event is what it is, whichever request brought it about: the chain of its dossier holds."""
    from chalicelib.history import records as history
    from chalicelib.history.rules import broken_at

    events = history.events(file(town.citizen())["id"])
    assert broken_at(events) is None
    assert not any("thread" in event.model_dump() for event in events)


def test_a_message_without_a_name_is_followed_under_the_runs_own(table: None, said: Lines) -> None:
    class Context:
        aws_request_id = "run-1"

    record = {"messageId": "1", "body": json.dumps({"dossier_id": "x"}), "receiptHandle": "r", "eventSource": "aws:sqs"}
    app.send_notices({"Records": [record]}, Context())

    (failed,) = [line for line in said() if line.get("message") == "follow-up failed"]
    assert failed["correlation_id"] == "run-1"


def test_a_name_ends_with_what_it_names() -> None:
    with following("outer"):
        with following("inner"):
            assert thread() == "inner"
        assert thread() == "outer"
    assert thread() == ""


def test_word_of_an_event_says_nothing_of_a_thread_when_there_is_none(world: World) -> None:
    followups.tell("d1", 1, (followups.NOTICES,))

    assert world._drained(settings().NOTICES_QUEUE) == [{"dossier_id": "d1", "seq": 1}]


# ——— metrics ———


def test_each_operation_is_measured_under_its_route_alone(town: Town, said: Lines) -> None:
    dossier = file(town.citizen())["id"]
    town.citizen().get(f"/dossiers/{dossier}")
    measured = of_kind(said(), "Milliseconds")

    assert {line["operation"] for line in measured} == {
        "POST /dossiers",
        "POST /dossiers/{dossier_id}/submission",
        "GET /dossiers/{dossier_id}",
    }
    for line in measured:
        (how,) = line["_aws"]["CloudWatchMetrics"]
        assert (how["Namespace"], sorted(how["Dimensions"][0])) == ("motcua", ["operation", "province"])
        assert line["province"] == settings().PROVINCE
        assert line["Milliseconds"][0] > 0
    assert dossier not in json.dumps(measured)


def test_only_a_fault_of_ours_is_a_defect(town: Town, said: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    town.anyone.get("/dossiers/any")
    town.anyone.get("/procedures/none")
    assert of_kind(said(), "Defects") == []

    monkeypatch.setattr(Item, "get", lambda *_, **__: 1 / 0)
    assert town.citizen().get("/dossiers/abcdefghijklmnopqrstuvwxyz").status == 500
    assert [line["operation"] for line in of_kind(said(), "Defects")] == ["GET /dossiers/{dossier_id}"]


def test_what_was_done_is_answered_even_if_it_cannot_be_measured(
    town: Town, said: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.watching.measure", lambda *_, **__: 1 / 0)

    assert town.citizen().post("/dossiers", a_draft()).status == 201
    assert [line["kind"] for line in said() if line.get("message") == "not measured"] == ["ZeroDivisionError"]


# ——— nobody is named ———


def personal(world: World, life: Life) -> dict[str, str]:
    """Everything of a person, and everything secret, that went through the service."""
    applicant = an_applicant()
    address = applicant["address"]
    return {
        "name": applicant["full_name"],
        "identity number": applicant["identity_number"],
        "phone": applicant["phone"],
        "phone as it is kept": "905123456",
        "mail": applicant["email"],
        "street": address["line"],
        "purpose": "Bổ túc hồ sơ",
        "file name": "a.pdf",
        "token": str(life.binh.bearer)[-40:],
        "officer's token": str(life.an.bearer)[-40:],
        "subject": "binh",
        **{f"secret of {owner}, {name}": kept for owner, keys in SECRETS.items() for name, kept in keys.items()
           if name not in ("kid", "tmn_code", "customer_code", "key")},
        **{f"key of the carrier, {name}": kept for name, kept in world.carrier.keys.items()
           if name in ("secret", "webhook_secret")},
    }  # fmt: skip


def misfortunes(world: World, life: Life) -> None:
    """What is refused, forged or broken says no more."""
    applicant = an_applicant()
    town = world.town
    town.anyone.get(f"/procedures?q={applicant['phone']}")
    town.anyone.get(f"/dossiers/{life.id}")
    town.anyone.get(f"/{applicant['phone']}/nothing")
    town.anyone.post("/status-lookups", {"code": life.code, "proof": "0000"})
    town.citizen("mai").get(f"/dossiers/{life.id}")
    town.citizen().post("/dossiers", {"procedure": "1.900009", "applicant": {**applicant, "phone": "sai"}})
    town.anyone.get(life.said.address + "0")
    town.anyone.send("POST", "/webhooks/payments/momo", {}, json.dumps(applicant).encode())
    town.anyone.post(f"/webhooks/post/vnpost/{SECRETS['vnpost']['secret']}", applicant)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Item, "get", lambda *_, **__: fail(applicant))
        life.binh.get(f"/dossiers/{life.id}")
        life.binh.post("/dossiers", {"procedure": "1.900009", "applicant": applicant})
        world.deliver("send_notices", life.id, 2)


def fail(applicant: object) -> None:
    raise ValueError(f"a defect that holds {applicant}")


def test_a_whole_life_and_its_misfortunes_are_logged_without_a_person_or_a_secret(world: World, said: Lines) -> None:
    life = Life(world)
    for step in life.steps():
        step.run()
    misfortunes(world, life)
    lines = [json.dumps(line, ensure_ascii=False) for line in said()]

    assert len(lines) > 30
    assert any("payment notification" in line for line in lines)
    assert any('"defect"' in line for line in lines)
    hidden = personal(world, life)
    assert len(hidden) > 14
    assert {what: line for what, kept in hidden.items() for line in lines if kept in line} == {}
