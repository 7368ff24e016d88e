"""The HTTP of finance officers: what needs them, refunds, disputes, and money that belongs to no payment."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel

from chalicelib.dossiers.rules import SomebodyElseWasFaster, UnknownDossier
from chalicelib.payments import actions, conditions, finance_actions, refund_actions, unmatched
from chalicelib.payments.finance_shown import (
    Dispute,
    ForgedList,
    ForgedShown,
    MoneyList,
    MoneyShown,
    NeedList,
    NeedQuery,
    NeedShown,
    NewRefund,
    Nothing,
    PageQuery,
    PayingOut,
    PaymentSeen,
    Place,
    PlacedShown,
    RefundSeen,
    Rejection,
    placed_shown,
    refund_seen,
    said_shown,
)
from chalicelib.payments.routes import PaymentShown, shown
from chalicelib.refusals import Forbidden, Refusal
from chalicelib.web import Call, Request, Routes, View
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes: Final = Routes(__name__)
MONEY_REFUSED: Final[tuple[type[Refusal], ...]] = (
    UnknownDossier,
    conditions.UnknownPayment,
    Forbidden,
    SomebodyElseWasFaster,
)


def decision(
    path: str, body: type[Request], answer: type[BaseModel], show: Any, *refuses: type[Refusal]
) -> Callable[[View], View]:
    """A route of a finance officer's decision, repeatable under its key."""
    return routes.on(
        "POST", path, who="officer", body=body, answer=answer, status=201, once=True, show=show, refuses=refuses
    )


def refund_decision(name: str, body: type[Request], *refuses: type[Refusal]) -> Callable[[View], View]:
    refused: tuple[type[Refusal], ...] = (*MONEY_REFUSED, conditions.UnknownRefund, conditions.NotInThisState, *refuses)
    path = f"/payments/{{payment_id}}/refunds/{{refund_id}}/{name}"
    return decision(path, body, RefundSeen, refund_seen, *refused)


@routes.on(
    "GET", "/desk/payments", who="officer", query=NeedQuery, answer=NeedList, refuses=(Forbidden, CursorUnreadable)
)
def list_payments_needing(call: Call) -> NeedList:
    """The agency's payments that a finance officer must look at, and why"""
    query: NeedQuery = call.query
    after = position_of(query.cursor)
    page = finance_actions.needing(call.caller, query.agency, query.need, query.limit, after)
    items = [NeedShown.model_validate(card) for card in page.cards]
    return NeedList(items=items, next=cursor_after(page.position) or None)


@routes.on("GET", "/payments/{payment_id}", who="officer", answer=PaymentSeen, refuses=MONEY_REFUSED)
def read_payment(call: Call, payment_id: str) -> PaymentSeen:
    """One payment, with everything that was said of it and every refund"""
    attempt, dossier = finance_actions.look(payment_id, call.caller, call.now)
    return PaymentSeen(
        **shown(attempt).model_dump(),
        dossier_id=dossier.id,
        dossier_code=dossier.code or "",
        refundable=attempt.state.refundable,
        said=[said_shown(event) for event in sorted(attempt.events, key=lambda each: each.at)],
        refunds_seen=[refund_seen(refund_actions.Decided(each, 0)) for each in attempt.refunds],
    )


@decision(
    "/payments/{payment_id}/refunds",
    NewRefund,
    RefundSeen,
    refund_seen,
    *(*MONEY_REFUSED, conditions.NotWhatYouBelieve, conditions.MoreThanRefundable, conditions.NothingToRefund),
)
def ask_refund(call: Call, payment_id: str) -> refund_actions.Decided:
    """Pay money back, whole or in part"""
    body: NewRefund = call.body
    facts = (payment_id, body.amount, body.refundable, body.reason)
    return refund_actions.ask(*facts, call.caller, call.now, call.once)


