"""What stops a dossier's clocks and sets them going again: supplements, suspensions, the one extension. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.rules import PauseCause
from chalicelib.dossiers import clockwork, stepwork
from chalicelib.dossiers.change import Change, imagined, moved, said
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier, SupplementItem, SupplementRequest
from chalicelib.history.rules import Event, EventType
from chalicelib.refusals import Fault, Invalid

E = EventType
TWICE: Final = ("asked_twice", "Mục này đã có trong yêu cầu.", "This is asked for already.")


class CauseNotAllowed(Invalid):
    code = "cause_not_allowed"
    vi = "Thủ tục này không cho phép dừng tính thời gian vì lý do “{cause}”."
    en = "This procedure does not allow its clock to stop for “{cause}”."


def ask_supplement(dossier: Dossier, items: Sequence[SupplementItem], note: str, by: str, at: datetime) -> Change:
    """Asks once, completely, only for what the procedure lists; the clock that runs stops."""
    _require_listed(dossier, items)
    accepted = dossier.accepted_at is not None
    if accepted:
        _require_cause(dossier, PauseCause.SUPPLEMENT)
    again = accepted and dossier.supplements_after_acceptance > 0
    if again and not note.strip():
        raise Invalid(
            [
                Fault(
                    "/note",
                    "second_supplement_needs_reason",
                    "Đây là lần yêu cầu bổ sung thứ hai sau khi tiếp nhận; hãy nêu lý do.",
                    "This is a second request after acceptance; say why in the note.",
                )
            ]
        )
    request = SupplementRequest(items=tuple(items), note=note, at=at, by=by, late=again)
    after = moved(
        dossier,
        E.SUPPLEMENT_REQUESTED,
        at,
        back=Stage.PROCESSING if accepted else Stage.SUBMITTED,
        supplement=request,
        supplements_after_acceptance=dossier.supplements_after_acceptance + accepted,
        paused_since=at,
        pause_cause=PauseCause.SUPPLEMENT,
    )
    said = [item.model_dump(exclude_none=True) for item in items]
    return Change(after, E.SUPPLEMENT_REQUESTED, {"items": said, "note": note, "late": again, "cause": "supplement"})


def answer_supplement(
    dossier: Dossier, history: Sequence[Event], at: datetime, calendar: WorkingCalendar, manifest: dict[str, Any]
) -> Change:
    """The citizen has put right what was asked: the stopped clock goes on, and its date moves by what it stood."""
    after = moved(dossier, E.SUPPLEMENT_ANSWERED, at, back=None, supplement=None, paused_since=None, pause_cause=None)
    happened = [*history, imagined(dossier, E.SUPPLEMENT_ANSWERED, at, {})]
    dates = _dates(after, happened, calendar)
    return Change(after.model_copy(update=dates), E.SUPPLEMENT_ANSWERED, {**manifest, **_moved_dates(dossier, dates)})


def suspend(dossier: Dossier, cause: PauseCause, reason: str, at: datetime) -> Change:
    _require_cause(dossier, cause)
    after = moved(dossier, E.SUSPENDED, at, back=dossier.stage, paused_since=at, pause_cause=cause)
    if cause == PauseCause.FINANCIAL_OBLIGATION:
        after = after.model_copy(update={"stage": Stage.AWAITING_OBLIGATION})
    return Change(after, E.SUSPENDED, {"cause": cause.value, "reason": reason})


def resume(dossier: Dossier, history: Sequence[Event], at: datetime, calendar: WorkingCalendar) -> Change:
    after = moved(dossier, E.RESUMED, at, back=None, paused_since=None, pause_cause=None)
    dates = _dates(after, [*history, imagined(dossier, E.RESUMED, at, {})], calendar)
    return Change(after.model_copy(update=dates), E.RESUMED, _moved_dates(dossier, dates))


def extend(
    dossier: Dossier, history: Sequence[Event], reason: str, days: int, at: datetime, calendar: WorkingCalendar
) -> Change:
    """Once, with a reason, before the date (NĐ 118/2025: at most one extension)."""
    after = moved(dossier, E.EXTENDED, at, extended=True)
    said = {"reason": reason, "days": days}
    dates = _dates(after, [*history, imagined(dossier, E.EXTENDED, at, said)], calendar)
    return Change(after.model_copy(update=dates), E.EXTENDED, {**said, **_moved_dates(dossier, dates)})


def _dates(after: Dossier, history: Sequence[Event], calendar: WorkingCalendar) -> dict[str, Any]:
    """The dates both clocks promise after what happened, replayed from the beginning."""
    if after.accepted_at is None:
        due_at = clockwork.due_of(clockwork.acceptance(history, calendar))
        return {"acceptance_due_at": due_at, "calendar_edition": calendar.edition}
    procedure = after.procedure
    clock = clockwork.settlement(history, procedure.processing, procedure.resume, calendar)
    assert clock is not None  # noqa: S101 - it was accepted
    dates = {"due_at": clock.due_at, "provisional": clock.provisional, "calendar_edition": calendar.edition}
    return {**dates, "step": stepwork.current(history, procedure, calendar)}


def _moved_dates(before: Dossier, dates: dict[str, Any]) -> dict[str, Any]:
    if "due_at" not in dates:
        return {"acceptance_due_at": said(dates["acceptance_due_at"])}
    return {"due_before": said(before.due_at), "due_at": said(dates["due_at"]), **stepwork.told(dates["step"])}


def _require_cause(dossier: Dossier, cause: PauseCause) -> None:
    if cause not in dossier.procedure.pauses:
        raise CauseNotAllowed(
            [
                Fault(
                    "/cause",
                    "cause_not_allowed",
                    CauseNotAllowed.vi.format(cause=cause.value),
                    CauseNotAllowed.en.format(cause=cause.value),
                )
            ],
            cause=cause.value,
        )


def _require_listed(dossier: Dossier, items: Sequence[SupplementItem]) -> None:
    """Only what the procedure version lists may be asked for, and each thing once."""
    listed = dossier.procedure
    faults = [
        Fault(
            f"/items/{place}",
            "not_in_procedure",
            "Thủ tục này không có thành phần hồ sơ hoặc trường thông tin đó.",
            "The procedure lists no such component or field.",
        )
        for place, item in enumerate(items)
        if (item.component is not None and item.component not in listed.components)
        or (item.field is not None and item.field.strip("/").split("/")[0].split(".")[0] not in listed.questions)
    ]
    what = [(item.component, (item.field or "").strip("/").replace(".", "/")) for item in items]
    faults += [Fault(f"/items/{place}", *TWICE) for place, each in enumerate(what) if each in what[:place]]
    if faults:
        raise Invalid(faults)
