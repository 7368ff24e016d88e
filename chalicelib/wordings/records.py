"""The editions in the table, each kept by one transaction. Alone knows their keys.

`WORDING#<slug>`/`E#<number>`, written once, and beside them `CURRENT`, the last of them again, under its number.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.table import Item, Put, Write, absent, as_kept, commit
from chalicelib.wordings.rules import SHIPPED, Edition

CURRENT: Final = "CURRENT"
DIGITS: Final = 6


class EditionItem(Item, discriminator="wording_edition"):
    body = UnicodeAttribute()


class WordingItem(Item, discriminator="wording"):
    number = NumberAttribute()
    body = UnicodeAttribute()


def current(slug: str) -> Edition | None:
    """None: nobody has ever kept one."""
    try:
        return _edition(WordingItem.get(_pk(slug), CURRENT, consistent_read=True))
    except DoesNotExist:
        return None


def currents(slugs: Sequence[str]) -> dict[str, Edition]:
    """Of these wordings, those of which there is any edition."""
    found = WordingItem.batch_get([(_pk(each), CURRENT) for each in slugs], consistent_read=True)
    return {item.pk.removeprefix(_pk("")): _edition(item) for item in found}


def find(slug: str, number: int) -> Edition | None:
    try:
        return _edition(EditionItem.get(_pk(slug), _sk(number), consistent_read=True))
    except DoesNotExist:
        return None


def editions(slug: str, limit: int) -> list[Edition]:
    """The newest first."""
    found = EditionItem.query(
        _pk(slug), EditionItem.sk.startswith("E#"), scan_index_forward=False, limit=limit, consistent_read=True
    )
    return [_edition(item) for item in found]


def last_until(slug: str, at: datetime) -> Edition | None:
    """The last one kept by then."""
    found = EditionItem.query(
        _pk(slug), EditionItem.sk.startswith("E#"), scan_index_forward=False, consistent_read=True, page_size=10
    )
    return next((each for each in map(_edition, found) if each.at <= at), None)


def keep(slug: str, edition: Edition, also: Sequence[Write] = ()) -> None:
    """Raises `Lost` when the one before is no longer in force."""
    before, body = edition.number - 1, edition.model_dump_json()
    only_if = WordingItem.number == before if before != SHIPPED else absent()
    commit(
        Put(WordingItem(_pk(slug), CURRENT, number=edition.number, body=body), only_if),
        Put(EditionItem(_pk(slug), _sk(edition.number), body=body), absent()),
        *also,
    )


def _pk(slug: str) -> str:
    return f"WORDING#{slug}"


def _sk(number: int) -> str:
    return f"E#{number:0{DIGITS}}"


def _edition(item: EditionItem | WordingItem) -> Edition:
    return as_kept(Edition, item.body)
