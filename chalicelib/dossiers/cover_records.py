"""The covers in the table: `COVERS#<agency>`/`C#<last day>#<number>`, beside their number. Alone knows their keys."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.dossiers.covers import Cover, UnknownCover
from chalicelib.table import Item, Put, Write, absent, as_kept, commit

NUMBER: Final = "NUMBER"
DIGITS: Final = 6


class CoverItem(Item, discriminator="cover"):
    body = UnicodeAttribute()


class CoversItem(Item, discriminator="covers"):
    """How many covers the agency has had: whoever declares one proves that they have seen all others."""

    number = NumberAttribute()


class Page(NamedTuple):
    """`position`: the id after which the next page begins, empty on the last."""

    covers: list[Cover]
    position: str


def standing(agency: str, since: date) -> tuple[Cover, ...]:
    """Those whose last day is not before this one, whatever there was before; strongly consistent."""
    wanted = CoverItem.sk.between(f"C#{since:%Y%m%d}", "C$")
    return tuple(_cover(item) for item in CoverItem.query(_pk(agency), wanted, consistent_read=True))


def page(agency: str, limit: int, before: str) -> Page:
    """The one that ends last first; `before`: only those that follow this one."""
    last = _sk(before) if before else "C$"
    found = CoverItem.query(
        *(_pk(agency), CoverItem.sk.between("C#", last)),
        scan_index_forward=False,
        limit=limit + 2,
        consistent_read=True,
    )
    covers = [each for each in map(_cover, found) if each.id != before]
    return Page(covers[:limit], covers[limit - 1].id if len(covers) > limit else "")


def find(agency: str, cover_id: str) -> Cover:
    """Raises `UnknownCover`."""
    try:
        return _cover(CoverItem.get(_pk(agency), _sk(cover_id), consistent_read=True))
    except DoesNotExist:
        raise UnknownCover from None


def how_many(agency: str) -> int:
    try:
        return int(CoversItem.get(_pk(agency), NUMBER, consistent_read=True).number)
    except DoesNotExist:
        return 0


def add(new: Cover, number: int, also: Sequence[Write] = ()) -> None:
    """`number`: its own, one more than there were. Raises `Lost` when somebody declared another meanwhile."""
    unseen = CoversItem.number == number - 1 if number > 1 else absent()
    commit(
        Put(CoversItem(_pk(new.agency), NUMBER, number=number), unseen),
        Put(_item(new), absent()),
        *also,
    )


def change(before: Cover, after: Cover, also: Sequence[Write] = ()) -> None:
    """Raises `Lost` when it was changed meanwhile."""
    commit(Put(_item(after), CoverItem.body == before.model_dump_json()), *also)


def _item(cover: Cover) -> CoverItem:
    return CoverItem(_pk(cover.agency), _sk(cover.id), body=cover.model_dump_json())


def _pk(agency: str) -> str:
    return f"COVERS#{agency}"


def _sk(cover_id: str) -> str:
    day, _, number = cover_id.partition("-")
    return f"C#{day}#{number.zfill(DIGITS)}"


def _cover(item: CoverItem) -> Cover:
    return as_kept(Cover, item.body)
