"""The state of a payment, and of a fee, as a fold over recorded events: never a field that someone sets. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import NonNegativeInt

from chalicelib.dossiers.rules import PaymentStatus
from chalicelib.payments.refunds import Refund, RefundEvent, RefundState, refunds
from chalicelib.payments.rules import Frozen, Payment, PaymentEvent, Verdict

ASKED_AFTER: Final = tuple(timedelta(minutes=m) for m in (2, 5, 15, *range(60, 72 * 60 + 1, 60)))
FAILURE_DOUBTED_FOR: Final = timedelta(hours=1)


class Status(StrEnum):
    """CHARGED_BACK: the payer's bank took it back, and what is left is less than was to be paid."""

    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    MISMATCHED = "mismatched"
    OVERPAID = "overpaid"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"
    PART_REFUNDED = "part_refunded"


class PaymentState(Frozen):
    """`received`: the money known to have arrived and not lost in a dispute. `refunded`: what of it went back,
    `refunding`: what is on its way back or asked to be. `settled`: this payment's amount arrived exactly, at least
    once. All in VND."""

    status: Status
    received: NonNegativeInt
    refunded: NonNegativeInt = 0
    refunding: NonNegativeInt = 0
    settled: bool
    disputed: bool = False

    @property
    def refundable(self) -> int:
        return max(0, self.received - self.refunded - self.refunding)


class FeeState(Frozen):
    """What all attempts together mean for the fee."""

    status: PaymentStatus
    due: NonNegativeInt
    received: NonNegativeInt
    refunded: NonNegativeInt = 0


class Ledger(Frozen):
    """Everything known of a dossier's money: its payments, events and refunds of each, how many entries it makes."""

    payments: Mapping[str, Payment] = {}
    events: Mapping[str, Sequence[PaymentEvent]] = {}
    refund_events: Mapping[str, Sequence[RefundEvent]] = {}
    entries: NonNegativeInt = 0

    def knows(self, event: PaymentEvent) -> bool:
        return any(known.id == event.id for known in self.events.get(event.payment_id, ()))

    def with_(self, payment: Payment, *events: PaymentEvent | RefundEvent) -> "Ledger":
        said = tuple(each for each in events if isinstance(each, PaymentEvent))
        acts = tuple(each for each in events if isinstance(each, RefundEvent))
        return Ledger(
            payments={**self.payments, payment.id: payment},
            events={**self.events, payment.id: (*self.events.get(payment.id, ()), *said)},
            refund_events={**self.refund_events, payment.id: (*self.refund_events.get(payment.id, ()), *acts)},
            entries=self.entries + 1,
        )

    def refunds(self, payment: Payment) -> tuple[Refund, ...]:
        return refunds(self.refund_events.get(payment.id, ()))

    def state(self, payment: Payment, now: datetime) -> PaymentState:
        return fold(payment, self.events.get(payment.id, ()), now, self.refunds(payment))

    def fee(self, due: int, now: datetime) -> FeeState:
        return fee(due, [(payment, self.state(payment, now)) for payment in self.payments.values()])


def fold(
    payment: Payment, events: Iterable[PaymentEvent], now: datetime, sent_back: Iterable[Refund] = ()
) -> PaymentState:
    """The payment's state: the same for the same set of events, in whatever order and however often they came."""
    events, sent_back = tuple(events), tuple(sent_back)
    verdicts = {event.verdict for event in events}
    received = _arrived(events)
    refunded = sum(each.amount for each in sent_back if each.state == RefundState.DONE)
    refunding = sum(each.amount for each in sent_back if each.is_open)
    disputed = bool(_disputes(events, Verdict.DISPUTED) - _disputes(events, Verdict.KEPT, Verdict.LOST))
    plain = _status(payment, verdicts, received, refunded, now)
    return PaymentState(
        status=_after_all(plain, received, refunded, refunding, disputed=disputed, settled=Verdict.SUCCESS in verdicts),
        received=received,
        refunded=refunded,
        refunding=refunding,
        settled=Verdict.SUCCESS in verdicts,
        disputed=disputed,
    )


