"""Facts for every letter, of people who are not: what a wording is previewed and judged with. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final

from chalicelib.clock.rules import ZONE
from chalicelib.notices.rules import Notice
from chalicelib.refusals import Language

AT: Final = datetime(2026, 11, 20, 9, 30, tzinfo=ZONE)
DUE: Final = AT + timedelta(days=7)
LATER: Final = DUE + timedelta(days=3)
NO_YES: Final = (False, True)
CHANNELS: Final = ("post", "online", "desk")
REASONS: Final[dict[Language, str]] = {
    "vi": "Đang chờ kết quả xác minh của cơ quan khác.",
    "en": "Another agency has yet to confirm the facts.",
}
TWO_LINES: Final = "Bản chụp bị mờ.\nHãy chụp lại."
ITEMS: Final = (
    {"component": "Giấy tờ tùy thân", "field": "", "reason": TWO_LINES},
    {"component": None, "field": "owner/full_name", "reason": "Chưa khớp với giấy tờ."},
)
STORM: Final = {
    "source": {"vi": "Công điện 01/CĐ-UBND", "en": "Urgent dispatch 01/CĐ-UBND"},
    "name": {"vi": "nghỉ do bão", "en": "storm"},
    "announced_at": AT,
}
UNNAMED: Final = {"source": {"vi": "Công văn 9/VPCP", "en": "Dispatch 9/VPCP"}, "name": {}, "announced_at": None}
OF_DRAFTS: Final = frozenset({Notice.DRAFT_EXPIRING})
APPLICANTS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "Nguyễn Thị Ngọc Hằng", "organisation": False},
    {"name": None, "organisation": False},
    {"name": "Công ty TNHH Biển Xanh", "organisation": True},
    {"name": None, "organisation": True},
)
Ways = list[dict[str, Any]]


def variations(notice: Notice, language: Language, page: str, province: str) -> Iterator[dict[str, Any]]:
    """The facts of the letter in each way they can be, the plainest first; `page` and `province`: the real ones."""
    common = {
        "code": None if notice in OF_DRAFTS else "H32.10-261120-0001",
        "procedure": "Cấp bản sao trích lục hộ tịch",
        "page": page,
        "province": province,
        "at": AT,
    }
    for way, applicant in product(_ways(REASONS[language])[notice], APPLICANTS):
        yield common | applicant | way


def _each(**values: tuple[Any, ...]) -> Ways:
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def _ways(reason: str) -> Mapping[Notice, Ways]:
    reasons = (reason, TWO_LINES)
    return {
        Notice.SUBMITTED: _each(to_pay=(8_000, 0)),
        Notice.PAYMENT_RECEIVED: _each(amount=(8_000,), too_much=NO_YES),
        Notice.PAYMENT_FAILED: _each(amount=(8_000,)),
        Notice.REFUNDED: _each(amount=(8_000,)),
        Notice.ACCEPTED: _each(due_at=(DUE, None)),
        Notice.SUPPLEMENT_REQUESTED: _each(items=(list(ITEMS), [ITEMS[0]], [ITEMS[1]]), note=("", reason)),
        Notice.REFUSED: _each(reason=reasons, legal_basis=("Khoản 3 Điều 9", "")),
        Notice.PAUSED: _each(reason=reasons, obligation=NO_YES),
        Notice.DUE_MOVED: _due_moved(reason),
        Notice.APOLOGISED: _each(reason=reasons, due_at=(DUE,), promised_at=(LATER,), late=NO_YES),
        Notice.OVERDUE: _each(due_at=(DUE,), promised_at=(None, LATER)),
        Notice.FINISHED: _finished(reason),
        Notice.DISPATCHED: _each(tracking_code=("EA123456785VN", None)),
        Notice.RETURNED: _each(channel=CHANNELS),
        Notice.STOPPED: _each(reason=reasons),
        Notice.WITHDRAWN: [{}],
        Notice.DRAFT_EXPIRING: _each(expires_at=(LATER,)),
    }


def _due_moved(reason: str) -> Ways:
    """Extended, after a supplement, by the calendar (which also moves the day of acceptance), or simply resumed."""
    before = _each(due_at=(LATER,), due_before=(DUE, None, LATER))
    plain: dict[str, Any] = {"extended": False, "answered": False, "calendar": False, "accepting": False}
    plain |= {"reason": "", "announcements": []}
    by_calendar = _each(calendar=(True,), accepting=NO_YES, announcements=([], [STORM], [STORM, UNNAMED]))
    causes: Ways = [{"extended": True, "reason": reason}, {"answered": True}, *by_calendar, {}]
    return [plain | cause | dates for cause, dates in product(causes, before)]


def _finished(reason: str) -> Ways:
    granted = _each(declined=(False,), reason=("",), late=NO_YES, channel=CHANNELS)
    return granted + _each(declined=(True,), reason=(reason, ""), late=NO_YES, channel=CHANNELS)
