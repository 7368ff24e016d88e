"""What the truth about its money, which the payments room finds, does to a dossier. Pure."""

from datetime import datetime
from typing import Any

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.dossiers import clockwork
from chalicelib.dossiers.change import Change, imagined, moved
from chalicelib.dossiers.rules import MONEY_IN, Dossier, PaymentStatus
from chalicelib.history.rules import EventType

E = EventType


def payment_started(dossier: Dossier, at: datetime, data: dict[str, Any]) -> Change:
    stays = dossier.payment_status in (*MONEY_IN, "mismatched", "refund_pending")  # a new attempt hides no open matter
    status: PaymentStatus = dossier.payment_status if stays else "pending"
    return Change(moved(dossier, E.PAYMENT_STARTED, at, payment_status=status), E.PAYMENT_STARTED, data)


def money_recorded(
    dossier: Dossier,
    event: EventType,
    status: PaymentStatus,
    paid_amount: int,
    at: datetime,
    calendar: WorkingCalendar,
    data: dict[str, Any],
) -> Change:
    """`event`: payment_recorded (a provider said so) or counter_paid. `paid_amount`: all that has arrived, in VND.

    The fee of a level 4 dossier, once paid, starts its acceptance clock; a refund that was thought of and came to
    nothing does not start it anew.
    """
    after = moved(dossier, event, at, payment_status=status, paid_amount=paid_amount)
    never_left = dossier.payment_status == "refund_pending" and dossier.acceptance_due_at is not None
    if not (dossier.awaits_payment and not after.awaits_payment) or never_left:
        return Change(after, event, data)
    begun = {**data, "starts_acceptance": True}
    due = clockwork.due_of(clockwork.acceptance([imagined(dossier, event, at, begun)], calendar))
    dates = {"acceptance_due_at": due, "calendar_edition": calendar.edition}
    return Change(after.model_copy(update={**dates, "turn_since": at}), event, begun)
