"""The desk over HTTP: queues, and each decision an officer takes on what they have seen (`If-Match`)."""

from collections.abc import Callable

from chalicelib.clock.events import ClockRefusal, ExtendedAlready, ExtendedTooLate, ExtensionInvalid, NothingToExtend
from chalicelib.dossiers import asked, desk_actions, desk_search, finishing
from chalicelib.dossiers.handover import ChannelNotOffered
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.moves import FeeNotPaid
from chalicelib.dossiers.results import Result
from chalicelib.dossiers.rules import Dossier, SomebodyElseWasFaster, UnknownDossier
from chalicelib.dossiers.shown import DossierList, DossierShown, act_of, card_shown, shown
from chalicelib.dossiers.stepwork import StepTooEarly, UnknownStep
from chalicelib.dossiers.stops import CauseNotAllowed
from chalicelib.dossiers.sweeps import Page
from chalicelib.refusals import Forbidden, Refusal
from chalicelib.web import Call, Request, Routes, View
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes = Routes(__name__)


def decision(name: str, body: type[Request], *refuses: type[Refusal]) -> Callable[[View], View]:
    """A route of an officer's decision: repeatable under its key, refused when the dossier is not as it was seen."""
    return routes.on(
        "POST",
        f"/dossiers/{{dossier_id}}/{name}",
        body=body,
        answer=DossierShown,
        show=shown,
        who="officer",
        once=True,
        if_match="required",
        refuses=(UnknownDossier, NotInThisStage, SomebodyElseWasFaster, Forbidden, *refuses),
    )


@routes.on(
    "GET",
    "/desk/dossiers",
    query=asked.DeskQuery,
    answer=DossierList,
    who="officer",
    refuses=(Forbidden, asked.AgencyMissing, CursorUnreadable),
)
def read_queue(call: Call) -> DossierList:
    """One page of a queue of the officer's agency, what is due first at the top."""
    wanted: asked.DeskQuery = call.query
    after = position_of(wanted.cursor)
    page = desk_actions.queue(call.person, wanted.agency, wanted.officer, wanted.queue, call.now, wanted.limit, after)
    return _listed(page, call)


@routes.on(
    "POST",
    "/desk/searches",
    body=asked.DeskSearch,
    answer=DossierList,
    who="officer",
    refuses=(Forbidden, asked.AgencyMissing, CursorUnreadable),
)
def search_dossiers(call: Call) -> DossierList:
    """The agency's filed dossiers of this code, name, phone, tax code or identity number, which no address carries."""
    wanted: asked.DeskSearch = call.body
    after = position_of(wanted.cursor)
    return _listed(desk_search.search(call.person, wanted.agency, wanted.text, wanted.limit, after), call)


def _listed(page: Page, call: Call) -> DossierList:
    items = [card_shown(card, call.now, call.language) for card in page.cards]
    return DossierList(items=items, next=cursor_after(page.position) or None)


@decision("acceptance", asked.Nothing, FeeNotPaid)
def accept_dossier(call: Call, dossier_id: str) -> Dossier:
    """Accept: the settlement clock starts and its date is promised."""
    return desk_actions.accept(dossier_id, act_of(call))


@decision("refusal", asked.Refusing)
def refuse_dossier(call: Call, dossier_id: str) -> Dossier:
    """Do not accept, with the reason and its legal basis."""
    said: asked.Refusing = call.body
    return desk_actions.refuse(dossier_id, said.reason, said.legal_basis, act_of(call))


@decision("supplement-requests", asked.SupplementAsked, CauseNotAllowed)
def ask_supplement(call: Call, dossier_id: str) -> Dossier:
    """Ask, once and completely, for what is missing or wrong; the clock stops."""
    said: asked.SupplementAsked = call.body
    return desk_actions.ask_supplement(dossier_id, said.items, said.note, act_of(call))


@decision("assignment", asked.Assignment, UnknownStep, StepTooEarly)
def assign_dossier(call: Call, dossier_id: str) -> Dossier:
    """One officer answers for it; a step named begins, and the one before it ends."""
    said: asked.Assignment = call.body
    return desk_actions.assign(dossier_id, said.officer, said.step, act_of(call))


@decision("suspension", asked.Suspension, CauseNotAllowed)
def suspend_dossier(call: Call, dossier_id: str) -> Dossier:
    """Stop the clock for a cause the procedure allows."""
    said: asked.Suspension = call.body
    return desk_actions.suspend(dossier_id, said.cause, said.reason, act_of(call))


@decision("resumption", asked.Nothing, ClockRefusal)
def resume_dossier(call: Call, dossier_id: str) -> Dossier:
    """Let the clock run on; the date moves by what it stood."""
    return desk_actions.resume(dossier_id, act_of(call))


@decision("extension", asked.Extension, ExtendedAlready, ExtendedTooLate, NothingToExtend, ExtensionInvalid)
def extend_dossier(call: Call, dossier_id: str) -> Dossier:
    """Apologise and promise a later date, at most once and before the date."""
    said: asked.Extension = call.body
    return desk_actions.extend(dossier_id, said.reason, said.days, act_of(call))


@decision("stop", asked.Reason)
def stop_dossier(call: Call, dossier_id: str) -> Dossier:
    """Stop for good, with the reason."""
    return desk_actions.stop(dossier_id, call.body.reason, act_of(call))


@decision("result", asked.ResultGiven, *finishing.REFUSED)
def give_result(call: Call, dossier_id: str) -> Dossier:
    """An approver decides; a specialist proposes. An earlier finish, proved, counts when the approver declares it."""
    said: asked.ResultGiven = call.body
    result = Result(outcome=said.outcome, documents=tuple(said.documents), reason=said.reason, finished=said.finished)
    return desk_actions.give_result(dossier_id, result, act_of(call))


@decision("return", asked.Returning, ChannelNotOffered)
def return_result(call: Call, dossier_id: str) -> Dossier:
    """Hand the result over online or at the desk, or to the post."""
    return desk_actions.return_result(dossier_id, call.body.channel, act_of(call))
