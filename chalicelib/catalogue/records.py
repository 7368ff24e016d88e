"""The catalogue in the table: every version of every procedure, one summary of each. Alone knows their keys.

`P#<code>`/`V#<valid_from>#<version>` · `CATALOGUE`/code, beside `CATALOGUE`/`#REVISION`,
a number that every publication raises, so that a container notices with one small read that its copy is old.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.catalogue.publication import Summary, UnknownProcedure, summary_of
from chalicelib.catalogue.rules import Procedure
from chalicelib.table import Check, Item, Put, Update, absent, as_kept, commit

CATALOGUE: Final = "CATALOGUE"
REVISION: Final = "#REVISION"


class VersionItem(Item, discriminator="procedure_version"):
    body = UnicodeAttribute()


class SummaryItem(Item, discriminator="procedure_summary"):
    body = UnicodeAttribute()
    version = NumberAttribute()


class RevisionItem(Item, discriminator="catalogue_revision"):
    number = NumberAttribute()


@dataclass(frozen=True)
class Listing:
    """All summaries as one read found them, and the revision they belong to."""

    revision: int
    summaries: tuple[Summary, ...]


def current(code: str, on: date) -> Procedure:
    """The version in force on that day, as just published."""
    return _newest(code, f"V#{on.isoformat()}#~")


def latest(code: str) -> Procedure:
    return _newest(code, "V#~")


def _newest(code: str, until: str) -> Procedure:
    # Asked through Item, like everything here: every other class would open a client of its own.
    found = Item.query(f"P#{code}", Item.sk <= until, scan_index_forward=False, limit=1, consistent_read=True)
    return _procedure(next(iter(found), None))


def _procedure(item: Item | None) -> Procedure:
    if not isinstance(item, VersionItem):
        raise UnknownProcedure
    return _read(item.body)


@lru_cache(maxsize=128)
def _read(body: str) -> Procedure:
    """What was published is never altered: whatever asks for it, each container reads the same text once."""
    return as_kept(Procedure, body)


@lru_cache(maxsize=512)
def pinned(code: str, key: str) -> Procedure:
    """The version a dossier keeps. Versions never change, so each container reads one once."""
    return _procedure(_item(f"P#{code}", f"V#{key}"))


def _item(pk: str, sk: str) -> Item | None:
    try:
        return Item.get(pk, sk, consistent_read=True)
    except Item.DoesNotExist:
        return None


def publish(procedure: Procedure) -> None:
    """The version, the summary and the revision together. Raises `Lost` when another version has this number."""
    summary = SummaryItem(
        CATALOGUE,
        procedure.code,
        body=summary_of(procedure).model_dump_json(by_alias=True),
        version=procedure.version,
    )
    version = VersionItem(f"P#{procedure.code}", f"V#{procedure.key}", body=procedure.model_dump_json(by_alias=True))
    before = absent() if procedure.version == 1 else SummaryItem.version == procedure.version - 1
    # An update that creates its item says of which kind it is; nothing else would.
    raised = Update(
        RevisionItem(CATALOGUE, REVISION), [RevisionItem.number.add(1), RevisionItem.kind.set(RevisionItem)]
    )
    # Two publishers may choose different days, hence different keys: the summary is what only one can move on.
    commit(Put(version, absent()), Put(summary, before), raised)


def listing() -> Listing:
    items = list(Item.query(CATALOGUE, consistent_read=True))
    summaries = (as_kept(Summary, item.body) for item in items if isinstance(item, SummaryItem))
    return Listing(sum(map(_number, items)), tuple(summaries))


def revision() -> int:
    return _number(_item(CATALOGUE, REVISION))


def _number(item: Item | None) -> int:
    return int(item.number) if isinstance(item, RevisionItem) else 0


def unchanged_since(listing: Listing) -> Check:
    """Nothing was published since the listing."""
    item = RevisionItem(CATALOGUE, REVISION)
    return Check(item, RevisionItem.number == listing.revision if listing.revision else absent())
