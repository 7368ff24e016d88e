"""The agencies' names, as this container last read them: every page says a name where the data hold a code."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from chalicelib.catalogue import actions
from chalicelib.catalogue.rules import Agency

FRESH_FOR: Final = timedelta(minutes=1)


@dataclass
class _Known:
    by_code: dict[str, Agency] = field(default_factory=dict)
    read_at: datetime | None = None


@cache
def _known() -> _Known:
    return _Known()


def agencies(now: datetime) -> dict[str, Agency]:
    known = _known()
    if known.read_at is None or now - known.read_at >= FRESH_FOR:
        known.by_code, known.read_at = {each.code: each for each in actions.agencies()}, now
    return known.by_code


def name(code: str, now: datetime) -> str:
    """The code itself for an agency nobody entered."""
    found = agencies(now).get(code)
    return found.name if found else code
