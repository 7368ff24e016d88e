"""The officers of an agency by account, as this container last read who has signed in there: pages say their names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from chalicelib.site import officer_records

FRESH_FOR: Final = timedelta(minutes=1)
MOST: Final = 500  # of one agency; who comes after them goes by their account


@dataclass(frozen=True)
class Colleagues:
    """`names`: of all; two of one name are told apart by their accounts. `at_work`: accounts that may come in."""

    names: Mapping[str, str]
    at_work: tuple[str, ...]
    read_at: datetime

    def name(self, account: str) -> str:
        """The account itself of whoever never signed in."""
        return self.names.get(account, account)

    def choices(self) -> list[tuple[str, str]]:
        """Accounts and names, by name."""
        return sorted(((each, self.name(each)) for each in self.at_work), key=lambda both: both[::-1])


@cache
def _known() -> dict[str, Colleagues]:
    return {}


def of(agency: str, now: datetime) -> Colleagues:
    known = _known().get(agency)
    if known is None or abs(now - known.read_at) >= FRESH_FOR:
        known = _known()[agency] = _read(agency, now)
    return known


def forget(agency: str) -> None:
    """Somebody there came or was barred just now: the next page reads anew."""
    _known().pop(agency, None)


def _read(agency: str, now: datetime) -> Colleagues:
    officers = officer_records.page(agency, MOST, "").officers
    twice = Counter(each.name for each in officers)
    names = {
        each.subject: f"{each.name} ({each.subject})" if twice[each.name] > 1 else each.name
        for each in officers
        if each.name
    }
    return Colleagues(names, tuple(each.subject for each in officers if not each.barred), now)
