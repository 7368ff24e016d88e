"""What a paper is: the event it states, its name and number, and the few facts its QR code carries. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import ConfigDict

from chalicelib.history.rules import Event, EventType
from chalicelib.papers.forms import Form, PaperKind, set_of
from chalicelib.refusals import NotFound
from chalicelib.shapes import Shape

E, K = EventType, PaperKind
NAMED: Final = re.compile(r"([A-Za-z0-9_]{1,64})-([1-9]\d{0,5})-([a-z_]{1,32})")
PROOF_DIGITS: Final = 4
RESULT: Final = "result"


class UnknownPaper(NotFound):
    code = "unknown_paper"
    vi = "Hồ sơ này không có giấy tờ đó."
    en = "The dossier has no such paper."


class Facts(Shape):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Statement(Facts):
    """What the QR code says: no more than TT 01/2023/TT-VPCP asks for. `due_at`: the appointment it makes."""

    paper_id: str
    dossier_code: str
    procedure: str
    applicant: str
    document: str
    system: str
    at: datetime
    due_at: datetime | None = None


class Paper(Facts):
    """One paper: which form, of which event of which dossier, and all it says. The same facts give the same bytes."""

    kind: PaperKind
    form_set: str
    dossier_id: str
    seq: int
    at: datetime
    facts: dict[str, Any]
    statement: Statement

    @property
    def id(self) -> str:
        return paper_id(self.dossier_id, self.seq, self.kind)

    @property
    def form(self) -> Form:
        return set_of(self.form_set, self.at.date()).form(self.kind)


class PaperName(Facts):
    """What a paper's id tells: the event that it tells of, or that a result was written in."""

    dossier_id: str
    seq: int
    kind: PaperKind | Literal["result"]


def paper_id(dossier_id: str, seq: int, kind: PaperKind | Literal["result"]) -> str:
    """Begins with the dossier's id, so that a paper leads to its dossier without an index."""
    return f"{dossier_id}-{seq}-{kind}"


def named(paper: str) -> PaperName:
    """Raises `UnknownPaper` for what is neither a legal form's id nor a result's."""
    name = name_of(paper)
    if name is None:
        raise UnknownPaper
    return name


def name_of(paper: str) -> PaperName | None:
    """None: a paper of another room, which tells of no event; no later event takes its place."""
    found = NAMED.fullmatch(paper)
    if not found or found[3] not in {*PaperKind, RESULT}:
        return None
    kind = RESULT if found[3] == RESULT else PaperKind(found[3])
    return PaperName(dossier_id=found[1], seq=int(found[2]), kind=kind)


def is_issued(name: PaperName, history: Iterable[Event]) -> bool:
    """A form is, once its event has happened; a written result only when it was decided on with it."""
    if name.kind != RESULT:
        return True
    events = list(history)
    written = next((each for each in events if each.seq == name.seq and each.type == E.RESULT_WRITTEN), None)
    decided = [each for each in events if each.seq > name.seq and each.type == E.DECIDED]
    return written is not None and any(written.data["document"] in each.data["documents"] for each in decided)


def number(dossier_code: str, seq: int, form: Form) -> str:
    return f"{dossier_code}/{form.abbreviation}-{seq}"


def stated_by(event: Event) -> PaperKind | None:
    """The paper that tells of the event. A date moved by a pause, or by the calendar, is promised on a new receipt."""
    if event.type in (E.SUPPLEMENT_ANSWERED, E.RESUMED, E.CALENDAR_CHANGED):
        moved = event.data.get("due_at") not in (None, event.data.get("due_before"))
        return K.RECEIPT if moved else None
    return STATED.get(event.type)


STATED: Final = {
    E.ACCEPTED: K.RECEIPT,
    E.SUPPLEMENT_REQUESTED: K.SUPPLEMENT_REQUEST,
    E.REFUSED: K.REFUSAL,
    E.EXTENDED: K.APOLOGY,
    E.APOLOGISED: K.APOLOGY,
    E.STOPPED: K.STOP_NOTICE,
}
# Papers that promise a date: the last one promised is the one that holds.
PROMISES: Final = frozenset({K.RECEIPT, K.APOLOGY})


def promised_by(event: Event) -> str | None:
    """Until when the event's paper promises the result: by a signed apology later than the legal date it names."""
    name = "promised_at" if event.type == E.APOLOGISED else "due_at"
    promised: str | None = event.data.get(name)
    return promised


def superseding(name: PaperName, later: Iterable[Event]) -> Event | None:
    """The last later event whose paper takes this one's place, if any."""
    kinds = PROMISES if name.kind in PROMISES else frozenset({name.kind})
    found = [event for event in later if event.seq > name.seq and stated_by(event) in kinds]
    return found[-1] if found else None


def applicant_code(identity_number: str | None, tax_code: str | None) -> str:
    """An organisation's tax code is public and stands whole. Of a person's number two characters are left.

    They are neither those that tell birth and origin, nor the last four, which are the proof of the status look-up:
    whoever photographs the code learns nothing to act on, whoever holds paper and identity card can compare.
    """
    if tax_code and not re.fullmatch(r"\d{12}", tax_code):
        return tax_code
    given = identity_number or tax_code or ""
    kept = len(given) - PROOF_DIGITS
    return "*" * max(0, kept - 2) + given[max(0, kept - 2) : kept] + "*" * min(PROOF_DIGITS, len(given))
