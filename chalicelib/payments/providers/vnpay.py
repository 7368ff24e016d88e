"""VNPAY, protocol 2.1.0: pay URLs, notifications and their answers, queries, refunds. Only this file knows its words.

Amounts travel as VND × 100, times as yyyyMMddHHmmss in GMT+7. VNPAY repeats a notification at most 10 times,
5 minutes apart, until it hears 00 or 02. Source: VNPAY's integration document 2.1.0.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.clock.rules import ZONE
from chalicelib.payments import wire
from chalicelib.payments.protocol import (
    Begun,
    Empty,
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
from chalicelib.payments.signing import hmac_sha512, plain, same

TITLE: Final = ("VNPAY (thẻ, ngân hàng, VNPAY-QR)", "VNPAY (card, bank, VNPAY-QR)")
SERVES: Final = "vnpay"
VERSION: Final = "2.1.0"
NOT_FOUND, DUPLICATE, MORE_THAN_PAID, NOT_PAID = "91", "94", "02", "95"
OUR_ADDRESS: Final = "127.0.0.1"
AMOUNT: Final = re.compile(r"[1-9][0-9]{0,9}00")
KEPT: Final = (
    *("vnp_TmnCode", "vnp_TxnRef", "vnp_Amount", "vnp_OrderInfo", "vnp_BankCode", "vnp_BankTranNo", "vnp_CardType"),
    *("vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType", "vnp_ResponseCode", "vnp_TransactionStatus"),
)
ANSWERS: Final = {
    **dict.fromkeys((Outcome.RECORDED, Outcome.IGNORED), ("00", "Confirm Success")),
    Outcome.UNKNOWN: ("01", "Order not found"),
    Outcome.REPEATED: ("02", "Order already confirmed"),
    Outcome.WRONG_AMOUNT: ("04", "Invalid amount"),
    Outcome.FORGED: ("97", "Invalid checksum"),
    **dict.fromkeys((Outcome.FAULT, Outcome.UNREADABLE), ("99", "Unknown error")),
}
# vnp_TransactionStatus; what is absent is a failure. 04: the payer was debited, VNPAY holds nothing yet.
# 05, 06, 09: a refund that we did not ask for. 07: taken, but suspected of fraud.
VERDICTS: Final = {
    "00": Verdict.SUCCESS,
    **dict.fromkeys(("01", "04"), Verdict.PENDING),
    **dict.fromkeys(("05", "06", "07", "09"), Verdict.MISMATCH),
}
SUSPECTED: Final = "07"
# vnp_TransactionStatus of a refund: paid out; at VNPAY or the bank; refused.
REFUND_STATES: Final = {"00": "done", "05": "pending", "06": "pending", "09": "failed", "02": "failed"}
# The fields a checksum of the transaction interface covers, in its order.
QUERY_ASKED: Final = (
    *("RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate"),
    *("CreateDate", "IpAddr", "OrderInfo"),
)
REFUND_ASKED: Final = (
    *("RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo"),
    *("TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo"),
)
REFUND_TOLD: Final = (
    *("ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate"),
    *("TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo"),
)
QUERY_TOLD: Final = (*REFUND_TOLD, "PromotionCode", "PromotionAmount")


class Account(Frozen):
    """The merchant's terminal and its key, and where VNPAY's pay page and transaction interface are."""

    pay_url: str
    api_url: str
    tmn_code: str
    secret: str = Field(repr=False)


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    fields = {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": account.tmn_code,
        "vnp_Amount": str(payment.amount * 100),
        "vnp_CreateDate": stamp(payment.created_at),
        "vnp_ExpireDate": stamp(payment.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": start.ip,
        "vnp_Locale": "vn" if start.language == "vi" else "en",
        "vnp_OrderInfo": plain(f"Phí, lệ phí hồ sơ {payment.about}"),
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": start.return_url,
        "vnp_TxnRef": payment.name,
    }
    said = _encoded(fields)
    return Begun(pay_url=f"{account.pay_url}?{said}&vnp_SecureHash={hmac_sha512(said, account.secret)}")


def signature(fields: Mapping[str, str], key: str) -> str:
    """Of all that is signed, encoded anew: HMAC-SHA512, lower-case hex."""
    return hmac_sha512(_encoded(fields), key)


def _encoded(fields: Mapping[str, str]) -> str:
    """Every `vnp_` field that says something, sorted, as of a form."""
    return urlencode(sorted((name, value) for name, value in fields.items() if value and _signed(name)))


def read(notice: Notice, account: Account) -> Statement:
    fields = dict(notice.query)
    if not any(_signed(name) for name in fields):
        raise Empty
    try:
        genuine = same(signature(fields, account.secret), fields.get("vnp_SecureHash"))
    except UnicodeEncodeError:  # what was not UTF-8 on the wire cannot have been signed by VNPAY
        raise Forged from None
    if len(fields) != len(notice.query) or not genuine:
        raise Forged
    response, status = fields.get("vnp_ResponseCode"), fields.get("vnp_TransactionStatus")
    if not response or not status:
        raise Unreadable
    return _statement(fields, account.tmn_code, _verdict(response, status))


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    code, message = ANSWERS[outcome]
    return Reply(200, {"RspCode": code, "Message": message})


def query(payment: Payment, account: Account, now: datetime) -> tuple[Statement, ...]:
    question = {
        "vnp_RequestId": secrets.token_hex(16),
        "vnp_Command": "querydr",
        "vnp_OrderInfo": "Truy van giao dich",
    }
    told = _asked(question, payment, account, now, QUERY_ASKED, QUERY_TOLD)
    if told.get("vnp_ResponseCode") == NOT_FOUND:
        return ()
    if told.get("vnp_ResponseCode") != "00" or not told.get("vnp_TransactionStatus"):
        raise Silent(f"the answer is {told.get('vnp_ResponseCode')!r}")
    if told.get("vnp_TxnRef") != payment.name:
        raise Silent("the answer is of another payment")
    return (_statement(told, account.tmn_code, _verdict("00", told["vnp_TransactionStatus"])),)


def refund(order: RefundOrder, payment: Payment, account: Account, now: datetime) -> RefundTold:
    """VNPAY takes a refund on and pays it out later; a request repeated under its number is not a second one."""
    wish = {
        "vnp_RequestId": order.id,
        "vnp_Command": "refund",
        "vnp_TransactionType": "02" if order.whole else "03",
        "vnp_Amount": str(order.amount * 100),
        "vnp_TransactionNo": order.paid_reference or "0",
        "vnp_CreateBy": plain(order.by),
        "vnp_OrderInfo": plain(f"Hoàn phí hồ sơ {payment.about}"),
    }
    told = _asked(wish, payment, account, now, REFUND_ASKED, REFUND_TOLD)
    code = told.get("vnp_ResponseCode", "")
    if code in (MORE_THAN_PAID, NOT_PAID, NOT_FOUND):
        return _refund_told("failed", told)
    if code == DUPLICATE:
        return _refund_told("pending", told)
    if code != "00" or told.get("vnp_TxnRef") != payment.name:
        raise Silent(f"the answer is {code!r}")
    return _refund_told(REFUND_STATES.get(told.get("vnp_TransactionStatus", ""), "pending"), told)


def checksum(fields: Mapping[str, str], order: Iterable[str], key: str) -> str:
    """Of a request or answer of the transaction interface: fixed order, joined by bars, a missing value is empty.

    The amount is covered as sent, in VND × 100: who divides first refuses right answers.
    """
    return hmac_sha512("|".join(fields.get(f"vnp_{name}", "") for name in order), key)


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


def _asked(
    wish: Mapping[str, str],
    payment: Payment,
    account: Account,
    now: datetime,
    asked: Iterable[str],
    told: Iterable[str],
) -> dict[str, str]:
    """VNPAY's own answer: anything that is not signed by it is silence."""
    question = {
        **wish,
        "vnp_Version": VERSION,
        "vnp_TmnCode": account.tmn_code,
        "vnp_TxnRef": payment.name,
        "vnp_TransactionDate": stamp(payment.created_at),
        "vnp_CreateDate": stamp(now),
        "vnp_IpAddr": OUR_ADDRESS,
    }
    signed = {**question, "vnp_SecureHash": checksum(question, asked, account.secret)}
    answer = wire.texts(wire.asked_json("POST", account.api_url, json=signed))
    if not same(checksum(answer, told, account.secret), answer.get("vnp_SecureHash")):
        raise Silent("the checksum is not VNPAY's")
    return answer


