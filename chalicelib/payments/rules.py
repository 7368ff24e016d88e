"""What a payment is, what providers say of it, and what is kept of their words. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, PositiveInt

REFERENCE: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
AT_THE_DESK: Final = "counter"
PAY_WITHIN: Final = timedelta(minutes=15)


class Source(StrEnum):
    NOTIFICATION = "notification"
    QUERY = "query"
    COUNTER = "counter"


class Verdict(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"
    MISMATCH = "mismatch"


class Outcome(StrEnum):
    """What became of a notification; each provider has its own words to answer it with."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN = "unknown"
    FORGED = "forged"
    FAULT = "fault"


class Forged(Exception):
    """The signature is not the provider's: nothing in the message may be looked at."""


class Unreadable(Exception):
    """The message is the provider's own, or empty, but does not say what it must."""


class Silent(Exception):
    """The provider was asked and gave no answer that can be believed."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Payment(Frozen):
    """One attempt to pay a dossier's fee; its id begins with the dossier's, so a provider's reference finds both.

    `about`: the dossier's code, for the payer to recognise.
    """

    id: str
    dossier_id: str
    provider: str
    about: str
    amount: PositiveInt
    created_at: AwareDatetime
    expires_at: AwareDatetime


class Statement(Frozen):
    """What a provider says of one payment, not yet compared with our own record.

    `verdict` SUCCESS: the money was taken. MISMATCH: taken or in doubt, a person must look.
    `amount` is in VND, None when what was said is not a whole number of đồng. `ours` False: another merchant's.
    """

    payment_id: str
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


class Start(Frozen):
    """What a provider must know, beside the payment, to take the payer in."""

    return_url: str
    ip: str
    language: Literal["vi", "en"]


class Provider(Protocol):
    """A payment provider: a module with these four functions."""

    def pay_url(self, payment: Payment, start: Start) -> str:
        """Where the payer goes to pay."""

    def read(self, pairs: Sequence[tuple[str, str]]) -> Statement:
        """Verify, then read. Raises `Forged` or `Unreadable`."""

    def answer(self, outcome: Outcome) -> dict[str, str]:
        """What this provider wants to hear."""

    def query(self, payment: Payment, now: datetime) -> Statement | None:
        """Ask about a payment; None: never heard of it. Raises `Silent`."""


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


def paid_at_the_desk(payment: Payment, receipt_number: str, at: datetime) -> PaymentEvent:
    said = Statement(
        payment_id=payment.id,
        verdict=Verdict.SUCCESS,
        money_taken=True,
        amount=payment.amount,
        provider_reference=receipt_number,
        facts={"receipt_number": receipt_number},
    )
    return recorded(payment, said, Source.COUNTER, at)
