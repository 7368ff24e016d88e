"""The amendments of the calendar in the table, and the number of the edition they make. Alone knows their keys.

`CALENDAR`/`A#<number>` beside `CALENDAR`/`EDITION`, the number of the last one: a container notices with one small read
that its copy is old.
"""

from collections.abc import Sequence
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.clock.amendments import Entered
from chalicelib.table import Item, Put, Write, absent, as_kept, commit

CALENDAR: Final = "CALENDAR"
EDITION: Final = "EDITION"


class AmendmentItem(Item, discriminator="calendar_amendment"):
    body = UnicodeAttribute()


class EditionItem(Item, discriminator="calendar_edition"):
    number = NumberAttribute()


def amendments() -> tuple[Entered, ...]:
    """All of them, in order; strongly consistent."""
    found = Item.query(CALENDAR, Item.sk < EDITION, consistent_read=True)
    return tuple(as_kept(Entered, item.body) for item in found if isinstance(item, AmendmentItem))


def edition() -> int:
    """The number of the last amendment; 0 before the first."""
    try:
        item = Item.get(CALENDAR, EDITION, consistent_read=True)
    except Item.DoesNotExist:
        return 0
    return int(item.number) if isinstance(item, EditionItem) else 0


def add(new: Entered, also: Sequence[Write] = ()) -> None:
    """The amendment and its edition together. Raises `Lost` when another one has this number."""
    before = EditionItem.number == new.number - 1 if new.number > 1 else absent()
    item = AmendmentItem(CALENDAR, f"A#{new.number:06d}", body=new.model_dump_json(by_alias=True))
    commit(Put(item, absent()), Put(EditionItem(CALENDAR, EDITION, number=new.number), before), *also)
