"""`make doctor`: looks at each dossier and file of a stack, says in plain words what is wrong, repairs what is safe."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from chalicelib.documents import files
from chalicelib.dossiers.items import HeadItem, StatusItem
from chalicelib.dossiers.records import HEAD
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import dossier_key
from chalicelib.table import Item, Lost, as_kept
from ops.care import (
    check_bucket,
    check_desk,
    check_documents,
    check_found,
    check_history,
    check_money,
    check_post,
    check_receipts,
    scan,
)
from ops.care.check_receipts import Numbers
from ops.care.findings import KINDS, Finding
from ops.care.partition import Partition

CHECKS = (check_desk, check_history, check_documents, check_money, check_receipts, check_post)
SHOWN = 20
Looked = list[Counter[str]]


def findings(now: datetime, looked: Looked | None = None, page: int | None = None) -> Iterator[Finding]:
    """All there is to find, as it is found. `looked` counts what was looked at, each part for itself."""
    looked = looked if looked is not None else []
    scan.client(), files.client()  # before anybody shares them
    numbers = Numbers(now)
    work: list[Callable[[], Iterator[Finding]]] = [
        *(partial(_of_segment, segment, now, looked, numbers, page) for segment in range(scan.SEGMENTS)),
        *(partial(check_bucket.findings, first, last, now) for first, last in check_bucket.RANGES),
    ]
    yield from scan.together(work)
    yield from numbers.findings()


def of_dossier(dossier_id: str, now: datetime, numbers: Numbers | None = None) -> list[Finding]:
    """What is wrong with the dossier, and still is when it is read once more: work that is under way is not a fault."""
    first = list(_found(dossier_id, now, numbers))
    if not first:
        return []
    still = {each.name for each in first}
    return [each for each in _found(dossier_id, now) if each.name in still]


def _of_segment(segment: int, now: datetime, looked: Looked, numbers: Numbers, page: int | None) -> Iterator[Finding]:
    own = Counter[str]()
    looked.append(own)
    for pk in scan.keys(segment, page=page):
        place, _, rest = pk.partition("#")
        if place == "D":
            own["dossiers"] += 1
            yield from of_dossier(rest, now, numbers)
        elif place == "C":
            own["public statuses"] += 1
            yield from _of_code(rest)
        elif place == "FIND":
            yield from check_found.findings(pk)


def _found(dossier_id: str, now: datetime, numbers: Numbers | None = None) -> Iterator[Finding]:
    try:
        found = Partition.read(dossier_id)
        if not found.items:
            return
        if not found.head:
            kinds = Counter(type(item).__name__.removesuffix("Item").lower() for item in found.items)
            facts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
            yield Finding("no_head", dossier_id, facts)
            return
        if numbers:
            numbers.take(check_receipts.receipts_of(found))
        for check in CHECKS:
            yield from check.findings(found, now)
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # never its words: they may quote the item
        yield Finding("unreadable", dossier_id, type(error).__name__)


def _of_code(code: str) -> Iterator[Finding]:
    """Whether the code's public status is that of a dossier, which has this very code."""
    for item in Item.query(f"C#{code}", consistent_read=True):
        if isinstance(item, StatusItem):
            about = as_kept(Dossier, item.body).id
            heads = list(HeadItem.query(dossier_key(about), HeadItem.sk == HEAD, consistent_read=True))
            if not heads or as_kept(Dossier, heads[0].body).code != code:
                yield Finding("status_of_nobody", code, f"names dossier {about}")


# ——— what is said, and done ———


def main(where: str, now: datetime, *, repair: bool, every: bool) -> int:
    """Prints what is wrong; 1 when something remains that was not repaired."""
    looked: Looked = []
    began = time.monotonic()
    shown: dict[str, list[str]] = {}
    counts, done = Counter[str](), Counter[str]()
    for each in findings(now, looked):
        counts[each.kind] += 1
        outcome = _tended(each, repair=repair)
        done[each.kind] += outcome == "repaired"
        lines = shown.setdefault(each.kind, [])
        if every or len(lines) < SHOWN:
            lines.append(f"    {each.about}  {each.facts}" + (f"  → {outcome}" if outcome else ""))
    seen = ", ".join(f"{count:,} {what}" for what, count in sorted(sum(looked, Counter()).items())) or "nothing"
    print(f"{where}: looked at {seen} in {time.monotonic() - began:.1f} s.")
    for kind in (kind for kind in KINDS if kind in counts):
        _say(kind, counts[kind], shown[kind])
    left = counts.total() - done.total()
    print(f"{counts.total()} findings, {done.total()} repaired." if counts else "Nothing is wrong.")
    return 1 if left else 0


def _tended(found: Finding, *, repair: bool) -> str:
    if found.repair is None:
        return ""
    if not repair:
        return "would be repaired"
    try:
        found.repair()
    except Lost:
        return "left: it changed meanwhile"
    return "repaired"


def _say(kind: str, count: int, lines: list[str]) -> None:
    said = KINDS[kind]
    print(f"\n{count:,} {said.what}\n  {said.means}\n  {said.then}")
    print("\n".join(lines))
    if count > len(lines):
        print(f"    … and {count - len(lines):,} more (ALL=1 shows each)")
