"""Refunds over HTTP, by people and through the provider, for a whole town at once."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from chalicelib.clock.now import now
from chalicelib.payments import following, records, refund_actions
from chalicelib.payments.asking import speak_to_providers
from chalicelib.payments.protocol import RefundOrder, RefundTold, Silent
from chalicelib.payments.providers import vnpay
from chalicelib.payments.rules import Payment, belongs_to
from chalicelib.settings import settings
from tests import towns
from tests.dossiers.conftest import AT_DESK, PAID, file
from tests.payments.conftest import notification
from tests.people import Person, Reply, Town

FEE, REASON = 20_000, "Nộp thừa phí"


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with towns.opened() as opened:
        yield opened


@pytest.fixture
def finance(town: Town) -> Person:
    return town.officer("finance", "H32.10", "phuong")


@pytest.fixture
def second(town: Town) -> Person:
    return town.officer("finance", "H32.10", "quyen")


@pytest.fixture
def two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    low = settings().model_copy(update={"REFUND_TWO_PEOPLE_ABOVE": 10_000})
    monkeypatch.setattr(refund_actions, "settings", lambda: low)


def heard(town: Town, payment_id: str, number: str = "1", **changes: str) -> None:
    payment = records.ledger(belongs_to(payment_id)).payments[payment_id]
    pairs = notification(payment, vnp_TransactionNo=number, **changes).query
    assert town.anyone.get(f"/webhooks/payments/vnpay?{urlencode(pairs)}").body["RspCode"] in ("00", "02", "04")


def paid(town: Town, times: int = 1) -> str:
    """The id of a payment whose money came, as often as told."""
    dossier = file(town.citizen(), PAID.code)["id"]
    wanted = {"provider": "vnpay", "return_url": "https://dvc.example.vn/tro-ve"}
    payment_id = str(town.citizen().post(f"/dossiers/{dossier}/payments", wanted).body["payment_id"])
    for number in range(times):
        heard(town, payment_id, str(number + 1))
    return payment_id


def ask(who: Person, payment_id: str, amount: int = FEE, refundable: int = FEE, **options: Any) -> Reply:
    wanted = {"amount": amount, "refundable": refundable, "reason": REASON}
    return who.post(f"/payments/{payment_id}/refunds", wanted, **options)


def decide(who: Person, payment_id: str, refund: Reply, what: str, body: Any = None, **options: Any) -> Reply:
    return who.post(f"/payments/{payment_id}/refunds/{refund.body['refund_id']}/{what}", body, **options)


def seen(who: Person, payment_id: str) -> Any:
    return who.get(f"/payments/{payment_id}").body


def needs(who: Person, payment_id: str, need: str = "") -> list[str]:
    listed = who.get(f"/desk/payments?limit=100{'&need=' + need if need else ''}")
    assert listed.status == 200, listed
    return [each["need"] for each in listed.body["items"] if each["payment_id"] == payment_id]


def speak(payment_id: str, at: datetime) -> None:
    """The schedule runs, for this payment alone: the town has others, whose turn it may be too."""
    due = records.due_for_question
    with pytest.MonkeyPatch.context() as alone:
        alone.setattr(records, "due_for_question", lambda at: [each for each in due(at) if each == payment_id])
        speak_to_providers(at)


class Provider(NamedTuple):
    """What the provider says of refunds, one after the other, and what it was told or asked."""

    words: list[Any]
    told: list[tuple[str, RefundOrder]]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    double = Provider([], [])

    def saying(how: str) -> Callable[..., RefundTold]:
        def say(order: RefundOrder, payment: Payment, account: vnpay.Account, at: datetime) -> RefundTold:
            double.told.append((how, order))
            word = double.words.pop(0)
            if isinstance(word, Exception):
                raise word
            return RefundTold(state=word, provider_reference=f"R{len(double.told)}", facts={"word": word})

        return say

    monkeypatch.setattr(vnpay, "refund", saying("refund"))
    monkeypatch.setattr(vnpay, "refund_state", saying("refund_state"), raising=False)
    return double


# ---- asked for and decided


def test_a_refund_below_the_limit_is_approved_by_being_asked_for(town: Town, finance: Person) -> None:
    payment_id = paid(town)
    asked = ask(finance, payment_id, 5_000, key="r-1")

    assert asked.status == 201, asked
    assert asked.body.pop("at").endswith("+07:00")
    refund_id = asked.body["refund_id"]
    assert asked.body == {
        **{"refund_id": refund_id, "amount": 5_000, "state": "approved", "reason": REASON},
        **{"people_needed": 1, "approved_by": 1, "asked_by": "phuong", "approvers": [], "reference": ""},
    }
    again = ask(finance, payment_id, 5_000, key="r-1")
    assert (again.status, again.body["refund_id"]) == (201, refund_id)
    assert again.headers["idempotency-replayed"] == "true"

    dossier = belongs_to(payment_id)
    listed = town.citizen().get(f"/dossiers/{dossier}/payments").body
    (item,) = listed["items"]
    assert (item["status"], item["refunding"], item["refunds"][0]["state"]) == ("refund_pending", 5_000, "approved")
    assert "asked_by" not in item["refunds"][0]
    assert listed["fee"] == {"status": "refund_pending", "due": FEE, "received": FEE, "refunded": 0}
    shown = seen(finance, payment_id)
    assert (shown["dossier_id"], shown["refundable"], len(shown["said"])) == (dossier, 15_000, 1)
    assert [each["refund_id"] for each in shown["refunds_seen"]] == [refund_id]
    assert needs(finance, payment_id) == ["refund_on_its_way"]


def test_who_has_not_seen_what_happened_since_must_look_again(town: Town, finance: Person) -> None:
    payment_id = paid(town)
    stale = ask(finance, payment_id, 5_000, 19_999)
    assert (stale.status, stale.body["code"]) == (412, "refundable_changed")
    assert "20.000" in stale.body["detail"]
    assert "19.999" in stale.body["detail"]
    too_much = ask(finance, payment_id, FEE + 1)
    assert (too_much.status, too_much.body["errors"][0]["pointer"]) == (422, "/amount")
    for amount in (0, -1, 1.5, "20000", True, None):
        wrong = finance.post(f"/payments/{payment_id}/refunds", {"amount": amount, "refundable": FEE, "reason": REASON})
        assert (wrong.status, wrong.body["errors"][0]["pointer"]) == (422, "/amount"), amount
    assert seen(finance, payment_id)["refunds"] == []

    assert ask(finance, payment_id).status == 201
    nothing = ask(finance, payment_id, 1, 0)
    assert (nothing.status, nothing.body["code"]) == (409, "nothing_to_refund")


def test_only_the_agencys_finance_officers_decide(town: Town, finance: Person) -> None:
    payment_id = paid(town)
    refund = ask(finance, payment_id, 5_000)
    elsewhere, clerk = town.officer("finance", "H32.11"), town.officer("clerk", "H32.10")
    for who, status in ((elsewhere, 403), (clerk, 403), (town.anyone, 401), (town.officer("auditor", "H32"), 403)):
        assert ask(who, payment_id, 1, 15_000).status == status
        assert decide(who, payment_id, refund, "approval").status == status
        assert decide(who, payment_id, refund, "rejection", {"reason": REASON}).status == status
        assert decide(who, payment_id, refund, "completion", {"reference": "FT1"}).status == status
    assert town.officer("auditor", "H32").get(f"/payments/{payment_id}").status == 200
    for who, status in ((elsewhere, 403), (clerk, 403), (town.anyone, 401), (town.citizen(), 403)):
        assert who.get(f"/payments/{payment_id}").status == status

    unknown = f"{belongs_to(payment_id)}-nobody"
    assert (ask(finance, unknown).status, ask(finance, unknown).body["code"]) == (404, "payment_not_found")
    for nothing in ("nobody", "x-y", "..."):
        assert ask(finance, nothing).status == 404
    other = Reply(201, {}, {"refund_id": "nobody"})
    assert decide(finance, payment_id, other, "approval").body["code"] == "refund_not_found"


def test_above_the_limit_a_second_person_must_approve(
    town: Town, finance: Person, second: Person, two_people: None
) -> None:
    payment_id = paid(town)
    asked = ask(finance, payment_id)
    assert (asked.body["state"], asked.body["people_needed"]) == ("waiting_for_approval", 2)
    assert needs(finance, payment_id) == ["refund_to_approve"]
    oneself = decide(finance, payment_id, asked, "approval")
    assert (oneself.status, oneself.body["code"]) == (403, "second_person_needed")
    early = decide(finance, payment_id, asked, "completion", {"reference": "FT1"})
    assert (early.status, early.body["code"]) == (409, "refund_not_in_this_state")

    approved = decide(second, payment_id, asked, "approval", key="a-1")
    assert (approved.status, approved.body["state"], approved.body["approvers"]) == (201, "approved", ["quyen"])
    assert decide(second, payment_id, asked, "approval", key="a-1").body == approved.body
    for what, body in (("approval", None), ("rejection", {"reason": REASON})):
        late = decide(second, payment_id, asked, what, body)
        assert (late.status, late.body["code"]) == (409, "refund_not_in_this_state")


def test_many_small_refunds_are_as_much_money_as_one_large_one(town: Town, finance: Person, two_people: None) -> None:
    payment_id = paid(town)
    states = [ask(finance, payment_id, 4_000, FEE - 4_000 * turn).body["state"] for turn in range(4)]

    assert states == ["approved", "approved", "waiting_for_approval", "waiting_for_approval"]


def test_a_rejected_refund_leaves_the_money_where_it_is(town: Town, finance: Person, two_people: None) -> None:
    payment_id = paid(town)
    asked = ask(finance, payment_id)
    before = town.officer("clerk", "H32.10").get(f"/dossiers/{belongs_to(payment_id)}").body["acceptance_due_at"]
    assert decide(finance, payment_id, asked, "rejection", {"reason": "x"}).status == 422
    rejected = decide(finance, payment_id, asked, "rejection", {"reason": "Phí đã nộp đúng"})

    assert (rejected.status, rejected.body["state"]) == (201, "rejected")
    assert (seen(finance, payment_id)["status"], seen(finance, payment_id)["refundable"]) == ("paid", FEE)
    assert needs(finance, payment_id) == []
    after = town.officer("clerk", "H32.10").get(f"/dossiers/{belongs_to(payment_id)}").body
    assert after["payment"]["status"] == "paid"
    assert before == after["acceptance_due_at"]  # the desk's hours run on as if nothing had been thought of


def test_what_the_provider_pays_out_is_not_paid_by_hand_and_what_it_cannot_is(town: Town, finance: Person) -> None:
    online = paid(town)
    refused = decide(finance, online, ask(finance, online), "completion", {"reference": "FT1"})
    assert (refused.status, refused.body["code"]) == (409, "refund_is_sent_by_provider")

    dossier = file(town.citizen(), AT_DESK.code, delivery={"channel": "desk"})["id"]
    taken = {"amount": 8_000, "receipt_number": "BL-R/1"}
    at_desk = town.officer("clerk", "H32.10").post(f"/dossiers/{dossier}/counter-payments", taken).body["payment_id"]
    asked = ask(finance, at_desk, 8_000, 8_000)
    assert needs(finance, at_desk) == ["refund_to_pay_out"]
    for odd in ("", "x" * 65, "a\nb", "<b>", 1):
        assert decide(finance, at_desk, asked, "completion", {"reference": odd}).status == 422
    done = decide(finance, at_desk, asked, "completion", {"reference": "FT26001"}, key="c-1")
    assert (done.status, done.body["state"], done.body["reference"]) == (201, "done", "FT26001")
    assert decide(finance, at_desk, asked, "completion", {"reference": "FT26001"}, key="c-1").body == done.body
    twice = decide(finance, at_desk, asked, "completion", {"reference": "FT26002"})
    assert (twice.status, twice.body["code"]) == (409, "refund_not_in_this_state")
    shown = seen(finance, at_desk)
    assert (shown["status"], shown["refunded"], shown["receipt_number"]) == ("refunded", 8_000, "BL-R/1")
    assert needs(finance, at_desk) == []


def test_what_the_statement_shows_was_not_paid_out_is_given_up_and_asked_for_anew(
    town: Town, finance: Person, provider: Provider
) -> None:
    payment_id = paid(town)
    asked = ask(finance, payment_id)
    early = decide(finance, payment_id, asked, "failure", {"reason": "Chưa thấy"})
    assert (early.status, early.body["code"]) == (409, "refund_is_sent_by_provider")
    provider.words.append("pending")
    speak(payment_id, now())
    assert needs(finance, payment_id) == ["refund_on_its_way"]

    failed = decide(finance, payment_id, asked, "failure", {"reason": "Sao kê cho thấy bị từ chối"})
    assert (failed.status, failed.body["state"]) == (201, "failed")
    assert needs(finance, payment_id) == ["refund_failed"]
    shown = seen(finance, payment_id)
    assert (shown["status"], shown["refundable"], shown["refunding"]) == ("paid", FEE, 0)
    again = decide(finance, payment_id, asked, "failure", {"reason": "Lần nữa"})
    assert (again.status, again.body["code"]) == (409, "refund_not_in_this_state")
    assert ask(finance, payment_id).status == 201


def test_what_was_paid_too_much_goes_back_and_the_fee_stays_paid(
    town: Town, finance: Person, provider: Provider
) -> None:
    payment_id = paid(town, times=2)
    assert needs(finance, payment_id, "overpaid") == ["overpaid"]
    ask(finance, payment_id, FEE, 2 * FEE)
    provider.words.append("done")
    speak(payment_id, now())

    assert [(how, order.whole, order.paid_reference) for how, order in provider.told] == [("refund", True, "1")]
    assert seen(finance, payment_id)["status"] == "part_refunded"
    assert town.citizen().get(f"/dossiers/{belongs_to(payment_id)}").body["payment"]["status"] == "paid"
    assert needs(finance, payment_id) == []


# ---- through the provider


@pytest.mark.parametrize(
    ("words", "state", "status", "need"),
    [
        (["done"], "done", "refunded", []),
        (["pending"], "taken_on", "refund_pending", ["refund_on_its_way"]),
        (["pending", "pending"], "taken_on", "refund_pending", ["refund_on_its_way"]),
        (["pending", "done"], "done", "refunded", []),
        (["pending", "failed"], "failed", "paid", ["refund_failed"]),
        (["failed"], "failed", "paid", ["refund_failed"]),
        ([Silent("HTTP 502")], "approved", "refund_pending", ["refund_on_its_way"]),
        ([Silent("HTTP 502"), "done"], "done", "refunded", []),
        (["pending", Silent("HTTP 502"), "done"], "done", "refunded", []),
    ],
)
def test_what_the_provider_says_of_a_refund_is_kept(
    town: Town, finance: Person, provider: Provider, words: list[Any], state: str, status: str, need: list[str]
) -> None:
    payment_id = paid(town)
    refund_id = ask(finance, payment_id).body["refund_id"]
    provider.words.extend(words)
    at = now()
    for _ in words:
        speak(payment_id, at)
        at += timedelta(hours=2)

    shown = seen(finance, payment_id)
    assert (shown["status"], shown["refunds"][0]["state"]) == (status, state)
    assert needs(finance, payment_id) == need
    assert {order.id for _, order in provider.told} == {refund_id}
    assert len({order.model_dump_json() for _, order in provider.told}) == 1  # each time in the very same words
    if state in ("done", "failed"):
        assert payment_id not in records.due_for_question(at + timedelta(days=30))


def test_a_silent_provider_is_told_again_counted_from_the_approval(
    town: Town, finance: Person, second: Person, two_people: None, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(town)
    asked = ask(finance, payment_id)
    later = now() + timedelta(days=2)
    monkeypatch.setattr("chalicelib.web.serving.now", lambda: later)
    monkeypatch.setattr("tests.people.time.time", later.timestamp)
    decide(second, payment_id, asked, "approval")
    told_at = []
    for minute in range(35):
        provider.words.append(Silent("HTTP 502"))
        before = len(provider.told)
        speak(payment_id, later + timedelta(minutes=minute))
        told_at += [minute] if len(provider.told) > before else []

    assert told_at == [0, 2, 10, 30]
    assert {order.id for _, order in provider.told} == {asked.body["refund_id"]}


def test_one_refunds_silence_keeps_no_other_waiting(town: Town, finance: Person, provider: Provider) -> None:
    payment_id = paid(town)
    ask(finance, payment_id, 5_000)
    ask(finance, payment_id, 6_000, 15_000)
    provider.words.extend([Silent("HTTP 502"), "done"])
    speak(payment_id, now())

    assert [each["state"] for each in seen(finance, payment_id)["refunds"]] == ["approved", "done"]
    provider.words.append("done")
    speak(payment_id, now() + timedelta(minutes=5))
    assert [each["state"] for each in seen(finance, payment_id)["refunds"]] == ["done", "done"]
    assert seen(finance, payment_id)["refunded"] == 11_000


def test_a_refund_said_to_have_failed_that_the_statement_shows_paid_is_noted(
    town: Town, finance: Person, provider: Provider
) -> None:
    payment_id = paid(town)
    asked = ask(finance, payment_id)
    provider.words.append("failed")
    speak(payment_id, now())
    done = decide(finance, payment_id, asked, "completion", {"reference": "STATEMENT-7"})

    assert (done.status, done.body["state"]) == (201, "done")
    assert (seen(finance, payment_id)["status"], needs(finance, payment_id)) == ("refunded", [])


def test_a_process_that_dies_after_telling_the_provider_tells_it_the_same_again(
    town: Town, finance: Person, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(town)
    ask(finance, payment_id)
    provider.words.extend(["done", "done"])
    with monkeypatch.context() as dying:
        dying.setattr("chalicelib.payments.asking.record", lambda *_: 1 / 0)
        speak(payment_id, now())
    assert seen(finance, payment_id)["status"] == "refund_pending"

    speak(payment_id, now() + timedelta(minutes=6))
    assert seen(finance, payment_id)["status"] == "refunded"
    assert len({order.model_dump_json() for _, order in provider.told}) == 1
    assert len(provider.told) == 2


# ---- by the procedure's rule


def proposals(town: Town, finance: Person, payment_id: str) -> list[str]:
    dossier = belongs_to(payment_id)
    version = int(town.officer("clerk", "H32.10").get(f"/dossiers/{dossier}").etag.strip('"'))
    for _ in range(3):  # told three times
        following.follow(dossier, version, now())
    return [each["state"] for each in seen(finance, payment_id)["refunds"]]


def test_a_withdrawn_dossiers_fee_is_proposed_once_and_needs_a_person(town: Town, finance: Person) -> None:
    payment_id = paid(town)
    town.citizen().decide(belongs_to(payment_id), "withdrawal", {"reason": "Không cần nữa"})

    assert proposals(town, finance, payment_id) == ["proposed"]
    assert needs(finance, payment_id) == ["refund_to_approve"]
    (refund,) = seen(finance, payment_id)["refunds_seen"]
    assert (refund["asked_by"], refund["approved_by"], refund["amount"]) == ("system", 0, FEE)
    approved = decide(finance, payment_id, Reply(201, {}, refund), "approval")
    assert (approved.status, approved.body["state"]) == (201, "approved")


def test_a_proposal_above_the_limit_needs_two_people(
    town: Town, finance: Person, second: Person, two_people: None
) -> None:
    payment_id = paid(town)
    town.citizen().decide(belongs_to(payment_id), "withdrawal", {"reason": "Không cần nữa"})
    proposals(town, finance, payment_id)
    refund = Reply(201, {}, seen(finance, payment_id)["refunds"][0])

    assert decide(finance, payment_id, refund, "approval").body["state"] == "waiting_for_approval"
    assert decide(finance, payment_id, refund, "approval").body["code"] == "second_person_needed"
    assert decide(second, payment_id, refund, "approval").body["state"] == "approved"


def test_nothing_is_proposed_for_a_dossier_that_goes_on_or_was_withdrawn_after_acceptance(
    town: Town, finance: Person
) -> None:
    payment_id = paid(town)
    assert proposals(town, finance, payment_id) == []
    town.officer("clerk", "H32.10").decide(belongs_to(payment_id), "acceptance")
    assert proposals(town, finance, payment_id) == []
    town.citizen().decide(belongs_to(payment_id), "withdrawal", {"reason": "Không cần nữa"})
    assert proposals(town, finance, payment_id) == []


def test_money_that_comes_late_to_a_closed_dossier_is_proposed_too_and_a_mere_confirmation_is_not(
    town: Town, finance: Person
) -> None:
    payment_id = paid(town, times=0)
    town.citizen().decide(belongs_to(payment_id), "withdrawal", {"reason": "Không cần nữa"})
    assert proposals(town, finance, payment_id) == []

    heard(town, payment_id)
    assert proposals(town, finance, payment_id) == ["proposed"]
    refund = Reply(201, {}, seen(finance, payment_id)["refunds"][0])
    decide(finance, payment_id, refund, "rejection", {"reason": "Đã hoàn tiền mặt"})
    heard(town, payment_id, vnp_BankCode="VCB")  # the same money, in other words
    assert proposals(town, finance, payment_id) == ["rejected"]
    heard(town, payment_id, "2")  # more money
    assert proposals(town, finance, payment_id) == ["rejected", "proposed"]
