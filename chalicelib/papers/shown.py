"""What is told of a paper to whoever holds it: genuine or not, still standing or not, and what it states."""

from datetime import datetime
from typing import Literal

from chalicelib.papers import actions, tokens
from chalicelib.papers.actions import Verified
from chalicelib.papers.forms import set_on
from chalicelib.papers.rules import promised_by, stated_by
from chalicelib.shapes import Shape


class Stated(Shape):
    """What the paper's QR code says; nothing of the dossier beyond it is told here."""

    dossier_code: str
    procedure: str
    applicant: str
    document: str
    system: str
    at: datetime
    due_at: datetime | None


class Revoked(Shape):
    at: datetime
    reason: str


class Superseded(Shape):
    """The paper that took this one's place: its name, its date, and the appointment it makes, if any."""

    document: str
    at: datetime
    due_at: datetime | None


class Verification(Shape):
    """`valid`: genuine, and neither revoked nor superseded; `not_issued`: a result that nobody has decided on."""

    genuine: bool
    valid: bool
    status: Literal["valid", "revoked", "superseded", "not_issued", "not_genuine"]
    states: Stated | None = None
    revoked: Revoked | None = None
    superseded_by: Superseded | None = None


def verification(token: str) -> Verification:
    try:
        return _shown(actions.verified(token))
    except tokens.Forged:
        return Verification(genuine=False, valid=False, status="not_genuine")


def _shown(found: Verified) -> Verification:
    later, revocation = found.superseded_by, found.revocation
    return Verification(
        genuine=True,
        valid=found.stands,
        status="revoked" if revocation else "superseded" if later else "valid" if found.issued else "not_issued",
        states=Stated(**found.statement.model_dump(exclude={"paper_id"})),
        revoked=Revoked(at=revocation.at, reason=revocation.reason) if revocation else None,
        superseded_by=_superseded(found),
    )


def _superseded(found: Verified) -> Superseded | None:
    later = found.superseded_by
    kind = stated_by(later) if later else None
    if later is None or kind is None:
        return None
    return Superseded(document=set_on(later.at.date()).form(kind).title, at=later.at, due_at=promised_by(later))
