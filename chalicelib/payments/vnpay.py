"""VNPAY: pay URLs, notifications and their answers, the query for a payment's fate. The one file that knows its words.

Protocol 2.1.0. Amounts travel as VND × 100, times as yyyyMMddHHmmss in GMT+7. VNPAY repeats a notification at most
10 times, 5 minutes apart, until it hears 00 or 02.
"""

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import urllib3

from chalicelib.clock.rules import ZONE
from chalicelib.payments.rules import Forged, Outcome, Payment, Silent, Start, Statement, Unreadable, Verdict
from chalicelib.settings import secret, settings

VERSION: Final = "2.1.0"
# Encoders differ on other characters, and a signature would then differ with them.
NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9 .:_-]+")
AMOUNT: Final = re.compile(r"[1-9][0-9]{0,9}00")
KEPT: Final = (
    *("vnp_TmnCode", "vnp_TxnRef", "vnp_Amount", "vnp_OrderInfo", "vnp_BankCode", "vnp_BankTranNo", "vnp_CardType"),
    *("vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType", "vnp_ResponseCode", "vnp_TransactionStatus"),
)
ANSWERS: Final = {
    Outcome.RECORDED: ("00", "Confirm Success"),
    Outcome.UNKNOWN: ("01", "Order not found"),
    Outcome.REPEATED: ("02", "Order already confirmed"),
    Outcome.WRONG_AMOUNT: ("04", "Invalid amount"),
    Outcome.FORGED: ("97", "Invalid checksum"),
    Outcome.FAULT: ("99", "Unknown error"),
}
# vnp_TransactionStatus; what is absent is a failure. 04: the payer was debited, VNPAY holds nothing yet.
# 05, 06, 09: a refund that we did not ask for. 07: taken, but suspected of fraud.
VERDICTS: Final = {
    "00": Verdict.SUCCESS,
    **dict.fromkeys(("01", "04"), Verdict.PENDING),
    **dict.fromkeys(("05", "06", "07", "09"), Verdict.MISMATCH),
}
SUSPECTED: Final = "07"
NOT_FOUND: Final = "91"
# The fields a checksum covers, in its order.
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
OUR_ADDRESS: Final = "127.0.0.1"

http: Final = urllib3.PoolManager(
    timeout=urllib3.Timeout(connect=3, read=10), retries=False, cert_reqs="CERT_REQUIRED", maxsize=4
)


def signature(fields: Mapping[str, str], key: str) -> str:
    """Over every `vnp_` field that says something, sorted and form-encoded anew: HMAC-SHA512, lower-case hex."""
    said = sorted((name, value) for name, value in fields.items() if value and _signed(name))
    return _hmac(urlencode(said), key)


def checksum(fields: Mapping[str, Any], order: Iterable[str], key: str) -> str:
    """Of a request or answer of the transaction API: fixed order, joined by bars, a missing value is empty."""
    return _hmac("|".join(_text(fields.get(f"vnp_{name}")) for name in order), key)


def same(ours: str, theirs: object) -> bool:
    return isinstance(theirs, str) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))


def pay_url(payment: Payment, start: Start) -> str:
    keys = secret("vnpay")
    fields = {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": keys["tmn_code"],
        "vnp_Amount": str(payment.amount * 100),
        "vnp_CreateDate": stamp(payment.created_at),
        "vnp_ExpireDate": stamp(payment.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": start.ip,
        "vnp_Locale": "vn" if start.language == "vi" else "en",
        "vnp_OrderInfo": plain(f"Phí, lệ phí hồ sơ {payment.about}"),
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": start.return_url,
        "vnp_TxnRef": payment.id,
    }
    signed = {**fields, "vnp_SecureHash": signature(fields, keys["secret"])}
    return f"{settings().VNPAY_PAY_URL}?{urlencode(sorted(signed.items()))}"


def read(pairs: Sequence[tuple[str, str]]) -> Statement:
    fields = dict(pairs)
    if not any(_signed(name) for name in fields):
        raise Unreadable
    keys = secret("vnpay")
    try:
        genuine = same(signature(fields, keys["secret"]), fields.get("vnp_SecureHash"))
    except UnicodeEncodeError:  # what was not UTF-8 on the wire cannot have been signed by VNPAY
        raise Forged from None
    if len(fields) != len(pairs) or not genuine:
        raise Forged
    response, status = fields.get("vnp_ResponseCode"), fields.get("vnp_TransactionStatus")
    if not response or not status:
        raise Unreadable
    return _statement(fields, keys["tmn_code"], _verdict(response, status))


def answer(outcome: Outcome) -> dict[str, str]:
    code, message = ANSWERS[outcome]
    return {"RspCode": code, "Message": message}


def query(payment: Payment, now: datetime) -> Statement | None:
    keys = secret("vnpay")
    told = _asked(_question(payment, now, keys))
    if not same(checksum(told, QUERY_TOLD, keys["secret"]), told.get("vnp_SecureHash")):
        raise Silent("the checksum is not VNPAY's")
    response, status = _text(told.get("vnp_ResponseCode")), _text(told.get("vnp_TransactionStatus"))
    if response == NOT_FOUND:
        return None
    if response != "00" or not status or told.get("vnp_TxnRef") != payment.id:
        raise Silent(f"the answer is {response!r}, or of another payment")
    return _statement({name: _text(value) for name, value in told.items()}, keys["tmn_code"], _verdict("00", status))


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


def plain(text: str) -> str:
    """Without accents or special characters, as the order's description has to be."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join(NOT_PLAIN.sub(" ", letters).split())[:255]


def _verdict(response: str, status: str) -> Verdict:
    """Paid only if both codes say so."""
    if response == SUSPECTED:
        return Verdict.MISMATCH
    return VERDICTS.get(status, Verdict.FAILURE) if response == "00" else Verdict.FAILURE


def _statement(fields: Mapping[str, str], tmn_code: str, verdict: Verdict) -> Statement:
    amount = fields.get("vnp_Amount", "")
    suspected = SUSPECTED in (fields.get("vnp_ResponseCode"), fields.get("vnp_TransactionStatus"))
    return Statement(
        payment_id=fields.get("vnp_TxnRef", ""),
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS or suspected,
        amount=int(amount) // 100 if AMOUNT.fullmatch(amount) else None,
        provider_reference=fields.get("vnp_TransactionNo", ""),
        ours=fields.get("vnp_TmnCode") == tmn_code,
        facts={name: fields[name] for name in KEPT if fields.get(name)},
    )


def _question(payment: Payment, now: datetime, keys: Mapping[str, str]) -> dict[str, str]:
    question = {
        "vnp_RequestId": secrets.token_hex(16),
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": keys["tmn_code"],
        "vnp_TxnRef": payment.id,
        "vnp_TransactionDate": stamp(payment.created_at),
        "vnp_CreateDate": stamp(now),
        "vnp_IpAddr": OUR_ADDRESS,
        "vnp_OrderInfo": "Truy van giao dich",
    }
    return {**question, "vnp_SecureHash": checksum(question, QUERY_ASKED, keys["secret"])}


def _asked(question: Mapping[str, str]) -> dict[str, Any]:
    try:
        told = http.request("POST", settings().VNPAY_API_URL, json=dict(question), redirect=False)
        fields = json.loads(told.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise Silent(type(error).__name__) from None
    if told.status != 200 or not isinstance(fields, dict):
        raise Silent(f"HTTP {told.status}")
    return fields


def _signed(name: str) -> bool:
    return name.startswith("vnp_") and name not in ("vnp_SecureHash", "vnp_SecureHashType")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _hmac(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha512).hexdigest()
