"""What is done with a wording: the one in force read, a new one kept or an earlier one again, its history told.

    current("letter/accepted.vi", now)          the edition in force, or None; at most a minute old, no read in between
    as_of("paper/receipt", paper.at, now)       the edition for what is dated `at`: always the same one
    keep("letter/accepted.vi", Typed({"body": "…"}, "QĐ 12"), seen, by, now, once)

What a text may say is judged by the room whose text it is.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from chalicelib.history.once import Once
from chalicelib.table import Lost
from chalicelib.watching import logger
from chalicelib.wordings import records
from chalicelib.wordings.rules import (
    LONGEST_SLUG,
    SETTLES,
    SHIPPED,
    SLUG,
    Edition,
    Typed,
    UnknownEdition,
    WordingChangedMeanwhile,
    following,
    number_of,
)

FAILED: Final = "own wording failed"
SHOWN: Final = 20  # of a wording's editions


class _Read(NamedTuple):
    edition: Edition | None
    at: datetime


@cache
def _known() -> dict[str, _Read]:
    """What this container last read of each wording."""
    return {}


def current(slug: str, now: datetime) -> Edition | None:
    """The edition in force, at most a minute old; None: nobody has ever kept one."""
    read = _known().get(slug)
    if read is None or not read.at <= now < read.at + SETTLES:
        read = _known()[slug] = _Read(records.current(_checked(slug)), now)
    return read.edition


def as_of(slug: str, at: datetime, now: datetime) -> Edition | None:
    """The wording of what is dated `at`: what every container knew by then, so that whoever makes it makes the same."""
    found = current(slug, now)
    if found is None or found.at <= at - SETTLES:
        return found
    return records.last_until(slug, at - SETTLES)


def latest(slug: str) -> Edition | None:
    """As it stands in the table: for who is about to change it."""
    return records.current(_checked(slug))


def latest_of(slugs: Sequence[str]) -> dict[str, Edition]:
    """Of these, those somebody has ever changed."""
    return records.currents([_checked(each) for each in slugs])


def history(slug: str) -> list[Edition]:
    """The newest first."""
    return records.editions(_checked(slug), SHOWN)


def find(slug: str, number: int) -> Edition | None:
    """None for the shipped wording, whose number is 0. Raises `UnknownEdition`."""
    if number == SHIPPED:
        return None
    found = records.find(_checked(slug), number) if number > SHIPPED else None
    if found is None:
        raise UnknownEdition
    return found


def keep(slug: str, typed: Typed, seen: int | None, by: str, now: datetime, once: Once) -> Edition:
    """The new edition, in force everywhere within a minute. `seen`: the number of the one it follows, 0 for none.

    Raises `Invalid` with everything wrong, `WordingChangedMeanwhile`. What the text says is judged by whose it is.
    """
    before = latest(slug)
    if number_of(before) != seen:
        raise WordingChangedMeanwhile
    edition = following(before, typed, by, now)
    try:
        records.keep(slug, edition, [once.write(edition)])
    except Lost as lost:
        if lost.over(Once.KIND):
            raise
        raise WordingChangedMeanwhile from None
    _known().pop(slug, None)
    return edition


def failed(wording: str, why: str) -> None:
    """Own words could not be used and the shipped ones were: nobody waits for it, but somebody must hear of it.

    `wording`: which, with its edition; `why`: never what it was to say.
    """
    logger.error(FAILED, extra={"wording": wording, "why": why})


def _checked(slug: str) -> str:
    """A name that code made: one of another form is a defect."""
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        raise ValueError(slug)
    return slug
