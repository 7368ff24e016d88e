"""Why an amendment of the calendar is not admitted: each refusal names the field. Pure."""

from typing import Final, Self

from chalicelib.refusals import Conflict, Fault, Invalid


class AmendmentInvalid(Invalid):
    """Any amendment that contradicts the calendar, or itself."""

    code = "amendment_invalid"
    vi = "Nội dung sửa lịch làm việc không hợp lệ."
    en = "The amendment of the calendar is not valid."

    @classmethod
    def at(cls, pointer: str, **facts: object) -> Self:
        return cls([Fault(pointer, cls.code, cls.vi.format(**facts), cls.en.format(**facts))], **facts)


class YearUnknown(AmendmentInvalid):
    code = "calendar_year_unknown"
    vi = "Lịch làm việc chỉ sửa được từ năm {first} đến năm {last}. Hãy sửa ngày được nêu."
    en = "The calendar can be amended from {first} to {last}. Correct the date named."


class AnnouncedLater(AmendmentInvalid):
    code = "announced_in_the_future"
    vi = "Ngày công bố không được sau hôm nay."
    en = "The announcement cannot be later than today."


class AnnouncedTooLate(AmendmentInvalid):
    code = "announced_after_the_day"
    vi = "Ngày công bố ở sau ngày được sửa ({day}). Lịch làm việc không sửa lùi về trước ngày công bố."
    en = "It was announced after the day it changes ({day}). The calendar is not changed back before its announcement."


class NothingToReplace(AmendmentInvalid):
    code = "nothing_to_replace"
    vi = "Không có lần sửa nào mang số {number} đang có hiệu lực cho đúng phạm vi này."
    en = "No amendment number {number} is in force for the same agencies."


class DayAmendedAlready(AmendmentInvalid):
    code = "day_amended_already"
    vi = "Ngày {day} đã được sửa ở lần sửa số {number}. Hãy nêu số đó trong “replaces” nếu muốn thay thế."
    en = "{day} is amended already by number {number}. Name it in “replaces” to put this in its place."


class AlreadyOff(AmendmentInvalid):
    code = "already_a_day_off"
    vi = "Ngày {day} đã là ngày nghỉ: {why}."
    en = "{day} is a day off already: {why}."


class AlreadyWorked(AmendmentInvalid):
    code = "already_a_working_day"
    vi = "Ngày {day} đã là ngày làm việc."
    en = "{day} is a working day already."


class NotAWeeklyDayOff(AmendmentInvalid):
    code = "not_a_weekly_day_off"
    vi = "Ngày làm bù {day} phải là ngày nghỉ hằng tuần, không phải ngày nghỉ lễ."
    en = "The day worked in exchange, {day}, must be a weekly day off, not a holiday."


class SameDay(AmendmentInvalid):
    code = "same_day_off_and_worked"
    vi = "Ngày nghỉ và ngày làm bù không thể là cùng một ngày."
    en = "The day off and the day worked for it cannot be the same day."


class SeasonInverted(AmendmentInvalid):
    code = "season_inverted"
    vi = "Ngày kết thúc mùa ở trước ngày bắt đầu."
    en = "The season ends before it begins."


class HoursOverlap(AmendmentInvalid):
    code = "hours_amended_already"
    vi = "Giờ làm việc của thời gian này đã được sửa ở lần sửa số {number}. Hãy nêu số đó trong “replaces”."
    en = "The hours of this time are amended already by number {number}. Name it in “replaces”."


class HorizonNotLater(AmendmentInvalid):
    code = "horizon_not_later"
    vi = "Lịch làm việc đã được công bố đến hết ngày {day}."
    en = "The calendar has been announced to {day} already."


class HorizonIsForAll(AmendmentInvalid):
    code = "horizon_is_for_all"
    vi = "Ngày lịch được công bố đến là chung cho mọi cơ quan; hãy bỏ mục “agency”."
    en = "The day to which the calendar is announced is the same for all agencies; leave out “agency”."


class AmendedMeanwhile(Conflict):
    code = "calendar_amended_meanwhile"
    vi = "Lịch làm việc vừa được sửa bởi một người khác. Hãy xem lại rồi thử lại."
    en = "The calendar has just been amended by somebody else. Look again, then try again."


INADMISSIBLE: Final = (
    YearUnknown,
    AnnouncedLater,
    AnnouncedTooLate,
    NothingToReplace,
    DayAmendedAlready,
    AlreadyOff,
    AlreadyWorked,
    NotAWeeklyDayOff,
    SameDay,
    SeasonInverted,
    HoursOverlap,
    HorizonNotLater,
    HorizonIsForAll,
)
