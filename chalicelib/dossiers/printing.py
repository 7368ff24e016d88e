"""Papers of many dossiers printed at once: of each dossier the one that stands, or the refusal that says why not."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.catalogue import actions as catalogue
from chalicelib.dossiers import entitled, paper_actions, paper_facts, records
from chalicelib.papers import actions as papers
from chalicelib.papers import records as paper_records
from chalicelib.papers.forms import PaperKind, set_on
from chalicelib.papers.rules import named, superseding
from chalicelib.refusals import Conflict, NotFound


class NoPaperYet(NotFound):
    code = "no_paper_yet"
    vi = "Hồ sơ chưa có “{paper}”."
    en = "The dossier has no “{paper}” yet."


class PaperNoLongerStands(Conflict):
    code = "paper_no_longer_stands"
    vi = "“{paper}” của hồ sơ đã bị thu hồi hoặc đã có giấy tờ thay thế."
    en = "The dossier's “{paper}” has been revoked or superseded."


class Printed(NamedTuple):
    paper_id: str
    pdf: bytes


def press(kind: PaperKind, caller: Caller, now: datetime) -> Callable[[str], Printed]:
    """What prints one dossier's last paper of the kind; what many dossiers share is read once.

    It raises `UnknownDossier`, `Forbidden`, `NoPaperYet`, `PaperNoLongerStands`.
    """
    issuer = cache(paper_actions.issuer)

    def printed(dossier_id: str) -> Printed:
        dossier, past = records.load_with_past(dossier_id)
        access.require(caller, "read", dossier)
        found = [each for each in entitled.entitled(dossier, past, officers=True) if each.kind is kind]
        if not found:
            raise NoPaperYet(paper=set_on(past[-1].at.date()).form(kind).title)
        wanted = found[-1]
        if superseding(named(wanted.id), past) or paper_records.revocation(wanted.id):
            raise PaperNoLongerStands(paper=wanted.forms.form(kind).title)
        filed = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
        paper = paper_facts.paper(wanted, dossier, past, filed, issuer(dossier.agency))
        return Printed(wanted.id, papers.bytes_of(paper, now))

    return printed
