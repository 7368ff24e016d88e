"""Papers over HTTP: who gets which, that a paper is made once, and what anyone may learn from its code."""

import io
from datetime import datetime

import boto3
import pytest
from pypdf import PdfReader

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import records
from chalicelib.settings import settings
from chalicelib.web import serving
from tests.dossiers.conftest import WITH_PAPER, a_draft, file
from tests.papers.conftest import bytes_of, papers_of
from tests.papers.examples import read
from tests.people import Person, Town, token
from tests.towns import a_clean_file

HERE = "H32.10"
SUPPLEMENT = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích sử dụng"}]}
EXTENSION = {"reason": "Chờ xác minh của cơ quan khác", "days": 3}


def accepted(town: Town, **changes: object) -> str:
    dossier_id = file(town.citizen(), **changes)["id"]
    assert town.officer("clerk", HERE, "an").decide(dossier_id, "acceptance").status == 200
    return dossier_id


def fetched(person: Person, dossier_id: str, kind: str) -> tuple[dict, str]:
    """The link of the last paper of this kind, and its text."""
    link = person.get(f"/dossiers/{dossier_id}/papers/{papers_of(person, dossier_id)[kind]['paper_id']}")
    assert link.status == 200, link
    return link.body, read(bytes_of(link.body["url"]))


def verified(town: Town, token: str) -> dict:
    answer = town.anyone.get(f"/verifications/{token}")
    assert answer.status == 200, answer
    return answer.body


def test_acceptance_entitles_to_a_receipt_that_names_the_date(town: Town) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code))
    a_clean_file(draft.body["id"], "giay-to")
    filed = binh.post(f"/dossiers/{draft.body['id']}/submission").body
    assert papers_of(binh, filed["id"]) == {}

    done = town.officer("clerk", HERE, "an").decide(filed["id"], "acceptance").body
    paper = papers_of(binh, filed["id"])["receipt"]
    link, text = fetched(binh, filed["id"], "receipt")
    due = datetime.fromisoformat(done["due_at"])

    assert (paper["form"], paper["form_set"], paper["status"]) == ("01", "Thông tư 03/2025/TT-VPCP", "valid")
    assert paper["number"] == f"{filed['code']}/TN-3"
    assert "SỞ TƯ PHÁP" in text
    assert "UBND TỈNH KHÁNH HÒA" in text
    for said in (filed["code"], "Trần Thị Bình", "056190001234", "0905123456", "5 ngày làm việc", "Giấy tờ tuỳ thân"):
        assert said in text
    assert f"{due:%H} giờ {due:%M} phút, ngày {due:%d/%m/%Y}" in text
    assert link["verification"] == f"/verifications/{link['token']}"
    assert records.load(filed["id"]).form_set == "TT-03-2025"


def test_anyone_may_ask_whether_a_paper_stands_and_learns_no_more_than_its_code_says(town: Town) -> None:
    dossier_id = accepted(town)
    link, _ = fetched(town.citizen(), dossier_id, "receipt")
    found = verified(town, link["token"])

    assert (found["genuine"], found["valid"], found["status"]) == (True, True, "valid")
    assert found["states"]["applicant"] == "******00****"
    assert found["states"]["document"] == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    for personal in ("Bình", "0905123456", "056190001234", "1234", "binh@example.vn", "Lê Lợi", dossier_id):
        assert personal not in str(found)


FORGED = ("guessed", "a.b", "eyJraWQiOiJ0ZXN0cyJ9.AAAA", "A" * 1400)


def test_a_forged_code_is_not_genuine(town: Town) -> None:
    for guess in FORGED:
        assert verified(town, guess) == {
            "genuine": False, "valid": False, "status": "not_genuine",
            "states": None, "revoked": None, "superseded_by": None,
        }  # fmt: skip


