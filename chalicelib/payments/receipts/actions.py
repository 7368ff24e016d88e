"""What is done about receipts, which follow the money as it comes and goes, and about proofs that a payment failed."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.access import Caller, require
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.paper_actions import issuer
from chalicelib.dossiers.paper_facts import applicants_code
from chalicelib.dossiers.rules import Dossier
from chalicelib.papers import actions as papers
from chalicelib.papers import own_words
from chalicelib.papers import records as paper_records
from chalicelib.papers.actions import Handed
from chalicelib.payments import conditions, providers, records
from chalicelib.payments.fold import Ledger, Status
from chalicelib.payments.protocol import FeeLine, Silent
from chalicelib.payments.receipts import papers as money_papers
from chalicelib.payments.receipts import records as receipt_records
from chalicelib.payments.receipts import rules as receipts
from chalicelib.payments.receipts.papers import MoneyPaper
from chalicelib.payments.receipts.rules import Held, Kind, Receipt, Series
from chalicelib.payments.rules import Payment
from chalicelib.refusals import Unavailable
from chalicelib.settings import settings
from chalicelib.table import Lost, commit
from chalicelib.watching import logger

TRIES: Final = 10
WENT_BACK: Final = "Khoản tiền ghi trên biên lai đã được hoàn trả toàn bộ."
ARRIVED: Final = "Tiền của lần thanh toán này đã được ghi nhận sau khi giấy được lập."


class Receipted(NamedTuple):
    """The receipts of one payment. `billed`: by its provider, and for which fees; then there are none of ours."""

    receipts: tuple[Receipt, ...]
    billed: tuple[FeeLine, ...]
    payment: Payment
    received: int
    refunded: int


def follow(dossier_id: str, now: datetime) -> None:
    """Brings receipts into line with the ledger as it is. Safe to repeat, at any time, by several at once."""
    dossier, ledger = dossiers.load(dossier_id), records.ledger(dossier_id)
    money = held(ledger, now)
    _issue(dossier, money, now)
    for payment in (each.payment for each in money if each.is_held and _bills(each.payment)):
        with suppress(receipts.ReceiptNotReady):  # whoever asks for it asks the provider again
            _kept_bill(payment, now)
    for receipt in receipts.gone(money, receipt_records.issued(dossier_id)):
        _revoke(receipt.paper_id, WENT_BACK, now)
    for each in money:
        if each.received and receipts.looked_failed(each):
            for status in (Status.FAILED, Status.EXPIRED):
                _revoke(money_papers.failure_id(each.payment.id, status), ARRIVED, now)


def listed(dossier_id: str, payment_id: str, caller: Caller | None, now: datetime) -> Receipted:
    dossier, payment, ledger = _read(dossier_id, payment_id, caller)
    state = ledger.state(payment, now)
    found = tuple(each for each in receipt_records.issued(dossier_id) if each.payment_id == payment_id)
    billed = receipts.fee_lines(dossier.fees) if state.settled and _bills(payment) else ()
    return Receipted(found, billed, payment, state.received, state.refunded)


def fetch(dossier_id: str, payment_id: str, kind: str, caller: Caller | None, now: datetime) -> Handed:
    """A link to our receipt's PDF, made if nobody has asked for it before."""
    dossier, payment, _ = _read(dossier_id, payment_id, caller)
    found = (each for each in receipt_records.issued(dossier_id) if (each.payment_id, each.kind) == (payment_id, kind))
    receipt = next(found, None)
    if receipt is None:
        raise receipts.UnknownReceipt
    return _handed(money_papers.receipt_paper(receipt, _title(payment), issuer(dossier.agency)), now)


def fetch_bill(dossier_id: str, payment_id: str, caller: Caller | None, now: datetime) -> Handed:
    """A link to the receipt that the provider itself issued, fetched from it once and kept."""
    _, payment, ledger = _read(dossier_id, payment_id, caller)
    if not (ledger.state(payment, now).settled and _bills(payment)):
        raise receipts.UnknownReceipt
    return _kept_bill(payment, now)


def failure_proof(dossier_id: str, payment_id: str, caller: Caller | None, now: datetime) -> Handed:
    """A link to the proof that the attempt came to nothing. Money that arrives later revokes it."""
    dossier, payment, ledger = _read(dossier_id, payment_id, caller)
    state, events = ledger.state(payment, now), ledger.events.get(payment_id, ())
    by, title = issuer(dossier.agency), _title(payment)
    paper = (
        money_papers.failure_paper(payment, events, state.status, dossier, title, by) if not state.received else None
    )
    if paper is None:
        raise receipts.NotFailed
    return _handed(paper, now)


