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
from ops.local.simulated import Back, Refund, Seen, Told, padded

HANOI: Final = timezone(timedelta(hours=7))
PAID: Final = {"vnp_ResponseCode": "00", "vnp_TransactionStatus": "00"}
CANCELLED: Final = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02"}
EXPIRED: Final = {"vnp_ResponseCode": "11", "vnp_TransactionStatus": "02"}
# vnp_TransactionStatus of a refund: with VNPAY or the bank; paid out; refused.
REFUNDED: Final[Mapping[Back, str]] = {"waiting": "05", "done": "00", "failed": "09"}
ODD: Final = 100_000  # what a wrong amount is too much, in hundredths of a đồng
REFUND_KINDS: Final = {"02", "03"}


class VnpayDouble:
    """`secret` signs and checks everything. What was decided is kept in the file, and answered when asked for."""

    title, serves = "VNPAY", "vnpay"
    notes: Mapping[str, str] = {
        "refund": "VNPAY chỉ báo qua sao kê: cán bộ tài chính ghi nhận · VNPAY says so on its statement only; a "
        "finance officer notes it: POST /payments/…/refunds/…/completion"
    }

    def __init__(self, memory: Path, tmn_code: str, secret: str, notify_url: str) -> None:
        self.memory, self.tmn_code, self.secret, self.notify_url = memory, tmn_code, secret.encode(), notify_url
        self._lock = threading.RLock()
        kept = json.loads(memory.read_text()) if memory.exists() else {}
        self.payments: dict[str, dict[str, Any]] = {name: _as_now(payment) for name, payment in kept.items()}

    def opened(self, query: Mapping[str, str]) -> dict[str, Any] | None:
        """The payment of a pay URL, known from now on; None when the URL is not signed by our merchant."""
        given = query.get("vnp_SecureHash", "")
        if query.get("vnp_TmnCode") != self.tmn_code or not hmac.compare_digest(self.signed(query), given):
            return None
        with self._lock:
            payment = self.payments.setdefault(query["vnp_TxnRef"], _as_now({"order": dict(query)}))
            self._keep()
            return payment

    def at_the_door(self, tail: str, query: Mapping[str, str]) -> str | None:
        return query["vnp_TxnRef"] if self.opened(query) else None

    def known(self) -> list[Seen]:
        return [_seen(reference, payment) for reference, payment in list(self.payments.items())]

    def decided(self, reference: str, fate: str) -> str:
        """What the payer does, once. VNPAY notifies the merchant, then sends the payer back to this address."""
        with self._lock:
            payment = self.payments[reference]
            if not payment["told"]:
                stories = {
                    "fail": [(CANCELLED, 0)],
                    "pay-late": [(EXPIRED, 0), (PAID, 0)],
                    "pay-twice": [(PAID, 0), (PAID, 0)],
                    "pay-wrong": [(PAID, ODD)],
                }
                for codes, odd in stories.get(fate, [(PAID, 0)]):
                    payment["told"].append(self._outcome(payment["order"], codes, odd))
                payment["silent"] = fate == "pay-silently"
            self._keep()
        if not payment["silent"]:
            self.told_again(reference)
        back, last = payment["order"]["vnp_ReturnUrl"], payment["told"][-1]
        return f"{back}{'&' if '?' in back else '?'}{encoded({**last, 'vnp_SecureHash': self.signed(last)})}"

    def paid_again(self, reference: str) -> None:
        with self._lock:
            payment = self.payments[reference]
            payment["told"].append(self._outcome(payment["order"], PAID))
        before = padded(payment["answers"], len(payment["told"]) - 1)
        self._answered(payment, [*before, self._notify(payment["told"][-1])])

    def told_again(self, reference: str) -> None:
        payment = self.payments[reference]
        self._answered(payment, [self._notify(message) for message in payment["told"]])

    def _answered(self, payment: dict[str, Any], answers: list[str]) -> None:
        with self._lock:
            payment["answers"] = answers
            self._keep()

    def paid_back(self, reference: str, number: str, state: Back) -> None:
        with self._lock:
            payment = self.payments[reference]
            refund = next(each for each in payment["refunds"] if each["request"] == number)
            refund["state"] = REFUNDED[state]
            self._keep()

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

    def _outcome(self, order: Mapping[str, str], codes: Mapping[str, str], odd: int = 0) -> dict[str, str]:
        now = datetime.now(HANOI)
        number = str(14_000_000 + sum(len(each["told"]) for each in self.payments.values())) if codes is PAID else "0"
        kept = ("vnp_TmnCode", "vnp_OrderInfo", "vnp_TxnRef")
        about = {"vnp_BankCode": "NCB", "vnp_CardType": "ATM", "vnp_PayDate": f"{now:%Y%m%d%H%M%S}"}
        about["vnp_Amount"] = str(int(order["vnp_Amount"]) + odd)
        return {name: order[name] for name in kept} | about | {"vnp_TransactionNo": number} | dict(codes)

    def _notify(self, message: Mapping[str, str]) -> str:
        signed = encoded({**message, "vnp_SecureHash": self.signed(message)})
        try:
            with urllib.request.urlopen(f"{self.notify_url}?{signed}", timeout=10) as answer:  # noqa: S310
                return str(answer.read(2000), "utf-8", "replace")
        except (urllib.error.URLError, OSError) as error:
            return f"{type(error).__name__}: {error}"

    def _queried(self, fields: Mapping[str, str], payment: Mapping[str, Any]) -> dict[str, str]:
        open_ = {"vnp_TransactionStatus": "01", "vnp_Amount": payment["order"]["vnp_Amount"]}
        fate = _paid(payment) or (payment["told"] or [open_])[-1]
        known = {name.removeprefix("vnp_"): value for name, value in fate.items()}
        return self._told(
            fields, **{**known, "ResponseCode": "00", "Message": "QueryDR Success", "TransactionType": "01"}
        )

    def _refunded(self, fields: Mapping[str, str], payment: dict[str, Any]) -> dict[str, str]:
        """Of one movement, found by its number; `0` names the first."""
        number, amount = fields.get("TransactionNo", "0"), int(fields.get("Amount") or 0)
        paid = _paid(payment, number)
        if not paid:
            return self._told(fields, ResponseCode="95", Message="The payment did not succeed")
        if fields["RequestId"] in [each["request"] for each in payment["refunds"]]:
            return self._told(fields, ResponseCode="94", Message="Duplicate request")
        if fields.get("TransactionType") not in REFUND_KINDS or not 0 < amount <= _left(payment, paid):
            return self._told(fields, ResponseCode="02", Message="More than was paid")
        refund = {"request": fields["RequestId"], "of": paid["vnp_TransactionNo"], "amount": amount}
        payment["refunds"].append(refund | {"state": REFUNDED["waiting"]})
        self._keep()
        known = {"Amount": str(amount), "TransactionNo": paid["vnp_TransactionNo"]}
        known["TransactionStatus"] = REFUNDED["waiting"]
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


