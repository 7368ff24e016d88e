"""Disputes, money without a payment, keys that are replaced, and through whom a procedure is paid: over HTTP."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters

from chalicelib.dossiers import records as dossiers
from chalicelib.payments import actions, hearing, recording, records, unmatched
from chalicelib.payments.fold import Ledger
from chalicelib.payments.protocol import Notice, Outcome
from chalicelib.payments.providers import sepay, vnpay
from chalicelib.payments.rules import belongs_to
from chalicelib.settings import secret, settings
from chalicelib.table import fresh_id
from tests import towns
from tests.conftest import SECRETS, forget_values
from tests.dossiers.conftest import FREE, PAID, file
from tests.payments.conftest import NINE, a_dossier, notification
from tests.payments.test_money_back import PAID as MONEY
from tests.payments.test_money_back import said
from tests.payments.test_refunding import FEE, ask, finance, heard, needs, paid, seen
from tests.people import Person, Reply, Town

__all__ = ["finance"]  # a fixture


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with towns.opened() as opened:
        yield opened


# ---- disputes


def dispute(who: Person, payment_id: str, state: str, reference: str = "TS-1", **changes: Any) -> Reply:
    facts = {"state": state, "amount": FEE, "reference": reference, "reason": "Khách khiếu nại"} | changes
    return who.post(f"/payments/{payment_id}/disputes", facts)


def test_a_dispute_is_opened_and_kept(town: Town, finance: Person) -> None:
    payment_id = paid(town)
    early = dispute(finance, payment_id, "kept")
    assert (early.status, early.body["code"]) == (409, "no_such_dispute")
    opened = dispute(finance, payment_id, "opened")
    assert (opened.status, opened.body["status"], opened.body["received"]) == (201, "disputed", FEE)
    assert needs(finance, payment_id) == ["disputed"]
    twice = dispute(finance, payment_id, "opened")
    assert (twice.status, twice.body["code"]) == (409, "dispute_known_already")
    dossier = town.citizen().get(f"/dossiers/{belongs_to(payment_id)}").body
    assert dossier["payment"]["status"] == "disputed"
    wanted = {"provider": "vnpay", "return_url": "https://dvc.example.vn/x"}
    assert town.citizen().post(f"/dossiers/{dossier['id']}/payments", wanted).body["code"] == "already_paid"

    assert dispute(finance, payment_id, "kept").body["status"] == "paid"
    assert needs(finance, payment_id) == []
    assert dispute(finance, payment_id, "lost").body["code"] == "no_such_dispute"


def test_a_dispute_that_is_lost_makes_the_fee_due_again(town: Town, finance: Person) -> None:
    payment_id = paid(town)
    dispute(finance, payment_id, "opened")
    lost = dispute(finance, payment_id, "lost")

    assert (lost.body["status"], lost.body["received"]) == ("charged_back", 0)
    dossier = belongs_to(payment_id)
    assert town.citizen().get(f"/dossiers/{dossier}").body["payment"]["status"] == "due"
    refused = town.officer("clerk", "H32.10").decide(dossier, "acceptance")
    assert refused.status == 409
    wanted = {"provider": "vnpay", "return_url": "https://dvc.example.vn/x"}
    again = town.citizen().post(f"/dossiers/{dossier}/payments", wanted)
    heard(town, again.body["payment_id"], "77")
    assert town.citizen().get(f"/dossiers/{dossier}").body["payment"]["status"] == "paid"


def test_a_disputed_wrong_amount_does_not_pay_the_fee(town: Town, finance: Person) -> None:
    payment_id = paid(town, times=0)
    heard(town, payment_id, vnp_Amount="100000")
    too_much = dispute(finance, payment_id, "opened", amount=1_001)
    assert (too_much.status, too_much.body["errors"][0]["pointer"]) == (422, "/amount")
    assert dispute(finance, payment_id, "opened", amount=1_000).status == 201
    dossier = dossiers.load(belongs_to(payment_id))
    assert (dossier.payment_status, dossier.awaits_payment, dossier.acceptance_due_at) == ("mismatched", True, None)


# ---- money without a payment


def nobodys(town: Town, amount: int = FEE) -> str:
    """Money through VNPAY that names no payment of ours; the id under which it waits."""
    some = a_dossier(fee_due=amount)
    payment = actions.payment_for(some, "vnpay", NINE)
    pairs = notification(payment, vnp_TransactionNo=(number := f"9{fresh_id()[:8]}")).query
    assert town.anyone.get(f"/webhooks/payments/vnpay?{urlencode(pairs)}").body["RspCode"] == "01"
    (money_id,) = [each["id"] for each in unmatched.waiting(100, "")[0] if each["reference"] == number]
    return str(money_id)


def place(who: Person, money_id: str, **where: Any) -> Reply:
    return who.post(f"/unmatched-payments/{money_id}/place", where)


def waiting(who: Person) -> list[str]:
    return [each["id"] for each in who.get("/unmatched-payments?limit=100").body["items"]]


def test_money_is_placed_by_the_code_of_the_dossier_and_pays_it(town: Town, finance: Person) -> None:
    dossier, money = file(town.citizen(), PAID.code), nobodys(town)
    assert money in waiting(finance)
    assert place(finance, money).status == 422
    assert place(finance, money, payment_id="x", dossier_code="y").status == 422
    assert place(finance, money, dossier_code="000.00.10.H32-200101-0001").status == 404
    for who, status in ((town.officer("clerk", "H32.10"), 403), (town.anyone, 401), (town.citizen(), 403)):
        assert place(who, money, dossier_code=dossier["code"]).status == status
        assert who.get("/unmatched-payments").status == status
    placed = place(finance, money, dossier_code=dossier["code"].lower())

    assert (placed.status, placed.body["returned_as"]) == (201, None)
    shown = seen(finance, placed.body["payment_id"])
    assert (shown["status"], shown["said"][0]["source"]) == ("paid", "finance")
    now = town.citizen().get(f"/dossiers/{dossier['id']}").body
    assert (now["payment"]["status"], bool(now["acceptance_due_at"])) == ("paid", True)
    assert money not in waiting(finance)
    for again in (place(finance, money, dossier_code=dossier["code"]), give_back(finance, money)):
        assert (again.status, again.body["code"]) == (409, "money_placed_already")


def test_placed_money_of_the_wrong_amount_pays_nothing_and_needs_somebody(town: Town, finance: Person) -> None:
    dossier, money = file(town.citizen(), PAID.code), nobodys(town, 5_000)
    payment_id = place(finance, money, dossier_code=dossier["code"]).body["payment_id"]

    assert seen(finance, payment_id)["status"] == "mismatched"
    assert needs(finance, payment_id) == ["mismatched"]
    assert dossiers.load(dossier["id"]).awaits_payment
    assert ask(finance, payment_id, 5_000, 5_000).status == 201


def test_money_is_placed_on_the_payment_it_was_meant_for(town: Town, finance: Person) -> None:
    payment_id, money = paid(town, times=0), nobodys(town)
    assert place(finance, money, payment_id=payment_id).status == 201
    assert seen(finance, payment_id)["status"] == "paid"
    free = file(town.citizen(), FREE.code)
    assert place(finance, nobodys(town), dossier_code=free["code"]).body["code"] == "nothing_due"
    assert place(finance, nobodys(town), payment_id=f"{free['id']}-abc").body["code"] == "payment_not_found"


def test_money_of_one_provider_is_not_placed_on_another_s_payment(town: Town, finance: Person) -> None:
    dossier = file(town.citizen(), PAID.code)["id"]
    taken = {"amount": FEE, "receipt_number": "BL-P/1"}
    at_desk = town.officer("clerk", "H32.10").post(f"/dossiers/{dossier}/counter-payments", taken).body["payment_id"]

    assert place(finance, nobodys(town), payment_id=at_desk).body["code"] == "money_of_another_provider"


def give_back(who: Person, money_id: str, reference: str = "FT-RET-1", **options: Any) -> Reply:
    return who.post(f"/unmatched-payments/{money_id}/return", {"reference": reference}, **options)


def test_money_that_is_nobodys_fee_is_sent_back_once(town: Town, finance: Person) -> None:
    money = nobodys(town)
    first = give_back(finance, money, key="g-1")
    assert (first.status, first.body) == (201, {"id": money, "payment_id": None, "returned_as": "FT-RET-1"})
    assert give_back(finance, money, key="g-1").body == first.body
    assert give_back(finance, money).body["code"] == "money_placed_already"
    assert give_back(finance, "nothing").body["code"] == "unmatched_money_not_found"


def test_the_lists_of_money_are_paged_and_each_agencys_own(town: Town, finance: Person) -> None:
    wanted = {nobodys(town) for _ in range(3)}
    found, cursor = set(), ""
    for _ in range(200):
        page = finance.get(f"/unmatched-payments?limit=1{'&cursor=' + cursor if cursor else ''}").body
        found |= {each["id"] for each in page["items"]}
        cursor = page.get("next") or ""
        if not cursor:
            break
    assert wanted <= found
    twice = [paid(town, times=2) for _ in range(2)]
    first = finance.get("/desk/payments?need=overpaid&limit=1").body
    assert len(first["items"]) == 1
    rest = finance.get(f"/desk/payments?need=overpaid&cursor={first['next']}").body["items"]
    assert set(twice) <= {each["payment_id"] for each in (*first["items"], *rest)}
    elsewhere = town.officer("finance", "H32.11")
    assert elsewhere.get("/desk/payments").body["items"] == []
    assert elsewhere.get("/desk/payments?agency=H32.10").status == 403
    assert town.officer("auditor", "H32").get("/desk/payments?agency=H32.10").body["items"]
    assert finance.get("/desk/payments?need=nothing").status == 422
    assert finance.get("/desk/payments?cursor=nonsense").status in (400, 422)


def test_forgeries_are_counted_by_day_and_provider(town: Town, finance: Person) -> None:
    before = {each["provider"]: each["times"] for each in finance.get("/forged-notifications").body["items"]}
    town.anyone.get("/webhooks/payments/vnpay?vnp_TxnRef=x&vnp_SecureHash=0")
    after = {each["provider"]: each["times"] for each in finance.get("/forged-notifications").body["items"]}

    assert after["vnpay"] == before.get("vnpay", 0) + 1
    assert town.officer("clerk", "H32.10").get("/forged-notifications").status == 403


# ---- keys that are replaced


def kept(**secrets: Any) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=settings().SECRETS, SecretString=json.dumps(SECRETS | secrets)
    )
    forget_values()


def test_while_keys_are_replaced_both_are_believed_and_the_new_one_signs(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VNPAY calls by GET, SePay by POST."""
    paying = settings().PAYMENTS | {"sepay": {"account_number": "3511000000001"}}
    with_sepay = settings().model_copy(update={"PAYMENTS": paying})
    monkeypatch.setattr("chalicelib.payments.providers.settings", lambda: with_sepay)
    old, new = "an-old-key-of-the-tests-0001", "a-new-key-of-the-tests-00002"

    def vnpay_with(key: str) -> str:
        fields = {"vnp_TxnRef": "x", "vnp_Amount": "100", "vnp_ResponseCode": "00", "vnp_TransactionStatus": "24"}
        query = urlencode({**fields, "vnp_SecureHash": vnpay.signature(fields, key)})
        return str(town.anyone.get(f"/webhooks/payments/vnpay?{query}").body["RspCode"])

    def sepay_with(key: str) -> int:
        body, stamp = b'{"transferType": "out"}', str(int(time.time()))
        signed = {"x-sepay-timestamp": stamp, "x-sepay-signature": sepay.signature(stamp, body, key)}
        path, kind = "/webhooks/payments/sepay", {"content-type": "application/json"}
        return town.send("POST", path, kind | signed, body).status

    tmn = {"tmn_code": "TESTMC01"}
    try:
        kept(
            vnpay=tmn | {"secret": new, "previous": {"secret": old}}, sepay={"secret": new, "previous": {"secret": old}}
        )
        assert [vnpay_with(key) for key in (new, old, "neither-of-the-two-keys")] == ["01", "01", "97"]
        assert [sepay_with(key) for key in (new, old, "neither-of-the-two-keys")] == [200, 200, 401]
        dossier = file(town.citizen(), PAID.code)["id"]
        wanted = {"provider": "vnpay", "return_url": "https://dvc.example.vn/x"}
        url = town.citizen().post(f"/dossiers/{dossier}/payments", wanted).body["pay_url"]
        fields = dict(parse_qsl(urlsplit(url).query))
        assert fields["vnp_SecureHash"] == vnpay.signature(fields, new)

        kept(vnpay=tmn | {"secret": new}, sepay={"secret": new})
        assert [vnpay_with(key) for key in (new, old)] == ["01", "97"]
        assert [sepay_with(key) for key in (new, old)] == [200, 401]
    finally:
        kept()


