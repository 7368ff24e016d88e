"""The HTTP of payments: begun by a citizen, taken by a clerk, announced by a provider."""

from typing import Final

from chalice import Response
from pydantic import AwareDatetime, Field, PositiveInt

from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.rules import SomebodyElseWasFaster, UnknownDossier
from chalicelib.payments import actions, conditions, hearing, providers
from chalicelib.payments.fold import FeeState, Status
from chalicelib.payments.protocol import Notice, Start
from chalicelib.payments.refunds import Refund, RefundState
from chalicelib.payments.rules import AT_THE_DESK, Method, Source
from chalicelib.refusals import Forbidden, Language
from chalicelib.shapes import Shape
from chalicelib.web import Call, Listed, Request, Routes

routes: Final = Routes(__name__)
REFUSED: Final = (UnknownDossier, NotInThisStage, conditions.NothingDue, conditions.AlreadyPaid, SomebodyElseWasFaster)
PAY_REFUSED: Final = (conditions.ProviderNotAccepted, conditions.BadReturnUrl, conditions.PaidAtTheDesk)
LARGEST: Final = 65_536


class NewPayment(Request):
    provider: str = Field(min_length=1, max_length=32)
    return_url: str = Field(min_length=10, max_length=255)


class NewCounterPayment(Request):
    amount: PositiveInt
    receipt_number: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{0,39}$")
    method: Method = "cash"


class PaymentStarted(Shape):
    """`pay_url`: where to send the payer. `qr`: the text of the QR code to scan. At least one of them is there."""

    payment_id: str
    amount: int
    pay_url: str | None
    qr: str | None
    expires_at: AwareDatetime


class RefundShown(Shape):
    refund_id: str
    amount: int
    state: RefundState
    reason: str
    at: AwareDatetime
    people_needed: int
    approved_by: int


class PaymentShown(Shape):
    """`received`: the money known to have arrived for this attempt; `refunded`, what of it went back; `refunding`, what
    is on its way back. All in VND."""

    payment_id: str
    provider: str
    status: Status
    amount: int
    received: int
    refunded: int
    refunding: int
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    receipt_number: str | None
    method: Method | None = None
    refunds: list[RefundShown]


class ProviderShown(Shape):
    provider: str
    name: str


class PaymentList(Listed):
    """`accepts`: through whom the fee can be paid online."""

    items: list[PaymentShown]
    fee: FeeState
    accepts: list[ProviderShown]


def started(begun: actions.Started, _: Call) -> PaymentStarted:
    payment, there = begun.payment, begun.begun
    return PaymentStarted(
        payment_id=payment.id,
        amount=payment.amount,
        pay_url=there.pay_url,
        qr=there.qr,
        expires_at=payment.expires_at,
    )


def shown(attempt: actions.Attempt, _: Call | None = None) -> PaymentShown:
    payment, at_the_desk = attempt.payment, attempt.payment.provider == AT_THE_DESK
    desk = next((event for event in attempt.events if event.source == Source.COUNTER), None)
    return PaymentShown(
        payment_id=payment.id,
        provider=payment.provider,
        status=attempt.state.status,
        amount=payment.amount,
        received=attempt.state.received,
        refunded=attempt.state.refunded,
        refunding=attempt.state.refunding,
        created_at=payment.created_at,
        expires_at=None if at_the_desk else payment.expires_at,
        receipt_number=desk.provider_reference if desk else None,
        method=desk.facts.get("method", "cash") if desk else None,
        refunds=[refund_shown(each) for each in attempt.refunds],
    )


def refund_shown(refund: Refund) -> RefundShown:
    """Without the officers' accounts: a citizen reads this too."""
    behind = len(refund.approved_by) + (refund.asked_by != "system")
    return RefundShown(
        refund_id=refund.id,
        amount=refund.amount,
        state=refund.state,
        reason=refund.reason,
        at=refund.at,
        people_needed=refund.people,
        approved_by=behind,
    )


def accepts(names: tuple[str, ...], language: Language) -> list[ProviderShown]:
    titles = {name: providers.adapter(name).TITLE for name in names}
    return [ProviderShown(provider=name, name=titles[name][0 if language == "vi" else 1]) for name in names]


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/payments",
    who="citizen",
    body=NewPayment,
    answer=PaymentStarted,
    status=201,
    once=True,
    show=started,
    refuses=(*REFUSED, *PAY_REFUSED, conditions.ProviderSilent),
)
def start_payment(call: Call, dossier_id: str) -> actions.Started:
    """Begin to pay the dossier's fee: where to send the payer"""
    wanted = Start(return_url=call.body.return_url, ip=call.ip, language=call.language)
    return actions.start(dossier_id, call.body.provider, wanted, call.caller, call.now, call.once)


@routes.on(
    "GET", "/dossiers/{dossier_id}/payments", who="caller", answer=PaymentList, refuses=(UnknownDossier, Forbidden)
)
def list_payments(call: Call, dossier_id: str) -> PaymentList:
    """Every attempt to pay the dossier's fee, and its state"""
    account = actions.account(dossier_id, call.caller, call.now)
    items = [shown(attempt) for attempt in account.attempts]
    return PaymentList(items=items, fee=account.fee, accepts=accepts(account.accepted, call.language))


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/counter-payments",
    who="officer",
    body=NewCounterPayment,
    answer=PaymentShown,
    status=201,
    once=True,
    show=shown,
    refuses=(*REFUSED, Forbidden, conditions.NotTheAmountDue, conditions.ReceiptNumberUsed),
)
def take_counter_payment(call: Call, dossier_id: str) -> actions.Attempt:
    """Take the dossier's fee at the desk, against a receipt"""
    body = call.body
    return actions.counter_payment(
        dossier_id, body.amount, body.receipt_number, call.caller, call.now, call.once, body.method
    )


@routes.machine("GET", "/webhooks/payments/vnpay")
def vnpay_notification(call: Call) -> Response:
    """VNPAY's notification of a payment's outcome"""
    return _notified("vnpay", call)


@routes.machine("GET", "/webhooks/payments/{provider}")
def provider_notification_by_address(call: Call, provider: str) -> Response:
    """A notification whose words are in the query"""
    return _notified(provider, call)


@routes.machine(
    "POST", "/webhooks/payments/{provider}", content_types=("application/json", "application/x-www-form-urlencoded")
)
def provider_notification(call: Call, provider: str) -> Response:
    """A provider's notification, each in its own contract"""
    return _notified(provider, call)


def _notified(provider: str, call: Call) -> Response:
    """Providers this province does not use are told that there is no such address."""
    if not providers.configured(provider) or not providers.can(provider, "read"):
        raise conditions.UnknownProvider
    notice = Notice(
        query=tuple(call.query_pairs) if len(call.query_pairs) <= LARGEST else (),
        headers=call.headers,
        body=call.raw_body if len(call.raw_body) <= LARGEST else b"",
        at=call.now,
    )
    status, body = hearing.notified(provider, notice)
    if body is None:
        return Response("", status_code=status)
    return Response(body, status_code=status, headers={"Content-Type": "application/json"})
