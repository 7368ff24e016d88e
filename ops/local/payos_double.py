"""PayOS as the local stack simulates it: its payment links, what becomes of them, its notifications, its queries.

Written from PayOS's documents, not with our own adapter, so that the two check each other.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from ops.local.data import write_whole
from ops.local.posting import posted
from ops.local.simulated import Back, Seen, Told, padded

# What is transferred, in hundredths of what was asked, one after the other.
TRANSFERS: Final[Mapping[str, tuple[int, ...]]] = {
    **{"pay": (100,), "fail": (), "pay-late": (100,), "pay-twice": (100, 100)},
    **{"pay-wrong": (50,), "pay-more": (150,), "pay-silently": (100,)},
}
WISHED: Final = ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
ACCOUNT: Final = {"bin": "970422", "accountNumber": "VQRQ0000LOCAL", "accountName": "TAI KHOAN THU NGHIEM"}


class PayosDouble:
    """`key` signs and checks everything. Links and their transfers are kept in the file, and told when asked for."""

    title, serves = "PayOS", "payos"
    notes: Mapping[str, str] = {
        "fail": "PayOS không báo gì: hệ thống tự hỏi, hoặc chạy PollPayments. Nộp lại được. · PayOS tells nothing: the "
        "service asks by itself, or when PollPayments is run. It can be tried again.",
        "pay-late": "Liên kết hết hạn rồi tiền mới đến: phí đã nộp. · The money comes after the link has expired: the "
        "fee is paid.",
        "pay-wrong": "Chuyển một nửa: cán bộ tài chính xem xét. · Half of it: a finance officer decides.",
    }

    def __init__(
        self,
        memory: Path,
        client_id: str,
        api_key: str,
        key: str,
        notify_url: str,
        pay_page: str = "https://pay.invalid",
    ) -> None:
        self.memory, self.client_id, self.api_key, self.key = memory, client_id, api_key, key.encode()
        self.notify_url, self.pay_page = notify_url, pay_page
        self.clock = time.time
        self._lock = threading.RLock()
        self.links: dict[str, dict[str, Any]] = json.loads(memory.read_text()) if memory.exists() else {}

    def create(self, headers: Mapping[str, str], wish: Mapping[str, Any]) -> dict[str, Any]:
        """POST /v2/payment-requests; a link for an order, once. `headers`: names in lower case."""
        if not self._admitted(headers):
            return _refused("214", "Cổng thanh toán không tồn tại hoặc đã tạm dừng")
        if not all(name in wish for name in WISHED) or self.signed({n: wish[n] for n in WISHED}) != wish.get(
            "signature"
        ):
            return _refused("201", "Mã kiểm tra (signature) không hợp lệ")
        with self._lock:
            if str(wish["orderCode"]) in self.links:
                return _refused("231", "Đơn thanh toán đã tồn tại")
            link_id = hashlib.sha256(str(wish["orderCode"]).encode()).hexdigest()[:32]
            link = {"id": link_id, "wish": dict(wish), "status": "PENDING", "transactions": [], "at": self.clock()}
            self.links[str(wish["orderCode"])] = link
            self._keep()
        shown = {**ACCOUNT, **{name: wish[name] for name in ("amount", "description", "orderCode")}, "currency": "VND"}
        shown |= {"paymentLinkId": link_id, "status": "PENDING", "expiredAt": wish.get("expiredAt")}
        return self._told(shown | {"checkoutUrl": f"{self.pay_page}/{link_id}", "qrCode": f"00020101{link_id}"})

    def ask(self, headers: Mapping[str, str], order_code: str) -> dict[str, Any]:
        """GET /v2/payment-requests/{orderCode}"""
        if not self._admitted(headers):
            return _refused("214", "Cổng thanh toán không tồn tại hoặc đã tạm dừng")
        link = self.links.get(order_code)
        if link is None:
            return _refused("101", "Mã thanh toán không tồn tại")
        paid = sum(each["amount"] for each in link["transactions"])
        amount, status = link["wish"]["amount"], self._status(link)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S+07:00", time.gmtime(link["at"] + 7 * 3600))
        return self._told(
            {
                **{"id": link["id"], "orderCode": link["wish"]["orderCode"], "amount": amount, "amountPaid": paid},
                **{"amountRemaining": max(0, amount - paid), "status": status, "createdAt": stamp},
                **{"transactions": link["transactions"], "cancellationReason": None, "canceledAt": None},
            }
        )

    def at_the_door(self, tail: str, query: Mapping[str, str]) -> str | None:
        return next((order for order, link in list(self.links.items()) if link["id"] == tail), None)

    def known(self) -> list[Seen]:
        return [_seen(order_code, link) for order_code, link in list(self.links.items())]

    def decided(self, order_code: str, fate: str) -> str:
        """What the payer does, once; every transfer is notified but a lost one. Where PayOS then sends the payer."""
        link = self.links[order_code]
        if not link["transactions"] and link["status"] == "PENDING":
            self._decide(order_code, link, fate)
        cancelled = link["status"] == "CANCELLED"
        back = link["wish"]["cancelUrl" if cancelled else "returnUrl"]
        told = {"code": "00", "id": link["id"], "cancel": str(cancelled).lower(), "status": self._status(link)}
        return f"{back}{'&' if '?' in back else '?'}{urlencode({**told, 'orderCode': order_code})}"

    def paid_again(self, order_code: str) -> None:
        link = self.links[order_code]
        link["answers"] = padded(link.get("answers", []), len(link["transactions"]))
        self.transferred(order_code, link["wish"]["amount"])
        self._tell(link, link["transactions"][-1:])

    def told_again(self, order_code: str) -> None:
        link = self.links[order_code]
        link["answers"] = []
        self._tell(link, link["transactions"])

    def paid_back(self, order_code: str, number: str, state: Back) -> None:
        """PayOS takes no refunds on."""

    def _decide(self, order_code: str, link: dict[str, Any], fate: str) -> None:
        if fate == "pay-late":
            link["wish"]["expiredAt"] = int(self.clock()) - 1
        for hundredths in TRANSFERS[fate]:
            self.transferred(order_code, link["wish"]["amount"] * hundredths // 100)
        if fate != "pay-silently":
            self._tell(link, link["transactions"])
        if fate == "fail":
            link["status"] = "CANCELLED"
        self._keep()

    def _tell(self, link: dict[str, Any], transfers: Sequence[Mapping[str, Any]]) -> None:
        for transfer in transfers:
            told = json.dumps(self._notification(link, transfer), ensure_ascii=False).encode()
            link["answers"] = [*link.get("answers", []), posted(self.notify_url, told)]
        self._keep()

    def transferred(self, order_code: str, amount: int) -> dict[str, Any]:
        """Money arrives for the link, whatever state it is in; the notification PayOS then sends."""
        with self._lock:
            link = self.links[order_code]
            transfer = {
                "reference": f"FT{link['id'][:8].upper()}{len(link['transactions']):02d}",
                "amount": amount,
                "accountNumber": ACCOUNT["accountNumber"],
                "description": f"CS{link['id'][:6]} {link['wish']['description']}",
                "transactionDateTime": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.clock() + 7 * 3600)),
                **dict.fromkeys(("virtualAccountName", "virtualAccountNumber", "counterAccountBankId")),
                **{
                    "counterAccountBankName": None,
                    "counterAccountName": "NGUYEN VAN A",
                    "counterAccountNumber": "9704",
                },
            }
            link["transactions"].append(transfer)
            if self._status(link) in ("PENDING", "UNDERPAID") and self._paid(link) >= link["wish"]["amount"]:
                link["status"] = "PAID"
            self._keep()
        return self._notification(link, transfer)

    def _notification(self, link: Mapping[str, Any], transfer: Mapping[str, Any]) -> dict[str, Any]:
        about = {"orderCode": link["wish"]["orderCode"], "paymentLinkId": link["id"], "currency": "VND"}
        return {"success": True, **self._told({**transfer, **about, "code": "00", "desc": "Thành công"})}

    def signed(self, data: Mapping[str, Any]) -> str:
        text = "&".join(f"{name}={_written(data[name])}" for name in sorted(data))
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def _told(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"code": "00", "desc": "success", "data": data, "signature": self.signed(data)}

    def _status(self, link: Mapping[str, Any]) -> str:
        expired = link["status"] == "PENDING" and link["wish"].get("expiredAt", 2**31) <= self.clock()
        underpaid = link["status"] == "PENDING" and self._paid(link) > 0
        return "EXPIRED" if expired else "UNDERPAID" if underpaid else str(link["status"])

    def _paid(self, link: Mapping[str, Any]) -> int:
        return sum(each["amount"] for each in link["transactions"])

    def _admitted(self, headers: Mapping[str, str]) -> bool:
        return (headers.get("x-client-id"), headers.get("x-api-key")) == (self.client_id, self.api_key)

    def _keep(self) -> None:
        write_whole(self.memory, json.dumps(self.links, ensure_ascii=False))


def _seen(order_code: str, link: Mapping[str, Any]) -> Seen:
    transfers = link["transactions"]
    answers = padded(link.get("answers", []), len(transfers))
    told = tuple(
        Told(True, transfer["amount"], transfer["reference"], answer)
        for transfer, answer in zip(transfers, answers, strict=True)
    )
    cancelled = (Told(False, 0, "", ""),) if link["status"] == "CANCELLED" else ()
    return Seen(order_code, link["wish"]["description"], link["wish"]["amount"], told + cancelled)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return json.dumps([dict(sorted(each.items())) for each in value], separators=(",", ":"), ensure_ascii=False)
    return "" if value is None else str(value)


def _refused(code: str, why: str) -> dict[str, Any]:
    return {"code": code, "desc": why, "data": None, "signature": None}
