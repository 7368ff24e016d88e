"""What people decide about refunds: asked for, approved by as many as it takes, rejected, paid out by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from chalicelib.access import Caller, require
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.history.rules import SYSTEM, Actor, EventType, digest
from chalicelib.payments import conditions, records
from chalicelib.payments.fold import Ledger, movements
from chalicelib.payments.recording import Facts, can_send, record
from chalicelib.payments.refunds import BY_THE_RULE, Act, Refund, RefundEvent, RefundState, movement_for, proposed
from chalicelib.payments.rules import Payment, belongs_to
from chalicelib.settings import settings
from chalicelib.table import fresh_id

ASKED: tuple[RefundState, ...] = (RefundState.PROPOSED, RefundState.WAITING)


class Money(NamedTuple):
    """A payment as an officer decides on it."""

    dossier: Dossier
    ledger: Ledger
    payment: Payment


class Decided(NamedTuple):
    refund: Refund
    version: int


def money_of(payment_id: str, caller: Caller | None, action: str) -> Money:
    """Raises `UnknownPayment`, or what access says."""
    dossier_id = belongs_to(payment_id)
    if not dossier_id:
        raise conditions.UnknownPayment
    dossier = dossiers.load(dossier_id)
    require(caller, action, dossier)
    ledger = records.ledger(dossier_id)
    if payment_id not in ledger.payments:
        raise conditions.UnknownPayment
    return Money(dossier, ledger, ledger.payments[payment_id])


@dossiers.again_if_overtaken
def ask(
    payment_id: str, amount: int, believed: int, reason: str, caller: Caller | None, now: datetime, once: Once | None
) -> Decided:
    """Money to be paid back. `believed`: what the caller thinks can be refunded; who is wrong must look again."""
    money = money_of(payment_id, caller, "refund")
    officer = require(caller, "refund", money.dossier)
    state = money.ledger.state(money.payment, now)
    if believed != state.refundable:
        raise conditions.NotWhatYouBelieve(f'"{money.dossier.version}"', state.refundable, believed)
    if not state.refundable:
        raise conditions.NothingToRefund
    if amount > state.refundable:
        raise conditions.MoreThanRefundable.than(state.refundable)
    event = _begun(money, Act.ASKED, amount, officer.subject, reason, now, fresh_id())
    return _decided(money, event, Actor(kind="officer", id=officer.subject), now, once)


@dossiers.again_if_overtaken
def approve(payment_id: str, refund_id: str, caller: Caller | None, now: datetime, once: Once | None) -> Decided:
    """A further person stands behind it; with enough of them it is sent."""

    def act(money: Money, refund: Refund, officer: str) -> RefundEvent:
        if refund.state not in ASKED:
            raise conditions.NotInThisState
        if officer in (refund.asked_by, *refund.approved_by):
            raise conditions.SamePerson
        return _act(refund, Act.APPROVED, officer, now)

    return _on(payment_id, refund_id, caller, now, once, act)


@dossiers.again_if_overtaken
def reject(
    payment_id: str, refund_id: str, reason: str, caller: Caller | None, now: datetime, once: Once | None
) -> Decided:
    def act(money: Money, refund: Refund, officer: str) -> RefundEvent:
        if refund.state not in ASKED:
            raise conditions.NotInThisState
        return _act(refund, Act.REJECTED, officer, now, reason=reason)

    return _on(payment_id, refund_id, caller, now, once, act)


@dossiers.again_if_overtaken
def pay_out(
    payment_id: str, refund_id: str, reference: str, caller: Caller | None, now: datetime, once: Once | None
) -> Decided:
    """Paid back by hand (bank transfer, cash), or seen on the provider's statement: `reference` names the movement.
    Also one that the provider had called failed: money that left is a fact.

    What the provider is still to be told of is not paid by hand: it would be paid twice.
    """

    def act(money: Money, refund: Refund, officer: str) -> RefundEvent:
        if refund.state not in (RefundState.APPROVED, RefundState.TAKEN_ON, RefundState.FAILED):
            raise conditions.NotInThisState
        if refund.to_be_sent and can_send(money.payment):
            raise conditions.PaidOutByTheProvider
        state = money.ledger.state(money.payment, now)
        if refund.state == RefundState.FAILED and state.refunding and refund.amount > state.refundable:
            raise conditions.MoreThanRefundable.than(state.refundable)  # another was asked for in its place
        return _act(refund, Act.DONE, officer, now, reference=reference)

    return _on(payment_id, refund_id, caller, now, once, act)


@dossiers.again_if_overtaken
def give_up(
    payment_id: str, refund_id: str, reason: str, caller: Caller | None, now: datetime, once: Once | None
) -> Decided:
    """It was not paid out and will not be: the provider's statement shows so, or nobody can pay it by hand.

    What the provider is still to be told of is not given up: it may be on its way.
    """

    def act(money: Money, refund: Refund, officer: str) -> RefundEvent:
        if refund.state not in (RefundState.APPROVED, RefundState.TAKEN_ON):
            raise conditions.NotInThisState
        if refund.to_be_sent and can_send(money.payment):
            raise conditions.PaidOutByTheProvider
        return _act(refund, Act.FAILED, officer, now, reason=reason)

    return _on(payment_id, refund_id, caller, now, once, act)


def propose(dossier_id: str, seq: int, now: datetime) -> None:
    """By the procedure's rule, when the dossier ended before the work was done; safe to repeat for the same event."""
    for payment_id in records.ledger(dossier_id).payments:
        _propose(dossier_id, payment_id, seq, now)


