"""What officers do with dossiers: each decision loads, asks whether this officer may, decides, keeps."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.clock import outage_actions as outages
from chalicelib.clock.actions import calendar_for
from chalicelib.clock.rules import PauseCause
from chalicelib.documents import actions as document_actions
from chalicelib.documents import records as documents
from chalicelib.documents.rules import Document, State
from chalicelib.dossiers import (
    apologies,
    apology_records,
    cover_actions,
    finishing,
    handover,
    lookup,
    moves,
    queues,
    records,
    stepwork,
    stops,
    sweeps,
)
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import AgencyMissing
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.deciding import decide, decide_on_past, judged
from chalicelib.dossiers.life import next_stage
from chalicelib.dossiers.queues import Queue
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.results import DeclaredFinish, Result
from chalicelib.dossiers.rules import Dossier, SupplementItem
from chalicelib.history import records as history
from chalicelib.history.rules import Event, EventType
from chalicelib.refusals import Fault, Forbidden, Invalid

EVERY_AGENCY: Final = frozenset({"auditor"})


def queue(
    caller: Caller, agency: str | None, officer: str | None, name: Queue, now: datetime, limit: int, after: str
) -> sweeps.Page:
    """One page of a queue of the officer's own agency; an auditor may name any.

    Whose own dossiers an officer asks for, gets beside them those of the colleagues for whom they stand in.
    """
    wanted = agency_asked(caller, "desk", agency)
    span = queues.span(name, now, calendar_for(wanted, now))
    officers = _answered_for(caller, wanted, officer, now)
    if len(officers) > 1:
        return sweeps.of_officers(wanted, officers, span, limit, after)
    if officer:
        return sweeps.of_officer(wanted, officer, span, limit, after)
    return sweeps.of_agency(wanted, span, limit, after)


def soon_until(agency: str, now: datetime) -> datetime:
    """Until when what is due at an agency is due soon, as its queue of that name counts."""
    return queues.soon_until(now, calendar_for(agency, now))


def _answered_for(caller: Caller, agency: str, officer: str | None, now: datetime) -> list[str]:
    if not officer or officer != caller.subject or agency != caller.agency:
        return [officer] if officer else []
    return [officer, *(each.absent for each in cover_actions.covering(caller, now))]


def counted(
    caller: Caller, agency: str | None, officer: str | None, names: Sequence[Queue], now: datetime, most: int
) -> dict[Queue, int]:
    """How many dossiers each of these queues holds, counted no further than `most`."""
    wanted = agency_asked(caller, "desk", agency)
    spans = {name: queues.span(name, now, calendar_for(wanted, now)) for name in names}
    officers: list[str | None] = [*_answered_for(caller, wanted, officer, now)] or [None]
    return {
        name: min(most, sum(sweeps.count(wanted, each, span, most) for each in officers))
        for name, span in spans.items()
        if span
    }


def unsigned_apologies(
    caller: Caller, agency: str | None, now: datetime, limit: int, after: str, *, overdue: bool
) -> tuple[list[dict[str, Any]], str]:
    """One page of the agency's letters of apology that wait for a signature, what is due first at the top."""
    wanted = agency_asked(caller, "see_apologies", agency)
    return apology_records.waiting(wanted, now if overdue else None, limit, after)


def agency_asked(caller: Caller, action: str, agency: str | None) -> str:
    """The officer's own agency, or the one they name: only an auditor may name another."""
    access.require(caller, action)
    wanted = agency or caller.agency
    if wanted != caller.agency and not caller.roles & EVERY_AGENCY:
        raise Forbidden
    if not wanted:
        raise AgencyMissing
    return wanted


def found(code: str, caller: Caller) -> Dossier:
    """The dossier of this code, for an officer of its agency; raises `UnknownDossier`."""
    access.require(caller, "read")
    dossier = records.load(lookup.dossier_of(code))
    access.require(caller, "read", dossier)
    return dossier


def accept(dossier_id: str, act: Act) -> Dossier:
    def move(dossier: Dossier) -> Change:
        return moves.accept(dossier, act.at, calendar_for(dossier.agency, act.at))

    return decide(dossier_id, "accept", act, move)


def refuse(dossier_id: str, reason: str, legal_basis: str, act: Act) -> Dossier:
    return decide(dossier_id, "refuse", act, lambda dossier: moves.refuse(dossier, reason, legal_basis, act.at))


def assign(dossier_id: str, officer: str, step: str | None, act: Act) -> Dossier:
    """A supervisor assigns anyone; a specialist may take a dossier, not give it away. `step`: the one begun by it.

    Who stands in for the assigned officer begins a step for them: the dossier stays whose it is.
    """
    begins = step is not None and not access.allows(act.caller, "assign")
    action = "claim" if officer == act.caller.subject else "begin_step" if begins else "assign"

    def move(dossier: Dossier, past: Sequence[Event]) -> Change:
        if action == "begin_step" and officer != dossier.officer:
            raise Forbidden
        return stepwork.assign(dossier, officer, step, past, act.at, calendar_for(dossier.agency, act.at))

    if step:
        return decide_on_past(dossier_id, action, act, move)
    return decide(dossier_id, action, act, lambda dossier: move(dossier, ()))


