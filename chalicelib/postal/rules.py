"""A shipment and its life: when to try again, when a person must look, how it moves. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import ConfigDict

from chalicelib.history.rules import EventType
from chalicelib.refusals import Conflict, NotFound
from chalicelib.shapes import Shape


class State(StrEnum):
    TO_DISPATCH = "to_dispatch"
    DISPATCHED = "dispatched"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED_TO_SENDER = "returned_to_sender"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"
    CLOSED = "closed"  # a person settled it another way


class Trouble(StrEnum):
    """Why a person must look."""

    NO_ANSWER = "no_answer"  # the carrier gave no clear answer for a day
    REFUSED = "refused"  # the carrier said no
    NO_ADDRESS = "no_address"  # the dossier does not say where to
    SILENT = "silent"  # the carrier has it, and has said nothing for days
    DOSSIER_CHANGED = "dossier_changed"  # the dossier no longer allows what the carrier reports


FINAL: Final = frozenset({State.DELIVERED, State.RETURNED_TO_SENDER, State.FAILED})
SETTLED: Final = FINAL | {State.CLOSED}
WAITING_FOR_PERSON: Final = frozenset({State.NEEDS_PERSON, State.RETURNED_TO_SENDER, State.FAILED})
WITH_CARRIER: Final = frozenset({State.DISPATCHED, State.IN_TRANSIT})

BACK_OFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))  # the last one repeats
GIVE_UP_AFTER: Final = timedelta(days=1)
SILENCE: Final = timedelta(days=10)
FOLLOWED: Final = frozenset({EventType.HANDED_TO_POST, EventType.RETURNED})


class UnknownShipment(NotFound):
    code = "unknown_shipment"
    vi = "Không tìm thấy bưu gửi này."
    en = "There is no such shipment."


class NotWaitingForRetry(Conflict):
    code = "shipment_not_waiting"
    vi = "Chỉ gửi lại được bưu gửi đang chờ người xử lý. Bưu gửi đã hoàn hoặc hỏng thì trả kết quả lại từ hồ sơ."
    en = (
        "Only a shipment that needs a person can be tried again. "
        "After one that came back or failed, return the result again from the dossier."
    )


class Shipment(Shape):
    """One parcel. `n` is the number of the history event that asked for it, so asking again makes no second one."""

    model_config = ConfigDict(frozen=True, extra="allow")  # what a later release added is kept

    dossier_id: str
    n: int
    agency: str
    carrier: str
    order_number: str
    state: State = State.TO_DISPATCH
    since: datetime  # in this state
    trying_since: datetime
    watch_at: datetime | None  # the next attempt, or the end of patience with a silent carrier
    attempts: int = 0
    accepted_at: datetime | None = None
    tracking_code: str | None = None
    events_seen: int = 0
    trouble: Trouble | None = None
    carrier_said: str = ""
    version: int = 0  # of the stored item; 0 before it is stored

    @property
    def citizen_key(self) -> str:
        """A shipment is the agency's: no citizen holds it."""
        return ""

    @property
    def officer(self) -> str:
        """Nor is it assigned to anyone."""
        return ""

    @property
    def is_private(self) -> bool:
        return False


def new_shipment(dossier_id: str, n: int, dossier_code: str, agency: str, carrier: str, at: datetime) -> Shipment:
    return Shipment(
        dossier_id=dossier_id,
        n=n,
        agency=agency,
        carrier=carrier,
        order_number=f"{dossier_code}-{n}",
        since=at,
        trying_since=at,
        watch_at=at,
    )


def is_due(shipment: Shipment, now: datetime) -> bool:
    return shipment.watch_at is not None and shipment.watch_at <= now


def is_given_up(shipment: Shipment, now: datetime) -> bool:
    return shipment.attempts > 0 and now - shipment.trying_since >= GIVE_UP_AFTER


def attempted(shipment: Shipment, now: datetime) -> Shipment:
    """Written before the carrier is called: a process that dies in the call leaves word that it may have happened."""
    wait = BACK_OFF[min(shipment.attempts, len(BACK_OFF) - 1)]
    return shipment.model_copy(update={"attempts": shipment.attempts + 1, "watch_at": now + wait})


def accepted(shipment: Shipment, item_code: str, now: datetime) -> Shipment:
    """The carrier has the order; the item's code may become known only later."""
    state = State.DISPATCHED if shipment.state in (State.TO_DISPATCH, State.NEEDS_PERSON) else shipment.state
    moved = in_state(shipment, state, now)
    facts = {"tracking_code": item_code or shipment.tracking_code, "accepted_at": shipment.accepted_at or now}
    return moved.model_copy(update=facts)


def to_person(shipment: Shipment, trouble: Trouble, now: datetime, said: str = "") -> Shipment:
    moved = in_state(shipment, State.NEEDS_PERSON, now)
    return moved.model_copy(update={"trouble": trouble, "carrier_said": said[:200]})


def retried(shipment: Shipment, now: datetime) -> Shipment:
    """A person wants another try. What the carrier has is only waited for: it is never ordered again."""
    if shipment.state != State.NEEDS_PERSON:
        raise NotWaitingForRetry
    if shipment.accepted_at:
        return in_state(shipment, State.DISPATCHED, now)
    return in_state(shipment, State.TO_DISPATCH, now).model_copy(update={"trying_since": now})


def closed(shipment: Shipment, now: datetime) -> Shipment:
    return in_state(shipment, State.CLOSED, now)


def in_state(shipment: Shipment, state: State, now: datetime) -> Shipment:
    """Whoever enters a state starts its watch anew and leaves the old trouble behind."""
    since = shipment.since if state == shipment.state else now
    watch_at = {State.TO_DISPATCH: now, State.DISPATCHED: now + SILENCE, State.IN_TRANSIT: now + SILENCE}.get(state)
    facts = {"state": state, "since": since, "watch_at": watch_at, "trouble": None, "carrier_said": ""}
    return shipment.model_copy(update=facts)
