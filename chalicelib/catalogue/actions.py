"""What the catalogue does: shows, finds and publishes procedures, and says under which of them one may file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final, Literal, NamedTuple

from chalicelib.catalogue import agency_records, records, search
from chalicelib.catalogue.life_events import LifeEvent, events
from chalicelib.catalogue.placing import Known
from chalicelib.catalogue.publication import (
    PublishedMeanwhile,
    SubmitChannel,
    Summary,
    UnknownProcedure,
    content_digest,
    next_version,
    require_filable,
    require_usable_form,
    require_usable_result,
)
from chalicelib.catalogue.rules import Agency, Procedure
from chalicelib.table import Lost

# A container asks this often whether its copy of the list is old: one small read, then none for all others.
FRESH_FOR: Final = timedelta(seconds=5)


class Published(NamedTuple):
    outcome: Literal["imported", "new_version", "unchanged"]
    procedure: Procedure


@dataclass(frozen=True)
class Shelf:
    """The list of procedures as this container last saw it."""

    revision: int
    entries: tuple[search.Entry, ...]
    checked_at: datetime


@dataclass
class Place:
    """Where the container keeps its shelf."""

    shelf: Shelf | None = None


@cache
def _place() -> Place:
    return Place()


def procedure(code: str, on: date) -> Procedure:
    """The version in force on that day, whatever its status: what is abolished or under review stays readable."""
    return records.current(code, on)


def pinned(code: str, key: str) -> Procedure:
    """The version a dossier keeps; `key` is its `Procedure.key`."""
    return records.pinned(code, key)


def filable(code: str, on: date, channel: SubmitChannel = "online") -> Procedure:
    """The version a new dossier may be filed under, or the refusal that says why there is none."""
    found = records.current(code, on)
    require_filable(found, channel)
    return found


def find(wanted: search.Wanted, now: datetime) -> list[Summary]:
    return search.find(_shelf(now).entries, wanted)


def by_event(now: datetime) -> list[tuple[LifeEvent, int]]:
    """The events of a life or a company that any procedure in force belongs to, each with how many do."""
    counts = Counter(key for each in _shelf(now).entries if each.summary.status == "in_force" for key in each.events)
    return [(event, counts[event.key]) for event in events() if counts[event.key]]


def _shelf(now: datetime) -> Shelf:
    shelf = _place().shelf
    if shelf is None or not _still_true(shelf, now):
        listing = records.listing()
        shelf = Shelf(listing.revision, search.entries(listing.summaries), now)
    elif now - shelf.checked_at >= FRESH_FOR:
        shelf = Shelf(shelf.revision, shelf.entries, now)
    _place().shelf = shelf
    return shelf


def _still_true(shelf: Shelf, now: datetime) -> bool:
    return now - shelf.checked_at < FRESH_FOR or records.revision() == shelf.revision


def agencies(after: str = "", limit: int | None = None) -> list[Agency]:
    """Those that stand, by code."""
    known = agency_records.listing(consistent=False).known.values()
    return [each.agency for each in known if each.stands and each.agency.code > after][:limit]


def every_agency() -> list[Known]:
    """Those that have ended too: dossiers and parcels of theirs still say whose they were."""
    return list(agency_records.listing(consistent=False).known.values())


def keep_agencies(agencies: Sequence[Agency]) -> list[str]:
    """As an import gives them; the codes of those left as they are, because an admin changed them by hand."""
    return agency_records.keep_imported(agencies)


def publish(procedure: Procedure, on: date) -> Published:
    """Safe to repeat: the same content again changes nothing; other content is the next version, in force from `on`."""
    intended = preview(procedure, on)
    if intended.outcome == "unchanged":
        return intended
    try:
        records.publish(intended.procedure)
    except Lost:
        return _beaten(procedure)
    finally:
        _place().shelf = None  # who publishes sees it at once; other containers when they next ask
    return intended


def preview(procedure: Procedure, on: date) -> Published:
    """What `publish` would do, without doing it."""
    require_usable_form(procedure)
    require_usable_result(procedure)
    standing = latest(procedure.code)
    following = next_version(procedure, standing, on)
    if following is None:
        return Published("unchanged", standing or procedure)
    return Published("new_version" if standing else "imported", following)


def _beaten(procedure: Procedure) -> Published:
    """Somebody else published first. If it was the same content, all is well."""
    winner = latest(procedure.code)
    if winner and content_digest(winner) == content_digest(procedure):
        return Published("unchanged", winner)
    raise PublishedMeanwhile(code=procedure.code) from None


def latest(code: str) -> Procedure | None:
    """The newest version, in force or abolished; None when there never was one."""
    try:
        return records.latest(code)
    except UnknownProcedure:
        return None
