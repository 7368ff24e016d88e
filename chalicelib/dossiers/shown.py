"""How a dossier is shown to those who may see it."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from chalicelib.clock.replay import Replay
from chalicelib.dossiers import status
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.life import NAMES, RUNNING, Stage, public_word
from chalicelib.dossiers.people import Delivery, Person
from chalicelib.dossiers.rules import Dossier, Rating, Result, SupplementRequest
from chalicelib.dossiers.status import DeliveryShown, Missing, PaymentShown, Turn
from chalicelib.history.rules import Actor, Event
from chalicelib.refusals import Language
from chalicelib.web import Call, Listed


def act_of(call: Call) -> Act:
    return Act(call.person, call.now, call.seen, call.once)


class FeeShown(BaseModel):
    code: str
    name: str
    kind: str
    amount: int


class ApologyShown(BaseModel):
    """The letter of apology for the date that is due. `needed`: it waits for the approver's signature."""

    needed: bool
    signed_at: datetime | None
    promised: datetime | None
    reason: str


class DossierShown(BaseModel):
    """A dossier as its citizen and its officers see it. `version` is also its ETag."""

    id: str
    version: int
    code: str | None
    status: str
    status_name: str
    national_status: int
    procedure: str
    procedure_name: str
    procedure_version: int
    agency: str
    officer: str
    channel: str
    language: str
    applicant: Person | None
    owner: Person | None
    form: dict[str, Any]
    delivery: Delivery
    fees: list[FeeShown]
    payment: PaymentShown
    submission_receipt: str | None
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    acceptance_due_at: datetime | None
    accepted_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None
    due_provisional: bool
    overdue: bool
    apology: ApologyShown | None
    paused_since: datetime | None
    pause_cause: str | None
    finished_at: datetime | None
    finish_recorded_at: datetime | None
    finish_evidence: str | None
    returned_at: datetime | None
    closed_reason: str
    legal_basis: str
    turn: Turn
    missing: list[Missing]
    supplement: SupplementRequest | None
    proposal: Result | None
    result: Result | None
    shipping: DeliveryShown
    rating: Rating | None


SAME = frozenset(DossierShown.model_fields) & frozenset(Dossier.model_fields) - {"procedure", "fees", "shipping"}


def shown(dossier: Dossier, call: Call) -> DossierShown:
    citizens = call.caller is not None and call.caller.kind == "citizen"
    facts = {name: getattr(dossier, name) for name in SAME}
    hidden = {"proposal": None} if citizens else {}
    return DossierShown(
        **facts | hidden,
        status=dossier.status,
        status_name=NAMES[dossier.stage][0 if call.language == "vi" else 1],
        national_status=dossier.national_status,
        procedure=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        procedure_version=dossier.procedure.version,
        fees=[FeeShown(code=fee.code, name=fee.name, kind=fee.kind, amount=fee.amount) for fee in dossier.fees],
        payment=PaymentShown(status=dossier.payment_status, amount=dossier.fee_due),
        due_provisional=dossier.provisional,
        overdue=status.is_overdue(dossier, call.now),
        apology=_apology(dossier, officers=not citizens),
        turn=status.turn(dossier, call.language),
        missing=status.missing(dossier),
        shipping=status.shipping_shown(dossier),
    )


def _apology(dossier: Dossier, *, officers: bool) -> ApologyShown | None:
    """What waits for a signature is the agency's business; what was signed, the citizen's too."""
    signed = dossier.apology
    if not signed and not officers:
        return None
    return ApologyShown(
        needed=dossier.apology_open,
        signed_at=signed.signed_at if signed else None,
        promised=signed.promised_at if signed else None,
        reason=signed.reason if signed else "",
    )


class DossierCard(BaseModel):
    """A dossier in a list."""

    id: str
    version: int
    code: str | None
    status: str
    status_name: str
    procedure: str
    procedure_name: str
    applicant_name: str
    agency: str
    officer: str
    submitted_at: datetime | None
    acceptance_due_at: datetime | None
    due_at: datetime | None
    overdue: bool
    payment_status: str
    fee_due: int
    changed_at: datetime


class DossierList(Listed):
    items: list[DossierCard]


def card_shown(card: dict[str, Any], now: datetime, language: Language) -> DossierCard:
    stage = Stage(card.pop("stage"))
    running = stage in RUNNING and card["due_at"] is not None
    return DossierCard.model_validate(
        {
            **card,
            "status": public_word(stage),
            "status_name": NAMES[stage][0 if language == "vi" else 1],
            "overdue": running and now > datetime.fromisoformat(card["due_at"]),
        }
    )


class EventShown(BaseModel):
    seq: int
    type: str
    at: datetime
    actor: Actor
    data: dict[str, Any]
    prev: str
    hash: str


class HistoryShown(BaseModel):
    """The whole chained history; `intact` says whether every link follows from the one before."""

    items: list[EventShown]
    intact: bool


class LineShown(BaseModel):
    date: date
    counted: bool
    reason: str


class DeadlineShown(BaseModel):
    """The due date explained. `acceptance` is the desk's own clock, `settlement` the promise to the citizen.

    `finished_at`: when the work was finished, by which its being in time is told; it may have been recorded later.
    """

    starts_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None
    provisional: bool
    calendar_edition: str
    convention: str | None
    paused_since: datetime | None
    extended: bool
    finished_at: datetime | None
    finish_recorded_at: datetime | None
    finish_evidence: str | None
    overdue: bool
    lines: list[LineShown]


def deadline_shown(clock: Replay | None, dossier: Dossier, now: datetime, language: Language) -> DeadlineShown:
    lines = clock.deadline.lines if clock and clock.deadline else ()
    processing = dossier.procedure.processing
    return DeadlineShown(
        starts_at=clock.starts_at if clock else None,
        due_at=clock.due_at if clock else None,
        # What was first promised stays so, whatever has become of the calendar.
        first_due_at=dossier.first_due_at or (clock.first_due_at if clock else None),
        provisional=clock.provisional if clock else False,
        calendar_edition=clock.calendar.edition if clock else "",
        convention=processing.convention.value if processing else None,
        paused_since=clock.paused_since if clock else None,
        extended=clock.extended if clock else False,
        finished_at=dossier.finished_at,
        finish_recorded_at=dossier.finish_recorded_at,
        finish_evidence=dossier.finish_evidence,
        overdue=status.is_overdue(dossier, now),
        lines=[LineShown(date=line.date, counted=line.counted, reason=line.reason(language)) for line in lines],
    )


def event_shown(event: Event) -> EventShown:
    return EventShown.model_validate(event.model_dump(exclude={"dossier_id"}))
