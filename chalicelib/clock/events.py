"""What may happen to a dossier's clock, and the refusals of what cannot have happened. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from chalicelib.clock.rules import PauseCause
from chalicelib.refusals import Conflict, Invalid
from chalicelib.shapes import Shape


class Kind(StrEnum):
    STARTED = "started"
    EXTENDED = "extended"
    RESUMED = "resumed"
    PAUSED = "paused"
    FINISHED = "finished"


class ResumeMode(StrEnum):
    """After a pause: the rest of the term runs on, or (some land rules) the whole term begins anew."""

    CONTINUE = "continue"
    RESTART = "restart"


# At one instant, without a `seq` to tell: what lets the clock run comes before what stops it.
ORDER = {kind: rank for rank, kind in enumerate(Kind)}


class ClockEvent(Shape):
    """`seq`, the event's number in the history, decides between events of the same instant.

    `recorded`: it has happened, and was judged then; whether it came in time is not asked again under a later calendar.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    at: AwareDatetime
    seq: int = 0
    recorded: bool = False
    cause: PauseCause | None = None
    days: int | None = Field(default=None, ge=1, le=3650)
    reason: str = ""

    @model_validator(mode="after")
    def an_extension_is_reasoned(self) -> Self:
        if self.kind == Kind.EXTENDED and (self.days is None or not self.reason.strip()):
            raise ExtensionInvalid
        return self

    @property
    def order(self) -> tuple[datetime, int, int]:
        return self.at, self.seq, ORDER[self.kind]


class ClockRefusal(Conflict):
    """Any event that cannot have happened to this clock."""

    code = "clock_event_impossible"
    vi = "Việc này không thể xảy ra với thời hạn của hồ sơ."
    en = "This cannot have happened to the dossier's clock."


class ClockNotStarted(ClockRefusal):
    code = "clock_not_started"
    vi = "Thời hạn chưa bắt đầu được tính vào thời điểm này."
    en = "The clock had not started at that instant."


class ClockStartedTwice(ClockRefusal):
    code = "clock_started_twice"
    vi = "Thời hạn đã bắt đầu được tính rồi."
    en = "The clock has already started."


class ClockFinished(ClockRefusal):
    code = "clock_finished"
    vi = "Việc giải quyết đã kết thúc; thời hạn không còn thay đổi được nữa."
    en = "The work is finished; its clock no longer changes."


class AlreadyPaused(ClockRefusal):
    code = "clock_already_paused"
    vi = "Thời hạn đang tạm dừng; hãy cho chạy tiếp trước khi tạm dừng lần nữa."
    en = "The clock is already paused; resume it before pausing it again."


class NotPaused(ClockRefusal):
    code = "clock_not_paused"
    vi = "Thời hạn không tạm dừng nên không thể chạy tiếp."
    en = "The clock is not paused, so it cannot be resumed."


class ExtendedAlready(ClockRefusal):
    code = "extended_already"
    vi = "Thời hạn đã được gia hạn một lần; pháp luật chỉ cho phép gia hạn một lần."
    en = "The due date has been extended once; the law allows one extension."


class ExtendedTooLate(ClockRefusal):
    code = "extended_too_late"
    vi = "Ngày hẹn trả đã qua; chỉ được gia hạn trước khi đến hạn."
    en = "The due date has passed; it can be extended only before it comes."


class NothingToExtend(ClockRefusal):
    code = "nothing_to_extend"
    vi = "Thủ tục này không quy định thời hạn nên không có gì để gia hạn."
    en = "This procedure has no legal time limit, so there is nothing to extend."


class ExtensionInvalid(Invalid):
    code = "extension_invalid"
    vi = "Gia hạn phải nêu lý do và số ngày từ 1 đến 3650."
    en = "An extension names its reason and between 1 and 3650 days."
