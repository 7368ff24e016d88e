"""Whatever call to the store fails, before or after its effect: VNPAY calls again, and the money is there once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, VerboseClientError

from chalicelib import table
from chalicelib.dossiers import records as dossiers
from chalicelib.history import records as history
from chalicelib.history.rules import EventType, broken_at
from chalicelib.payments import records
from chalicelib.payments.rules import Payment
from tests.payments.conftest import NINE, notification, vnpay_hears

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("one_table")]
SOON = NINE + timedelta(minutes=3)
CALLS = ("Query", "GetItem", "TransactWriteItems")
Fault = Callable[[], Exception]


@contextmanager
def failing(number: int, fault: Fault, *, after: bool, times: int = 1) -> Iterator[list[str]]:
    """The calls made inside; the numbered one, and as many after it as told, come to nothing or lose their answer."""
    made: list[str] = []
    call = Connection._make_api_call

    def broken(self: Connection, name: str, *args: Any, **kwargs: Any) -> Any:
        made.append(name)
        wrong = number <= len(made) - 1 < number + times
        if wrong and not after:
            raise fault()
        answer = call(self, name, *args, **kwargs)
        if wrong:
            raise fault()
        return answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Connection, "_make_api_call", broken)
        patched.setattr(table.time, "sleep", lambda _: None)
        yield made


def refused(code: str, *reasons: str) -> Fault:
    def fault() -> Exception:
        told: Any = {"Error": {"Code": code, "Message": "told by the test"}}
        cancelled = [CancellationReason(code=reason) for reason in reasons]
        return VerboseClientError(told, "TransactWriteItems", {}, cancellation_reasons=cancelled)

    return fault


def dies() -> Exception:
    return ClientError({"Error": {"Code": "InternalServerError", "Message": "told by the test"}}, "any")


def paid_once(payment: Payment) -> None:
    dossier = dossiers.load(payment.dossier_id)
    assert (dossier.payment_status, dossier.paid_amount) == ("paid", 120_000)
    assert dossier.acceptance_due_at is not None
    events = history.events(payment.dossier_id)
    assert broken_at(events) is None
    assert [event.type for event in events].count(EventType.PAYMENT_RECORDED) == 1
    assert len(records.ledger(payment.dossier_id).events[payment.id]) == 1
    assert payment.id not in records.due_for_question(NINE + timedelta(days=9))


def test_these_are_the_calls_a_notification_makes(begun: Callable[..., Payment]) -> None:
    payment = begun()
    with failing(99, dies, after=False) as made:
        vnpay_hears(notification(payment))

    assert tuple(made) == CALLS


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(len(CALLS)), ids=CALLS)
def test_a_notification_that_dies_anywhere_is_recorded_when_it_comes_again(
    begun: Callable[..., Payment], number: int, after: bool
) -> None:
    payment = begun()
    pairs = notification(payment)
    with failing(number, dies, after=after):
        assert vnpay_hears(pairs) == "99"

    assert vnpay_hears(pairs) == ("02" if after and number == 2 else "00")
    paid_once(payment)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "fault",
    [
        refused("TransactionCanceledException", "TransactionConflict"),
        refused("TransactionCanceledException", "ThrottlingError"),
        refused("TransactionInProgressException"),
    ],
    ids=["conflict", "throttled", "in progress"],
)
def test_a_conflict_or_a_try_under_way_is_waited_out(begun: Callable[..., Payment], fault: Fault, times: int) -> None:
    payment = begun()
    with failing(2, fault, after=False, times=times):
        assert vnpay_hears(notification(payment)) == "00"

    paid_once(payment)


def test_conflict_without_end_is_answered_99_and_loses_nothing(begun: Callable[..., Payment]) -> None:
    payment = begun()
    pairs = notification(payment)
    with failing(2, refused("TransactionCanceledException", "TransactionConflict"), after=False, times=50):
        assert vnpay_hears(pairs) == "99"

    assert vnpay_hears(pairs) == "00"
    paid_once(payment)


def test_a_transaction_whose_answer_was_lost_to_a_conflict_is_made_once(begun: Callable[..., Payment]) -> None:
    payment = begun()
    with failing(2, refused("TransactionCanceledException", "TransactionConflict"), after=True):
        assert vnpay_hears(notification(payment)) in ("00", "02")

    paid_once(payment)
