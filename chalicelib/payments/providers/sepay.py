"""SePay, which watches the province's bank account: its notifications of transfers. Only this file knows its words.

Either signed, HMAC-SHA256 over the time of sending and the exact body, or, where the account says so, with an API key
in the header; never neither. What was signed more than 5 minutes ago is refused, as SePay's documents tell to. What is
not answered with 2xx is repeated 7 times, at Fibonacci minutes, for 33 minutes in all. At SePay, the notification
must not be limited to transfers with a payment code: money whose memo is lost would never be heard of.
Source: SePay's webhook documents.
"""

import re
from typing import Annotated, Final

from pydantic import Field, model_validator

from chalicelib.payments.protocol import Forged, Notice, Outcome, Reply, Unreadable
from chalicelib.payments.rules import Frozen, Statement
from chalicelib.payments.signing import hmac_sha256, same
from chalicelib.payments.strict import json_fields, vnd
from chalicelib.payments.transfers import Arrived, answered, stated, text

TITLE: Final = ("SePay (báo có ngân hàng)", "SePay (bank notifications)")
SERVES: Final = "vietqr"
TOLERANCE: Final = 300  # seconds
SECONDS: Final = re.compile(r"[0-9]{10}")
Key = Annotated[str, Field(min_length=16)]


class Account(Frozen):
    """The account that is watched, and either the key that signs or the key that is sent: exactly one."""

    account_number: Annotated[str, Field(min_length=1)]
    secret: Key | None = Field(default=None, repr=False)
    api_key: Key | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _one_key(self) -> "Account":
        if (self.secret is None) == (self.api_key is None):
            raise ValueError("one of secret, api_key")
        return self


def read(notice: Notice, account: Account) -> Statement | None:
    if not _genuine(notice, account):
        raise Forged
    told = json_fields(notice.body)
    if told.get("transferType") == "out":
        return None
    if told.get("transferType") != "in":
        raise Unreadable
    arrived = Arrived(
        service="sepay",
        service_id=text(told, "id"),
        reference=text(told, "referenceCode"),
        amount=vnd(told.get("transferAmount")),
        at=text(told, "transactionDate"),
        bank=text(told, "gateway"),
        account_number=text(told, "accountNumber"),
        words=f"{text(told, 'content')} {text(told, 'description')}",
    )
    return stated(arrived, account.account_number)


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    return answered(outcome)


def signature(stamp: str, body: bytes, secret: str) -> str:
    return f"sha256={hmac_sha256(stamp.encode() + b'.' + body, secret)}"


def _genuine(notice: Notice, account: Account) -> bool:
    if account.secret is None:
        return same(f"Apikey {account.api_key}", notice.headers.get("authorization"))
    stamp = notice.headers.get("x-sepay-timestamp", "")
    if not SECONDS.fullmatch(stamp) or abs(notice.at.timestamp() - int(stamp)) > TOLERANCE:
        return False
    return same(signature(stamp, notice.body, account.secret), notice.headers.get("x-sepay-signature"))
