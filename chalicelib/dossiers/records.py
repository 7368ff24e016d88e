"""The dossier in DynamoDB: its head and indexes, its public status, and `keep`: the one transaction of every change."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar

from pynamodb.exceptions import DoesNotExist

from chalicelib.clock.actions import calendar_for
from chalicelib.documents.records import documents_in
from chalicelib.documents.rules import Document
from chalicelib.dossiers import apology_records, find_records, finding, proofs, queues, status
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.items import HeadItem, StatusItem
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.people import Delivery
from chalicelib.dossiers.rules import Dossier, SomebodyElseWasFaster, UnknownDossier
from chalicelib.history.once import Once
from chalicelib.history.records import LAST, appended, dossier_key, events_in, place_of, shard
from chalicelib.history.rules import Actor, Event
from chalicelib.refusals import Stale
from chalicelib.table import Check, Item, Lost, Put, Update, Write, absent, as_kept, commit

# Between documents and events in the partition's order, so that one query reads it with either, or with both.
HEAD: Final = "DOSSIER"
TRIES_OVERTAKEN: Final = 6
HIDDEN: Final[dict[str, Any]] = {
    "applicant": None,
    "owner": None,
    "form": {},
    "citizen_key": "",
    "officer": "",
    "proposal": None,
    "result": None,
    "rating": None,
    "apologies": (),
    "closed_reason": "",
    "found_by": (),
}
P = ParamSpec("P")
R = TypeVar("R")


class Whole(NamedTuple):
    """A dossier with the documents not removed and what happened up to its version; empty what was not asked for."""

    dossier: Dossier
    documents: list[Document]
    past: list[Event]


def load(dossier_id: str) -> Dossier:
    """Raises `UnknownDossier`."""
    try:
        return dossier_of(HeadItem.get(dossier_key(dossier_id), HEAD, consistent_read=True))
    except DoesNotExist:
        raise UnknownDossier from None


def load_many(dossier_ids: Collection[str]) -> dict[str, Dossier]:
    """Those that are there, by id, in one strongly consistent request; at most 100."""
    keys = [(dossier_key(each), HEAD) for each in dict.fromkeys(dossier_ids)]
    return {each.id: each for each in map(dossier_of, HeadItem.batch_get(keys, consistent_read=True) if keys else ())}


def load_with_documents(dossier_id: str) -> tuple[Dossier, list[Document]]:
    """Head and documents in one strongly consistent query; raises `UnknownDossier`."""
    return _between(dossier_id, "DOC#", HEAD)[:2]


def load_with_past(dossier_id: str) -> tuple[Dossier, list[Event]]:
    """Head and history as far as that head has come, likewise."""
    whole = _between(dossier_id, HEAD, place_of(LAST))
    return whole.dossier, whole.past


def load_whole(dossier_id: str) -> Whole:
    """All three, likewise."""
    return _between(dossier_id, "DOC#", place_of(LAST))


def _between(dossier_id: str, first: str, last: str) -> Whole:
    found = list(Item.query(dossier_key(dossier_id), Item.sk.between(first, last), consistent_read=True))
    heads = [item for item in found if isinstance(item, HeadItem)]
    if not heads:
        raise UnknownDossier
    dossier = dossier_of(heads[0])
    return Whole(dossier, documents_in(found), events_in(found, dossier.version))


def unchanged(dossier: Dossier) -> Check:
    """The dossier is still as it was read: to be checked in a transaction that leaves its head alone."""
    return Check(HeadItem(dossier_key(dossier.id), HEAD), HeadItem.version == dossier.version)


def require_seen(dossier: Dossier, seen: int | None) -> None:
    """Nobody overwrites what they have not seen: raises `Stale` with the current ETag."""
    if seen is not None and seen != dossier.version:
        raise Stale(f'"{dossier.version}"')


def keep(
    before: Dossier | None,
    change: Change,
    actor: Actor,
    at: datetime,
    once: Once | None = None,
    also: Sequence[Write] = (),
) -> Dossier:
    """The one transaction of a change: head under its version, event, status, apology, what finds it, once, and `also`.

    Raises `Lost` when somebody was faster; nothing is written then.
    """
    version = (before.version if before else 0) + 1
    event = Event(
        dossier_id=change.after.id,
        seq=version,
        type=change.event,
        at=at,
        actor=actor,
        data=change.data,
        prev=change.after.last_hash,
    ).sealed()
    facts = {"version": version, "last_hash": event.hash, "changed_at": at, "found_by": finding.entries(change.after)}
    after = change.after.model_copy(update=facts)
    unseen = HeadItem.version == before.version if before else absent()
    writes: list[Write] = [Put(head_of(after), unseen), appended(event), *_status_writes(after, event)]
    writes += [*apology_records.kept(before, after), *find_records.kept(before, after), *also]
    if once:
        writes.append(once.write(after))
    commit(*writes)
    return after


def again_if_overtaken(action: Callable[P, R]) -> Callable[P, R]:
    """Repeats load, decide, keep when another change came between; an `If-Match` is judged anew each time."""

    @wraps(action)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES_OVERTAKEN):
            try:
                return action(*args, **kwargs)
            except Lost as lost:
                if not lost.over(HeadItem) or lost.over(Once.KIND):
                    raise
        raise SomebodyElseWasFaster

    return repeated


def head_of(dossier: Dossier) -> HeadItem:
    """The head as it is stored, with its places in the indexes; without regard to what is stored now."""
    listed = dossier.stage not in (Stage.DRAFT, Stage.EXPIRED)
    item = HeadItem(
        dossier_key(dossier.id),
        HEAD,
        body=dossier.model_dump_json(),
        version=dossier.version,
        card=queues.card(dossier),
        citizen_key=(dossier.citizen_key or None) if dossier.stage != Stage.EXPIRED else None,
        changed_at=dossier.changed_at.isoformat(),
    )
    if listed:
        item.desk_agency, item.desk_order = dossier.agency, queues.order(dossier)
        item.officer_key = f"{dossier.agency}#{dossier.officer}" if dossier.officer else None
    wanted = queues.due_attention(dossier, calendar_for(dossier.agency, dossier.changed_at))
    if wanted:
        kind = "draft" if dossier.stage == Stage.DRAFT else "due"
        item.watch_shard, item.watch_at = f"{kind}#{shard(dossier.id)}", wanted[0].at.isoformat()
    return item


def dossier_of(item: HeadItem) -> Dossier:
    return as_kept(Dossier, item.body)


# ——— public status ———


def _status_writes(dossier: Dossier, event: Event) -> list[Write]:
    """The status moves with every change of a filed dossier; its steps are appended, never rewritten."""
    if dossier.code is None:
        return []
    step = status.step_of(event, dossier.agency)
    actions = [
        StatusItem.kind.set(StatusItem),
        StatusItem.body.set(public_body(dossier)),
        StatusItem.proofs.set(proofs.proofs(dossier, dossier.code)),
        StatusItem.steps.set((StatusItem.steps | []).append(step)),
    ]
    return [Update(StatusItem(f"C#{dossier.code}", "STATUS"), actions)]


def public_body(dossier: Dossier) -> str:
    """The head without what the look-up must never show."""
    channel_only = Delivery(channel=dossier.delivery.channel)
    return dossier.model_copy(update={**HIDDEN, "delivery": channel_only}).model_dump_json()
