"""What finance officers send and are shown: needs, refunds, disputes, money without a payment."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field, PositiveInt, model_validator

from chalicelib.payments import finance_actions, refund_actions
from chalicelib.payments.attention import NeedKind
from chalicelib.payments.fold import Status
from chalicelib.payments.routes import PaymentShown, RefundShown, refund_shown
from chalicelib.payments.rules import PaymentEvent, Source, Verdict
from chalicelib.refusals import TellingError
from chalicelib.shapes import Shape
from chalicelib.web import Call, Listed, Query, Request

Reason = Field(min_length=3, max_length=500)
Reference = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$")


class Nothing(Request):
    """An empty object."""


class NewRefund(Request):
    """`refundable`: what the officer has seen can still be refunded, in VND."""

    amount: PositiveInt
    refundable: int = Field(ge=0)
    reason: str = Reason


class Rejection(Request):
    reason: str = Reason


class PayingOut(Request):
    """`reference`: the bank's number of the transfer, or of the provider's own movement as its statement shows it."""

    reference: str = Reference


class Dispute(Request):
    state: Literal["opened", "kept", "lost"]
    amount: PositiveInt
    reference: str = Reference
    reason: str = Reason


class Place(Request):
    """One of the two: a payment already begun, or the code of the dossier whose fee this is."""

    payment_id: str | None = Field(default=None, max_length=64)
    dossier_code: str | None = Field(default=None, max_length=40)

    @model_validator(mode="after")
    def one_of_the_two(self) -> "Place":
        if bool(self.payment_id) == bool(self.dossier_code):
            vi, en = "Nêu đúng một khoản thanh toán hoặc một mã hồ sơ.", "Name either one payment or one dossier."
            raise TellingError("payment_or_dossier", vi, en)
        return self


class NeedQuery(Query):
    need: NeedKind | None = None
    agency: str | None = Field(default=None, max_length=35)
    cursor: str | None = Field(default=None, max_length=300)
    limit: int = Field(default=50, ge=1, le=100)


class PageQuery(Query):
    cursor: str | None = Field(default=None, max_length=300)
    limit: int = Field(default=50, ge=1, le=100)


class NeedShown(Shape):
    payment_id: str
    dossier_id: str
    dossier_code: str
    provider: str
    need: NeedKind
    since: AwareDatetime
    status: Status
    amount: int
    received: int
    refunded: int
    refunding: int


class NeedList(Listed):
    items: list[NeedShown]


class SaidShown(Shape):
    """One thing that was said of the payment, by whom and when; `facts` in the provider's own words."""

    source: Source
    at: AwareDatetime
    verdict: Verdict
    money_taken: bool
    amount: int | None
    reference: str
    facts: dict[str, str]


class RefundSeen(RefundShown):
    """As the officers see it: with their accounts."""

    asked_by: str
    approvers: list[str]
    reference: str


class PaymentSeen(PaymentShown):
    dossier_id: str
    dossier_code: str
    refundable: int
    said: list[SaidShown]
    refunds_seen: list[RefundSeen]


class MoneyShown(Shape):
    id: str
    provider: str
    at: AwareDatetime
    amount: int | None
    reference: str
    facts: dict[str, str]


class MoneyList(Listed):
    items: list[MoneyShown]


class ForgedShown(Shape):
    date: date
    provider: str
    times: int


class ForgedList(Listed):
    items: list[ForgedShown]


class PlacedShown(Shape):
    id: str
    payment_id: str | None
    returned_as: str | None


def refund_seen(decided: refund_actions.Decided, _: Call | None = None) -> RefundSeen:
    refund = decided.refund
    return RefundSeen(
        **refund_shown(refund).model_dump(),
        asked_by=refund.asked_by,
        approvers=list(refund.approved_by),
        reference=refund.provider_reference,
    )


def said_shown(event: PaymentEvent) -> SaidShown:
    facts = event.model_dump(include=set(SaidShown.model_fields) - {"reference"})
    return SaidShown(**facts, reference=event.provider_reference)


def placed_shown(done: finance_actions.Placed, _: Call | None = None) -> PlacedShown:
    return PlacedShown(id=done.money_id, payment_id=done.payment_id, returned_as=done.returned_as)
