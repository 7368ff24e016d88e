"""What an officer may do with a dossier next: as its life, their role and its procedure allow. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from chalicelib.access import Caller, allows
from chalicelib.dossiers.life import NEXT
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import EventType
from chalicelib.site import fitting
from chalicelib.site.fitting import Fits

E = EventType
WRITE: Final = "soan-ket-qua"


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
    fits: Fits = fitting.always


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
        fits=fitting.paid_as_it_must_be,
    ),
    Choice(
        "nhan-viec",
        ("Nhận xử lý", "Take it on"),
        ("Bạn đã nhận xử lý hồ sơ.", "You have taken the dossier on."),
        E.ASSIGNED,
        "claim",
        kind="",
        fits=fitting.not_mine_yet,
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
        fits=fitting.proposes,
    ),
    Choice(
        WRITE,
        ("Soạn kết quả", "Write the result"),
        ("Đã lập văn bản kết quả. Tệp đang được kiểm tra.", "The result is written. Its file is being checked."),
        E.RESULT_WRITTEN,
        "write_result",
    ),
    Choice(
        "gui-buu-dien",
        ("Gửi kết quả qua bưu chính", "Hand the result to the post"),
        ("Kết quả đã chuyển bưu chính.", "The result is with the post."),
        E.HANDED_TO_POST,
        "ship",
        asks=False,
        kind="",
        fits=fitting.by_post,
    ),
    Choice(
        "tra",
        ("Trả kết quả", "Return the result"),
        ("Đã trả kết quả.", "The result is returned."),
        E.RETURNED,
        "return",
        fits=fitting.not_on_its_way,
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
        fits=fitting.letter_waits,
    ),
    Choice(
        "thu-tien",
        ("Thu phí tại quầy", "Take the fee"),
        ("Đã ghi nhận tiền thu.", "The money is recorded."),
        E.COUNTER_PAID,
        "take_money",
        fits=fitting.fee_is_due,
    ),
    Choice(
        "bo-sung",
        ("Yêu cầu bổ sung", "Ask for a supplement"),
        ("Đã gửi yêu cầu bổ sung.", "The request is sent."),
        E.SUPPLEMENT_REQUESTED,
        "ask_supplement",
        fits=fitting.may_ask,
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
        fits=fitting.covers,
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
        fits=fitting.has_causes,
    ),
    Choice(
        "gia-han",
        ("Gia hạn", "Extend"),
        ("Đã gia hạn.", "A later date is promised."),
        E.EXTENDED,
        "extend",
        fits=fitting.may_extend,
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
