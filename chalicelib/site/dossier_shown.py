"""What a dossier's own page shows its citizen, one part after the other; it changes nothing."""

from collections.abc import Sequence
from typing import Any

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.form_words import Schema
from chalicelib.documents.shown import signatures_shown
from chalicelib.dossiers import actions, file_actions, paper_actions, status
from chalicelib.dossiers.explained import deadline_shown
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.life import NEXT, Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.dossiers.status import STEPS, step_of
from chalicelib.dossiers.writing.given import given_out
from chalicelib.history.rules import Event, EventType
from chalicelib.papers.rules import number
from chalicelib.payments import actions as payments
from chalicelib.site import agencies, wording
from chalicelib.site.called import Called
from chalicelib.site.parcels import parcel
from chalicelib.site.provider_names import short_name
from chalicelib.site.questions import questions
from chalicelib.site.rendering import dong
from chalicelib.site.review import Row, applicant_rows, delivery_rows, form_rows, owner_rows
from chalicelib.site.visits import Visit


def parts(dossier: Dossier, events: Sequence[Event], visit: Visit) -> dict[str, Any]:
    """Of a filed dossier, which the visitor may read."""
    form = catalogue.pinned(dossier.procedure.code, dossier.procedure.key).form
    return {
        "dossier": dossier,
        "agency": agencies.name(dossier.agency, visit.now),
        "may": {each.value for each in EventType if (dossier.stage, each) in NEXT},
        "asked_for": Called(dossier, form, visit.language).asked_for(),
        "papers": [_paper(each) for each in paper_actions.listed(dossier.id, visit.person)],
        "rows_filed": _filed(dossier, form, visit),
        **_turn(dossier, visit),
        **_dates(dossier, events, visit),
        **_way_back(dossier, visit),
        **_money(dossier, visit),
        **_past(dossier, events, visit),
        **_files(dossier, events, visit),
    }


def _turn(dossier: Dossier, visit: Visit) -> dict[str, Any]:
    turn, overdue = status.turn(dossier, visit.language), status.is_overdue(dossier, visit.now)
    words, kind = wording.TURNS[turn.who]
    whose = wording.said(words, visit.language)
    kind = "good" if dossier.stage == Stage.RETURNED else kind
    return {"turn": turn, "whose": whose, "kind": "late" if overdue else kind, "overdue": overdue}


def _dates(dossier: Dossier, events: Sequence[Event], visit: Visit) -> dict[str, Any]:
    clocks = actions.clocks(dossier, events, visit.now)
    return {"deadline": deadline_shown(clocks.clock, dossier, clocks.steps, visit.now, visit.language)}


def _way_back(dossier: Dossier, visit: Visit) -> dict[str, Any]:
    """How the result comes back, and where it is."""
    return {
        "channel": wording.said(wording.CHANNELS[dossier.delivery.channel], visit.language),
        "parcel": parcel(dossier, visit.language, its_citizen=True),
    }


def _money(dossier: Dossier, visit: Visit) -> dict[str, Any]:
    return {
        "money": payments.account(dossier.id, visit.person, visit.now) if dossier.fee_due else None,
        "payment": wording.said(wording.PAYMENT[dossier.payment_status], visit.language),
    }


def _past(dossier: Dossier, events: Sequence[Event], visit: Visit) -> dict[str, Any]:
    told = [each for each in events if each.type == EventType.CREATED or step_of(each, dossier.agency)]
    return {
        "steps": [_step(each, dossier, visit) for each in told],
        "messages": [each for each in events if each.type == EventType.MESSAGED],
    }


def _step(event: Event, dossier: Dossier, visit: Visit) -> dict[str, Any]:
    vi, en = STEPS.get(event.type, ("Lập bản nháp", "Draft begun"))
    note = agencies.name(dossier.agency, visit.now) if event.actor.kind == "officer" else ""
    if event.type == EventType.PAYMENT_RECORDED:
        note = f"{dong(event.data['amount'])} · {short_name(event.data['provider'], visit.language)}"
    return {"name": visit.told(vi, en), "at": event.at, "note": note}


def _paper(standing: paper_actions.Standing) -> dict[str, Any]:
    paper = standing.paper
    form = paper.forms.form(paper.kind)
    stands = "revoked" if standing.revocation else "superseded" if standing.superseded else "valid"
    named = {"title": form.title, "number": number(standing.code, paper.event.seq, form)}
    return {"id": paper.id, "at": paper.event.at, "stands": stands, **named}


def _files(dossier: Dossier, events: Sequence[Event], visit: Visit) -> dict[str, Any]:
    files = file_actions.listed(dossier.id, visit.person)
    results = [each for each in files if each.component == RESULT] if dossier.result else []
    return {
        "files": [each for each in files if each.component != RESULT],
        "results": [(each, signatures_shown(each, visit.language)) for each in results],
        "revoked": {each.document: each.revoked for each in given_out(events)},
        "component": {code: each.name for code, each in dossier.procedure.components.items()},
    }


def _filed(dossier: Dossier, form: Schema, visit: Visit) -> list[Row]:
    return [
        *applicant_rows(dossier.applicant, visit.language),
        *owner_rows(dossier.owner, visit.language),
        *form_rows(questions(form, dossier.form, visit.language), visit.language),
        *delivery_rows(dossier.delivery, visit.language),
    ]
