"""The province's bank account as the local stack simulates it, and SePay, which tells of every transfer to it.

Written from SePay's documents, not with our own adapter, so that the two check each other.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ops.local.data import write_whole
from ops.local.posting import posted
from ops.local.simulated import Back, Seen, Told

BANK: Final = "Vietcombank"
LATE: Final = 20 * 60  # seconds; a payment is open for fifteen minutes
ODD: Final = 1_000  # what a wrong amount is too much


class BankDouble:
    """`secret` signs. A movement of money is made once, kept in the file, and may be told any number of times."""

    title, serves = "Ngân hàng · Bank (VietQR, SePay)", "vietqr"
    notes: Mapping[str, str] = {
        "fail": "Ngân hàng từ chối, tiền không đi, không ai được báo. · The bank refuses, no money moves, nobody is "
        "told.",
        "pay-late": "Giờ giao dịch ghi muộn 20 phút, sau khi khoản thanh toán hết hạn: phí đã nộp. · Dated 20 minutes "
        "later, after the payment expired: the fee is paid.",
        "pay-silently": "Không ai hỏi được ngân hàng: báo lại ở trang các khoản thanh toán, nếu không thì đối soát mới "
        "thấy. · The bank cannot be asked: tell it again on the payments page, or the reconciliation finds it.",
    }

    def __init__(self, memory: Path, account_number: str, secret: str, notify_url: str) -> None:
        self.memory, self.account_number = memory, account_number
        self.secret, self.notify_url = secret.encode(), notify_url
        self.clock = time.time
        self.movements: dict[str, dict[str, Any]] = json.loads(memory.read_text()) if memory.exists() else {}

    def known(self) -> list[Seen]:
        """Each movement by itself: the bank knows of no orders."""
        return [
            Seen(number, kept["told"]["content"], amount, (Told(True, amount, number, kept["answer"]),))
            for number, kept in list(self.movements.items())
            for amount in (kept["told"]["transferAmount"],)
        ]

    def at_the_door(self, tail: str, query: Mapping[str, str]) -> str | None:
        """Everybody has a bank of their own; its page is not opened by an address of ours."""
        return None

    def transferred(self, amount: int, words: str, fate: str) -> None:
        """What the payer's bank does with a transfer of this amount, with these words."""
        if fate == "fail":
            return
        later = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.clock() + 7 * 3600 + LATE))
        changed = {"transactionDate": later} if fate == "pay-late" else {}
        moved = amount + ODD if fate == "pay-wrong" else amount
        for _ in range(2 if fate == "pay-twice" else 1):
            movement = self.arrived(moved, words, **changed)
            self.movements[movement["referenceCode"]] = {"told": movement, "answer": ""}
            if fate != "pay-silently":
                self.told_again(movement["referenceCode"])
        self._keep()

    def decided(self, reference: str, fate: str) -> str:
        """A transfer was decided on before there was one."""
        return "/_local/payments"

    def paid_again(self, reference: str) -> None:
        told = self.movements[reference]["told"]
        self.transferred(told["transferAmount"], told["content"], "pay")

    def told_again(self, reference: str) -> None:
        kept = self.movements[reference]
        kept["answer"] = self.tell(kept["told"])
        self._keep()

    def paid_back(self, reference: str, number: str, state: Back) -> None:
        """A bank takes no refunds on: what goes back is a transfer of the province's own."""

    def arrived(self, amount: int, words: str, **changed: Any) -> dict[str, Any]:
        """A transfer of any amount with any words, as SePay would tell of it."""
        number = secrets.randbelow(10**9)
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.clock() + 7 * 3600))
        movement: dict[str, Any] = {
            **{"id": number, "gateway": BANK, "transactionDate": at, "accountNumber": self.account_number},
            **{"code": None, "content": words, "transferType": "in", "transferAmount": amount},
            **{"accumulated": 10_000_000 + amount, "subAccount": None, "referenceCode": f"FT{number:09d}"},
            "description": f"BankAPINotify {words}",
        }
        return movement | changed

    def tell(self, movement: dict[str, Any]) -> str:
        """What the province answered."""
        headers, body = self.signed(movement)
        return posted(self.notify_url, body, headers)

    def signed(self, movement: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        body = json.dumps(movement, ensure_ascii=False).encode()
        stamp = str(int(self.clock()))
        signature = hmac.new(self.secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {"X-SePay-Timestamp": stamp, "X-SePay-Signature": f"sha256={signature}"}, body

    def _keep(self) -> None:
        write_whole(self.memory, json.dumps(self.movements, ensure_ascii=False))


def asked_by(code: str) -> tuple[str, str]:
    """Amount and words that a VietQR code's text asks for; both empty for any other text."""
    try:
        fields = _fields(code)
        return fields.get("54", ""), _fields(fields.get("62", "")).get("08", "")
    except ValueError:
        return "", ""


def _fields(text: str) -> dict[str, str]:
    """Two digits of name, two of length, then the value."""
    found: dict[str, str] = {}
    while text:
        if not text[2:4].isdecimal():
            raise ValueError(text[2:4])
        length = int(text[2:4])
        found[text[:2]], text = text[4 : 4 + length], text[4 + length :]
    return found
