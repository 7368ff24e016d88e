"""The state of a payment, and of a fee, as a fold over recorded events: never a field that someone sets. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import NonNegativeInt

from chalicelib.payments.rules import Frozen, Payment, PaymentEvent, Verdict

ASKED_AFTER: Final = tuple(timedelta(minutes=m) for m in (2, 5, 15, *range(60, 72 * 60 + 1, 60)))
FAILURE_DOUBTED_FOR: Final = timedelta(hours=1)


class Status(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    MISMATCHED = "mismatched"
    OVERPAID = "overpaid"


class PaymentState(Frozen):
    """`received`: the money known to have arrived. `settled`: this payment's amount arrived exactly, at least once."""

    status: Status
    received: NonNegativeInt
    settled: bool


class FeeState(Frozen):
    """What all attempts together mean for the fee."""

    status: Literal["none", "due", "pending", "paid", "failed", "mismatched", "overpaid"]
    due: NonNegativeInt
    received: NonNegativeInt


class Ledger(Frozen):
    """Everything known of a dossier's money: its payments, the events of each, and how many entries that makes."""

    payments: Mapping[str, Payment] = {}
    events: Mapping[str, Sequence[PaymentEvent]] = {}
    entries: NonNegativeInt = 0

    def knows(self, event: PaymentEvent) -> bool:
        return any(known.id == event.id for known in self.events.get(event.payment_id, ()))

    def with_(self, payment: Payment, event: PaymentEvent) -> "Ledger":
        events = {**self.events, payment.id: (*self.events.get(payment.id, ()), event)}
        return Ledger(payments={**self.payments, payment.id: payment}, events=events, entries=self.entries + 1)

    def state(self, payment: Payment, now: datetime) -> PaymentState:
        return fold(payment, self.events.get(payment.id, ()), now)

    def fee(self, due: int, now: datetime) -> FeeState:
        return fee(due, [(payment, self.state(payment, now)) for payment in self.payments.values()])


def fold(payment: Payment, events: Iterable[PaymentEvent], now: datetime) -> PaymentState:
    """The payment's state: the same for the same set of events, in whatever order and however often they came."""
    events = tuple(events)
    taken: dict[str, int] = {}
    for event in events:
        if event.money_taken and event.amount is not None:
            # One transaction may be told twice, by notification and by query: it is one sum of money.
            taken[event.provider_reference] = max(taken.get(event.provider_reference, 0), event.amount)
    verdicts = {event.verdict for event in events}
    received = sum(taken.values())
    status = _status(payment, verdicts, received, now)
    return PaymentState(status=status, received=received, settled=Verdict.SUCCESS in verdicts)


def _status(payment: Payment, verdicts: set[Verdict], received: int, now: datetime) -> Status:
    if Verdict.SUCCESS in verdicts and received > payment.amount:
        return Status.OVERPAID
    if Verdict.MISMATCH in verdicts:
        return Status.MISMATCHED
    if Verdict.SUCCESS in verdicts:
        return Status.PAID
    if Verdict.FAILURE in verdicts:
        return Status.FAILED
    if Verdict.PENDING in verdicts:
        return Status.PENDING if now <= payment.created_at + ASKED_AFTER[-1] else Status.EXPIRED
    return Status.CREATED if now <= payment.expires_at else Status.EXPIRED


def fee(due: int, attempts: Iterable[tuple[Payment, PaymentState]]) -> FeeState:
    """Two attempts that both succeed are an overpayment, though each by itself is paid.

    An attempt of which nothing was said is pending until it expires, and nothing afterwards.
    """
    attempts = tuple(attempts)
    statuses = {state.status for _, state in attempts}
    received = sum(state.received for _, state in attempts)
    settled = sum(payment.amount for payment, state in attempts if state.settled)
    status = _fee_status(due, received, settled, statuses)
    return FeeState(status=status, due=due, received=received)


def _fee_status(
    due: int, received: int, settled: int, statuses: set[Status]
) -> Literal["none", "due", "pending", "paid", "failed", "mismatched", "overpaid"]:
    if settled and settled >= due:
        return "overpaid" if received > due else "paid"
    if Status.MISMATCHED in statuses:
        return "mismatched"
    if statuses & {Status.CREATED, Status.PENDING}:
        return "pending"
    if Status.FAILED in statuses:
        return "failed"
    return "due" if due else "none"


def next_question(payment: Payment, state: PaymentState, now: datetime) -> datetime | None:
    """When to ask the provider again: 2, 5, 15, 60 minutes after the start, then hourly to 3 days; None: no more.

    A failure is doubted for an hour, since a success may still follow it; what a person must look at is not asked for.
    """
    if state.settled or state.status == Status.MISMATCHED:
        return None
    coming = next((time for time in _questions(payment) if time > now), None)
    doubted_until = payment.created_at + FAILURE_DOUBTED_FOR
    return None if coming and state.status == Status.FAILED and coming > doubted_until else coming


def _questions(payment: Payment) -> Iterable[datetime]:
    return (payment.created_at + after for after in ASKED_AFTER)
