"""`make migrate`: brings what earlier releases wrote to the shape of this one; resumable, and safe beside them."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.dossiers.items import HeadItem
from chalicelib.settings import settings
from chalicelib.table import Item, Lost, Put, Write, absent, commit, fresh_id
from ops.care import scan
from ops.care.check_desk import found_rightly, refreshed

HELD: Final = timedelta(minutes=5)  # a run that says nothing for so long is taken to have died
TRIES: Final = 5
PASSES: Final = 4  # so often over the table, in one run, until a pass finds nothing left
Clock = Callable[[], datetime]


class Migration(NamedTuple):
    """`writes`: what makes one item as this release writes it, each refused when the item changed since; none: it is.

    Never altered once released, never taken out: what ran where is known by its name.
    """

    name: str
    why: str
    kind: type[Item]
    writes: Callable[[Any], Sequence[Write]]


def _card(stored: HeadItem) -> Sequence[Write]:
    update = refreshed(stored)
    return [update] if update else []


MIGRATIONS: Final = (
    Migration("0001-cards", "Cards in lists say since when a dossier is accepted, and at which step.", HeadItem, _card),
    Migration(
        "0002-desk-search", "The desk's search finds the dossiers filed before there was one.", HeadItem, found_rightly
    ),
)


class MigrationItem(Item, discriminator="migration"):
    """`MIGRATIONS`/<name>: how far it came. `changed`: in the present pass over the table; `total`: in all."""

    state = UnicodeAttribute()  # running, done
    after = JSONAttribute(null=True)
    passes = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    total = NumberAttribute(default=0)
    holder = UnicodeAttribute()
    held_until = UnicodeAttribute()
    release = UnicodeAttribute(null=True)  # that of the stack's functions when it was done


class AlreadyRunning(Exception):
    """Somebody else is at it."""


class Outcome(NamedTuple):
    """`failed`: the keys of items that could not be read or written, never what is in them."""

    done: bool
    total: int
    failed: tuple[str, ...] = ()


def standing(migration: Migration) -> MigrationItem | None:
    try:
        return MigrationItem.get("MIGRATIONS", migration.name, consistent_read=True)
    except DoesNotExist:
        return None


def preview(migration: Migration, page: int | None = None) -> Counter[str]:
    """How many items it would look at and change; writes nothing."""
    counted = Counter[str]()
    for read in scan.pages(0, 1, page):
        for item in _items(migration, read):
            counted["looked at"] += 1
            counted["to change"] += bool(migration.writes(item))
    return counted


def run(migration: Migration, clock: Clock, page: int | None = None) -> Outcome:
    """Pass after pass over the table, from where the last run got to, until a pass finds nothing left to change.

    Older code may write the old shape behind our back while it still runs: that is what the next pass, or run, is for.
    Raises `AlreadyRunning`.
    """
    record, failed = _taken(migration, clock), set[str]()
    for _ in range(PASSES):
        for read in scan.pages(0, 1, page, start=record.after):
            for item in _items(migration, read):
                record.changed += _changed(migration, item, failed)
            record.after = read.after
            _kept(record, clock)
        left, record.total = int(record.changed), int(record.total) + int(record.changed)
        record.passes, record.changed = int(record.passes) + 1, 0
        record.state = "running" if left or failed else "done"
        record.release = settings().RELEASE
        _kept(record, clock)
        if not left:
            break
    _let_go(record, clock)
    return Outcome(record.state == "done", int(record.total), tuple(sorted(failed)))


def _items(migration: Migration, read: scan.Page) -> list[Any]:
    wanted = migration.kind.kind.get_discriminator(migration.kind)
    return [migration.kind.from_raw_data(item) for item in read.items if item.get("kind", {}).get("S") == wanted]


def _changed(migration: Migration, item: Any, failed: set[str]) -> bool:
    """Whether anything was written; who was overtaken reads again."""
    pk, sk = str(item.pk), str(item.sk)
    try:
        for _ in range(TRIES):
            writes = migration.writes(item)
            try:
                commit(*writes) if writes else None
                return bool(writes)
            except Lost:
                item = migration.kind.get(pk, sk, consistent_read=True)
    except DoesNotExist:
        return False
    except (ValueError, KeyError, TypeError, AttributeError):  # it cannot be read: the others are not kept waiting
        pass
    failed.add(f"{pk} {sk}")
    return False


# ——— the record of it ———


def _taken(migration: Migration, clock: Clock) -> MigrationItem:
    known = standing(migration)
    at, record = clock(), known or MigrationItem("MIGRATIONS", migration.name)
    if known and known.held_until > at.isoformat():
        raise AlreadyRunning
    free = MigrationItem.holder == known.holder if known else absent()
    record.state, record.holder, record.held_until = "running", fresh_id(), (at + HELD).isoformat()
    try:
        commit(Put(record, free))
    except Lost:
        raise AlreadyRunning from None
    return record


def _kept(record: MigrationItem, clock: Clock) -> None:
    """The page's writes are done: here a run that is cut short goes on. Raises `AlreadyRunning` when taken over."""
    record.held_until = (clock() + HELD).isoformat()
    try:
        commit(Put(record, MigrationItem.holder == record.holder))
    except Lost:
        raise AlreadyRunning from None


def _let_go(record: MigrationItem, clock: Clock) -> None:
    record.held_until = clock().isoformat()
    commit(Put(record, MigrationItem.holder == record.holder))


# ——— what is typed ———


def main(where: str, clock: Clock, *, dry: bool, again: str) -> int:
    """Runs, in order, what has not been done here; 1 when one is not done, and then none after it is begun."""
    for migration in MIGRATIONS:
        known = standing(migration)
        if known and _is_over(known) and again != migration.name:
            print(f"{migration.name}: done, {int(known.total)} items changed in {int(known.passes)} passes")
            continue
        begun = f", goes on after {json.dumps(known.after)}" if known and known.after else ""
        print(f"{migration.name}: {migration.why}{begun}")
        if dry:
            counted = preview(migration)
            print(f"  would change {counted['to change']} of {counted['looked at']} items; nothing was written")
        elif not _ran(migration, clock):
            return 1
    print(f"{where}: " + ("nothing was written." if dry else "all migrations are done."))
    return 0


def _is_over(known: MigrationItem) -> bool:
    """Done, and looked at once more after the release that may then still have written the old shape."""
    return bool(known.state == "done" and known.release == settings().RELEASE)


def _ran(migration: Migration, clock: Clock) -> bool:
    try:
        outcome = run(migration, clock)
    except AlreadyRunning:
        print(f"  somebody else is at it, or died less than {HELD.seconds // 60} minutes ago")
        return False
    print(f"  {outcome.total} items changed")
    if outcome.failed:
        print(f"  NOT done: these cannot be read or written: {', '.join(outcome.failed[:20])}")
    elif not outcome.done:
        print("  NOT done: an older release still writes the old shape. Run it again when that is gone.")
    return outcome.done
