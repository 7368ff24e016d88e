"""What people do about money: begin to pay, look at what was paid, take it at the desk."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from chalicelib.access import Caller, require
from chalicelib.catalogue import actions as catalogue
from chalicelib.dossiers import money
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import conditions, providers, records
from chalicelib.payments.fold import FeeState, Ledger, PaymentState, next_question
from chalicelib.payments.protocol import Begun, Bill, Silent, Start
from chalicelib.payments.receipts.rules import fee_lines
from chalicelib.payments.recording import record
from chalicelib.payments.refunds import Refund
from chalicelib.payments.rules import AT_THE_DESK, PAY_WITHIN, Method, Payment, PaymentEvent, paid_at_the_desk
from chalicelib.settings import settings
from chalicelib.table import Lost, Write, fresh_id

EXPIRY_NOTED_AFTER: Final = PAY_WITHIN + timedelta(minutes=1)


class Started(NamedTuple):
    payment: Payment
    begun: Begun
    version: int


class Attempt(NamedTuple):
    """A payment and what its events make of it."""

    payment: Payment
    state: PaymentState
    events: tuple[PaymentEvent, ...]
    refunds: tuple[Refund, ...]
    version: int


class Account(NamedTuple):
    """Every attempt to pay a dossier's fee, the latest first, and what they mean together."""

    attempts: tuple[Attempt, ...]
    fee: FeeState
    accepted: tuple[str, ...]


@dossiers.again_if_overtaken
def start(
    dossier_id: str, provider: str, wanted: Start, caller: Caller | None, now: datetime, once: Once | None = None
) -> Started:
    """A new attempt, to be paid within a quarter of an hour; an earlier one that is still open may still succeed.

    The provider is spoken to first: a link that was made and then not recorded was never told to anyone.
    """
    dossier = dossiers.load(dossier_id)
    require(caller, "pay", dossier)
    if provider not in (accepted := _accepted(dossier)):
        raise conditions.ProviderNotAccepted.among(accepted)
    conditions.require_return_url(wanted.return_url, local=settings().STAGE == "local")
    conditions.require_payable_online(dossier)
    payment = payment_for(dossier, provider, now)
    change = money.payment_started(dossier, now, _facts(payment))
    begun = Started(payment, _begun(payment, dossier, wanted, now), dossier.version + 1)
    question = next_question(payment, Ledger().state(payment, now), now) if providers.can(provider, "query") else None
    also = [*records.started(payment, question or now + EXPIRY_NOTED_AFTER), records.grown(dossier.id)]
    dossiers.keep(dossier, change, Actor(kind="citizen"), now, also=[*also, *_first_answer(once, begun)])
    return begun


def account(dossier_id: str, caller: Caller | None, now: datetime) -> Account:
    dossier = dossiers.load(dossier_id)
    require(caller, "read", dossier)
    ledger = records.ledger(dossier_id)
    payments = sorted(ledger.payments.values(), key=lambda payment: (payment.created_at, payment.id), reverse=True)
    attempts = tuple(attempt_at(each, ledger, dossier.version, now) for each in payments)
    return Account(attempts, ledger.fee(dossier.fee_due, now), tuple(_accepted(dossier)))


@dossiers.again_if_overtaken
def counter_payment(
    dossier_id: str,
    amount: int,
    receipt_number: str,
    caller: Caller | None,
    now: datetime,
    once: Once | None = None,
    method: Method = "cash",
) -> Attempt:
    """The whole fee, taken at the desk against a receipt whose number is used once in the agency."""
    dossier = dossiers.load(dossier_id)
    officer = require(caller, "take_money", dossier)
    conditions.require_due(dossier)
    if amount != dossier.fee_due:
        raise conditions.NotTheAmountDue.but(dossier.fee_due)
    payment = payment_for(dossier, AT_THE_DESK, now)
    taken, ledger = paid_at_the_desk(payment, receipt_number, now, method), records.ledger(dossier_id)
    done = attempt_at(payment, ledger.with_(payment, taken), dossier.version + 1, now)
    data = {**_facts(payment), "receipt_number": receipt_number, "method": method, "status": "paid"}
    also = [
        records.receipt(dossier.agency, receipt_number, payment),
        *_first_answer(once, done),
    ]
    actor = Actor(kind="officer", id=officer.subject)
    try:
        record(dossier, ledger, payment, [taken], EventType.COUNTER_PAID, data, actor, now, also=also)
    except Lost as lost:
        if lost.over(records.ReceiptItem) and not lost.over(Once.KIND):
            raise conditions.ReceiptNumberUsed from None
        raise
    return done


def payment_for(dossier: Dossier, provider: str, now: datetime) -> Payment:
    """A new attempt at the dossier's whole fee, under the name by which the provider is to know it."""
    payment_id = f"{dossier.id}-{fresh_id()[:6]}"
    named = provider != AT_THE_DESK and providers.can(provider, "order")
    return Payment(
        id=payment_id,
        dossier_id=dossier.id,
        provider=provider,
        about=dossier.code or "",
        amount=dossier.fee_due,
        created_at=now,
        expires_at=now + PAY_WITHIN,
        order=providers.adapter(provider).order(payment_id, now) if named else "",
    )


def attempt_at(payment: Payment, ledger: Ledger, version: int, now: datetime) -> Attempt:
    events = tuple(ledger.events.get(payment.id, ()))
    return Attempt(payment, ledger.state(payment, now), events, ledger.refunds(payment), version)


def _accepted(dossier: Dossier) -> list[str]:
    """The province's providers, or those among them that the procedure names."""
    named = dossier.procedure.pay_with
    return [each for each in providers.offered() if not named or each in named]


def _begun(payment: Payment, dossier: Dossier, wanted: Start, now: datetime) -> Begun:
    here = {"notify_url": f"{settings().PUBLIC_URL}/webhooks/payments/{payment.provider}"}
    bill = {"bill": _bill(dossier)} if providers.can(payment.provider, "bill") else {}
    adapter, account = providers.adapter(payment.provider), providers.account(payment.provider)
    try:
        return adapter.begin(payment, wanted.model_copy(update=here | bill), account)
    except Silent:
        raise conditions.ProviderSilent from None


def _bill(dossier: Dossier) -> Bill:
    payer = dossier.applicant
    assert payer is not None  # noqa: S101 - only an expired draft has none, and it pays nothing
    named = {agency.code: agency.name for agency in catalogue.agencies()}
    return Bill(
        payer=payer.full_name,
        identity_number=payer.identity_number or payer.tax_code or "",
        address=f"{payer.address.line}, {payer.address.commune}",
        province=payer.address.province,
        procedure=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        agency=dossier.agency,
        agency_name=named.get(dossier.agency, dossier.agency),
        dossier_code=dossier.code or "",
        fees=fee_lines(dossier.fees),
    )


def _first_answer(once: Once | None, answer: Started | Attempt) -> list[Write]:
    return [once.write(answer)] if once else []


def _facts(payment: Payment) -> dict[str, object]:
    return {"payment_id": payment.id, "provider": payment.provider, "amount": payment.amount}
