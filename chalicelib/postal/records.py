"""Shipments in the table. Alone knows their keys.

`D#<dossier>`/`SHIP#<n>`. One that must be looked at again stands in the index `watch`; one that waits for a person in
the index `desk`, by state and agency.
"""

from datetime import datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.history.once import Once
from chalicelib.history.records import SHARDS, dossier_key, shard
from chalicelib.postal import heard
from chalicelib.postal.heard import Reference
from chalicelib.postal.rules import WAITING_FOR_PERSON, Shipment, State, UnknownShipment
from chalicelib.table import Item, Lost, Put, absent, as_kept, commit

PER_SHARD: Final = 25


class Watch(GlobalSecondaryIndex["ShipmentItem"]):
    class Meta:
        index_name = "watch"
        projection = IncludeProjection(["kind"])

    watch_shard = UnicodeAttribute(hash_key=True)
    watch_at = UnicodeAttribute(range_key=True)


class Desk(GlobalSecondaryIndex["ShipmentItem"]):
    class Meta:
        index_name = "desk"
        projection = IncludeProjection(["kind", "card", "version"])

    desk_agency = UnicodeAttribute(hash_key=True)
    desk_order = UnicodeAttribute(range_key=True)


class ShipmentItem(Item, discriminator="shipment"):
    """`card` is the whole shipment; the rest is what indexes and conditions need."""

    card = UnicodeAttribute()
    version = NumberAttribute()
    watch_shard = UnicodeAttribute(null=True)
    watch_at = UnicodeAttribute(null=True)
    desk_agency = UnicodeAttribute(null=True)
    desk_order = UnicodeAttribute(null=True)
    watch = Watch()
    desk = Desk()


def create(shipment: Shipment) -> None:
    """The shipment and the way back to it, before any carrier hears of it; no second one when asked again."""
    try:
        commit(Put(item_of(_next_version(shipment)), absent()), heard.referred(shipment))
    except Lost:
        return


def load(dossier_id: str, n: int) -> Shipment:
    try:
        item = ShipmentItem.get(dossier_key(dossier_id), f"SHIP#{n}", consistent_read=True)
    except DoesNotExist:
        raise UnknownShipment from None
    return shipment_of(item)


def of_dossier(dossier_id: str) -> list[Shipment]:
    items = Item.query(dossier_key(dossier_id), Item.sk.startswith("SHIP#"), consistent_read=True)
    return [shipment_of(item) for item in items if isinstance(item, ShipmentItem)]


def changed(shipment: Shipment) -> Put:
    """Stores the shipment under its next version; refused when the one it was made from is stored no more."""
    return Put(item_of(_next_version(shipment)), ShipmentItem.version == shipment.version)


def keep(shipment: Shipment, once: Once | None = None) -> Shipment:
    """Raises `Lost` when somebody else changed it meanwhile."""
    kept = _next_version(shipment)
    commit(changed(shipment), *([once.write(kept)] if once else []))
    return kept


def due(now: datetime) -> list[Reference]:
    """Shipments to be looked at again, the longest waiting first; one query a shard, whatever the number of others."""
    found = [
        (item.watch_at, _reference_of(item))
        for part in range(SHARDS)
        for item in ShipmentItem.watch.query(
            _watch_key(part), ShipmentItem.watch_at <= now.isoformat(), limit=PER_SHARD
        )
    ]
    return [reference for _, reference in sorted(found)]


def waiting(state: State, agency: str, after: str, limit: int) -> tuple[list[Shipment], str]:
    """One page of what waits for a person in this state, and where the next begins (empty on the last)."""
    later = ShipmentItem.desk_order > after if after else None
    items = list(ShipmentItem.desk.query(_desk_key(state, agency), later, limit=limit + 1))
    page = items[:limit]
    return [shipment_of(item) for item in page], str(page[-1].desk_order) if len(items) > limit else ""


def _next_version(shipment: Shipment) -> Shipment:
    return shipment.model_copy(update={"version": shipment.version + 1})


def item_of(shipment: Shipment) -> ShipmentItem:
    item = ShipmentItem(
        dossier_key(shipment.dossier_id),
        f"SHIP#{shipment.n}",
        card=shipment.model_dump_json(),
        version=shipment.version,
    )
    if shipment.watch_at:
        item.watch_shard, item.watch_at = _watch_key(shard(shipment.dossier_id)), shipment.watch_at.isoformat()
    if shipment.state in WAITING_FOR_PERSON:
        item.desk_agency = _desk_key(shipment.state, shipment.agency)
        item.desk_order = f"{shipment.since.isoformat()}#{shipment.dossier_id}#{shipment.n}"
    return item


def shipment_of(item: ShipmentItem) -> Shipment:
    return as_kept(Shipment, item.card)


def _reference_of(item: ShipmentItem) -> Reference:
    return Reference(item.pk.removeprefix("D#"), int(item.sk.removeprefix("SHIP#")))


def _watch_key(part: int) -> str:
    return f"post#{part}"


def _desk_key(state: State, agency: str) -> str:
    return f"post#{state}#{agency}"
