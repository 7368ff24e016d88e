"""What people do about money: begin to pay, look at what was paid, take it at the desk."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.access import Caller, require
from chalicelib.clock.actions import calendar_for
from chalicelib.dossiers import money
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import conditions, records
from chalicelib.payments.fold import FeeState, Ledger, PaymentState, next_question
from chalicelib.payments.providers import PROVIDERS
from chalicelib.payments.rules import (
    AT_THE_DESK,
    PAY_WITHIN,
    Payment,
    PaymentEvent,
    Start,
    paid_at_the_desk,
)
from chalicelib.settings import settings
from chalicelib.table import Lost, Write, fresh_id


class Started(NamedTuple):
    payment: Payment
    pay_url: str
    version: int


class Attempt(NamedTuple):
    """A payment and what its events make of it."""

    payment: Payment
    state: PaymentState
    events: tuple[PaymentEvent, ...]
    version: int


class Account(NamedTuple):
    """Every attempt to pay a dossier's fee, the latest first, and what they mean together."""

    attempts: tuple[Attempt, ...]
    fee: FeeState


@dossiers.again_if_overtaken
def start(
    dossier_id: str, provider: str, wanted: Start, caller: Caller | None, now: datetime, once: Once | None = None
) -> Started:
    """A new attempt, to be paid within a quarter of an hour; an earlier one that is still open may still succeed."""
    dossier = dossiers.load(dossier_id)
    require(caller, "pay", dossier)
    if provider not in PROVIDERS:
        raise conditions.ProviderNotAccepted.among(sorted(PROVIDERS))
    conditions.require_return_url(wanted.return_url, local=settings().STAGE == "local")
    conditions.require_payable_online(dossier)
    payment = _payment(dossier, provider, now)
    change = money.payment_started(dossier, now, _facts(payment))
    begun = Started(payment, PROVIDERS[provider].pay_url(payment, wanted), dossier.version + 1)
    ask_at = next_question(payment, Ledger().state(payment, now), now)
    also: list[Write] = [records.started(payment, ask_at), records.grown(dossier.id), *_first_answer(once, begun)]
    dossiers.keep(dossier, change, Actor(kind="citizen"), now, also=also)
    return begun


def account(dossier_id: str, caller: Caller | None, now: datetime) -> Account:
    dossier = dossiers.load(dossier_id)
    require(caller, "read", dossier)
    ledger = records.ledger(dossier_id)
    payments = sorted(ledger.payments.values(), key=lambda payment: (payment.created_at, payment.id), reverse=True)
    return Account(tuple(_attempt(each, ledger, dossier.version, now) for each in payments), _fee(ledger, dossier, now))


@dossiers.again_if_overtaken
def counter_payment(
    dossier_id: str, amount: int, receipt_number: str, caller: Caller | None, now: datetime, once: Once | None = None
) -> Attempt:
    """The whole fee, taken at the desk against a receipt whose number is used once in the agency."""
    dossier = dossiers.load(dossier_id)
    officer = require(caller, "take_money", dossier)
    conditions.require_due(dossier)
    if amount != dossier.fee_due:
        raise conditions.NotTheAmountDue.but(dossier.fee_due)
    payment = _payment(dossier, AT_THE_DESK, now)
    taken = paid_at_the_desk(payment, receipt_number, now)
    ledger = records.ledger(dossier_id).with_(payment, taken)
    fee, data = _fee(ledger, dossier, now), {**_facts(payment), "receipt_number": receipt_number, "status": "paid"}
    calendar = calendar_for(dossier.agency, now)
    change = money.money_recorded(dossier, EventType.COUNTER_PAID, fee.status, fee.received, now, calendar, data)
    done = _attempt(payment, ledger, dossier.version + 1, now)
    also: list[Write] = [
        records.started(payment, None),
        records.told(payment, taken),
        records.receipt(dossier.agency, receipt_number, payment),
        records.grown(dossier_id),
        *_first_answer(once, done),
    ]
    try:
        dossiers.keep(dossier, change, Actor(kind="officer", id=officer.subject), now, also=also)
    except Lost as lost:
        if lost.over(records.ReceiptItem) and not lost.over(Once.KIND):
            raise conditions.ReceiptNumberUsed from None
        raise
    return done


def _first_answer(once: Once | None, answer: Started | Attempt) -> list[Write]:
    return [once.write(answer)] if once else []


def _payment(dossier: Dossier, provider: str, now: datetime) -> Payment:
    return Payment(
        id=f"{dossier.id}-{fresh_id()[:6]}",
        dossier_id=dossier.id,
        provider=provider,
        about=dossier.code or "",
        amount=dossier.fee_due,
        created_at=now,
        expires_at=now + PAY_WITHIN,
    )


def _facts(payment: Payment) -> dict[str, str | int]:
    return {"payment_id": payment.id, "provider": payment.provider, "amount": payment.amount}


def _fee(ledger: Ledger, dossier: Dossier, now: datetime) -> FeeState:
    return ledger.fee(dossier.fee_due, now)


def _attempt(payment: Payment, ledger: Ledger, version: int, now: datetime) -> Attempt:
    return Attempt(payment, ledger.state(payment, now), tuple(ledger.events.get(payment.id, ())), version)
