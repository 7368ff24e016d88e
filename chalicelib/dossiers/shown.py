"""How a dossier is shown to those who may see it."""

from datetime import datetime
from typing import Any

from chalicelib.dossiers import status
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.life import NAMES, RUNNING, Stage, public_word
from chalicelib.dossiers.people import Delivery, Person
from chalicelib.dossiers.results import Result
from chalicelib.dossiers.rules import Dossier, OpenStep, Rating, SupplementRequest
from chalicelib.dossiers.status import DeliveryShown, Missing, PaymentShown, Turn
from chalicelib.history.rules import Actor, Event
from chalicelib.refusals import Language
from chalicelib.shapes import Shape
from chalicelib.table import as_kept
from chalicelib.web import Call, Listed


def act_of(call: Call) -> Act:
    return Act(call.person, call.now, call.seen, call.once)


class FeeShown(Shape):
    code: str
    name: str
    kind: str
    amount: int


class ApologyShown(Shape):
    """The letter of apology for the date that is due. `needed`: it waits for the approver's signature."""

    needed: bool
    signed_at: datetime | None
    promised: datetime | None
    reason: str


class StepDue(Shape):
    """The step being worked on. `due_at`: where the procedure sets it a time of its own."""

    name: str
    started_at: datetime
    due_at: datetime | None
    late: bool


class DossierShown(Shape):
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
    step: StepDue | None
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


OTHERWISE = {"procedure", "fees", "shipping", "step"}
SAME = frozenset(DossierShown.model_fields) & frozenset(Dossier.model_fields) - OTHERWISE


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
        step=_step_due(dossier.step, dossier.paused_since or call.now),
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


def _step_due(step: OpenStep | None, until: datetime) -> StepDue | None:
    if step is None:
        return None
    return StepDue(**dict(step), late=step.due_at is not None and until > step.due_at)


class DossierCard(Shape):
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
    step: StepDue | None
    payment_status: str
    fee_due: int
    changed_at: datetime


class DossierList(Listed):
    items: list[DossierCard]


def card_shown(card: dict[str, Any], now: datetime, language: Language) -> DossierCard:
    stage = Stage(card.pop("stage"))
    running = stage in RUNNING and card["due_at"] is not None
    since = card.get("paused_since")
    step = as_kept(OpenStep, card["step"]) if card.get("step") else None
    return DossierCard.model_validate(
        {
            **card,
            "status": public_word(stage),
            "status_name": NAMES[stage][0 if language == "vi" else 1],
            "step": _step_due(step, datetime.fromisoformat(since) if since else now),
            "overdue": running and now > datetime.fromisoformat(card["due_at"]),
        }
    )


class EventShown(Shape):
    seq: int
    type: str
    at: datetime
    actor: Actor
    data: dict[str, Any]
    prev: str
    hash: str


class HistoryShown(Shape):
    """The whole chained history; `intact` says whether every link follows from the one before."""

    items: list[EventShown]
    intact: bool


def event_shown(event: Event) -> EventShown:
    return EventShown.model_validate(event.model_dump(exclude={"dossier_id"}))
