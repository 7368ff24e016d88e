from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.access import Caller
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.life import CLOSED, NotInThisStage, Stage
from chalicelib.dossiers.rules import Dossier, UnknownDossier
from chalicelib.history import records as history
from chalicelib.history.rules import EventType
from chalicelib.payments import actions, conditions, hearing, records
from chalicelib.payments.rules import Payment
from chalicelib.refusals import Forbidden, NotFound, Refusal, Untrusted
from tests.payments.conftest import CITIZEN, CLERK, NINE, WANTED, notification

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("one_table")]
SOON = NINE + timedelta(minutes=3)
CONFIRMED = {"RspCode": "00", "Message": "Confirm Success"}
Filed = Callable[..., Dossier]


def test_an_attempt_to_pay_is_recorded_before_the_payer_is_sent_away(filed: Filed) -> None:
    dossier = filed()
    begun = actions.start(dossier.id, "vnpay", WANTED, CITIZEN, NINE)

    fields = dict(parse_qsl(urlsplit(begun.begun.pay_url or "").query))
    assert (fields["vnp_TxnRef"], fields["vnp_Amount"]) == (begun.payment.id, "12000000")
    assert (fields["vnp_CreateDate"], fields["vnp_ExpireDate"]) == ("20260601090000", "20260601091500")
    assert begun.payment.id.startswith(f"{dossier.id}-")
    assert records.ledger(dossier.id).payments == {begun.payment.id: begun.payment}
    event = history.events(dossier.id)[-1]
    assert (event.type, event.data["payment_id"]) == (EventType.PAYMENT_STARTED, begun.payment.id)
    assert WANTED.ip not in event.model_dump_json()
    assert begun.version == dossiers.load(dossier.id).version


def test_a_second_attempt_may_begin_while_the_first_is_open(filed: Filed) -> None:
    dossier = filed()
    first, second = (actions.start(dossier.id, "vnpay", WANTED, CITIZEN, NINE).payment for _ in range(2))

    assert first.id != second.id
    assert set(records.ledger(dossier.id).payments) == {first.id, second.id}


@pytest.mark.parametrize(
    ("changes", "provider", "return_url", "caller", "refusal"),
    [
        ({"fee_due": 0, "payment_status": "none"}, "vnpay", WANTED.return_url, CITIZEN, conditions.NothingDue),
        ({"payment_status": "paid"}, "vnpay", WANTED.return_url, CITIZEN, conditions.AlreadyPaid),
        ({"payment_status": "overpaid"}, "vnpay", WANTED.return_url, CITIZEN, conditions.AlreadyPaid),
        ({}, "momo", WANTED.return_url, CITIZEN, conditions.ProviderNotAccepted),
        ({}, "counter", WANTED.return_url, CITIZEN, conditions.ProviderNotAccepted),
        ({}, "vnpay", "http://example.vn/tro-ve", CITIZEN, conditions.BadReturnUrl),
        ({}, "vnpay", WANTED.return_url, None, Untrusted),
        ({}, "vnpay", WANTED.return_url, Caller("citizen", "c-2", "key-of-c-2"), NotFound),
        ({}, "vnpay", WANTED.return_url, CLERK, Forbidden),
        *[({"stage": stage}, "vnpay", WANTED.return_url, CITIZEN, NotInThisStage) for stage in sorted(CLOSED)],
        ({"stage": Stage.DRAFT, "code": None}, "vnpay", WANTED.return_url, CITIZEN, NotInThisStage),
    ],
)
def test_what_cannot_be_paid_is_refused_and_nothing_begins(
    filed: Filed, changes: dict[str, Any], provider: str, return_url: str, caller: Caller, refusal: type[Refusal]
) -> None:
    dossier = filed(**changes)
    wanted = WANTED.model_copy(update={"return_url": return_url})
    with pytest.raises(refusal):
        actions.start(dossier.id, provider, wanted, caller, NINE)

    assert records.ledger(dossier.id).payments == {}
    assert dossiers.load(dossier.id) == dossier


def test_what_is_paid_at_the_desk_is_not_paid_online(filed: Filed) -> None:
    pinned = filed().procedure.model_copy(update={"pay_online": False, "level": 3})
    with pytest.raises(conditions.PaidAtTheDesk):
        actions.start(filed(procedure=pinned).id, "vnpay", WANTED, CITIZEN, NINE)


