"""What the clock does by itself: flags what is due soon or overdue, warns of drafts that expire, erases them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from chalicelib.clock.actions import calendar_for
from chalicelib.dossiers import drafts, queues, records, sweeps
from chalicelib.dossiers.attention import flag, pressing
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.history.rules import SYSTEM, EventType
from chalicelib.watching import logger

LATE: Final = (EventType.OVERDUE, EventType.ACCEPTANCE_OVERDUE)


def flag_deadlines(now: datetime) -> int:
    """Each flag at most once per due date; safe to repeat, or to cut short. Returns how many dossiers were flagged."""
    return _each(sweeps.due_for_attention("due", now), now)


def expire_drafts(now: datetime) -> int:
    """Warned after 27 days without an edit, erased after 30."""
    return _each(sweeps.due_for_attention("draft", now), now)


def _each(dossier_ids: Iterable[str], now: datetime) -> int:
    """One dossier that cannot be flagged keeps no other waiting; all failures are raised at the end."""
    flagged, failures = 0, []
    for dossier_id in dossier_ids:
        try:
            flagged += _attend(dossier_id, now)
        except Exception as failure:  # noqa: BLE001 - collected, raised below
            failures.append(failure)
    if failures:
        raise ExceptionGroup("dossiers that could not be flagged", failures)
    return flagged


@again_if_overtaken
def _attend(dossier_id: str, now: datetime) -> bool:
    dossier = records.load(dossier_id)
    wanted = pressing(queues.due_attention(dossier, calendar_for(dossier.agency, now)), now)
    if wanted is None:
        return False  # somebody moved it on since the index was read
    if wanted.event == EventType.DRAFT_EXPIRED:
        drafts.erase(dossier, EventType.DRAFT_EXPIRED, SYSTEM, now)
        return True
    records.keep(dossier, flag(dossier, wanted.event, now), SYSTEM, now)
    if wanted.event in LATE:
        logger.warning(
            "dossier overdue", extra={"dossier_id": dossier_id, "agency": dossier.agency, "why": wanted.event}
        )
    return True
