"""What must be right before a draft may be filed, and what exactly was filed. Every fault is found at once. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from chalicelib.catalogue.rules import Procedure, fees_due
from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.events import ResumeMode
from chalicelib.documents.rules import Document, State
from chalicelib.dossiers import clockwork
from chalicelib.dossiers.change import Change, imagined, moved
from chalicelib.dossiers.forms import form_faults
from chalicelib.dossiers.people import Delivery
from chalicelib.dossiers.rules import Dossier, Pinned, PinnedComponent, PinnedStep
from chalicelib.history.rules import EventType, digest
from chalicelib.refusals import Fault, Invalid

# The component under which officers put the result's files.
RESULT: Final = "result"


def pinned(procedure: Procedure) -> Pinned:
    """What the dossier keeps of the procedure it was filed under."""
    return Pinned(
        code=procedure.code,
        name=procedure.name,
        version=procedure.version,
        valid_from=procedure.valid_from,
        key=procedure.key,
        level=procedure.level,
        field=procedure.field,
        processing=procedure.processing,
        pauses=procedure.pauses,
        resume=ResumeMode(procedure.resume),
        pay_online="online" in procedure.channels.pay,
        pay_with=procedure.pay_with,
        refund=procedure.refund,
        components={each.code: PinnedComponent(name=each.name, accepts=each.accepts) for each in procedure.components},
        questions=tuple(procedure.form.get("properties", ())),
        steps=_steps(procedure),
    )


def _steps(procedure: Procedure) -> tuple[PinnedStep, ...]:
    """Only of a procedure that sets a step a time of its own: of others they may be long, and nothing rests on them."""
    timed = any(step.processing for step in procedure.steps)
    return tuple(PinnedStep(name=each.name, processing=each.processing) for each in procedure.steps) if timed else ()


def submit(
    draft: Dossier,
    procedure: Procedure,
    documents: Sequence[Document],
    code: str,
    at: datetime,
    calendar: WorkingCalendar,
) -> Change:
    """Filed (nộp): it has a code, its fee is fixed, and unless a fee must come first, the acceptance clock runs."""
    fees = fees_due(procedure, draft.form)
    fee_due = sum(fee.amount for fee in fees)
    manifest = manifest_of(draft, procedure, documents)
    receipt = receipt_of(manifest)
    after = moved(
        draft,
        EventType.SUBMITTED,
        at,
        procedure=pinned(procedure),
        code=code,
        fees=fees,
        fee_due=fee_due,
        payment_status="due" if fee_due else "none",
        submission_receipt=receipt,
        submitted_at=at,
        turn_since=at,
    )
    said = {"code": code, "receipt": receipt, "fee_due": fee_due, "documents": manifest["documents"]}
    if after.awaits_payment:
        return Change(after, EventType.SUBMITTED, said)
    said["starts_acceptance"] = True
    begun = imagined(draft, EventType.SUBMITTED, at, said)
    due = clockwork.due_of(clockwork.acceptance([begun], calendar))
    dates = {"acceptance_due_at": due, "calendar_edition": calendar.edition}
    return Change(after.model_copy(update=dates), EventType.SUBMITTED, said)


def manifest_of(draft: Dossier, procedure: Procedure, documents: Sequence[Document]) -> dict[str, Any]:
    """Exactly what is filed, in a form whose SHA-256 anyone can recompute."""
    given = draft.model_dump(mode="json", include={"applicant", "owner", "form", "delivery", "paper"})
    papers = [
        {"component": each.component, "file_name": each.file_name, "size": each.size, "sha256": each.sha256}
        for each in filed(documents)
    ]
    return {**given, "procedure": procedure.code, "procedure_version": procedure.version, "documents": papers}


def filed(documents: Sequence[Document]) -> list[Document]:
    """The files that are filed: checked, clean, brought by the applicant."""
    clean = [each for each in documents if each.state == State.CLEAN and each.component != RESULT]
    return sorted(clean, key=lambda each: (each.component, each.id))


def receipt_of(manifest: dict[str, Any]) -> str:
    """SHA-256, in hex, of exactly what was filed."""
    return digest(manifest)


def require_complete(draft: Dossier, procedure: Procedure, documents: Sequence[Document]) -> None:
    """Raises `Invalid` with all that is wrong or missing, in the order a person would fill it in."""
    faults = [
        *_audience_faults(draft, procedure),
        *form_faults(procedure.form, draft.form),
        *_component_faults(draft, procedure, documents),
        *delivery_faults(draft.delivery, procedure),
    ]
    if faults:
        raise Invalid(faults)


def _audience_faults(draft: Dossier, procedure: Procedure) -> Iterator[Fault]:
    if draft.applicant and draft.applicant.kind not in procedure.audience:
        yield Fault(
            "/applicant/kind",
            "not_for_this_applicant",
            "Thủ tục này không dành cho đối tượng nộp hồ sơ đã chọn.",
            "This procedure is not for this kind of applicant.",
        )


def _component_faults(draft: Dossier, procedure: Procedure, documents: Sequence[Document]) -> Iterator[Fault]:
    for component in procedure.components:
        states = {each.state for each in documents if each.component == component.code}
        where = f"/documents/{component.code}"
        if State.CHECKING in states:
            yield Fault(
                where,
                "document_being_checked",
                f"“{component.name}” đang được kiểm tra. Hãy đợi ít phút rồi nộp lại.",
                "A file of this component is still being checked. Wait a few minutes and submit again.",
            )
        elif component.required and State.CLEAN not in states and component.code not in draft.paper:
            yield Fault(
                where,
                "component_missing",
                f"Thiếu thành phần hồ sơ “{component.name}”. Hãy tải tệp lên.",
                f"The required component “{component.name}” is missing. Upload it.",
            )


def delivery_faults(delivery: Delivery, procedure: Procedure) -> Iterator[Fault]:
    if delivery.channel not in procedure.channels.return_:
        yield Fault(
            "/delivery/channel",
            "channel_not_offered",
            "Thủ tục này không trả kết quả theo cách đó.",
            "This procedure does not return its result that way.",
        )
    for name in ("address", "recipient", "phone"):
        if delivery.channel == "post" and getattr(delivery, name) is None:
            yield Fault(
                f"/delivery/{name}",
                "required",
                "Nhận kết quả qua bưu chính cần mục này.",
                "A result returned by post needs this.",
            )


def asked_faults(dossier: Dossier, documents: Sequence[Document]) -> Iterator[Fault]:
    """Each component asked for needs a file uploaded since, and clean."""
    asked = dossier.supplement
    for item in asked.items if asked else ():
        fresh = [
            each for each in documents if each.component == item.component and asked and each.registered_at >= asked.at
        ]
        if item.component and not any(each.state == State.CLEAN for each in fresh):
            known = dossier.procedure.components.get(item.component)
            name = known.name if known else item.component
            yield Fault(
                f"/documents/{item.component}",
                "component_missing",
                f"Hãy tải lên tệp mới cho “{name}”, và đợi kiểm tra xong.",
                f"Upload a new file for “{name}”, and wait until it has been checked.",
            )
