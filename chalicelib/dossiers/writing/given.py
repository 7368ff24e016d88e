"""Results that were written and then given out by a decision: which file each is, and whether it was revoked since."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.history.rules import Event, EventType
from chalicelib.papers import records as paper_records
from chalicelib.papers.records import Revocation
from chalicelib.papers.rules import is_issued, named


class GivenOut(NamedTuple):
    """`id`: of the paper; `document`: of the file that it is."""

    id: str
    document: str
    title: str
    number: str
    at: datetime
    revocation: Revocation | None

    @property
    def revoked(self) -> str:
        """Why; empty while it stands."""
        return self.revocation.reason if self.revocation else ""


def given_out(past: Sequence[Event]) -> list[GivenOut]:
    """Of a dossier whose whole history was read before; asks for revocations only where there is anything to revoke."""
    written = [each for each in past if each.type == EventType.RESULT_WRITTEN]
    issued = [each for each in written if is_issued(named(each.data["paper"]), past)]
    revoked = paper_records.revocations([each.data["paper"] for each in issued]) if issued else {}
    return [
        GivenOut(
            id=each.data["paper"],
            document=each.data["document"],
            title=each.data["title"],
            number=each.data["number"],
            at=each.at,
            revocation=revoked.get(each.data["paper"]),
        )
        for each in issued
    ]