def test_a_name_as_long_as_a_token_is_a_name_nowhere_else(town: Town) -> None:
    assert town.anyone.get("/verifications/" + "A" * 1501).status == 404
    assert town.anyone.get("/verifications/a%20b").status == 404
    assert town.anyone.get("/procedures/" + "A" * 129).body["code"] == "not_found"
    assert "{1,1500}" in str(town.anyone.get("/openapi.json").body["paths"]["/verifications/{token}"])


def test_a_paper_is_made_once_and_then_only_handed_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.papers import actions

    binh, dossier_id = town.citizen(), accepted(town)
    first, _ = fetched(binh, dossier_id, "receipt")
    kept = bytes_of(first["url"])

    boto3.client("s3").delete_object(
        Bucket=settings().BUCKET, Key=f"papers/{dossier_id}/{papers_of(binh, dossier_id)['receipt']['paper_id']}.pdf"
    )
    again, _ = fetched(binh, dossier_id, "receipt")
    assert bytes_of(again["url"]) == kept
    assert again["token"] == first["token"]

    monkeypatch.setattr(actions, "made", None)
    assert bytes_of(fetched(binh, dossier_id, "receipt")[0]["url"]) == kept


def test_two_who_make_the_same_paper_at_once_keep_one(town: Town) -> None:
    from chalicelib.papers import files

    files.keep("papers/x/y.pdf", b"first", "application/pdf")
    files.keep("papers/x/y.pdf", b"second", "application/pdf")

    assert boto3.client("s3").get_object(Bucket=settings().BUCKET, Key="papers/x/y.pdf")["Body"].read() == b"first"


def test_an_extension_is_told_with_an_apology_that_takes_the_receipts_place(town: Town) -> None:
    dossier_id = accepted(town)
    receipt, _ = fetched(town.citizen(), dossier_id, "receipt")
    before = town.citizen().get(f"/dossiers/{dossier_id}").body["due_at"]
    later = town.officer("approver", HERE).decide(dossier_id, "extension", EXTENSION).body["due_at"]
    apology, text = fetched(town.citizen(), dossier_id, "apology")

    for date in (before, later):
        assert f"{datetime.fromisoformat(date):%d/%m/%Y}" in text
    assert "Chờ xác minh của cơ quan khác" in text
    assert "VĂN BẢN XIN LỖI" in text
    stale = verified(town, receipt["token"])
    assert (stale["genuine"], stale["valid"], stale["status"]) == (True, False, "superseded")
    assert stale["superseded_by"]["due_at"] == later
    assert stale["superseded_by"]["document"].startswith("Văn bản xin lỗi")
    assert verified(town, apology["token"])["valid"]
    assert papers_of(town.citizen(), dossier_id)["receipt"]["status"] == "superseded"


def test_a_date_moved_by_a_pause_is_promised_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "now", lambda: datetime(2026, 6, 1, 9, 0, tzinfo=ZONE))
    dossier_id = accepted(town)
    first, _ = fetched(town.citizen(), dossier_id, "receipt")
    assert town.officer("specialist", HERE).decide(dossier_id, "supplement-requests", SUPPLEMENT).status == 200
    _, asked = fetched(town.citizen(), dossier_id, "supplement_request")
    assert "Ghi rõ mục đích sử dụng" in asked
    assert "Mục “Mục đích” của tờ khai điện tử" in asked  # as the form calls it, not by its key
    assert verified(town, first["token"])["valid"]  # the clock stands: there is no other date yet

    monkeypatch.setattr(serving, "now", lambda: datetime(2026, 6, 3, 9, 0, tzinfo=ZONE))
    assert town.citizen().post(f"/dossiers/{dossier_id}/supplements").status == 200
    second, text = fetched(town.citizen(), dossier_id, "receipt")
    assert "ngày 10/06/2026" in text
    assert "Thay cho lần hẹn trước: 09 giờ 00 phút, ngày 08/06/2026" in text
    assert not verified(town, first["token"])["valid"]
    assert verified(town, second["token"])["valid"]