def ask_supplement(dossier_id: str, items: Sequence[SupplementItem], note: str, act: Act) -> Dossier:
    """Before acceptance the desk asks, after it whoever works on the dossier."""

    def move(dossier: Dossier) -> Change:
        # Judged last: who saw it before somebody accepted it is not forbidden to ask, but has seen too little.
        when = "before" if dossier.accepted_at is None else "after"
        access.require(cover_actions.on(dossier, act.caller, act.at), f"ask_supplement_{when}_acceptance", dossier)
        return stops.ask_supplement(dossier, items, note, act.caller.subject, act.at)

    return decide(dossier_id, "ask_supplement", act, move)


def suspend(dossier_id: str, cause: PauseCause, reason: str, act: Act) -> Dossier:
    return decide(dossier_id, "suspend", act, lambda dossier: stops.suspend(dossier, cause, reason, act.at))


def resume(dossier_id: str, act: Act) -> Dossier:
    def move(dossier: Dossier, past: Sequence[Event]) -> Change:
        return stops.resume(dossier, past, act.at, calendar_for(dossier.agency, act.at))

    return decide_on_past(dossier_id, "resume", act, move)


def extend(dossier_id: str, reason: str, days: int, act: Act) -> Dossier:
    def move(dossier: Dossier, past: Sequence[Event]) -> Change:
        return stops.extend(dossier, past, reason, days, act.at, calendar_for(dossier.agency, act.at))

    return decide_on_past(dossier_id, "extend", act, move)


def apologise(dossier_id: str, reason: str, promised: date, act: Act) -> Dossier:
    def move(dossier: Dossier) -> Change:
        calendar = calendar_for(dossier.agency, act.at)
        return apologies.apologise(dossier, reason, promised, act.caller.subject, act.at, calendar)

    return decide(dossier_id, "apologise", act, move)


def stop(dossier_id: str, reason: str, act: Act) -> Dossier:
    return decide(dossier_id, "stop", act, lambda dossier: moves.stop(dossier, reason, act.at))


@again_if_overtaken
def give_result(dossier_id: str, result: Result, act: Act) -> Dossier:
    """An approver's result finishes the dossier; a specialist's is a proposal the approver then decides on.

    An earlier finish counts when the approver declares it, whatever was proposed.
    """
    decides = "approver" in act.caller.roles
    dossier, act = judged(dossier_id, "decide" if decides else "propose", act)
    next_stage(dossier.stage, EventType.DECIDED if decides else EventType.PROPOSED)
    papers = documents.of_dossier(dossier_id) if _names_papers(result) else []
    files = _clean_files(papers, result.documents)
    if result.finished:
        past = history.events(dossier_id, until=dossier.version)
        finished = finishing.declared(result.finished, dossier, past, act.at)
        files += _proof(finished, dossier, papers)
        result = result.model_copy(update={"finished": finished})
    if decides:
        document_actions.lock(files, act.at)
    change = act.signed((moves.decide if decides else moves.propose)(dossier, result, act.at))
    # A result's file must not be taken out at the instant at which it is decided on.
    still = [documents.still(file) for file in {each.id: each for each in files}.values()]
    return records.keep(dossier, change, act.actor, act.at, act.once, still)


def _names_papers(result: Result) -> bool:
    return bool(result.documents) or (result.finished is not None and result.finished.evidence.document is not None)


def _proof(finished: DeclaredFinish, dossier: Dossier, papers: Sequence[Document]) -> list[Document]:
    """Refuses what does not prove the finish; the paper on which it rests, where it is one."""
    if finished.evidence.outage is not None:
        outage = outages.find(finished.evidence.outage)
        finishing.require_outage(outage, dossier.agency, finished.at)
        return []
    return [finishing.require_paper(papers, finished.evidence.document)]


def _clean_files(found: Sequence[Document], named: Sequence[str]) -> list[Document]:
    clean = {each.id: each for each in found if each.state == State.CLEAN}
    faults = [
        Fault(
            f"/documents/{place}",
            "document_not_clean",
            "Tài liệu kết quả này chưa có hoặc chưa được kiểm tra xong.",
            "This result document is not there, or has not been found clean.",
        )
        for place, document_id in enumerate(named)
        if document_id not in clean
    ]
    if faults:
        raise Invalid(faults)
    return [clean[document_id] for document_id in dict.fromkeys(named)]


def return_result(dossier_id: str, channel: Literal["online", "desk", "post"], act: Act) -> Dossier:
    action = "ship" if channel == "post" else "return"
    return decide(dossier_id, action, act, lambda dossier: handover.return_result(dossier, channel, act.at))
