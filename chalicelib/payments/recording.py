"""The one way in which money is written: ledger, dossier and what remains to be done, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.clock.actions import calendar_for
from chalicelib.dossiers import money
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import providers, records
from chalicelib.payments.attention import Need, need
from chalicelib.payments.fold import Ledger, next_question
from chalicelib.payments.protocol import Ability
from chalicelib.payments.refunds import RefundEvent, RefundState
from chalicelib.payments.rules import AT_THE_DESK, Payment, PaymentEvent
from chalicelib.table import Write

Facts = dict[str, object]


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
    once: Once | None = None,
    also: Sequence[Write] = (),
    try_again_at: datetime | None = None,
) -> Ledger:
    """The ledger with the events in it; without any, only what time has done is noted.

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
    dossiers.keep(dossier, change, actor, now, once, also=writes)
    return after


def next_word(ledger: Ledger, payment: Payment, now: datetime) -> datetime | None:
    """When the provider is next spoken to: asked about the payment, told of a refund, asked about one."""
    if payment.provider == AT_THE_DESK:
        return None
    question = next_question(payment, ledger.state(payment, now), now) if _can(payment, "query") else None
    to_send = [each for each in ledger.refunds(payment) if each.to_be_sent and _can(payment, "refund")]
    taken_on = [each for each in ledger.refunds(payment) if each.state == RefundState.TAKEN_ON]
    if to_send:
        return now
    if taken_on and _can(payment, "refund_state"):
        return min(filter(None, (question, now + providers.REFUND_ASKED_EVERY)))
    return question


def can_send(payment: Payment) -> bool:
    """Whether the provider itself pays refunds out; otherwise a finance officer does."""
    return _can(payment, "refund")


def _can(payment: Payment, ability: Ability) -> bool:
    return providers.configured(payment.provider) and providers.can(payment.provider, ability)


def _needs(dossier: Dossier, ledger: Ledger, payment: Payment, now: datetime) -> Need | None:
    return need(payment, ledger, dossier.fee_due, now, can_refund=can_send(payment))


def _looked_after(
    dossier: Dossier, before: Ledger, after: Ledger, payment: Payment, now: datetime, try_again_at: datetime | None
) -> list[Write]:
    """The payment itself, and every other one that the event gave, or relieved of, a need."""
    next_at = try_again_at or next_word(after, payment, now)
    writes: list[Write] = []
    for each in after.payments.values():
        needed = _needs(dossier, after, each, now)
        if each.id == payment.id and each.id in before.payments:
            writes.append(records.looked_after(each, dossier.agency, next_at, needed))
        elif each.id in before.payments and _differ(_needs(dossier, before, each, now), needed):
            writes.append(records.looked_after(each, dossier.agency, next_word(after, each, now), needed))
    return writes


def _differ(one: Need | None, other: Need | None) -> bool:
    return (one and one.card) != (other and other.card)
