"""The letters of apology that wait for a signature, in the table: one item beside the dossier's head.

`D#<dossier>`/`APOLOGY`, in the index `desk` under `apology#<agency>`, what is due first at the top.
"""

from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.dossiers import queues
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import dossier_key
from chalicelib.table import Delete, Item, Json, Put, Write

APOLOGY: Final = "APOLOGY"
LAST: Final = "~"  # after every date
NEXT: Final = "!"  # after the key it is added to, before any other


class Desk(GlobalSecondaryIndex["ApologyItem"]):
    class Meta:
        index_name = "desk"
        projection = IncludeProjection(["kind", "card", "version"])

    desk_agency = UnicodeAttribute(hash_key=True)
    desk_order = UnicodeAttribute(range_key=True)


class ApologyItem(Item, discriminator="apology"):
    card = Json()
    version = NumberAttribute()
    desk_agency = UnicodeAttribute()
    desk_order = UnicodeAttribute()
    desk = Desk()


def kept(before: Dossier | None, after: Dossier) -> list[Write]:
    """What the change of a dossier makes of its letter: it waits, with the dossier as it now is, or waits no more."""
    if after.apology_open and after.due_at:
        order = f"{after.due_at.isoformat()}#{after.id}"
        facts: dict[str, Any] = {"desk_agency": _desk(after.agency), "desk_order": order}
        return [Put(_item(after.id, card=queues.card(after), version=after.version, **facts))]
    return [gone(after.id)] if before and before.apology_open else []


def gone(dossier_id: str) -> Delete:
    """The write after which no letter waits."""
    return Delete(_item(dossier_id))


def waiting(agency: str, overdue_at: datetime | None, limit: int, after: str) -> tuple[list[dict[str, Any]], str]:
    """One page of an agency's unsigned letters, and where the next begins (empty on the last).

    `overdue_at`: only those whose date has passed by then.
    """
    first, last = after + NEXT if after else "", overdue_at.isoformat() if overdue_at else LAST
    if first > last:
        return [], ""
    stretch = ApologyItem.desk_order.between(first or NEXT, last)
    found = list(ApologyItem.desk.query(_desk(agency), stretch, limit=limit + 1, page_size=limit + 1))
    cards = [item.card | {"version": int(item.version)} for item in found[:limit]]
    return cards, str(found[limit - 1].desk_order) if len(found) > limit else ""


def _item(dossier_id: str, **facts: Any) -> ApologyItem:
    return ApologyItem(dossier_key(dossier_id), APOLOGY, **facts)


def _desk(agency: str) -> str:
    return f"apology#{agency}"
