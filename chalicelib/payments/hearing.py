"""What providers say by themselves: verified, compared with our own record, kept as an event once, and answered."""

import hashlib
from datetime import datetime
from typing import Final

from chalicelib.dossiers import records as dossiers
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import providers, records, unmatched
from chalicelib.payments.fold import Ledger
from chalicelib.payments.protocol import Empty, Forged, Notice, Outcome, Reply, Unreadable
from chalicelib.payments.recording import Facts, record
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Statement, Verdict, belongs_to, recorded
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost
from chalicelib.watching import logger

TRIES: Final = 10
WELL: Final = (Outcome.RECORDED, Outcome.REPEATED, Outcome.IGNORED)


def notified(provider: str, notice: Notice) -> Reply:
    """A notification, and what its provider is answered. Never raises: the provider calls again after a fault."""
    about = {"provider": provider}
    account = None
    try:
        accounts = providers.accounts(provider)
        account = accounts[0]
        said = _believed(provider, notice, accounts)
        if said and belongs_to(said.order):
            about["payment_id"] = said.order
        outcome = heard(provider, said, Source.NOTIFICATION, notice.at) if said else Outcome.IGNORED
    except Forged:
        outcome = Outcome.FORGED
        unmatched.count_forged(provider, notice.at)
    except Empty:
        outcome = Outcome.UNREADABLE
    except Unreadable:  # signed by the provider: it may tell of money that nobody else tells of
        outcome = Outcome.UNREADABLE
        logger.error("payment notification that cannot be read", extra=about | {"sha256": _fingerprint(notice)})
    except Exception as error:  # noqa: BLE001 - its text may quote what was sent; its kind never does
        about["kind"] = type(error).__name__
        outcome = Outcome.FAULT
    level = logger.info if outcome in WELL else logger.warning
    level("payment notification", extra={**about, "outcome": outcome})
    return providers.adapter(provider).answer(outcome, notice, account)


def _fingerprint(notice: Notice) -> str:
    """By which the message is found in the provider's own log; what stands in it may be anyone's personal data."""
    return hashlib.sha256(notice.body or repr(notice.query).encode("utf-8", "replace")).hexdigest()


def heard(provider: str, said: Statement, source: Source, now: datetime, *, more: bool = False) -> Outcome:
    """What was said becomes an event, once; money that belongs to no payment of ours is kept for a person to place.

    `more`: the same answer said more, so that the provider is asked again should we not live to record it.
    """
    payment_id = records.known_as(providers.adapter(provider).SERVES, said.order)
    dossier_id = belongs_to(payment_id)
    for _ in range(TRIES):
        ledger = records.ledger(dossier_id) if dossier_id else Ledger()
        payment = ledger.payments.get(payment_id)
        if payment is None or payment.provider != providers.adapter(provider).SERVES:
            return _nobodys(provider, said, now)
        event = recorded(payment, said, source, now)
        if ledger.knows(event):
            return _outcome(payment, said, known=True)
        try:
            _record(payment, event, ledger, now, more=more)
        except Lost:  # somebody was faster, perhaps with this very notification: look again
            continue
        if event.verdict == Verdict.MISMATCH and said.ours:
            logger.error("money in doubt", extra={"provider": provider, "payment_id": payment.id})
        return _outcome(payment, said, known=ledger.state(payment, now).settled)
    raise Unavailable


def _believed(provider: str, notice: Notice, accounts: list[object]) -> Statement | None:
    """Under the keys of today, or those that are just being replaced."""
    for account in accounts[:-1]:
        try:
            return providers.adapter(provider).read(notice, account)
        except Forged:
            continue
    return providers.adapter(provider).read(notice, accounts[-1])


def _nobodys(provider: str, said: Statement, now: datetime) -> Outcome:
    if said.ours and said.money_taken:
        unmatched.keep(provider, said, now)
    return Outcome.UNKNOWN


def _outcome(payment: Payment, said: Statement, *, known: bool) -> Outcome:
    if not said.ours:
        return Outcome.UNKNOWN
    if said.amount != payment.amount:
        return Outcome.WRONG_AMOUNT
    return Outcome.REPEATED if known else Outcome.RECORDED


def _record(payment: Payment, event: PaymentEvent, ledger: Ledger, now: datetime, *, more: bool) -> None:
    state, before = ledger.with_(payment, event).state(payment, now), ledger.state(payment, now)
    facts: Facts = {
        **{"payment_id": payment.id, "provider": payment.provider, "event_id": event.id},
        **{"verdict": event.verdict, "amount": event.amount},
        # What this event brought about: empty when it only confirms what was known.
        "status": state.status if state != before else "",
    }
    actor = Actor(kind="provider", id=payment.provider)
    dossier = dossiers.load(payment.dossier_id)
    asks = providers.can(payment.provider, "query") and event.source == Source.NOTIFICATION
    hint = asks and event.verdict == Verdict.PENDING and not state.settled  # not an outcome
    soon = now if hint or more else None
    record(dossier, ledger, payment, [event], EventType.PAYMENT_RECORDED, facts, actor, now, try_again_at=soon)
