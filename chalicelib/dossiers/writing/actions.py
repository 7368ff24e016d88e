"""What officers do to write a result: they see its template filled in, a draft of the paper, and keep it, once."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import NamedTuple

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.form_words import Schema
from chalicelib.catalogue.result_templates import Blank, Paragraph, ResultTemplate, filled, paragraphs
from chalicelib.clock.rules import ZONE
from chalicelib.documents import drawn as documents
from chalicelib.documents.records import added, within_the_limit
from chalicelib.dossiers import cover_actions, numbering, records
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.deciding import judged
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.life import next_stage
from chalicelib.dossiers.paper_actions import issuer
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier
from chalicelib.dossiers.writing import own_words, rules
from chalicelib.dossiers.writing.general import ROOM
from chalicelib.dossiers.writing.rules import NoResultTemplate, Which, Words
from chalicelib.history.rules import EventType, digest
from chalicelib.papers import actions as papers
from chalicelib.papers import blocks, drawing, files, layout, pages
from chalicelib.papers.actions import PDF, Handed
from chalicelib.papers.layout import TO_FILL_IN
from chalicelib.papers.rules import RESULT as KIND
from chalicelib.settings import settings


class Said(NamedTuple):
    """What an officer writes. `which`: None for the procedure's own template where it has one."""

    which: Which | None
    texts: Mapping[str, str]


class Offered(NamedTuple):
    """A template with the dossier's facts in it; what is still to be added stands in it by its label, in brackets.

    `texts`: what is suggested for each blank. `has_own`: whether the procedure has a template beside the general one.
    """

    which: Which
    has_own: bool
    template: ResultTemplate
    subject: str
    paragraphs: list[Paragraph]
    texts: dict[str, str]


class Opened(NamedTuple):
    dossier: Dossier
    which: Which
    template: ResultTemplate
    form: Schema
    has_own: bool


def offered(dossier_id: str, which: Which | None, caller: Caller, now: datetime) -> Offered:
    it = _opened(dossier_id, which, caller, now)
    facts = rules.facts(it.template, it.dossier, it.form, issuer(it.dossier.agency), now)
    shown = facts | {each.name: f"[{each.label}]" for each in it.template.blanks}
    subject, body = filled(it.template.subject, shown), paragraphs(it.template.body, shown)
    texts = {each.name: _suggested(each, facts) for each in it.template.blanks}
    return Offered(it.which, it.has_own, it.template, subject, body, texts)


def _suggested(blank: Blank, facts: Mapping[str, str]) -> str:
    return filled(blank.suggestion, facts)[: blank.longest]


def draft(dossier_id: str, said: Said, caller: Caller, now: datetime) -> Handed:
    """The paper as it would be, without a number and a code; the same words on the same day are the same file."""
    it = _opened(dossier_id, said.which, caller, now)
    today = datetime.combine(now.astimezone(ZONE).date(), time(), ZONE)
    facts = rules.papers_facts(_words(it, said, caller, today), TO_FILL_IN)
    sheet = layout.as_draft(layout.put(_frame(), rules.form_of(it.template), facts))
    key = f"drafts/{dossier_id}/{digest(sheet.model_dump(mode='json'))[:32]}.pdf"
    if not files.is_kept(key):
        files.keep(key, drawing.drawn(sheet, today), PDF)
    return Handed(files.link(key, PDF, "du-thao-ket-qua.pdf", "inline"), now + files.LIFETIME, "")


@again_if_overtaken
@numbering.again_if_taken
def write(dossier_id: str, said: Said, act: Act) -> Dossier:
    """The paper, made now and never again: a file of the dossier's result, with its number, in one transaction.

    Its bytes are laid down before: where the process ends in between, nobody knows of them and nothing has happened.
    """
    dossier, act = judged(dossier_id, "write_result", act)
    it = _template_for(dossier, said.which, act.at)
    words, series = _words(it, said, act.caller, act.at), rules.series(it.template, dossier.agency, act.at)
    ordinal = numbering.last_of(series) + 1
    paper = rules.written(words, dossier, ordinal)
    data = papers.drawn(_frame(), paper.form, paper.facts, act.at, papers.token_of(paper.statement))
    document = documents.laid_down(dossier_id, RESULT, f"{paper.form.title} {paper.number}.pdf", data, act.at)
    change = act.signed(rules.write(dossier, paper, document, it.which, act.at))
    also = [*added(document), numbering.drawn(series, ordinal)]
    with within_the_limit(), documents.taken_back_if_lost(document):
        after = records.keep(dossier, change, act.actor, act.at, act.once, also)
    documents.told_of(document, data)
    return after


def _opened(dossier_id: str, which: Which | None, caller: Caller, now: datetime) -> Opened:
    dossier = records.load(dossier_id)
    access.require(cover_actions.on(dossier, caller, now), "write_result", dossier)
    return _template_for(dossier, which, now)


def _template_for(dossier: Dossier, which: Which | None, now: datetime) -> Opened:
    next_stage(dossier.stage, EventType.RESULT_WRITTEN)
    procedure = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    own = procedure.result_template
    if which == "own" and own is None:
        raise NoResultTemplate
    if own is None or which == "general":
        return Opened(dossier, "general", own_words.template(now), procedure.form, own is not None)
    return Opened(dossier, "own", own, procedure.form, has_own=True)


def _words(it: Opened, said: Said, caller: Caller, at: datetime) -> Words:
    """All that the paper says, with the facts as they are now. Who may decide signs; what a specialist writes is signed
    by whoever decides on it."""
    by = issuer(it.dossier.agency)
    facts = rules.facts(it.template, it.dossier, it.form, by, at)
    signer = caller.name if "approver" in caller.roles else ""
    return Words(it.template, facts | rules.added(it.template, said.texts, pages.unprintable), by, signer, at)


def _frame() -> blocks.Template:
    return blocks.template(KIND, settings().PROVINCE, ROOM)
