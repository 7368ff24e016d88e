"""Whether every result handed to the post became a parcel, and every parcel is looked at again or seen by a person."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from chalicelib.history.followups import POST, tell
from chalicelib.history.rules import EventType
from chalicelib.postal import heard, records, vnpost
from chalicelib.postal.records import ShipmentItem
from chalicelib.postal.rules import SETTLED, WAITING_FOR_PERSON, WITH_CARRIER, Shipment, State, new_shipment
from chalicelib.table import Put, commit
from ops.care.check_history import set_mark
from ops.care.findings import Finding
from ops.care.partition import Partition

PATIENCE: Final = timedelta(hours=2)  # tried every minute, twenty-five of a shard at a time
FOR_A_PERSON: Final = timedelta(days=7)
PLACES: Final = ("watch_shard", "watch_at", "desk_agency", "desk_order", "version")


def findings(found: Partition, now: datetime) -> Iterator[Finding]:
    sent, reached = {records.shipment_of(item).n for item in found.shipments}, found.marks.get(POST, 0)
    for event in found.events:
        if event.type == EventType.HANDED_TO_POST and event.seq <= reached and event.seq not in sent:
            repair = partial(_send, found, event.seq, reached)
            yield Finding("shipment_missing", found.id, f"handed over by event {event.seq}", repair)
    for item in found.shipments:
        yield from _of(item, records.shipment_of(item), now)


def _of(item: ShipmentItem, shipment: Shipment, now: datetime) -> Iterator[Finding]:
    about = f"{shipment.dossier_id}/{shipment.n}"
    facts = f"{shipment.carrier}, {shipment.state} since {shipment.since.isoformat()[:16]}"
    wanted = records.item_of(shipment)
    lost = shipment.watch_at is None and shipment.state in WITH_CARRIER | {State.TO_DISPATCH}
    if lost or any(getattr(item, name) != getattr(wanted, name) for name in PLACES):
        yield Finding("shipment_misplaced", about, facts, partial(_place, item, shipment, now if lost else None))
    elif shipment.watch_at and shipment.watch_at + PATIENCE < now:
        yield Finding("shipment_stuck", about, f"{facts}, tried {shipment.attempts} times")
    if shipment.state in WAITING_FOR_PERSON and shipment.since + FOR_A_PERSON < now:
        yield Finding("shipment_waits", about, f"{facts}: {shipment.trouble or 'came back'}")
    if shipment.state not in SETTLED and not heard.reference(shipment.carrier, shipment.order_number):
        yield Finding("shipment_unknown", about, facts, partial(_refer, shipment))


def _send(found: Partition, n: int, reached: int) -> None:
    """The post follows again from before the hand-over; a parcel that exists is made no second time."""
    dossier = found.dossier
    parcel = new_shipment(dossier.id, n, dossier.code or dossier.id, dossier.agency, vnpost.NAME, dossier.changed_at)
    commit(set_mark(found.id, POST, n - 1, reached), heard.unreferred(parcel))
    tell(found.id, len(found.events), (POST,))


def _place(item: ShipmentItem, shipment: Shipment, watch_at: datetime | None) -> None:
    right = shipment.model_copy(update={"watch_at": watch_at or shipment.watch_at, "version": int(item.version)})
    commit(Put(records.item_of(right), ShipmentItem.version == item.version))


def _refer(shipment: Shipment) -> None:
    commit(heard.referred(shipment))
