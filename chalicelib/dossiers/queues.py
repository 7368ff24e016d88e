"""Where on a desk a dossier stands: its queue, its place in it, and the card a list shows. Pure."""

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.deadlines import due, minus_working_hours, opening_of_day
from chalicelib.clock.rules import Processing, Unit
from chalicelib.dossiers.attention import Attention, Moments, outstanding
from chalicelib.dossiers.life import CLOSED, RUNNING, Stage
from chalicelib.dossiers.rules import Dossier

Queue = Literal["to_accept", "in_progress", "supplement", "paused", "due_soon", "overdue", "to_return", "all"]
SOON_HOURS: Final = 24
NEVER: Final = "9999-12-31T23:59:59.999+07:00"
PLACES: Final = {
    Stage.SUBMITTED: "to_accept",
    Stage.ACCEPTED: "in_progress",
    Stage.PROCESSING: "in_progress",
    Stage.SUPPLEMENT_REQUESTED: "supplement",
    Stage.AWAITING_OBLIGATION: "paused",
    Stage.SUSPENDED: "paused",
    Stage.FINISHED: "to_return",
}


class Span(NamedTuple):
    """A stretch of a desk's index: from (inclusive) and to (inclusive)."""

    first: str
    last: str


OPEN: Final = (Span("!", "closed#"), Span("closed$", "~"))  # all of a desk but what is closed


def order(dossier: Dossier) -> str:
    """The queue, then what is due first. Closed dossiers stand by the day they were closed."""
    if dossier.stage in CLOSED:
        return f"closed#{dossier.changed_at.isoformat()}#{dossier.id}"
    place = "awaiting_payment" if dossier.awaits_payment else PLACES[dossier.stage]
    by = dossier.acceptance_due_at if dossier.stage == Stage.SUBMITTED else dossier.due_at
    return f"{place}#{by.isoformat() if by else NEVER}#{dossier.id}"


def span(queue: Queue, now: datetime, calendar: WorkingCalendar) -> Span | None:
    """Where in an agency's, or an officer's, index the queue lies; None for all of it.

    Overdue and due soon are stretches of `in_progress` up to this moment: nothing is stored that time makes wrong.
    """
    if queue == "all":
        return None
    if queue == "overdue":
        return Span("in_progress#", f"in_progress#{now.isoformat()}")
    if queue == "due_soon":
        return Span(f"in_progress#{now.isoformat()}", f"in_progress#{soon_until(now, calendar).isoformat()}")
    return Span(f"{queue}#", f"{queue}$")


def unaccepted(now: datetime) -> Span:
    """What should have been accepted by now: the beginning of `to_accept`."""
    return Span("to_accept#", f"to_accept#{now.isoformat()}")


def soon_until(now: datetime, calendar: WorkingCalendar) -> datetime:
    """The latest date of which `now` is within the last 24 working hours."""
    return due(now, Processing(unit=Unit.WORKING_HOUR, amount=SOON_HOURS), calendar).due_at


def due_attention(dossier: Dossier, calendar: WorkingCalendar) -> list[Attention]:
    """What the clock will do to the dossier by itself, and when, what comes first at the top."""
    due_at = dossier.due_at
    if due_at is None or dossier.stage not in RUNNING:
        return outstanding(dossier, None)
    soon = minus_working_hours(due_at, SOON_HOURS, calendar)
    return outstanding(dossier, Moments(soon, opening_of_day(due_at, calendar), due_at))


def card(dossier: Dossier) -> dict[str, Any]:
    """What a list shows of a dossier, without opening it."""
    due_at = dossier.due_at.isoformat() if dossier.due_at else None
    accept_by = dossier.acceptance_due_at.isoformat() if dossier.acceptance_due_at else None
    return {
        "id": dossier.id,
        "code": dossier.code,
        "procedure": dossier.procedure.code,
        "procedure_name": dossier.procedure.name,
        "stage": dossier.stage.value,
        "applicant_name": dossier.applicant.full_name if dossier.applicant else "",
        "agency": dossier.agency,
        "officer": dossier.officer,
        "submitted_at": dossier.submitted_at.isoformat() if dossier.submitted_at else None,
        "acceptance_due_at": accept_by,
        "accepted_at": dossier.accepted_at.isoformat() if dossier.accepted_at else None,
        "due_at": due_at,
        "step": dossier.step.model_dump(mode="json") if dossier.step else None,
        "paused_since": dossier.paused_since.isoformat() if dossier.paused_since else None,
        "payment_status": dossier.payment_status,
        "fee_due": dossier.fee_due,
        "delivery": dossier.delivery.channel,
        "shipping": dossier.shipping.status,
        "changed_at": dossier.changed_at.isoformat(),
    }
