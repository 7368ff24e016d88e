"""Paying a fee: every provider's button, the code to scan, an honest page while waiting, receipts."""

import hmac
import json
from typing import Any, Final

from chalicelib.dossiers import actions
from chalicelib.dossiers.life import NEXT
from chalicelib.dossiers.rules import MONEY_IN, Dossier
from chalicelib.history.rules import EventType
from chalicelib.papers.marks import matrix, runs
from chalicelib.payments import actions as payments
from chalicelib.payments import conditions, routes, vietqr
from chalicelib.payments.fold import Status
from chalicelib.payments.protocol import Start
from chalicelib.payments.receipts import actions as receipt_actions
from chalicelib.settings import settings
from chalicelib.site import wording
from chalicelib.site.pages import Pages
from chalicelib.site.provider_names import provider_name
from chalicelib.site.visits import Html, See, Visit, here

pages: Final = Pages(__name__)
QUIET: Final = 4  # modules of white around a code (ISO/IEC 18004)
KINDS: Final[dict[str, wording.Words]] = {
    "phi": ("Biên lai phí", "Receipt of a fee"),
    "le_phi": ("Biên lai lệ phí", "Receipt of a charge"),
    "bill": ("Biên lai điện tử", "Electronic receipt"),
}
STILL_OPEN: Final = (Status.CREATED, Status.PENDING)
STATES: Final[dict[Status, tuple[wording.Words, str]]] = {
    Status.CREATED: (("Đang chờ bạn thanh toán", "Waiting for you to pay"), "yours"),
    Status.PENDING: (("Đang chờ xác nhận", "Waiting for confirmation"), "waiting"),
    Status.PAID: (("Đã nộp", "Paid"), "good"),
    Status.FAILED: (("Không thành công", "Failed"), "late"),
    Status.EXPIRED: (("Đã hết hạn, chưa nhận được tiền", "Expired, no money received"), "ended"),
    Status.MISMATCHED: (("Số tiền chưa khớp, đang kiểm tra", "The amount differs; being checked"), "waiting"),
    Status.OVERPAID: (("Đã nộp thừa", "Paid too much"), "waiting"),
    Status.DISPUTED: (("Đang được tra soát", "Under dispute"), "waiting"),
    Status.CHARGED_BACK: (("Ngân hàng đã lấy lại tiền", "Charged back by the bank"), "late"),
    Status.REFUND_PENDING: (("Đang hoàn tiền", "Being refunded"), "waiting"),
    Status.REFUNDED: (("Đã hoàn tiền", "Refunded"), "ended"),
    Status.PART_REFUNDED: (("Đã hoàn một phần", "Refunded in part"), "ended"),
}

NOT_NEEDED: Final = (("Không dùng, không cần trả nữa", "Not used, and not needed any more"), "neutral")


@pages.page("GET", "/ho-so/{dossier_id}/thanh-toan", who="citizen")
def show_payments(visit: Visit, dossier_id: str) -> Html | See:
    """What is due, how it can be paid, and every attempt. Payers come back here from their provider."""
    dossier = actions.look(dossier_id, visit.person)
    if dossier.code is None:
        return See(f"/ho-so/{dossier_id}")
    account = payments.account(dossier_id, visit.person, visit.now)
    covered = account.fee.status in MONEY_IN
    attempts = [_attempt(each, visit, covered=covered) for each in account.attempts]
    failed = visit.query["ve"] == "1" and bool(attempts) and attempts[0]["kind"] == "late"
    waiting = not covered and not failed and any(each["open"] for each in attempts)
    facts = {
        "dossier": dossier,
        "fee": account.fee,
        "covered": covered,
        "accepts": routes.accepts(account.accepted, visit.language) if _payable(dossier) and not covered else [],
        "attempts": attempts,
        "waiting": waiting,
        "back_from": visit.query["ve"] == "1",
        "payment": wording.said(wording.PAYMENT[account.fee.status], visit.language),
        "desk": not dossier.procedure.pay_online,
    }
    return Html("pay.html", visit.told("Nộp phí, lệ phí", "Pay the fee"), facts)


@pages.page("POST", "/ho-so/{dossier_id}/thanh-toan", who="citizen")
def begin_payment(visit: Visit, dossier_id: str) -> See:
    """The attempt is recorded; a page of ours then has the link or the code, so that pressing twice pays once."""
    own = f"/ho-so/{dossier_id}/thanh-toan"
    back = settings().PUBLIC_URL + here(own, ve="1")
    wanted = Start(return_url=back, ip=visit.ip, language=visit.language)
    once = visit.once(lambda begun: _leads_to(begun, own, visit))
    begun = payments.start(dossier_id, visit.form["provider"], wanted, visit.person, visit.now, once)
    return See(_leads_to(begun, own, visit))


