"""By what a desk finds its dossiers, in the table: one item an entry, `FIND#<agency>` / `<entry>#<dossier>`.

Written and taken away in the transaction that changes the dossier, whose head says which entries stand.
"""

from typing import Final, NamedTuple

from chalicelib.dossiers.rules import Dossier
from chalicelib.table import Delete, Item, Put, Write

LAST: Final = chr(0x10FFFF)  # after whatever goes on from where it stands


class FindItem(Item, discriminator="find"):
    """All of it is its key."""


class Match(NamedTuple):
    entry: str
    dossier_id: str


def kept(before: Dossier | None, after: Dossier) -> list[Write]:
    """What a change makes of the entries: at most those there were and those there are, 11 of each."""
    old, new = _keys(before), _keys(after)
    puts: list[Write] = [Put(FindItem(*key)) for key in sorted(new - old)]
    return [*puts, *(Delete(FindItem(*key)) for key in sorted(old - new))]


def missing(dossier: Dossier) -> bool:
    """Whether an entry that the head names is not in the table."""
    keys = _keys(dossier)
    return len(keys) != sum(1 for _ in FindItem.batch_get(sorted(keys), consistent_read=True))


def matches(agency: str, begins: str, limit: int, after: Match | None, *, newest_first: bool) -> list[Match]:
    """At most `limit` entries that begin so, in order, after the one given: one strongly consistent query."""
    place = _place(agency)
    start = {"pk": {"S": place}, "sk": {"S": "#".join(after)}} if after else None
    found = FindItem.query(
        place,
        FindItem.sk.between(begins, begins + LAST),
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
        scan_index_forward=not newest_first,
        consistent_read=True,
    )
    return [Match(*item.sk.rsplit("#", 1)) for item in found]


def _keys(dossier: Dossier | None) -> set[tuple[str, str]]:
    if dossier is None:
        return set()
    return {(_place(dossier.agency), f"{entry}#{dossier.id}") for entry in dossier.found_by}


def _place(agency: str) -> str:
    return f"FIND#{agency}"
