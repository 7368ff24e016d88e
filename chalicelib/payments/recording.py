"""The one way in which money is written: ledger, dossier and what remains to be done, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from chalicelib.clock.actions import calendar_for
from chalicelib.dossiers import money
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import providers, records
from chalicelib.payments.attention import Need, need
from chalicelib.payments.fold import Ledger, next_question
from chalicelib.payments.protocol import Ability
from chalicelib.payments.refunds import Refund, RefundEvent, RefundState
from chalicelib.payments.rules import AT_THE_DESK, Payment, PaymentEvent
from chalicelib.table import Write

Facts = dict[str, object]
MOST_LOOKED_AFTER: Final = 80  # of the 100 writes of a transaction: too many needs never keep money from being told


def record(
    dossier: Dossier,
    before: Ledger,
    payment: Payment,
    events: Sequence[PaymentEvent | RefundEvent],
    what: EventType,
    facts: Facts,
    actor: Actor,
    now: datetime,
    *,
    also: Sequence[Write] = (),
    try_again_at: datetime | None = None,
) -> Ledger:
    """The ledger with the events in it, and the payment if it is new; without events, only what time has done is noted.

    Raises `Lost` when the ledger has grown or the dossier changed since they were read: look again, decide again.
    """
    after = before.with_(payment, *events)
    fee = after.fee(dossier.fee_due, now)
    calendar = calendar_for(dossier.agency, now)
    change = money.money_recorded(dossier, what, fee.status, fee.received - fee.refunded, now, calendar, facts)
    writes: list[Write] = [
        *(records.told(payment, event) for event in events),
        *_looked_after(dossier, before, after, payment, now, try_again_at),
        records.grown(dossier.id, before.entries),
        *also,
    ]
    dossiers.keep(dossier, change, actor, now, also=writes)
    return after


def next_word(ledger: Ledger, payment: Payment, now: datetime) -> datetime | None:
    """When the provider is next spoken to: asked about the payment, told of a refund, asked about one."""
    if payment.provider == AT_THE_DESK:
        return None
    question = next_question(payment, ledger.state(payment, now), now) if _can(payment, "query") else None
    refunds = to_speak_of(ledger, payment)
    if any(each.to_be_sent for each in refunds):
        return now
    return now + providers.REFUND_ASKED_EVERY if refunds else question


def to_speak_of(ledger: Ledger, payment: Payment) -> list[Refund]:
    """The refunds that the provider is still to be told of, or to be asked about."""
    ways: dict[RefundState, Ability] = {RefundState.APPROVED: "refund", RefundState.TAKEN_ON: "refund_state"}
    return [each for each in ledger.refunds(payment) if each.state in ways and _can(payment, ways[each.state])]


def can_send(payment: Payment) -> bool:
    """Whether the provider itself pays refunds out; otherwise a finance officer does."""
    return _can(payment, "refund")


def _can(payment: Payment, ability: Ability) -> bool:
    return providers.configured(payment.provider) and providers.can(payment.provider, ability)


def needs(dossier: Dossier, ledger: Ledger, payment: Payment, now: datetime) -> Need | None:
    return need(payment, ledger, dossier.fee_due, now, can_refund=can_send(payment))


def _looked_after(
    dossier: Dossier, before: Ledger, after: Ledger, payment: Payment, now: datetime, try_again_at: datetime | None
) -> list[Write]:
    """The payment itself, begun or as it now is, and every other one that the event gave, or relieved of, a need."""
    next_at = try_again_at or next_word(after, payment, now)
    writes: list[Write] = []
    needed = needs(dossier, after, payment, now)
    if payment.id in before.payments:
        writes.append(records.looked_after(payment, dossier.agency, next_at, needed))
    else:
        writes.extend(records.started(payment, next_at, dossier.agency, needed))
    for each in (other for other in before.payments.values() if other.id != payment.id):
        needed = needs(dossier, after, each, now)
        if _differ(needs(dossier, before, each, now), needed):
            writes.append(records.looked_after(each, dossier.agency, next_word(after, each, now), needed))
    return writes[:MOST_LOOKED_AFTER]


def _differ(one: Need | None, other: Need | None) -> bool:
    return (one and one.card) != (other and other.card)
