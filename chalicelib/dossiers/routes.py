"""Dossiers over HTTP, for those whose they are and for anyone with a code and a proof."""

from collections.abc import Callable
from typing import Literal

from chalicelib.catalogue.publication import (
    ChannelNotOffered,
    ProcedureAbolished,
    ProcedureUnderReview,
    UnknownProcedure,
)
from chalicelib.dossiers import actions, asked, drafts
from chalicelib.dossiers.explained import DeadlineShown, deadline_shown
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.moves import AlreadyRated
from chalicelib.dossiers.proofs import LookupNoMatch
from chalicelib.dossiers.rules import Dossier, DraftExpired, Rating, SomebodyElseWasFaster, UnknownDossier
from chalicelib.dossiers.shown import (
    DossierList,
    DossierShown,
    HistoryShown,
    act_of,
    card_shown,
    event_shown,
    shown,
)
from chalicelib.dossiers.status import PublicStatus, public_status
from chalicelib.history.rules import broken_at
from chalicelib.refusals import Forbidden, Refusal, TooLarge, TooMany
from chalicelib.web import Answer, Call, Request, Routes, View
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes = Routes(__name__)
FILING = (UnknownProcedure, ProcedureAbolished, ProcedureUnderReview, ChannelNotOffered)
CHANGING = (UnknownDossier, NotInThisStage, SomebodyElseWasFaster, Forbidden)


def change(
    name: str,
    body: type[Request],
    *,
    who: Literal["citizen", "caller"] = "caller",
    status: int = 200,
    refuses: tuple[type[Refusal], ...] = CHANGING,
) -> Callable[[View], View]:
    """A route by which a dossier is changed: repeatable under its key, on the version seen where one is named."""
    return routes.on(
        "POST",
        f"/dossiers/{{dossier_id}}/{name}",
        body=body,
        answer=DossierShown,
        show=shown,
        status=status,
        who=who,
        once=True,
        if_match="optional",
        refuses=refuses,
    )


class RatingGiven(Rating, Request):
    """From 1 (bad) to 5 (good)."""


@routes.on(
    "POST",
    "/dossiers",
    body=asked.Draft,
    answer=DossierShown,
    show=shown,
    status=201,
    who="caller",
    once=True,
    refuses=(*FILING, asked.WrongAgency, Forbidden, TooLarge),
)
def begin_dossier(call: Call) -> Dossier:
    """Begin a draft; a clerk begins one at the desk for somebody present."""
    return actions.begin(call.body, act_of(call))


@routes.on("GET", "/dossiers", query=asked.Paging, answer=DossierList, who="citizen", refuses=(CursorUnreadable,))
def list_my_dossiers(call: Call) -> DossierList:
    """The citizen's own dossiers, the one changed last first."""
    after = position_of(call.query.cursor)
    page = actions.mine(call.person, call.query.limit, after)
    items = [card_shown(card, call.now, call.language) for card in page.cards]
    return DossierList(items=items, next=cursor_after(page.position) or None)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}",
    answer=DossierShown,
    show=shown,
    who="caller",
    refuses=(UnknownDossier, DraftExpired, Forbidden),
)
def read_dossier(call: Call, dossier_id: str) -> Dossier:
    """A dossier, to its citizen and to the officers of its agency."""
    return actions.look(dossier_id, call.caller)


@routes.on(
    "PATCH",
    "/dossiers/{dossier_id}",
    body=asked.Edit,
    answer=DossierShown,
    show=shown,
    who="caller",
    if_match="required",
    refuses=(*CHANGING, TooLarge),
)
def edit_dossier(call: Call, dossier_id: str) -> Dossier:
    """Save a draft as it stands, or correct what an open supplement request asks for."""
    return actions.edit(dossier_id, call.body, act_of(call))


@routes.on(
    "DELETE",
    "/dossiers/{dossier_id}",
    answer=None,
    status=204,
    who="caller",
    if_match="optional",
    refuses=(*CHANGING, DraftExpired),
)
def discard_draft(call: Call, dossier_id: str) -> Answer:
    """Discard a draft with its files, for good; what was filed is withdrawn instead."""
    drafts.discard(dossier_id, act_of(call))
    return Answer(None)


@change("submission", asked.Nothing, refuses=(*CHANGING, *FILING, asked.WrongAgency))
def submit_dossier(call: Call, dossier_id: str) -> Dossier:
    """File the draft: it gets its code, its fee, and the desk's clock runs."""
    return actions.submit(dossier_id, act_of(call))


@change("supplements", asked.Nothing)
def answer_supplement(call: Call, dossier_id: str) -> Dossier:
    """Hand in what was asked for; the clock that stood goes on."""
    return actions.answer_supplement(dossier_id, act_of(call))


@change("withdrawal", asked.Withdrawal, who="citizen")
def withdraw_dossier(call: Call, dossier_id: str) -> Dossier:
    """Take a filed dossier back."""
    return actions.withdraw(dossier_id, call.body.reason, act_of(call))


@change("rating", RatingGiven, who="citizen", refuses=(*CHANGING, AlreadyRated))
def rate_dossier(call: Call, dossier_id: str) -> Dossier:
    """Rate how the dossier was handled, once."""
    rating = Rating.model_validate(call.body.model_dump())
    return actions.rate(dossier_id, rating, act_of(call))


@change("messages", asked.Message, status=201)
def write_message(call: Call, dossier_id: str) -> Dossier:
    """Write to the agency, or to the citizen."""
    return actions.write(dossier_id, call.body.text, act_of(call))


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/history",
    answer=HistoryShown,
    who="caller",
    refuses=(UnknownDossier, DraftExpired, Forbidden),
)
def read_history(call: Call, dossier_id: str) -> HistoryShown:
    """Everything that happened to the dossier, each event chained to the one before."""
    _, events = actions.past(dossier_id, call.caller)
    return HistoryShown(items=[event_shown(event) for event in events], intact=broken_at(events) is None)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/deadline",
    answer=DeadlineShown,
    who="caller",
    refuses=(UnknownDossier, DraftExpired, Forbidden),
)
def explain_deadline(call: Call, dossier_id: str) -> DeadlineShown:
    """Why the due date is what it is, day by day; before acceptance, the desk's own."""
    found = actions.clock_of(dossier_id, call.caller, call.now)
    return deadline_shown(found.clock, found.dossier, found.steps, call.now, call.language)


@routes.on(
    "POST",
    "/status-lookups",
    body=asked.LookUp,
    answer=PublicStatus,
    who="anyone",
    refuses=(LookupNoMatch, TooMany),
)
def look_up_status(call: Call) -> PublicStatus:
    """Where a dossier stands, for whoever has its code and the last four digits of the applicant's phone or number."""
    dossier, steps = actions.look_up(call.body.code.upper(), call.body.proof, call.now)
    return public_status(dossier, steps, call.now, call.language)


@routes.on(
    "POST",
    "/deadline-lookups",
    body=asked.LookUp,
    answer=DeadlineShown,
    who="anyone",
    refuses=(LookupNoMatch, TooMany),
)
def look_up_deadline(call: Call) -> DeadlineShown:
    """Why the due date is what it is, for whoever has the dossier's code and the last four digits."""
    found = actions.look_up_clock(call.body.code.upper(), call.body.proof, call.now)
    return deadline_shown(found.clock, found.dossier, found.steps, call.now, call.language)
