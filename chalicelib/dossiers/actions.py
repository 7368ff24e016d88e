"""What citizens do with their dossiers, and what anyone may see of one: load, decide, keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Procedure
from chalicelib.clock.actions import calendar_for, calendar_under
from chalicelib.clock.replay import Replay
from chalicelib.documents import records as documents
from chalicelib.dossiers import clockwork, filing, forms, lookup, moves, numbering, records, stepwork, stops, sweeps
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.asked import Draft, Edit, WrongAgency
from chalicelib.dossiers.change import Change, moved
from chalicelib.dossiers.deciding import decide
from chalicelib.dossiers.life import Stage, next_stage
from chalicelib.dossiers.proofs import LookupNoMatch, proves
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier, DraftExpired, Rating
from chalicelib.history import records as history
from chalicelib.history.rules import Event, EventType
from chalicelib.refusals import Fault, Invalid, TooLarge, TooMany
from chalicelib.table import as_kept, fresh_id

LARGEST_FORM: Final = 200_000  # characters of JSON; an item holds 400 KB


def begin(draft: Draft, act: Act) -> Dossier:
    """A new draft; a clerk's is filed at the desk for somebody present."""
    caller, now = act.caller, act.at
    channel: Literal["online", "desk"] = "online" if caller.kind == "citizen" else "desk"
    procedure = catalogue.filable(draft.procedure, now.date(), channel)
    dossier = Dossier(
        id=fresh_id(),
        procedure=filing.pinned(procedure),
        agency=_competent(procedure, draft.agency),
        citizen_key=caller.key if caller.kind == "citizen" else "",
        channel=channel,
        language=draft.language,
        applicant=draft.applicant,
        owner=draft.owner,
        form=_within_size(draft.form),
        delivery=draft.delivery,
        paper=draft.paper if caller.kind == "officer" else (),
        created_at=now,
        changed_at=now,
        turn_since=now,
    )
    access.require(caller, "file", dossier)
    change = Change(dossier, EventType.CREATED, {"procedure": procedure.code, "version": procedure.version})
    return records.keep(None, change, act.actor, now, act.once)


def _competent(procedure: Procedure, chosen: str | None) -> str:
    """The procedure's agency, or the one chosen among those that may be competent."""
    if chosen is None or chosen in procedure.agencies:
        return chosen or procedure.agency
    raise WrongAgency([Fault("/agency", WrongAgency.code, WrongAgency.vi, WrongAgency.en)])


def look(dossier_id: str, caller: Caller | None) -> Dossier:
    return _shown(records.load(dossier_id), caller)


def _shown(dossier: Dossier, caller: Caller | None) -> Dossier:
    access.require(caller, "read", dossier)
    if dossier.stage == Stage.EXPIRED:
        raise DraftExpired
    return dossier


def past(dossier_id: str, caller: Caller | None) -> tuple[Dossier, list[Event]]:
    """The dossier and its whole history, as far as that dossier has come."""
    dossier, events = records.load_with_past(dossier_id)
    return _shown(dossier, caller), events


class Clocks(NamedTuple):
    """The clock that runs, or ran last, under the edition its date was promised under; and the steps' own."""

    dossier: Dossier
    clock: Replay | None
    steps: list[stepwork.Run]


class LookedUp(NamedTuple):
    """What a proof of four digits lets see: the steps of the way, and the dossier with its clocks."""

    steps: Sequence[dict[str, str]]
    clocks: Clocks


def clock_of(dossier_id: str, caller: Caller | None, now: datetime) -> Clocks:
    dossier, events = past(dossier_id, caller)
    return clocks(dossier, events, now)


def clocks(dossier: Dossier, events: Sequence[Event], now: datetime) -> Clocks:
    """Of a dossier read before, with its whole history."""
    pinned = dossier.calendar_edition
    calendar = calendar_under(pinned, dossier.agency, now) if pinned else calendar_for(dossier.agency, now)
    return Clocks(dossier, clockwork.clock_of(dossier, events, calendar), stepwork.runs(events))


@again_if_overtaken
def edit(dossier_id: str, edits: Edit, act: Act) -> Dossier:
    """A draft's autosave, or the fields asked for while a supplement is open."""
    dossier = records.load(dossier_id)
    access.require(act.caller, "edit", dossier)
    next_stage(dossier.stage, EventType.EDITED)
    records.require_seen(dossier, act.seen)
    others = edits.model_fields_set - {"form"}
    kept = {name: given for name in others if (given := getattr(edits, name)) or name == "owner"}
    form = _within_size(forms.merged(dossier.form, edits.form)) if edits.form is not None else dossier.form
    if dossier.stage == Stage.SUPPLEMENT_REQUESTED:
        _require_only_asked(dossier, form, kept)
    names = sorted([*kept, *(f"form/{path}" for path in forms.changed_paths(dossier.form, form))])
    after = moved(dossier, EventType.EDITED, act.at, form=form, warned_for=None, **kept)
    return records.keep(dossier, Change(after, EventType.EDITED, {"changed": names[:100]}), act.actor, act.at, act.once)