def test_keys_are_kept_in_mind_for_five_minutes_at_most(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    get = parameters.get_secret

    def listening(name: str, **how: Any) -> Any:
        asked.append(how)
        return get(name, **how)

    monkeypatch.setattr(parameters, "get_secret", listening)
    secret("vnpay")
    assert [each["max_age"] for each in asked] == [300]


# ---- through whom, and how much


def test_a_procedure_may_name_the_providers_it_is_paid_through(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = file(town.citizen(), PAID.code)["id"]
    load = dossiers.load

    def only(dossier_id: str) -> Any:
        found = load(dossier_id)
        pinned = found.procedure.model_copy(update={"pay_with": ("momo",)})
        return found.model_copy(update={"procedure": pinned})

    assert [each["provider"] for each in town.citizen().get(f"/dossiers/{dossier}/payments").body["accepts"]] == [
        "vnpay"
    ]
    monkeypatch.setattr(dossiers, "load", only)
    wanted = {"provider": "vnpay", "return_url": "https://dvc.example.vn/x"}
    assert town.citizen().get(f"/dossiers/{dossier}/payments").body["accepts"] == []
    refused = town.citizen().post(f"/dossiers/{dossier}/payments", wanted)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/provider")


@pytest.mark.parametrize("times", [1, 2], ids=["paid", "overpaid"])
def test_the_desks_hours_begin_with_the_payment_however_much_it_was(town: Town, times: int) -> None:
    payment_id = paid(town, times=0)
    assert town.citizen().get(f"/dossiers/{belongs_to(payment_id)}").body["acceptance_due_at"] is None
    heard(town, payment_id, "1")
    first = town.citizen().get(f"/dossiers/{belongs_to(payment_id)}").body["acceptance_due_at"]
    assert first
    for number in range(1, times):
        heard(town, payment_id, str(number + 1))
    assert town.citizen().get(f"/dossiers/{belongs_to(payment_id)}").body["acceptance_due_at"] == first


# ---- the cost and the size of what is written


def test_a_hundred_paid_attempts_at_one_fee_still_fit_into_one_transaction(town: Town) -> None:
    dossier = a_dossier()
    attempts = [actions.payment_for(dossier, "vnpay", NINE) for _ in range(150)]
    before = Ledger()
    for payment in attempts[:-1]:
        before = before.with_(payment, said(MONEY.verdict, of=payment))
    last = attempts[-1]
    after = before.with_(last, said(MONEY.verdict, of=last))

    assert len(recording._looked_after(dossier, before, after, last, NINE, None)) <= 90


def test_an_unforeseen_fault_is_the_providers_to_repeat(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "heard", lambda *_: 1 / 0)
    fields = {"vnp_TxnRef": "x", "vnp_Amount": "100", "vnp_ResponseCode": "00", "vnp_TransactionStatus": "00"}
    mark = vnpay.signature(fields, secret("vnpay")["secret"])
    reply = hearing.notified("vnpay", Notice(query=(*fields.items(), ("vnp_SecureHash", mark)), at=NINE))

    assert reply == vnpay.answer(Outcome.FAULT, Notice(at=NINE), None)
    assert records.known_as("vnpay", "x") == ""


def test_the_fee_is_the_one_at_submission_and_is_shown_before_anything_is_paid(town: Town) -> None:
    """Between draft and submission the procedure's fee goes from 20,000 to 35,000."""
    from datetime import timedelta

    from chalicelib.catalogue import actions as catalogue
    from chalicelib.catalogue.rules import Fee
    from chalicelib.clock.now import now
    from chalicelib.clock.rules import ZONE
    from tests.dossiers.conftest import a_draft, a_procedure

    today = now().astimezone(ZONE).date()
    fees = [(Fee(code="LP1", name="Lệ phí", kind="le_phi", amount=amount),) for amount in (20_000, 35_000)]
    code = "1.000777"
    catalogue.publish(a_procedure(code, fees=fees[0], valid_from=today - timedelta(days=9)), today - timedelta(days=9))
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(code)).body
    catalogue.publish(a_procedure(code, fees=fees[1], valid_from=today), today)
    assert [each["amount"] for each in town.anyone.get(f"/procedures/{code}").body["fees"]] == [35_000]
    filed = binh.post(f"/dossiers/{draft['id']}/submission").body

    assert filed["payment"] == {"status": "due", "amount": 35_000}
    account = binh.get(f"/dossiers/{draft['id']}/payments").body
    assert (account["items"], account["fee"]["due"]) == ([], 35_000)
    wanted = {"provider": "vnpay", "return_url": "https://dvc.example.vn/x"}
    assert binh.post(f"/dossiers/{draft['id']}/payments", wanted).body["amount"] == 35_000


def test_a_dossier_without_a_fee_pays_nothing_and_its_clock_runs_at_once(town: Town) -> None:
    free = file(town.citizen(), FREE.code)

    assert free["payment"] == {"status": "none", "amount": 0}
    assert free["acceptance_due_at"]
    assert town.officer("clerk", "H32.10").decide(free["id"], "acceptance").status == 200
