"""The idempotency record: the first answer to a request, kept in the transaction that gave it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.refusals import Invalid, Malformed
from chalicelib.table import Item, Put, absent

KEPT: Final = timedelta(hours=48)


class KeyMissing(Malformed):
    code = "idempotency_key_required"
    vi = "Hãy gửi kèm Idempotency-Key (1–255 ký tự ASCII nhìn thấy được) để yêu cầu không bị thực hiện hai lần."
    en = "Send an Idempotency-Key (1–255 visible ASCII characters), so that the request is not carried out twice."


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    vi = "Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy dùng khoá mới."
    en = "This Idempotency-Key was used for another request. Use a new one."


class OnceItem(Item, discriminator="once"):
    fingerprint = UnicodeAttribute()
    status = NumberAttribute()
    body = UnicodeAttribute()
    etag = UnicodeAttribute(null=True)


@dataclass(frozen=True)
class Recorded:
    status: int
    body: str
    etag: str | None


@dataclass(frozen=True)
class Once:
    """A caller's key, what the request was, and how its answer will look."""

    caller: str
    key: str
    fingerprint: str
    at: datetime
    status: int
    shown: Callable[[Any], tuple[str, str | None]]

    KIND: ClassVar[type[Item]] = OnceItem

    def write(self, outcome: Any) -> Put:  # noqa: ANN401 - whatever the action answers, the route knows how to show it
        """The item that will answer a repetition of this request: the body the caller is about to be sent."""
        body, etag = self.shown(outcome)
        item = OnceItem(self._pk, "ONCE", fingerprint=self.fingerprint, status=self.status, body=body, etag=etag)
        item.ttl = int((self.at + KEPT).timestamp())
        return Put(item, absent())

    def recorded(self) -> Recorded | None:
        """The first answer, if there was one; raises `KeyReused` when it answered another request."""
        try:
            item = OnceItem.get(self._pk, "ONCE", consistent_read=True)
        except DoesNotExist:
            return None
        if item.fingerprint != self.fingerprint:
            raise KeyReused
        return Recorded(int(item.status), item.body, item.etag)

    @property
    def _pk(self) -> str:
        return "I#" + hashlib.sha256(f"{self.caller}\n{self.key}".encode()).hexdigest()
