"""Simulated providers as banks: each holds the truth about the money, tells of it, and answers when asked.

What is signed is signed by the doubles of `ops.local`, which know nothing of our adapters.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from chalicelib.clock.rules import ZONE
from chalicelib.payments import vietqr
from chalicelib.payments.protocol import Begun, Notice
from ops.local.bank_double import BankDouble
from ops.local.momo_double import REFUNDED, MomoDouble
from ops.local.payos_double import PayosDouble
from ops.local.vnpay_double import CANCELLED, PAID, VnpayDouble

NOWHERE: Final = Path("/nowhere/that/is")
CASSO_KEY: Final = "a-secret-of-the-tests-only-casso"
SEPAY_KEY: Final = "a-secret-of-the-tests-only-sepay"
ACCOUNT_NUMBER: Final = "0011000000123"


@dataclass
class Movement:
    """Money the bank took. `name`: as our ledger should name it. `order`: empty when the payer named none."""

    order: str
    amount: int
    name: str
    at: datetime


@dataclass
class Message:
    """What a provider sends, signed anew each time, until it is content or has tried `tries` times.

    `order`, `amount`: what it says. `heard`: we said that we recorded it; `maybe`: we may have.
    """

    provider: str
    order: str
    amount: int
    signed: Callable[[datetime], Notice]
    movement: Movement | None
    tries: int
    heard: bool = False
    maybe: bool = False


@dataclass
class Bank:
    """What all have in common."""

    name: str
    movements: list[Movement] = field(default_factory=list)
    silent: bool = False
    count: int = 0

    def number(self) -> int:
        self.count += 1
        return 1_000_000 * (11 + len(self.name)) + self.count  # no two banks give the same

    def took(self, order: str, amount: int, name: str, now: datetime) -> Movement:
        self.movements.append(Movement(order, amount, name, now))
        return self.movements[-1]


class VnpayBank(Bank):
    """Takes what was asked, again too, after failures too; or suspects, and keeps. It pays back days later."""

    SUSPECTED: Final = {"vnp_ResponseCode": "07", "vnp_TransactionStatus": "07"}

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__("vnpay")
        self.double = VnpayDouble(NOWHERE, keys["tmn_code"], keys["secret"], "")
        self.double._keep = lambda: None  # type: ignore[method-assign]

    def opened(self, order: str, begun: Begun) -> None:
        assert begun.pay_url
        assert self.double.opened(dict(parse_qsl(urlsplit(begun.pay_url).query)))

    def strange(self, order: str, amount: int) -> None:
        wish = {"vnp_TmnCode": self.double.tmn_code, "vnp_Amount": str(amount * 100), "vnp_OrderInfo": "x"}
        wish |= {"vnp_TxnRef": order, "vnp_CreateDate": "20260601090000"}
        assert self.double.opened({**wish, "vnp_SecureHash": self.double.signed(wish)})

    def pay(self, order: str, asked: int, how: str, now: datetime) -> list[Message]:
        told = self._told(order, self.SUSPECTED if how == "odd" else PAID, str(self.number()))
        return [self._message(order, asked, told, self.took(order, asked, told["vnp_TransactionNo"], now))]

    def fail(self, order: str, asked: int, now: datetime) -> list[Message]:
        if self.double.payments[order]["told"]:  # it would say the very same again
            return []
        return [self._message(order, asked, self._told(order, CANCELLED, "0"), None)]

    def answer(self, method: str, url: str, what: dict[str, Any]) -> Any:
        return self.double.asked(json.loads(json.dumps(what["json"])))

    def refunds(self) -> list[tuple[int, bool]]:
        """Each sum sent back, and whether that came to nothing."""
        every = [each for payment in self.double.payments.values() for each in payment["refunds"]]
        return [(each["amount"] // 100, False) for each in every]

    def _told(self, order: str, codes: dict[str, str], number: str) -> dict[str, str]:
        payment = self.double.payments[order]
        told = {**self.double._outcome(payment["order"], codes), "vnp_TransactionNo": number}
        payment["told"].append(told)
        return told

    def _message(self, order: str, amount: int, told: dict[str, str], movement: Movement | None) -> Message:
        said = tuple({**told, "vnp_SecureHash": self.double.signed(told)}.items())
        return Message("vnpay", order, amount, lambda now: Notice(query=said, at=now), movement, 10)


class MomoBank(Bank):
    """Takes any sum any number of times, after failures too; and says when it is only waiting."""

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__("momo")
        page = "https://momo.invalid/pay"
        self.double = MomoDouble(NOWHERE, keys["partner_code"], keys["access_key"], keys["secret"], page)
        self.double._keep = lambda: None  # type: ignore[method-assign]
        self.double._number = self.number  # type: ignore[method-assign]
        self.double.pays_back_at_once = False

    def opened(self, order: str, begun: Begun) -> None:
        assert begun.pay_url
        assert self.double.opened(dict(parse_qsl(urlsplit(begun.pay_url).query)))

    def strange(self, order: str, amount: int) -> None:
        wish = {"partnerCode": self.double.partner_code, "orderId": order, "requestId": order, "orderInfo": "x"}
        asked = {**wish, "extraData": "", "amount": amount}
        self.double.payments.setdefault(order, {"order": asked, "token": "", "told": [], "refunds": []})

    def pay(self, order: str, asked: int, how: str, now: datetime) -> list[Message]:
        amount = asked + 1_000 if how == "odd" else asked
        told = self._told(order, 0, amount)
        return [self._message(told, self.took(order, amount, str(told["transId"]), now))]

    def fail(self, order: str, asked: int, now: datetime) -> list[Message]:
        return [self._message(self._told(order, 1006, asked), None)]

    def wait(self, order: str, asked: int) -> list[Message]:
        return [self._message(self._told(order, 1000, asked), None)]

    def answer(self, method: str, url: str, what: dict[str, Any]) -> Any:
        path = urlsplit(url).path.removeprefix("/v2/gateway/api/")
        return self.double.asked(path, json.loads(json.dumps(what["json"])))

    def refunds(self) -> list[tuple[int, bool]]:
        return [(each["amount"], each["resultCode"] == REFUNDED["failed"]) for each in self._refunds()]

    def sent_back(self, order: str) -> list[int]:
        payment = self.double.payments.get(order, {"refunds": []})
        return [each["amount"] for each in payment["refunds"] if each["resultCode"] != REFUNDED["failed"]]

    def pay_back(self, *, well: bool) -> None:
        """What it took on is paid out, or comes to nothing."""
        for each in self._refunds():
            if each["resultCode"] == REFUNDED["waiting"]:
                each["resultCode"] = REFUNDED["done" if well else "failed"]

    def _refunds(self) -> list[dict[str, Any]]:
        return [each for payment in self.double.payments.values() for each in payment["refunds"]]

    def _told(self, order: str, code: int, amount: int) -> dict[str, Any]:
        payment = self.double.payments[order]
        told = self.double._message(payment["order"], code, amount)
        payment["told"].append(told)
        return told

    def _message(self, told: dict[str, Any], movement: Movement | None) -> Message:
        body = json.dumps(told, ensure_ascii=False).encode()
        signed = lambda now: Notice(body=body, at=now)  # noqa: E731
        return Message("momo", told["orderId"], told["amount"], signed, movement, 5)


class PayosBank(Bank):
    """Takes any sum any number of times for one link; of a cancelled link it says nothing by itself."""

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__("payos")
        self.double = PayosDouble(NOWHERE, keys["client_id"], keys["api_key"], keys["checksum_key"], "")
        self.double._keep = lambda: None  # type: ignore[method-assign]

    def at(self, now: datetime) -> None:
        self.double.clock = now.timestamp

    def opened(self, order: str, begun: Begun) -> None:
        assert order in self.double.links

    def strange(self, order: str, amount: int) -> None:
        wish = {"orderCode": int(order), "amount": amount, "description": "x"}
        link = {"id": hashlib.sha256(order.encode()).hexdigest()[:32], "wish": wish, "status": "PENDING"}
        self.double.links.setdefault(order, {**link, "transactions": [], "at": 0})

    def pay(self, order: str, asked: int, how: str, now: datetime) -> list[Message]:
        amount = asked // 2 if how == "odd" else asked
        told = self.double.transferred(order, amount)
        return [self._message(told, self.took(order, amount, told["data"]["reference"], now))]

    def fail(self, order: str, asked: int, now: datetime) -> list[Message]:
        link = self.double.links[order]
        link["status"] = link["status"] if link["transactions"] else "CANCELLED"
        return []

    def answer(self, method: str, url: str, what: dict[str, Any]) -> Any:
        if method == "POST":
            return self.double.create(what["headers"], json.loads(json.dumps(what["json"])))
        return self.double.ask(what["headers"], url.rpartition("/")[2])

    def _message(self, told: dict[str, Any], movement: Movement) -> Message:
        body = json.dumps(told, ensure_ascii=False).encode()
        return Message("payos", movement.order, movement.amount, lambda now: Notice(body=body, at=now), movement, 5)


class TransferBank(Bank):
    """The province's own account, which two services watch; payers write the memo as they like, or not at all."""

    WORDS: Final = {"exact": "{memo}", "odd": "MBVCB.77.{low} nop le phi", "bare": "chuyen tien"}

    def __init__(self) -> None:
        super().__init__("vietqr")
        self.double = BankDouble(NOWHERE, ACCOUNT_NUMBER, SEPAY_KEY, "")
        self.memos: dict[str, str] = {}

    def opened(self, order: str, begun: Begun) -> None:
        assert begun.qr
        assert vietqr.read(begun.qr).memo == order

    def pay(self, order: str, asked: int, how: str, now: datetime) -> list[Message]:
        number, self.double.clock = self.number(), now.timestamp
        words = self.WORDS["bare" if not order else how].format(memo=order, low=order.lower())
        amount = asked * 2 if how == "odd" else asked
        moved = self.double.arrived(amount, words, id=number, referenceCode=f"FT{number}")
        name = f"FT{number}-{now.astimezone(ZONE):%Y%m%d}-{amount}"
        movement = self.took(order, amount, name, now)
        return [
            Message(watcher, order, amount, signed, movement, 7)
            for watcher, signed in (("sepay", self._by_sepay(moved)), ("casso", self._by_casso(moved)))
        ]

    def fail(self, order: str, asked: int, now: datetime) -> list[Message]:
        return []

    def _by_sepay(self, moved: dict[str, Any]) -> Callable[[datetime], Notice]:
        def signed(now: datetime) -> Notice:
            self.double.clock = now.timestamp
            headers, body = self.double.signed(moved)
            return Notice(headers={name.lower(): value for name, value in headers.items()}, body=body, at=now)

        return signed

    def _by_casso(self, moved: dict[str, Any]) -> Callable[[datetime], Notice]:
        data = {
            **{"id": moved["id"] + 7, "reference": moved["referenceCode"], "description": moved["content"]},
            **{"amount": moved["transferAmount"], "transactionDateTime": moved["transactionDate"]},
            **{"accountNumber": moved["accountNumber"], "bankAbbreviation": "VCB"},
        }
        written = json.dumps({"error": 0, "data": data}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

        def signed(now: datetime) -> Notice:
            stamp = f"{int(now.timestamp())}000"
            mark = hmac.new(CASSO_KEY.encode(), f"{stamp}.{written}".encode(), hashlib.sha512).hexdigest()
            return Notice(headers={"x-casso-signature": f"t={stamp},v1={mark}"}, body=written.encode(), at=now)

        return signed


def forged(message: Message, now: datetime, bit: int) -> Notice:
    """The message with one bit of its signature changed."""
    notice = message.signed(now)
    flip = lambda text: text[:-1] + chr(ord(text[-1]) ^ 1 << bit % 7)  # noqa: E731
    if notice.query:
        *said, (name, mark) = notice.query
        return notice.model_copy(update={"query": (*said, (name, flip(mark)))})
    if named := next((name for name in notice.headers if name.endswith("-signature")), ""):
        return notice.model_copy(update={"headers": {**notice.headers, named: flip(notice.headers[named])}})
    told = json.loads(notice.body)
    return notice.model_copy(
        update={"body": json.dumps({**told, "signature": flip(told["signature"])}, ensure_ascii=False).encode()}
    )
