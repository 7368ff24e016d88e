"""PayOS: payment links paid by bank transfer, their notifications and queries. Only this file knows its words.

One link may be paid in parts, twice or late: each transfer is told by itself, under the bank's reference. Only `data`
is signed, not the words around it, so nothing else is looked at. How often a notification is repeated is not said:
what is missed is found by asking. There is no way to refund. Source: PayOS's documents and its own two clients.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field

from chalicelib.payments import wire
from chalicelib.payments.protocol import Begun, Forged, Notice, Outcome, Reply, Silent, Start, Unreadable
from chalicelib.payments.rules import Frozen, Payment, Statement, Verdict
from chalicelib.payments.signing import hmac_sha256, plain, same
from chalicelib.payments.strict import json_fields, vnd
from chalicelib.payments.transfers import answered

TITLE: Final = ("PayOS (chuyển khoản VietQR)", "PayOS (VietQR bank transfer)")
SERVES: Final = "payos"
LARGEST: Final = 9_007_199_254_740_991  # what JavaScript can count to
SMALLEST: Final = 1_000_000_000_000_000
DESCRIPTION: Final = 9  # letters, on a bank account that is not linked through PayOS
WELL, BEGUN_BEFORE, NOT_FOUND = "00", "231", "101"
# The link of the notification that PayOS sends to try an address: its money never moved.
TRIAL: Final = "124c33293c43417ab7879e14c8d9eb18"
FIELD: Final = re.compile(r"&([A-Za-z]+)=")
ENDED: Final = ("CANCELLED", "EXPIRED", "FAILED")
OPEN: Final = ("PENDING", "PROCESSING")
KEPT: Final = ("orderCode", "amount", "reference", "transactionDateTime")
Text = Annotated[str, Field(min_length=1)]


class Account(Frozen):
    """The payment channel and its keys. `checkout_url`: where PayOS's pay pages are, each under its link's id."""

    api_url: str = "https://api-merchant.payos.vn"
    checkout_url: str = "https://pay.payos.vn/web"
    client_id: Text
    api_key: Annotated[Text, Field(repr=False)]
    checksum_key: Annotated[Text, Field(repr=False)]


def order(payment_id: str, at: datetime) -> str:
    """PayOS counts its orders: a whole number of sixteen digits, always the same for a payment."""
    number = int.from_bytes(hashlib.sha256(payment_id.encode()).digest())
    return str(SMALLEST + number % (LARGEST - SMALLEST + 1))


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    """A payment begun before, whose answer was lost, is taken up where it stands: PayOS has one link for an order."""
    wish: dict[str, Any] = {
        "orderCode": int(payment.name),
        "amount": payment.amount,
        "description": re.sub(r"[^A-Za-z0-9]", "", plain(payment.about))[-DESCRIPTION:],
        "cancelUrl": start.return_url,
        "returnUrl": start.return_url,
    }
    signed = {**wish, "expiredAt": int(payment.expires_at.timestamp()), "signature": signature(wish, account)}
    told = _asked("POST", account, "", BEGUN_BEFORE, json=signed)
    if told is None:
        return _taken_up(payment, account)
    if (told.get("orderCode"), told.get("amount")) != (int(payment.name), payment.amount):
        raise Silent("the answer is of another payment")
    return Begun(pay_url=_text(told, "checkoutUrl"), qr=_text(told, "qrCode"))


def read(notice: Notice, account: Account) -> Statement | None:
    message = json_fields(notice.body)
    told = message.get("data")
    if not isinstance(told, dict) or not same(signature(told, account), message.get("signature")) or _slides(told):
        raise Forged
    if told.get("paymentLinkId") == TRIAL:
        return None
    if not told.get("reference") or not told.get("code"):
        raise Unreadable
    if told["code"] != WELL or told.get("currency") != "VND":
        doubted = _statement({**told, "amount": None}, told.get("orderCode"), Verdict.MISMATCH)
        return doubted.model_copy(update={"money_taken": told["code"] == WELL})
    return _statement(told, told.get("orderCode"), Verdict.SUCCESS)


def answer(outcome: Outcome, notice: Notice, account: Account | None) -> Reply:
    return answered(outcome)


def query(payment: Payment, account: Account, now: datetime) -> tuple[Statement, ...]:
    """One statement for each transfer to the link; of a link without any, how it stands."""
    link = _link(payment, account)
    if link is None:
        return ()
    transfers = link.get("transactions")
    if not isinstance(transfers, list) or not all(
        isinstance(each, dict) and each.get("reference") for each in transfers
    ):
        raise Silent("transfers without a name")
    if sum(vnd(each.get("amount")) or 0 for each in transfers) != link.get("amountPaid"):
        raise Silent("the transfers are not what was paid")
    if transfers:
        return tuple(_statement(each, link["orderCode"], Verdict.SUCCESS) for each in transfers)
    if link.get("status") not in (*OPEN, *ENDED):
        raise Silent(f"the link is {link.get('status')!r}")
    verdict = Verdict.FAILURE if link["status"] in ENDED else Verdict.PENDING
    return (_statement({**link, "reference": ""}, link["orderCode"], verdict),)


def signature(told: Mapping[str, Any], account: Account) -> str:
    """HMAC-SHA256 over `name=value&…`, names sorted, values as they are, in lower-case hex."""
    return hmac_sha256("&".join(f"{name}={_said(told[name])}" for name in sorted(told)), account.checksum_key)


def _said(value: object) -> str:
    """As PayOS's own clients write a value: nothing for null, lists as compact JSON with sorted names."""
    if value in (None, "null", "undefined"):
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _slides(told: Mapping[str, Any]) -> bool:
    """Whether a value looks like the fields after it: a payer's words must not become an order or a reference."""
    return any(name in told for value in told.values() if isinstance(value, str) for name in FIELD.findall(value))


def _statement(told: Mapping[str, Any], order_code: object, verdict: Verdict) -> Statement:
    facts = {**told, "orderCode": order_code}
    return Statement(
        order=str(order_code) if isinstance(order_code, int) else "",
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS,
        amount=vnd(told.get("amount")),
        provider_reference=str(told["reference"]),
        facts={name: str(facts[name]) for name in KEPT if facts.get(name)},
    )


def _taken_up(payment: Payment, account: Account) -> Begun:
    link = _link(payment, account) or {}
    if (link.get("status"), link.get("amount"), link.get("amountPaid")) != ("PENDING", payment.amount, 0):
        raise Silent("the link cannot be paid any more")
    return Begun(pay_url=f"{account.checkout_url}/{_text(link, 'id')}")


def _link(payment: Payment, account: Account) -> dict[str, Any] | None:
    link = _asked("GET", account, f"/{payment.name}", NOT_FOUND)
    if link is not None and link.get("orderCode") != int(payment.name):
        raise Silent("the answer is of another payment")
    return link


def _asked(method: str, account: Account, path: str, unless: str, **what: Any) -> dict[str, Any] | None:
    """What PayOS signed; None when it says the one code that means there is nothing."""
    keys = {"x-client-id": account.client_id, "x-api-key": account.api_key}
    told = wire.asked_json(method, f"{account.api_url}/v2/payment-requests{path}", headers=keys, **what)
    if told.get("code") == unless:
        return None
    data = told.get("data")
    if told.get("code") != WELL or not isinstance(data, dict):
        raise Silent(f"the answer is {str(told.get('code'))[:10]!r}")
    if not same(signature(data, account), told.get("signature")):
        raise Silent("the signature is not PayOS's")
    return data


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise Silent(f"no {name}")
    return value