@refund_decision("approval", Nothing, conditions.SamePerson)
def approve_refund(call: Call, payment_id: str, refund_id: str) -> refund_actions.Decided:
    """Stand behind a refund that somebody else asked for, or that the procedure's rule proposes"""
    return refund_actions.approve(payment_id, refund_id, call.caller, call.now, call.once)


@refund_decision("rejection", Rejection)
def reject_refund(call: Call, payment_id: str, refund_id: str) -> refund_actions.Decided:
    """Do not pay it back, with the reason"""
    return refund_actions.reject(payment_id, refund_id, call.body.reason, call.caller, call.now, call.once)


@refund_decision("completion", PayingOut, conditions.PaidOutByTheProvider, conditions.MoreThanRefundable)
def complete_refund(call: Call, payment_id: str, refund_id: str) -> refund_actions.Decided:
    """Note that a refund was paid out by hand, or that the provider's statement shows it paid"""
    return refund_actions.pay_out(payment_id, refund_id, call.body.reference, call.caller, call.now, call.once)


@refund_decision("failure", Rejection, conditions.PaidOutByTheProvider)
def give_refund_up(call: Call, payment_id: str, refund_id: str) -> refund_actions.Decided:
    """Note that a refund was not paid out and will not be, with the reason; it can then be asked for anew"""
    return refund_actions.give_up(payment_id, refund_id, call.body.reason, call.caller, call.now, call.once)


@decision(
    "/payments/{payment_id}/disputes",
    Dispute,
    PaymentShown,
    shown,
    *(*MONEY_REFUSED, conditions.WrongDispute, conditions.DisputeKnown, conditions.MoreThanRefundable),
)
def note_dispute(call: Call, payment_id: str) -> actions.Attempt:
    """Note that the payer's bank asks for the money back, or how that ended"""
    body: Dispute = call.body
    facts = (payment_id, body.state, body.amount, body.reference, body.reason)
    return finance_actions.dispute(*facts, call.caller, call.now, call.once)


@routes.on("GET", "/unmatched-payments", who="officer", query=PageQuery, answer=MoneyList, refuses=(CursorUnreadable,))
def list_unmatched(call: Call) -> MoneyList:
    """Money that arrived in the province's name and belongs to no payment, oldest first"""
    query: PageQuery = call.query
    after = position_of(query.cursor)
    cards, following = finance_actions.unmatched_money(call.caller, query.limit, after)
    items = [MoneyShown.model_validate(card) for card in cards]
    return MoneyList(items=items, next=cursor_after(following) or None)


@routes.on("GET", "/forged-notifications", who="officer", answer=ForgedList, refuses=(Forbidden,))
def list_forged(call: Call) -> ForgedList:
    """How many notifications of each day bore no provider's signature"""
    finance_actions.require_money(call.caller)
    return ForgedList(items=[ForgedShown.model_validate(each) for each in unmatched.forged()])


UNMATCHED_REFUSED: Final = (conditions.UnknownMoney, conditions.PlacedAlready, Forbidden)


@decision(
    "/unmatched-payments/{money_id}/place",
    Place,
    PlacedShown,
    placed_shown,
    *(*UNMATCHED_REFUSED, UnknownDossier, conditions.UnknownPayment, conditions.OtherProvider, conditions.NothingDue),
    SomebodyElseWasFaster,
)
def place_money(call: Call, money_id: str) -> finance_actions.Placed:
    """Say to which payment, or to which dossier's fee, the money belongs"""
    body: Place = call.body
    code = body.dossier_code.upper() if body.dossier_code else None
    return finance_actions.place(money_id, body.payment_id, code, call.caller, call.now, call.once)


@decision("/unmatched-payments/{money_id}/return", PayingOut, PlacedShown, placed_shown, *UNMATCHED_REFUSED)
def return_money(call: Call, money_id: str) -> finance_actions.Placed:
    """Note that money that is nobody's fee was paid back"""
    return finance_actions.send_back(money_id, call.body.reference, call.caller, call.now, call.once)
