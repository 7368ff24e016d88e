"""ZaloPay, API v2: orders, notifications and their answers, queries, refunds. Only this file knows its words.

Amounts are VND, times milliseconds, days of GMT+7. ZaloPay notifies of successes only: a failure is heard by asking,
which its documents want once a minute. `key1` signs our requests, `key2` its notifications; its answers are not signed
and name no order, so they are believed over TLS alone. How often a notification is repeated is not in its documents
(its sample code says: 3 times). Source: docs.zalopay.vn, v2.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import Field

from chalicelib.clock.rules import ZONE
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
from chalicelib.payments.strict import json_fields, vnd

TITLE: Final = ("ZaloPay", "ZaloPay")
SERVES: Final = "zalopay"
NOBODY_SPECIAL: Final = "citizen"  # the payer, who must be named somehow and is none of ZaloPay's business
SHORTEST, LONGEST, LONGEST_NAME = 300, 2_592_000, 40  # seconds an order may live, characters of its name
TRANSACTION: Final = re.compile(r"[1-9][0-9]{0,18}")
ORDER, AGREEMENT = 1, 2
# What an answer says: its `return_code` (1 success, 2 failure, 3 going on), a failure with its `sub_return_code`.
SUCCESS, GOING_ON, NOT_FOUND = "1", "3", "2/-101"
# Failures that speak of our question (request, signature, too many, fault at ZaloPay), not of the payment.
OF_THE_QUESTION: Final = frozenset(
    f"2/{detail}" for detail in (None, -2, -3, -10, -53, -92, -401, -402, -403, -405, -429, -500, -999)
)
# Of a refund: waiting for approval, going on, known already; refused for its kind, time, amount, number or part.
REFUND_STATES: Final[Mapping[str, Literal["done", "pending", "failed"]]] = {
    **dict.fromkeys((GOING_ON, "2/-1", "2/-16", "2/-23"), "pending"),
    **dict.fromkeys(("2/-2", "2/-13", "2/-14", "2/-24", "2/-26", "2/-32"), "failed"),
}
WHEN_SENT: Final = {**REFUND_STATES, SUCCESS: "pending", NOT_FOUND: "failed"}  # not found: the payment
WHEN_ASKED: Final = {**REFUND_STATES, SUCCESS: "done", "2/0": "failed"}
TOLD: Final = ("app_id", "app_trans_id", "amount", "zp_trans_id", "server_time", "channel", "discount_amount")
CODES: Final = ("return_code", "sub_return_code")
# 1: received, 2: received before; both end the matter. A wrong amount is recorded for a person to look at: hearing it
# again changes nothing. With anything else ZaloPay calls again: an order may be known a moment later, a key may just
# be changing, and it stops by itself. (Newer documents call 2 a failure; then a repetition is repeated, and no more.)
ANSWERS: Final = {
    **dict.fromkeys((Outcome.RECORDED, Outcome.IGNORED, Outcome.WRONG_AMOUNT), (1, "success")),
    Outcome.REPEATED: (2, "duplicate"),
    Outcome.UNKNOWN: (0, "order not found"),
    Outcome.FAULT: (0, "try again"),
    Outcome.FORGED: (-1, "mac not equal"),
    Outcome.UNREADABLE: (-1, "not understood"),
}


class Account(Frozen):
    """The merchant's application and its two keys. `api_url`: where ZaloPay's API is, without a path."""

    api_url: str
    app_id: int
    key1: str = Field(repr=False)
    key2: str = Field(repr=False)


def order(payment_id: str, at: datetime) -> str:
    """`yymmdd_` and the payment's id, at most 40 characters; the day is Vietnam's, by which ZaloPay reconciles."""
    name = f"{_day(at)}_{payment_id}"
    if len(name) > LONGEST_NAME:
        raise ValueError("a payment id too long for ZaloPay")
    return name


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    """ZaloPay takes an order's name once: after a silence only its query tells of it, and the payer starts another."""
    lives = int((payment.expires_at - payment.created_at).total_seconds())
    signed = {
        "app_id": account.app_id,
        "app_trans_id": payment.name,
        "app_user": NOBODY_SPECIAL,
        "amount": payment.amount,
        "app_time": _milliseconds(payment.created_at),
        "embed_data": json.dumps({"redirecturl": start.return_url.replace("|", "%7C")}, separators=(",", ":")),
        "item": "[]",
    }
    told = _asked(
        "create",
        account,
        signed,
        description=plain(f"Phí, lệ phí hồ sơ {payment.about}"),
        callback_url=start.notify_url,
        expire_duration_seconds=min(max(lives, SHORTEST), LONGEST),
        bank_code="",
    )
    pay_url, qr, scheme = told.get("order_url"), told.get("qr_code"), account.api_url.partition("//")[0]
    if _word(told) != SUCCESS or not isinstance(pay_url, str) or not pay_url.startswith(f"{scheme}//"):
        raise Silent(f"the answer is {_word(told)}")
    return Begun(pay_url=pay_url, qr=qr if isinstance(qr, str) and qr else None)


def read(notice: Notice, account: Account) -> Statement | None:
    """`data` is verified as the very text that was sent, then read. `type` is not signed and decides nothing alone."""
    told = json_fields(notice.body)
    data = told.get("data")
    if not isinstance(data, str) or not same(hmac_sha256(data, account.key2), told.get("mac")):
        raise Forged
    kind, fields = told.get("type"), wire.texts(_inside(data))
    if type(kind) is not int or kind not in (ORDER, AGREEMENT):
        raise Unreadable
    if kind == AGREEMENT and not fields.get("app_trans_id"):
        return None
    return _paid(fields, fields.get("app_trans_id", ""), fields.get("app_id") == str(account.app_id))


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    code, message = ANSWERS[outcome]
    return Reply(200, {"return_code": code, "return_message": message})


