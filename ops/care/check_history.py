"""Whether a dossier's history holds, ends where its head says, and was followed up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from chalicelib.dossiers.items import HeadItem
from chalicelib.history.followups import FOLLOWERS, FollowedItem, tell
from chalicelib.history.records import dossier_key
from chalicelib.history.rules import GENESIS, broken_at
from chalicelib.table import Put, commit
from ops.care.findings import Finding
from ops.care.partition import Partition

QUEUES_TRY_FOR: Final = timedelta(hours=2)  # eight receives of the slowest queue, and the stream's own tries


def findings(found: Partition, now: datetime) -> Iterator[Finding]:
    events, head = found.events, found.of(HeadItem)[0]
    broken = broken_at(events)
    if broken is not None:
        yield Finding("chain_broken", found.id, f"at event {broken} of {len(events)}")
    last = events[-1].hash if events else GENESIS
    if (len(events), last) != (int(head.version), found.dossier.last_hash) or head.version != found.dossier.version:
        yield Finding("head_apart_from_history", found.id, f"head at {head.version}, history at {len(events)}")
    yield from _followed(found, now)


def _followed(found: Partition, now: datetime) -> Iterator[Finding]:
    reached, last = found.marks, len(found.events)
    waiting = [event for event in found.events if event.seq > min(reached.get(name, 0) for name in FOLLOWERS)]
    if waiting and waiting[0].at + QUEUES_TRY_FOR < now:
        behind = [name for name in FOLLOWERS if reached.get(name, 0) < last]
        facts = f"{waiting[0].type} (event {waiting[0].seq} of {last}), by {', '.join(behind)}"
        yield Finding("not_followed_up", found.id, facts, partial(tell, found.id, last, behind))
    ahead = {name: seq for name, seq in reached.items() if seq > last}
    if ahead:
        facts = ", ".join(f"{name} at {seq} of {last}" for name, seq in sorted(ahead.items()))
        yield Finding("followed_ahead", found.id, facts, partial(_set_back, found.id, ahead, last))


def _set_back(dossier_id: str, ahead: dict[str, int], last: int) -> None:
    commit(*(set_mark(dossier_id, name, last, seq) for name, seq in sorted(ahead.items())))


def set_mark(dossier_id: str, name: str, seq: int, seen: int) -> Put:
    """The write that sets a follow-up's mark, refused when it is no longer the one seen."""
    return Put(FollowedItem(dossier_key(dossier_id), f"F#{name}", seq=seq), FollowedItem.seq == seen)
