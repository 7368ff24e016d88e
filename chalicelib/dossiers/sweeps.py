"""The indexes the desk, the citizen and the clock read: one query a page, no filter that reads what it drops."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

from pynamodb.indexes import GlobalSecondaryIndex

from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.queues import Span
from chalicelib.dossiers.records import HEAD
from chalicelib.history.records import SHARDS
from chalicelib.web.cursors import CursorUnreadable


class Page(NamedTuple):
    """`position`: where the next page begins, empty on the last."""

    cards: list[dict[str, Any]]
    position: str


def of_agency(agency: str, span: Span | None, limit: int, after: str) -> Page:
    return _page(HeadItem.desk, {"desk_agency": agency}, "desk_order", span, limit, after)


def of_officer(agency: str, officer: str, span: Span | None, limit: int, after: str) -> Page:
    return _page(HeadItem.officer, {"officer_key": f"{agency}#{officer}"}, "desk_order", span, limit, after)


def of_officers(agency: str, officers: Sequence[str], span: Span | None, limit: int, after: str) -> Page:
    """The dossiers of several as one list, in the same order: one query for each of them."""
    whole = span or Span("!", "~")
    place, _, pk = after.partition("\n")
    if after and not (pk and whole.first <= place <= whole.last):
        raise CursorUnreadable
    first = f"{place}~" if after else whole.first  # no place is the beginning of another
    if first > whole.last:
        return Page([], "")
    within = HeadItem.desk_order.between(first, whole.last)
    found = (HeadItem.officer.query(f"{agency}#{each}", within, limit=limit + 1) for each in officers)
    heads = list(islice(heapq.merge(*found, key=lambda item: str(item.desk_order)), limit + 1))
    cards = [_card(item) for item in heads[:limit]]
    return Page(cards, f"{heads[limit - 1].desk_order}\n{heads[limit - 1].pk}" if len(heads) > limit else "")


def of_citizen(citizen_key: str, limit: int, after: str) -> Page:
    return _page(HeadItem.citizen, {"citizen_key": citizen_key}, "changed_at", None, limit, after, newest_first=True)


def count(agency: str, officer: str | None, span: Span, most: int) -> int:
    """How many dossiers lie in the stretch, counted no further than `most`: one query, however many there are.

    By reading keys: pynamodb's own `count` asks for page after page to the very end, whatever its limit.
    """
    index, key = (HeadItem.officer, f"{agency}#{officer}") if officer else (HeadItem.desk, agency)
    within = HeadItem.desk_order.between(span.first, span.last)
    return sum(1 for _ in index.query(key, within, limit=most, attributes_to_get=["pk", "sk"]))


def due_for_attention(kind: Literal["due", "draft"], now: datetime) -> Iterator[str]:
    """The filed dossiers, or the drafts, whose moment has come: one query a shard, however many are open."""
    for part in range(SHARDS):
        for item in HeadItem.watch.query(f"{kind}#{part}", HeadItem.watch_at <= now.isoformat()):
            if item.sk == HEAD:
                yield item.pk.removeprefix("D#")


def _page(
    index: GlobalSecondaryIndex[HeadItem],
    key: dict[str, str],
    order: str,
    span: Span | None,
    limit: int,
    after: str,
    *,
    newest_first: bool = False,
) -> Page:
    (owner,) = key.values()
    found = index.query(
        owner,
        HeadItem.desk_order.between(span.first, span.last) if span else None,
        limit=limit,
        page_size=limit,
        last_evaluated_key=_start(key, order, span, after) if after else None,
        scan_index_forward=not newest_first,
    )
    cards = [_card(item) for item in found]
    last = found.last_evaluated_key
    return Page(cards, f"{last[order]['S']}\n{last['pk']['S']}" if last else "")


def _card(item: HeadItem) -> dict[str, Any]:
    return {**item.card, "version": int(item.version)}


def _start(key: dict[str, str], order: str, span: Span | None, after: str) -> dict[str, dict[str, str]]:
    """The key to go on from, within the caller's own index and stretch whatever the cursor says."""
    place, _, pk = after.partition("\n")
    if not pk or (span and not span.first <= place <= span.last):
        raise CursorUnreadable
    return {name: {"S": value} for name, value in {**key, order: place, "pk": pk, "sk": HEAD}.items()}