def _as_now(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A payment as it is kept; older files knew only one outcome of it, and how much was refunded in all."""
    fate = kept.get("fate")
    told: dict[str, Any] = {"told": [fate] if fate else [], "answers": [], "silent": False, "refunds": []}
    if fate and kept.get("refunded"):
        old = {"request": "-", "of": fate["vnp_TransactionNo"], "amount": kept["refunded"]}
        told["refunds"] = [old | {"state": REFUNDED["waiting"]}]
    return told | {name: value for name, value in kept.items() if name not in ("fate", "refunded", "requests")}


def _paid(payment: Mapping[str, Any], number: str = "0") -> dict[str, str]:
    """The movement of money of this number, or the first; empty when there is none."""
    paid = [each for each in payment["told"] if _moved(each)]
    return next((each for each in paid if number in ("0", each["vnp_TransactionNo"])), {})


def _moved(outcome: Mapping[str, str]) -> bool:
    return outcome["vnp_TransactionStatus"] == "00"


def _left(payment: Mapping[str, Any], paid: Mapping[str, str]) -> int:
    back = [each for each in payment["refunds"] if each["of"] == paid["vnp_TransactionNo"]]
    gone: int = sum(each["amount"] for each in back if each["state"] != REFUNDED["failed"])
    return int(paid["vnp_Amount"]) - gone


def _seen(reference: str, payment: Mapping[str, Any]) -> Seen:
    order, answers = payment["order"], padded(payment["answers"], len(payment["told"]))
    return Seen(
        reference=reference,
        about=order["vnp_OrderInfo"],
        amount=int(order["vnp_Amount"]) // 100,
        told=tuple(
            Told(_moved(each), int(each["vnp_Amount"]) // 100, each["vnp_TransactionNo"], answer)
            for each, answer in zip(payment["told"], answers, strict=True)
        ),
        refunds=tuple(
            Refund(each["request"], each["amount"] // 100, state)
            for each in payment["refunds"]
            for state, code in REFUNDED.items()
            if code == each["state"]
        ),
    )


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
