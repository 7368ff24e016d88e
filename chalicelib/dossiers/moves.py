"""What officers and citizens do to a filed dossier: each move is a pure decision, or a refusal that says why."""

from datetime import datetime
from typing import Any

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.dossiers import clockwork
from chalicelib.dossiers.change import NOTHING_OPEN, Change, imagined, moved, said
from chalicelib.dossiers.results import DeclaredFinish, Result
from chalicelib.dossiers.rules import Dossier, Rating
from chalicelib.history.rules import EventType
from chalicelib.papers.forms import set_on
from chalicelib.refusals import Conflict, Fault, Invalid

E = EventType


class FeeNotPaid(Conflict):
    code = "fee_not_paid"
    vi = "Hồ sơ mức độ 4 phải nộp phí, lệ phí trực tuyến trước khi được tiếp nhận."
    en = "The fee of a level 4 dossier is paid online before it is accepted."


class AlreadyRated(Conflict):
    code = "already_rated"
    vi = "Hồ sơ này đã được đánh giá."
    en = "This dossier has been rated already."


def accept(dossier: Dossier, at: datetime, calendar: WorkingCalendar) -> Change:
    """Accepted (tiếp nhận): the settlement clock starts and its date is promised."""
    after = moved(dossier, E.ACCEPTED, at, accepted_at=at)
    if dossier.awaits_payment:
        raise FeeNotPaid
    clock = clockwork.settlement(
        [imagined(dossier, E.ACCEPTED, at, {})], dossier.procedure.processing, dossier.procedure.resume, calendar
    )
    assert clock is not None  # noqa: S101 - it has just been started
    late = dossier.acceptance_due_at is not None and at > dossier.acceptance_due_at
    dates = {"due_at": clock.due_at, "first_due_at": clock.due_at, "provisional": clock.provisional}
    after = after.model_copy(update={**dates, "calendar_edition": calendar.edition, "form_set": set_on(at.date()).code})
    return Change(after, E.ACCEPTED, {"due_at": said(clock.due_at), "late": late, "calendar_edition": calendar.edition})


def refuse(dossier: Dossier, reason: str, legal_basis: str, at: datetime) -> Change:
    after = moved(dossier, E.REFUSED, at, closed_reason=reason, legal_basis=legal_basis, acceptance_due_at=None)
    return Change(after, E.REFUSED, {"reason": reason, "legal_basis": legal_basis})


def stop(dossier: Dossier, reason: str, at: datetime) -> Change:
    after = moved(dossier, E.STOPPED, at, closed_reason=reason, **_ended(at), **NOTHING_OPEN)
    return Change(after, E.STOPPED, {"reason": reason})


def withdraw(dossier: Dossier, reason: str, at: datetime) -> Change:
    after = moved(dossier, E.WITHDRAWN, at, closed_reason=reason, **_ended(at), **NOTHING_OPEN)
    return Change(after, E.WITHDRAWN, {"reason": reason})


def propose(dossier: Dossier, result: Result, at: datetime) -> Change:
    after = moved(dossier, E.PROPOSED, at, proposal=result)
    return Change(after, E.PROPOSED, result.model_dump(mode="json", exclude_none=True))


def decide(dossier: Dossier, result: Result, at: datetime) -> Change:
    """Work done (đã xử lý xong), before hand-over. A declined dossier needs its reason.

    Whether it was in time is told by the instant at which the work was finished, not by when that was entered.
    """
    if result.outcome == "declined" and not result.reason.strip():
        raise Invalid(
            [Fault("/reason", "required", "Hãy nêu lý do không giải quyết.", "Say why the request is declined.")]
        )
    ended = _ended(at, result.finished)
    after = moved(dossier, E.DECIDED, at, result=result, proposal=None, **ended)
    late = dossier.due_at is not None and ended["finished_at"].date() > dossier.due_at.date()
    instants = {"finished_at": said(ended["finished_at"]), "recorded_at": said(at)}
    proof = {"evidence": result.finished.evidence.model_dump(exclude_none=True)} if result.finished else {}
    told = result.model_dump(mode="json", exclude={"finished"})
    return Change(after, E.DECIDED, {**told, **instants, **proof, "late": late})


def _ended(at: datetime, declared: DeclaredFinish | None = None) -> dict[str, Any]:
    finished_at, evidence = (declared.at, declared.evidence.kind) if declared else (at, None)
    return {"finished_at": finished_at, "finish_recorded_at": at, "finish_evidence": evidence, "step": None}


def rate(dossier: Dossier, rating: Rating, at: datetime) -> Change:
    after = moved(dossier, E.RATED, at, rating=rating)
    if dossier.rating is not None:
        raise AlreadyRated
    return Change(after, E.RATED, rating.model_dump())


def message(dossier: Dossier, text: str, at: datetime) -> Change:
    return Change(moved(dossier, E.MESSAGED, at), E.MESSAGED, {"text": text})
