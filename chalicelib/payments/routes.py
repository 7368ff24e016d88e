"""The HTTP of payments: begun by a citizen, taken by a clerk, announced by a provider."""

from typing import Any, Final

from chalice import Response
from pydantic import AwareDatetime, BaseModel, Field, PositiveInt

from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.rules import SomebodyElseWasFaster, UnknownDossier
from chalicelib.payments import actions, conditions, hearing
from chalicelib.payments.fold import FeeState, Status
from chalicelib.payments.rules import AT_THE_DESK, Start
from chalicelib.refusals import Forbidden
from chalicelib.web import Call, Listed, Request, Routes

routes: Final = Routes(__name__)
REFUSED: Final = (UnknownDossier, NotInThisStage, conditions.NothingDue, conditions.AlreadyPaid, SomebodyElseWasFaster)


class NewPayment(Request):
    provider: str = Field(min_length=1, max_length=32)
    return_url: str = Field(min_length=10, max_length=255)


class NewCounterPayment(Request):
    amount: PositiveInt
    receipt_number: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{0,39}$")


class PaymentStarted(BaseModel):
    payment_id: str
    amount: int
    pay_url: str
    qr: str | None
    expires_at: AwareDatetime


class PaymentShown(BaseModel):
    """`received`: the money known to have arrived for this attempt, in VND."""

    payment_id: str
    provider: str
    status: Status
    amount: int
    received: int
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    receipt_number: str | None


class PaymentList(Listed):
    items: list[PaymentShown]
    fee: FeeState


def started(begun: actions.Started, _: Call) -> PaymentStarted:
    payment = begun.payment
    return PaymentStarted(
        payment_id=payment.id, amount=payment.amount, pay_url=begun.pay_url, qr=None, expires_at=payment.expires_at
    )


def shown(attempt: actions.Attempt, _: Call | None = None) -> PaymentShown:
    payment, at_the_desk = attempt.payment, attempt.payment.provider == AT_THE_DESK
    return PaymentShown(
        payment_id=payment.id,
        provider=payment.provider,
        status=attempt.state.status,
        amount=payment.amount,
        received=attempt.state.received,
        created_at=payment.created_at,
        expires_at=None if at_the_desk else payment.expires_at,
        receipt_number=attempt.events[0].provider_reference if at_the_desk else None,
    )


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/payments",
    who="citizen",
    body=NewPayment,
    answer=PaymentStarted,
    status=201,
    once=True,
    show=started,
    refuses=(*REFUSED, conditions.ProviderNotAccepted, conditions.BadReturnUrl, conditions.PaidAtTheDesk),
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
    return PaymentList(items=[shown(attempt) for attempt in account.attempts], fee=account.fee)


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
    return actions.counter_payment(dossier_id, body.amount, body.receipt_number, call.caller, call.now, call.once)


@routes.machine("GET", "/webhooks/payments/vnpay")
def vnpay_notification(call: Call) -> Response:
    """VNPAY's notification of a payment's outcome"""
    return _answered(hearing.notified("vnpay", call.query_pairs, call.now))


@routes.machine(
    "POST", "/webhooks/payments/{provider}", content_types=("application/json", "application/x-www-form-urlencoded")
)
def unknown_provider_notification(call: Call, provider: str) -> Response:
    """Notifications of providers this province does not use"""
    raise conditions.UnknownProvider


def _answered(body: dict[str, Any]) -> Response:
    return Response(body, status_code=200, headers={"Content-Type": "application/json"})
