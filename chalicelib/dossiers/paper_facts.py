"""What each paper of a dossier says, from its history and nothing that changes afterwards. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.catalogue.form_words import Schema
from chalicelib.catalogue.rules import Component, Procedure
from chalicelib.dossiers.control import names, steps
from chalicelib.dossiers.entitled import Entitled
from chalicelib.dossiers.paper_words import FILED, address, asked, delivery, fee, phone, term
from chalicelib.dossiers.people import Person
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event, EventType
from chalicelib.papers.forms import PaperKind
from chalicelib.papers.layout import TO_FILL_IN
from chalicelib.papers.rules import PROMISES, Paper, Statement, UnknownPaper, applicant_code, number, promised_by

K = PaperKind
Facts = dict[str, Any]


class Issuer(NamedTuple):
    """Who speaks: the agency above, the agency, the place it signs in; the system's name and where it is found."""

    superior: str
    unit: str
    place: str
    system: str
    page: str


class Told(NamedTuple):
    """All that a paper may be made of: nothing later than its event is among `history`."""

    dossier: Dossier
    event: Event
    history: Sequence[Event]
    components: Sequence[Component]
    form: Schema


def paper(of: Entitled, dossier: Dossier, history: Sequence[Event], filed: Procedure, by: Issuer) -> Paper:
    """The paper with exactly the fields of its form. `filed`: the version that the dossier keeps."""
    applicant, code = dossier.applicant, dossier.code
    if applicant is None or code is None:
        raise UnknownPaper
    past = [each for each in history if each.seq <= of.event.seq]
    told = Told(dossier, of.event, past, filed.components, filed.form)
    form = of.forms.form(of.kind)
    said = {**_common(told, applicant, code, by), **PARTICULAR[of.kind](told)}
    said["number"] = number(code, of.event.seq, form)
    due_at = said.get("due_at") if of.kind in PROMISES else None
    statement = Statement(
        paper_id=of.id,
        dossier_code=code,
        procedure=dossier.procedure.code,
        applicant=applicants_code(applicant),
        document=form.title,
        system=by.system,
        at=of.event.at,
        due_at=datetime.fromisoformat(due_at) if due_at else None,
    )
    return Paper(
        kind=of.kind,
        form_set=of.forms.code,
        dossier_id=dossier.id,
        seq=of.event.seq,
        at=of.event.at,
        facts={name: said[name] for name in form.fields if name != "title"},
        statement=statement,
    )


def drafted(of: Entitled, dossier: Dossier, by: Issuer) -> Facts:
    """What a paper that waits for a signature says; it has no number yet."""
    if dossier.applicant is None or dossier.code is None:
        raise UnknownPaper
    told = Told(dossier, of.event, [], [], {})
    said = {**_common(told, dossier.applicant, dossier.code, by), **PARTICULAR[of.kind](told), "number": TO_FILL_IN}
    return {name: said[name] for name in of.forms.form(of.kind).fields if name != "title"}


def applicants_code(applicant: Person) -> str:
    """A natural person's tax code is personal; an organisation's or a household's is not."""
    return applicant_code(applicant.identity_number, None if applicant.kind == "person" else applicant.tax_code)


def _common(told: Told, applicant: Person, code: str, by: Issuer) -> Facts:
    dossier, event = told.dossier, told.event
    account = event.actor.id if event.actor.kind == "officer" else dossier.officer
    officer = names(told.history).get(account) or (f"Tài khoản: {account}" if account else "")
    return {
        **by._asdict(),
        "at": event.at.isoformat(),
        "code": code,
        "applicant": applicant.full_name,
        "address": address(applicant.address),
        "phone": phone(applicant.phone),
        "email": applicant.email or "",
        "owner": dossier.owner.full_name if dossier.owner else "",
        "content": dossier.procedure.name,
        "procedure": dossier.procedure.code,
        "field": dossier.procedure.field,
        "received_at": dossier.accepted_at.isoformat() if dossier.accepted_at else None,
        "officer": officer,
        "signer": event.data.get("by_name", ""),  # who signs above it, by hand or by a digital signature of their own
    }


def _receipt(told: Told) -> Facts:
    dossier, applicant, data = told.dossier, told.dossier.applicant, told.event.data
    assert applicant is not None  # noqa: S101 - asked for above
    owner = dossier.owner
    return {
        "book": f"{told.event.at:%Y}",
        "ordinal": (dossier.code or "").rpartition("-")[2],
        "channel": FILED[dossier.channel],
        "identity": applicant.identity_number or applicant.tax_code or "",
        "owner_address": address(owner.address) if owner else "",
        "components": _components(told),
        "sets": 1,
        "term": term(dossier.procedure.processing),
        "due_at": data.get("due_at"),
        "due_before": data.get("due_before"),
        "delivery": delivery(dossier.delivery),
        "fee": fee(sum(each.amount for each in dossier.fees if each.kind == "phi")),
        "charge": fee(sum(each.amount for each in dossier.fees if each.kind == "le_phi")),
    }


def _components(told: Told) -> list[Facts]:
    """What was handed in: files by component as filed, and what a clerk has seen on paper."""
    lists = [event.data["documents"] for event in told.history if "documents" in event.data]
    files = [each["component"] for each in lists[-1]] if lists else []
    handed = [each for each in told.components if each.code in files or each.code in told.dossier.paper]
    return [
        {
            "number": place,
            "name": each.name,
            "originals": each.original if each.code in told.dossier.paper else 0,
            "copies": each.copy_ if each.code in told.dossier.paper else 0,
            "files": files.count(each.code),
        }
        for place, each in enumerate(handed, 1)
    ]


def _supplement_request(told: Told) -> Facts:
    listed = told.dossier.procedure.components
    items = [
        {"number": place, "name": asked(item, listed, told.form), "reason": item["reason"]}
        for place, item in enumerate(told.event.data["items"], 1)
    ]
    return {"items": items, "note": told.event.data.get("note", "")}


def _reason(told: Told) -> Facts:
    return {"reason": told.event.data["reason"], "legal_basis": told.event.data.get("legal_basis", "")}


def _apology(told: Told) -> Facts:
    data = told.event.data
    before = data["due_before"] if told.event.type == EventType.EXTENDED else data["due_at"]
    return {"reason": data["reason"], "due_before": before, "due_at": promised_by(told.event)}


def _control_slip(told: Told) -> Facts:
    due_at = told.dossier.due_at
    due = due_at.isoformat() if due_at else None
    return {"due_at": due, "coordinating": "", "steps": steps(told.history, due_at)}


PARTICULAR: Final[dict[PaperKind, Callable[[Told], Facts]]] = {
    K.RECEIPT: _receipt,
    K.SUPPLEMENT_REQUEST: _supplement_request,
    K.REFUSAL: _reason,
    K.APOLOGY: _apology,
    K.STOP_NOTICE: _reason,
    K.CONTROL_SLIP: _control_slip,
}
