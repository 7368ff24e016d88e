"""MoMo's gateway v2: orders, notifications and their answers, queries, refunds. Only this file knows its words.

Amounts are VND. MoMo's documents (developers.momo.vn, v3) give: the fields and what their signatures cover; that a
request repeated under its `requestId` is carried out once; that a notification is answered 204 without a body within
15 seconds, and that whatever it is answered, MoMo never sends money back because of it. They do not say how often it is
repeated, and answers to our own questions carry no documented signature: those are believed over TLS alone, when they
name our merchant, our order and our question. They ask for 30 seconds of patience; we wait less, and ask again.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import Field

from chalicelib.payments import wire
from chalicelib.payments.protocol import (
    Begun,
    Forged,
    Notice,
    Outcome,
    RefundOrder,
    RefundTold,
    Reply,
    Silent,
    Start,
    Unreadable,
)
from chalicelib.payments.rules import Frozen, Payment, Statement, Verdict
from chalicelib.payments.signing import hmac_sha256, plain, same
from chalicelib.payments.strict import json_fields, text, vnd

TITLE: Final = ("Ví MoMo", "MoMo wallet")
SERVES: Final = "momo"
API: Final = "/v2/gateway/api"
# The names each signature covers, in its order: `name=value` joined by `&`, values as they are. From MoMo's documents.
CREATE_SIGNED: Final = (
    *("accessKey", "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode"),
    *("redirectUrl", "requestId", "requestType"),
)
NOTICE_SIGNED: Final = (
    *("accessKey", "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode"),
    *("payType", "requestId", "responseTime", "resultCode", "transId"),
)
QUERY_SIGNED: Final = ("accessKey", "orderId", "partnerCode", "requestId")
REFUND_SIGNED: Final = ("accessKey", "amount", "description", "orderId", "partnerCode", "requestId", "transId")
# Text like this inside a value would let the signed text be cut into other values.
ANOTHER_CUT: Final = re.compile(rf"&({'|'.join(NOTICE_SIGNED)})=")
CODE: Final = re.compile(r"-?[0-9]{1,6}")
TRANSACTION: Final = re.compile(r"[1-9][0-9]{0,18}")
PAID, NOT_FOUND, TAKEN_ALREADY = "0", "42", ("40", "41")
# `resultCode` of a payment. 9000: authorised, not yet taken. What MoMo's list calls final and speaks of the payment is
# a failure; the other codes (10 maintenance, 99 unknown, …) may as well speak of the question, and prove nothing.
VERDICTS: Final = {
    PAID: Verdict.SUCCESS,
    **dict.fromkeys(("1000", "7000", "7002", "8000", "9000"), Verdict.PENDING),
    **dict.fromkeys(("1001", "1002", "1003", "1004", "1005", "1006", "1007"), Verdict.FAILURE),
    **dict.fromkeys(("1017", "1026", "4001", "4002", "4100"), Verdict.FAILURE),
}
# `resultCode` of a refund. 21, 22: not for this amount; 42: no such payment; 108x: refused, or it came to nothing.
REFUND_STATES: Final[Mapping[str, Literal["done", "pending", "failed"]]] = {
    "0": "done",
    **dict.fromkeys(("7000", "7002"), "pending"),
    **dict.fromkeys(("21", "22", "42", "1080", "1081", "1088"), "failed"),
}
KEPT: Final = ("partnerCode", "orderId", "amount", "transId", "resultCode", "orderType", "payType")
# MoMo puts what it refuses into 4xx with the same body; 201: a request carried out before, 422: one still going on.
HEARD: Final = (200, 201, 400, 404, 422)
# Only 204 says «received». Whatever a further call cannot change has it: what is recorded, known, of no concern, or
# recorded as a wrong amount for a person to look at. The others ask for the calls MoMo is willing to make (their number
# is MoMo's own, so none goes on for ever): an order may be known a moment later, a key may just be changing.
ANSWERS: Final = {
    **dict.fromkeys((Outcome.RECORDED, Outcome.REPEATED, Outcome.IGNORED, Outcome.WRONG_AMOUNT), 204),
    Outcome.UNREADABLE: 400,
    Outcome.FORGED: 401,
    Outcome.UNKNOWN: 404,
    Outcome.FAULT: 503,
}


class Account(Frozen):
    """The merchant at MoMo and its keys. `api_url`: where MoMo's gateway is, without a path."""

    api_url: str
    partner_code: str
    access_key: str
    secret: str = Field(repr=False)


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    """Under the payment's own number: asked twice, MoMo gives the same address again."""
    order = {
        "amount": payment.amount,
        "extraData": "",
        "ipnUrl": start.notify_url,
        "orderId": payment.name,
        "orderInfo": plain(f"Phí, lệ phí hồ sơ {payment.about}"),
        "redirectUrl": start.return_url,
        "requestId": payment.name,
        "requestType": "captureWallet",
        "autoCapture": True,
        "lang": start.language,
    }
    told = _asked("create", order, CREATE_SIGNED, account)
    if _code(told) != PAID:
        raise Silent(f"the answer is {_code(told)}")
    pay_url, qr = told.get("payUrl"), told.get("qrCodeUrl")
    scheme = account.api_url.partition("//")[0]
    if not _names(told, payment.name, payment.name) or vnd(told.get("amount")) != payment.amount:
        raise Silent("the answer is of another order")
    if not isinstance(pay_url, str) or not pay_url.startswith(f"{scheme}//"):
        raise Silent("the answer has no address to pay at")
    return Begun(pay_url=pay_url, qr=qr if isinstance(qr, str) and qr else None)


