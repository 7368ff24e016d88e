from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import records as history
from chalicelib.history.rules import EventType, broken_at
from chalicelib.payments import actions, hearing, records
from chalicelib.payments.protocol import Notice
from chalicelib.payments.rules import Payment
from tests.payments.conftest import CITIZEN, FAILED, NINE, WANTED, notification, requests, vnpay_hears

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("one_table")]
SOON = NINE + timedelta(minutes=3)
LATE = NINE + timedelta(days=2)


def notify(notice: Notice, at: datetime = SOON) -> str:
    return vnpay_hears(notice, at)


def status(payment: Payment, at: datetime = SOON) -> str:
    return records.ledger(payment.dossier_id).state(payment, at).status


def news(payment: Payment) -> list[str]:
    events = history.events(payment.dossier_id)
    assert broken_at(events) is None
    return [event.data["status"] for event in events if event.type == EventType.PAYMENT_RECORDED]


def test_the_exact_fee_pays_a_level_4_dossier_and_starts_its_acceptance_clock(begun: Callable[..., Payment]) -> None:
    payment = begun()
    assert dossiers.load(payment.dossier_id).awaits_payment

    assert notify(notification(payment)) == "00"

    dossier = dossiers.load(payment.dossier_id)
    assert (dossier.payment_status, dossier.paid_amount) == ("paid", 120_000)
    assert dossier.acceptance_due_at is not None
    assert status(payment) == "paid"


def test_a_repetition_has_no_effect_and_costs_one_read(begun: Callable[..., Payment]) -> None:
    payment = begun()
    notify(notification(payment))
    before = dossiers.load(payment.dossier_id)

    with requests() as made:
        assert notify(notification(payment), LATE) == "02"

    assert made == ["Query"]
    assert dossiers.load(payment.dossier_id) == before


def test_a_notification_costs_three_requests(begun: Callable[..., Payment]) -> None:
    payment = begun()

    with requests() as made:
        assert notify(notification(payment)) == "00"

    assert made == ["Query", "GetItem", "TransactWriteItems"]


@pytest.mark.parametrize(
    ("changes", "answer", "state"),
    [
        ({"vnp_Amount": "12000001"}, "04", "mismatched"),
        ({"vnp_Amount": "100"}, "04", "mismatched"),
        ({"vnp_Amount": "-12000000"}, "04", "mismatched"),
        ({"vnp_Amount": "120000.00"}, "04", "mismatched"),
        ({"vnp_Amount": "1", **FAILED}, "04", "mismatched"),
        ({"vnp_TmnCode": "OTHER001"}, "01", "mismatched"),
        ({"vnp_ResponseCode": "07"}, "00", "mismatched"),
        ({"vnp_TransactionStatus": "02"}, "00", "failed"),
        ({"vnp_ResponseCode": "24"}, "00", "failed"),
        ({"vnp_TransactionStatus": "01"}, "00", "pending"),
        (FAILED, "00", "failed"),
    ],
)
def test_what_is_not_a_clean_success_is_recorded_and_pays_nothing(
    begun: Callable[..., Payment], changes: dict[str, str], answer: str, state: str
) -> None:
    payment = begun()

    assert notify(notification(payment, **changes)) == answer
    assert status(payment) == state
    dossier = dossiers.load(payment.dossier_id)
    assert dossier.payment_status == state
    assert dossier.awaits_payment


def test_a_repeated_wrong_amount_is_still_a_wrong_amount(begun: Callable[..., Payment]) -> None:
    payment = begun()
    wrong = notification(payment, vnp_Amount="100")

    assert [notify(wrong), notify(wrong)] == ["04", "04"]
    assert news(payment) == ["mismatched"]


def test_an_unknown_order_is_told_so_and_stands_in_no_ledger(begun: Callable[..., Payment]) -> None:
    payment = begun()
    before = records.ledger(payment.dossier_id)
    for reference in (payment.id[:-1], payment.dossier_id, "", "x" * 3000, "a b", "ngoại lệ", f"{payment.id}#x"):
        assert notify(notification(payment, vnp_TxnRef=reference)) == "01"

    assert records.ledger(payment.dossier_id) == before


