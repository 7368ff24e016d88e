"""What an admin does to the directory of agencies: each change judged by the whole of it, and kept with who and why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from chalicelib.catalogue import agency_records, directory, records
from chalicelib.catalogue.agency_records import Listing
from chalicelib.catalogue.directory import AgencyChangedMeanwhile, AgencyEvent, InTheWay, UnknownAgency, What
from chalicelib.catalogue.placing import Known, Typed, beneath
from chalicelib.history.once import Once
from chalicelib.refusals import Unavailable
from chalicelib.settings import settings
from chalicelib.table import Lost, Write

TRIES_OVERTAKEN: Final = 6
SHOWN: Final = 100  # of an agency's events


def known() -> dict[str, Known]:
    """Every agency there is or was, by code."""
    return agency_records.listing().known


def show(code: str) -> tuple[Known, list[AgencyEvent]]:
    """Raises `UnknownAgency`."""
    return _standing(agency_records.listing(), code), agency_records.events(code, SHOWN)


def in_the_way(code: str, dossiers: int) -> InTheWay:
    """`dossiers`: how many are open there, which the catalogue cannot know."""
    return _in_the_way(code, dossiers, records.listing(), agency_records.listing())


def add(typed: Typed, by: str, now: datetime, once: Once) -> Known:
    def judged(listing: Listing) -> Known:
        return directory.added(typed, listing.known, settings().PROVINCE)

    return _keep("added", typed.reason, judged, by, now, once)


def change(typed: Typed, seen: int | None, by: str, now: datetime, once: Once) -> Known:
    """Another name, level or parent for the agency of `typed.code`, as it was seen."""

    def judged(listing: Listing) -> Known:
        return directory.changed(_seen(listing, typed.code, seen), typed, listing.known, settings().PROVINCE)

    return _keep("changed", typed.reason, judged, by, now, once)


def end(code: str, seen: int | None, dossiers: int, reason: str, by: str, now: datetime, once: Once) -> Known:
    """Not while anything is in the way; a procedure published for it at this very moment is."""
    checks: list[Write] = []

    def judged(listing: Listing) -> Known:
        before, procedures = _seen(listing, code, seen), records.listing()
        checks[:] = [records.unchanged_since(procedures)]
        way = _in_the_way(code, dossiers, procedures, listing)
        return directory.ended(before, reason, now, settings().PROVINCE, way)

    return _keep("ended", reason, judged, by, now, once, checks)


def reopen(code: str, seen: int | None, reason: str, by: str, now: datetime, once: Once) -> Known:
    def judged(listing: Listing) -> Known:
        return directory.reopened(_seen(listing, code, seen), reason, listing.known, settings().PROVINCE)

    return _keep("reopened", reason, judged, by, now, once)


def _keep(
    what: What,
    reason: str,
    judged: Callable[[Listing], Known],
    by: str,
    now: datetime,
    once: Once,
    also: Sequence[Write] = (),
) -> Known:
    for _ in range(TRIES_OVERTAKEN):
        listing = agency_records.listing()
        after = judged(listing)
        before = listing.known.get(after.agency.code)
        event = AgencyEvent(
            number=after.version,
            what=what,
            by=by,
            at=now,
            reason=reason,
            before=before.agency if before else None,
            after=after.agency,
        )
        try:
            agency_records.keep(listing, after, event, [once.write(after), *also])
        except Lost as lost:
            if lost.over(Once.KIND):
                raise
            continue  # something else was changed or published meanwhile: judged anew
        return after
    raise Unavailable


def _standing(listing: Listing, code: str) -> Known:
    if code not in listing.known:
        raise UnknownAgency
    return listing.known[code]


def _seen(listing: Listing, code: str, seen: int | None) -> Known:
    found = _standing(listing, code)
    if found.version != seen:
        raise AgencyChangedMeanwhile
    return found


def _in_the_way(code: str, dossiers: int, procedures: records.Listing, listing: Listing) -> InTheWay:
    in_force = [each for each in procedures.summaries if each.status == "in_force" and code in each.agencies]
    return InTheWay(dossiers, len(in_force), len(beneath(code, listing.known)))
