"""The letters of apology over HTTP: those that wait for the approver, the draft of one, and its signature."""

from datetime import datetime
from typing import Final

from chalicelib.dossiers import asked, desk_actions, paper_actions
from chalicelib.dossiers.apologies import ApologisedAlready, NoApologyDue, PromiseInvalid
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.rules import Dossier, SomebodyElseWasFaster, UnknownDossier
from chalicelib.dossiers.shown import DossierList, DossierShown, act_of, card_shown, shown
from chalicelib.papers.rules import UnknownPaper
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Routes
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes: Final = Routes(__name__)


class DraftLink(Shape):
    """`url` serves the unsigned letter as PDF for a few minutes."""

    url: str
    expires_at: datetime


@routes.on(
    "GET",
    "/desk/apologies",
    query=asked.ApologyQuery,
    answer=DossierList,
    who="officer",
    refuses=(Forbidden, asked.AgencyMissing, CursorUnreadable),
)
def list_unsigned_apologies(call: Call) -> DossierList:
    """The dossiers whose letter of apology waits for a signature, due first; with `overdue`, those already late."""
    wanted: asked.ApologyQuery = call.query
    after = position_of(wanted.cursor)
    cards, following = desk_actions.unsigned_apologies(
        call.person, wanted.agency, call.now, wanted.limit, after, overdue=wanted.overdue
    )
    items = [card_shown(card, call.now, call.language) for card in cards]
    return DossierList(items=items, next=cursor_after(following) or None)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/apology",
    answer=DraftLink,
    who="officer",
    refuses=(UnknownDossier, NotInThisStage, NoApologyDue, ApologisedAlready, UnknownPaper, Forbidden),
)
def draft_apology(call: Call, dossier_id: str) -> DraftLink:
    """The letter as it waits for a signature: a draft, without a number or a code that says it is genuine."""
    drafted = paper_actions.draft_apology(dossier_id, call.person, call.now)
    return DraftLink(url=drafted.url, expires_at=drafted.expires_at)


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/apology",
    body=asked.Apologising,
    answer=DossierShown,
    show=shown,
    who="officer",
    once=True,
    if_match="required",
    refuses=(
        *(UnknownDossier, NotInThisStage, SomebodyElseWasFaster, Forbidden),
        *(NoApologyDue, ApologisedAlready, PromiseInvalid),
    ),
)
def sign_apology(call: Call, dossier_id: str) -> Dossier:
    """Sign the letter of apology: why the result is late, and the day by which it is now promised."""
    said: asked.Apologising = call.body
    return desk_actions.apologise(dossier_id, said.reason, said.promised_date, act_of(call))
