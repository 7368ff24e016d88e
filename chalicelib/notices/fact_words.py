"""What each fact of a letter is, in words for whoever words letters; and which of them a letter tells. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.notices.channels import Letter
from chalicelib.notices.wording import FILTERS

FACTS: Final[Mapping[str, tuple[str, str]]] = {
    "you": ("cách gọi người nộp: Ông/Bà hoặc Quý tổ chức", "how the applicant is addressed, in Vietnamese"),
    "name": ("tên người nộp; có khi trống", "the applicant's name; may be empty"),
    "organisation": ("người nộp là tổ chức: có/không", "the applicant is an organisation: yes or no"),
    "code": ("mã hồ sơ; bản nháp chưa có", "the dossier's code; a draft has none"),
    "procedure": ("tên thủ tục", "the procedure's name"),
    "page": ("địa chỉ tra cứu", "the address of the look-up"),
    "province": ("tên tỉnh", "the province's name"),
    "at": ("thời điểm sự việc xảy ra", "when it happened"),
    "to_pay": ("số tiền phải nộp; 0 khi không phải nộp", "what is to be paid; 0 for nothing"),
    "amount": ("số tiền", "the sum"),
    "too_much": ("đã nộp thừa: có/không", "too much was paid: yes or no"),
    "due_at": ("thời điểm hẹn trả; có khi trống", "when the result is due; may be empty"),
    "due_before": ("thời điểm đã hẹn trước đó; có khi trống", "when it was due before; may be empty"),
    "promised_at": ("thời điểm hẹn lại; có khi trống", "the new day promised; may be empty"),
    "expires_at": ("lúc bản nháp bị xoá", "when the draft is deleted"),
    "items": ("những mục cần bổ sung: component, field, reason", "what is to be supplied: component, field, reason"),
    "note": ("lưu ý của cơ quan; có khi trống", "the agency's remark; may be empty"),
    "reason": ("lý do; có khi trống", "the reason; may be empty"),
    "legal_basis": ("căn cứ pháp lý", "the legal basis"),
    "obligation": ("chờ nghĩa vụ tài chính: có/không", "it waits for a financial obligation: yes or no"),
    "extended": ("do gia hạn: có/không", "because it was extended: yes or no"),
    "answered": ("do đã bổ sung: có/không", "because the supplement came: yes or no"),
    "calendar": ("do lịch làm việc thay đổi: có/không", "because the calendar changed: yes or no"),
    "accepting": ("là hạn tiếp nhận: có/không", "it is the time of acceptance: yes or no"),
    "announcements": (
        "văn bản thay đổi lịch: source.vi, name.vi, announced_at",
        "what changed the calendar: source.en, name.en, announced_at",
    ),
    "declined": ("không được chấp thuận: có/không", "not granted: yes or no"),
    "late": ("trễ hẹn: có/không", "late: yes or no"),
    "channel": ("cách trả kết quả: online, post hoặc desk", "how it is returned: online, post or desk"),
    "tracking_code": ("mã bưu gửi; có khi trống", "the parcel's code; may be empty"),
}
# Said in words of the letter's own, or worth leaving out.
FREE: Final = frozenset({"at", "channel"})


def untold(shipped: Letter, own: Letter, facts: Mapping[str, Any]) -> list[str]:
    """The facts that the shipped letter tells and this one keeps to itself, by name."""
    before, after = _all_of(shipped), _all_of(own)
    return [name for name, texts in _told(facts) if any(text in before and text not in after for text in texts)]


def _all_of(letter: Letter) -> str:
    return " ".join(f"{letter.subject} {letter.text}".split())


def _told(facts: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in facts.items():
        texts = [] if name in FREE else list(_texts(value))
        yield name, [" ".join(text.split()) for text in texts if text.strip()]


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - facts of any shape
    """However a letter may write it; a part of a list by each of its own parts."""
    match value:
        case str():
            yield value
        case datetime():
            yield from (FILTERS["when"](value), FILTERS["day"](value))
        case bool() | None:
            return
        case int():
            yield from (FILTERS["dong"](value), FILTERS["vnd"](value)) if value else ()
        case dict():
            for each in value.values():
                yield from _texts(each)
        case _:
            for each in value:
                yield from _texts(each)
