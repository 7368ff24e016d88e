"""Facts for every form, of people who are not: what a template is previewed with. Pure."""

from datetime import datetime
from typing import Any, Final

from chalicelib.clock.rules import ZONE

AT: Final = datetime(2026, 11, 20, 9, 30, tzinfo=ZONE)
SAID: Final = AT.isoformat()
DUE: Final = datetime(2026, 11, 27, 9, 30, tzinfo=ZONE)
FACTS: Final[dict[str, Any]] = {
    "superior": "Ủy ban nhân dân tỉnh Khánh Hòa",
    "unit": "Sở Tư pháp",
    "number": "H32.10-261120-0001/TN-4",
    "place": "Khánh Hòa",
    "at": SAID,
    "code": "H32.10-261120-0001",
    "book": "2026",
    "ordinal": "0001",
    "applicant": "Nguyễn Thị Ngọc Hằng",
    "channel": "Trực tuyến",
    "address": "12 Lê Lợi, phường Nha Trang, tỉnh Khánh Hòa",
    "phone": "0905123456",
    "email": "hang@example.vn",
    "identity": "056190001234",
    "content": "Cấp bản sao trích lục hộ tịch, bản sao Giấy khai sinh",
    "procedure": "2.000635",
    "owner": "Trần Đức Ưng",
    "owner_address": "số 7 ngõ Giếng Nước",
    "components": [
        {"number": 1, "name": "Tờ khai cấp bản sao trích lục hộ tịch", "originals": 1, "copies": 0, "files": 1},
        {"number": 2, "name": "Giấy tờ tùy thân còn giá trị sử dụng", "originals": 0, "copies": 3, "files": 2},
    ],
    "items": [{"number": 1, "name": "Giấy tờ tùy thân", "reason": "Ảnh chụp bị mờ, không đọc được ngày cấp."}],
    "note": "Bổ sung trước khi làm việc tiếp",
    "sets": 1,
    "term": "5 ngày làm việc",
    "received_at": SAID,
    "due_at": DUE.isoformat(),
    "due_before": datetime(2026, 11, 24, 8, 15, tzinfo=ZONE).isoformat(),
    "delivery": "Tại bộ phận một cửa",
    "fee": "20.000 đồng",
    "charge": "8.000 đồng",
    "page": "https://motcua.example",
    "officer": "Tài khoản: an",
    "signer": "Lê Thị Lan",
    "field": "Hộ tịch",
    "reason": "Đang chờ kết quả xác minh của cơ quan khác.",
    "legal_basis": "Khoản 3 Điều 9",
    "coordinating": "Công an phường",
    "steps": [
        {"giver": "Người nộp hồ sơ", "receiver": "an", "at": SAID, "outcome": "", "note": "Tiếp nhận hồ sơ"},
        {"giver": "lan", "receiver": "an", "at": SAID, "outcome": "Đúng hạn", "note": "Có kết quả"},
    ],
    "symbol": "01BLP0-26E",
    "payer": "Nguyễn Thị Ngọc Hằng",
    "lines": [{"number": 1, "name": "Lệ phí cấp bản sao trích lục hộ tịch", "amount": "8.000"}],
    "total": "8.000 đồng",
    "amount": "8.000 đồng",
    "in_words": "Tám nghìn đồng",
    "by": "Trực tuyến",
    "reference": "14226112",
    "paid_at": SAID,
    "order": "a1b2c3d4e5f6g7h2i3j4k5l6m7-1",
    "begun_at": SAID,
    "expires_at": DUE.isoformat(),
    "verdict": "Nhà cung cấp dịch vụ thanh toán báo giao dịch không thành công",
    "first": "2026-11-01",
    "last": "2026-11-20",
    "entries": [
        {
            "number": place,
            "code": f"H32.10-261120-{place:04d}",
            "content": "Cấp bản sao trích lục hộ tịch",
            "sets": 1,
            "owner": "Trần Đức Ưng",
            "address": "12 Lê Lợi",
            "area": "Nha Trang, Khánh Hòa",
            "phone": "0905123456",
            "agency": "Sở Tư pháp",
            "received_at": SAID,
            "due_at": DUE.isoformat(),
            "finished_at": None,
            "finish_note": "",
            "returned_at": None,
            "delivery": "Trực tuyến",
            "recipient": "",
        }
        for place in range(1, 31)
    ],
}
