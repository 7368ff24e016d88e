"""What providers say, heard or asked for, is compared with our own record and becomes an event, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aws_lambda_powertools import Logger

from chalicelib.clock.actions import calendar_for
from chalicelib.dossiers import money
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import SYSTEM, Actor, EventType
from chalicelib.payments import records
from chalicelib.payments.fold import Ledger, Status, next_question
from chalicelib.payments.providers import PROVIDERS
from chalicelib.payments.rules import (
    Forged,
    Outcome,
    Payment,
    PaymentEvent,
    Silent,
    Source,
    Statement,
    Unreadable,
    belongs_to,
    recorded,
)
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost, Write

TRIES: Final = 10
SILENT_TOO_OFTEN: Final = 3
IN_AN_HOUR: Final = timedelta(hours=1)
Facts = dict[str, object]
logger: Final = Logger(service="motcua")


def notified(provider: str, pairs: Sequence[tuple[str, str]], now: datetime) -> dict[str, str]:
    """A notification, and what its provider is answered. Never raises: the provider calls again after a fault."""
    about = {"provider": provider}
    try:
        said = PROVIDERS[provider].read(pairs)
        if belongs_to(said.payment_id):
            about["payment_id"] = said.payment_id
        outcome = _heard(provider, said, Source.NOTIFICATION, now)
    except Forged:
        outcome = Outcome.FORGED
    except Unreadable:
        outcome = Outcome.FAULT
    except Exception as error:  # noqa: BLE001 - its text may quote what was sent; its kind never does
        about["kind"] = type(error).__name__
        outcome = Outcome.FAULT
    level = logger.info if outcome in (Outcome.RECORDED, Outcome.REPEATED) else logger.warning
    level("payment notification", extra={**about, "outcome": outcome})
    return PROVIDERS[provider].answer(outcome)


def poll_pending(now: datetime) -> int:
    """Asks about the payments whose turn it is; tells how many. A silent provider is left for the next run."""
    asked, silences = 0, 0
    for payment_id in records.due_for_question(now):
        try:
            silences = 0 if _asked(payment_id, now) else silences + 1
            asked += 1
        except Exception as error:  # noqa: BLE001 - one payment's fault does not keep the others waiting
            logger.error("payment query failed", extra={"payment_id": payment_id, "kind": type(error).__name__})
        if silences >= SILENT_TOO_OFTEN:
            break
    return asked


def _heard(provider: str, said: Statement, source: Source, now: datetime) -> Outcome:
    dossier_id = belongs_to(said.payment_id)
    for _ in range(TRIES):
        ledger = records.ledger(dossier_id) if dossier_id else Ledger()
        payment = ledger.payments.get(said.payment_id)
        if payment is None or payment.provider != provider:
            return Outcome.UNKNOWN
        event = recorded(payment, said, source, now)
        if ledger.knows(event):
            return _outcome(payment, said, known=True)
        try:
            _record(payment, event, ledger, now)
        except Lost:  # somebody was faster, perhaps with this very notification: look again
            continue
        return _outcome(payment, said, known=ledger.state(payment, now).settled)
    raise Unavailable


def _outcome(payment: Payment, said: Statement, *, known: bool) -> Outcome:
    if not said.ours:
        return Outcome.UNKNOWN
    if said.amount != payment.amount:
        return Outcome.WRONG_AMOUNT
    return Outcome.REPEATED if known else Outcome.RECORDED


def _record(payment: Payment, event: PaymentEvent, ledger: Ledger, now: datetime) -> None:
    """The event, what it does to the dossier, and when to ask next: one transaction."""
    after = ledger.with_(payment, event)
    state = after.state(payment, now)
    facts: Facts = {
        **{"payment_id": payment.id, "provider": payment.provider, "event_id": event.id},
        **{"verdict": event.verdict, "amount": event.amount},
        # What this event brought about: empty when it only confirms what was known.
        "status": state.status if state != ledger.state(payment, now) else "",
    }
    also = [records.told(payment, event), records.asked(payment, next_question(payment, state, now))]
    actor = Actor(kind="provider", id=payment.provider)
    _keep(dossiers.load(payment.dossier_id), after, ledger.entries, facts, actor, now, also)


def _keep(
    dossier: Dossier, ledger: Ledger, seen: int, facts: Facts, actor: Actor, now: datetime, also: Sequence[Write]
) -> None:
    fee = ledger.fee(dossier.fee_due, now)
    what = EventType.PAYMENT_RECORDED
    calendar = calendar_for(dossier.agency, now)
    change = money.money_recorded(dossier, what, fee.status, fee.received, now, calendar, facts)
    dossiers.keep(dossier, change, actor, now, also=[*also, records.grown(dossier.id, seen)])


def _asked(payment_id: str, now: datetime) -> bool:
    """Whether the provider answered; what it said, if new, is recorded as if it had come by itself."""
    ledger = records.ledger(belongs_to(payment_id))
    payment = ledger.payments[payment_id]
    state = ledger.state(payment, now)
    coming = next_question(payment, state, now)
    if state.settled or state.status == Status.MISMATCHED:
        records.ask_again(payment, None)
        return True
    try:
        said = PROVIDERS[payment.provider].query(payment, now)
    except Silent as silence:
        logger.warning("payment provider is silent", extra={"payment_id": payment_id, "why": str(silence)})
        records.ask_again(payment, coming or now + IN_AN_HOUR)
        return False
    if said and not ledger.knows(recorded(payment, said, Source.QUERY, now)):
        _heard(payment.provider, said, Source.QUERY, now)
        return True
    if state.status == Status.EXPIRED:
        _note_expiry(payment, ledger, now)
    records.ask_again(payment, coming)
    return True


def _note_expiry(payment: Payment, ledger: Ledger, now: datetime) -> None:
    """An attempt that came to nothing no longer makes the fee look as if it were being paid."""
    dossier = dossiers.load(payment.dossier_id)
    if dossier.payment_status != "pending" or ledger.fee(dossier.fee_due, now).status == "pending":
        return
    facts: Facts = {"payment_id": payment.id, "provider": payment.provider, "status": Status.EXPIRED}
    _keep(dossier, ledger, ledger.entries, facts, SYSTEM, now, ())