def test_a_refusal_and_a_stop_have_their_papers(town: Town) -> None:
    refused = file(town.citizen())["id"]
    body = {"reason": "Sai thẩm quyền", "legal_basis": "Khoản 1 Điều 5"}
    assert town.officer("clerk", HERE).decide(refused, "refusal", body).status == 200
    stopped = accepted(town)
    reason = {"reason": "Không đủ điều kiện"}
    assert town.officer("approver", HERE).decide(stopped, "stop", reason).status == 200

    assert "Khoản 1 Điều 5" in fetched(town.citizen(), refused, "refusal")[1]
    text = fetched(town.citizen(), stopped, "stop_notice")[1]
    assert "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ" in text
    assert "Không đủ điều kiện" in text


def test_the_control_slip_is_for_officers_of_the_agency(town: Town) -> None:
    dossier_id = accepted(town)
    an = town.officer("clerk", HERE, "an")
    assert "control_slip" not in papers_of(town.citizen(), dossier_id)
    slip = papers_of(an, dossier_id)["control_slip"]["paper_id"]

    _, text = fetched(an, dossier_id, "control_slip")
    assert "PHIẾU KIỂM SOÁT" in text
    assert "Tiếp nhận hồ sơ" in text
    assert town.citizen().get(f"/dossiers/{dossier_id}/papers/{slip}").body["code"] == "unknown_paper"
    assert town.citizen("hoa").get(f"/dossiers/{dossier_id}/papers").body["code"] == "not_found"
    assert town.officer("clerk", "H32.11").get(f"/dossiers/{dossier_id}/papers/{slip}").status == 403
    assert town.anyone.get(f"/dossiers/{dossier_id}/papers").status == 401


def test_papers_print_the_officers_name_where_their_token_carries_it_and_else_their_account(town: Town) -> None:
    lan = Person(town.send, token("lan", roles=["clerk"], agency=HERE, name="  Lê Thị   Lan "))
    chi = Person(town.send, token("chi", roles=["approver"], agency=HERE, name="Võ Thị Chi"))
    named, unnamed = file(town.citizen())["id"], accepted(town)
    assert lan.decide(named, "acceptance").status == 200
    assert chi.decide(named, "extension", EXTENSION).status == 200

    receipt = fetched(town.citizen(), named, "receipt")[1]
    assert "Lê Thị Lan" in receipt
    assert "Tài khoản" not in receipt
    assert "Tài khoản: an" in fetched(town.citizen(), unnamed, "receipt")[1]
    apology = fetched(town.citizen(), named, "apology")[1]
    assert apology.endswith("(Ký, đóng dấu và ghi rõ họ tên) Võ Thị Chi")
    assert chi.decide(named, "result", {"outcome": "granted", "documents": []}).status == 200
    assert "Võ Thị Chi" in fetched(lan, named, "control_slip")[1]
    said = [event["data"].get("by_name") for event in lan.get(f"/dossiers/{named}/history").body["items"]]
    assert said == [None, None, "Lê Thị Lan", "Võ Thị Chi", "Võ Thị Chi"]


NONE = ("x", "{id}-2-receipt", "{id}-3-apology", "{id}-3-register", "{id}-03-receipt", "{id}-3-stop_notice")


def test_a_paper_the_history_does_not_tell_of_is_none(town: Town) -> None:
    dossier_id = accepted(town)
    for name in NONE:
        asked = town.citizen().get(f"/dossiers/{dossier_id}/papers/{name.format(id=dossier_id)}")
        assert (asked.status, asked.body["code"]) == (404, "unknown_paper")


def test_another_dossiers_paper_is_not_reached_through_ones_own(town: Town) -> None:
    mine, other = accepted(town), accepted(town)

    assert town.citizen().get(f"/dossiers/{mine}/papers/{other}-3-receipt").status == 404


