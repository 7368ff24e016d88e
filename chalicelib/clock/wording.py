"""The sentences of a due date's explanation, in Vietnamese and English. Pure."""

from datetime import date, datetime
from typing import Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.dayrules import Rule
from chalicelib.clock.rules import PauseCause
from chalicelib.clock.worktime import HOUR

WEEKDAYS_VI: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
WEEKDAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

CAUSES: Final = {
    PauseCause.SUPPLEMENT: Rule("chờ bổ sung hồ sơ", "waiting for the supplement"),
    PauseCause.FINANCIAL_OBLIGATION: Rule("chờ thực hiện nghĩa vụ tài chính", "waiting for the financial obligation"),
    PauseCause.OTHER_AGENCY: Rule("chờ ý kiến cơ quan khác", "waiting for another agency"),
    PauseCause.FORCE_MAJEURE: Rule("sự kiện bất khả kháng", "force majeure"),
}

START_DAY: Final = Rule(
    "Ngày bắt đầu, không tính; tính từ ngày làm việc tiếp theo",
    "Start day, not counted; counting begins on the next working day",
)
START_DATE: Final = Rule(
    "Ngày bắt đầu, không tính; tính từ ngày hôm sau", "Start day, not counted; counting begins on the next day"
)
START_AT_CLOSE: Final = Rule(
    "Bắt đầu khi vừa hết giờ làm việc; tính từ ngày làm việc tiếp theo",
    "Starts as the working day closes; counting begins on the next working day",
)
ROLLED: Final = Rule(
    "Hạn rơi vào ngày nghỉ nên chuyển đến hết ngày làm việc này",
    "The term ended on a day off, so it moves to the close of this working day",
)
MADE_UP: Final = Rule("Bù cho thời gian tạm dừng", "Makes up for the time paused")


def received_late(starts: datetime) -> Rule:
    return Rule(
        f"Nhận ngoài giờ làm việc; tính từ {starts:%H:%M ngày %d/%m/%Y}",
        f"Received outside working hours; runs from {starts:%Y-%m-%d %H:%M}",
    )


def off(calendar: WorkingCalendar, day: date) -> Rule:
    why = why_off(calendar, day)
    return Rule(f"{why.vi}, không tính", f"{why.en}, not counted")


def why_off(calendar: WorkingCalendar, day: date) -> Rule:
    if rule := calendar.day_off(day):
        provisional = day > calendar.known_until
        return Rule(_capital(rule.vi) + " – dự kiến" * provisional, _capital(rule.en) + " – provisional" * provisional)
    weekday = day.weekday()
    return Rule(f"{WEEKDAYS_VI[weekday]}, ngày nghỉ hằng tuần", f"{WEEKDAYS_EN[weekday]}, weekly day off")


def paused(cause: PauseCause | None) -> Rule:
    if cause is None:
        return Rule("Tạm dừng cả ngày, không tính", "Paused all day, not counted")
    why = CAUSES[cause]
    return Rule(f"Tạm dừng: {why.vi}, không tính", f"Paused: {why.en}, not counted")


def hours_counted(calendar: WorkingCalendar, day: date, worked: int, stood: int) -> Rule:
    vi, en = f"Tính {_length(worked, VI)}", f"{_length(worked, EN)} counted"
    return _with_notes(calendar, day, stood, Rule(vi, en))


def day_counted(calendar: WorkingCalendar, day: date, stood: int) -> Rule:
    return _with_notes(calendar, day, stood, Rule("Ngày làm việc, được tính", "Working day, counted"))


def nth_day(calendar: WorkingCalendar, day: date, nth: int) -> Rule:
    if calendar.is_working(day):
        return Rule(f"Ngày thứ {nth} của thời hạn", f"Day {nth} of the term")
    why = why_off(calendar, day)
    return Rule(
        f"{why.vi}; vẫn tính, là ngày thứ {nth} của thời hạn", f"{why.en}; still counted, day {nth} of the term"
    )


def many_days(since: date, days: int) -> Rule:
    return Rule(
        f"{days} ngày từ {since:%d/%m/%Y} đến hết ngày này tính theo cùng quy tắc, không liệt kê từng ngày",
        f"{days} days from {since.isoformat()} to this day follow the same rules and are not listed one by one",
    )


def extended(said: Rule, days: int) -> Rule:
    return Rule(f"{said.vi}; đã gia hạn thêm {days} ngày", f"{said.en}; extended by {days} days")


def _with_notes(calendar: WorkingCalendar, day: date, stood: int, said: Rule) -> Rule:
    vi, en = said
    if rule := calendar.worked.get(day):
        vi, en = f"{vi}; {rule.vi}", f"{en}; {rule.en}"
    if stood:
        vi, en = f"{vi}; trừ {_length(stood, VI)} tạm dừng", f"{en}; less {_length(stood, EN)} paused"
    return Rule(vi, en)


VI: Final = ("giờ", "phút", "giây")
EN: Final = ("h", "min", "s")


def _length(amount: int, units: tuple[str, str, str]) -> str:
    """Working time in words: hours, minutes, and seconds where there are any."""
    seconds = amount * 3600 // HOUR
    parts = zip((seconds // 3600, seconds // 60 % 60, seconds % 60), units, strict=True)
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or f"0 {units[1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
