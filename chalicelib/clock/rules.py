"""What a legal deadline is: its unit, how it is counted, what may stop it. Pure."""

from datetime import timedelta, timezone
from enum import StrEnum
from typing import Final, Self

from pydantic import ConfigDict, Field, model_validator

from chalicelib.refusals import Invalid, TellingError
from chalicelib.shapes import Shape

# Asia/Ho_Chi_Minh: +07:00 without summer time since 1975.
ZONE: Final = timezone(timedelta(hours=7))


class Unit(StrEnum):
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class Convention(StrEnum):
    HOUR_EXACT = "hour_exact"
    SAME_TIME = "same_time"
    CIVIL_CODE = "civil_code"


class PauseCause(StrEnum):
    SUPPLEMENT = "supplement"
    FINANCIAL_OBLIGATION = "financial_obligation"
    OTHER_AGENCY = "other_agency"
    FORCE_MAJEURE = "force_majeure"


class Processing(Shape):
    """Thời hạn giải quyết; halves only for working hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Unit
    amount: float = Field(gt=0, le=3650, multiple_of=0.5)
    convention: Convention = Convention.SAME_TIME

    @model_validator(mode="after")
    def halves_are_hours(self) -> Self:
        if self.unit != Unit.WORKING_HOUR and self.amount != int(self.amount):
            raise TellingError(
                "halves_are_hours",
                "Chỉ thời hạn tính bằng giờ làm việc mới có nửa đơn vị; hãy nhập số nguyên.",
                "Only working hours come in halves; enter a whole number.",
                "/amount",
            )
        return self


class HoursInvalid(Invalid):
    code = "working_hours_invalid"
    vi = "Bảng giờ làm việc trống hoặc có các buổi trùng nhau. Hãy nhập các buổi theo thứ tự, không chồng lên nhau."
    en = "The table of working hours is empty, or its sessions overlap. Enter them in order, one after the other."


class AmbiguousDay(Invalid):
    code = "calendar_day_ambiguous"
    vi = "Ngày {day} vừa được ghi là ngày nghỉ, vừa được ghi là ngày làm bù."
    en = "{day} is entered both as a day off and as a day worked in exchange."


class OutOfRange(Invalid):
    """An instant in a year whose calendar is not kept."""

    code = "instant_out_of_range"
    vi = "Lịch làm việc chỉ có từ năm 2018 đến năm 2100. Hãy sửa thời điểm được nêu."
    en = "The working calendar covers the years 2018 to 2100. Correct the instant named."
