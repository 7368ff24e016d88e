"""The officers who have signed in: `OFFICER#<key>` is true of each, `OFFICERS#<agency>` lists them; knows the keys."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.site.officers import Officer, UnknownOfficer
from chalicelib.site.session_records import closing
from chalicelib.table import Delete, Item, Put, Write, absent, as_kept, commit

OFFICER: Final = "OFFICER"


class OfficerItem(Item, discriminator="officer"):
    body = UnicodeAttribute()
    version = NumberAttribute()


class ListedOfficerItem(Item, discriminator="listed_officer"):
    body = UnicodeAttribute()


class Page(NamedTuple):
    """`position`: the key after which the next page begins, empty on the last."""

    officers: list[Officer]
    position: str


def find(key: str) -> Officer | None:
    try:
        return as_kept(Officer, OfficerItem.get(f"OFFICER#{key}", OFFICER, consistent_read=True).body)
    except DoesNotExist:
        return None


def load(key: str) -> Officer:
    """Raises `UnknownOfficer`."""
    found = find(key)
    if found is None:
        raise UnknownOfficer
    return found


def page(agency: str, limit: int, after: str) -> Page:
    """Those last seen at the agency."""
    beyond = ListedOfficerItem.sk > after if after else None
    found = list(ListedOfficerItem.query(f"OFFICERS#{agency}", beyond, limit=limit + 1, consistent_read=True))
    officers = [as_kept(Officer, item.body) for item in found[:limit]]
    return Page(officers, officers[-1].key if len(found) > limit else "")


def keep(before: Officer | None, after: Officer, also: Sequence[Write] = ()) -> None:
    """With every session that is no longer among theirs closed. Raises `Lost` when they were changed meanwhile."""
    unseen = OfficerItem.version == before.version if before else absent()
    body, kept = after.model_dump_json(), {each.id for each in after.sessions}
    writes: list[Write] = [
        Put(OfficerItem(f"OFFICER#{after.key}", OFFICER, body=body, version=after.version), unseen),
        Put(ListedOfficerItem(f"OFFICERS#{after.agency}", after.key, body=body)),
    ]
    if before:
        writes += [closing(each.id) for each in before.sessions if each.id not in kept]
        if before.agency != after.agency:
            writes.append(Delete(ListedOfficerItem(f"OFFICERS#{before.agency}", before.key)))
    commit(*writes, *also)
