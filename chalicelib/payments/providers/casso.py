"""Casso, which watches the province's bank account: its version 2 notifications. Only this file knows its words.

`X-Casso-Signature: t=<ms>,v1=<hex>`: HMAC-SHA512 over t, a dot and the whole body as compact JSON with sorted names.
Casso's two samples write that JSON differently: JavaScript leaves `/` and Vietnamese letters as they are, PHP escapes
both. Which of them its server does is not said, so both are believed: each is the text of one message only.
The `secure-token` of version 1 signs nothing and is refused. When Casso repeats a notification, and whether it signs
it anew, is not said: so an old time is no forgery, and a repetition is known by the movement's name.
"""

import json
import re
from typing import Annotated, Any, Final

from pydantic import Field

from chalicelib.payments.protocol import Forged, Notice, Outcome, Reply, Unreadable
from chalicelib.payments.rules import Frozen, Statement
from chalicelib.payments.signing import hmac_sha512, same
from chalicelib.payments.strict import json_fields, vnd
from chalicelib.payments.transfers import Arrived, answered, stated, text

TITLE: Final = ("Casso (báo có ngân hàng)", "Casso (bank notifications)")
SERVES: Final = "vietqr"
SIGNED: Final = re.compile(r"t=([0-9]{13}),v1=([0-9a-f]{128})")
TRIAL: Final = 0  # the movement that is sent to try the address, and never happened


class Account(Frozen):
    """The account that is watched, and the key that signs."""

    account_number: Annotated[str, Field(min_length=1)]
    secret: Annotated[str, Field(min_length=16, repr=False)]


def read(notice: Notice, account: Account) -> Statement | None:
    given = SIGNED.fullmatch(notice.headers.get("x-casso-signature", ""))
    if not given:
        raise Forged
    message = json_fields(notice.body)
    if not any([same(each, given[2]) for each in signatures(given[1], message, account.secret)]):
        raise Forged
    told = message.get("data")
    if not isinstance(told, dict):
        raise Unreadable
    amount = told.get("amount")
    if told.get("id") == TRIAL or (isinstance(amount, int | float) and amount < 0):  # money that left is negative
        return None
    arrived = Arrived(
        service="casso",
        service_id=text(told, "id"),
        reference=text(told, "reference"),
        amount=vnd(amount),
        at=text(told, "transactionDateTime"),
        bank=text(told, "bankAbbreviation"),
        account_number=text(told, "accountNumber"),
        words=text(told, "description"),
    )
    return stated(arrived, account.account_number)


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    return answered(outcome)


def signatures(stamp: str, message: dict[str, Any], secret: str) -> tuple[str, str]:
    """As JavaScript would have written the message, and as PHP would."""
    javascript = json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    php = json.dumps(message, sort_keys=True, separators=(",", ":")).replace("/", "\\/")
    return hmac_sha512(f"{stamp}.{javascript}", secret), hmac_sha512(f"{stamp}.{php}", secret)
