"""What an officer may do with a dossier next: as its life, their role and its procedure allow. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from chalicelib.access import Caller, allows
from chalicelib.clock.rules import PauseCause
from chalicelib.dossiers.life import NEXT
from chalicelib.dossiers.rules import MONEY_IN, Dossier
from chalicelib.history.rules import EventType

E = EventType
Fits = Callable[[Dossier, Caller, datetime], bool]


def always(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return True


@dataclass(frozen=True)
class Choice:
    """One thing to do. `slug`: its address; `words`: what its button says; `done`: what is said once it was done.

    `asks`: it wants more than the press of a button. `fits`: what is to be true beside the life table and the role.
    """

    slug: str
    words: tuple[str, str]
    done: tuple[str, str]
    event: EventType
    action: str
    asks: bool = True
    kind: Literal["", "quiet", "danger"] = "quiet"
    fits: Fits = always


def _paid_as_it_must_be(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return not dossier.awaits_payment


def _may_ask(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    before = dossier.accepted_at is None
    when = "before" if before else "after"
    listed = bool(dossier.procedure.components or dossier.procedure.questions)
    stops = before or PauseCause.SUPPLEMENT in dossier.procedure.pauses
    return listed and stops and allows(caller, f"ask_supplement_{when}_acceptance", dossier)


def _not_mine_yet(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.officer != caller.subject or bool(dossier.procedure.steps)


def _covers(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.officer in caller.covers and bool(dossier.procedure.steps) and dossier.accepted_at is not None


def _has_causes(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return bool(causes(dossier))


def _may_extend(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return not dossier.extended and dossier.due_at is not None and now <= dossier.due_at


def _letter_waits(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.apology_open


def _fee_is_due(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.fee_due > 0 and dossier.payment_status not in MONEY_IN


def _proposes(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return "approver" not in caller.roles


def _by_post(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    to = dossier.delivery
    is_addressed = to.channel == "post" and bool(to.address and to.recipient and to.phone)
    return is_addressed and dossier.shipping.status in ("none", "failed")


def _not_on_its_way(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.shipping.status in ("none", "failed")


CHOICES: Final = (
    Choice(
        "nop",
        ("Nộp hồ sơ", "File the dossier"),
        ("Hồ sơ đã được nộp.", "The dossier is filed."),
        E.SUBMITTED,
        "submit",
        kind="",
    ),
    Choice(
        "tiep-nhan",
        ("Tiếp nhận hồ sơ", "Accept the dossier"),
        ("Hồ sơ đã được tiếp nhận.", "The dossier is accepted."),
        E.ACCEPTED,
        "accept",
        asks=False,
        kind="",
        fits=_paid_as_it_must_be,
    ),
    Choice(
        "nhan-viec",
        ("Nhận xử lý", "Take it on"),
        ("Bạn đã nhận xử lý hồ sơ.", "You have taken the dossier on."),
        E.ASSIGNED,
        "claim",
        kind="",
        fits=_not_mine_yet,
    ),
    Choice(
        "quyet-dinh",
        ("Quyết định kết quả", "Decide the result"),
        ("Đã quyết định kết quả.", "The result is decided."),
        E.DECIDED,
        "decide",
        kind="",
    ),
    Choice(
        "trinh",
        ("Trình kết quả", "Propose a result"),
        ("Đã trình lãnh đạo.", "The result is proposed."),
        E.PROPOSED,
        "propose",
        kind="",
        fits=_proposes,
    ),
    Choice(
        "gui-buu-dien",
        ("Gửi kết quả qua bưu chính", "Hand the result to the post"),
        ("Kết quả đã chuyển bưu chính.", "The result is with the post."),
        E.HANDED_TO_POST,
        "ship",
        asks=False,
        kind="",
        fits=_by_post,
    ),
    Choice(
        "tra",
        ("Trả kết quả", "Return the result"),
        ("Đã trả kết quả.", "The result is returned."),
        E.RETURNED,
        "return",
        fits=_not_on_its_way,
    ),
    Choice(
        "tiep-tuc",
        ("Tiếp tục tính thời hạn", "Let the clock run on"),
        ("Thời hạn lại tiếp tục.", "The clock runs on."),
        E.RESUMED,
        "resume",
        asks=False,
        kind="",
    ),
    Choice(
        "thu-xin-loi",
        ("Ký thư xin lỗi", "Sign the letter of apology"),
        ("Đã ký thư xin lỗi.", "The letter is signed."),
        E.APOLOGISED,
        "apologise",
        kind="",
        fits=_letter_waits,
    ),
    Choice(
        "thu-tien",
        ("Thu phí tại quầy", "Take the fee"),
        ("Đã ghi nhận tiền thu.", "The money is recorded."),
        E.COUNTER_PAID,
        "take_money",
        fits=_fee_is_due,
    ),
    Choice(
        "bo-sung",
        ("Yêu cầu bổ sung", "Ask for a supplement"),
        ("Đã gửi yêu cầu bổ sung.", "The request is sent."),
        E.SUPPLEMENT_REQUESTED,
        "ask_supplement",
        fits=_may_ask,
    ),
    Choice(
        "nhan-bo-sung",
        ("Nhận bổ sung tại quầy", "Take the supplement at the desk"),
        ("Đã nhận bổ sung.", "The supplement is handed in."),
        E.SUPPLEMENT_ANSWERED,
        "answer_supplement",
        kind="",
    ),
    Choice(
        "buoc",
        ("Bắt đầu bước", "Begin a step"),
        ("Đã bắt đầu.", "Begun."),
        E.ASSIGNED,
        "begin_step",
        fits=_covers,
    ),
    Choice("phan-cong", ("Phân công", "Assign"), ("Đã phân công.", "The dossier is assigned."), E.ASSIGNED, "assign"),
    Choice(
        "nhan-tin",
        ("Nhắn người nộp", "Write to the applicant"),
        ("Đã gửi tin nhắn.", "The message is sent."),
        E.MESSAGED,
        "message",
    ),
    Choice(
        "tam-dung",
        ("Tạm dừng thời hạn", "Stop the clock"),
        ("Đã tạm dừng thời hạn.", "The clock is stopped."),
        E.SUSPENDED,
        "suspend",
        fits=_has_causes,
    ),
    Choice(
        "gia-han",
        ("Gia hạn", "Extend"),
        ("Đã gia hạn.", "A later date is promised."),
        E.EXTENDED,
        "extend",
        fits=_may_extend,
    ),
    Choice(
        "tu-choi",
        ("Từ chối tiếp nhận", "Do not accept"),
        ("Đã từ chối tiếp nhận.", "The dossier was not accepted."),
        E.REFUSED,
        "refuse",
        kind="danger",
    ),
    Choice(
        "dung",
        ("Dừng giải quyết", "Stop for good"),
        ("Đã dừng giải quyết.", "The dossier is stopped."),
        E.STOPPED,
        "stop",
        kind="danger",
    ),
)
BY_SLUG: Final = {each.slug: each for each in CHOICES}


def available(dossier: Dossier, caller: Caller, now: datetime) -> list[Choice]:
    """The main ones first."""
    return [each for each in CHOICES if _is_open(each, dossier, caller, now)]


def _is_open(choice: Choice, dossier: Dossier, caller: Caller, now: datetime) -> bool:
    lives = (dossier.stage, choice.event) in NEXT
    return lives and allows(caller, choice.action, dossier) and choice.fits(dossier, caller, now)


def causes(dossier: Dossier) -> list[PauseCause]:
    """For which the procedure lets the clock stop, beside a supplement."""
    return [each for each in dossier.procedure.pauses if each != PauseCause.SUPPLEMENT]
