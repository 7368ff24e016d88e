"""Payments and what was said of them, as items of the dossier's own partition; nothing that was said is overwritten."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.clock.rules import ZONE
from chalicelib.history.records import SHARDS, dossier_key, shard
from chalicelib.payments.attention import Need
from chalicelib.payments.fold import Ledger
from chalicelib.payments.refunds import RefundEvent
from chalicelib.payments.rules import Payment, PaymentEvent, belongs_to
from chalicelib.table import Check, Item, Json, Lost, Put, Update, Write, absent, as_kept, commit
from chalicelib.web.cursors import CursorUnreadable

AT_ONCE: Final = 50
LONGEST_ORDER: Final = 100


class Watched(GlobalSecondaryIndex["PaymentItem"]):
    """Payments that a provider has still to be asked about, and refunds it has still to be told of, by when."""

    class Meta:
        index_name = "watch"
        projection = IncludeProjection(["kind"])

    watch_shard = UnicodeAttribute(hash_key=True)
    watch_at = UnicodeAttribute(range_key=True)


class MoneyDesk(GlobalSecondaryIndex["PaymentItem"]):
    """The payments of an agency that a finance officer must look at, by what they need and since when."""

    class Meta:
        index_name = "desk"
        projection = IncludeProjection(["kind", "card"])

    desk_agency = UnicodeAttribute(hash_key=True)
    desk_order = UnicodeAttribute(range_key=True)


class PaymentItem(Item, discriminator="payment"):
    facts = Json()
    watch_shard = UnicodeAttribute(null=True)
    watch_at = UnicodeAttribute(null=True)
    desk_agency = UnicodeAttribute(null=True)
    desk_order = UnicodeAttribute(null=True)
    card = Json(null=True)
    watched = Watched()
    desk = MoneyDesk()


class MoneyByDay(GlobalSecondaryIndex["MoneyEventItem"]):
    """What was heard on one day of one provider's payments and refunds."""

    class Meta:
        index_name = "by_day"
        projection = IncludeProjection(["kind"])

    day_shard = UnicodeAttribute(hash_key=True)
    day_order = UnicodeAttribute(range_key=True)


class MoneyEventItem(Item):
    """By the day on which we heard of it, for the reconciliation."""

    facts = Json()
    day_shard = UnicodeAttribute()
    day_order = UnicodeAttribute()
    by_day = MoneyByDay()


class PaymentEventItem(MoneyEventItem, discriminator="payment_event"):
    pass


class RefundEventItem(MoneyEventItem, discriminator="refund_event"):
    pass


class LedgerItem(Item, discriminator="ledger"):
    """How many entries the ledger has, read with them: who decided on a ledger that has grown since must look again."""

    entries = NumberAttribute()


class OrderItem(Item, discriminator="order"):
    """The payment that a provider knows by a name other than its id."""

    payment_id = UnicodeAttribute()


class ReceiptItem(Item, discriminator="receipt"):
    """A receipt number, once per agency."""

    payment_id = UnicodeAttribute()


def ledger(dossier_id: str) -> Ledger:
    """All that is known of a dossier's money, strongly consistent, in one query."""
    return ledger_of(Item.query(dossier_key(dossier_id), Item.sk.startswith("PAY#"), consistent_read=True))


def ledger_of(items: Iterable[Item]) -> Ledger:
    """The money among the items of a dossier's partition."""
    payments: dict[str, Payment] = {}
    events: dict[str, list[PaymentEvent]] = {}
    refunds: dict[str, list[RefundEvent]] = {}
    entries = 0
    for item in items:
        if isinstance(item, PaymentItem):
            payment = as_kept(Payment, item.facts)
            payments[payment.id] = payment
        elif isinstance(item, PaymentEventItem):
            event = as_kept(PaymentEvent, item.facts)
            events.setdefault(event.payment_id, []).append(event)
        elif isinstance(item, RefundEventItem):
            act = as_kept(RefundEvent, item.facts)
            refunds.setdefault(act.payment_id, []).append(act)
        elif isinstance(item, LedgerItem):
            entries = int(item.entries)
    return Ledger(payments=payments, events=events, refund_events=refunds, entries=entries)


def known_as(provider: str, order: str) -> str:
    """The id of the payment the provider knows by this name; empty when there is none.

    Most providers are given the payment's id itself, which needs no look-up.
    """
    if belongs_to(order) or not 0 < len(order) <= LONGEST_ORDER:
        return order if belongs_to(order) else ""
    try:
        return str(OrderItem.get(_order_key(provider, order), "PAYMENT", consistent_read=True).payment_id)
    except DoesNotExist:
        return ""


def grown(dossier_id: str, seen: int | None = None) -> Update:
    """The write that counts one more entry; refused when there have been others since `seen`."""
    one_more = [LedgerItem.kind.set(LedgerItem), LedgerItem.entries.add(1)]
    as_seen = LedgerItem.entries == seen if seen else LedgerItem.entries.does_not_exist()
    unchanged = None if seen is None else as_seen
    return Update(LedgerItem(dossier_key(dossier_id), "PAY#"), one_more, unchanged)


