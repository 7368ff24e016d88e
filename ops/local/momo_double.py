"""MoMo as the local stack simulates it: its pay page's decisions, its notifications, its gateway's four questions.

Written from MoMo's documents, not with our own adapter, so that the two check each other.
"""

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from ops.local.data import write_whole
from ops.local.simulated import Back, Refund, Seen, Told, padded

MESSAGES: Final = {
    0: "Thành công.",
    13: "Xác thực doanh nghiệp thất bại.",
    20: "Yêu cầu sai định dạng.",
    22: "Số tiền giao dịch không hợp lệ.",
    41: "OrderId bị trùng.",
    42: "OrderId không hợp lệ hoặc không được tìm thấy.",
    1000: "Giao dịch đã được khởi tạo, chờ người dùng xác nhận thanh toán.",
    1005: "Giao dịch thất bại do url hoặc QR code đã hết hạn.",
    1006: "Giao dịch thất bại do người dùng đã từ chối xác nhận thanh toán.",
    1081: "Giao dịch hoàn tiền bị từ chối.",
    1088: "Giao dịch không đủ điều kiện hoàn tiền.",
    7002: "Giao dịch đang được xử lý bởi nhà cung cấp loại hình thanh toán.",
}
# `resultCode` of a refund.
REFUNDED: Final[Mapping[Back, int]] = {"waiting": 7002, "done": 0, "failed": 1081}
LEAST, MOST = 1_000, 50_000_000


