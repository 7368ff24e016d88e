"""The life of a dossier as its people live it, over HTTP."""

from typing import Any

import pytest
from pynamodb.exceptions import GetError, VerboseClientError

from chalicelib.dossiers import records
from tests.dossiers.conftest import FREE, PAID, POSTED, a_draft, file
from tests.people import Town


def test_a_dossier_from_draft_to_result(town: Town) -> None:
    binh, an = town.citizen(), town.officer("clerk", "H32.10", "an")
    draft = binh.post("/dossiers", a_draft())
    assert (draft.status, draft.body["status"], draft.body["code"]) == (201, "draft", None)
    dossier_id = draft.body["id"]

    saved = binh.patch(f"/dossiers/{dossier_id}", {"form": {"copies": 3}}, seen=draft.etag)
    assert saved.status == 200, saved
    assert saved.body["form"] == {"purpose": "Bổ túc hồ sơ", "copies": 3}

    filed = binh.post(f"/dossiers/{dossier_id}/submission")
    assert (filed.status, filed.body["status"]) == (200, "submitted"), filed
    assert filed.body["code"].startswith("H32.10-")
    assert filed.body["acceptance_due_at"]
    assert len(filed.body["submission_receipt"]) == 64

    assert [card["id"] for card in an.get("/desk/dossiers?queue=to_accept").body["items"]] == [dossier_id]
    accepted = an.decide(dossier_id, "acceptance")
    assert (accepted.status, accepted.body["status"]) == (200, "accepted"), accepted
    assert accepted.body["due_at"] == accepted.body["first_due_at"]

    minh = town.officer("specialist", "H32.10", "minh")
    claimed = minh.decide(dossier_id, "assignment", {"officer": "minh"})
    assert (claimed.status, claimed.body["status"]) == (200, "processing"), claimed
    proposed = minh.decide(dossier_id, "result", {"outcome": "granted", "documents": []})
    assert proposed.body["proposal"]["outcome"] == "granted", proposed

    decided = town.officer("approver", "H32.10").decide(dossier_id, "result", {"outcome": "granted", "documents": []})
    assert (decided.status, decided.body["status"]) == (200, "finished"), decided

    returned = an.decide(dossier_id, "return", {"channel": "online"})
    assert (returned.status, returned.body["status"]) == (200, "returned"), returned
    rated = binh.post(f"/dossiers/{dossier_id}/rating", {"attitude": 5, "timeliness": 4})
    assert rated.status == 200, rated

    past = binh.get(f"/dossiers/{dossier_id}/history").body
    assert past["intact"]
    assert [event["type"] for event in past["items"]] == [
        "created", "edited", "submitted", "accepted", "assigned", "proposed", "decided", "returned", "rated",
    ]  # fmt: skip


def test_the_status_is_found_with_code_and_proof_and_with_nothing_less(town: Town) -> None:
    code = file(town.citizen())["code"]

    found = town.anyone.post("/status-lookups", {"code": code, "proof": "3456"})
    assert (found.status, found.body["status"], found.body["turn"]["who"]) == (200, "submitted", "agency"), found
    assert [step["name"] for step in found.body["steps"]] == ["Nộp hồ sơ"]
    assert town.anyone.post("/status-lookups", {"code": code, "proof": "1234"}).status == 200  # the identity number's

    wrong = town.anyone.post("/status-lookups", {"code": code, "proof": "0000"})
    unknown = town.anyone.post("/status-lookups", {"code": "H32.10-260101-9999", "proof": "3456"})
    assert (wrong.status, wrong.body) == (404, unknown.body)


def test_after_five_wrong_proofs_nobody_is_answered_for_a_while(town: Town) -> None:
    code = file(town.citizen())["code"]
    for asked in (code, "H32.10-260101-9999"):
        for _ in range(5):
            assert town.anyone.post("/status-lookups", {"code": asked, "proof": "0000"}).status == 404
        late = town.anyone.post("/status-lookups", {"code": asked, "proof": "3456"})
        assert (late.status, int(late.headers["retry-after"]) > 0) == (429, True)


def test_a_level_4_dossier_with_a_fee_waits_for_its_payment(town: Town) -> None:
    filed = file(town.citizen(), PAID.code)
    assert (filed["payment"], filed["acceptance_due_at"]) == ({"status": "due", "amount": 20_000}, None)
    assert filed["turn"]["who"] == "citizen"

    refused = town.officer("clerk", "H32.10").decide(filed["id"], "acceptance")
    assert (refused.status, refused.body["code"]) == (409, "fee_not_paid")


def test_a_supplement_stops_the_clock_and_its_answer_sets_it_going(town: Town) -> None:
    binh, an = town.citizen(), town.officer("clerk", "H32.10")
    filed = file(binh)
    request = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích sử dụng"}]}
    asked = an.decide(filed["id"], "supplement-requests", request)
    assert (asked.status, asked.body["status"], asked.body["turn"]["who"]) == (200, "supplement_requested", "citizen")
    assert asked.body["missing"] == [{"component": "purpose", "reason": "Ghi rõ mục đích sử dụng"}]

    other = binh.patch(f"/dossiers/{filed['id']}", {"form": {"copies": 4}}, seen=asked.etag)
    assert (other.status, other.body["errors"][0]["pointer"]) == (422, "/form/copies")
    edited = binh.patch(f"/dossiers/{filed['id']}", {"form": {"purpose": "Xin việc làm"}}, seen=asked.etag)
    assert edited.status == 200, edited
    answered = binh.post(f"/dossiers/{filed['id']}/supplements")
    assert (answered.status, answered.body["status"], answered.body["missing"]) == (200, "submitted", [])
    assert answered.body["acceptance_due_at"] >= filed["acceptance_due_at"]


def test_a_result_by_post_is_on_its_way_until_it_is_delivered(town: Town) -> None:
    binh, an = town.citizen(), town.officer("clerk", "H32.10")
    filed = file(binh, FREE.code, delivery=POSTED)
    an.decide(filed["id"], "acceptance")
    town.officer("approver", "H32.10").decide(filed["id"], "result", {"outcome": "granted", "documents": []})
    sent = an.decide(filed["id"], "return", {"channel": "post"})
    assert (sent.status, sent.body["status"], sent.body["turn"]["who"]) == (200, "finished", "post"), sent
    assert sent.body["shipping"]["status"] == "to_dispatch"


def test_a_table_that_is_too_busy_is_told_as_busy_not_as_a_fault(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    throttled: Any = {"Error": {"Code": "ThrottlingException", "Message": "told by the test"}}

    def busy(dossier_id: str) -> None:
        raise GetError("busy", VerboseClientError(throttled, "GetItem", {}))

    monkeypatch.setattr(records, "load", busy)
    answer = town.citizen().get("/dossiers/a")
    assert (answer.status, answer.body["code"]) == (503, "unavailable")


def test_a_rating_given_on_a_version_not_seen_is_stale(town: Town) -> None:
    binh, an = town.citizen(), town.officer("clerk", "H32.10")
    filed = file(binh)
    refused = an.decide(filed["id"], "refusal", {"reason": "Sai thẩm quyền", "legal_basis": "NĐ 118/2025"})
    assert refused.status == 200, refused
    rating = {"attitude": 4, "timeliness": 4}
    assert binh.post(f"/dossiers/{filed['id']}/rating", rating, seen='"1"').status == 412
    assert binh.post(f"/dossiers/{filed['id']}/rating", rating, seen=refused.etag).status == 200