def test_an_unknown_dossier_is_not_found() -> None:
    with pytest.raises(UnknownDossier):
        actions.start("nowhere", "vnpay", WANTED, CITIZEN, NINE)
    with pytest.raises(UnknownDossier):
        actions.counter_payment("nowhere", 1, "BL-1", CLERK, NINE)


def test_the_account_shows_every_attempt_and_what_they_mean_together(begun: Callable[..., Payment]) -> None:
    first = begun()
    second = actions.start(first.dossier_id, "vnpay", WANTED, CITIZEN, SOON).payment
    hearing.notified("vnpay", notification(second))

    account = actions.account(first.dossier_id, CITIZEN, NINE + timedelta(hours=1))
    assert [(each.payment.id, each.state.status) for each in account.attempts] == [
        (second.id, "paid"),
        (first.id, "expired"),
    ]
    assert (account.fee.status, account.fee.due, account.fee.received) == ("paid", 120_000, 120_000)
    with pytest.raises(NotFound):
        actions.account(first.dossier_id, Caller("citizen", "c-2", "key-of-c-2"), SOON)


# ---- at the desk


def test_a_clerk_takes_the_fee_against_a_receipt(filed: Filed) -> None:
    dossier = filed()
    taken = actions.counter_payment(dossier.id, 120_000, "BL-0001", CLERK, SOON)

    assert (taken.state.status, taken.state.received) == ("paid", 120_000)
    after = dossiers.load(dossier.id)
    assert (after.payment_status, after.paid_amount, after.version) == ("paid", 120_000, taken.version)
    event = history.events(dossier.id)[-1]
    assert (event.type, event.actor.id, event.data["receipt_number"]) == (EventType.COUNTER_PAID, "an", "BL-0001")


def test_money_at_the_desk_is_not_asked_for_again(filed: Filed) -> None:
    taken = actions.counter_payment(filed().id, 120_000, "BL-0002", CLERK, SOON)

    assert taken.payment.id not in records.due_for_question(NINE + timedelta(days=9))


def test_a_receipt_number_is_used_once_in_an_agency(filed: Filed) -> None:
    dossier, other = filed(), filed()
    actions.counter_payment(dossier.id, 120_000, "BL-0003", CLERK, SOON)
    with pytest.raises(conditions.ReceiptNumberUsed):
        actions.counter_payment(other.id, 120_000, "BL-0003", CLERK, SOON)

    assert dossiers.load(other.id).payment_status == "due"
    elsewhere = filed(agency="H32.11")
    actions.counter_payment(elsewhere.id, 120_000, "BL-0003", replace(CLERK, agency="H32.11"), SOON)


@pytest.mark.parametrize("amount", [119_999, 120_001, 1, 240_000])
def test_only_the_amount_due_is_taken(filed: Filed, amount: int) -> None:
    dossier = filed()
    with pytest.raises(conditions.NotTheAmountDue) as refused:
        actions.counter_payment(dossier.id, amount, "BL-0004", CLERK, SOON)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.vi) == ("/amount", "Số tiền phải thu là 120.000 đồng.")
    assert fault.en == "The amount due is VND 120,000."
    assert dossiers.load(dossier.id) == dossier


@pytest.mark.parametrize(
    ("changes", "caller", "refusal"),
    [
        ({}, CITIZEN, Forbidden),
        ({}, replace(CLERK, roles=frozenset({"finance"})), Forbidden),
        ({}, replace(CLERK, agency="H32.11"), Forbidden),
        ({"fee_due": 0, "payment_status": "none"}, CLERK, conditions.NothingDue),
        ({"payment_status": "paid"}, CLERK, conditions.AlreadyPaid),
        ({"stage": Stage.WITHDRAWN}, CLERK, NotInThisStage),
    ],
)
def test_who_may_not_take_money_or_when_there_is_none_to_take(
    filed: Filed, changes: dict[str, Any], caller: Caller, refusal: type[Refusal]
) -> None:
    dossier = filed(**changes)
    with pytest.raises(refusal):
        actions.counter_payment(dossier.id, 120_000, "BL-0005", caller, SOON)

    assert dossiers.load(dossier.id) == dossier


def test_a_payment_online_after_one_at_the_desk_is_an_overpayment(begun: Callable[..., Payment]) -> None:
    payment = begun()
    actions.counter_payment(payment.dossier_id, 120_000, "BL-0006", CLERK, SOON)

    assert hearing.notified("vnpay", notification(payment)).body == CONFIRMED
    dossier = dossiers.load(payment.dossier_id)
    assert (dossier.payment_status, dossier.paid_amount) == ("overpaid", 240_000)
