"""Numbers drawn from counters of the table: the dossier code, and series whose numbers have no gaps."""

import random
import time
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from chalicelib.dossiers.items import CounterItem, HeadItem
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost, Update, absent

TRIES: Final = 12
P = ParamSpec("P")
R = TypeVar("R")


def next_code(agency: str, day: date) -> str:
    """The dossier code (mã hồ sơ): agency, date of receipt, ordinal of the day. Unique across processes; never reused.

    Draws the next number of the agency's day from an atomic counter (NĐ 61/2018 Art 26).

    Four digits, wider after 9,999. A filing that fails after drawing leaves a gap; a number is never given twice.
    """
    key = f"{day:%y%m%d}"
    drawn_from = counter(f"{agency}#{key}")
    drawn_from.update(actions=[CounterItem.kind.set(CounterItem), CounterItem.value.add(1)])
    return f"{agency}-{key}-{int(drawn_from.value):04d}"


def counter(series: str) -> CounterItem:
    """What holds the last number drawn of a series."""
    return CounterItem(f"N#{series}", "COUNTER")


def last_of(series: str) -> int:
    """The last ordinal drawn; 0 when there is none yet."""
    item = counter(series)
    try:
        return int(CounterItem.get(item.pk, item.sk, consistent_read=True).value)
    except CounterItem.DoesNotExist:
        return 0


def drawn(series: str, ordinal: int) -> Update:
    """The write that draws it, in the transaction of what bears it: so there are no gaps. Lost when it is taken."""
    actions = [CounterItem.kind.set(CounterItem), CounterItem.value.set(ordinal)]
    return Update(counter(series), actions, CounterItem.value == ordinal - 1 if ordinal > 1 else absent())


def again_if_taken(action: Callable[P, R]) -> Callable[P, R]:
    """Repeats what draws a number when somebody else took it first; after a pause of any length, so that of many at
    once each gets through."""

    @wraps(action)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES):
            try:
                return action(*args, **kwargs)
            except Lost as lost:
                if not lost.over(CounterItem) or lost.over(HeadItem):
                    raise
            time.sleep(random.uniform(0, min(0.05 * 2**attempt, 1)))  # noqa: S311 - jitter, not a secret
        raise Unavailable

    return repeated
