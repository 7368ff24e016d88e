"""VNPAY's transaction API: the checksums of its requests and answers, and the call that asks for a payment's fate.

The answer to a refund is checked over its amount as sent, in VND × 100: who divides first refuses right answers.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import urllib3

from chalicelib.clock.rules import ZONE
from chalicelib.payments.rules import Payment, Silent
from chalicelib.payments.signing import hmac_sha512, same
from chalicelib.settings import settings

VERSION: Final = "2.1.0"
NOT_FOUND: Final = "91"
OUR_ADDRESS: Final = "127.0.0.1"
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
http: Final = urllib3.PoolManager(
    timeout=urllib3.Timeout(connect=3, read=10), retries=False, cert_reqs="CERT_REQUIRED", maxsize=4
)


def ask(payment: Payment, now: datetime, keys: Mapping[str, str]) -> dict[str, str]:
    """What VNPAY says of the payment, or that it was not found. Raises `Silent` for anything else."""
    told = _answer(_question(payment, now, keys))
    if not same(checksum(told, QUERY_TOLD, keys["secret"]), told.get("vnp_SecureHash")):
        raise Silent("the checksum is not VNPAY's")
    if told.get("vnp_ResponseCode") == NOT_FOUND:
        return told
    if told.get("vnp_ResponseCode") != "00" or not told.get("vnp_TransactionStatus"):
        raise Silent(f"the answer is {told.get('vnp_ResponseCode')!r}")
    if told.get("vnp_TxnRef") != payment.id:
        raise Silent("the answer is of another payment")
    return told


def checksum(fields: Mapping[str, str], order: Iterable[str], key: str) -> str:
    """Of a request or answer of the transaction API: fixed order, joined by bars, a missing value is empty."""
    return hmac_sha512("|".join(fields.get(f"vnp_{name}", "") for name in order), key)


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


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


def _answer(question: Mapping[str, str]) -> dict[str, str]:
    try:
        told = http.request("POST", settings().VNPAY_API_URL, json=dict(question), redirect=False)
        fields = json.loads(told.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise Silent(type(error).__name__) from None
    if told.status != 200 or not isinstance(fields, dict):
        raise Silent(f"HTTP {told.status}")
    return {name: _text(value) for name, value in fields.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)
