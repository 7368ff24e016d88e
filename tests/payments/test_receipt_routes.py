"""Receipts and proofs as people reach them: listed, fetched as PDF, verified by who holds one; and by nobody else."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.clock.now import now
from chalicelib.payments import records
from chalicelib.payments.receipts import actions as receipt_actions
from tests.dossiers.conftest import AT_DESK, PAID, file, publish
from tests.papers.conftest import bytes_of
from tests.papers.examples import read
from tests.payments.conftest import FAILED, notification
from tests.people import Town

WAY_BACK = "https://dvc.example.vn/tro-ve"


@pytest.fixture
def town(town: Town) -> Town:
    publish()
    return town


def attempted(town: Town, dossier_id: str, **said: str) -> str:
    """The address of an attempt to pay, of which the provider has said this, and its receipts were seen to."""
    wanted = {"provider": "vnpay", "return_url": WAY_BACK}
    payment_id = town.citizen().post(f"/dossiers/{dossier_id}/payments", wanted).body["payment_id"]
    pairs = notification(records.ledger(dossier_id).payments[payment_id], **said).query
    assert town.anyone.get(f"/webhooks/payments/vnpay?{urlencode(pairs)}").body["RspCode"] == "00"
    receipt_actions.follow(dossier_id, now())
    return f"/dossiers/{dossier_id}/payments/{payment_id}"


def verified(town: Town, link: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = town.anyone.get(link["verification"]).body
    return answer


def test_a_citizen_finds_the_receipt_reads_it_and_anyone_verifies_it(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    paid = attempted(town, dossier["id"])

    (receipt,) = binh.get(f"{paid}/receipts").body["items"]
    year = datetime.fromisoformat(receipt["issued_at"]).year % 100
    assert (receipt["symbol"], receipt["number"]) == (f"LP/{year}H32.10", "0000001")
    assert (receipt["kind"], receipt["amount"], receipt["status"]) == ("le_phi", 20_000, "valid")
    assert receipt["in_words"] == "Hai mươi nghìn đồng chẵn"
    assert [line["amount"] for line in receipt["lines"]] == [20_000]
    assert receipt["pdf"] == f"{paid}/receipts/le_phi"

    link, again = binh.get(receipt["pdf"]).body, binh.get(receipt["pdf"]).body
    assert link["token"] == again["token"]
    text = read(bytes_of(link["url"]))
    assert "BIÊN LAI THU LỆ PHÍ" in text
    assert f"Số: {receipt['number']}" in text
    assert "Hai mươi nghìn đồng chẵn" in text
    told = verified(town, link)
    assert (told["genuine"], told["status"], told["superseded_by"]) == (True, "valid", None)
    assert told["states"]["document"].endswith("số 0000001: 20.000 đồng")
    assert told["states"]["dossier_code"] == dossier["code"]


def test_at_the_desk_it_bears_the_clerks_number(town: Town) -> None:
    an, dossier = town.officer("clerk", "H32.10"), file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})
    taken = an.post(f"/dossiers/{dossier['id']}/counter-payments", {"amount": 8_000, "receipt_number": "BL-77"}).body
    receipt_actions.follow(dossier["id"], now())

    items = an.get(f"/dossiers/{dossier['id']}/payments/{taken['payment_id']}/receipts").body["items"]
    assert {(each["symbol"], each["number"]) for each in items} == {(None, "BL-77")}
    text = read(bytes_of(an.get(items[0]["pdf"]).body["url"]))
    assert "Bản thể hiện điện tử của biên lai số BL-77" in text


def test_what_failed_has_no_receipt_but_a_proof(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    failed = attempted(town, dossier["id"], **FAILED)

    assert binh.get(f"{failed}/receipts").body == {"items": []}
    assert binh.get(f"{failed}/receipts/le_phi").body["code"] == "receipt_not_found"
    link = binh.get(f"{failed}/failure-proof").body
    text = read(bytes_of(link["url"]))
    assert "KHÔNG THÀNH CÔNG" in text
    assert "chưa có khoản tiền nào được ghi nhận" in text
    assert (verified(town, link)["status"], binh.get(f"{failed}/failure-proof").body["token"]) == (
        "valid",
        link["token"],
    )


def test_what_was_paid_has_no_proof_of_failure(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    refused = binh.get(f"{attempted(town, dossier['id'])}/failure-proof")

    assert (refused.status, refused.body["code"]) == (409, "payment_has_not_failed")


@pytest.mark.parametrize("what", ["receipts", "receipts/le_phi", "receipts/bill", "failure-proof"])
def test_nobody_reaches_another_citizens_or_agencys_papers_nor_those_of_another_dossier(town: Town, what: str) -> None:
    dossier, other = (file(town.citizen(), PAID.code) for _ in range(2))
    paid = attempted(town, dossier["id"])
    elsewhere = paid.replace(dossier["id"], other["id"], 1)

    for person, status in (
        (town.anyone, 401),
        (town.citizen("somebody-else"), 404),
        (town.officer("clerk", "H32.11"), 403),
        (town.officer("admin", "H32.10"), 403),
    ):
        assert person.get(f"{paid}/{what}").status == status
    for person in (town.citizen(), town.officer("clerk", "H32.10")):
        assert person.get(f"{elsewhere}/{what}").status == 404
        assert person.get(f"/dossiers/{dossier['id']}/payments/nothing/{what}").status == 404
