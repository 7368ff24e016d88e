"""The letter of apology (form 04): when it may be signed, and which new date it may promise. Pure."""

from datetime import date, datetime, timedelta
from typing import Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.change import Change, moved, said
from chalicelib.dossiers.rules import Apology, Dossier
from chalicelib.history.rules import EventType
from chalicelib.refusals import Conflict, Fault, Invalid

E = EventType
LATEST: Final = timedelta(days=365)


class NoApologyDue(Conflict):
    code = "no_apology_due"
    vi = "Hồ sơ này hiện không cần thư xin lỗi: chưa đến gần hạn trả kết quả, hoặc thời hạn không còn chạy."
    en = "No apology is due for this dossier: its date is not near yet, or its clock does not run."


class ApologisedAlready(Conflict):
    code = "apologised_already"
    vi = "Thư xin lỗi cho ngày hẹn trả này đã được ký."
    en = "The apology for this due date has been signed already."


class PromiseInvalid(Invalid):
    code = "promised_date_invalid"
    vi = "Ngày hẹn lại phải là một ngày làm việc sau ngày đã hẹn trả, chưa qua và trong vòng một năm."
    en = "The new date must be a working day after the due date, not past, and within a year."


def require_open(dossier: Dossier) -> datetime:
    """The date for which a letter waits to be signed."""
    moved(dossier, E.APOLOGISED, dossier.changed_at)
    if dossier.apology is not None:
        raise ApologisedAlready
    if dossier.due_at is None or not dossier.apology_open:
        raise NoApologyDue
    return dossier.due_at


def apologise(
    dossier: Dossier, reason: str, promised: date, by: str, at: datetime, calendar: WorkingCalendar
) -> Change:
    """Signed: the citizen is promised the result by the close of a later day. The legal date stays what it is."""
    due_at = require_open(dossier)
    promised_at = _close(promised, due_at, at, calendar)
    letter = Apology(due_at=due_at, promised_at=promised_at, reason=reason, signed_at=at, by=by)
    after = moved(dossier, E.APOLOGISED, at, apologies=(*dossier.apologies, letter))
    data = {"due_at": said(due_at), "promised_at": said(promised_at), "reason": reason, "late": at > due_at}
    return Change(after, E.APOLOGISED, data)


def _close(promised: date, due_at: datetime, at: datetime, calendar: WorkingCalendar) -> datetime:
    """When the promised day ends at the agency; refuses a day that cannot be promised, saying which and why."""
    due = due_at.date()
    if promised <= due:
        raise _wrong("not_after_due_date", f"sau ngày đã hẹn {due:%d/%m/%Y}", f"after the due date {due:%d/%m/%Y}")
    if promised > max(due, at.date()) + LATEST:
        raise _wrong("too_far", "trong vòng một năm", "within a year")
    hours = calendar.hours_on(promised)
    if not hours:
        raise _wrong("not_a_working_day", "vào ngày cơ quan làm việc", "on a day on which the agency works")
    close = datetime.combine(promised, hours[-1][1], ZONE)
    if close <= at:
        raise _wrong("in_the_past", "vào thời điểm chưa qua", "in the future")
    return close


def _wrong(code: str, vi: str, en: str) -> PromiseInvalid:
    return PromiseInvalid([Fault("/promised_date", code, f"Hãy chọn ngày hẹn lại {vi}.", f"Choose a date {en}.")])
