"""Which papers a dossier's history entitles its people to, and under which set of forms. Pure."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import NamedTuple

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.change import Change, imagined, moved, said
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event, EventType
from chalicelib.papers.forms import FormSet, PaperKind, set_of, set_on
from chalicelib.papers.layout import TO_FILL_IN
from chalicelib.papers.rules import PaperName, UnknownPaper, paper_id, stated_by
from chalicelib.refusals import Conflict


class AlreadyRevoked(Conflict):
    code = "paper_already_revoked"
    vi = "Giấy tờ này đã bị thu hồi trước đó."
    en = "This paper has been revoked already."


class Entitled(NamedTuple):
    """A paper that may be asked for: its form, and the event it tells of."""

    kind: PaperKind
    event: Event
    forms: FormSet

    @property
    def id(self) -> str:
        return paper_id(self.event.dossier_id, self.event.seq, self.kind)


def entitled(dossier: Dossier, history: Sequence[Event], *, officers: bool) -> list[Entitled]:
    """In the order in which they came to be; the control slip, as of now, is the officers' own."""
    found = [(kind, event) for event in history if (kind := stated_by(event))]
    if officers and dossier.accepted_at is not None:
        found.append((PaperKind.CONTROL_SLIP, history[-1]))
    papers = (Entitled(kind, event, forms_for(dossier, event.at)) for kind, event in found)
    return [paper for paper in papers if paper.kind in paper.forms.forms]


def draft_apology(dossier: Dossier, now: datetime) -> Entitled:
    """The letter as if it were signed today; whoever signs fills in the reason and the new date."""
    today = datetime.combine(now.astimezone(ZONE).date(), time(), ZONE)
    told = {"due_at": said(dossier.due_at), "promised_at": TO_FILL_IN, "reason": TO_FILL_IN}
    event = imagined(dossier, EventType.APOLOGISED, today, told)
    return Entitled(PaperKind.APOLOGY, event, forms_for(dossier, now))


def the_one(papers: Sequence[Entitled], name: str) -> Entitled:
    """Raises `UnknownPaper`."""
    found = next((paper for paper in papers if paper.id == name), None)
    if found is None:
        raise UnknownPaper
    return found


def forms_for(dossier: Dossier, at: datetime) -> FormSet:
    """The set pinned when it was accepted; before that, the one of the day."""
    if dossier.accepted_at is None or at < dossier.accepted_at:
        return set_on(at.date())
    return set_of(dossier.form_set, dossier.accepted_at.date())


def revoke(dossier: Dossier, name: PaperName, reason: str, at: datetime) -> Change:
    data = {"paper": paper_id(name.dossier_id, name.seq, name.kind), "reason": reason}
    return Change(moved(dossier, EventType.PAPER_REVOKED, at), EventType.PAPER_REVOKED, data)
