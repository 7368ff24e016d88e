"""Speaking to providers on a schedule: asking about payments that wait, sending refunds, asking what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aws_lambda_powertools import Logger

from chalicelib.dossiers import records as dossiers
from chalicelib.history.rules import SYSTEM, Actor, EventType
from chalicelib.payments import providers, records
from chalicelib.payments.fold import Ledger, Status, movements, next_question
from chalicelib.payments.hearing import heard
from chalicelib.payments.protocol import RefundOrder, RefundTold, Silent
from chalicelib.payments.recording import Facts, next_word, record
from chalicelib.payments.refunds import Act, Refund, RefundEvent, RefundState, movement_of, next_try
from chalicelib.payments.rules import Payment, Source, Statement, belongs_to, recorded

SILENT_TOO_OFTEN: Final = 3
IN_AN_HOUR: Final = timedelta(hours=1)
TOLD: Final = {"done": Act.DONE, "pending": Act.TAKEN_ON, "failed": Act.FAILED}
logger: Final = Logger(service="motcua")


def speak_to_providers(now: datetime) -> int:
    """Goes through the payments whose turn it is; tells how many. A silent provider is left for the next run."""
    asked, silences = 0, 0
    for payment_id in records.due_for_question(now):
        try:
            silences = 0 if _spoken_of(payment_id, now) else silences + 1
            asked += 1
        except Exception as error:  # noqa: BLE001 - one payment's fault does not keep the others waiting
            logger.error("payment query failed", extra={"payment_id": payment_id, "kind": type(error).__name__})
        if silences >= SILENT_TOO_OFTEN:
            break
    return asked


def _spoken_of(payment_id: str, now: datetime) -> bool:
    """Whether the provider answered all that was asked."""
    ledger = records.ledger(belongs_to(payment_id))
    payment = ledger.payments[payment_id]
    waiting = [each for each in ledger.refunds(payment) if each.state in (RefundState.APPROVED, RefundState.TAKEN_ON)]
    try:
        for refund in waiting:
            _refunded(payment, refund, now)
        return True if waiting else _asked(payment, ledger, now)
    except Silent as silence:
        logger.warning("payment provider is silent", extra={"payment_id": payment_id, "why": str(silence)})
        records.ask_again(payment, _patience(waiting, payment, ledger, now))
        return False


def _patience(waiting: list[Refund], payment: Payment, ledger: Ledger, now: datetime) -> datetime:
    if waiting:
        return next_try(waiting[0].at, now)
    return next_question(payment, ledger.state(payment, now), now) or now + IN_AN_HOUR


# ——— about a payment ———


def _asked(payment: Payment, ledger: Ledger, now: datetime) -> bool:
    """What the provider said, if new, is recorded as if it had come by itself."""
    state = ledger.state(payment, now)
    if state.settled or state.status in (Status.MISMATCHED, Status.DISPUTED):
        records.ask_again(payment, next_word(ledger, payment, now))
        return True
    told = _answers(payment, now)
    new = [said for said in told if not ledger.knows(recorded(payment, said, Source.QUERY, now))]
    for said in new:
        heard(payment.provider, said, Source.QUERY, now)
    if not new:
        if state.status == Status.EXPIRED:
            _note_expiry(payment, ledger, now)
        records.ask_again(payment, next_word(ledger, payment, now))
    return True


def _answers(payment: Payment, now: datetime) -> Sequence[Statement]:
    """What the provider says when asked; one that cannot be asked says nothing, and only time tells."""
    if not providers.can(payment.provider, "query"):
        return ()
    return providers.adapter(payment.provider).query(payment, providers.account(payment.provider), now)


def _note_expiry(payment: Payment, ledger: Ledger, now: datetime) -> None:
    """An attempt that came to nothing no longer makes the fee look as if it were being paid."""
    dossier = dossiers.load(payment.dossier_id)
    if dossier.payment_status != "pending" or ledger.fee(dossier.fee_due, now).status == "pending":
        return
    facts: Facts = {"payment_id": payment.id, "provider": payment.provider, "status": Status.EXPIRED}
    record(dossier, ledger, payment, (), EventType.PAYMENT_RECORDED, facts, SYSTEM, now)


# ——— about a refund ———


def _refunded(payment: Payment, refund: Refund, now: datetime) -> None:
    """Told under the refund's own number, so that asking again after a silence sends nothing twice."""
    adapter, account = providers.adapter(payment.provider), providers.account(payment.provider)
    ledger = records.ledger(payment.dossier_id)
    order = _order(payment, refund, ledger)
    if refund.to_be_sent and providers.can(payment.provider, "refund"):
        told = adapter.refund(order, payment, account, now)
    elif refund.state == RefundState.TAKEN_ON and providers.can(payment.provider, "refund_state"):
        told = adapter.refund_state(order, payment, account, now)
    else:
        return records.ask_again(payment, None)
    note_refund(payment, refund, told, now)
    return None


def note_refund(payment: Payment, refund: Refund, told: RefundTold, now: datetime) -> None:
    """What the provider said of the refund, as an event; the same word again changes nothing."""
    ledger = records.ledger(payment.dossier_id)
    event = RefundEvent(
        refund_id=refund.id,
        payment_id=payment.id,
        act=TOLD[told.state],
        at=now,
        by=payment.provider,
        amount=refund.amount,
        provider_reference=told.provider_reference,
        facts=told.facts,
    )
    if any(known.id == event.id for known in ledger.refund_events.get(payment.id, ())):
        records.ask_again(payment, now + providers.REFUND_ASKED_EVERY)
        return
    facts: Facts = {"payment_id": payment.id, "refund_id": refund.id, "act": event.act, "amount": refund.amount}
    dossier, actor = dossiers.load(payment.dossier_id), Actor(kind="provider", id=payment.provider)
    record(dossier, ledger, payment, [event], EventType.REFUND_RECORDED, facts, actor, now)


def _order(payment: Payment, refund: Refund, ledger: Ledger) -> RefundOrder:
    paid = movements(ledger.events.get(payment.id, ()))
    return RefundOrder(
        id=refund.id,
        amount=refund.amount,
        whole=refund.amount == paid.get(reference := movement_of(refund, ledger.refunds(payment), paid)),
        paid_reference=reference,
        reason=refund.reason,
        by=refund.asked_by,
        at=refund.approved_at or refund.at,
    )
