from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.payments import records
from tests.dossiers.conftest import AT_DESK, FREE, PAID, file, publish
from tests.payments.conftest import FAILED, notification
from tests.people import Person, Reply, Town

WAY_BACK = "https://dvc.example.vn/tro-ve"


@pytest.fixture
def town(town: Town) -> Town:
    publish()
    return town


def pay(person: Person, dossier_id: str, **options: Any) -> Reply:
    wanted = {"provider": "vnpay", "return_url": WAY_BACK} | options.pop("wanted", {})
    return person.post(f"/dossiers/{dossier_id}/payments", wanted, **options)


def notify(town: Town, pairs: list[tuple[str, str]]) -> Reply:
    return town.anyone.get(f"/webhooks/payments/vnpay?{urlencode(pairs)}")


def said_of(dossier_id: str, payment_id: str, **changes: str) -> list[tuple[str, str]]:
    return list(notification(records.ledger(dossier_id).payments[payment_id], **changes).query)


def test_a_fee_is_paid_online_and_the_dossier_is_accepted(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    begun = pay(binh, dossier["id"])
    assert begun.status == 201, begun
    assert set(begun.body) == {"payment_id", "amount", "pay_url", "qr", "expires_at"}
    assert (begun.body["amount"], begun.body["qr"]) == (20_000, None)
    assert begun.body["expires_at"].endswith("+07:00")
    assert dict(parse_qsl(urlsplit(begun.body["pay_url"]).query))["vnp_TxnRef"] == begun.body["payment_id"]

    pairs = said_of(dossier["id"], begun.body["payment_id"])
    answers = [notify(town, pairs) for _ in range(3)]
    assert [(each.status, each.body["RspCode"]) for each in answers] == [(200, "00"), (200, "02"), (200, "02")]
    assert set(answers[0].body) == {"RspCode", "Message"}

    listed = binh.get(f"/dossiers/{dossier['id']}/payments").body
    assert [(each["payment_id"], each["status"], each["received"]) for each in listed["items"]] == [
        (begun.body["payment_id"], "paid", 20_000)
    ]
    assert listed["fee"] == {"status": "paid", "due": 20_000, "received": 20_000, "refunded": 0}
    now = binh.get(f"/dossiers/{dossier['id']}").body
    assert now["payment"]["status"] == "paid"
    assert now["acceptance_due_at"]
    assert town.officer("clerk", "H32.10").decide(dossier["id"], "acceptance").status == 200


def test_a_failed_payment_is_told_and_may_be_tried_again(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    first = pay(binh, dossier["id"]).body["payment_id"]
    assert notify(town, said_of(dossier["id"], first, **FAILED)).body["RspCode"] == "00"
    assert binh.get(f"/dossiers/{dossier['id']}").body["payment"]["status"] == "failed"

    again = pay(binh, dossier["id"])
    assert again.status == 201
    assert notify(town, said_of(dossier["id"], again.body["payment_id"])).body["RspCode"] == "00"
    assert pay(binh, dossier["id"]).body["code"] == "already_paid"


def test_the_same_request_to_pay_begins_one_attempt(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    first, again = (pay(binh, dossier["id"], key="k-1") for _ in range(2))

    assert (again.status, again.body) == (201, first.body)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(records.ledger(dossier["id"]).payments) == 1
    other = pay(binh, dossier["id"], key="k-1", wanted={"return_url": WAY_BACK + "/2"})
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"provider": "momo"}, "/provider"),
        ({"provider": ""}, "/provider"),
        ({"provider": 1}, "/provider"),
        ({"return_url": "http://dvc.example.vn/tro-ve"}, "/return_url"),
        ({"return_url": "https://x"}, "/return_url"),
        ({"return_url": "https://dvc.example.vn/" + "x" * 300}, "/return_url"),
        ({"amount": 1}, "/amount"),
    ],
)
def test_a_request_at_fault_names_its_field(town: Town, wanted: dict[str, Any], pointer: str) -> None:
    dossier = file(town.citizen(), PAID.code)
    refused = pay(town.citizen(), dossier["id"], wanted=wanted)

    assert refused.status == 422
    assert [each["pointer"] for each in refused.body["errors"]] == [pointer]


