"""A dossier's papers as its people reach them, and the register an agency keeps of its dossiers."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Literal, NamedTuple

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.catalogue import actions as catalogue
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import apologies, entitled, paper_facts, records, registers
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.deciding import judged
from chalicelib.dossiers.desk_actions import agency_asked
from chalicelib.dossiers.entitled import AlreadyRevoked, Entitled
from chalicelib.dossiers.paper_facts import Issuer
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import records as history
from chalicelib.history.rules import Event, digest
from chalicelib.papers import actions as papers
from chalicelib.papers import drawing, files, layout, own_words, workbook
from chalicelib.papers import records as paper_records
from chalicelib.papers.actions import PDF, Handed
from chalicelib.papers.files import How
from chalicelib.papers.forms import PaperKind, set_on
from chalicelib.papers.records import Revocation
from chalicelib.papers.rules import RESULT, PaperName, UnknownPaper, is_issued, named, superseding
from chalicelib.settings import settings


class Standing(NamedTuple):
    """A paper of the dossier of this code, and whether it still stands."""

    code: str
    paper: Entitled
    revocation: Revocation | None
    superseded: bool


def listed(dossier_id: str, caller: Caller) -> list[Standing]:
    dossier, past = _read(dossier_id, caller)
    found = _entitled(dossier, past, caller)
    revoked = paper_records.revocations([each.id for each in found])
    code = dossier.code or ""
    return [Standing(code, each, revoked.get(each.id), bool(superseding(named(each.id), past))) for each in found]


def fetch(dossier_id: str, paper_id: str, caller: Caller, now: datetime, how: How = "attachment") -> Handed:
    """A link to the paper, which is made if nobody has asked for it before. `how`: saved, or shown to be printed."""
    dossier, past = _read(dossier_id, caller)
    wanted = entitled.the_one(_entitled(dossier, past, caller), paper_id)
    filed = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    return papers.handed(paper_facts.paper(wanted, dossier, past, filed, issuer(dossier.agency)), now, how)


def draft_apology(dossier_id: str, caller: Caller, now: datetime) -> Handed:
    """The letter that waits for a signature, drawn anew for each day and state; no token says that it is genuine."""
    dossier = records.load(dossier_id)
    access.require(caller, "see_apologies", dossier)
    apologies.require_open(dossier)
    wanted = entitled.draft_apology(dossier, now)
    form = wanted.forms.form(wanted.kind)
    facts = paper_facts.drafted(wanted, dossier, issuer(dossier.agency))
    key = f"drafts/{dossier_id}/{digest(facts)[:32]}.pdf"
    if not files.is_kept(key):
        template = own_words.template(form, facts, wanted.event.at, now)
        sheet = layout.as_draft(layout.put(template, form, facts))
        files.keep(key, drawing.drawn(sheet, wanted.event.at), PDF)
    return Handed(files.link(key, PDF, f"du-thao-{wanted.kind.value}.pdf", "inline"), now + files.LIFETIME, "")


def _read(dossier_id: str, caller: Caller) -> tuple[Dossier, list[Event]]:
    dossier, past = records.load_with_past(dossier_id)
    access.require(caller, "read", dossier)
    return dossier, past


def _entitled(dossier: Dossier, past: Sequence[Event], caller: Caller) -> list[Entitled]:
    return entitled.entitled(dossier, past, officers=caller.kind == "officer")


@again_if_overtaken
def revoke(paper_id: str, reason: str, act: Act) -> Dossier:
    """For good: whoever verifies the paper from now on is told so, and why."""
    name = named(paper_id)
    dossier, _ = judged(name.dossier_id, "revoke_paper", act)
    past = history.events(dossier.id)
    if name.kind == RESULT:
        _require_issued(name, past)
    else:
        entitled.the_one(_entitled(dossier, past, act.caller), paper_id)
    if paper_records.revocation(paper_id) is not None:
        raise AlreadyRevoked
    change = entitled.revoke(dossier, name, reason, act.at)
    also = [paper_records.revoked(paper_id, reason, act.at)]
    return records.keep(dossier, change, act.actor, act.at, act.once, also)


def _require_issued(name: PaperName, past: Sequence[Event]) -> None:
    """A result that was only written stands nowhere, so that there is nothing to revoke."""
    if not is_issued(name, past):
        raise UnknownPaper


def issuer(agency: str) -> Issuer:
    """In whose name the agency's papers speak, as the catalogue has it; another agency's name cannot slip in."""
    known = {each.code: each for each in catalogue.agencies()}
    unit = known.get(agency)
    superior = known.get(unit.parent) if unit and unit.parent else None
    return Issuer(
        superior=superior.name if superior else "",
        unit=unit.name if unit else agency,
        place=settings().PROVINCE_NAME,
        system=f"Hệ thống thông tin giải quyết TTHC {settings().PROVINCE_NAME}",
        page=settings().PUBLIC_URL,
    )


def register(
    caller: Caller, agency: str | None, first: date, last: date, form: Literal["pdf", "xlsx"], now: datetime
) -> Handed:
    """The register of the dossiers accepted on these days; the same register on the same day is the same file."""
    wanted = agency_asked(caller, "desk", agency)
    registers.require_period(first, last)
    by = issuer(wanted)
    made_on = datetime.combine(now.astimezone(ZONE).date(), time(), ZONE)
    entries = registers.lines(registers.accepted_within(wanted, first, last), by.unit)
    days = {"first": first.isoformat(), "last": last.isoformat(), "at": made_on.isoformat()}
    return _kept({**by._asdict(), **days, "entries": entries}, wanted, form, made_on, now)


def _kept(facts: dict[str, Any], agency: str, form: Literal["pdf", "xlsx"], made_on: datetime, now: datetime) -> Handed:
    name = f"so-theo-doi-{facts['first']}-{facts['last']}.{form}"
    key = f"registers/{agency}/{digest(facts)[:32]}-{name}"
    content_type = PDF if form == "pdf" else workbook.XLSX
    if not files.is_kept(key):
        of = set_on(made_on.date()).form(PaperKind.REGISTER)
        sheet = layout.put(own_words.template(of, facts, made_on, now), of, facts)
        files.keep(key, drawing.drawn(sheet, made_on) if form == "pdf" else workbook.workbook(sheet), content_type)
    return Handed(files.link(key, content_type, name), now + files.LIFETIME, "")