def test_a_revoked_paper_says_so_and_why_once_and_for_good(town: Town) -> None:
    dossier_id = accepted(town)
    link, _ = fetched(town.citizen(), dossier_id, "receipt")
    clerk, paper = town.officer("clerk", HERE), papers_of(town.citizen(), dossier_id)["receipt"]["paper_id"]
    body = {"reason": "In nhầm địa chỉ"}
    done = clerk.post(f"/papers/{paper}/revocation", body, key="once")
    assert done.status == 200, done

    found = verified(town, link["token"])
    assert (found["genuine"], found["valid"], found["status"]) == (True, False, "revoked")
    assert found["revoked"]["reason"] == "In nhầm địa chỉ"
    shown = papers_of(town.citizen(), dossier_id)["receipt"]
    assert (shown["status"], shown["revoked"]) == ("revoked", "In nhầm địa chỉ")
    past = town.citizen().get(f"/dossiers/{dossier_id}/history").body
    assert past["intact"]
    assert (past["items"][-1]["type"], past["items"][-1]["data"]["paper"]) == ("paper_revoked", paper)

    replayed = clerk.post(f"/papers/{paper}/revocation", body, key="once")
    assert (replayed.status, replayed.headers["idempotency-replayed"]) == (200, "true")
    again = clerk.post(f"/papers/{paper}/revocation", {"reason": "Lý do khác"})
    assert (again.status, again.body["code"]) == (409, "paper_already_revoked")


def test_only_a_clerk_or_an_approver_of_the_agency_revokes_and_only_what_there_is(town: Town) -> None:
    dossier_id = accepted(town)
    reason = {"reason": "In nhầm"}
    path = f"/papers/{dossier_id}-3-receipt/revocation"

    assert town.officer("specialist", HERE).post(path, reason).status == 403
    assert town.officer("clerk", "H32.11").post(path, reason).status == 403
    assert town.citizen().post(path, reason).status == 403
    assert town.officer("clerk", HERE).post(f"/papers/{dossier_id}-9-receipt/revocation", reason).status == 404
    assert town.officer("clerk", HERE).post("/papers/nonsense/revocation", reason).status == 404
    assert town.officer("clerk", HERE).post(path, reason, seen='"1"').status == 412
    assert town.officer("approver", HERE).post(path, reason).status == 200


def test_the_public_keys_verify_a_paper_without_asking(town: Town, tmp_path, capsys) -> None:
    import json

    from ops.verify import main

    link, _ = fetched(town.citizen(), accepted(town), "receipt")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(town.anyone.get("/verification-keys").body))

    assert main(["--keys", str(keys), f"https://motcua.example{link['verification']}"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["genuine"] is True
    assert "/verifications/" in said.err  # that it was revoked cannot be seen from here
    token = link["token"]
    forged = token[:-20] + ("A" if token[-20] != "A" else "B") + token[-19:]  # the last one holds bits of no byte
    assert main(["--keys", str(keys), forged]) == 1
    assert main(["--keys", str(tmp_path / "none.json"), link["token"]]) == 2
    assert main(["--data", str(tmp_path / "none"), link["token"]]) == 2


def test_a_dossier_keeps_the_set_of_forms_it_was_accepted_under(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "now", lambda: datetime(2026, 6, 1, 9, 0, tzinfo=ZONE))
    dossier_id = accepted(town)
    now, past = records.load_with_past(dossier_id)
    old = now.model_copy(update={"form_set": "TT-01-2018"})
    monkeypatch.setattr(records, "load_with_past", lambda _: (old, past))

    listed = papers_of(town.officer("clerk", HERE), dossier_id)
    assert listed["receipt"]["form_set"] == "Thông tư 01/2018/TT-VPCP"
    assert listed["control_slip"]["form"] == "05"


def test_a_page_of_the_paper_carries_the_address_of_its_verification(town: Town, monkeypatch) -> None:
    from chalicelib.papers import drawing

    said = []
    draw = drawing.drawn
    monkeypatch.setattr(drawing, "drawn", lambda sheet, at, qr=None: (said.append(qr), draw(sheet, at, qr))[1])
    dossier_id = accepted(town)
    link, _ = fetched(town.citizen(), dossier_id, "receipt")

    assert said == [f"{settings().PUBLIC_URL}/kiem-tra/{link['token']}"]
    assert len(PdfReader(io.BytesIO(bytes_of(link["url"]))).pages) == 1