def read(notice: Notice, account: Account) -> Statement:
    """The access key is our own, not the body's. Fields the signature does not cover are not looked at."""
    told = json_fields(notice.body)
    fields = {name: text(told.get(name)) for name in NOTICE_SIGNED if name != "accessKey"}
    if any(ANOTHER_CUT.search(value) for value in fields.values()):
        raise Forged
    if not same(signature(fields, NOTICE_SIGNED, account), told.get("signature")):
        raise Forged
    if not fields["orderId"] or not CODE.fullmatch(fields["resultCode"]):
        raise Unreadable
    return _statement(fields, VERDICTS.get(fields["resultCode"], Verdict.PENDING), account)


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    return Reply(ANSWERS[outcome], None)


def query(payment: Payment, account: Account, now: datetime) -> tuple[Statement, ...]:
    question = {"orderId": payment.name, "requestId": secrets.token_hex(16), "lang": "vi"}
    told = _asked("query", question, QUERY_SIGNED, account)
    if not _names(told, payment.name, question["requestId"]):
        raise Silent("the answer is of another payment")
    if _code(told) == NOT_FOUND:
        return ()
    if _code(told) not in VERDICTS:
        raise Silent(f"the answer is {_code(told)}")
    said = _statement(wire.texts(told), VERDICTS[_code(told)], account)
    if said.amount is None and not said.money_taken:  # no amount is told before there is one
        said = said.model_copy(update={"amount": payment.amount})
    return (said,)


def refund(order: RefundOrder, payment: Payment, account: Account, now: datetime) -> RefundTold:
    """A refund has an order and a request number of its own; under that number MoMo pays out once."""
    if not TRANSACTION.fullmatch(order.paid_reference):
        return RefundTold(state="failed", provider_reference="", facts={})  # MoMo cannot be told what to refund
    number = _number(order, payment)
    wish = {
        "amount": order.amount,
        "description": plain(f"Hoàn phí hồ sơ {payment.about}"),
        "orderId": number,
        "requestId": number,
        "transId": int(order.paid_reference),
        "lang": "vi",
    }
    told = _asked("refund", wish, REFUND_SIGNED, account)
    if not _names(told, number, number):
        raise Silent("the answer is of another refund")
    if _code(told) in TAKEN_ALREADY:
        return _refund_told("pending", told)
    return _judged(told, order)


def refund_state(order: RefundOrder, payment: Payment, account: Account, now: datetime) -> RefundTold:
    """MoMo lists what was asked for; what is not on the list is not known, neither paid out nor refused."""
    number = _number(order, payment)
    question = {"orderId": number, "requestId": secrets.token_hex(16), "lang": "vi"}
    told = _asked("refund/query", question, QUERY_SIGNED, account)
    # Implementations differ on whether the answer names the refund's order or the payment's.
    if not any(_names(told, name, question["requestId"]) for name in (number, payment.name)):
        raise Silent("the answer is of another refund")
    listed = told.get("refundTrans")
    ours = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    ours = [each for each in ours if each.get("orderId") == number]
    if _code(told) != PAID or len(ours) != 1:
        raise Silent(f"the answer is {_code(told)}, with {len(ours)} such refunds")
    return _judged(ours[0], order)


def signature(fields: Mapping[str, Any], names: tuple[str, ...], account: Account) -> str:
    """HMAC-SHA256, lower-case hex. The access key is always our own."""
    signed = {**fields, "accessKey": account.access_key}
    return hmac_sha256("&".join(f"{name}={signed.get(name, '')}" for name in names), account.secret)


def _asked(path: str, question: Mapping[str, Any], names: tuple[str, ...], account: Account) -> dict[str, Any]:
    ours = {**question, "partnerCode": account.partner_code}
    told = wire.asked_json(
        "POST",
        f"{account.api_url}{API}/{path}",
        statuses=HEARD,
        json={**ours, "signature": signature(ours, names, account)},
    )
    if told.get("partnerCode") != account.partner_code:
        raise Silent("the answer is for another merchant")
    return told


def _names(told: Mapping[str, Any], order: object, request: object) -> bool:
    return bool(told.get("orderId") == order and told.get("requestId") == request)


def _code(told: Mapping[str, Any]) -> str:
    """As text, a whole number only: nothing else may pass for 0."""
    code = told.get("resultCode")
    return str(code) if type(code) is int and CODE.fullmatch(str(code)) else "no code"


def _number(order: RefundOrder, payment: Payment) -> str:
    """A refund's number is unique within its payment only; MoMo wants it unique among all that we ever sent."""
    return hashlib.sha256(f"{payment.id}/{order.id}".encode()).hexdigest()[:32]


def _judged(told: Mapping[str, Any], order: RefundOrder) -> RefundTold:
    state = REFUND_STATES.get(_code(told))
    if state is None or (state == "done" and vnd(told.get("amount")) != order.amount):
        raise Silent(f"the answer is {_code(told)}")
    return _refund_told(state, told)


def _refund_told(state: Literal["done", "pending", "failed"], told: Mapping[str, Any]) -> RefundTold:
    fields = wire.texts(told)
    facts = {name: fields[name] for name in KEPT if fields.get(name)}
    return RefundTold(state=state, provider_reference=_transaction(fields), facts=facts)


def _statement(fields: Mapping[str, str], verdict: Verdict, account: Account) -> Statement:
    """What changes from one telling to the next (times, wording, the question's number) is not among the facts."""
    return Statement(
        order=fields["orderId"],
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS,
        amount=vnd(fields.get("amount")),
        provider_reference=_transaction(fields),
        ours=fields.get("partnerCode") == account.partner_code,
        facts={name: fields[name] for name in KEPT if fields.get(name)},
    )


def _transaction(fields: Mapping[str, str]) -> str:
    """MoMo's number of the movement; 0 while there is none."""
    number = fields.get("transId", "")
    return number if TRANSACTION.fullmatch(number) else ""
