"""The declared outages in the table: `OUTAGES`/`O#<number>`, without gaps, never altered. Alone knows their keys."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.clock.outages import Outage
from chalicelib.table import Item, Put, Write, absent, as_kept, commit

OUTAGES: Final = "OUTAGES"
DIGITS: Final = 6


class OutageItem(Item, discriminator="outage"):
    body = UnicodeAttribute()


class Page(NamedTuple):
    """`position`: the number after which the next page begins, empty on the last."""

    outages: list[Outage]
    position: str


def every() -> list[Outage]:
    """All of them, in the order in which they were declared; strongly consistent."""
    found = OutageItem.query(OUTAGES, OutageItem.sk.startswith("O#"), consistent_read=True)
    return [_outage(item) for item in found]


def page(limit: int, before: str) -> Page:
    """The one declared last first; `before`: only those with smaller numbers."""
    last = _key(before) if before else "O$"
    found = OutageItem.query(
        OUTAGES, OutageItem.sk.between("O#", last), scan_index_forward=False, limit=limit + 2, consistent_read=True
    )
    outages = [each for each in map(_outage, found) if each.id != before]
    return Page(outages[:limit], outages[limit - 1].id if len(outages) > limit else "")


def find(outage_id: str) -> Outage | None:
    try:
        return _outage(OutageItem.get(OUTAGES, _key(outage_id), consistent_read=True))
    except DoesNotExist:
        return None


def add(new: Outage, also: Sequence[Write] = ()) -> None:
    """Raises `Lost` when another one has this number."""
    commit(Put(OutageItem(OUTAGES, _key(new.id), body=new.model_dump_json()), absent()), *also)


def _key(outage_id: str) -> str:
    return f"O#{outage_id.zfill(DIGITS)}"


def _outage(item: OutageItem) -> Outage:
    return as_kept(Outage, item.body)
