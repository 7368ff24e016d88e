"""What a payment is, what was said of it by whom, and how a saying is judged against our own record. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import AwareDatetime, ConfigDict, PositiveInt

from chalicelib.shapes import Shape

REFERENCE: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
AT_THE_DESK: Final = "counter"
PAY_WITHIN: Final = timedelta(minutes=15)


# How money comes to the desk: in notes, by a card there, by a transfer the clerk has seen.
Method = Literal["cash", "card", "transfer"]


class Source(StrEnum):
    """Who said it: the provider by itself or when asked, a clerk at the desk, or a finance officer who looked."""

    NOTIFICATION = "notification"
    QUERY = "query"
    COUNTER = "counter"
    FINANCE = "finance"


class Verdict(StrEnum):
    """MISMATCH: taken or in doubt, a person must look. DISPUTED: the payer's bank wants the money back; KEPT and
    LOST: how that ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"
    MISMATCH = "mismatch"
    DISPUTED = "disputed"
    KEPT = "kept"
    LOST = "lost"


class Frozen(Shape):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)  # it may hold a key


class Payment(Frozen):
    """One attempt to pay a dossier's fee; its id begins with the dossier's, so a provider's reference finds both.

    `about`: the dossier's code, for the payer to recognise. `order`: the name the provider knows the payment by.
    """

    id: str
    dossier_id: str
    provider: str
    about: str
    amount: PositiveInt
    created_at: AwareDatetime
    expires_at: AwareDatetime
    order: str = ""

    @property
    def name(self) -> str:
        return self.order or self.id


class Statement(Frozen):
    """What a provider says of one payment, not yet compared with our own record.

    `order`: the payment's `name`. `amount` is in VND, None when what was said is not a whole number of đồng.
    `provider_reference` names the movement of money: the same one, told again in any way, has the same.
    `ours` False: another merchant's. `facts`: what was said, without card or secret data.
    """

    order: str
    verdict: Verdict
    money_taken: bool
    amount: int | None
    provider_reference: str
    ours: bool = True
    facts: Mapping[str, str]


class PaymentEvent(Frozen):
    """A statement compared with the payment and kept. `id` follows from what was said, so a repetition has the same."""

    id: str
    payment_id: str
    source: Source
    at: AwareDatetime
    verdict: Verdict
    money_taken: bool
    amount: int | None
    provider_reference: str
    facts: Mapping[str, str]


def belongs_to(payment_id: str) -> str:
    """The dossier a provider's reference speaks of; empty when it is no reference of ours."""
    return payment_id.rpartition("-")[0] if REFERENCE.fullmatch(payment_id) else ""


def recorded(payment: Payment, said: Statement, source: Source, at: datetime) -> PaymentEvent:
    """The statement as an event: a wrong amount or merchant is never a success."""
    agrees = said.ours and said.amount == payment.amount
    told = json.dumps([payment.id, source, dict(said.facts)], sort_keys=True, ensure_ascii=True)
    return PaymentEvent(
        id=hashlib.sha256(told.encode()).hexdigest()[:32],
        payment_id=payment.id,
        source=source,
        at=at,
        verdict=said.verdict if agrees else Verdict.MISMATCH,
        money_taken=said.money_taken and said.ours,
        amount=said.amount,
        provider_reference=said.provider_reference,
        facts=said.facts,
    )


def paid_at_the_desk(payment: Payment, receipt_number: str, at: datetime, method: Method = "cash") -> PaymentEvent:
    said = Statement(
        order=payment.name,
        verdict=Verdict.SUCCESS,
        money_taken=True,
        amount=payment.amount,
        provider_reference=receipt_number,
        facts={"receipt_number": receipt_number, "method": method},
    )
    return recorded(payment, said, Source.COUNTER, at)
