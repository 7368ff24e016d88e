"""Work finished and button clicked are two instants: the first counts, both stay visible, and only proof parts them."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from openpyxl import load_workbook

from chalicelib.clock.rules import ZONE
from chalicelib.documents import records as documents
from chalicelib.documents.rules import State
from chalicelib.dossiers import clock_actions, records
from chalicelib.history.records import events
from chalicelib.settings import settings
from chalicelib.web import serving
from tests.dossiers.test_clock_of_a_dossier import MONDAY, Time, accepted, types
from tests.papers.examples import read
from tests.people import Reply, Town
from tests.towns import a_clean_file

HERE = "H32.10"
DUE = datetime(2026, 6, 8, 9, 0, tzinfo=ZONE)  # Monday a week later
EARLIER, CLICKED = DUE - timedelta(minutes=30), DUE + timedelta(days=1)
WAIT = {"cause": "other_agency", "reason": "Chờ ý kiến"}
OUTAGE, NO_PROOF = {"outage": "1"}, {"outage": "9"}


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(MONDAY)
    monkeypatch.setattr(serving, "now", time)
    return time


def outage(town: Town, begin: datetime, to: datetime, **more: Any) -> str:
    said = {"from": begin.isoformat(), "to": to.isoformat(), "reason": "Mất kết nối", **more}
    made = town.officer("admin", "H32").post("/outages", said)
    assert made.status == 201, made
    return str(made.body["id"])


def finish(town: Town, dossier_id: str, at: datetime | str, evidence: Any, role: str = "approver") -> Reply:
    said = at if isinstance(at, str) else at.isoformat()
    body = {"outcome": "granted", "documents": [], "finished": {"at": said, "evidence": evidence}}
    return town.officer(role, HERE).decide(dossier_id, "result", body)


def down(town: Town, time: Time) -> str:
    """An accepted dossier, and an outage over the hour before its due date; then a day passes."""
    dossier_id = accepted(town)
    time.at = CLICKED
    outage(town, DUE - timedelta(hours=1), DUE + timedelta(hours=2))
    return dossier_id


def fault(reply: Reply) -> tuple[int, str, str]:
    return reply.status, reply.body["errors"][0]["pointer"], reply.body["errors"][0]["code"]


def text_of(town: Town, address: str) -> bytes:
    url = town.officer("supervisor", HERE).get(address).body["url"]
    key = url.partition("?")[0].partition(f"{settings().BUCKET}")[2].partition("/")[2]
    return bytes(boto3.client("s3").get_object(Bucket=settings().BUCKET, Key=key)["Body"].read())


def test_finished_in_an_outage_it_was_in_time_and_both_instants_stay_visible(town: Town, time: Time) -> None:
    dossier_id = down(town, time)
    assert clock_actions.flag_deadlines(time.at) == 1
    assert town.citizen().get(f"/dossiers/{dossier_id}").body["overdue"] is True

    finished = finish(town, dossier_id, EARLIER.astimezone(), OUTAGE)

    assert finished.status == 200, finished
    shown = {
        "finished_at": "2026-06-08T08:30:00+07:00",
        "finish_recorded_at": "2026-06-09T09:00:00+07:00",
        "finish_evidence": "outage",
        "overdue": False,
    }
    assert shown.items() <= finished.body.items()
    assert finished.body["result"]["finished"]["evidence"] == {"outage": "1", "document": None}
    assert types(dossier_id)[-2:] == ["overdue", "decided"], "what was true as known stays in the history"
    told = events(dossier_id)[-1]
    assert told.at == CLICKED
    assert told.data == {
        "outcome": "granted", "documents": [], "reason": "", "late": False, "evidence": {"outage": "1"},
        "finished_at": shown["finished_at"], "recorded_at": shown["finish_recorded_at"],
    }  # fmt: skip
    explained = town.citizen().get(f"/dossiers/{dossier_id}/deadline").body
    assert {**shown, "due_at": DUE.isoformat()}.items() <= explained.items()
    proof = {"code": finished.body["code"], "proof": "3456"}
    assert shown.items() <= town.anyone.post("/status-lookups", proof).body.items()
    assert town.anyone.post("/deadline-lookups", proof).body == explained


def test_without_a_declaration_both_instants_are_the_click(town: Town, time: Time) -> None:
    dossier_id = down(town, time)
    result = {"outcome": "granted", "documents": []}
    finished = town.officer("approver", HERE).decide(dossier_id, "result", result).body

    assert finished["finished_at"] == finished["finish_recorded_at"] == CLICKED.isoformat()
    assert (finished["finish_evidence"], finished["overdue"]) == (None, True)
    assert "evidence" not in events(dossier_id)[-1].data
    assert events(dossier_id)[-1].data["late"] is True


def test_a_declared_finish_after_the_date_is_late_all_the_same(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    time.at = DUE + timedelta(days=9)
    outage(town, DUE + timedelta(days=1), DUE + timedelta(days=3))

    finished = finish(town, dossier_id, DUE + timedelta(days=2), OUTAGE)
    assert (finished.status, finished.body["overdue"]) == (200, True)
    assert events(dossier_id)[-1].data["late"] is True


@pytest.mark.parametrize(
    ("at", "evidence", "pointer", "code"),
    [
        (CLICKED + timedelta(seconds=1), OUTAGE, "/finished/at", "finish_in_the_future"),
        ("9999-12-31T23:59:59-23:59", OUTAGE, "/finished/at", "finish_in_the_future"),
        (MONDAY - timedelta(seconds=1), OUTAGE, "/finished/at", "finish_before_acceptance"),
        ("0001-01-01T00:00:00+23:59", OUTAGE, "/finished/at", "finish_before_acceptance"),
        (DUE - timedelta(hours=1, seconds=1), OUTAGE, "/finished/at", "finish_outside_outage"),
        (DUE + timedelta(hours=2, seconds=1), OUTAGE, "/finished/at", "finish_outside_outage"),
        (EARLIER, NO_PROOF, "/finished/evidence/outage", "outage_not_there"),
        (EARLIER, {"outage": "2"}, "/finished/evidence/outage", "outage_not_there"),  # of another agency
        (EARLIER, {"outage": "01"}, "/finished/evidence/outage", "wrong_form"),
        (EARLIER, {"document": "none-such"}, "/finished/evidence/document", "evidence_not_clean"),
        (EARLIER, {}, "/finished/evidence", "outage_or_document"),
        (EARLIER, {"outage": "1", "document": "x"}, "/finished/evidence", "outage_or_document"),
        (EARLIER, None, "/finished/evidence", "wrong_type"),
        ("2026-06-08T08:30:00", OUTAGE, "/finished/at", "wrong_type"),  # without an offset
        ("hôm qua", OUTAGE, "/finished/at", "wrong_type"),
    ],
)
@pytest.mark.parametrize("role", ["approver", "specialist"])
def test_what_cannot_have_been_or_is_not_proved_is_refused_with_the_field_named(
    town: Town, time: Time, role: str, at: Any, evidence: Any, pointer: str, code: str
) -> None:
    dossier_id = down(town, time)
    outage(town, DUE - timedelta(hours=1), DUE, agency="H32.11")
    before = records.load(dossier_id)

    refused = finish(town, dossier_id, at, evidence, role)
    assert fault(refused)[:2] == (422, pointer), refused
    assert fault(refused)[2] == code or code in ("wrong_form", "wrong_type")
    assert records.load(dossier_id) == before


@pytest.mark.parametrize("instant", [DUE - timedelta(hours=1), EARLIER, DUE + timedelta(hours=2)])
@pytest.mark.parametrize("agency", [None, "H32", "H32.10"])
def test_an_outage_proves_any_instant_of_it_to_the_agencies_it_was_declared_for(
    town: Town, time: Time, instant: datetime, agency: str | None
) -> None:
    dossier_id = accepted(town)
    time.at = CLICKED
    outage(town, DUE - timedelta(hours=1), DUE + timedelta(hours=2), agency=agency)

    assert finish(town, dossier_id, instant, OUTAGE).status == 200


def test_nobody_finishes_before_the_clock_last_changed(town: Town, time: Time) -> None:
    dossier_id, minh, boss = accepted(town), town.officer("specialist", HERE), town.officer("approver", HERE)
    changes: list[tuple[Any, str, dict[str, Any]]] = [
        (minh, "suspension", WAIT), (minh, "resumption", {}), (boss, "extension", {"reason": "Phức tạp", "days": 3}),
    ]  # fmt: skip
    for who, what, said in changes:
        time.passes(hours=2)
        assert who.decide(dossier_id, what, said).status == 200
        if what != "suspension":
            assert finish(town, dossier_id, time.at - timedelta(seconds=1), OUTAGE).body["errors"][0]["code"] == (
                "finish_before_clock_event"
            )
    changed = time.at
    time.passes(hours=1)
    outage(town, MONDAY, time.at)
    refused = finish(town, dossier_id, changed - timedelta(seconds=1), OUTAGE)
    assert fault(refused) == (422, "/finished/at", "finish_before_clock_event")
    assert "15:00:00 01/06/2026" in refused.body["errors"][0]["detail"]

    assert finish(town, dossier_id, changed, OUTAGE).status == 200
    assert town.citizen().get(f"/dossiers/{dossier_id}/deadline").status == 200


def test_while_the_clock_stands_nothing_is_finished(town: Town, time: Time) -> None:
    dossier_id = down(town, time)
    town.officer("specialist", HERE).decide(dossier_id, "suspension", WAIT)

    refused = finish(town, dossier_id, EARLIER, OUTAGE)
    assert (refused.status, refused.body["code"]) == (409, "not_in_this_status")


def test_a_signed_paper_proves_it_once_it_is_clean_and_an_officers(
    town: Town, time: Time, uploaded: Callable[..., Any]
) -> None:
    dossier_id, other = accepted(town), accepted(town)
    minh = town.officer("specialist", HERE)
    unchecked = uploaded(minh, dossier_id, "result", checked=False)
    elsewhere = uploaded(minh, other, "result").id
    citizens = a_clean_file(dossier_id, "giay-to")
    time.at = CLICKED

    for refused in (unchecked.id, elsewhere, citizens):
        reply = finish(town, dossier_id, EARLIER, {"document": refused})
        assert fault(reply) == (422, "/finished/evidence/document", "evidence_not_clean")

    unchecked.arrive()
    assert documents.find(dossier_id, unchecked.id).state is State.CLEAN
    finished = finish(town, dossier_id, EARLIER, {"document": unchecked.id})
    assert (finished.status, finished.body["finish_evidence"], finished.body["overdue"]) == (200, "document", False)
    assert events(dossier_id)[-1].data["evidence"] == {"document": unchecked.id}
    kept = minh.ask("DELETE", f"/dossiers/{dossier_id}/documents/{unchecked.id}")
    assert kept.status == 409, "what was decided on stays"


def test_the_same_paper_may_be_the_result_and_its_proof(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    paper = a_clean_file(dossier_id, "result", "officer")
    time.at = CLICKED
    body = {"outcome": "granted", "documents": [paper]}
    body |= {"finished": {"at": EARLIER.isoformat(), "evidence": {"document": paper}}}

    assert town.officer("approver", HERE).decide(dossier_id, "result", body).status == 200


@pytest.mark.parametrize("restated", [True, False])
def test_a_proposal_keeps_what_was_declared_and_the_approver_decides(town: Town, time: Time, restated: bool) -> None:
    dossier_id = down(town, time)
    proposed = finish(town, dossier_id, EARLIER, OUTAGE, "specialist")
    assert proposed.body["proposal"]["finished"]["at"] == EARLIER.isoformat(), proposed
    assert (proposed.body["status"], proposed.body["finished_at"]) == ("processing", None)
    assert proposed.body["overdue"] is True
    assert events(dossier_id)[-1].data["finished"]["evidence"] == OUTAGE
    assert town.citizen().get(f"/dossiers/{dossier_id}").body["proposal"] is None

    body = {"outcome": "granted", "documents": []} | ({"finished": proposed_finish(proposed)} if restated else {})
    decided = town.officer("approver", HERE).decide(dossier_id, "result", body).body
    assert decided["finished_at"] == (EARLIER if restated else CLICKED).isoformat()
    assert decided["overdue"] is not restated


def proposed_finish(proposed: Reply) -> dict[str, Any]:
    """As it was proposed, in the form in which it is declared."""
    said = proposed.body["proposal"]["finished"]
    return {"at": said["at"], "evidence": {name: told for name, told in said["evidence"].items() if told}}


def test_stopped_and_withdrawn_are_finished_as_they_are_entered(town: Town, time: Time) -> None:
    stopped, withdrawn = accepted(town), accepted(town)
    time.passes(hours=1)
    town.officer("approver", HERE).decide(stopped, "stop", {"reason": "Thử"})
    town.citizen().post(f"/dossiers/{withdrawn}/withdrawal", {"reason": "Thử"})

    for dossier_id in (stopped, withdrawn):
        head = records.load(dossier_id)
        assert head.finished_at == head.finish_recorded_at == time.at


def test_register_and_control_slip_show_both_instants(town: Town, time: Time) -> None:
    dossier_id = down(town, time)
    assert finish(town, dossier_id, EARLIER, OUTAGE).status == 200
    both = "xong lúc 08:30 ngày 08/06/2026 (hệ thống bị gián đoạn), ghi nhận lúc 09:00 ngày 09/06/2026"

    period = "/desk/register?from=2026-06-01&to=2026-06-01"
    assert both.replace(" ", "") in read(text_of(town, period)).replace(" ", "")
    rows = load_workbook(io.BytesIO(text_of(town, f"{period}&format=xlsx"))).active
    assert any(f"08/06/2026 ({both})" == cell.value for row in rows.iter_rows() for cell in row)
    papers = town.officer("clerk", HERE).get(f"/dossiers/{dossier_id}/papers").body["items"]
    slip = next(each["paper_id"] for each in papers if each["kind"] == "control_slip")
    text = read(text_of(town, f"/dossiers/{dossier_id}/papers/{slip}"))
    assert both.replace(" ", "") in text.replace(" ", "")
    assert "Đúng hạn" in text
