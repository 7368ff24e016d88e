"""Follow-ups of what happened: how far each has come, who is told that there is more, and the nightly sweep."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.history.records import dossier_key, last_of_day
from chalicelib.settings import settings
from chalicelib.table import Item, Lost, Put, absent, commit
from chalicelib.watching import thread

NOTICES: Final = "notices"
POST: Final = "post"
MONEY: Final = "money"
FOLLOWERS: Final = (NOTICES, POST, MONEY)
SWEPT_DAYS: Final = 3  # a sweep that failed for two nights is caught up by the third


class FollowedItem(Item, discriminator="followed"):
    """The number of the last event a follow-up has handled."""

    seq = NumberAttribute()


def followed(dossier_id: str, name: str) -> int:
    try:
        return int(FollowedItem.get(dossier_key(dossier_id), f"F#{name}", consistent_read=True).seq)
    except DoesNotExist:
        return 0


def move_on(dossier_id: str, name: str, seq: int) -> None:
    """Moves forward only: whoever is late changes nothing."""
    item = FollowedItem(dossier_key(dossier_id), f"F#{name}", seq=seq)
    with suppress(Lost):
        commit(Put(item, absent() | (FollowedItem.seq < seq)))


def tell(dossier_id: str, seq: int, names: Iterable[str] = FOLLOWERS) -> None:
    """Puts word that the dossier has come to event `seq` into each follow-up's queue. Telling twice does no harm."""
    body = json.dumps({"dossier_id": dossier_id, "seq": seq} | ({"thread": thread()} if thread() else {}))
    queues = {NOTICES: settings().NOTICES_QUEUE, POST: settings().POST_QUEUE, MONEY: settings().MONEY_QUEUE}
    for name in names:
        _sqs().send_message(QueueUrl=queues[name], MessageBody=body)


def sweep(now: datetime) -> int:
    """Finds what a lost stream record or message left undone in the last days, and tells it again; returns how many."""
    last: dict[str, int] = {}
    for back in range(SWEPT_DAYS):
        for dossier_id, seq in last_of_day((now - timedelta(days=back)).date()).items():
            last[dossier_id] = max(last.get(dossier_id, 0), seq)
    found = undone(last)
    for dossier_id, name in found:
        tell(dossier_id, last[dossier_id], (name,))
    return len(found)


def undone(last: Mapping[str, int]) -> Sequence[tuple[str, str]]:
    """Which dossiers, come to these events, have a follow-up that has not handled them yet."""
    keys = [(dossier_key(dossier_id), f"F#{name}") for dossier_id in last for name in FOLLOWERS]
    reached = {(item.pk, item.sk): int(item.seq) for item in FollowedItem.batch_get(keys, consistent_read=True)}
    return [(pk[2:], sk[2:]) for pk, sk in keys if reached.get((pk, sk), 0) < last[pk[2:]]]


@cache
def _sqs() -> Any:  # noqa: ANN401 - boto3's client
    import boto3

    return boto3.client("sqs", region_name=settings().AWS_REGION)
