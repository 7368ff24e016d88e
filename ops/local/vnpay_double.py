"""VNPAY as the local stack simulates it: its pay page's decisions, its notifications, its transaction interface.

Written from VNPAY's documents, not with our own adapter, so that the two check each other.
"""

import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus

from ops.local.data import write_whole

HANOI: Final = timezone(timedelta(hours=7))
PAID: Final = {"vnp_ResponseCode": "00", "vnp_TransactionStatus": "00"}
CANCELLED: Final = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02"}
REFUND_KINDS: Final = {"02", "03"}


class VnpayDouble:
    """`secret` signs and checks everything. What was decided is kept in the file, and answered when asked for."""

    def __init__(self, memory: Path, tmn_code: str, secret: str, notify_url: str) -> None:
        self.memory, self.tmn_code, self.secret, self.notify_url = memory, tmn_code, secret.encode(), notify_url
        self._lock = threading.RLock()
        self.payments: dict[str, dict[str, Any]] = json.loads(memory.read_text()) if memory.exists() else {}

    def opened(self, query: Mapping[str, str]) -> dict[str, Any] | None:
        """The payment of a pay URL, known from now on; None when the URL is not signed by our merchant."""
        given = query.get("vnp_SecureHash", "")
        if query.get("vnp_TmnCode") != self.tmn_code or not hmac.compare_digest(self.signed(query), given):
            return None
        with self._lock:
            payment = self.payments.setdefault(query["vnp_TxnRef"], {"order": dict(query), "fate": None, "refunded": 0})
            self._keep()
            return payment

    def decided(self, reference: str, *, pay: bool, notify: bool = True) -> str:
        """The payer pays or cancels, once. VNPAY notifies the merchant, then sends the payer back to this address."""
        with self._lock:
            payment = self.payments[reference]
            payment["fate"] = payment["fate"] or self._fate(payment["order"], PAID if pay else CANCELLED)
            self._keep()
        message = {**payment["fate"], "vnp_SecureHash": self.signed(payment["fate"])}
        if notify:
            payment["answer"] = self._notify(message)
        back = payment["order"]["vnp_ReturnUrl"]
        return f"{back}{'&' if '?' in back else '?'}{encoded(message)}"

    def asked(self, question: Mapping[str, Any]) -> dict[str, str]:
        """The transaction interface: `querydr` and `refund`, signed over fixed fields in a fixed order."""
        fields = {name.removeprefix("vnp_"): str(value) for name, value in question.items()}
        names = QUESTIONS.get(fields.get("Command", ""))
        if not names or not hmac.compare_digest(self._bars(fields, names), fields.get("SecureHash", "")):
            return self._told(fields, ResponseCode="97", Message="Invalid checksum")
        with self._lock:
            payment = self.payments.get(fields["TxnRef"])
            if fields["TmnCode"] != self.tmn_code:
                return self._told(fields, ResponseCode="02", Message="Invalid merchant")
            if not payment or payment["order"]["vnp_CreateDate"] != fields["TransactionDate"]:
                return self._told(fields, ResponseCode="91", Message="Transaction not found")
            return self._refunded(fields, payment) if fields["Command"] == "refund" else self._queried(fields, payment)

    def signed(self, fields: Mapping[str, str]) -> str:
        covered = {k: v for k, v in fields.items() if k.startswith("vnp_") and v and k != "vnp_SecureHash"}
        return hmac.new(self.secret, encoded(covered).encode(), hashlib.sha512).hexdigest()

    def _fate(self, order: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, str]:
        now = datetime.now(HANOI)
        number = str(14_000_000 + len(self.payments) * 1_000 + now.second) if codes is PAID else "0"
        kept = ("vnp_TmnCode", "vnp_Amount", "vnp_OrderInfo", "vnp_TxnRef")
        about = {"vnp_BankCode": "NCB", "vnp_CardType": "ATM", "vnp_PayDate": f"{now:%Y%m%d%H%M%S}"}
        return {name: order[name] for name in kept} | about | {"vnp_TransactionNo": number} | dict(codes)

    def _notify(self, message: Mapping[str, str]) -> str:
        try:
            with urllib.request.urlopen(f"{self.notify_url}?{encoded(message)}", timeout=10) as answer:  # noqa: S310
                return str(answer.read(2000), "utf-8", "replace")
        except (urllib.error.URLError, OSError) as error:
            return f"{type(error).__name__}: {error}"

    def _queried(self, fields: Mapping[str, str], payment: Mapping[str, Any]) -> dict[str, str]:
        fate = payment["fate"] or {"vnp_TransactionStatus": "01", "vnp_Amount": payment["order"]["vnp_Amount"]}
        known = {name.removeprefix("vnp_"): value for name, value in fate.items()}
        return self._told(
            fields, **{**known, "ResponseCode": "00", "Message": "QueryDR Success", "TransactionType": "01"}
        )

    def _refunded(self, fields: Mapping[str, str], payment: dict[str, Any]) -> dict[str, str]:
        fate, amount = payment["fate"] or {}, int(fields.get("Amount") or 0)
        left = int(payment["order"]["vnp_Amount"]) - payment["refunded"]
        if fate.get("vnp_TransactionStatus") != "00":
            return self._told(fields, ResponseCode="95", Message="The payment did not succeed")
        if fields["RequestId"] in payment.setdefault("requests", []):
            return self._told(fields, ResponseCode="94", Message="Duplicate request")
        if fields.get("TransactionType") not in REFUND_KINDS or not 0 < amount <= left:
            return self._told(fields, ResponseCode="02", Message="More than was paid")
        payment["refunded"] += amount
        payment["requests"].append(fields["RequestId"])
        self._keep()
        known = {"Amount": str(amount), "TransactionNo": fate["vnp_TransactionNo"], "TransactionStatus": "05"}
        return self._told(fields, **known, ResponseCode="00", Message="Refund accepted")

    def _told(self, asked: Mapping[str, str], **facts: str) -> dict[str, str]:
        command = asked.get("Command", "")
        echoed = {name: asked.get(name, "") for name in ("TxnRef", "OrderInfo", "TransactionType")}
        told = {"ResponseId": hashlib.sha256(str(asked).encode()).hexdigest()[:32], "Command": command, **echoed}
        told |= {"TmnCode": self.tmn_code, **facts}
        signature = self._bars(told, ANSWERS.get(command, ANSWERS["querydr"]))
        return {f"vnp_{name}": value for name, value in told.items()} | {"vnp_SecureHash": signature}

    def _bars(self, fields: Mapping[str, str], names: str) -> str:
        text = "|".join(fields.get(name, "") for name in names.split("|"))
        return hmac.new(self.secret, text.encode(), hashlib.sha512).hexdigest()

    def _keep(self) -> None:
        write_whole(self.memory, json.dumps(self.payments, ensure_ascii=False))


def encoded(fields: Mapping[str, str]) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(fields.items()))


_TOLD: Final = (
    "ResponseId|Command|ResponseCode|Message|TmnCode|TxnRef|Amount|BankCode|PayDate|TransactionNo|TransactionType"
    "|TransactionStatus|OrderInfo"
)
QUESTIONS: Final = {
    "querydr": "RequestId|Version|Command|TmnCode|TxnRef|TransactionDate|CreateDate|IpAddr|OrderInfo",
    "refund": (
        "RequestId|Version|Command|TmnCode|TransactionType|TxnRef|Amount|TransactionNo|TransactionDate|CreateBy"
        "|CreateDate|IpAddr|OrderInfo"
    ),
}
ANSWERS: Final = {"querydr": f"{_TOLD}|PromotionCode|PromotionAmount", "refund": _TOLD}