def _require_only_asked(dossier: Dossier, form: dict[str, Any], others: dict[str, Any]) -> None:
    forms.require_asked_for(dossier, form)
    if others:
        code, vi, en = forms.NOT_ASKED
        raise Invalid([Fault(f"/{name}", code, vi, en) for name in sorted(others)])


def _within_size(form: dict[str, Any]) -> dict[str, Any]:
    if len(forms.compact(form)) > LARGEST_FORM:
        raise TooLarge(limit=LARGEST_FORM)
    return form


@again_if_overtaken
def submit(dossier_id: str, act: Act) -> Dossier:
    """Files the draft as it stands: everything wrong is said at once, and a number is drawn only when nothing is."""
    dossier, papers = records.load_with_documents(dossier_id)
    access.require(act.caller, "submit", dossier)
    next_stage(dossier.stage, EventType.SUBMITTED)
    records.require_seen(dossier, act.seen)
    procedure = catalogue.filable(dossier.procedure.code, act.at.date(), dossier.channel)
    _competent(procedure, dossier.agency)  # it may have ended, or handed the procedure on, since the draft was begun
    filing.require_complete(dossier, procedure, papers)
    code = numbering.next_code(dossier.agency, act.at.date())
    change = filing.submit(dossier, procedure, papers, code, act.at, calendar_for(dossier.agency, act.at))
    # What the receipt says was filed must be there when it is written.
    filed = [documents.still(paper) for paper in filing.filed(papers)]
    return records.keep(dossier, change, act.actor, act.at, act.once, filed)


@again_if_overtaken
def answer_supplement(dossier_id: str, act: Act) -> Dossier:
    dossier, papers, past_events = records.load_whole(dossier_id)
    access.require(act.caller, "answer_supplement", dossier)
    next_stage(dossier.stage, EventType.SUPPLEMENT_ANSWERED)
    records.require_seen(dossier, act.seen)
    procedure = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    faults = [*forms.form_faults(procedure.form, dossier.form), *filing.asked_faults(dossier, papers)]
    if faults:
        raise Invalid(faults)
    manifest = filing.manifest_of(dossier, procedure, papers)
    said = {"receipt": filing.receipt_of(manifest), "documents": manifest["documents"]}
    calendar = calendar_for(dossier.agency, act.at)
    change = act.signed(stops.answer_supplement(dossier, past_events, act.at, calendar, said))
    filed = [documents.still(paper) for paper in filing.filed(papers)]
    return records.keep(dossier, change, act.actor, act.at, act.once, filed)


def withdraw(dossier_id: str, reason: str, act: Act) -> Dossier:
    return decide(dossier_id, "withdraw", act, lambda dossier: moves.withdraw(dossier, reason, act.at))


def rate(dossier_id: str, rating: Rating, act: Act) -> Dossier:
    return decide(dossier_id, "rate", act, lambda dossier: moves.rate(dossier, rating, act.at))


def write(dossier_id: str, text: str, act: Act) -> Dossier:
    """A message between the citizen and the agency; it stays in the history."""
    return decide(dossier_id, "message", act, lambda dossier: moves.message(dossier, text, act.at))


def mine(caller: Caller, limit: int, after: str) -> sweeps.Page:
    return sweeps.of_citizen(caller.key, limit, after)


def look_up(code: str, proof: str, now: datetime) -> tuple[Dossier, Sequence[dict[str, str]]]:
    """Without an account: one read, and one write only for a wrong proof. Unknown codes are treated alike."""
    found = lookup.find(code, now)
    right = proves(proof, code, found.proofs)
    if len(found.wrong_since) >= lookup.WRONG_PROOFS:
        raise TooMany(max(1, lookup.WINDOW - int(now.timestamp()) + min(found.wrong_since)))
    if not right:
        lookup.record_wrong_proof(code, now)
        raise LookupNoMatch
    return as_kept(Dossier, found.body), found.steps


def look_up_clock(code: str, proof: str, now: datetime) -> Clocks:
    """The clock of the dossier so found: what its date rests on is no secret from whoever may know the date."""
    return look_up_status(code, proof, now).clocks


def look_up_status(code: str, proof: str, now: datetime) -> LookedUp:
    """Where it stands and why it is due when it is, for one proof given."""
    dossier, steps = look_up(code, proof, now)
    return LookedUp(steps, clocks(dossier, history.events(dossier.id), now))
