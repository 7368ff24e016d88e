"""What carriers said, of which shipment, and how far their lists were read, in the table. Alone knows these keys.

`SHIPREF#<carrier>#<order number>`/`SHIPREF` · `D#<dossier>`/`SHIP#<n>#<event id>` · `CARRIER#<carrier>`/`CURSOR`.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.history.records import dossier_key
from chalicelib.postal.rules import Shipment
from chalicelib.postal.tracking import TrackingEvent
from chalicelib.table import Delete, Item, Lost, Put, absent, as_kept, commit


class TrackingItem(Item, discriminator="tracking_event"):
    body = UnicodeAttribute()


class CursorItem(Item, discriminator="carrier_cursor"):
    last_id = UnicodeAttribute()


class ReferenceItem(Item, discriminator="shipment_reference"):
    dossier_id = UnicodeAttribute()
    n = NumberAttribute()


class Reference(NamedTuple):
    dossier_id: str
    n: int


def referred(shipment: Shipment) -> Put:
    """Leads from the carrier's order number back to the shipment."""
    item = ReferenceItem(_reference_key(shipment.carrier, shipment.order_number), "SHIPREF")
    item.dossier_id, item.n = shipment.dossier_id, shipment.n
    return Put(item, absent())


def unreferred(shipment: Shipment) -> Delete:
    """The write after which the order number leads nowhere; refused when it leads to another shipment."""
    item = referred(shipment).item
    leads_here = (ReferenceItem.dossier_id == shipment.dossier_id) & (ReferenceItem.n == shipment.n)
    return Delete(item, absent() | leads_here)


def reference(carrier: str, order_number: str) -> Reference | None:
    try:
        item = ReferenceItem.get(_reference_key(carrier, order_number), "SHIPREF", consistent_read=True)
    except DoesNotExist:
        return None
    return Reference(item.dossier_id, int(item.n))


def tracking(dossier_id: str, n: int) -> list[TrackingEvent]:
    items = TrackingItem.query(dossier_key(dossier_id), TrackingItem.sk.startswith(f"SHIP#{n}#"), consistent_read=True)
    return [as_kept(TrackingEvent, item.body) for item in items]


def keep_events(dossier_id: str, n: int, events: Iterable[TrackingEvent]) -> None:
    """Each once: what a carrier said is never overwritten."""
    for event in events:
        item = TrackingItem(dossier_key(dossier_id), f"SHIP#{n}#{event.id}", body=event.model_dump_json())
        _put_if(Put(item, absent()))


def cursor(carrier: str, first: str) -> str:
    try:
        return str(CursorItem.get(f"CARRIER#{carrier}", "CURSOR", consistent_read=True).last_id)
    except DoesNotExist:
        return first


def move_cursor(carrier: str, last_id: str) -> None:
    """Forwards only: of two readers, the slower does not take the faster one back."""
    item = CursorItem(f"CARRIER#{carrier}", "CURSOR", last_id=last_id)
    _put_if(Put(item, absent() | (CursorItem.last_id < last_id)))


def _put_if(put: Put) -> None:
    try:
        commit(put)
    except Lost:
        return


def _reference_key(carrier: str, order_number: str) -> str:
    return f"SHIPREF#{carrier}#{order_number}"
