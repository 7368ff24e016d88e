"""What a carrier says of a shipment, folded by when it happened and not by when we heard. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import ConfigDict

from chalicelib.postal.rules import FINAL, Shipment, State, in_state
from chalicelib.shapes import Shape


class Meaning(StrEnum):
    """What a carrier's status code says. `unknown` codes are recorded, and change nothing."""

    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED_TO_SENDER = "returned_to_sender"
    FAILED = "failed"
    UNKNOWN = "unknown"


LEADS: Final = {
    Meaning.IN_TRANSIT: State.IN_TRANSIT,
    Meaning.DELIVERED: State.DELIVERED,
    Meaning.RETURNED_TO_SENDER: State.RETURNED_TO_SENDER,
    Meaning.FAILED: State.FAILED,
}


class TrackingEvent(Shape):
    """What the carrier says happened, and when, as it said it."""

    model_config = ConfigDict(frozen=True)

    id: str
    order_number: str
    code: str
    text: str
    at: datetime
    place: str = ""
    item_code: str = ""


class Reached(NamedTuple):
    """A state, and when it was reached by the carrier's clock; None where the carrier's events do not say."""

    state: State
    at: datetime | None


def tracked(
    shipment: Shipment, events: list[TrackingEvent], meanings: Mapping[str, Meaning], now: datetime
) -> Shipment:
    """The shipment after everything the carrier said so far; itself when nothing is new, or a person closed it."""
    if shipment.state == State.CLOSED or len(events) == shipment.events_seen:
        return shipment
    reached = folded(events, meanings)
    moved = in_state(shipment, reached.state, now)
    facts = {
        "since": min(reached.at or moved.since, now),
        "events_seen": len(events),
        "accepted_at": shipment.accepted_at or now,
        "tracking_code": shipment.tracking_code or item_code(events) or None,
    }
    return moved.model_copy(update=facts)


def folded(events: Iterable[TrackingEvent], meanings: Mapping[str, Meaning]) -> Reached:
    """Where the events lead, in the order they happened, whatever the order they arrived in."""
    reached = Reached(State.DISPATCHED, None)
    for event in sorted(events, key=_moment):
        if reached.state in FINAL:
            break
        state = LEADS.get(meanings.get(event.code, Meaning.UNKNOWN), reached.state)
        if state != reached.state:
            reached = Reached(state, event.at)
    return reached


def item_code(events: Iterable[TrackingEvent]) -> str:
    """The code the carrier gave first, or nothing yet."""
    return next((event.item_code for event in sorted(events, key=_moment) if event.item_code), "")


def _moment(event: TrackingEvent) -> tuple[datetime, str]:
    return event.at, event.id
