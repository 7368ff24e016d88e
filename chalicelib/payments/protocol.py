"""How the world's payment providers are spoken with: what passes in and out of an adapter, and what each may offer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import AwareDatetime, PositiveInt

from chalicelib.payments.rules import Frozen, Payment, Statement


class Outcome(StrEnum):
    """What became of a notification; each provider has its own words to answer it with.

    IGNORED: genuine, but of nothing that concerns us. UNREADABLE: it cannot be understood, now or ever.
    FAULT: something failed on our side, so the provider should call again.
    """

    RECORDED = "recorded"
    REPEATED = "repeated"
    IGNORED = "ignored"
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN = "unknown"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    FAULT = "fault"


class Forged(Exception):
    """The signature is not the provider's: nothing in the message may be looked at."""


class Unreadable(Exception):
    """The message is the provider's own, but does not say what it must: it may tell of money."""


class Empty(Unreadable):
    """Nothing was said at all, by whoever called."""


class Silent(Exception):
    """The provider was asked and gave no answer that can be believed. Its text names no secret and no person."""


class Notice(Frozen):
    """What arrived at our door, exactly: names and values of the query decoded once, header names in lower case."""

    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    body: bytes = b""
    at: AwareDatetime


class Reply(NamedTuple):
    """What the provider is answered; `body` None is no body at all."""

    status: int
    body: dict[str, Any] | None


class FeeLine(Frozen):
    """`kind`: phi or le_phi. `amount` in VND."""

    code: str
    name: str
    kind: Literal["phi", "le_phi"]
    amount: PositiveInt


class Bill(Frozen):
    """What a provider that issues receipts must know: who pays which fees for what."""

    payer: str
    identity_number: str
    address: str
    province: str
    procedure: str
    procedure_name: str
    agency: str
    agency_name: str
    dossier_code: str
    fees: tuple[FeeLine, ...]


class Start(Frozen):
    """What a provider must know, beside the payment, to take the payer in. `notify_url`: where it tells the outcome."""

    return_url: str
    ip: str
    language: Literal["vi", "en"]
    notify_url: str = ""
    bill: Bill | None = None


class Begun(Frozen):
    """Where the payer goes to pay, or the text of the QR code the payer scans; at least one of them."""

    pay_url: str | None = None
    qr: str | None = None


class RefundOrder(Frozen):
    """Money to be sent back. `id` is the request's number: asked again with the same, nothing is paid twice.

    `paid_reference`: the provider's own name of the movement being refunded. `whole`: all of it.
    `by`: an officer's account.
    """

    id: str
    amount: PositiveInt
    whole: bool
    paid_reference: str
    reason: str
    by: str
    at: AwareDatetime


class RefundTold(Frozen):
    """What the provider says of a refund. `pending`: taken on, not yet paid out. `failed`: it will never be paid."""

    state: Literal["done", "pending", "failed"]
    provider_reference: str
    facts: Mapping[str, str]


class Provider(Protocol):
    """A file of `providers/`: `TITLE`, `SERVES`, `Account` and `answer`, `read` if it calls us, and what else it can.

    `SERVES`: whose payments it speaks of: its own name, or `vietqr` for a service that watches a bank account.
    `Account`: a model of its settings and keys; every function gets one, checked. None of them keeps anything.
    """

    TITLE: tuple[str, str]  # Vietnamese, English
    SERVES: str
    Account: type[Frozen]

    def order(self, payment_id: str, at: datetime) -> str:
        """The name this provider is to know the payment by. Without it: the payment's id."""

    def begin(self, payment: Payment, start: Start, account: Any) -> Begun:
        """Take the payer in; asked twice, it may begin anew, as nobody heard of the first. Raises `Silent`."""

    def read(self, notice: Notice, account: Any) -> Statement | None:
        """Verify, then read; None: nothing that concerns us. Raises `Forged`, `Unreadable` or `Empty`."""

    def answer(self, outcome: Outcome, notice: Notice, account: Any | None) -> Reply:
        """What this provider wants to hear; without an account (our keys are out of reach) only FAULT is answered."""

    def query(self, payment: Payment, account: Any, now: datetime) -> Sequence[Statement]:
        """Ask about a payment: all it says of it; nothing when it never heard of it. Raises `Silent`."""

    def refund(self, order: RefundOrder, payment: Payment, account: Any, now: datetime) -> RefundTold:
        """Send money back. Raises `Silent` when the fate of the request is not known: ask again with the same."""

    def refund_state(self, order: RefundOrder, payment: Payment, account: Any, now: datetime) -> RefundTold:
        """Ask what became of a refund it took on. Raises `Silent`."""

    def bill(self, payment: Payment, account: Any) -> bytes | None:
        """The receipt the provider itself issued, as a PDF; None: none yet. Raises `Silent`."""


Ability = Literal["order", "begin", "read", "query", "refund", "refund_state", "bill"]