@pages.page("GET", "/ho-so/{dossier_id}/thanh-toan/{payment_id}", who="citizen")
def await_payment(visit: Visit, dossier_id: str, payment_id: str) -> Html | See:
    """One attempt: how to pay, until when, and what is known of it now."""
    dossier = actions.look(dossier_id, visit.person)
    account = payments.account(dossier_id, visit.person, visit.now)
    found = next((each for each in account.attempts if each.payment.id == payment_id), None)
    if found is None:
        raise conditions.UnknownPayment
    if found.state.status not in STILL_OPEN or account.fee.status in MONEY_IN:
        return See(f"/ho-so/{dossier_id}/thanh-toan")
    text, link = visit.query["qr"], visit.query["di"]
    if not hmac.compare_digest(visit.query["dau"].encode(), _seal(visit, payment_id, text, link).encode()):
        text, link = "", ""
    facts = {
        "dossier": dossier,
        "attempt": _attempt(found, visit),
        "amount": found.payment.amount,
        "picture": picture(text) if text else None,
        "transfer": _transfer(text),
        "link": link,
    }
    return Html("pay-waiting.html", visit.told("Đang chờ thanh toán", "Waiting for the payment"), facts)


@pages.page("GET", "/ho-so/{dossier_id}/thanh-toan/{payment_id}/bien-lai/{kind}", who="citizen")
def fetch_receipt_page(visit: Visit, dossier_id: str, payment_id: str, kind: str) -> See:
    if kind == "bill":
        return See(receipt_actions.fetch_bill(dossier_id, payment_id, visit.person, visit.now).url)
    return See(receipt_actions.fetch(dossier_id, payment_id, kind, visit.person, visit.now).url)


@pages.page("GET", "/ho-so/{dossier_id}/thanh-toan/{payment_id}/chung-minh", who="citizen")
def fetch_failure_page(visit: Visit, dossier_id: str, payment_id: str) -> See:
    return See(receipt_actions.failure_proof(dossier_id, payment_id, visit.person, visit.now).url)


def _leads_to(begun: payments.Started, own: str, visit: Visit) -> str:
    """The link and the code are kept nowhere but in this address, and only as sealed for this session."""
    text, link = begun.begun.qr or "", begun.begun.pay_url or ""
    return here(f"{own}/{begun.payment.id}", qr=text, di=link, dau=_seal(visit, begun.payment.id, text, link))


def _seal(visit: Visit, payment_id: str, text: str, link: str) -> str:
    """Otherwise an address of ours could be made to lead people to anyone's page, or to pay into anyone's account."""
    key = visit.session.form_token if visit.session else ""
    return hmac.new(key.encode(), json.dumps([payment_id, text, link]).encode(), "sha256").hexdigest()


def picture(text: str) -> dict[str, Any]:
    """The QR code as one path of dark stretches in a square of `size` modules, the quiet zone included."""
    dark = matrix(text)
    bars = [(first, down, last - first) for down, row in enumerate(dark) for first, last in runs(row)]
    path = "".join(f"M{first + QUIET} {down + QUIET}h{long}v1h-{long}z" for first, down, long in bars)
    return {"size": len(dark) + 2 * QUIET, "path": path}


def _transfer(text: str) -> vietqr.Transfer | None:
    """What the code asks the bank for, for who would rather type it."""
    try:
        return vietqr.read(text) if text else None
    except ValueError:
        return None


def _payable(dossier: Dossier) -> bool:
    """As `start` will judge it."""
    return dossier.procedure.pay_online and (dossier.stage, EventType.PAYMENT_STARTED) in NEXT


def _attempt(attempt: payments.Attempt, visit: Visit, *, covered: bool = False) -> dict[str, Any]:
    """`covered`: the fee is paid, by whichever attempt: nobody waits for another one any more."""
    payment, state = attempt.payment, attempt.state
    words, kind = NOT_NEEDED if covered and state.status == Status.CREATED else STATES[state.status]
    return {
        "id": payment.id,
        "name": provider_name(payment.provider, visit.language),
        "amount": payment.amount,
        "at": payment.created_at,
        "until": payment.expires_at,
        "state": wording.said(words, visit.language),
        "kind": kind,
        "received": state.received,
        "open": state.status in STILL_OPEN,
        "proof": state.status in (Status.FAILED, Status.EXPIRED) and not state.received,
        "receipts": _receipts(attempt, visit) if state.received else [],
        "refunded": state.refunded,
        "refunding": state.refunding,
    }


def _receipts(attempt: payments.Attempt, visit: Visit) -> list[tuple[str, str]]:
    """Kind and name of each."""
    payment = attempt.payment
    issued = receipt_actions.listed(payment.dossier_id, payment.id, visit.caller, visit.now)
    own = [(each.kind, f"{wording.said(KINDS[each.kind], visit.language)} {each.number}") for each in issued.receipts]
    return [*own, *([("bill", wording.said(KINDS["bill"], visit.language))] if issued.billed else [])]
