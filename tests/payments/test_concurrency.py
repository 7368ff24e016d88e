"""On a store with real transactions: many at once, one effect, good answers for all."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import records as history
from chalicelib.history.rules import EventType, broken_at
from chalicelib.payments import actions, conditions, records
from chalicelib.payments.rules import Payment
from tests.payments.conftest import CITIZEN, CLERK, NINE, WANTED, notification, vnpay_hears

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("one_table")]
SOON = NINE + timedelta(minutes=3)


def at_once(what: Callable[[int], str], times: int = 20) -> Counter[str]:
    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(what, range(times)))


def recorded(dossier_id: str) -> int:
    events = history.events(dossier_id)
    assert broken_at(events) is None
    return sum(event.type == EventType.PAYMENT_RECORDED for event in events)


def test_fifty_identical_notifications_at_once_have_one_effect_and_fifty_good_answers(
    begun: Callable[..., Payment],
) -> None:
    payment = begun()
    pairs = notification(payment)

    answers = at_once(lambda _: vnpay_hears(pairs), times=50)

    assert answers == {"00": 1, "02": 49}
    assert recorded(payment.dossier_id) == 1
    assert dossiers.load(payment.dossier_id).paid_amount == 120_000


def test_different_notifications_at_once_are_all_recorded_or_called_for_again(begun: Callable[..., Payment]) -> None:
    first = begun()
    second = actions.start(first.dossier_id, "vnpay", WANTED, CITIZEN, SOON).payment
    said = [
        notification(payment, vnp_TransactionNo=str(number), vnp_TransactionStatus=status)
        for number, (payment, status) in enumerate([(first, "00"), (second, "00"), (first, "02"), (second, "02")])
    ]
    for _ in range(3):
        answers = at_once(lambda turn: vnpay_hears(said[turn % 4]), times=8)
        assert set(answers) <= {"00", "02", "99"}

    dossier = dossiers.load(first.dossier_id)
    assert (dossier.payment_status, dossier.paid_amount) == ("overpaid", 240_000)
    assert recorded(first.dossier_id) == 4


def test_the_desk_and_vnpay_at_once_lose_no_money(begun: Callable[..., Payment]) -> None:
    payment = begun()

    def pay(turn: int) -> str:
        if turn:
            return vnpay_hears(notification(payment))
        try:
            return str(actions.counter_payment(payment.dossier_id, 120_000, "BL-7001", CLERK, SOON).state.status)
        except conditions.AlreadyPaid:
            return "already paid"

    answers = at_once(pay, times=2)

    dossier = dossiers.load(payment.dossier_id)
    both = answers["paid"] == 1
    assert dossier.paid_amount == (240_000 if both else 120_000)
    assert dossier.payment_status == ("overpaid" if both else "paid")
    ledger = records.ledger(payment.dossier_id)
    assert ledger.fee(120_000, SOON).received == dossier.paid_amount


def test_a_receipt_number_used_by_many_at_once_is_used_by_one(filed: Callable[..., Dossier]) -> None:
    waiting = [filed().id for _ in range(8)]

    def take(turn: int) -> str:
        try:
            return str(actions.counter_payment(waiting[turn], 120_000, "BL-8001", CLERK, SOON).state.status)
        except conditions.ReceiptNumberUsed:
            return "used"

    assert at_once(take, times=8) == {"paid": 1, "used": 7}
