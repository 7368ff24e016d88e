"""Whether every entry by which a desk finds dossiers is one that the head of its dossier names."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Final

from chalicelib.dossiers.find_records import FindItem, Match
from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.records import HEAD, dossier_of, unchanged
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import dossier_key
from chalicelib.table import Delete, Item, commit
from ops.care.findings import Finding

AT_ONCE: Final = 100  # heads in one request


def findings(place: str) -> Iterator[Finding]:
    """`place`: the partition of an agency's entries. Never says an entry's words, which are somebody's name."""
    entries = (Match(*item.sk.rsplit("#", 1)) for item in FindItem.query(place, consistent_read=True))
    while some := list(islice(entries, AT_ONCE)):
        for each in _unnamed(place, some):
            yield from _stale(place, each)


def _stale(place: str, each: Match) -> Iterator[Finding]:
    """Once more, the entry before its head: what a change took away meanwhile, or put there, is no fault."""
    if not list(FindItem.batch_get([(place, "#".join(each))], consistent_read=True)) or not _unnamed(place, [each]):
        return
    dossier = _heads([each.dossier_id]).get(each.dossier_id)
    facts = f"by {each.entry.partition('#')[0]} at {place.removeprefix('FIND#')}"
    if dossier:
        yield Finding("found_by_the_past", each.dossier_id, facts, partial(_forget, place, each, dossier))
    else:
        yield Finding("found_but_gone", each.dossier_id, facts)


def _unnamed(place: str, entries: Iterable[Match]) -> list[Match]:
    """Those that no head names. Of a head that cannot be read nothing is said here: it is a finding of its own."""
    entries = list(entries)
    heads = _heads({each.dossier_id for each in entries})
    return [each for each in entries if not _names(heads, place, each)]


def _heads(ids: Iterable[str]) -> dict[str, Dossier | None]:
    found = HeadItem.batch_get([(dossier_key(each), HEAD) for each in sorted(set(ids))], consistent_read=True)
    return {item.pk.removeprefix("D#"): _readable(item) for item in found}


def _readable(item: HeadItem) -> Dossier | None:
    try:
        return dossier_of(item)
    except (ValueError, KeyError, TypeError):
        return None


def _names(heads: Mapping[str, Dossier | None], place: str, each: Match) -> bool:
    if each.dossier_id not in heads:
        return False
    head = heads[each.dossier_id]
    return head is None or (place == f"FIND#{head.agency}" and each.entry in head.found_by)


def _forget(place: str, each: Match, dossier: Dossier) -> None:
    commit(Delete(FindItem(place, "#".join(each)), Item.pk.exists()), unchanged(dossier))
