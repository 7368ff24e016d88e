"""Speaking to providers on a schedule: asking about payments that wait, sending refunds, asking what became of them."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from chalicelib.dossiers import records as dossiers
from chalicelib.history.rules import SYSTEM, Actor, EventType
from chalicelib.payments import providers, records
from chalicelib.payments.fold import Ledger, Status, movements, next_question
from chalicelib.payments.hearing import heard
from chalicelib.payments.protocol import RefundOrder, RefundTold, Silent
from chalicelib.payments.recording import Facts, next_word, record, to_speak_of
from chalicelib.payments.refunds import Act, Refund, RefundEvent, next_try
from chalicelib.payments.rules import Payment, Source, Statement, belongs_to, recorded
from chalicelib.watching import logger

SILENT_TOO_OFTEN: Final = 3
FAULTS_WAIT: Final = timedelta(minutes=5)
IN_AN_HOUR: Final = timedelta(hours=1)
TOLD: Final = {"done": Act.DONE, "pending": Act.TAKEN_ON, "failed": Act.FAILED}


def speak_to_providers(now: datetime) -> int:
    """Goes through the payments whose turn it is; tells how many. A silent provider is left for the next run."""
    silences: Counter[str] = Counter()  # of each provider, one after the other
    return sum(_tried(payment_id, silences, now) for payment_id in records.due_for_question(now))


def _tried(payment_id: str, silences: Counter[str], now: datetime) -> bool:
    ledger = Ledger()
    try:
        ledger = records.ledger(belongs_to(payment_id))
        payment = ledger.payments[payment_id]
        if silences[payment.provider] >= SILENT_TOO_OFTEN:  # it waits as if it had been asked, and bars nobody's way
            records.ask_again(payment, _patience(to_speak_of(ledger, payment), payment, ledger, now), now)
            return False
        silences[payment.provider] = 0 if _spoken_of(payment, ledger, now) else silences[payment.provider] + 1
    except Exception as error:  # noqa: BLE001 - one payment's fault does not keep the others waiting
        logger.error("payment query failed", extra={"payment_id": payment_id, "kind": type(error).__name__})
        with suppress(Exception):  # nor does it stand at the head of the queue, run after run
            records.ask_again(ledger.payments[payment_id], now + FAULTS_WAIT, now)
        return False
    return True


def _spoken_of(payment: Payment, ledger: Ledger, now: datetime) -> bool:
    """Whether the provider answered all that was asked."""
    waiting = to_speak_of(ledger, payment)
    try:
        if not waiting:
            return _asked(payment, ledger, now)
    except Silent as silence:
        _noted_silence(payment, silence)
        records.ask_again(payment, _patience((), payment, ledger, now), now)
        return False
    unanswered = [each for each in waiting if not _refunded(payment, each, now)]
    if unanswered:  # after all of them, so that none waits for another's patience
        records.ask_again(payment, _patience(unanswered, payment, ledger, now), now)
    return not unanswered


def _patience(unanswered: Sequence[Refund], payment: Payment, ledger: Ledger, now: datetime) -> datetime:
    if unanswered:
        return min(next_try(each.approved_at or each.at, now) for each in unanswered)
    return next_question(payment, ledger.state(payment, now), now) or now + IN_AN_HOUR


def _noted_silence(payment: Payment, silence: Silent) -> None:
    logger.warning("payment provider is silent", extra={"payment_id": payment.id, "why": str(silence)})


# ——— about a payment ———


def _asked(payment: Payment, ledger: Ledger, now: datetime) -> bool:
    """What the provider said, if new, is recorded as if it had come by itself."""
    told = _answers(payment, now)
    new = [said for said in told if not ledger.knows(recorded(payment, said, Source.QUERY, now))]
    for left, said in zip(reversed(range(len(new))), new, strict=True):
        heard(payment.provider, said, Source.QUERY, now, more=left > 0)
    if not new:
        if ledger.state(payment, now).status == Status.EXPIRED:
            _note_expiry(payment, ledger, now)
        records.ask_again(payment, next_word(ledger, payment, now), now)
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


def _refunded(payment: Payment, refund: Refund, now: datetime) -> bool:
    """Whether the provider answered. Told under the refund's own number, so that asking again sends nothing twice."""
    adapter, account = providers.adapter(payment.provider), providers.account(payment.provider)
    ledger = records.ledger(payment.dossier_id)
    order = _order(payment, refund, ledger)
    try:
        ask = adapter.refund if refund.to_be_sent else adapter.refund_state
        note_refund(payment, refund, ask(order, payment, account, now), now)
    except Silent as silence:
        _noted_silence(payment, silence)
        return False
    return True


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
        records.ask_again(payment, now + providers.REFUND_ASKED_EVERY, now)
        return
    facts: Facts = {"payment_id": payment.id, "refund_id": refund.id, "act": event.act, "amount": refund.amount}
    dossier, actor = dossiers.load(payment.dossier_id), Actor(kind="provider", id=payment.provider)
    record(dossier, ledger, payment, [event], EventType.REFUND_RECORDED, facts, actor, now)


def _order(payment: Payment, refund: Refund, ledger: Ledger) -> RefundOrder:
    paid = movements(ledger.events.get(payment.id, ()))
    return RefundOrder(
        id=refund.id,
        amount=refund.amount,
        whole=refund.amount == paid.get(refund.movement),
        paid_reference=refund.movement,
        reason=refund.reason,
        by=refund.asked_by,
        at=refund.approved_at or refund.at,
    )
