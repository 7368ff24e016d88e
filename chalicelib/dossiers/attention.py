"""What the clock does by itself: when a dossier must next be looked at, and what is then flagged. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from chalicelib.dossiers.change import Change, moved, said
from chalicelib.dossiers.life import RUNNING, Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType

E = EventType
DRAFT_WARNED: Final = timedelta(days=27)
DRAFT_KEPT: Final = timedelta(days=30)
# What is flagged for a due date, in this order: one that was raised has said what those before it would say.
FLAGS: Final = (E.DUE_SOON, E.DUE_TODAY, E.OVERDUE)


class Attention(NamedTuple):
    """An instant at which a dossier must be looked at, and as what."""

    at: datetime
    event: EventType


class Moments(NamedTuple):
    """Of a due date: 24 working hours before it, the opening of its day, and the date itself; in this order."""

    soon: datetime
    today: datetime
    due: datetime


def outstanding(dossier: Dossier, moments: Moments | None) -> list[Attention]:
    """What is still to be flagged, in order: each flag at most once per due date. `moments`: while its clock runs."""
    if dossier.stage == Stage.DRAFT:
        if dossier.warned_for is None:
            return [Attention(dossier.changed_at + DRAFT_WARNED, E.DRAFT_EXPIRING)]
        return [Attention(dossier.warned_for + (DRAFT_KEPT - DRAFT_WARNED), E.DRAFT_EXPIRED)]
    due = dossier.acceptance_due_at
    if dossier.stage == Stage.SUBMITTED and due is not None:
        told = due in dossier.flagged or due == dossier.acceptance_flagged_for
        return [] if told else [Attention(due, E.ACCEPTANCE_OVERDUE)]
    if dossier.stage not in RUNNING or moments is None:
        return []
    raised = dossier.furthest_flag
    first = FLAGS.index(raised) + 1 if raised else 0
    return [Attention(at, event) for at, event in zip(moments, FLAGS, strict=True)][first:]


def pressing(wanted: Sequence[Attention], now: datetime) -> Attention | None:
    """The last of those whose moment has come: who is overdue need not be told that the date was near."""
    come = [each for each in wanted if each.at <= now]
    return come[-1] if come else None


def flag(dossier: Dossier, event: EventType, at: datetime) -> Change:
    """The clock's own flags: due soon, today, overdue; a draft about to expire."""
    updates: dict[EventType, dict[str, Any]] = {
        E.DRAFT_EXPIRING: {"warned_for": at},
    }
    due = dossier.acceptance_due_at if event == E.ACCEPTANCE_OVERDUE else dossier.due_at
    if event in (*FLAGS, E.ACCEPTANCE_OVERDUE) and due is not None:
        updates[event] = {"flagged": {**dossier.flagged, due: event}}
    apologised = _apologised(dossier) if event == E.OVERDUE else {}
    return Change(moved(dossier, event, at, **updates[event]), event, {"due_at": said(due), **apologised})


def _apologised(dossier: Dossier) -> dict[str, Any]:
    """Whether a letter was signed for the date that has passed, and until when it promises the result."""
    letter = dossier.apology
    return {"apologised": letter is not None, "promised_at": said(letter.promised_at) if letter else None}
