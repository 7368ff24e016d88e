"""Receipts follow the money: once, without gaps in their numbers, whoever dies or hurries; and go when it goes back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalogue.rules import Fee
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.papers import actions as papers
from chalicelib.papers import records as paper_records
from chalicelib.payments import actions, following, records
from chalicelib.payments.protocol import Silent
from chalicelib.payments.providers import vnpay
from chalicelib.payments.receipts import actions as receipt_actions
from chalicelib.payments.receipts import records as receipt_records
from chalicelib.payments.receipts.rules import NotFailed, Receipt, ReceiptNotReady, UnknownReceipt, series
from chalicelib.payments.refunds import Act, RefundEvent
from chalicelib.payments.rules import Payment
from chalicelib.table import commit, fresh_id
from tests.payments.conftest import CITIZEN, CLERK, FAILED, NINE, WANTED, notification, vnpay_hears
from tests.payments.test_crashes import dies, failing

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("one_table")]
SOON = NINE + timedelta(minutes=3)
LATER = NINE + timedelta(hours=2)
FEES = (
    Fee(code="1", name="Phí thẩm định", kind="phi", amount=100_000),
    Fee(code="2", name="Lệ phí cấp", kind="le_phi", amount=20_000),
)
Filed = Callable[..., Dossier]
# Dossier, ledger, receipts; the two counters; both receipts with their numbers; and what has gone back.
CALLS = ("GetItem", "Query", "Query", "GetItem", "GetItem", "TransactWriteItems", "Query")
PDF = b"%PDF-1.7 the platform's own"


@pytest.fixture
def agency() -> str:
    """One whose series nobody else draws from."""
    return f"H32.{fresh_id()[:8]}"


@pytest.fixture
def owing(filed: Filed, agency: str) -> Callable[[], Dossier]:
    return lambda: filed(fees=FEES, agency=agency)


def begin(dossier: Dossier) -> Payment:
    return actions.start(dossier.id, "vnpay", WANTED, CITIZEN, NINE).payment


def pay(dossier: Dossier, reference: str = "14226112") -> Payment:
    payment = begin(dossier)
    assert vnpay_hears(notification(payment, vnp_TransactionNo=reference)) == "00"
    return payment


def sent_back(payment: Payment, amount: int) -> None:
    done = RefundEvent(refund_id=fresh_id(), payment_id=payment.id, act=Act.DONE, at=SOON, by="vnpay", amount=amount)
    commit(records.told(payment, done), records.grown(payment.dossier_id))


def told(dossier: Dossier) -> list[tuple[str, str, str, str]]:
    return [(r.payment_id, r.kind, r.symbol, r.number) for r in receipt_records.issued(dossier.id)]


def stands(receipt: Receipt) -> bool:
    return paper_records.revocation(receipt.paper_id) is None


def test_paid_online_it_has_a_receipt_of_each_kind_from_the_agencys_series(
    owing: Callable[[], Dossier], agency: str
) -> None:
    dossiers_ = [owing(), owing()]
    for place, dossier in enumerate(dossiers_, 1):
        payment = pay(dossier)
        assert told(dossier) == []
        for _ in range(3):
            receipt_actions.follow(dossier.id, SOON)
        number = f"{place:07d}"
        assert told(dossier) == [
            (payment.id, "le_phi", f"LP/26{agency}", number),
            (payment.id, "phi", f"P/26{agency}", number),
        ]
    _, phi = receipt_records.issued(dossier.id)
    assert (phi.total, phi.payer, phi.provider_reference) == (100_000, "Nguyễn Văn Thử", "14226112")
    assert (phi.issued_at, phi.agency, phi.dossier_code) == (SOON, agency, dossier.code)
    assert "056090000001" not in phi.model_dump_json()


def test_the_event_of_the_money_brings_its_receipts(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    pay(dossier)
    version = dossiers.load(dossier.id).version

    following.follow(dossier.id, version, SOON)
    following.follow(dossier.id, version, SOON)

    assert len(told(dossier)) == 2


def test_an_attempt_that_is_open_or_failed_has_none(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    payment = begin(dossier)
    receipt_actions.follow(dossier.id, SOON)
    vnpay_hears(notification(payment, **FAILED))
    receipt_actions.follow(dossier.id, SOON)

    assert told(dossier) == []


def test_paid_twice_it_has_one_receipt_of_each_kind(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    first, second = begin(dossier), begin(dossier)
    for number, payment in enumerate((first, second)):
        vnpay_hears(notification(payment, vnp_TransactionNo=f"7{number}"), NINE + timedelta(minutes=number + 1))
    receipt_actions.follow(dossier.id, SOON)

    assert {receipt.payment_id for receipt in receipt_records.issued(dossier.id)} == {first.id}
    assert receipt_actions.listed(dossier.id, second.id, CITIZEN, SOON).receipts == ()

    sent_back(first, 120_000)
    receipt_actions.follow(dossier.id, SOON)
    receipt_actions.follow(dossier.id, SOON)
    found = receipt_records.issued(dossier.id)
    assert [(each.payment_id, each.kind, stands(each)) for each in found] == [
        (first.id, "le_phi", False),
        (second.id, "le_phi", True),
        (first.id, "phi", False),
        (second.id, "phi", True),
    ]
    assert {each.number for each in found} == {"0000001", "0000002"}


def test_money_sent_back_in_whole_takes_the_receipt_with_it_and_in_part_does_not(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    payment = pay(dossier)
    receipt_actions.follow(dossier.id, SOON)
    token = receipt_actions.fetch(dossier.id, payment.id, "phi", CITIZEN, SOON).token

    sent_back(payment, 119_999)
    receipt_actions.follow(dossier.id, SOON)
    assert papers.verified(token).stands
    assert receipt_actions.listed(dossier.id, payment.id, CITIZEN, SOON).refunded == 119_999

    sent_back(payment, 1)
    for _ in range(2):
        receipt_actions.follow(dossier.id, LATER)
    verified = papers.verified(token)
    assert not verified.stands
    assert verified.revocation is not None
    assert (verified.revocation.at, "hoàn trả toàn bộ" in verified.revocation.reason) == (LATER, True)
    assert len(told(dossier)) == 2


def test_money_taken_at_the_desk_is_on_the_clerks_receipt_and_draws_no_number(filed: Filed) -> None:
    dossier, clerks = filed(fees=FEES), f"BL-{fresh_id()[:6]}"
    drawn = [receipt_records.last(series("H32.10", kind, SOON)) for kind in ("phi", "le_phi")]
    payment = actions.counter_payment(dossier.id, 120_000, clerks, CLERK, NINE).payment
    receipt_actions.follow(dossier.id, SOON)

    assert told(dossier) == [(payment.id, "le_phi", "", clerks), (payment.id, "phi", "", clerks)]
    assert drawn == [receipt_records.last(series("H32.10", kind, SOON)) for kind in ("phi", "le_phi")]


def test_of_many_dossiers_paid_at_once_and_followed_by_many_none_shares_or_skips_a_number(
    owing: Callable[[], Dossier],
) -> None:
    town = [owing() for _ in range(6)]
    for dossier in town:
        pay(dossier)

    def until_done(dossier: Dossier) -> None:
        """As the queue does: what did not work comes again."""
        for _ in range(20):
            try:
                return receipt_actions.follow(dossier.id, SOON)
            except Exception:  # noqa: BLE001, S112
                continue
        raise AssertionError("never done")

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(until_done, [dossier for dossier in town for _ in range(3)]))

    for kind in ("phi", "le_phi"):
        numbers = [number for dossier in town for _, of, _, number in told(dossier) if of == kind]
        assert sorted(numbers) == [f"{n:07d}" for n in range(1, 7)]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(len(CALLS)))
def test_whoever_dies_at_whatever_call_the_next_one_finds_or_makes_the_same(
    owing: Callable[[], Dossier], number: int, after: bool
) -> None:
    dossier = owing()
    pay(dossier)
    with failing(number, dies, after=after) as made, suppress(Exception):
        receipt_actions.follow(dossier.id, SOON)
    assert tuple(made) == CALLS[: number + 1]
    receipt_actions.follow(dossier.id, SOON)

    assert [number for *_, number in told(dossier)] == ["0000001", "0000001"]


def test_fees_that_do_not_make_the_sum_paid_have_no_receipt(filed: Filed) -> None:
    dossier = filed(fees=FEES[:1])
    pay(dossier)
    receipt_actions.follow(dossier.id, SOON)

    assert told(dossier) == []


def test_an_unknown_kind_or_a_receipt_not_issued_is_refused(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    payment = pay(dossier)
    for kind in ("phi", "le_phi", "nothing"):
        with pytest.raises(UnknownReceipt):
            receipt_actions.fetch(dossier.id, payment.id, kind, CITIZEN, SOON)
    with pytest.raises(UnknownReceipt):
        receipt_actions.fetch_bill(dossier.id, payment.id, CITIZEN, SOON)


# ——— where the provider issues the receipt ———


def test_the_providers_own_receipt_is_fetched_once_and_ours_is_not_issued(
    owing: Callable[[], Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def bill(payment: Payment, account: Any) -> bytes:
        asked.append(payment.id)
        return PDF

    monkeypatch.setattr(vnpay, "bill", bill, raising=False)
    dossier = owing()
    payment = pay(dossier)
    for _ in range(2):
        receipt_actions.follow(dossier.id, SOON)
        receipt_actions.fetch_bill(dossier.id, payment.id, CITIZEN, SOON)

    assert told(dossier) == []
    assert asked == [payment.id]
    assert receipt_actions.listed(dossier.id, payment.id, CITIZEN, SOON).billed[0].name == "Phí thẩm định"


@pytest.mark.parametrize("answer", [None, Silent("no answer")])
def test_a_receipt_the_provider_does_not_give_out_yet_is_asked_for_again(
    owing: Callable[[], Dossier], monkeypatch: pytest.MonkeyPatch, answer: Exception | None
) -> None:
    def bill(payment: Payment, account: Any) -> bytes | None:
        if answer:
            raise answer
        return None

    monkeypatch.setattr(vnpay, "bill", bill, raising=False)
    dossier = owing()
    payment = pay(dossier)
    receipt_actions.follow(dossier.id, SOON)
    with pytest.raises(ReceiptNotReady):
        receipt_actions.fetch_bill(dossier.id, payment.id, CITIZEN, SOON)

    monkeypatch.setattr(vnpay, "bill", lambda payment, account: PDF)
    assert receipt_actions.fetch_bill(dossier.id, payment.id, CITIZEN, SOON).token == ""


# ——— the proof of a failure ———


def test_a_failed_attempt_has_a_proof_until_its_money_arrives_after_all(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    payment = begin(dossier)
    vnpay_hears(notification(payment, **FAILED), SOON)
    receipt_actions.follow(dossier.id, SOON)
    proof, again = (receipt_actions.failure_proof(dossier.id, payment.id, CITIZEN, SOON) for _ in range(2))
    assert proof.token == again.token
    assert papers.verified(proof.token).stands

    vnpay_hears(notification(payment), LATER)
    receipt_actions.follow(dossier.id, LATER)
    assert not papers.verified(proof.token).stands
    with pytest.raises(NotFailed):
        receipt_actions.failure_proof(dossier.id, payment.id, CITIZEN, LATER)
    assert len(told(dossier)) == 2


def test_an_attempt_that_ran_out_has_a_proof_until_its_money_arrives_after_all(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    payment = begin(dossier)
    with pytest.raises(NotFailed):
        receipt_actions.failure_proof(dossier.id, payment.id, CITIZEN, SOON)
    proof = receipt_actions.failure_proof(dossier.id, payment.id, CITIZEN, LATER)
    assert papers.verified(proof.token).statement.at == payment.expires_at

    vnpay_hears(notification(payment), LATER)
    receipt_actions.follow(dossier.id, LATER)
    assert not papers.verified(proof.token).stands


def test_money_of_the_wrong_sum_is_money_and_no_failure(owing: Callable[[], Dossier]) -> None:
    dossier = owing()
    payment = begin(dossier)
    vnpay_hears(notification(payment, vnp_Amount="100"))

    with pytest.raises(NotFailed):
        receipt_actions.failure_proof(dossier.id, payment.id, CITIZEN, LATER)
