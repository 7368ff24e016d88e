"""The HTTP of receipts, and of the proof that a payment failed."""

from datetime import datetime
from typing import Final, Literal

from chalicelib.dossiers.rules import UnknownDossier
from chalicelib.papers.actions import Handed
from chalicelib.payments import conditions
from chalicelib.payments.protocol import FeeLine
from chalicelib.payments.receipts import actions
from chalicelib.payments.receipts import rules as receipts
from chalicelib.payments.receipts.actions import Receipted
from chalicelib.payments.receipts.rules import NotFailed, Receipt, ReceiptNotReady, Standing, UnknownReceipt
from chalicelib.payments.receipts.words import dong_in_words
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Routes

routes: Final = Routes(__name__)
REFUSED: Final = (UnknownDossier, conditions.UnknownPayment, Forbidden)


class ReceiptShown(Shape):
    """`kind`: phi or le_phi; `bill` is the provider's own receipt for everything, whose number stands in its PDF.

    `symbol` (ký hiệu) is empty where the number is that of the clerk's receipt on paper. `refunded`: the money sent
    back of the payment, in VND. `pdf`: where to ask for a link to the file.
    """

    kind: Literal["phi", "le_phi", "bill"]
    symbol: str | None
    number: str | None
    lines: list[FeeLine]
    amount: int
    in_words: str
    status: Standing
    refunded: int
    provider: str
    provider_reference: str | None
    paid_at: datetime | None
    issued_at: datetime | None
    pdf: str


class ReceiptList(Shape):
    """Empty until the money has arrived and the receipts, a moment later, are issued."""

    items: list[ReceiptShown]


class PaperOfMoney(Shape):
    """`url` serves the PDF for a few minutes. `token`: what its QR code carries, `verification`: where to ask; null
    for a receipt that is not ours."""

    url: str
    expires_at: datetime
    token: str | None
    verification: str | None


def shown(found: Receipted, _: Call | None = None) -> ReceiptList:
    ours = [_receipt(found, each) for each in found.receipts]
    return ReceiptList(items=[*ours, *([_bill(found)] if found.billed else [])])


def _receipt(found: Receipted, receipt: Receipt) -> ReceiptShown:
    return ReceiptShown(
        kind=receipt.kind,
        symbol=receipt.symbol or None,
        number=receipt.number,
        lines=list(receipt.lines),
        amount=receipt.total,
        in_words=receipt.in_words,
        provider_reference=receipt.provider_reference,
        paid_at=receipt.paid_at,
        issued_at=receipt.issued_at,
        **_common(found, receipt.kind),
    )


def _bill(found: Receipted) -> ReceiptShown:
    amount = sum(line.amount for line in found.billed)
    return ReceiptShown(
        kind="bill",
        symbol=None,
        number=None,
        lines=list(found.billed),
        amount=amount,
        in_words=dong_in_words(amount),
        provider_reference=None,
        paid_at=None,
        issued_at=None,
        **_common(found, "bill"),
    )


def _common(found: Receipted, kind: str) -> dict[str, object]:
    payment = found.payment
    return {
        "status": receipts.standing(found.received, found.refunded),
        "refunded": found.refunded,
        "provider": payment.provider,
        "pdf": f"/dossiers/{payment.dossier_id}/payments/{payment.id}/receipts/{kind}",
    }


def _paper(handed: Handed, _: Call | None = None) -> PaperOfMoney:
    where = f"/verifications/{handed.token}" if handed.token else None
    return PaperOfMoney(url=handed.url, expires_at=handed.expires_at, token=handed.token or None, verification=where)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/payments/{payment_id}/receipts",
    who="caller",
    answer=ReceiptList,
    show=shown,
    refuses=REFUSED,
)
def list_receipts(call: Call, dossier_id: str, payment_id: str) -> Receipted:
    """The receipts of a payment: one for its fees (phí), one for its charges (lệ phí)"""
    return actions.listed(dossier_id, payment_id, call.caller, call.now)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/payments/{payment_id}/receipts/{kind}",
    who="caller",
    answer=PaperOfMoney,
    show=_paper,
    refuses=(*REFUSED, UnknownReceipt, ReceiptNotReady),
)
def fetch_receipt(call: Call, dossier_id: str, payment_id: str, kind: str) -> Handed:
    """A link to the PDF of a receipt (kind phi, le_phi or bill), good for five minutes"""
    if kind == "bill":
        return actions.fetch_bill(dossier_id, payment_id, call.caller, call.now)
    return actions.fetch(dossier_id, payment_id, kind, call.caller, call.now)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/payments/{payment_id}/failure-proof",
    who="caller",
    answer=PaperOfMoney,
    show=_paper,
    refuses=(*REFUSED, NotFailed),
)
def fetch_failure_proof(call: Call, dossier_id: str, payment_id: str) -> Handed:
    """A link to the proof that this attempt to pay failed and that no money was recorded, good for five minutes"""
    return actions.failure_proof(dossier_id, payment_id, call.caller, call.now)