def test_what_is_forged_empty_or_doubled_touches_nothing(begun: Callable[..., Payment]) -> None:
    payment = begun()
    right = notification(payment).query
    forged = (
        (*right[:-1], ("vnp_SecureHash", "0" * 128)),
        right[:-1],
        (*right, right[0]),
        (("vnp_Amount", "1"), *right),
    )
    before = records.ledger(payment.dossier_id)
    with requests() as made:
        assert [notify(Notice(query=pairs, at=SOON)) for pairs in forged] == ["97"] * 4
    assert made == ["UpdateItem"] * 4  # counted apart, and nothing else
    with requests() as made:
        assert notify(Notice(at=SOON)) == "99"
        assert notify(notification(payment, vnp_ResponseCode="")) == "99"

    assert made == []
    assert records.ledger(payment.dossier_id) == before


def test_a_defect_is_answered_99_so_that_vnpay_calls_again(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = begun()
    with monkeypatch.context() as broken:
        broken.setattr(records, "ledger", lambda _: 1 / 0)
        assert notify(notification(payment)) == "99"

    assert notify(notification(payment)) == "00"


@pytest.mark.parametrize(
    ("first", "then", "answers", "state"),
    [
        (FAILED, {}, ["00", "00"], "paid"),
        ({}, FAILED, ["00", "02"], "paid"),
        ({}, {"vnp_TransactionNo": "2"}, ["00", "02"], "overpaid"),
        ({"vnp_Amount": "100"}, {}, ["04", "00"], "mismatched"),
        ({"vnp_TransactionStatus": "01"}, {}, ["00", "00"], "paid"),
        (FAILED, {"vnp_ResponseCode": "11", "vnp_TransactionStatus": "02"}, ["00", "00"], "failed"),
    ],
)
def test_whatever_follows_is_recorded_too(
    begun: Callable[..., Payment], first: dict[str, str], then: dict[str, str], answers: list[str], state: str
) -> None:
    payment = begun()

    assert [notify(notification(payment, **each)) for each in (first, then)] == answers
    assert status(payment) == state


def test_a_success_after_expiry_is_recorded(begun: Callable[..., Payment]) -> None:
    payment = begun()
    assert status(payment, LATE) == "expired"

    assert notify(notification(payment), LATE) == "00"
    assert status(payment, LATE) == "paid"


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.NOT_ACCEPTED, Stage.STOPPED, Stage.RETURNED])
def test_money_for_a_closed_dossier_is_recorded_and_does_not_reopen_it(
    begun: Callable[..., Payment], stage: Stage
) -> None:
    from chalicelib.dossiers.change import Change
    from chalicelib.history.rules import Actor

    payment = begun()
    before = dossiers.load(payment.dossier_id)
    closed = Change(before.model_copy(update={"stage": stage}), EventType.WITHDRAWN, {"reason": "thử"})
    dossiers.keep(before, closed, Actor(kind="citizen"), SOON)

    assert notify(notification(payment)) == "00"
    dossier = dossiers.load(payment.dossier_id)
    assert (dossier.stage, dossier.payment_status, dossier.acceptance_due_at) == (stage, "paid", None)


def test_two_attempts_that_both_succeed_are_an_overpayment(begun: Callable[..., Payment]) -> None:
    first = begun()
    second = actions.start(first.dossier_id, "vnpay", WANTED, CITIZEN, SOON).payment

    assert notify(notification(first)) == "00"
    assert notify(notification(second, vnp_TransactionNo="2")) == "00"
    dossier = dossiers.load(first.dossier_id)
    assert (dossier.payment_status, dossier.paid_amount) == ("overpaid", 240_000)


def test_the_history_says_what_each_event_brought_about(begun: Callable[..., Payment]) -> None:
    payment = begun()
    for changes in (FAILED, {}, FAILED | {"vnp_BankCode": "VCB"}):
        notify(notification(payment, **changes))

    assert news(payment) == ["failed", "paid", ""]


def test_a_decision_on_a_ledger_that_has_grown_is_made_again(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another attempt's success slips in between reading the ledger and reading the dossier."""
    first = begun()
    second = actions.start(first.dossier_id, "vnpay", WANTED, CITIZEN, SOON).payment
    load, slipped = dossiers.load, []

    def slow(dossier_id: str) -> Dossier:
        if not slipped:
            slipped.append(True)
            assert notify(notification(second, vnp_TransactionNo="2")) == "00"
        return load(dossier_id)

    monkeypatch.setattr(hearing.dossiers, "load", slow)
    assert notify(notification(first)) == "00"
    assert load(first.dossier_id).payment_status == "overpaid"
