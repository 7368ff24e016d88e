"""Facts for every letter, of people who are not: what a template is previewed with. Pure."""

from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.clock.rules import ZONE
from chalicelib.refusals import Language

AT: Final = datetime(2026, 11, 20, 9, 30, tzinfo=ZONE)
DUE: Final = AT + timedelta(days=7)
LATER: Final = DUE + timedelta(days=3)
REASONS: Final[dict[Language, str]] = {
    "vi": "Đang chờ kết quả xác minh của cơ quan khác.",
    "en": "Another agency has yet to confirm the facts.",
}


def facts(language: Language, page: str, province: str) -> dict[str, Any]:
    """Whatever any of the letters may say; `page` and `province`: the real ones."""
    reason = REASONS[language]
    return {
        "code": "H32.10-261120-0001",
        "procedure": "Cấp bản sao trích lục hộ tịch",
        "name": "Nguyễn Thị Ngọc Hằng",
        "organisation": False,
        "page": page,
        "province": province,
        "at": AT,
        "to_pay": 8_000,
        "amount": 8_000,
        "too_much": False,
        "due_at": LATER,
        "due_before": DUE,
        "promised_at": LATER,
        "expires_at": LATER,
        "items": [{"component": "Giấy tờ tùy thân", "field": "", "reason": reason}],
        "note": "",
        "reason": reason,
        "legal_basis": "Khoản 3 Điều 9",
        "obligation": False,
        "extended": True,
        "answered": False,
        "calendar": False,
        "accepting": False,
        "announcements": [],
        "late": True,
        "declined": False,
        "channel": "post",
        "tracking_code": "EA123456785VN",
    }
