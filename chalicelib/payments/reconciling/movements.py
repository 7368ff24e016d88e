"""A movement of money, as our ledger has it and as a provider's statement has it. Pure."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from chalicelib.clock.rules import ZONE


class Kind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class Status(StrEnum):
    """Of a movement of money. UNHEARD: we began it, and nobody ever told us what became of it; only ours can be so."""

    SUCCESS = "success"
    REVERSED = "reversed"
    PENDING = "pending"
    FAILED = "failed"
    UNHEARD = "unheard"


MONEY: Final = (Status.SUCCESS, Status.REVERSED)


class Row(NamedTuple):
    """A movement of money as our ledger has it. `amount` in VND.

    `order`: what the provider knows the payment by; `refund`: the number of our request to send money back.
    The money moved after `since`, when we began it, and before `at`, when we heard of it. `placed`: a finance officer
    said whose it is, so that the provider may know it by any order.
    """

    payment_id: str
    dossier_code: str
    agency: str
    provider: str
    order: str
    reference: str
    kind: Kind
    status: Status
    amount: int
    since: datetime
    at: datetime
    refund: str = ""
    placed: bool = False


class Line(NamedTuple):
    """A movement of money as the provider's statement has it, in line `number` of the file. `amount`, `fee` in VND."""

    number: int
    reference: str
    order: str
    kind: Kind
    status: Status
    amount: int
    at: datetime | None
    fee: int = 0


class Days(NamedTuple):
    """From the first to the last of them, both included, in Vietnam."""

    first: date
    last: date

    def hold(self, at: datetime) -> bool:
        return self.first <= at.astimezone(ZONE).date() <= self.last
