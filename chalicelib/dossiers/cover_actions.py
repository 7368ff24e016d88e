"""What is done with covers: one is declared, ended, read; and who stands in for whom when somebody acts."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.dossiers import cover_records as records
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import AgencyMissing
from chalicelib.dossiers.covers import COVER_ID, Cover, CoverDeclared, UnknownCover, covered_by, day_of, declared, ended
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost

# A container remembers an agency's covers so long: one small read a minute, and none for all else that is done.
FRESH_FOR: Final = timedelta(minutes=1)
TRIES_OVERTAKEN: Final = 6


@dataclass(frozen=True)
class _Known:
    covers: tuple[Cover, ...]
    read_at: datetime


@cache
def _known() -> dict[str, _Known]:
    return {}


def covering(caller: Caller | None, now: datetime) -> list[Cover]:
    """The covers by which an officer stands in for others now, as the container last read them."""
    if caller is None or caller.kind != "officer" or not caller.agency:
        return []
    known = _known().get(caller.agency)
    fresh = known is not None and abs(now - known.read_at) < FRESH_FOR and day_of(now) == day_of(known.read_at)
    covers = known.covers if known and fresh else _read(caller.agency, now)
    return covered_by(caller.subject, covers, now)


def _read(agency: str, now: datetime) -> tuple[Cover, ...]:
    covers = records.standing(agency, day_of(now))
    _known()[agency] = _Known(covers, now)
    return covers


def on(dossier: Dossier, caller: Caller, now: datetime) -> Caller:
    """The caller as they are to be judged on this dossier: with those for whom they stand in, asked only if it may be.

    A cover that has just been ended elsewhere is found out here: whoever seems to stand in is looked up anew.
    """
    own = caller.kind != "officer" or dossier.officer in ("", caller.subject) or dossier.agency != caller.agency
    if own or not any(each.absent == dossier.officer for each in covering(caller, now)):
        return caller
    covers = covered_by(caller.subject, _read(caller.agency, now), now)
    return replace(caller, covers=frozenset(each.absent for each in covers))


def acting(dossier: Dossier, act: Act) -> Act:
    return replace(act, caller=on(dossier, act.caller, act.at))


def declare(asked: CoverDeclared, caller: Caller, now: datetime, once: Once | None = None) -> Cover:
    """In force from its first day; of others only a supervisor says so. Judged anew when somebody was faster."""
    own = asked.absent in (None, caller.subject)
    access.require(caller, "cover" if own else "cover_others")
    if not caller.agency:
        raise AgencyMissing
    for _ in range(TRIES_OVERTAKEN):
        number = records.how_many(caller.agency) + 1
        standing = records.standing(caller.agency, min(asked.first, day_of(now)))
        new = declared(asked, standing, caller.agency, caller.subject, number, now)
        try:
            records.add(new, number, [once.write(new)] if once else [])
        except Lost as lost:
            if lost.over(Once.KIND):
                raise
            continue
        _read(caller.agency, now)  # who declares it sees it at once; other containers when they next ask
        return new
    raise Unavailable


def end(cover_id: str, caller: Caller, now: datetime, once: Once | None = None) -> Cover:
    """At once, by either of the two whom it concerns, or a supervisor."""
    access.require(caller, "end_cover")
    if not re.fullmatch(COVER_ID, cover_id) or not caller.agency:
        raise UnknownCover
    before = records.find(caller.agency, cover_id)
    if caller.subject not in (before.absent, before.covering):
        access.require(caller, "cover_others")
    after = ended(before, caller.subject, now)
    records.change(before, after, [once.write(after)] if once else [])
    _read(caller.agency, now)
    return after


def in_force(agency: str, now: datetime) -> dict[str, Cover]:
    """By absent officer, the agency's covers at this moment."""
    return {each.absent: each for each in records.standing(agency, day_of(now)) if each.holds(now)}


def listed(agency: str, limit: int, before: str) -> records.Page:
    return records.page(agency, limit, before)
