"""What an amended calendar makes of an open dossier's promise, and which dossiers it cannot concern. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from chalicelib.clock.amendments import Announcement
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.dossiers import clockwork, stepwork
from chalicelib.dossiers.change import Change, moved, said
from chalicelib.dossiers.life import NEXT
from chalicelib.dossiers.queues import Span
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event, EventType

E = EventType
# Where on a desk the clocks are, in the order in which a replay passes: what people do to a dossier without computing
# its dates anew moves it only forward in this order (to accept → supplement, in progress → paused or supplement), so
# none is missed however they work meanwhile. Between the second pair of ends lie in_progress, paused and supplement.
STRETCHES: Final = (Span("to_accept#", "to_accept$"), Span("in_progress#", "supplement$"))


def may_concern(card: dict[str, Any], since: date) -> bool:
    """Whether the day from which the calendar differs comes before what the dossier was promised."""
    dues = (card["due_at"] or card["acceptance_due_at"], (card.get("step") or {}).get("due_at"))
    return any(due is not None and datetime.fromisoformat(due).date() >= since for due in dues)


def recalendared(dossier: Dossier, history: Sequence[Event], calendar: WorkingCalendar, at: datetime) -> Change | None:
    """The dates as the calendar now has them; None when they are those already promised."""
    clock = clockwork.clock_of(dossier, history, calendar)
    if clock is None or (dossier.stage, E.CALENDAR_CHANGED) not in NEXT:
        return None
    name = "acceptance_due_at" if dossier.accepted_at is None else "due_at"
    before, due_at = getattr(dossier, name), clock.due_at
    provisional = clock.provisional and name == "due_at"
    step = stepwork.current(history, dossier.procedure, calendar)
    if (before, dossier.provisional, dossier.step) == (due_at, provisional, step):
        return None
    dates = {name: due_at, "provisional": provisional, "calendar_edition": calendar.edition, "step": step}
    later = before is not None and due_at is not None and due_at > before
    data = {
        **{name.removesuffix("_at") + "_before": said(before), name: said(due_at), "later": later},
        **{"edition_before": dossier.calendar_edition, "calendar_edition": calendar.edition},
        **stepwork.told(step),
    }
    return Change(moved(dossier, E.CALENDAR_CHANGED, at, **dates), E.CALENDAR_CHANGED, data)


def counted_days(before: Dossier, after: Dossier) -> tuple[date, date] | None:
    """The days on which the replayed clock could run, under either calendar; None when nothing was promised."""
    accepted = before.accepted_at is not None
    since = before.accepted_at or before.submitted_at
    dues = (before.due_at, after.due_at) if accepted else (before.acceptance_due_at, after.acceptance_due_at)
    steps = (each.step.due_at for each in (before, after) if each.step)
    known = [due for due in (*dues, *steps) if due is not None]
    return (since.date(), max(known).date()) if since and known else None


def naming(change: Change, announced: Sequence[Announcement]) -> Change:
    """The change with the announcements it rests on."""
    named = [each.model_dump(mode="json") for each in announced]
    return change._replace(data={**change.data, "announcements": named})
