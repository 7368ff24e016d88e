"""What anyone with the code and a proof may know of a dossier: whose turn, since when, until when. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

from chalicelib.dossiers.life import NAMES, RUNNING, Stage
from chalicelib.dossiers.rules import MONEY_IN, Dossier
from chalicelib.history.rules import Event, EventType
from chalicelib.refusals import Language
from chalicelib.shapes import Shape

Who = Literal["agency", "citizen", "post", "nobody"]


class Turn(Shape):
    who: Who
    what: str
    since: datetime
    until: datetime | None


class Missing(Shape):
    component: str
    reason: str


class PaymentShown(Shape):
    status: str
    amount: int


class DeliveryShown(Shape):
    channel: str
    status: str
    tracking_code: str | None


class StepShown(Shape):
    name: str
    at: datetime
    by_agency: str


class PublicStatus(Shape):
    """The contract's status. No name, number, address or answer of the form is in it."""

    code: str
    procedure: str
    procedure_name: str
    status: str
    status_name: str
    national_status: int
    submitted_at: datetime
    acceptance_due_at: datetime | None
    accepted_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None
    finished_at: datetime | None
    finish_recorded_at: datetime | None
    finish_evidence: str | None
    due_provisional: bool
    overdue: bool
    turn: Turn
    missing: list[Missing]
    payment: PaymentShown
    delivery: DeliveryShown
    steps: list[StepShown]


# Events a citizen is shown as steps of the way; the others are book-keeping.
STEPS: Final = {
    EventType.SUBMITTED: ("Nộp hồ sơ", "Submitted"),
    EventType.PAYMENT_RECORDED: ("Ghi nhận thanh toán", "Payment recorded"),
    EventType.COUNTER_PAID: ("Nộp phí, lệ phí tại quầy", "Fee paid at the desk"),
    EventType.ACCEPTED: ("Tiếp nhận hồ sơ", "Accepted"),
    EventType.REFUSED: ("Từ chối tiếp nhận", "Not accepted"),
    EventType.SUPPLEMENT_REQUESTED: ("Yêu cầu bổ sung", "Supplement asked for"),
    EventType.SUPPLEMENT_ANSWERED: ("Đã bổ sung", "Supplement answered"),
    EventType.ASSIGNED: ("Phân công xử lý", "Assigned to an officer"),
    EventType.SUSPENDED: ("Tạm dừng tính thời gian", "Clock stopped"),
    EventType.RESUMED: ("Tiếp tục xử lý", "Clock resumed"),
    EventType.EXTENDED: ("Xin lỗi và gia hạn", "Apology and new date"),
    EventType.APOLOGISED: ("Xin lỗi và hẹn lại", "Apology, and a new time promised"),
    EventType.CALENDAR_CHANGED: ("Cập nhật thời hạn theo lịch làm việc", "Dates follow the amended calendar"),
    EventType.STOPPED: ("Dừng giải quyết", "Stopped"),
    EventType.WITHDRAWN: ("Rút hồ sơ", "Withdrawn"),
    EventType.DECIDED: ("Có kết quả giải quyết", "Result ready"),
    EventType.HANDED_TO_POST: ("Chuyển bưu chính", "Handed to the post"),
    EventType.DISPATCHED: ("Bưu chính đã nhận", "Taken by the post"),
    EventType.DELIVERED: ("Bưu chính đã phát", "Delivered"),
    EventType.RETURNED: ("Trả kết quả", "Result returned"),
}


def public_status(dossier: Dossier, steps: Sequence[dict[str, str]], now: datetime, language: Language) -> PublicStatus:
    """Of a filed dossier. Overdue is worked out at this moment, never stored."""
    assert dossier.code is not None  # noqa: S101 - only filed dossiers are shown
    assert dossier.submitted_at is not None  # noqa: S101
    say = 0 if language == "vi" else 1
    return PublicStatus(
        code=dossier.code,
        procedure=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        status=dossier.status,
        status_name=NAMES[dossier.stage][say],
        national_status=dossier.national_status,
        submitted_at=dossier.submitted_at,
        acceptance_due_at=dossier.acceptance_due_at,
        accepted_at=dossier.accepted_at,
        due_at=dossier.due_at,
        first_due_at=dossier.first_due_at,
        finished_at=dossier.finished_at,
        finish_recorded_at=dossier.finish_recorded_at,
        finish_evidence=dossier.finish_evidence,
        due_provisional=dossier.provisional,
        overdue=is_overdue(dossier, now),
        turn=turn(dossier, language),
        missing=missing(dossier),
        payment=PaymentShown(status=dossier.payment_status, amount=dossier.fee_due),
        delivery=shipping_shown(dossier),
        steps=[
            StepShown(
                name=STEPS[EventType(step["type"])][say], at=datetime.fromisoformat(step["at"]), by_agency=step["by"]
            )
            for step in steps
        ],
    )


