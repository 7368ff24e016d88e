"""What must be true of a dossier whatever broke, and what it has come to."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.clock import calendars as clock
from chalicelib.documents import checking
from chalicelib.documents import records as documents
from chalicelib.dossiers import finding, queues
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.apology_records import APOLOGY, ApologyItem
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.find_records import FindItem
from chalicelib.dossiers.items import HeadItem, StatusItem
from chalicelib.dossiers.queues import Queue
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import followups
from chalicelib.history import records as history
from chalicelib.history.rules import Event, EventType, broken_at
from chalicelib.payments import records as payments
from chalicelib.payments.refunds import RefundState
from chalicelib.postal import records as shipments
from chalicelib.table import Item
from tests.faults.world import World

QUEUES: Final[tuple[Queue, ...]] = ("to_accept", "in_progress", "supplement", "paused", "to_return")


def facts(world: World, dossier_id: str) -> dict[str, Any]:
    """What must always hold, and what two dossiers that went the same way have in common, whatever broke on the way."""
    head, events = dossiers.load(dossier_id), history.events(dossier_id)
    assert broken_at(events) is None
    assert head.version == len(events)
    assert [reached(dossier_id, name) for name in (followups.NOTICES, followups.POST)] == [head.version] * 2
    standing = on_desk(world, dossier_id)
    assert len(standing) == (0 if head.awaits_payment else 1), "in limbo, or in two places"
    status = StatusItem.get(f"C#{head.code}", "STATUS", consistent_read=True)
    assert json.loads(status.body)["version"] == head.version
    return {
        "stage": head.stage,
        "due": (head.acceptance_due_at, head.due_at, head.step),
        "finished": (head.finished_at, head.finish_recorded_at, head.finish_evidence),
        "events": [event.type.value for event in events],
        "steps": [step["type"] for step in status.steps],
        "desk": standing,
        "found_by": found_by(head),
        "letter": letter(head),
        "money": money(world, head),
        "post": post(world, head),
        "written": written(head.id, events),
    }


def found_by(head: Dossier) -> int:
    """By how many entries its desk finds it: those that the dossier as it is should have, and no others."""
    written = [item.sk for item in FindItem.query(f"FIND#{head.agency}") if item.sk.endswith(f"#{head.id}")]
    assert written == [f"{entry}#{head.id}" for entry in finding.entries(head)]
    return len(written)


def letter(head: Dossier) -> list[datetime]:
    """Until when it was promised by each letter; what waits to be signed is what the head says."""
    waiting = list(ApologyItem.query(f"D#{head.id}", Item.sk == APOLOGY, consistent_read=True))
    assert bool(waiting) == head.apology_open
    return [each.promised_at for each in head.apologies]


def money(world: World, head: Dossier) -> Any:
    """What was paid, how often that was recorded, what goes back, and whether the provider would still be asked."""
    ledger = payments.ledger(head.id)
    items = [payments.PaymentItem.get(f"D#{head.id}", f"PAY#{each}", consistent_read=True) for each in ledger.payments]
    refunds = [(each.state, each.amount) for payment in ledger.payments.values() for each in ledger.refunds(payment)]
    sent = [amount for each in ledger.payments for amount in world.momo.sent_back(each)]
    assert sent == [amount for state, amount in refunds if state == RefundState.DONE]
    said = sorted(len(events) for events in ledger.events.values())
    desk = [(item.watch_at, item.card and item.card["need"]) for item in items]
    return head.payment_status, head.paid_amount, said, refunds, sorted(desk, key=str)


def post(world: World, head: Dossier) -> Any:
    """Each parcel, and how many orders the carrier has for it: one."""
    parcels = shipments.of_dossier(head.id)
    assert all(world.carrier.placed.count(parcel.order_number) == 1 for parcel in parcels)
    assert all(head.shipping.tracking_code == parcel.tracking_code for parcel in parcels)
    return head.shipping.status, [parcel.state for parcel in parcels]


def written(dossier_id: str, events: list[Event]) -> list[tuple[str, str]]:
    """The results written from a template, each found to be the bytes that its event names; and no other file."""
    for each in documents.of_dossier(dossier_id):
        checking.look_at(each, each.registered_at + timedelta(days=1))
    files = {each.id: each for each in documents.of_dossier(dossier_id) if each.component == RESULT}
    told = [each.data for each in events if each.type == EventType.RESULT_WRITTEN]
    assert [files[each["document"]].sha256 for each in told] == [each["sha256"] for each in told]
    assert len(files) == len(told)
    return [(files[each["document"]].state, each["title"]) for each in told]


def codes() -> dict[str, list[str]]:
    """The public codes of every dossier there is."""
    found: dict[str, list[str]] = {}
    for item in StatusItem.scan(consistent_read=True):
        found.setdefault(json.loads(item.body)["id"], []).append(item.pk.removeprefix("C#"))
    return found


def reached(dossier_id: str, name: str) -> int:
    return int(Item.get(f"D#{dossier_id}", f"F#{name}", consistent_read=True).seq)


def on_desk(world: World, dossier_id: str) -> list[str]:
    """Every queue of the agency's desk in which the dossier stands: one, once, whatever broke."""
    calendar = clock.load()
    return [
        name
        for card in HeadItem.desk.query("H32.10", filter_condition=Item.pk == f"D#{dossier_id}")
        for name in QUEUES
        if (span := queues.span(name, world.now, calendar)) and span.first <= card.desk_order <= span.last
    ]
