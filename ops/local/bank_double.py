"""The province's bank account as the local stack simulates it, and SePay, which tells of every transfer to it.

Written from SePay's documents, not with our own adapter, so that the two check each other.
"""

import hashlib
import hmac
import json
import secrets
import time
from typing import Any, Final

from ops.local.posting import posted

BANK: Final = "Vietcombank"


class BankDouble:
    """`secret` signs. A movement of money is made once and may be told any number of times."""

    def __init__(self, account_number: str, secret: str, notify_url: str) -> None:
        self.account_number, self.secret, self.notify_url = account_number, secret.encode(), notify_url
        self.clock = time.time

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
