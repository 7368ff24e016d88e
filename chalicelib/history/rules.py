"""What an event of a dossier's history is, and how each is chained to the one before it. Pure."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, Self

from pydantic import ConfigDict

from chalicelib.shapes import Shape

GENESIS: Final = "0" * 64


class EventType(StrEnum):
    """What can happen to a dossier. Each is one change, one transaction, one link of the chain."""

    CREATED = "created"
    EDITED = "edited"
    SUBMITTED = "submitted"
    PAYMENT_STARTED = "payment_started"
    PAYMENT_RECORDED = "payment_recorded"
    COUNTER_PAID = "counter_paid"
    REFUND_RECORDED = "refund_recorded"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    SUPPLEMENT_ANSWERED = "supplement_answered"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENDED = "extended"
    APOLOGISED = "apologised"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    RESULT_WRITTEN = "result_written"
    PROPOSED = "proposed"
    DECIDED = "decided"
    HANDED_TO_POST = "handed_to_post"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    RETURNED = "returned"
    RATED = "rated"
    MESSAGED = "messaged"
    PAPER_REVOKED = "paper_revoked"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    ACCEPTANCE_OVERDUE = "acceptance_overdue"
    CALENDAR_CHANGED = "calendar_changed"
    DRAFT_EXPIRING = "draft_expiring"
    DRAFT_EXPIRED = "draft_expired"
    DRAFT_DISCARDED = "draft_discarded"


class Actor(Shape):
    """Who did it. `id`: an officer's subject, a provider's or carrier's name; empty for the citizen and the system."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["citizen", "officer", "system", "provider", "carrier"]
    id: str = ""


SYSTEM: Final = Actor(kind="system")


class Event(Shape):
    """One link: `hash` covers all else in it, `prev` is the hash of the event before (sixty-four zeros first)."""

    model_config = ConfigDict(frozen=True)

    dossier_id: str
    seq: int
    type: EventType
    at: datetime
    actor: Actor
    data: dict[str, Any]
    prev: str
    hash: str = ""

    def sealed(self) -> Self:
        return self.model_copy(update={"hash": digest(self.model_dump(mode="json", exclude={"hash"}))})


def digest(facts: object) -> str:
    """SHA-256, in hex, of the facts as canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_at(events: Iterable[Event]) -> int | None:
    """The number of the first event that does not follow from the one before it; None when the chain holds."""
    prev, seq = GENESIS, 0
    for event in events:
        if event.seq != seq + 1 or event.prev != prev or event.sealed().hash != event.hash:
            return event.seq
        prev, seq = event.hash, event.seq
    return None