def test_what_cannot_be_paid_online_says_why(town: Town) -> None:
    binh = town.citizen()
    free, at_desk = file(binh, FREE.code), file(binh, AT_DESK.code, delivery={"channel": "desk"})

    assert (pay(binh, free["id"]).status, pay(binh, free["id"]).body["code"]) == (409, "nothing_due")
    assert (pay(binh, at_desk["id"]).status, pay(binh, at_desk["id"]).body["code"]) == (409, "paid_at_the_desk")
    stranger = town.citizen("minh")
    assert pay(stranger, free["id"]).status == 404
    assert stranger.get(f"/dossiers/{free['id']}/payments").status == 404
    assert pay(town.anyone, free["id"]).status == 401
    assert pay(town.officer("clerk", "H32.10"), free["id"]).status == 403


def test_a_clerk_takes_the_fee_at_the_desk(town: Town) -> None:
    clerk, dossier = town.officer("clerk", "H32.10"), file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})
    path, receipt = f"/dossiers/{dossier['id']}/counter-payments", {"amount": 8_000, "receipt_number": "BL-2026/1"}

    wrong = clerk.post(path, receipt | {"amount": 7_999})
    assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (422, "/amount")
    taken = clerk.post(path, receipt, key="k-2")
    assert (taken.status, taken.body["status"], taken.body["receipt_number"]) == (201, "paid", "BL-2026/1"), taken
    assert clerk.post(path, receipt, key="k-2").body == taken.body
    assert taken.body["method"] == "cash"
    assert taken.etag == clerk.get(f"/dossiers/{dossier['id']}").etag

    again = clerk.post(path, receipt)
    assert (again.status, again.body["code"]) == (409, "already_paid")
    other = file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})["id"]
    used = clerk.post(f"/dossiers/{other}/counter-payments", receipt)
    assert (used.status, used.body["code"]) == (409, "receipt_number_used")
    for nobody, status in ((town.citizen(), 403), (town.officer("clerk", "H32.11"), 403), (town.anyone, 401)):
        assert nobody.post(path, receipt).status == status


@pytest.mark.parametrize("method", ["cash", "card", "transfer"])
def test_how_money_came_to_the_desk_is_kept(town: Town, method: str) -> None:
    clerk, dossier = town.officer("clerk", "H32.10"), file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})
    path, receipt = f"/dossiers/{dossier['id']}/counter-payments", {"amount": 8_000, "receipt_number": "BL-2026/7"}

    assert clerk.post(path, receipt | {"method": "gold"}).body["errors"][0]["pointer"] == "/method"
    assert clerk.post(path, receipt | {"method": method}).body["method"] == method
    listed = clerk.get(f"/dossiers/{dossier['id']}/payments").body["items"]
    assert [(each["provider"], each["method"]) for each in listed] == [("counter", method)]


def test_vnpay_is_always_answered_200_in_its_own_words(town: Town) -> None:
    binh, dossier = town.citizen(), file(town.citizen(), PAID.code)
    payment_id = pay(binh, dossier["id"]).body["payment_id"]
    right = said_of(dossier["id"], payment_id)

    for pairs, code in (
        ([], "99"),
        ([*right[:-1], ("vnp_SecureHash", "0" * 128)], "97"),
        ([*right, right[1]], "97"),
        (said_of(dossier["id"], payment_id, vnp_TxnRef="nobody-s"), "01"),
        (said_of(dossier["id"], payment_id, vnp_Amount="2000100"), "04"),
    ):
        answer = notify(town, pairs)
        assert (answer.status, answer.body["RspCode"]) == (200, code)
    bad_bytes = town.anyone.get("/webhooks/payments/vnpay?vnp_TxnRef=%ff%fe&vnp_SecureHash=%e9")
    assert (bad_bytes.status, bad_bytes.body["RspCode"]) == (200, "97")


def test_an_unknown_provider_is_not_found(town: Town) -> None:
    for provider in ("momo", "vnpay2", "..."):
        answer = town.anyone.post(f"/webhooks/payments/{provider}", {"any": "thing"})
        assert (answer.status, answer.body["code"]) == (404, "payment_provider_not_found")
