"""Whether payments are asked about, needs of money seen, and a dossier says of its fee what its ledger says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from chalicelib.payments import providers, records
from chalicelib.payments.fold import Status
from chalicelib.payments.recording import needs, next_word
from chalicelib.payments.records import PaymentItem
from chalicelib.payments.refunds import RefundState
from chalicelib.payments.rules import AT_THE_DESK, Payment
from chalicelib.table import commit
from ops.care.findings import Finding
from ops.care.partition import Partition

POLL_TRIES_FOR: Final = timedelta(hours=1)  # every two minutes, fifty of a shard at a time
UNANSWERED: Final = timedelta(days=1)
ON_ITS_WAY: Final = timedelta(days=7)


def findings(found: Partition, now: datetime) -> Iterator[Finding]:
    for item in found.payments:
        payment = found.ledger.payments[item.sk.removeprefix("PAY#")]
        yield from _asked(found, item, payment, now)
        yield from _refunded(found, payment, now)
        yield from _listed(found, item, payment, now)
        if payment.name != payment.id and records.known_as(payment.provider, payment.name) != payment.id:
            yield Finding("order_unknown", payment.id, payment.provider, partial(_lead, payment))
    yield from _fee(found, now)


def _asked(found: Partition, item: PaymentItem, payment: Payment, now: datetime) -> Iterator[Finding]:
    state = found.ledger.state(payment, now)
    if state.status in (Status.CREATED, Status.PENDING) and payment.created_at + UNANSWERED < now:
        facts = f"{payment.provider}, {state.status} since {payment.created_at.isoformat()[:16]}, {payment.amount} VND"
        yield Finding("payment_pending", payment.id, facts)
    turn = next_word(found.ledger, payment, now)
    late = item.watch_at is not None and datetime.fromisoformat(item.watch_at) + POLL_TRIES_FOR < now
    if late or turn and not (item.watch_at and item.watch_shard):
        facts = f"{payment.provider}, {state.status}, its turn {item.watch_at[:16] if item.watch_at else 'never comes'}"
        repair = partial(_ask, payment, now, item.watch_at)
        yield Finding("payment_unasked", payment.id, facts, repair)


def _refunded(found: Partition, payment: Payment, now: datetime) -> Iterator[Finding]:
    for refund in found.ledger.refunds(payment):
        since = refund.approved_at or refund.at
        if refund.state in (RefundState.APPROVED, RefundState.TAKEN_ON) and since + ON_ITS_WAY < now:
            facts = f"{payment.provider}, {refund.state} since {since.isoformat()[:16]}, {refund.amount} VND"
            yield Finding("refund_pending", refund.id, facts)


def _listed(found: Partition, item: PaymentItem, payment: Payment, now: datetime) -> Iterator[Finding]:
    need = needs(found.dossier, found.ledger, payment, now)
    wanted = (f"money#{found.dossier.agency}", need.kind.value) if need else (None, None)
    stored = (item.desk_agency, item.desk_order.split("#")[0] if item.desk_order else None)
    if wanted != stored:
        facts = f"needs {need.kind if need else 'nothing'}, listed as {stored[1] or 'nothing'}"
        yield Finding("money_not_on_desk", payment.id, facts, partial(_list, found, payment, now))


def _fee(found: Partition, now: datetime) -> Iterator[Finding]:
    """An attempt that ran out is noted when its provider is next asked: a while is allowed for that."""
    dossier, ledger = found.dossier, found.ledger
    said = {ledger.fee(dossier.fee_due, at).status for at in (now - 2 * POLL_TRIES_FOR, now)}
    if not ledger.payments or dossier.payment_status in said:
        return
    facts = f"the dossier says {dossier.payment_status}, its ledger {ledger.fee(dossier.fee_due, now).status}"
    open_ = [item for item in found.payments if _can_be_asked(ledger.payments[item.sk.removeprefix("PAY#")])]
    repair = None
    if dossier.payment_status == "pending" and open_:
        last = max(open_, key=lambda item: ledger.payments[item.sk.removeprefix("PAY#")].created_at)
        repair = partial(_ask, ledger.payments[last.sk.removeprefix("PAY#")], now, last.watch_at)
    yield Finding("fee_apart", dossier.id, facts, repair)


def _can_be_asked(payment: Payment) -> bool:
    return payment.provider != AT_THE_DESK and providers.configured(payment.provider)


def _ask(payment: Payment, now: datetime, seen: str | None) -> None:
    commit(records.ask_from(payment, now, seen))


def _lead(payment: Payment) -> None:
    commit(records.known_by(payment))


def _list(found: Partition, payment: Payment, now: datetime) -> None:
    need, turn = needs(found.dossier, found.ledger, payment, now), next_word(found.ledger, payment, now)
    as_read = records.unchanged(found.id, found.ledger.entries)
    commit(records.looked_after(payment, found.dossier.agency, turn, need), as_read)
