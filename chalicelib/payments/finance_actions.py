"""What finance officers see and set right: payments that need them, money nobody knows, disputes; each an event."""

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from chalicelib.access import Caller, require
from chalicelib.dossiers import lookup
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier, UnknownDossier
from chalicelib.history.once import Once
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import conditions, providers, records, unmatched
from chalicelib.payments.actions import Attempt, attempt_at, payment_for
from chalicelib.payments.attention import NeedKind
from chalicelib.payments.fold import Ledger
from chalicelib.payments.recording import Facts, record
from chalicelib.payments.refund_actions import Money, money_of
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Statement, Verdict, belongs_to, recorded
from chalicelib.refusals import Forbidden
from chalicelib.table import Lost

DISPUTES: Final = (Verdict.DISPUTED, Verdict.KEPT, Verdict.LOST)


class Page(NamedTuple):
    cards: list[dict[str, Any]]
    position: str


class Placed(NamedTuple):
    """What became of money that had no payment: the payment it now belongs to, or how it was sent back."""

    money_id: str
    payment_id: str | None
    returned_as: str | None


def needing(caller: Caller | None, agency: str | None, kind: NeedKind | None, limit: int, after: str) -> Page:
    """The payments of the officer's agency that somebody must look at; an auditor may name any."""
    officer = require(caller, "see_money")
    wanted = agency or officer.agency
    if wanted != officer.agency and "auditor" not in officer.roles:
        raise Forbidden
    return Page(*records.needing(wanted, kind.value if kind else "", limit, after))


def look(payment_id: str, caller: Caller | None, now: datetime) -> tuple[Attempt, Dossier]:
    """One payment with everything that was said of it."""
    money = money_of(payment_id, caller, "see_money")
    return attempt_at(money.payment, money.ledger, money.dossier.version, now), money.dossier


def require_money(caller: Caller | None) -> Caller:
    """What is nobody's dossier is the whole province's: any finance officer may see it."""
    return require(caller, "see_money")


def unmatched_money(caller: Caller | None, limit: int, after: str) -> tuple[list[dict[str, Any]], str]:
    require_money(caller)
    return unmatched.waiting(limit, after)


@dossiers.again_if_overtaken
def dispute(
    payment_id: str,
    state: Literal["opened", "kept", "lost"],
    amount: int,
    reference: str,
    reason: str,
    caller: Caller | None,
    now: datetime,
    once: Once | None,
) -> Attempt:
    """The payer's bank asks for the money back (tra soát, khiếu nại), or has decided: it stays, or it is gone."""
    money = money_of(payment_id, caller, "refund")
    officer = require(caller, "refund", money.dossier)
    verdict = {"opened": Verdict.DISPUTED, "kept": Verdict.KEPT, "lost": Verdict.LOST}[state]
    held = money.ledger.state(money.payment, now).received
    if amount > held:
        raise conditions.MoreThanRefundable.than(held)
    said = _said(money.ledger, money.payment, reference)
    if state == "opened" and said:
        raise conditions.DisputeKnown
    if state != "opened" and (Verdict.DISPUTED not in said or said & {Verdict.KEPT, Verdict.LOST}):
        raise conditions.WrongDispute
    facts = {"reference": reference, "reason": reason, "by": officer.subject}
    event = _finance_event(money.payment, verdict, amount, reference, facts, now)
    actor = Actor(kind="officer", id=officer.subject)
    return _noted(money, event, actor, now, once)


@dossiers.again_if_overtaken
def place(
    money_id: str, payment_id: str | None, code: str | None, caller: Caller | None, now: datetime, once: Once | None
) -> Placed:
    """Money without a payment is given its place: a payment already begun, or a new one of the dossier of this code."""
    officer = require(caller, "place_money")
    found = unmatched.load(money_id)
    said, provider = found.statement, providers.adapter(found.provider).SERVES
    dossier = dossiers.load(belongs_to(payment_id)) if payment_id else _by_code(code or "")
    ledger = records.ledger(dossier.id)
    payment = _the_payment(dossier, ledger, payment_id, provider, now)
    event = recorded(payment, said.model_copy(update={"order": payment.name}), Source.FINANCE, now)
    done = Placed(money_id, payment.id, None)
    facts: Facts = {"payment_id": payment.id, "provider": provider, "event_id": event.id, "verdict": event.verdict}
    facts |= {"amount": event.amount, "status": ledger.with_(payment, event).state(payment, now).status}
    also = [unmatched.placed(money_id, {"payment_id": payment.id, "by": officer.subject, "at": now.isoformat()})]
    answer = [once.write(done)] if once else []
    actor = Actor(kind="officer", id=officer.subject)
    what = EventType.PAYMENT_RECORDED
    try:
        record(dossier, ledger, payment, [event], what, facts, actor, now, also=[*also, *answer])
    except Lost as lost:
        if lost.over(unmatched.UnmatchedItem) and not lost.over(Once.KIND):
            raise conditions.PlacedAlready from None
        raise
    return done


def send_back(money_id: str, reference: str, caller: Caller | None, now: datetime, once: Once | None) -> Placed:
    """Money that is nobody's fee was paid back by bank; `reference` names that transfer."""
    officer = require(caller, "place_money")
    unmatched.load(money_id)
    done = Placed(money_id, None, reference)
    unmatched.close(money_id, {"returned_as": reference, "by": officer.subject, "at": now.isoformat()}, once, done)
    return done


def _the_payment(dossier: Dossier, ledger: Ledger, payment_id: str | None, provider: str, now: datetime) -> Payment:
    if payment_id:
        if payment_id not in ledger.payments:
            raise conditions.UnknownPayment
        if ledger.payments[payment_id].provider != provider:
            raise conditions.OtherProvider
        return ledger.payments[payment_id]
    if not dossier.fee_due:
        raise conditions.NothingDue
    return payment_for(dossier, provider, now)


def _by_code(code: str) -> Dossier:
    dossier_id = lookup.dossier_of(code)
    if not dossier_id:
        raise UnknownDossier
    return dossiers.load(dossier_id)


def _said(ledger: Ledger, payment: Payment, reference: str) -> set[Verdict]:
    """What was said of the dispute by this name."""
    events = [each for each in ledger.events.get(payment.id, ()) if each.verdict in DISPUTES]
    return {event.verdict for event in events if event.provider_reference == reference}


def _finance_event(
    payment: Payment, verdict: Verdict, amount: int, reference: str, facts: dict[str, str], now: datetime
) -> PaymentEvent:
    said = Statement(
        order=payment.name,
        verdict=verdict,
        money_taken=False,
        amount=amount,
        provider_reference=reference,
        facts={**facts, "verdict": verdict, "amount": str(amount)},
    )
    # Its amount is that of the dispute, not of the payment: it is no mismatch to be judged.
    return recorded(payment, said, Source.FINANCE, now).model_copy(update={"verdict": verdict})


def _noted(money: Money, event: PaymentEvent, actor: Actor, now: datetime, once: Once | None) -> Attempt:
    dossier, ledger, payment = money
    after = ledger.with_(payment, event)
    done = attempt_at(payment, after, dossier.version + 1, now)
    facts: Facts = {"payment_id": payment.id, "provider": payment.provider, "event_id": event.id}
    facts |= {"verdict": event.verdict, "amount": event.amount, "status": done.state.status}
    also = [once.write(done)] if once else []
    record(dossier, ledger, payment, [event], EventType.PAYMENT_RECORDED, facts, actor, now, also=also)
    return done
