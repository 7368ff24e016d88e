"""What a finance officer must look at: money that is wrong, or that somebody has to send back. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from chalicelib.payments.fold import Ledger, PaymentState, Status
from chalicelib.payments.refunds import Refund, RefundState
from chalicelib.payments.rules import Payment


class NeedKind(StrEnum):
    """The most urgent first: what of several needs is shown. PAY_OUT: approved, and the provider cannot send it.
    ON_ITS_WAY: the provider was told, or is being told, and has not yet said that it was paid out."""

    DISPUTED = "disputed"
    MISMATCHED = "mismatched"
    REFUND_FAILED = "refund_failed"
    APPROVE = "refund_to_approve"
    PAY_OUT = "refund_to_pay_out"
    OVERPAID = "overpaid"
    ON_ITS_WAY = "refund_on_its_way"


class Need(NamedTuple):
    kind: NeedKind
    since: datetime
    card: dict[str, Any]


WRONG: Final = {
    Status.DISPUTED: NeedKind.DISPUTED,
    Status.MISMATCHED: NeedKind.MISMATCHED,
    Status.OVERPAID: NeedKind.OVERPAID,
}


def need(payment: Payment, ledger: Ledger, fee_due: int, now: datetime, *, can_refund: bool) -> Need | None:
    """What the payment needs of a finance officer, if anything. Two paid attempts at one fee are an overpayment."""
    state, refunds = ledger.state(payment, now), ledger.refunds(payment)
    wanted = set(_of_refunds(refunds, state, can_refund=can_refund))
    wanted |= {WRONG[state.status]} if state.status in WRONG else set()
    if not wanted - {NeedKind.ON_ITS_WAY} and state.refundable and _too_much(ledger, fee_due, now):
        wanted |= {NeedKind.OVERPAID}
    kind = next((each for each in NeedKind if each in wanted), None)
    return Need(kind, _since(payment, ledger, now), card(payment, state, kind)) if kind else None


def _since(payment: Payment, ledger: Ledger, now: datetime) -> datetime:
    """When something last happened to the payment."""
    said = [each.at for each in ledger.events.get(payment.id, ())]
    acts = [each.at for each in ledger.refund_events.get(payment.id, ())]
    return max(said + acts, default=now)


def _too_much(ledger: Ledger, fee_due: int, now: datetime) -> bool:
    """Whether the fee is paid more than once, and what is too much is not yet on its way back."""
    held = sum(ledger.state(each, now).refundable for each in ledger.payments.values())
    return held > fee_due and ledger.fee(fee_due, now).status == "overpaid"


def card(payment: Payment, state: PaymentState, kind: NeedKind) -> dict[str, Any]:
    """What the list shows of it; nothing about a person."""
    return {
        "payment_id": payment.id,
        "dossier_id": payment.dossier_id,
        "dossier_code": payment.about,
        "provider": payment.provider,
        "need": kind.value,
        "status": state.status.value,
        "amount": payment.amount,
        "received": state.received,
        "refunded": state.refunded,
        "refunding": state.refunding,
    }


def _of_refunds(refunds: Iterable[Refund], state: PaymentState, *, can_refund: bool) -> Iterable[NeedKind]:
    refunds = tuple(refunds)
    for each in refunds:
        if each.state in (RefundState.PROPOSED, RefundState.WAITING):
            yield NeedKind.APPROVE
        elif each.is_open:
            yield NeedKind.ON_ITS_WAY if can_refund else NeedKind.PAY_OUT
    last = refunds[-1] if refunds else None
    if last and last.state == RefundState.FAILED and state.refundable:
        yield NeedKind.REFUND_FAILED