@dossiers.again_if_overtaken
def _propose(dossier_id: str, payment_id: str, seq: int, now: datetime) -> None:
    dossier, ledger = dossiers.load(dossier_id), records.ledger(dossier_id)
    payment = ledger.payments[payment_id]
    refundable, refund_id = ledger.state(payment, now).refundable, digest([payment_id, seq])[:26]
    known = any(each.id == refund_id for each in ledger.refunds(payment))
    if known or not refundable or not proposed(dossier):
        return
    money = Money(dossier, ledger, payment)
    event = _begun(money, Act.PROPOSED, refundable, BY_THE_RULE, "", now, refund_id)
    _decided(money, event, SYSTEM, now, None)


def _on(
    payment_id: str,
    refund_id: str,
    caller: Caller | None,
    now: datetime,
    once: Once | None,
    act: Callable[[Money, Refund, str], RefundEvent],
) -> Decided:
    money = money_of(payment_id, caller, "refund")
    officer = require(caller, "refund", money.dossier)
    refund = next((each for each in money.ledger.refunds(money.payment) if each.id == refund_id), None)
    if refund is None:
        raise conditions.UnknownRefund
    event = act(money, refund, officer.subject)
    return _decided(money, event, Actor(kind="officer", id=officer.subject), now, once)


def _begun(money: Money, act: Act, amount: int, by: str, reason: str, now: datetime, refund_id: str) -> RefundEvent:
    """Many small refunds of one payment are as much money as one large one: the limit is of all of them together."""
    state, refunds = money.ledger.state(money.payment, now), money.ledger.refunds(money.payment)
    paid = movements(money.ledger.events.get(money.payment.id, ()))
    together = state.refunded + state.refunding + amount
    return RefundEvent(
        refund_id=refund_id,
        payment_id=money.payment.id,
        act=act,
        at=now,
        by=by,
        amount=amount,
        people=2 if together > settings().REFUND_TWO_PEOPLE_ABOVE else 1,
        whole=amount == state.received and amount == money.payment.amount,
        reason=reason,
        movement=movement_for(amount, refunds, paid),
    )


def _act(refund: Refund, act: Act, by: str, now: datetime, *, reason: str = "", reference: str = "") -> RefundEvent:
    facts = {"refund_id": refund.id, "payment_id": refund.payment_id, "amount": refund.amount}
    return RefundEvent(**facts, act=act, at=now, by=by, reason=reason, provider_reference=reference)


def _decided(money: Money, event: RefundEvent, actor: Actor, now: datetime, once: Once | None) -> Decided:
    dossier, payment = money.dossier, money.payment
    facts: Facts = {
        **{"payment_id": payment.id, "refund_id": event.refund_id, "act": event.act},
        **{"amount": event.amount, "reason": event.reason},
    }
    after = money.ledger.with_(payment, event)
    refund = next(each for each in after.refunds(payment) if each.id == event.refund_id)
    decided = Decided(refund, dossier.version + 1)
    also = [once.write(decided)] if once else []
    record(dossier, money.ledger, payment, [event], EventType.REFUND_RECORDED, facts, actor, now, also=also)
    return decided
