"""The history as items of the dossier's own partition: appended in a change's transaction, never altered."""

import zlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.history.rules import Actor, Event, EventType
from chalicelib.table import Item, Json, Put, absent, as_kept
from chalicelib.watching import thread

SHARDS: Final = 4
LAST: Final = 999_999


def dossier_key(dossier_id: str) -> str:
    return f"D#{dossier_id}"


def place_of(seq: int) -> str:
    """Of an event in its dossier's partition, right behind the head."""
    return f"E#{seq:06d}"


def shard(dossier_id: str) -> int:
    """Spreads a day, or a sweep, over a few partitions."""
    return zlib.crc32(dossier_id.encode()) % SHARDS


class ByDay(GlobalSecondaryIndex["EventItem"]):
    """The events of one day, to sweep for follow-ups left undone and to close the day."""

    class Meta:
        index_name = "by_day"
        projection = IncludeProjection(["hash"])

    day_shard = UnicodeAttribute(hash_key=True)
    day_order = UnicodeAttribute(range_key=True)


class EventItem(Item, discriminator="event"):
    seq = NumberAttribute()
    type = UnicodeAttribute()
    at = UnicodeAttribute()
    actor = Json()
    data = Json()
    prev = UnicodeAttribute()
    hash = UnicodeAttribute()
    day_shard = UnicodeAttribute()
    day_order = UnicodeAttribute()
    thread = UnicodeAttribute(null=True)  # of the request that brought it about; no part of what happened, nor hashed
    by_day = ByDay()


def appended(event: Event) -> Put:
    """The write that adds the event; refused when the dossier already has one of that number."""
    at = event.at.isoformat()
    item = EventItem(
        dossier_key(event.dossier_id),
        place_of(event.seq),
        seq=event.seq,
        type=event.type.value,
        at=at,
        actor=event.actor.model_dump(),
        data=event.data,
        prev=event.prev,
        hash=event.hash,
        day_shard=f"{at[:10]}#{shard(event.dossier_id)}",
        day_order=f"{at}#{event.dossier_id}#{event.seq:06d}",
        thread=thread() or None,
    )
    return Put(item, absent())


def events(dossier_id: str, after: int = 0, until: int = LAST) -> list[Event]:
    """The events numbered above `after`, in order; strongly consistent.

    `until`: the version of a head read before, so that what came since does not mix into a decision on that head.
    """
    numbers = EventItem.sk.between(place_of(after + 1), place_of(until))
    return events_in(EventItem.query(dossier_key(dossier_id), numbers, consistent_read=True), until)


def events_in(items: Iterable[Item], until: int) -> list[Event]:
    """The events among the items of a dossier's partition, as they stand there in order, up to that number."""
    return [event_of(item.pk[2:], item) for item in items if isinstance(item, EventItem) and item.seq <= until]


def last_of_day(day: date, first: str = "", until: str = "~") -> dict[str, int]:
    """For each dossier to which something happened that day, between two instants, the number of the last event."""
    last: dict[str, int] = {}
    for part in range(SHARDS):
        for item in EventItem.by_day.query(f"{day.isoformat()}#{part}", ByDay.day_order.between(first or "!", until)):
            _, dossier_id, seq = item.day_order.split("#")
            last[dossier_id] = max(last.get(dossier_id, 0), int(seq))
    return last


def event_of(dossier_id: str, item: EventItem) -> Event:
    return Event(
        dossier_id=dossier_id,
        seq=int(item.seq),
        type=EventType(item.type),
        at=datetime.fromisoformat(item.at),
        actor=as_kept(Actor, item.actor),
        data=item.data,
        prev=item.prev,
        hash=item.hash,
    )
