"""Whether a dossier stands where it must be seen: queues, lists, watch, public status, letter of apology."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from chalicelib.clock.actions import calendar_under
from chalicelib.dossiers import apology_records, find_records, finding, proofs, queues, status
from chalicelib.dossiers.items import HeadItem, StatusItem
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.records import HEAD, dossier_of, head_of, public_body
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import dossier_key
from chalicelib.history.rules import EventType
from chalicelib.table import Check, Delete, Update, Write, absent, as_kept, commit
from ops.care.findings import Finding
from ops.care.partition import Partition

PATIENCE: Final = {Stage.DRAFT: timedelta(days=2)}  # drafts are swept once a night
USUAL_PATIENCE: Final = timedelta(days=1)  # dates are flagged by day only
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "in_wrong_queue": ("desk_agency", "desk_order"),
    "not_with_its_officer": ("officer_key",),
    "not_with_its_citizen": ("citizen_key", "changed_at"),
    "not_on_watch": ("watch_shard", "watch_at"),
    "card_outdated": ("card",),
}


def findings(found: Partition, now: datetime) -> Iterator[Finding]:
    stored, dossier = found.of(HeadItem)[0], found.dossier
    yield from _places(stored, dossier)
    if stored.watch_at and datetime.fromisoformat(stored.watch_at) + PATIENCE.get(dossier.stage, USUAL_PATIENCE) < now:
        yield Finding("clock_behind", dossier.id, f"{dossier.stage}, since {stored.watch_at[:16]}")
    if dossier.code and not status_is_right(dossier):
        yield Finding("status_wrong", dossier.id, dossier.stage.value, partial(_right_status, found))
    if found_wrongly(dossier):
        yield Finding("not_found_at_desk", dossier.id, dossier.stage.value, partial(_right_entries, stored))
    letter = found.letter
    if bool(letter) != (dossier.apology_open and dossier.due_at is not None):
        facts = f"{dossier.stage}, " + ("waits" if letter else "does not wait")
        yield Finding("letter_wrong", dossier.id, facts, partial(_right_letter, dossier))


def refreshed(stored: HeadItem) -> Update | None:
    """The write that puts the head's places and card right, unless it changed since it was read; None: all is well."""
    wrong = [name for names in wrong_places(stored, dossier_of(stored)).values() for name in names]
    if not wrong:
        return None
    wanted = head_of(dossier_of(stored))
    actions = [_set(name, getattr(wanted, name)) for name in wrong]
    return Update(HeadItem(stored.pk, HEAD), actions, HeadItem.version == stored.version)


def wrong_places(stored: HeadItem, dossier: Dossier) -> dict[str, tuple[str, ...]]:
    """The kinds of findings about the head's places, each with the attributes that are wrong."""
    wanted = head_of(dossier)
    wrong = {
        kind: tuple(name for name in names if getattr(stored, name) != getattr(wanted, name))
        for kind, names in PLACES.items()
    }
    if wrong["not_on_watch"] and _watched_well_enough(stored, wanted, dossier):
        wrong["not_on_watch"] = ()
    return {kind: names for kind, names in wrong.items() if names}


def found_wrongly(dossier: Dossier) -> bool:
    return dossier.found_by != finding.entries(dossier) or find_records.missing(dossier)


def found_rightly(stored: HeadItem) -> list[Write]:
    """The writes after which the desk's search finds the dossier, unless it changed since; none: it does."""
    dossier = dossier_of(stored)
    if not found_wrongly(dossier):
        return []
    after = dossier.model_copy(update={"found_by": finding.entries(dossier)})
    head = Update(
        HeadItem(stored.pk, HEAD), [HeadItem.body.set(after.model_dump_json())], HeadItem.version == stored.version
    )
    gone = [write for write in find_records.kept(dossier, after) if isinstance(write, Delete)]
    return [head, *gone, *find_records.kept(None, after)]


def status_is_right(dossier: Dossier) -> bool:
    try:
        item = StatusItem.get(f"C#{dossier.code}", "STATUS", consistent_read=True)
    except DoesNotExist:
        return False
    # By what it says, not how: an earlier release may have known fewer fields.
    said = as_kept(Dossier, item.body).model_dump_json()
    return said == public_body(dossier) and item.proofs == proofs.proofs(dossier, str(dossier.code))


def _places(stored: HeadItem, dossier: Dossier) -> Iterator[Finding]:
    repair = partial(_right_head, stored)
    for kind in wrong_places(stored, dossier):
        unseen = kind == "in_wrong_queue" and stored.desk_agency is None
        yield Finding("in_no_queue" if unseen else kind, dossier.id, f"{dossier.stage} at {dossier.agency}", repair)


def _watched_well_enough(stored: HeadItem, wanted: HeadItem, dossier: Dossier) -> bool:
    """Too early a look does no harm. Later is right where the date was counted under an earlier calendar."""
    if not (stored.watch_at and wanted.watch_at) or stored.watch_shard != wanted.watch_shard:
        return False
    if stored.watch_at <= wanted.watch_at or not dossier.calendar_edition:
        return bool(stored.watch_at <= wanted.watch_at)
    then = calendar_under(dossier.calendar_edition, dossier.agency, dossier.changed_at)
    first = next(iter(queues.due_attention(dossier, then)), None)
    return first is not None and stored.watch_at <= first.at.isoformat()


def _right_head(stored: HeadItem) -> None:
    update = refreshed(stored)
    if update:
        commit(update)


def _right_entries(stored: HeadItem) -> None:
    writes = found_rightly(stored)
    if writes:
        commit(*writes)


def _set(name: str, value: Any) -> Action:
    attribute: Any = getattr(HeadItem, name)
    action: Action = attribute.remove() if value is None else attribute.set(value)
    return action


def _unchanged(dossier: Dossier) -> Check:
    return Check(HeadItem(dossier_key(dossier.id), HEAD), HeadItem.version == dossier.version)


def _right_status(found: Partition) -> None:
    """Its steps are told anew only when there is no status at all: those that citizens saw stay as they were."""
    dossier, item = found.dossier, StatusItem(f"C#{found.dossier.code}", "STATUS")
    said = [
        StatusItem.kind.set(StatusItem),
        StatusItem.body.set(public_body(dossier)),
        StatusItem.proofs.set(proofs.proofs(dossier, str(dossier.code))),
    ]
    try:
        StatusItem.get(item.pk, item.sk, consistent_read=True)
        commit(Update(item, said), _unchanged(dossier))
    except DoesNotExist:
        filed = next(n for n, event in enumerate(found.events) if event.type == EventType.SUBMITTED)
        steps = [step for event in found.events[filed:] for step in status.step_of(event, dossier.agency)]
        commit(Update(item, [*said, StatusItem.steps.set(steps)], absent()), _unchanged(dossier))


def _right_letter(dossier: Dossier) -> None:
    writes: list[Write] = apology_records.kept(dossier, dossier)
    commit(*(writes or [apology_records.gone(dossier.id)]), _unchanged(dossier))