def _read(dossier_id: str, payment_id: str, caller: Caller | None) -> tuple[Dossier, Payment, Ledger]:
    dossier = dossiers.load(dossier_id)
    require(caller, "read", dossier)
    ledger = records.ledger(dossier_id)
    payment = ledger.payments.get(payment_id)
    if payment is None:
        raise conditions.UnknownPayment
    return dossier, payment, ledger


def owed(dossier: Dossier, money: Iterable[Held], issued: Sequence[Receipt]) -> tuple[Held, tuple[Kind, ...]] | None:
    """The payment that still lacks receipts of ours, and of which kinds."""
    found = receipts.owed(money, issued, receipts.fee_lines(dossier.fees))
    return None if found is None or _bills(found[0].payment) else found


def _issue(dossier: Dossier, money: list[Held], now: datetime) -> None:
    fees = receipts.fee_lines(dossier.fees)
    for _ in range(TRIES):
        known = receipt_records.issued(dossier.id)
        wanted = owed(dossier, money, known)
        if wanted is None:
            return
        try:
            receipt_records.issue(_drawn(dossier, wanted[0], kind, fees, known, now) for kind in wanted[1])
        except Lost:  # somebody was faster, with this receipt or with the number: look again
            continue
        return
    raise Unavailable


def _drawn(
    dossier: Dossier, held: Held, kind: Kind, fees: Iterable[FeeLine], known: list[Receipt], now: datetime
) -> tuple[Receipt, Series | None]:
    """The receipt under the next number of its series; of money taken at the desk under the clerk's."""
    payment, success, applicant = held.payment, held.success, dossier.applicant
    ours = receipts.series(dossier.agency, kind, now, settings().PROVINCE) if receipts.needs_number(payment) else None
    receipt = Receipt(
        payment_id=payment.id,
        dossier_id=dossier.id,
        kind=kind,
        n=receipts.next_n(known, kind),
        symbol=ours.symbol if ours else "",
        number=ours.number(receipt_records.last(ours) + 1) if ours else success.provider_reference,
        lines=receipts.lines(fees, kind),
        payer=applicant.full_name if applicant else "",
        applicant=applicants_code(applicant) if applicant else "",
        dossier_code=payment.about,
        procedure=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        agency=dossier.agency,
        provider=payment.provider,
        provider_reference=success.provider_reference,
        paid_at=success.at,
        issued_at=now,
    )
    return receipt, ours


def held(ledger: Ledger, now: datetime) -> list[Held]:
    """Every attempt to pay, as receipts see it."""
    states = ((payment, ledger.state(payment, now)) for payment in ledger.payments.values())
    return [
        Held(
            payment=payment,
            settled=state.settled,
            received=state.received,
            refunded=state.refunded,
            events=tuple(ledger.events.get(payment.id, ())),
        )
        for payment, state in states
    ]


def _bills(payment: Payment) -> bool:
    """Whether its provider issues the receipts itself, as the national platform does."""
    return payment.provider in providers.KNOWN and providers.can(payment.provider, "bill")


def _kept_bill(payment: Payment, now: datetime) -> Handed:
    key, name = papers.key_of(payment.dossier_id, f"{payment.id}-bill"), f"{payment.id[-6:]}-bill.pdf"
    return papers.kept(key, name, lambda: _bill(payment), "", now)


def _bill(payment: Payment) -> bytes:
    """As the provider gives it out; of one that the province has stopped using, nobody can ask any more."""
    told = None
    try:
        if providers.configured(payment.provider):
            told = providers.adapter(payment.provider).bill(payment, providers.account(payment.provider))
    except Silent as silence:
        logger.warning("payment provider is silent", extra={"payment_id": payment.id, "why": str(silence)})
    if told is None:
        raise receipts.ReceiptNotReady
    return told


def _title(payment: Payment) -> str:
    """How people know the provider; also of one that the province has stopped using."""
    return providers.adapter(payment.provider).TITLE[0] if payment.provider in providers.KNOWN else payment.provider


def _handed(paper: MoneyPaper, now: datetime) -> Handed:
    token, key = papers.token_of(paper.statement), papers.key_of(paper.dossier_id, paper.id)
    name = f"{paper.id.removeprefix(paper.dossier_id + '-')}.pdf"
    return papers.kept(key, name, lambda: _made(paper, token, now), token, now)


def _made(paper: MoneyPaper, token: str, now: datetime) -> bytes:
    template = own_words.template(paper.form, paper.facts, paper.at, now, money_papers.ROOM)
    return papers.drawn(template, paper.form, paper.facts, paper.at, token)


def _revoke(paper_id: str, reason: str, now: datetime) -> None:
    with suppress(Lost):  # it was revoked before, and for good
        commit(paper_records.revoked(paper_id, reason, now))
