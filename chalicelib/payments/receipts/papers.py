"""What the papers about money say, receipts and the proof of a payment that failed: their forms and facts. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from chalicelib.amounts import dong, grouped
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.paper_facts import Issuer, applicants_code
from chalicelib.dossiers.rules import Dossier
from chalicelib.papers.forms import Form
from chalicelib.papers.rules import Statement
from chalicelib.payments.fold import ASKED_AFTER, Status
from chalicelib.payments.receipts.rules import Receipt
from chalicelib.payments.receipts.words import dong_in_words
from chalicelib.payments.rules import AT_THE_DESK, Payment, PaymentEvent, Verdict

ROOM: Final = __package__
NOT_PAID: Final = "not_paid"
DESK: Final = "Nộp trực tiếp tại bộ phận một cửa"
FAILED: Final = "Nhà cung cấp dịch vụ thanh toán báo giao dịch không thành công lúc {}"
EXPIRED: Final = "Hết hạn thanh toán mà không nhận được kết quả thành công nào của nhà cung cấp dịch vụ thanh toán"


class MoneyPaper(NamedTuple):
    """Ready to be made. `at`: what it tells of, which is also the date of the file."""

    id: str
    dossier_id: str
    form: Form
    at: datetime
    facts: dict[str, Any]
    statement: Statement


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(files(__package__).joinpath("papers.json").read_text(encoding="utf-8"))
    return told


def form(name: str) -> Form:
    """`receipt_phi`, `receipt_le_phi`, `not_paid`. They are no forms of the circulars on one-stop desks."""
    facts = _told()[name]
    template = facts["template"]
    return Form(template, "", facts["title"], facts["size"], "", _told()["fields"][template])


def named_forms() -> dict[str, Form]:
    return {name: form(name) for name in _told() if name != "fields"}


def forms() -> list[Form]:
    return list(named_forms().values())


def receipt_paper(receipt: Receipt, title: str, by: Issuer) -> MoneyPaper:
    """`title`: of the provider, in Vietnamese."""
    of = form(f"receipt_{receipt.kind}")
    said = {
        **by._asdict(),
        "at": receipt.issued_at.isoformat(),
        "symbol": receipt.symbol,
        "number": receipt.number,
        "code": receipt.dossier_code,
        "payer": receipt.payer,
        "content": receipt.procedure_name,
        "procedure": receipt.procedure,
        "lines": [
            {"number": place, "name": line.name, "amount": grouped(line.amount)}
            for place, line in enumerate(receipt.lines, 1)
        ],
        "total": dong(receipt.total),
        "in_words": receipt.in_words,
        "by": _by(receipt.provider, title),
        "reference": "" if receipt.provider == AT_THE_DESK else receipt.provider_reference,
        "paid_at": receipt.paid_at.isoformat(),
    }
    statement = Statement(
        paper_id=receipt.paper_id,
        dossier_code=receipt.dossier_code,
        procedure=receipt.procedure,
        applicant=receipt.applicant,
        document=f"{of.title} {named(receipt)}: {dong(receipt.total)}",
        system=by.system,
        at=receipt.issued_at,
    )
    return MoneyPaper(receipt.paper_id, receipt.dossier_id, of, receipt.issued_at, _of(said, of), statement)


def named(receipt: Receipt) -> str:
    return f"{receipt.symbol} số {receipt.number}".strip()


def failed_at(payment: Payment, events: Sequence[PaymentEvent], status: Status) -> datetime | None:
    """Since when the attempt counts as failed or run out; None when it does not."""
    if status == Status.FAILED:
        return min(event.at for event in events if event.verdict == Verdict.FAILURE)
    if status == Status.EXPIRED:
        waited = any(event.verdict == Verdict.PENDING for event in events)
        return payment.created_at + ASKED_AFTER[-1] if waited else payment.expires_at
    return None


def failure_id(payment_id: str, status: Status) -> str:
    """One paper of each: a provider may yet say that what ran out has failed."""
    return f"{payment_id}-{NOT_PAID}_{status.value}"


def failure_paper(
    payment: Payment, events: Sequence[PaymentEvent], status: Status, dossier: Dossier, title: str, by: Issuer
) -> MoneyPaper | None:
    """The proof that no money was recorded for the attempt; None when it neither failed nor ran out."""
    at, of, applicant = failed_at(payment, events, status), form(NOT_PAID), dossier.applicant
    if at is None or applicant is None:
        return None
    failures = sorted((event.at, event.provider_reference) for event in events if event.verdict == Verdict.FAILURE)
    said = {
        **by._asdict(),
        "at": at.isoformat(),
        "code": payment.about,
        "payer": applicant.full_name,
        "content": dossier.procedure.name,
        "procedure": dossier.procedure.code,
        "order": payment.name,
        "by": _by(payment.provider, title),
        "amount": dong(payment.amount),
        "in_words": dong_in_words(payment.amount),
        "begun_at": payment.created_at.isoformat(),
        "expires_at": payment.expires_at.isoformat(),
        "reference": failures[0][1] if failures and failures[0][1].strip("0") else "",  # some say 0 for none
        "verdict": FAILED.format(f"{at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}") if failures else EXPIRED,
    }
    statement = Statement(
        paper_id=failure_id(payment.id, status),
        dossier_code=payment.about,
        procedure=dossier.procedure.code,
        applicant=applicants_code(applicant),
        document=f"{of.title}: {dong(payment.amount)}",
        system=by.system,
        at=at,
    )
    return MoneyPaper(statement.paper_id, dossier.id, of, at, _of(said, of), statement)


def _by(provider: str, title: str) -> str:
    return DESK if provider == AT_THE_DESK else f"Trực tuyến, qua {title}"


def _of(said: dict[str, Any], of: Form) -> dict[str, Any]:
    return {name: said[name] for name in of.fields if name != "title"}