def query(payment: Payment, account: Account, now: datetime) -> tuple[Statement, ...]:
    """An order that came to nothing may be paid at a second try as long as it lives: until then a failure is none."""
    told = _asked("query", account, {"app_id": account.app_id, "app_trans_id": payment.name}, ends=(account.key1,))
    word = _word(told)
    if word == NOT_FOUND:
        return ()
    if word == SUCCESS:
        try:
            return (_paid(wire.texts(told), payment.name, ours=True),)
        except Unreadable:
            raise Silent("a success without a transaction") from None
    if word in OF_THE_QUESTION or (word != GOING_ON and not word.startswith("2/")):
        raise Silent(f"the answer is {word}")
    return (_unpaid(told, payment, over=word != GOING_ON and now >= payment.expires_at),)


def refund(order: RefundOrder, payment: Payment, account: Account, now: datetime) -> RefundTold:
    """ZaloPay takes it on, and is asked later. A refund's number carries the day it is sent on: before it is sent on a
    later day than it was ordered, ZaloPay is asked for it under the numbers of the days before."""
    if not TRANSACTION.fullmatch(order.paid_reference):
        return RefundTold(state="failed", provider_reference="", facts={})  # ZaloPay cannot be told what to refund
    *before, number = _numbers(order, payment, account, now)
    known = _first_known(before, account, now)
    return known or _sent(order, payment, number, account, now)


def refund_state(order: RefundOrder, payment: Payment, account: Account, now: datetime) -> RefundTold:
    """Raises `Silent` also when ZaloPay knows nothing of it: it may still be on its way there."""
    known = _first_known(_numbers(order, payment, account, now), account, now)
    if known is None:
        raise Silent("no such refund")
    return known


def mac(key: str, *values: object) -> str:
    """HMAC-SHA256 of the values joined by bars, lower-case hex."""
    return hmac_sha256("|".join(str(value) for value in values), key)


def _asked(
    path: str, account: Account, signed: Mapping[str, object], ends: tuple[str, ...] = (), **unsigned: object
) -> dict[str, Any]:
    """`ends`: what the signature covers after the values."""
    wish = {**signed, **unsigned, "mac": mac(account.key1, *signed.values(), *ends)}
    return wire.asked_json("POST", f"{account.api_url}/v2/{path}", json=wish)


def _sent(order: RefundOrder, payment: Payment, number: str, account: Account, now: datetime) -> RefundTold:
    signed = {
        "app_id": account.app_id,
        "zp_trans_id": order.paid_reference,
        "amount": order.amount,
        "description": plain(f"Hoàn phí hồ sơ {payment.about}", 100),
        "timestamp": _milliseconds(now),
    }
    return _judged(_asked("refund", account, signed, m_refund_id=number), number, WHEN_SENT)


def _first_known(numbers: list[str], account: Account, now: datetime) -> RefundTold | None:
    """What became of the refund under one of its numbers; None when there is none."""
    for number in numbers:
        question = {"app_id": account.app_id, "m_refund_id": number, "timestamp": _milliseconds(now)}
        told = _asked("query_refund", account, question)
        if _word(told) != NOT_FOUND:
            return _judged(told, number, WHEN_ASKED)
    return None


def _numbers(order: RefundOrder, payment: Payment, account: Account, now: datetime) -> list[str]:
    """`yymmdd_appid_xxxxxxxxxxxxxxxx`, one for each day from the order to today: the same refund, the same digits."""
    digest = int(hashlib.sha256(f"{payment.id}/{order.id}".encode()).hexdigest(), 16) % 10**16
    days = (now.astimezone(ZONE).date() - order.at.astimezone(ZONE).date()).days
    return [f"{_day(now - timedelta(days=ago))}_{account.app_id}_{digest:016d}" for ago in range(max(days, 0), -1, -1)]


def _inside(data: str) -> dict[str, Any]:
    try:
        return json_fields(data.encode())
    except Forged:  # odd, but theirs
        raise Unreadable from None


def _paid(fields: Mapping[str, str], order: str, ours: bool) -> Statement:
    if not order or not TRANSACTION.fullmatch(fields.get("zp_trans_id", "")):
        raise Unreadable
    return Statement(
        order=order,
        verdict=Verdict.SUCCESS,
        money_taken=True,
        amount=vnd(fields.get("amount")),
        provider_reference=fields["zp_trans_id"],
        ours=ours,
        facts={name: fields[name] for name in (*CODES, *TOLD) if fields.get(name)},
    )


def _unpaid(told: Mapping[str, Any], payment: Payment, *, over: bool) -> Statement:
    """No amount is told before there is one. `over` is a fact: a failure while the order lives is another saying."""
    return Statement(
        order=payment.name,
        verdict=Verdict.FAILURE if over else Verdict.PENDING,
        money_taken=False,
        amount=payment.amount,
        provider_reference="",
        facts={"app_trans_id": payment.name, "answer": _word(told), "over": str(over)},
    )


def _judged(told: Mapping[str, Any], number: str, states: Mapping[str, Any]) -> RefundTold:
    if _word(told) not in states:
        raise Silent(f"the answer is {_word(told)}")
    reference = wire.texts(told).get("refund_id", "")
    facts = {"m_refund_id": number, "answer": _word(told), **({"refund_id": reference} if reference else {})}
    return RefundTold(state=states[_word(told)], provider_reference=reference, facts=facts)


def _word(told: Mapping[str, Any]) -> str:
    """Whole numbers only: nothing else may pass for 1."""
    code, detail = (told.get(name) if type(told.get(name)) is int else None for name in CODES)
    return f"{code}/{detail}" if code == 2 else str(code)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%y%m%d")
