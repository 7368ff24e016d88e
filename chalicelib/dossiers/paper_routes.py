"""The legal papers of a dossier over HTTP, their revocation, and an agency's register."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.catalogue.rules import AgencyCode
from chalicelib.dossiers import paper_actions
from chalicelib.dossiers.asked import AgencyMissing
from chalicelib.dossiers.entitled import AlreadyRevoked
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.paper_actions import Standing
from chalicelib.dossiers.registers import PeriodInvalid, RegisterTooLarge
from chalicelib.dossiers.rules import Dossier, SomebodyElseWasFaster, UnknownDossier
from chalicelib.dossiers.shown import DossierShown, act_of, shown
from chalicelib.papers.rules import UnknownPaper, number
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Query, Request, Routes

routes = Routes(__name__)


class PaperShown(Shape):
    """`form` and `form_set`: which form of which circular. `revoked`: why, if it was."""

    paper_id: str
    kind: str
    form: str
    form_set: str
    title: str
    number: str
    at: datetime
    status: Literal["valid", "superseded", "revoked"]
    revoked: str | None


class PaperList(Shape):
    """Every paper the dossier's history entitles the caller to; never so many that a second page is needed."""

    items: list[PaperShown]


class PaperLink(Shape):
    """`url` serves the PDF for a few minutes; `token` is what its QR code carries, `verification` where to ask."""

    url: str
    expires_at: datetime
    token: str
    verification: str


class RegisterLink(Shape):
    url: str
    expires_at: datetime


class Revoking(Request):
    """Why the paper no longer stands; shown to whoever verifies it, so without anybody's personal data."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RegisterQuery(Query):
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    format: Literal["pdf", "xlsx"] = "pdf"
    agency: AgencyCode | None = None


@routes.on("GET", "/dossiers/{dossier_id}/papers", answer=PaperList, who="caller", refuses=(UnknownDossier, Forbidden))
def list_papers(call: Call, dossier_id: str) -> PaperList:
    """The papers the dossier's history entitles to: receipts, requests, notices; for officers the control slip."""
    return PaperList(items=[_shown(each) for each in paper_actions.listed(dossier_id, call.person)])


def _shown(standing: Standing) -> PaperShown:
    paper, revocation = standing.paper, standing.revocation
    form = paper.forms.form(paper.kind)
    return PaperShown(
        paper_id=paper.id,
        kind=paper.kind.value,
        form=form.number,
        form_set=paper.forms.name,
        title=form.title,
        number=number(standing.code, paper.event.seq, form),
        at=paper.event.at,
        status="revoked" if revocation else "superseded" if standing.superseded else "valid",
        revoked=revocation.reason if revocation else None,
    )


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/papers/{paper_id}",
    answer=PaperLink,
    who="caller",
    refuses=(UnknownDossier, UnknownPaper, Forbidden),
)
def fetch_paper(call: Call, dossier_id: str, paper_id: str) -> PaperLink:
    """A link to the PDF, good for five minutes, and the token its QR code carries."""
    handed = paper_actions.fetch(dossier_id, paper_id, call.person, call.now)
    return PaperLink(**handed._asdict(), verification=f"/verifications/{handed.token}")


@routes.on(
    "POST",
    "/papers/{paper_id}/revocation",
    body=Revoking,
    answer=DossierShown,
    show=shown,
    who="officer",
    once=True,
    if_match="optional",
    refuses=(UnknownPaper, UnknownDossier, NotInThisStage, SomebodyElseWasFaster, AlreadyRevoked, Forbidden),
)
def revoke_paper(call: Call, paper_id: str) -> Dossier:
    """Revoke a paper for good, with the reason that whoever verifies it will read."""
    return paper_actions.revoke(paper_id, call.body.reason, act_of(call))


@routes.on(
    "GET",
    "/desk/register",
    query=RegisterQuery,
    answer=RegisterLink,
    who="officer",
    refuses=(Forbidden, AgencyMissing, PeriodInvalid, RegisterTooLarge),
)
def make_register(call: Call) -> RegisterLink:
    """The register of the dossiers accepted on these days, as PDF or XLSX."""
    asked: RegisterQuery = call.query
    handed = paper_actions.register(call.person, asked.agency, asked.first, asked.last, asked.format, call.now)
    return RegisterLink(url=handed.url, expires_at=handed.expires_at)
