"""Which event of a dossier is told as which notice, and what a mail system's report of failure says. Pure."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import AwareDatetime, ConfigDict

from chalicelib.dossiers.rules import MONEY_IN, Dossier
from chalicelib.history.rules import Event, EventType
from chalicelib.shapes import Shape

# A claim outlives the function that made it: who is still sending when it ends is taken for dead.
LEASE: Final = timedelta(minutes=2)
# Nobody knows whether a sender that died had sent: one more try, then the doubt is recorded instead of a third letter.
TRIES: Final = 2
# A report of failure may overtake the record of the message it speaks of.
REPORT_MAY_OVERTAKE: Final = timedelta(minutes=10)


class Notice(StrEnum):
    SUBMITTED = "submitted"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"
    REFUNDED = "refunded"
    ACCEPTED = "accepted"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    REFUSED = "refused"
    PAUSED = "paused"
    DUE_MOVED = "due_moved"
    APOLOGISED = "apologised"
    OVERDUE = "overdue"
    FINISHED = "finished"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    DRAFT_EXPIRING = "draft_expiring"


class NoteState(StrEnum):
    """What became of one notice on one channel. `sending` is a claim that runs out."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    BOUNCED = "bounced"


E, N = EventType, Notice
# Read as: this event is told as this notice. None: it concerns the people of the agency, or is told by a later event.
TOLD: Final[dict[EventType, Notice | None]] = {
    E.CREATED: None,
    E.EDITED: None,
    E.SUBMITTED: N.SUBMITTED,
    E.PAYMENT_STARTED: None,
    E.PAYMENT_RECORDED: N.PAYMENT_RECEIVED,  # or another, or none: see MONEY
    E.COUNTER_PAID: N.PAYMENT_RECEIVED,
    E.REFUND_RECORDED: N.REFUNDED,  # when the money has left: before that it is the agency's own business
    E.ACCEPTED: N.ACCEPTED,
    E.ASSIGNED: None,
    E.SUPPLEMENT_REQUESTED: N.SUPPLEMENT_REQUESTED,
    E.SUPPLEMENT_ANSWERED: N.DUE_MOVED,  # when there is a date: before acceptance nothing was promised
    E.REFUSED: N.REFUSED,
    E.SUSPENDED: N.PAUSED,
    E.RESUMED: N.DUE_MOVED,
    E.EXTENDED: N.DUE_MOVED,
    E.APOLOGISED: N.APOLOGISED,
    E.CALENDAR_CHANGED: N.DUE_MOVED,  # when it moved to a later date: nobody is harmed in silence
    E.STOPPED: N.STOPPED,
    E.WITHDRAWN: N.WITHDRAWN,
    E.RESULT_WRITTEN: None,
    E.PROPOSED: None,
    E.DECIDED: N.FINISHED,
    E.HANDED_TO_POST: None,
    E.DISPATCHED: N.DISPATCHED,
    E.DELIVERED: N.RETURNED,
    E.DELIVERY_FAILED: None,
    E.RETURNED: N.RETURNED,
    E.RATED: None,
    E.MESSAGED: None,
    E.PAPER_REVOKED: None,
    E.DUE_SOON: None,
    E.DUE_TODAY: None,
    E.OVERDUE: N.OVERDUE,
    E.ACCEPTANCE_OVERDUE: None,
    E.DRAFT_EXPIRING: N.DRAFT_EXPIRING,
    E.DRAFT_EXPIRED: None,  # the letter before said so; with the draft, its address is gone
    E.DRAFT_DISCARDED: None,
}
# By what the event newly made of the payment; one that does not match is looked at by a person before anything is said.
MONEY: Final = {"paid": N.PAYMENT_RECEIVED, "overpaid": N.PAYMENT_RECEIVED, "failed": N.PAYMENT_FAILED}


def notice_of(event: Event) -> Notice | None:
    """The notice the event calls for, if any."""
    notice = TOLD[event.type]
    if event.type == E.PAYMENT_RECORDED:
        return MONEY.get(event.data["status"])
    if event.type == E.REFUND_RECORDED:
        return notice if event.data["act"] == "done" else None
    if event.type == E.CALENDAR_CHANGED:
        return notice if event.data["later"] else None
    if notice == N.DUE_MOVED and not event.data.get("due_at"):
        return None
    return notice


def is_moot(notice: Notice, dossier: Dossier) -> bool:
    """Nobody is sent to pay again when the fee has arrived, by another attempt or meanwhile."""
    return notice == N.PAYMENT_FAILED and dossier.payment_status in MONEY_IN


class Feedback(Shape):
    """What the mail system says of a message after taking it. `lasting`: nothing should go to that address again."""

    model_config = ConfigDict(frozen=True)

    id: str
    message_id: str
    sent_at: AwareDatetime
    complaint: bool
    lasting: bool


def feedback(notification: str) -> Feedback | None:
    """The SES notification (as SNS carries it), without the addresses in it; None when it reports no failure."""
    said: dict[str, Any] = json.loads(notification)
    kind = said.get("notificationType") or said.get("eventType")
    if kind not in ("Bounce", "Complaint"):
        return None
    report = said[kind.lower()]
    return Feedback(
        id=report["feedbackId"],
        message_id=said["mail"]["messageId"],
        sent_at=datetime.fromisoformat(said["mail"]["timestamp"]),
        complaint=kind == "Complaint",
        lasting=kind == "Complaint" or report["bounceType"] == "Permanent",
    )
