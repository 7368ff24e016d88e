"""What is done with outages: one is declared, against those declared before; they are read."""

from datetime import datetime
from typing import Final

from chalicelib.clock import outage_records as records
from chalicelib.clock.actions import calendar_for
from chalicelib.clock.outages import Outage, OutageDeclared, declared
from chalicelib.history.once import Once
from chalicelib.refusals import Unavailable
from chalicelib.settings import settings
from chalicelib.table import Lost

TRIES_OVERTAKEN: Final = 6


def declare(asked: OutageDeclared, by: str, now: datetime, once: Once | None = None) -> Outage:
    """In force from this moment; judged anew when somebody else declared another meanwhile."""
    axis = calendar_for(settings().PROVINCE, now).worktime
    for _ in range(TRIES_OVERTAKEN):
        new = declared(asked, records.every(), by, now, axis)
        try:
            records.add(new, [once.write(new)] if once else [])
        except Lost as lost:
            if lost.over(Once.KIND):
                raise
            continue
        return new
    raise Unavailable


def listed(limit: int, before: str) -> records.Page:
    return records.page(limit, before)


def find(outage_id: str) -> Outage | None:
    return records.find(outage_id)
