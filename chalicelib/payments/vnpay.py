"""VNPAY: pay URLs, notifications and their answers, what its words mean. Only `vnpay_api` knows it beside this file.

Protocol 2.1.0. Amounts travel as VND × 100, times as yyyyMMddHHmmss in GMT+7. VNPAY repeats a notification at most
10 times, 5 minutes apart, until it hears 00 or 02.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from chalicelib.payments import vnpay_api
from chalicelib.payments.rules import Forged, Outcome, Payment, Start, Statement, Unreadable, Verdict
from chalicelib.payments.signing import hmac_sha512, same
from chalicelib.payments.vnpay_api import NOT_FOUND, VERSION, stamp
from chalicelib.settings import secret, settings

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


def signature(fields: Mapping[str, str], key: str) -> str:
    """Over every `vnp_` field that says something, sorted and form-encoded anew: HMAC-SHA512, lower-case hex."""
    said = sorted((name, value) for name, value in fields.items() if value and _signed(name))
    return hmac_sha512(urlencode(said), key)


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
    told = vnpay_api.ask(payment, now, keys)
    if told["vnp_ResponseCode"] == NOT_FOUND:
        return None
    return _statement(told, keys["tmn_code"], _verdict("00", told["vnp_TransactionStatus"]))


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


def _signed(name: str) -> bool:
    return name.startswith("vnp_") and name not in ("vnp_SecureHash", "vnp_SecureHashType")
