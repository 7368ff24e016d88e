"""KeyPay, protocol 3.0, as it serves the national portal: HMAC-SHA256 check sums. Only this file knows its words.

The older protocol with its MD5 or SHA-256 of the secret and the fields is not spoken: what is signed so is forged.
A callback's check sum covers who, what and how much, but not `status`: the check sum of a failure would do for a
success. So a callback is believed that it speaks of this payment, and never that the money came: KeyPay is asked.
The amount it covers is the message's own; that it is ours too is found out where every amount is, by comparing it with
our record, which is as strong as signing our own would be.
Not known: the method of a callback (form, JSON and query are read), whether and when it is repeated; what any status
but 0, paid, means, or an error but 0; the form of an answer's signature, so TLS alone vouches for answers; any
interface for refunds. Source: OpenCPS, which ministries and provinces run; KeyPay's own document is not public.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from chalicelib.payments import strict, wire
from chalicelib.payments.fee_bill import Beneficiary, content, fee_bill
from chalicelib.payments.protocol import Begun, Empty, Forged, Notice, Outcome, Reply, Silent, Start, Unreadable
from chalicelib.payments.rules import Frozen, Payment, Statement, Verdict
from chalicelib.payments.signing import hmac_sha256, same

TITLE: Final = ("KeyPay (thẻ và tài khoản ngân hàng)", "KeyPay (bank card and account)")
SERVES: Final = "keypay"
PAY, VERSION = "PAY", "3.0"
NO_FEE: Final = "0"
PAID: Final = "0"
NO_ERROR: Final = "0"
LONGEST_ORDER: Final = 20
LONGEST_FACT: Final = 255
# The fields a check sum covers, in its order.
TRANSACTION: Final = ("addition_fee", "client_id", "command", "trans_amount", "transaction_id", "version")
DETAIL: Final = ("client_id", "command", "transaction_id")
KEPT: Final = ("client_id", "transaction_id", "transaction_code", "trans_amount", "addition_fee", "status")
ANSWERS: Final = {
    **dict.fromkeys((Outcome.RECORDED, Outcome.REPEATED, Outcome.IGNORED), (0, "success")),
    Outcome.UNKNOWN: (-1, "transaction not found"),
    Outcome.WRONG_AMOUNT: (-1, "invalid amount"),
    Outcome.FORGED: (-1, "invalid check_sum"),
    Outcome.UNREADABLE: (-1, "invalid message"),
    Outcome.FAULT: (-1, "system error"),
}


class Account(Frozen):
    """The client's id and keys, the first for what we say, the second for what KeyPay says; where it is asked; the
    account that fees go into."""

    create_url: str
    detail_url: str
    client_id: str = Field(pattern=r"^[^|]+$")
    beneficiary_number: str
    beneficiary_bank: str
    beneficiary_name: str
    hash_key_1: str = Field(min_length=1, repr=False)
    hash_key_2: str = Field(min_length=1, repr=False)

    @model_validator(mode="after")
    def our_word_is_not_theirs(self) -> Self:
        """With one key for both, the check sum of our own order would do for a callback."""
        if self.hash_key_1 == self.hash_key_2:
            raise ValueError("the two keys are the same")
        return self


def order(payment_id: str, at: datetime) -> str:
    """Twenty characters: no longer a transaction_id has been seen."""
    return base64.b32encode(hashlib.sha256(payment_id.encode()).digest()).decode().lower()[:LONGEST_ORDER]


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    into = Beneficiary(number=account.beneficiary_number, bank=account.beneficiary_bank, name=account.beneficiary_name)
    fields = {
        "client_id": account.client_id,
        "transaction_id": payment.name,
        "trans_amount": str(payment.amount),
        "addition_fee": NO_FEE,
        "command": PAY,
        "version": VERSION,
        "description": content(payment),
        "locale": "vn" if start.language == "vi" else "en",
        "country_code": "vi",
        "currency_code": "VND",
        "environment": "1",
        "return_url": start.return_url,
    }
    bill = fee_bill(payment, start, into)
    told = _asked(account.create_url, {**_signed(fields, TRANSACTION, account.hash_key_1), "bill_info": bill})
    url = told.get("payment_url")
    if not isinstance(url, str) or urlsplit(url).scheme != "https":
        raise Silent("the answer names no page to pay at")
    return Begun(pay_url=url)


def check_sum(fields: Mapping[str, Any], names: tuple[str, ...], key: str) -> str:
    """HMAC-SHA256 over the named values joined by bars, which none of them may hold. Raises `Forged`."""
    values = [strict.text(fields.get(name)) for name in names]
    if any("|" in value for value in values):
        raise Forged
    return hmac_sha256("|".join(values), key)


def read(notice: Notice, account: Account) -> Statement:
    told = _told(notice)
    if not same(check_sum(told, TRANSACTION, account.hash_key_2), told.get("check_sum")):
        raise Forged
    if (told.get("command"), told.get("version")) != (PAY, VERSION) or not told.get("transaction_id"):
        raise Unreadable
    return _statement(told, Verdict.PENDING, account)


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    code, message = ANSWERS[outcome]
    return Reply(200, {"return_code": code, "return_msg": message})


def query(payment: Payment, account: Account, now: datetime) -> tuple[Statement, ...]:
    """Paid only at status 0 with our amount said; any other status says that it is not paid yet."""
    fields = {"client_id": account.client_id, "transaction_id": payment.name, "command": PAY}
    answer = _asked(account.detail_url, _signed(fields, DETAIL, account.hash_key_1))
    inner = answer.get("data")
    told = {name: value for name, value in (inner if isinstance(inner, dict) else answer).items() if value is not None}
    if told.get("transaction_id") != payment.name or "status" not in told:
        raise Silent("the answer is of another payment, or has no status")
    paid = _said(told["status"]) == PAID
    asked = {"client_id": account.client_id, "addition_fee": NO_FEE}
    owed = {} if paid else {"trans_amount": payment.amount}
    return (_statement({**asked, **owed, **told}, Verdict.SUCCESS if paid else Verdict.PENDING, account),)


def _told(notice: Notice) -> dict[str, Any]:
    """What a callback says, by whichever of the three ways it came."""
    if not notice.body.strip():
        if not notice.query:
            raise Empty
        return strict.single(notice.query)
    if notice.body.lstrip().startswith(b"{"):
        return strict.json_fields(notice.body)
    return strict.form_fields(notice.body)


def _signed(fields: Mapping[str, str], names: tuple[str, ...], key: str) -> dict[str, Any]:
    return {**fields, "check_sum": check_sum(fields, names, key)}


def _asked(url: str, message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        told = strict.json_fields(wire.asked("POST", url, json=message))
    except (Forged, Unreadable):
        raise Silent("the answer is no JSON object") from None
    if _said(told.get("error", NO_ERROR)) != NO_ERROR:
        raise Silent(f"the answer is error {_said(told['error'])!r}")
    return told


def _statement(told: Mapping[str, Any], verdict: Verdict, account: Account) -> Statement:
    """We never ask for an additional fee: a sum that holds one is not ours."""
    ours = _said(told.get("addition_fee")) == NO_FEE
    return Statement(
        order=_said(told.get("transaction_id")),
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS,
        amount=strict.vnd(told.get("trans_amount")) if ours else None,
        provider_reference=_said(told.get("transaction_code")),
        ours=told.get("client_id") == account.client_id,
        facts={name: _said(told[name]) for name in KEPT if _said(told.get(name))},
    )


def _said(value: object) -> str:
    return str(value)[:LONGEST_FACT] if isinstance(value, str | int) else ""