class MomoDouble:
    """`secret` signs and checks everything. What was decided is kept in the file, and answered when asked for.

    `pays_back_at_once` False: a refund is taken on, and a person decides what becomes of it.
    """

    title, serves = "MoMo", "momo"
    notes: Mapping[str, str] = {
        "refund": "Hệ thống tự hỏi MoMo mỗi giờ, hoặc ngay khi chạy PollPayments · The service asks MoMo every hour, "
        "or at once when PollPayments is run"
    }

    def __init__(self, memory: Path, partner_code: str, access_key: str, secret: str, pay_page: str) -> None:
        self.memory, self.partner_code, self.access_key = memory, partner_code, access_key
        self.secret, self.pay_page = secret.encode(), pay_page
        self._lock = threading.RLock()
        kept = json.loads(memory.read_text()) if memory.exists() else {"payments": {}, "replies": {}}
        self.payments: dict[str, dict[str, Any]] = kept["payments"]
        self.replies: dict[str, dict[str, Any]] = kept["replies"]  # by requestId: done once, told again
        self.last = 0
        self.pays_back_at_once = True

    def asked(self, path: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """The gateway's `create`, `query`, `refund` and `refund/query`, each signed over its fields in A-Z order."""
        names = QUESTIONS[path]
        signature = self._signed({**question, "accessKey": self.access_key}, names)
        if question.get("partnerCode") != self.partner_code or signature != question.get("signature"):
            return self._told(question, 13)
        with self._lock:
            replies = {"create": self._created, "query": self._queried, "refund": self._refunded}
            once = path in ("create", "refund")
            if once and question["requestId"] in self.replies:
                return self.replies[question["requestId"]]
            reply = replies.get(path, self._refunds)(question)
            if once and reply["resultCode"] in FINAL:
                self.replies[question["requestId"]] = reply
            self._keep()
            return reply

    def opened(self, query: Mapping[str, str]) -> dict[str, Any] | None:
        """The payment of a pay page's address; None for an address that MoMo did not give out."""
        payment = self.payments.get(query.get("o", ""))
        known = payment is not None and hmac.compare_digest(payment["token"], query.get("t", ""))
        return payment if known else None

    def at_the_door(self, tail: str, query: Mapping[str, str]) -> str | None:
        return query["o"] if self.opened(query) else None

    def known(self) -> list[Seen]:
        return [_seen(reference, payment) for reference, payment in list(self.payments.items())]

    def decided(self, reference: str, fate: str) -> str:
        """What the payer did, once. MoMo notifies the merchant, then sends the payer back to this address."""
        with self._lock:
            payment = self.payments[reference]
            if not payment["told"]:
                payment["told"] = self._fate(payment["order"], fate)
                payment["silent"] = fate == "pay-silently"
            self._keep()
        if not payment["silent"]:
            self.told_again(reference)
        back = payment["order"]["redirectUrl"]
        return f"{back}{'&' if '?' in back else '?'}{urlencode(payment['told'][-1])}"

    def paid_again(self, reference: str) -> None:
        with self._lock:
            payment = self.payments[reference]
            payment["told"].append(self._message(payment["order"], 0, payment["order"]["amount"]))
        before = padded(payment.get("answers", []), len(payment["told"]) - 1)
        self._answered(payment, [*before, self._notify(payment["order"]["ipnUrl"], payment["told"][-1])])

    def told_again(self, reference: str) -> None:
        payment = self.payments[reference]
        self._answered(payment, [self._notify(payment["order"]["ipnUrl"], message) for message in payment["told"]])

    def _answered(self, payment: dict[str, Any], answers: list[str]) -> None:
        with self._lock:
            payment["answers"] = answers
            self._keep()

    def paid_back(self, reference: str, number: str, state: Back) -> None:
        with self._lock:
            refund = next(each for each in self.payments[reference]["refunds"] if each["orderId"] == number)
            refund["resultCode"] = REFUNDED[state]
            self._keep()

    def _created(self, order: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(order.get("amount"), int) or not LEAST <= order["amount"] <= MOST:
            return self._told(order, 22)
        if order.get("requestType") != "captureWallet" or not order.get("ipnUrl"):
            return self._told(order, 20)
        if order["orderId"] in self.payments:
            return self._told(order, 41)
        token = hmac.new(self.secret, order["orderId"].encode(), hashlib.sha256).hexdigest()[:32]
        self.payments[order["orderId"]] = {"order": dict(order), "token": token, "told": [], "refunds": []}
        address = f"{self.pay_page}?{urlencode({'o': order['orderId'], 't': token})}"
        return self._told(order, 0, amount=order["amount"], payUrl=address, deeplink=address, qrCodeUrl=address)

    def _queried(self, question: Mapping[str, Any]) -> dict[str, Any]:
        payment = self.payments.get(question["orderId"])
        if payment is None:
            return self._told(question, 42)
        paid = [message for message in payment["told"] if message["resultCode"] == 0]
        last = (paid or payment["told"] or [{"resultCode": 1000, "transId": 0, "amount": payment["order"]["amount"]}])[
            0
        ]
        known = {name: last[name] for name in ("amount", "transId", "payType") if name in last}
        return self._told(question, last["resultCode"], **known, extraData="", refundTrans=_listed(payment))

    def _refunded(self, wish: Mapping[str, Any]) -> dict[str, Any]:
        """The payment is found by MoMo's number of it; the refund has an order number of its own."""
        if any(wish["orderId"] in (order, *_numbers(each)) for order, each in self.payments.items()):
            return self._told(wish, 41)
        payment = next((each for each in self.payments.values() if wish["transId"] in _paid(each)), None)
        if payment is None:
            return self._told(wish, 42)
        back = [each for each in payment["refunds"] if each["of"] == wish["transId"]]
        gone = sum(each["amount"] for each in back if each["resultCode"] != REFUNDED["failed"])
        if not 0 < wish["amount"] <= _paid(payment)[wish["transId"]] - gone:
            return self._told(wish, 1081)
        code = REFUNDED["done" if self.pays_back_at_once else "waiting"]
        refund = {"orderId": wish["orderId"], "amount": wish["amount"], "resultCode": code, "transId": self._number()}
        payment["refunds"].append({**refund, "of": wish["transId"], "createdTime": _now()})
        return self._told(wish, code, amount=wish["amount"], transId=refund["transId"])

    def _refunds(self, question: Mapping[str, Any]) -> dict[str, Any]:
        listed = [each for payment in self.payments.values() for each in _listed(payment)]
        ours = [each for each in listed if each["orderId"] == question["orderId"]]
        return self._told(question, 0 if ours else 42, refundTrans=ours)

    def _fate(self, order: Mapping[str, Any], fate: str) -> list[dict[str, Any]]:
        """The notifications that follow, in their order."""
        odd = order["amount"] + 1_000
        stories = {
            "fail": [(1006, order["amount"])],
            "pay-late": [(1005, order["amount"]), (0, order["amount"])],
            "pay-twice": [(0, order["amount"]), (0, order["amount"])],
            "pay-wrong": [(0, odd)],
        }
        return [self._message(order, *each) for each in stories.get(fate, [(0, order["amount"])])]

    def _message(self, order: Mapping[str, Any], code: int, amount: int) -> dict[str, Any]:
        told = {name: order[name] for name in ("partnerCode", "orderId", "requestId", "orderInfo", "extraData")}
        told |= {"amount": amount, "orderType": "momo_wallet", "transId": self._number(), "payType": "qr"}
        told |= {"resultCode": code, "message": MESSAGES[code], "responseTime": _now()}
        return told | {"signature": self._signed({**told, "accessKey": self.access_key}, NOTICE)}

    def _notify(self, url: str, message: Mapping[str, Any]) -> str:
        request = urllib.request.Request(  # noqa: S310 - loopback
            url, json.dumps(message, ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=UTF-8"}
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310
                return str(answer.status)
        except (urllib.error.URLError, OSError, ValueError) as error:
            return f"{type(error).__name__}: {error}"

    def _told(self, question: Mapping[str, Any], code: int, **facts: Any) -> dict[str, Any]:
        echoed = {name: question.get(name, "") for name in ("partnerCode", "orderId", "requestId")}
        return {**echoed, "responseTime": _now(), "resultCode": code, "message": MESSAGES[code], **facts}

    def _signed(self, fields: Mapping[str, Any], names: str) -> str:
        text = "&".join(f"{name}={fields.get(name, '')}" for name in names.split())
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()

    def _number(self) -> int:
        """Of a movement of money: no two are alike."""
        self.last = max(self.last + 1, _now())
        return self.last

    def _keep(self) -> None:
        write_whole(self.memory, json.dumps({"payments": self.payments, "replies": self.replies}, ensure_ascii=False))


def _paid(payment: Mapping[str, Any]) -> dict[int, int]:
    """The amounts of its movements of money, by their numbers."""
    return {message["transId"]: message["amount"] for message in payment["told"] if message["resultCode"] == 0}


def _listed(payment: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{name: value for name, value in refund.items() if name != "of"} for refund in payment["refunds"]]


def _numbers(payment: Mapping[str, Any]) -> list[str]:
    return [refund["orderId"] for refund in payment["refunds"]]


def _seen(reference: str, payment: Mapping[str, Any]) -> Seen:
    answers = padded(payment.get("answers", []), len(payment["told"]))
    states = {code: state for state, code in REFUNDED.items()}
    return Seen(
        reference=reference,
        about=payment["order"]["orderInfo"],
        amount=payment["order"]["amount"],
        told=tuple(
            Told(message["resultCode"] == 0, message["amount"], str(message["transId"]), answer)
            for message, answer in zip(payment["told"], answers, strict=True)
        ),
        refunds=tuple(
            Refund(each["orderId"], each["amount"], states[each["resultCode"]]) for each in payment["refunds"]
        ),
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


FINAL: Final = (0, 1081, 1088)
NOTICE: Final = (
    "accessKey amount extraData message orderId orderInfo orderType partnerCode payType requestId responseTime"
    " resultCode transId"
)
QUESTIONS: Final = {
    "create": "accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId requestType",
    "query": "accessKey orderId partnerCode requestId",
    "refund": "accessKey amount description orderId partnerCode requestId transId",
    "refund/query": "accessKey orderId partnerCode requestId",
}
