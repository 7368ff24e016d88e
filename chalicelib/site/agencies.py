"""The agencies' names, as this container last read them: every page says a name where the data hold a code."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from chalicelib.catalogue import actions
from chalicelib.catalogue.placing import Known
from chalicelib.catalogue.rules import Agency

FRESH_FOR: Final = timedelta(minutes=1)


@dataclass
class _Read:
    by_code: dict[str, Known] = field(default_factory=dict)
    at: datetime | None = None


@cache
def _read() -> _Read:
    return _Read()


def _known(now: datetime) -> dict[str, Known]:
    read = _read()
    if read.at is None or now - read.at >= FRESH_FOR:
        read.by_code, read.at = {each.agency.code: each for each in actions.every_agency()}, now
    return read.by_code


def agencies(now: datetime) -> dict[str, Agency]:
    """Those that stand."""
    return {code: each.agency for code, each in _known(now).items() if each.stands}


def name(code: str, now: datetime) -> str:
    """Of an agency that has ended too; the code itself for one nobody entered."""
    found = _known(now).get(code)
    return found.agency.name if found else code


def forget() -> None:
    """Whoever changed one sees it at once; other containers when they next read."""
    _read().at = None
