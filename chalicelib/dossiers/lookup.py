"""The look-up without an account in DynamoDB: one read; one write only for a wrong proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pynamodb.attributes import ListAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.dossiers.items import StatusItem
from chalicelib.dossiers.rules import Dossier
from chalicelib.table import Item, as_kept

WINDOW: Final = 15 * 60
WRONG_PROOFS: Final = 5


class TriesItem(Item, discriminator="tries"):
    """When, in epoch seconds, wrong proofs were given for a code, known or unknown."""

    times: ListAttribute[int] = ListAttribute()


class Found(NamedTuple):
    body: str
    steps: Sequence[dict[str, Any]]
    proofs: Sequence[str]
    wrong_since: Sequence[int]


def find(code: str, now: datetime) -> Found:
    """Everything of a code in one eventually consistent read, found or not."""
    since = int(now.timestamp()) - WINDOW
    found = Found("", (), (), ())
    for item in Item.query(f"C#{code}"):
        if isinstance(item, StatusItem):
            found = found._replace(body=item.body, proofs=item.proofs, steps=item.steps)
        elif isinstance(item, TriesItem):
            found = found._replace(wrong_since=[int(at) for at in item.times if int(at) > since])
    return found


def record_wrong_proof(code: str, now: datetime) -> None:
    """Unknown codes are counted alike, so that the count tells nobody which exist."""
    at = int(now.timestamp())
    TriesItem(f"C#{code}", "TRIES").update(
        actions=[
            TriesItem.kind.set(TriesItem),
            TriesItem.times.set((TriesItem.times | []).append([at])),
            TriesItem.ttl.set(at + WINDOW),
        ]
    )


def dossier_of(code: str) -> str:
    """The id of the dossier with this code, for an officer who has only the code; empty when there is none."""
    try:
        body = StatusItem.get(f"C#{code}", "STATUS").body
    except DoesNotExist:
        return ""
    return as_kept(Dossier, body).id
