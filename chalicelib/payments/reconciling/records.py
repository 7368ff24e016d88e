"""Our ledger by day, read for a reconciliation, and the runs that were kept: a line in the table, the whole in S3."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from pydantic import AwareDatetime
from pynamodb.exceptions import DoesNotExist

from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.records import HEAD
from chalicelib.history.once import Once
from chalicelib.history.records import dossier_key
from chalicelib.papers import files
from chalicelib.payments import records
from chalicelib.payments.reconciling.movements import Days, Row
from chalicelib.payments.reconciling.rows import Told, gathered, rows_of
from chalicelib.payments.reconciling.rules import Difference, Total
from chalicelib.payments.reconciling.statements import UnreadableLine
from chalicelib.payments.records import MoneyEventItem, PaymentEventItem, PaymentItem
from chalicelib.payments.refunds import RefundEvent
from chalicelib.payments.rules import Frozen, Payment, PaymentEvent, belongs_to
from chalicelib.refusals import NotFound
from chalicelib.table import Item, Json, Put, absent, as_kept, commit
from chalicelib.web.cursors import CursorUnreadable

JSON: Final = "application/json"
RUN: Final = re.compile(r"([a-z0-9_]+)\.(\d{4}-\d\d-\d\d)\.([a-z2-7]{26})", re.ASCII)
PLACE: Final = re.compile(r"\d{4}-\d\d-\d\d#[a-z2-7]{26}", re.ASCII)


class UnknownReconciliation(NotFound):
    code = "reconciliation_not_found"
    vi = "Không có lần đối soát này."
    en = "There is no such reconciliation."


class Run(Frozen):
    """Who compared which statement with our ledger, when, and how much differed.

    `lines`: read of the statement; `unreadable`: not; `rows`: movements of ours on these days. `differences`: how many.
    """

    id: str
    provider: str
    first: date
    last: date
    at: AwareDatetime
    by: str
    file_format: str
    file_sha256: str
    lines: int
    unreadable: int
    rows: int
    differences: int


class Whole(Frozen):
    """A run with all it found."""

    run: Run
    totals: tuple[Total, ...]
    differences: tuple[Difference, ...]
    unreadable: tuple[UnreadableLine, ...]


class RunItem(Item, discriminator="reconciliation"):
    facts = Json()


def ledger(provider: str, days: Days) -> list[Row]:
    """The movements of these days: an index query for each day, then events, payments and dossiers by the hundred.

    Of a payment begun on an earlier day, what was said before is read too: it may be the same sum told again.
    """
    keys = [key for day in _each(days) for key in _heard(day, provider)]
    events = [_event(item) for item in Item.batch_get(keys, consistent_read=True)]
    found = payments({event.payment_id for event in events})
    told = gathered(
        found,
        (event for event in events if isinstance(event, PaymentEvent)),
        (event for event in events if isinstance(event, RefundEvent)),
    )
    within = [each for each in told if days.hold(each.payment.created_at)]
    return _rows([*within, *_whole(each.payment for each in told if not days.hold(each.payment.created_at))])


def looked_at(provider: str, payment_ids: set[str]) -> list[Row]:
    """Everything that is known of these payments, whenever it happened: a query for each dossier."""
    return _rows(_whole(each for each in payments(payment_ids) if each.provider == provider))


def payments(ids: set[str]) -> list[Payment]:
    """Those of them that there are."""
    keys = [(dossier_key(belongs_to(each)), f"PAY#{each}") for each in sorted(ids)]
    found = Item.batch_get(keys, consistent_read=True)
    return [as_kept(Payment, item.facts) for item in found if isinstance(item, PaymentItem)]


def _each(days: Days) -> list[date]:
    return [days.first + timedelta(days=ahead) for ahead in range((days.last - days.first).days + 1)]


def _heard(day: date, provider: str) -> list[tuple[str, str]]:
    return [(item.pk, item.sk) for item in MoneyEventItem.by_day.query(f"{day.isoformat()}#{provider}")]


def _event(item: Any) -> PaymentEvent | RefundEvent:  # noqa: ANN401 - whichever kind the table held
    if isinstance(item, PaymentEventItem):
        return as_kept(PaymentEvent, item.facts)
    return as_kept(RefundEvent, item.facts)


def _whole(wanted: Iterable[Payment]) -> list[Told]:
    named = {payment.id: payment for payment in wanted}
    told = []
    for dossier_id in sorted({payment.dossier_id for payment in named.values()}):
        known = records.ledger(dossier_id)
        told += [
            Told(payment, known.events.get(each, ()), known.refund_events.get(each, ()))
            for each, payment in known.payments.items()
            if each in named
        ]
    return told


def _rows(told: list[Told]) -> list[Row]:
    agencies = _agencies({each.payment.dossier_id for each in told})
    return [row for each in told for row in rows_of(each, agencies.get(each.payment.dossier_id, ""))]


def _agencies(dossier_ids: set[str]) -> dict[str, str]:
    keys = [(dossier_key(each), HEAD) for each in sorted(dossier_ids)]
    found = HeadItem.batch_get(keys, attributes_to_get=["pk", "sk", "kind", "card"])
    return {item.pk.removeprefix("D#"): item.card.get("agency", "") for item in found}


def keep(whole: Whole, once: Once | None, answer: object) -> None:
    """The whole first: a line in the table that leads nowhere would be worse than an object nobody knows."""
    run = whole.run
    files.keep(place(run.id, "json"), whole.model_dump_json().encode(), JSON)
    item = RunItem(f"RECONCILIATION#{run.provider}", run.id.partition(".")[2].replace(".", "#"))
    item.facts = run.model_dump(mode="json")
    commit(Put(item, absent()), *([once.write(answer)] if once else []))


def load(run_id: str) -> Whole:
    """Raises `UnknownReconciliation`."""
    named = RUN.fullmatch(run_id)
    if named is None:
        raise UnknownReconciliation
    try:
        RunItem.get(f"RECONCILIATION#{named[1]}", f"{named[2]}#{named[3]}", consistent_read=True)
    except DoesNotExist:
        raise UnknownReconciliation from None
    return as_kept(Whole, files.read(place(run_id, "json")))


def runs(provider: str, limit: int, after: str) -> tuple[list[Run], str]:
    """A page, those of the latest days first, and where the next begins."""
    pk = f"RECONCILIATION#{provider}"
    if after and not PLACE.fullmatch(after):
        raise CursorUnreadable
    start = {"pk": {"S": pk}, "sk": {"S": after}} if after else None
    found = RunItem.query(pk, scan_index_forward=False, limit=limit, page_size=limit, last_evaluated_key=start)
    page = [as_kept(Run, item.facts) for item in found]
    last = found.last_evaluated_key
    return page, last["sk"]["S"] if last else ""


def place(run_id: str, ending: str) -> str:
    return f"reconciliations/{run_id.replace('.', '/')}.{ending}"
