"""A dossier full of personal data, one example of every event, and what the letters made of them must never contain."""

from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.people import Address, Delivery, Person
from chalicelib.dossiers.rules import Dossier, Pinned, PinnedComponent
from chalicelib.history.rules import GENESIS, SYSTEM, Event, EventType

NOON = datetime(2026, 6, 12, 9, 40, tzinfo=ZONE)
DUE = datetime(2026, 6, 26, 16, 30, tzinfo=ZONE)
CODE = "H32.10.123.123-20260612-123456"
PAGE = "https://dichvucong.example"
HOME = Address(line="Số 9 ngõ Bí Mật", commune="Phường Kín Đáo", province="Khánh Hòa")
APPLICANT = Person(
    kind="person",
    full_name="Trần Thị Ánh",
    identity_number="056199000123",
    date_of_birth=date(1999, 5, 6),
    phone="0912345678",
    email="Anh.Tran@example.vn",
    address=HOME,
)
ORGANISATION = APPLICANT.model_copy(
    update={"kind": "organisation", "full_name": "Công ty TNHH Biển Xanh", "tax_code": "0100109106"}
)
PRIVATE = ("056199000123", "912345678", "example.vn", "Bí Mật", "Kín Đáo", "1999", "điều thầm kín")
DOSSIER = Dossier(
    id="d" * 26,
    version=1,
    code=CODE,
    procedure=Pinned(
        code="1.000001",
        name="Đăng ký khai sinh",
        version=1,
        valid_from=date(2025, 7, 1),
        level=4,
        field="Hộ tịch",
        processing=None,
        pauses=(),
        resume="continue",
        pay_online=True,
        key="dang ky khai sinh",
        components={"birth-certificate": PinnedComponent(name="Giấy chứng sinh", accepts=("application/pdf",))},
    ),
    agency="H32.10",
    citizen_key="c" * 32,
    applicant=APPLICANT,
    form={"full_name": "điều thầm kín"},
    delivery=Delivery(channel="post", address=HOME, recipient="Trần Thị Ánh", phone="0912345678"),
    created_at=NOON,
    changed_at=NOON,
    turn_since=NOON,
    due_at=DUE,
)
LATER = (DUE + timedelta(days=5)).isoformat()
MOVED = {"due_before": DUE.isoformat(), "due_at": LATER}
STORM = {
    "number": 2,
    "announced_at": "2026-06-11",
    "source": {"vi": "Công điện 01/CĐ-UBND", "en": "Urgent dispatch 01/CĐ-UBND"},
    "name": {"vi": "nghỉ do bão", "en": "storm"},
}
WORKED = STORM | {"number": 3, "name": None, "source": {"vi": "Quyết định 7/QĐ-UBND", "en": "Decision 7/QĐ-UBND"}}
PACKAGED = {
    "number": None,
    "announced_at": None,
    "source": {"vi": "Công văn 9/VPCP", "en": "Dispatch 9/VPCP"},
    "name": None,
}

# Every event that is told, in each of the ways it can happen.
TELLING: dict[EventType, list[dict[str, Any]]] = {
    EventType.SUBMITTED: [{}],
    EventType.PAYMENT_RECORDED: [
        {"status": status, "amount": 150_000, "payment_id": "p"} for status in ("paid", "overpaid", "failed")
    ],
    EventType.COUNTER_PAID: [{"status": "paid", "amount": 150_000, "receipt_number": "BL-1"}],
    EventType.REFUND_RECORDED: [{"act": "done", "amount": 150_000, "payment_id": "p", "refund_id": "r"}],
    EventType.ACCEPTED: [{"due_at": DUE.isoformat()}, {"due_at": None}],
    EventType.SUPPLEMENT_REQUESTED: [
        {
            "items": [
                {"component": "birth-certificate", "reason": "Bản chụp bị mờ.\n\n\u200bHãy chụp lại."},
                {"field": "/full_name", "reason": "Chưa khớp với giấy tờ."},
            ],
            "note": note,
        }
        for note in ("", "Lần thứ hai, vì bản mới vẫn mờ.")
    ],
    EventType.SUPPLEMENT_ANSWERED: [MOVED, {"due_at": LATER}],
    EventType.REFUSED: [{"reason": "Không thuộc thẩm quyền.", "legal_basis": "Luật Hộ tịch 2014, Điều 13"}],
    EventType.SUSPENDED: [
        {"cause": cause, "reason": "Chờ xác minh."} for cause in ("financial_obligation", "other_agency")
    ],
    EventType.RESUMED: [MOVED, {"due_before": DUE.isoformat(), "due_at": DUE.isoformat()}],
    EventType.EXTENDED: [{**MOVED, "reason": "Cần xác minh thêm.", "days": 5}],
    EventType.CALENDAR_CHANGED: [
        {**MOVED, "later": True},
        {**MOVED, "later": True, "announcements": [STORM, WORKED, PACKAGED]},
        {"acceptance_due_before": DUE.isoformat(), "acceptance_due_at": LATER, "later": True},
    ],
    EventType.STOPPED: [{"reason": "Người nộp không bổ sung đúng hạn."}],
    EventType.WITHDRAWN: [{"reason": "điều thầm kín"}],
    EventType.DECIDED: [
        {"outcome": outcome, "reason": reason, "documents": [], "late": late}
        for outcome, reason in (("granted", ""), ("declined", "Chưa đủ điều kiện."), ("declined", ""))
        for late in (False, True)
    ],
    EventType.DISPATCHED: [{"tracking_code": "EE123456785VN"}, {"tracking_code": None}],
    EventType.DELIVERED: [{"tracking_code": "EE123456785VN"}],
    EventType.RETURNED: [{"channel": "online"}, {"channel": "desk"}],
    EventType.APOLOGISED: [
        {"due_at": DUE.isoformat(), "promised_at": LATER, "reason": "Chờ xác minh.", "late": late}
        for late in (False, True)
    ],
    EventType.OVERDUE: [
        {"due_at": DUE.isoformat()},
        {"due_at": DUE.isoformat(), "apologised": False, "promised_at": None},
        {"due_at": DUE.isoformat(), "apologised": True, "promised_at": LATER},
    ],
    EventType.DRAFT_EXPIRING: [{"due_at": None}],
}


def happened(type_: EventType, data: dict[str, Any] | None = None, seq: int = 1) -> Event:
    data = TELLING.get(type_, [{}])[0] if data is None else data
    return Event(dossier_id=DOSSIER.id, seq=seq, type=type_, at=NOON, actor=SYSTEM, data=data, prev=GENESIS)


EXAMPLES = [happened(type_, data) for type_, ways in TELLING.items() for data in ways]
