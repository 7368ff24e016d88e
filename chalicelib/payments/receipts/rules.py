"""Receipts (biên lai thu phí, lệ phí): for which payment one is due, what it says, its series and number. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

from pydantic import AwareDatetime, NonNegativeInt, PositiveInt

from chalicelib.catalogue.rules import Fee
from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import FeeLine
from chalicelib.payments.receipts.words import dong_in_words
from chalicelib.payments.rules import AT_THE_DESK, Frozen, Payment, PaymentEvent, Verdict
from chalicelib.refusals import Conflict, NotFound

COMMON: Final = "common"
Kind = Literal["phi", "le_phi"]
KINDS: Final[tuple[Kind, ...]] = ("phi", "le_phi")


class UnknownReceipt(NotFound):
    code = "receipt_not_found"
    vi = "Lần thanh toán này không có biên lai đó."
    en = "The payment has no such receipt."


class ReceiptNotReady(Conflict):
    code = "receipt_not_ready"
    vi = "Nhà cung cấp dịch vụ thanh toán chưa gửi biên lai của giao dịch này. Hãy thử lại sau."
    en = "The payment provider has not yet given out the receipt of this payment. Try again later."


class NotFailed(Conflict):
    code = "payment_has_not_failed"
    vi = "Chỉ có giấy xác nhận cho lần thanh toán đã thất bại hoặc hết hạn mà không có khoản tiền nào được ghi nhận."
    en = "Only an attempt that failed or expired without any money recorded has such a proof."


class Standing(StrEnum):
    VALID = "valid"
    REFUNDED = "refunded"


class Receipt(Frozen):
    """All that it says, as it was when it was issued. `n`: of the dossier's receipts of this kind, which.

    `symbol` and `number` name it within the agency. Of money taken at the desk the number is that of the clerk's
    receipt on paper, of no series of ours: its symbol is empty. `applicant`: their code, masked, for the QR code.
    """

    payment_id: str
    dossier_id: str
    kind: Kind
    n: PositiveInt
    symbol: str
    number: str
    lines: tuple[FeeLine, ...]
    payer: str
    applicant: str
    dossier_code: str
    procedure: str
    procedure_name: str
    agency: str
    provider: str
    provider_reference: str
    paid_at: AwareDatetime
    issued_at: AwareDatetime

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def in_words(self) -> str:
        return dong_in_words(self.total)

    @property
    def paper_id(self) -> str:
        return paper_id(self.payment_id, self.kind)


class Held(Frozen):
    """One attempt to pay as its receipt sees it. `received` and `refunded` in VND; what is disputed has not left."""

    payment: Payment
    settled: bool
    received: NonNegativeInt
    refunded: NonNegativeInt
    events: tuple[PaymentEvent, ...]

    @property
    def is_held(self) -> bool:
        return self.settled and self.received > self.refunded

    @property
    def success(self) -> PaymentEvent:
        """The first word of its success; only of what is settled."""
        said = (event for event in self.events if event.verdict == Verdict.SUCCESS)
        return min(said, key=lambda event: (event.at, event.id))


class Series(NamedTuple):
    """`symbol`: unique to agency, kind and year; its numbers have no gaps."""

    symbol: str
    digits: int

    def number(self, ordinal: int) -> str:
        return f"{ordinal:0{self.digits}d}"


def series(agency: str, kind: Kind, at: datetime, province: str = COMMON) -> Series:
    """Of the year in which the receipt is issued, in Vietnam."""
    habit = _habit(province)
    year = at.astimezone(ZONE).year % 100
    return Series(habit["symbol"].format(letters=habit["letters"][kind], year=year, agency=agency), habit["digits"])


def fee_lines(fees: Iterable[Fee]) -> tuple[FeeLine, ...]:
    """What is really to be paid among a dossier's fees."""
    due = (fee for fee in fees if fee.amount)
    return tuple(FeeLine(code=fee.code, name=fee.name, kind=fee.kind, amount=fee.amount) for fee in due)


def lines(fees: Iterable[FeeLine], kind: Kind) -> tuple[FeeLine, ...]:
    return tuple(fee for fee in fees if fee.kind == kind)


def owed(
    held: Iterable[Held], issued: Sequence[Receipt], fees: Sequence[FeeLine]
) -> tuple[Held, tuple[Kind, ...]] | None:
    """The payment for which receipts are still to be issued, and of which kinds; None when there is nothing to do.

    A fee has one receipt of each kind: a second payment of it is an overpayment and gets none. Once the money of the
    first has gone back in whole, a later payment may have its own. A sum that is not that of the fees gets none: what
    it was for is a person's to say.
    """
    held = [each for each in held if each.is_held]
    standing = {receipt.kind for receipt in issued if any(each.payment.id == receipt.payment_id for each in held)}
    kinds = tuple(kind for kind in KINDS if lines(fees, kind) and kind not in standing)
    first = min(held, key=lambda each: (each.success.at, each.payment.id), default=None)
    if first is None or not kinds or first.payment.amount != sum(fee.amount for fee in fees):
        return None
    return first, kinds


def gone(held: Iterable[Held], issued: Iterable[Receipt]) -> list[Receipt]:
    """The receipts whose money has gone back in whole."""
    by_id = {each.payment.id: each for each in held}
    return [receipt for receipt in issued if not by_id[receipt.payment_id].is_held]


def standing(received: int, refunded: int) -> Standing:
    """Part of the money sent back leaves the receipt standing; the refund has papers of its own."""
    return Standing.VALID if received > refunded else Standing.REFUNDED


def looked_failed(held: Held) -> bool:
    """Whether a proof of its failure may have been handed out before its money arrived."""
    arrived = min((event.at for event in held.events if event.money_taken), default=held.payment.created_at)
    return arrived > held.payment.expires_at or any(event.verdict == Verdict.FAILURE for event in held.events)


def needs_number(payment: Payment) -> bool:
    """The clerk has written a receipt from the agency's own book already."""
    return payment.provider != AT_THE_DESK


def next_n(issued: Iterable[Receipt], kind: Kind) -> int:
    return 1 + max((receipt.n for receipt in issued if receipt.kind == kind), default=0)


def paper_id(payment_id: str, kind: Kind) -> str:
    return f"{payment_id}-receipt_{kind}"


@cache
def _habit(province: str) -> Mapping[str, Any]:
    folder = files(__package__).joinpath("series")
    own = folder.joinpath(f"{province}.json")
    found = own if own.is_file() else folder.joinpath(f"{COMMON}.json")
    told: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return told
