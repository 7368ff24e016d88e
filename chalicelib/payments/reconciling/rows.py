"""The movements of money that a payment's events tell of, as rows of our side of a reconciliation. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from chalicelib.payments.reconciling.movements import Kind, Row, Status
from chalicelib.payments.refunds import RefundEvent, RefundState, refunds
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Verdict

REFUNDS: Final = {
    RefundState.DONE: Status.SUCCESS,
    RefundState.TAKEN_ON: Status.PENDING,
    RefundState.FAILED: Status.FAILED,
}


class Told(NamedTuple):
    """A payment and all that was said of it."""

    payment: Payment
    events: Sequence[PaymentEvent]
    refund_events: Sequence[RefundEvent]


def rows_of(told: Told, agency: str) -> Iterator[Row]:
    """One row for each sum that arrived, or one for an attempt at which none did; and one for each refund.

    `agency`: which answers for the dossier.
    """
    yield from _payments(told, agency) or [_nothing_taken(told, agency)]
    yield from _refunds(told, agency)


def _payments(told: Told, agency: str) -> list[Row]:
    """The same sum told by notification, by query and by a person is one; it is ours since the first of them."""
    by_reference: dict[str, list[PaymentEvent]] = {}
    for event in told.events:
        if event.money_taken:
            by_reference.setdefault(event.provider_reference, []).append(event)
    status = Status.REVERSED if _is_lost(told) else Status.SUCCESS
    return [
        _row(told.payment, agency)._replace(
            reference=reference,
            status=status,
            amount=max(event.amount or 0 for event in events),
            at=min(event.at for event in events),
            placed=any(event.source == Source.FINANCE for event in events),
        )
        for reference, events in sorted(by_reference.items())
    ]


def _is_lost(told: Told) -> bool:
    """Whether disputes took back all that had come."""
    lost = {event.provider_reference: event.amount or 0 for event in told.events if event.verdict == Verdict.LOST}
    taken = {event.provider_reference: event.amount or 0 for event in told.events if event.money_taken}
    return bool(lost) and sum(lost.values()) >= sum(taken.values())


def _nothing_taken(told: Told, agency: str) -> Row:
    row = _row(told.payment, agency)
    if not told.events:
        return row
    failed = any(event.verdict == Verdict.FAILURE for event in told.events)
    last = max(told.events, key=lambda event: (event.at, event.id))
    status = Status.FAILED if failed else Status.PENDING
    return row._replace(status=status, reference=last.provider_reference, at=last.at)


def _refunds(told: Told, agency: str) -> Iterator[Row]:
    """What was only asked for, or sent to a provider that did not answer, is not known to have been paid."""
    for refund in refunds(told.refund_events):
        acts = [event.at for event in told.refund_events if event.refund_id == refund.id]
        yield _row(told.payment, agency)._replace(
            kind=Kind.REFUND,
            status=REFUNDS.get(refund.state, Status.UNHEARD),
            reference=refund.provider_reference,
            amount=refund.amount,
            since=refund.at,
            at=max(acts),
            refund=refund.id,
        )


def _row(payment: Payment, agency: str) -> Row:
    """The attempt as it was begun."""
    return Row(
        payment_id=payment.id,
        dossier_code=payment.about,
        agency=agency,
        provider=payment.provider,
        order=payment.name,
        reference="",
        kind=Kind.PAYMENT,
        status=Status.UNHEARD,
        amount=payment.amount,
        since=payment.created_at,
        at=payment.created_at,
    )


def gathered(
    payments: Iterable[Payment], events: Iterable[PaymentEvent], refund_events: Iterable[RefundEvent]
) -> list[Told]:
    """To each payment what was said of it."""
    said: dict[str, list[PaymentEvent]] = defaultdict(list)
    acts: dict[str, list[RefundEvent]] = defaultdict(list)
    for event in events:
        said[event.payment_id].append(event)
    for act in refund_events:
        acts[act.payment_id].append(act)
    return [Told(payment, said[payment.id], acts[payment.id]) for payment in payments]