def _verdict(response: str, status: str) -> Verdict:
    """Paid only if both codes say so."""
    if response == SUSPECTED:
        return Verdict.MISMATCH
    return VERDICTS.get(status, Verdict.FAILURE) if response == "00" else Verdict.FAILURE


def _statement(fields: Mapping[str, str], tmn_code: str, verdict: Verdict) -> Statement:
    amount = fields.get("vnp_Amount", "")
    suspected = SUSPECTED in (fields.get("vnp_ResponseCode"), fields.get("vnp_TransactionStatus"))
    return Statement(
        order=fields.get("vnp_TxnRef", ""),
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS or suspected,
        amount=int(amount) // 100 if AMOUNT.fullmatch(amount) else None,
        provider_reference=fields.get("vnp_TransactionNo", ""),
        ours=fields.get("vnp_TmnCode") == tmn_code,
        facts={name: fields[name] for name in KEPT if fields.get(name)},
    )


def _refund_told(state: Any, told: Mapping[str, str]) -> RefundTold:
    facts = {name: told[name] for name in ("vnp_ResponseCode", *KEPT) if told.get(name)}
    return RefundTold(state=state, provider_reference=told.get("vnp_TransactionNo", ""), facts=facts)


def _signed(name: str) -> bool:
    return name.startswith("vnp_") and name not in ("vnp_SecureHash", "vnp_SecureHashType")