def _arrived(events: Iterable[PaymentEvent]) -> int:
    """Each movement of money once, though told by notification and by query; what a dispute lost is gone."""
    events = tuple(events)
    lost = _sums(event for event in events if event.verdict == Verdict.LOST)
    return max(0, sum(movements(events).values()) - sum(lost.values()))


def movements(events: Iterable[PaymentEvent]) -> dict[str, int]:
    """The money that was taken: each movement by the provider's name of it, in the order in which we first heard."""
    return _sums(sorted((event for event in events if event.money_taken), key=lambda each: (each.at, each.id)))


def _sums(events: Iterable[PaymentEvent]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for event in events:
        if event.amount is not None:
            sums[event.provider_reference] = max(sums.get(event.provider_reference, 0), event.amount)
    return sums


def _disputes(events: Iterable[PaymentEvent], *verdicts: Verdict) -> set[str]:
    return {event.provider_reference for event in events if event.verdict in verdicts}


def _status(payment: Payment, verdicts: set[Verdict], received: int, refunded: int, now: datetime) -> Status:
    if Verdict.LOST in verdicts and received < payment.amount:
        return Status.CHARGED_BACK
    if Verdict.SUCCESS in verdicts and received - refunded > payment.amount:
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


def _after_all(plain: Status, received: int, refunded: int, refunding: int, *, disputed: bool, settled: bool) -> Status:
    """What came later than the money says more than its arrival; money that left before any came needs a person.
    Money in doubt stays so until the last đồng of it went back, or the payment is settled by other money."""
    if disputed:
        return Status.DISPUTED
    if refunded > received:
        return Status.MISMATCHED
    if refunding:
        return Status.REFUND_PENDING
    in_doubt = plain == Status.MISMATCHED and not settled and refunded < received
    if not refunded or in_doubt:
        return plain
    return Status.REFUNDED if refunded == received else Status.PART_REFUNDED


def fee(due: int, attempts: Iterable[tuple[Payment, PaymentState]]) -> FeeState:
    """Two attempts that both succeed are an overpayment, though each by itself is paid.

    An attempt of which nothing was said is pending until it expires, and nothing afterwards. A fee stays paid while
    what is left after every refund still covers it.
    """
    attempts = tuple(attempts)
    states = [state for _, state in attempts]
    received, refunded = sum(each.received for each in states), sum(each.refunded for each in states)
    settled = sum(payment.amount for payment, state in attempts if state.settled)
    left = received - refunded - sum(each.refunding for each in states)
    covered = settled > 0 and settled >= due and left >= due
    status = _covered(due, received - refunded, states) if covered else _uncovered(due, received, refunded, states)
    return FeeState(status=status, due=due, received=received, refunded=refunded)


def _covered(due: int, held: int, states: Sequence[PaymentState]) -> PaymentStatus:
    if any(each.disputed for each in states):
        return "disputed"
    return "overpaid" if held > due else "paid"


def _uncovered(due: int, received: int, refunded: int, states: Sequence[PaymentState]) -> PaymentStatus:
    statuses = {each.status for each in states}
    if any(each.disputed for each in states) or Status.MISMATCHED in statuses:  # disputed or not, the fee is not paid
        return "mismatched"
    if any(each.refunding for each in states):
        return "refund_pending"
    if statuses & {Status.CREATED, Status.PENDING}:
        return "pending"
    if refunded:
        return "refunded" if refunded == received else "part_refunded"
    if Status.FAILED in statuses:
        return "failed"
    return "due" if due else "none"


def next_question(payment: Payment, state: PaymentState, now: datetime) -> datetime | None:
    """When to ask the provider again: 2, 5, 15, 60 minutes after the start, then hourly to 3 days; None: no more.

    A failure is doubted for an hour, since a success may still follow it; what a person must look at is not asked for.
    """
    if state.settled or state.status in (Status.MISMATCHED, Status.DISPUTED):
        return None
    coming = next((time for time in _questions(payment) if time > now), None)
    doubted_until = payment.created_at + FAILURE_DOUBTED_FOR
    return None if coming and state.status == Status.FAILED and coming > doubted_until else coming


def _questions(payment: Payment) -> Iterable[datetime]:
    return (payment.created_at + after for after in ASKED_AFTER)
