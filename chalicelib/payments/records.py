"""Payments and what was said of them, as items of the dossier's own partition; nothing here is ever overwritten."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.history.records import SHARDS, dossier_key, shard
from chalicelib.payments.fold import Ledger
from chalicelib.payments.rules import Payment, PaymentEvent
from chalicelib.table import Item, Put, Update, Write, absent, commit

AT_ONCE: Final = 50


class Watched(GlobalSecondaryIndex["PaymentItem"]):
    """Payments that a provider has still to be asked about, by when."""

    class Meta:
        index_name = "watch"
        projection = IncludeProjection(["kind"])

    watch_shard = UnicodeAttribute(hash_key=True)
    watch_at = UnicodeAttribute(range_key=True)


class PaymentItem(Item, discriminator="payment"):
    facts = JSONAttribute()
    watch_shard = UnicodeAttribute(null=True)
    watch_at = UnicodeAttribute(null=True)
    watched = Watched()


class PaymentEventItem(Item, discriminator="payment_event"):
    facts = JSONAttribute()


class LedgerItem(Item, discriminator="ledger"):
    """How many entries the ledger has, read with them: who decided on a ledger that has grown since must look again."""

    entries = NumberAttribute()


class ReceiptItem(Item, discriminator="receipt"):
    """A receipt number, once per agency."""

    payment_id = UnicodeAttribute()


def ledger(dossier_id: str) -> Ledger:
    """All that is known of a dossier's money, strongly consistent, in one query."""
    payments: dict[str, Payment] = {}
    events: dict[str, list[PaymentEvent]] = {}
    entries = 0
    for item in Item.query(dossier_key(dossier_id), Item.sk.startswith("PAY#"), consistent_read=True):
        if isinstance(item, PaymentItem):
            payment = Payment.model_validate(item.facts)
            payments[payment.id] = payment
        elif isinstance(item, PaymentEventItem):
            event = PaymentEvent.model_validate(item.facts)
            events.setdefault(event.payment_id, []).append(event)
        elif isinstance(item, LedgerItem):
            entries = int(item.entries)
    return Ledger(payments=payments, events=events, entries=entries)


def grown(dossier_id: str, seen: int | None = None) -> Update:
    """The write that counts one more entry; refused when there have been others since `seen`."""
    one_more = [LedgerItem.kind.set(LedgerItem), LedgerItem.entries.add(1)]
    unchanged = None if seen is None else LedgerItem.entries == seen
    return Update(LedgerItem(dossier_key(dossier_id), "PAY#"), one_more, unchanged)


def started(payment: Payment, ask_at: datetime | None) -> Put:
    item = _item(payment)
    item.facts = payment.model_dump(mode="json")
    if ask_at:
        item.watch_shard, item.watch_at = _shard(payment.dossier_id), ask_at.isoformat()
    return Put(item, absent())


def told(payment: Payment, event: PaymentEvent) -> Put:
    """The write that keeps the event; refused when the same was said before."""
    key = dossier_key(payment.dossier_id), f"PAY#{payment.id}#{event.id}"
    return Put(PaymentEventItem(*key, facts=event.model_dump(mode="json")), absent())


def asked(payment: Payment, next_at: datetime | None) -> Write:
    """The write that sets when the provider is asked again, if ever."""
    if next_at is None:
        return Update(
            _item(payment), [PaymentItem.watch_shard.remove(), PaymentItem.watch_at.remove()], Item.pk.exists()
        )
    at = PaymentItem.watch_at.set(next_at.isoformat())
    return Update(_item(payment), [PaymentItem.watch_shard.set(_shard(payment.dossier_id)), at], Item.pk.exists())


def ask_again(payment: Payment, next_at: datetime | None) -> None:
    commit(asked(payment, next_at))


def receipt(agency: str, number: str, payment: Payment) -> Put:
    return Put(ReceiptItem(f"RECEIPT#{agency}", number, payment_id=payment.id), absent())


def due_for_question(now: datetime) -> Iterator[str]:
    """The ids of payments whose provider is to be asked by now, oldest first within each shard."""
    for part in range(SHARDS):
        found = PaymentItem.watched.query(
            f"pay#{part}", PaymentItem.watch_at <= now.isoformat(), limit=AT_ONCE, attributes_to_get=["sk"]
        )
        yield from (item.sk.removeprefix("PAY#") for item in found)


def _item(payment: Payment) -> PaymentItem:
    return PaymentItem(dossier_key(payment.dossier_id), f"PAY#{payment.id}")


def _shard(dossier_id: str) -> str:
    return f"pay#{shard(dossier_id)}"
