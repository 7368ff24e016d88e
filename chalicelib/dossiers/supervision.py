"""What is late or soon will be, counted by agency and officer: stretches of an index, read no further than asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.access import Caller, Desk, require
from chalicelib.clock.actions import calendar_for
from chalicelib.dossiers import queues, sweeps
from chalicelib.dossiers.desk_actions import agency_asked
from chalicelib.settings import settings


class Counts(NamedTuple):
    """Of what is overdue, due soon, and past the time to accept it."""

    overdue: int = 0
    due_soon: int = 0
    unaccepted: int = 0


def of_agencies(caller: Caller, agencies: Sequence[str], now: datetime, most: int) -> list[tuple[str, Counts]]:
    """Numbers only, for who supervises the province: three queries an agency, however much it has."""
    require(caller, "compare_agencies", Desk(settings().PROVINCE))
    return [(each, _counts(each, None, now, most)) for each in agencies]


def open_at(caller: Caller, agency: str, most: int) -> int:
    """How many dossiers filed there are not closed, counted no further than `most`: for who would end the agency."""
    require(caller, "keep_agencies")
    return sum(sweeps.count(agency, None, span, most) for span in queues.OPEN)


def of_officers(
    caller: Caller, agency: str | None, officers: Sequence[str], now: datetime, most: int
) -> list[tuple[str, Counts]]:
    """What is assigned to each, whoever stands in for them."""
    wanted = agency_asked(caller, "see_apologies", agency)
    return [(each, _counts(wanted, each, now, most)) for each in officers]


def _counts(agency: str, officer: str | None, now: datetime, most: int) -> Counts:
    calendar = calendar_for(agency, now)
    spans = (queues.span("overdue", now, calendar), queues.span("due_soon", now, calendar), queues.unaccepted(now))
    return Counts(*(sweeps.count(agency, officer, span, most) if span else 0 for span in spans))
