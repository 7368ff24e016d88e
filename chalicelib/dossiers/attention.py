"""What the clock does by itself: when a dossier must next be looked at, and what is then flagged. Pure."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from chalicelib.dossiers.change import Change, moved, said
from chalicelib.dossiers.life import RUNNING, Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType

E = EventType
DRAFT_WARNED: Final = timedelta(days=27)
DRAFT_KEPT: Final = timedelta(days=30)


class Attention(NamedTuple):
    """The next instant at which a dossier must be looked at, and as what."""

    at: datetime
    event: EventType


def attention(dossier: Dossier, soon: datetime | None) -> Attention | None:
    """What is next due to be flagged: each flag at most once per due date. `soon`: 24 working hours before the date."""
    if dossier.stage == Stage.DRAFT:
        if dossier.warned_for is None:
            return Attention(dossier.changed_at + DRAFT_WARNED, E.DRAFT_EXPIRING)
        return Attention(dossier.warned_for + (DRAFT_KEPT - DRAFT_WARNED), E.DRAFT_EXPIRED)
    if dossier.stage == Stage.SUBMITTED and dossier.acceptance_due_at != dossier.acceptance_flagged_for:
        return Attention(dossier.acceptance_due_at, E.ACCEPTANCE_OVERDUE) if dossier.acceptance_due_at else None
    if dossier.stage not in RUNNING or dossier.due_at is None:
        return None
    if soon is not None and dossier.warned_for != dossier.due_at and dossier.flagged_for != dossier.due_at:
        return Attention(soon, E.DUE_SOON)
    return Attention(dossier.due_at, E.OVERDUE) if dossier.flagged_for != dossier.due_at else None


def flag(dossier: Dossier, event: EventType, at: datetime) -> Change:
    """The clock's own moves: warned, overdue, a draft about to expire or expired."""
    updates: dict[EventType, dict[str, Any]] = {
        E.DUE_SOON: {"warned_for": dossier.due_at},
        E.OVERDUE: {"flagged_for": dossier.due_at},
        E.ACCEPTANCE_OVERDUE: {"acceptance_flagged_for": dossier.acceptance_due_at},
        E.DRAFT_EXPIRING: {"warned_for": at},
        E.DRAFT_EXPIRED: {"applicant": None, "owner": None, "form": {}},
    }
    due = dossier.acceptance_due_at if event == E.ACCEPTANCE_OVERDUE else dossier.due_at
    return Change(moved(dossier, event, at, **updates[event]), event, {"due_at": said(due)})