def shipping_shown(dossier: Dossier) -> DeliveryShown:
    parcel = dossier.shipping
    return DeliveryShown(channel=dossier.delivery.channel, status=parcel.status, tracking_code=parcel.tracking_code)


def is_overdue(dossier: Dossier, now: datetime) -> bool:
    """Compared to the minute while it runs, by date once it is finished, as the statistics do."""
    if dossier.due_at is None:
        return False
    if dossier.stage in RUNNING:
        return now > dossier.due_at
    if dossier.paused_since is not None:
        return dossier.paused_since > dossier.due_at
    return dossier.finished_at is not None and dossier.finished_at.date() > dossier.due_at.date()


# Stage -> whose turn it is, and to do what.
TURNS: Final[dict[Stage, tuple[Who, str, str]]] = {
    Stage.DRAFT: ("citizen", "Hoàn thiện và nộp hồ sơ", "Complete and submit the dossier"),
    Stage.EXPIRED: ("nobody", "Bản nháp đã bị xoá", "The draft has been erased"),
    Stage.SUBMITTED: ("agency", "Kiểm tra và tiếp nhận hồ sơ", "Check and accept the dossier"),
    Stage.ACCEPTED: ("agency", "Phân công và giải quyết hồ sơ", "Assign and process the dossier"),
    Stage.PROCESSING: ("agency", "Giải quyết hồ sơ", "Process the dossier"),
    Stage.SUSPENDED: ("agency", "Chờ cơ quan khác hoặc điều kiện pháp luật cho phép dừng", "Wait for another agency"),
    Stage.SUPPLEMENT_REQUESTED: ("citizen", "Bổ sung hồ sơ theo yêu cầu", "Supply what was asked for"),
    Stage.AWAITING_OBLIGATION: ("citizen", "Thực hiện nghĩa vụ tài chính", "Meet the financial obligation"),
    Stage.NOT_ACCEPTED: ("nobody", "Hồ sơ không được tiếp nhận", "The dossier was not accepted"),
    Stage.WITHDRAWN: ("nobody", "Hồ sơ đã được rút", "The dossier was withdrawn"),
    Stage.STOPPED: ("nobody", "Hồ sơ đã dừng giải quyết", "The dossier was stopped"),
    Stage.RETURNED: ("nobody", "Đã trả kết quả", "The result was returned"),
}
PAY: Final = ("citizen", "Nộp phí, lệ phí", "Pay the fee")
ON_ITS_WAY: Final = ("post", "Chuyển phát kết quả", "Deliver the result")
COLLECT: Final = ("citizen", "Đến nhận kết quả tại quầy", "Collect the result at the desk")
HAND_OVER: Final = ("agency", "Trả kết quả", "Return the result")


def turn(dossier: Dossier, language: Language) -> Turn:
    who, vi, en = whose(dossier.stage, dossier.shipping.status, dossier.delivery.channel, pays=dossier.awaits_payment)
    return Turn(who=who, what=vi if language == "vi" else en, since=dossier.turn_since, until=_until(dossier))


def whose(stage: Stage, shipping: str, channel: str, *, pays: bool) -> tuple[Who, str, str]:
    """Whose turn it is, and to do what, in both languages; `pays`: the fee is to be paid before anything else."""
    if pays:
        return PAY
    if stage == Stage.FINISHED:
        if shipping in ("to_dispatch", "dispatched"):
            return ON_ITS_WAY
        return COLLECT if channel == "desk" else HAND_OVER
    return TURNS[stage]


def _until(dossier: Dossier) -> datetime | None:
    if dossier.stage == Stage.SUBMITTED:
        return dossier.acceptance_due_at
    return dossier.due_at if dossier.stage in RUNNING else None


def missing(dossier: Dossier) -> list[Missing]:
    """What the open supplement request asks for; an officer's reason is shown, what the citizen answered is not."""
    asked = dossier.supplement.items if dossier.supplement else ()
    return [Missing(component=item.component or item.field or "", reason=item.reason) for item in asked]


def step_of(event: Event, agency: str) -> list[dict[str, Any]]:
    """What the event adds to the steps a citizen is shown; of the provider's words only that the money is here."""
    if event.type not in STEPS or (
        event.type == EventType.PAYMENT_RECORDED and event.data.get("status") not in MONEY_IN
    ):
        return []
    by = agency if event.actor.kind == "officer" else ""
    return [{"type": event.type.value, "at": event.at.isoformat(), "by": by}]