def started(payment: Payment, ask_at: datetime | None, agency: str = "", need: Need | None = None) -> list[Write]:
    """The writes that keep a new attempt, what it needs already, and the name the provider will know it by."""
    item = _item(payment)
    item.facts = payment.model_dump(mode="json")
    if ask_at:
        item.watch_shard, item.watch_at = _shard(payment.dossier_id), ask_at.isoformat()
    if need:
        item.desk_agency, item.desk_order, item.card = *desk_place(payment, agency, need), need.card
    return [Put(item, absent()), *([known_by(payment)] if payment.name != payment.id else [])]


def known_by(payment: Payment) -> Put:
    """The write that leads from the provider's name for the payment to the payment."""
    return Put(OrderItem(_order_key(payment.provider, payment.name), "PAYMENT", payment_id=payment.id), absent())


def told(payment: Payment, event: PaymentEvent | RefundEvent) -> Put:
    """The write that keeps the event; refused when the same was said before."""
    kind = PaymentEventItem if isinstance(event, PaymentEvent) else RefundEventItem
    at = event.at.astimezone(ZONE).isoformat()
    item = kind(
        dossier_key(payment.dossier_id),
        f"PAY#{payment.id}#{event.id}",
        facts=event.model_dump(mode="json"),
        day_shard=f"{at[:10]}#{payment.provider}",
        day_order=f"{at}#{event.id}",
    )
    return Put(item, absent())


def looked_after(payment: Payment, agency: str, next_at: datetime | None, need: Need | None) -> Update:
    """The write that says when the provider is next spoken to, and what a finance officer has to do, if anything."""
    P = PaymentItem  # noqa: N806 - a class
    desk: list[Action] = [P.desk_agency.remove(), P.desk_order.remove(), P.card.remove()]
    if need:
        place, order = desk_place(payment, agency, need)
        desk = [P.desk_agency.set(place), P.desk_order.set(order), P.card.set(need.card)]
    return Update(_item(payment), [*_watch(payment, next_at), *desk], Item.pk.exists())


def ask_again(payment: Payment, next_at: datetime | None, now: datetime) -> None:
    """When the provider whose turn it is by `now` is next spoken to; what was recorded meanwhile has said it better."""
    still_its_turn = PaymentItem.watch_at <= now.isoformat()
    with suppress(Lost):
        commit(Update(_item(payment), _watch(payment, next_at), still_its_turn))


def ask_from(payment: Payment, at: datetime, seen: str | None) -> Update:
    """The write that gives the provider its turn at `at`; refused when its turn is no longer the one seen."""
    never = PaymentItem.watch_at.does_not_exist() & Item.pk.exists()
    return Update(_item(payment), _watch(payment, at), PaymentItem.watch_at == seen if seen else never)


def unchanged(dossier_id: str, seen: int) -> Check:
    """The ledger has as many entries as were seen, and at least one."""
    return Check(LedgerItem(dossier_key(dossier_id), "PAY#"), LedgerItem.entries == seen)


def receipt(agency: str, number: str, payment: Payment) -> Put:
    return Put(ReceiptItem(f"RECEIPT#{agency}", number, payment_id=payment.id), absent())


def due_for_question(now: datetime) -> Iterator[str]:
    """The ids of payments whose provider is to be spoken to by now, oldest first within each shard."""
    for part in range(SHARDS):
        found = PaymentItem.watched.query(
            f"pay#{part}", PaymentItem.watch_at <= now.isoformat(), limit=AT_ONCE, attributes_to_get=["sk"]
        )
        yield from (item.sk.removeprefix("PAY#") for item in found)


def needing(agency: str, kind: str, limit: int, after: str) -> tuple[list[dict[str, Any]], str]:
    """A page of the agency's payments that need a finance officer, and where the next begins."""
    key = f"money#{agency}"
    start, wanted = None, PaymentItem.desk_order.startswith(f"{kind}#") if kind else None
    if after:
        place, _, payment_id = after.partition("\n")
        dossier_id = belongs_to(payment_id)
        if not dossier_id or not place.startswith(kind):
            raise CursorUnreadable
        keys = {"desk_agency": key, "desk_order": place, "pk": dossier_key(dossier_id), "sk": f"PAY#{payment_id}"}
        start = {name: {"S": value} for name, value in keys.items()}
    found = PaymentItem.desk.query(key, wanted, limit=limit, page_size=limit, last_evaluated_key=start)
    cards = [item.card | {"since": item.desk_order.split("#")[1]} for item in found]
    last = found.last_evaluated_key
    return cards, f"{last['desk_order']['S']}\n{last['sk']['S'].removeprefix('PAY#')}" if last else ""


def desk_place(payment: Payment, agency: str, need: Need) -> tuple[str, str]:
    return f"money#{agency}", f"{need.kind}#{need.since.isoformat()}#{payment.id}"


def _watch(payment: Payment, next_at: datetime | None) -> list[Action]:
    P = PaymentItem  # noqa: N806 - a class
    if next_at is None:
        return [P.watch_shard.remove(), P.watch_at.remove()]
    return [P.watch_shard.set(_shard(payment.dossier_id)), P.watch_at.set(next_at.isoformat())]


def _item(payment: Payment) -> PaymentItem:
    return PaymentItem(dossier_key(payment.dossier_id), f"PAY#{payment.id}")


def _shard(dossier_id: str) -> str:
    return f"pay#{shard(dossier_id)}"


def _order_key(provider: str, order: str) -> str:
    return f"ORDER#{provider}#{order}"
