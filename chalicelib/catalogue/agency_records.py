"""The directory of agencies in the table, each change of it as one transaction. Alone knows its keys.

`AGENCIES`/code, beside `AGENCIES`/`#REVISION`, a number that every change raises: each is judged by the whole directory
and stands only if that is still as it was read. What an admin did: `AGENCY#<code>`/`E#<version>`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.catalogue.directory import AgencyEvent
from chalicelib.catalogue.placing import Known
from chalicelib.catalogue.rules import Agency
from chalicelib.table import Item, Lost, Put, Update, Write, absent, as_kept, commit

AGENCIES: Final = "AGENCIES"
REVISION: Final = "#REVISION"
IN_ONE: Final = 99  # a transaction takes 100 writes, one is the revision
DIGITS: Final = 6


class AgencyItem(Item, discriminator="agency"):
    """`version` is absent while nobody changed it by hand."""

    body = UnicodeAttribute()
    version = NumberAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)


class AgencyEventItem(Item, discriminator="agency_event"):
    body = UnicodeAttribute()


class DirectoryRevisionItem(Item, discriminator="directory_revision"):
    number = NumberAttribute()


@dataclass(frozen=True)
class Listing:
    """The whole directory as one read found it, ended agencies too, by code."""

    revision: int
    known: dict[str, Known]


def listing(*, consistent: bool = True) -> Listing:
    items = list(Item.query(AGENCIES, consistent_read=consistent))
    known = {item.sk: _known(item) for item in items if isinstance(item, AgencyItem)}
    return Listing(sum(int(item.number) for item in items if isinstance(item, DirectoryRevisionItem)), known)


def events(code: str, limit: int) -> list[AgencyEvent]:
    """The newest first."""
    found = Item.query(f"AGENCY#{code}", scan_index_forward=False, limit=limit, consistent_read=True)
    return [as_kept(AgencyEvent, item.body) for item in found if isinstance(item, AgencyEventItem)]


def keep(listing: Listing, after: Known, event: AgencyEvent, also: Sequence[Write] = ()) -> None:
    """Raises `Lost` when anything of the directory changed since the listing."""
    code, before = after.agency.code, listing.known.get(after.agency.code)
    only_if = absent() if before is None else _at(before.version)
    unmoved = DirectoryRevisionItem.number == listing.revision if listing.revision else absent()
    place = f"E#{event.number:0{DIGITS}}"
    written = AgencyEventItem(f"AGENCY#{code}", place, body=event.model_dump_json())
    commit(Put(_item(after), only_if), Put(written, absent()), _raised(unmoved), *also)


def keep_imported(agencies: Iterable[Agency]) -> list[str]:
    """What is new or different becomes as given; those an admin changed are left, and told by their codes."""
    standing = listing().known
    new = [each for each in agencies if each.code not in standing or standing[each.code].agency != each]
    left = [each.code for each in new if each.code in standing and standing[each.code].version]
    free = [each for each in new if each.code not in left]
    for start in range(0, len(free), IN_ONE):
        left += _imported(free[start : start + IN_ONE])
    return sorted(left)


def _imported(agencies: list[Agency]) -> list[str]:
    """The codes of those an admin changed at this very moment."""
    left: list[str] = []
    while agencies:
        try:
            commit(*(Put(_item(Known(each)), _at(0)) for each in agencies), _raised())
        except Lost as lost:
            taken = {write.item.sk for write in lost.writes}
            left += taken
            agencies = [each for each in agencies if each.code not in taken]
            continue
        break
    return left


def _at(version: int) -> Condition:
    return AgencyItem.version == version if version else AgencyItem.version.does_not_exist()


def _raised(only_if: Condition | None = None) -> Update:
    number, kind = DirectoryRevisionItem.number, DirectoryRevisionItem.kind
    return Update(DirectoryRevisionItem(AGENCIES, REVISION), [number.add(1), kind.set(DirectoryRevisionItem)], only_if)


def _item(known: Known) -> AgencyItem:
    item = AgencyItem(AGENCIES, known.agency.code, body=known.agency.model_dump_json())
    item.version = known.version or None
    item.ended_at = known.ended_at.isoformat() if known.ended_at else None
    return item


def _known(item: AgencyItem) -> Known:
    ended_at = datetime.fromisoformat(item.ended_at) if item.ended_at else None
    return Known(as_kept(Agency, item.body), int(item.version or 0), ended_at)
