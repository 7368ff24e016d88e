"""What the catalogue's tests share: the agencies of a small province, and a procedure to vary."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.catalogue.rules import Agency, Channels, Procedure
from chalicelib.clock.rules import Processing, Unit

EXCERPT = Path(__file__).parent / "national-excerpt.jsonl"
REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "national-procedures.jsonl"
TODAY = date(2026, 3, 2)
FORM = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}, "examples": [{"a": "b"}]}

AGENCIES = (
    Agency(code="H32", name="Ủy ban nhân dân tỉnh Khánh Hòa", level="province"),
    Agency(code="H32.10", name="Sở Nội vụ", level="department", parent="H32"),
    Agency(code="H32.11", name="Sở Tư pháp tỉnh Khánh Hòa", level="department", parent="H32"),
    Agency(code="H32.50", name="Ủy ban nhân dân phường Nha Trang", level="commune", parent="H32"),
    Agency(code="H32.51", name="Ủy ban nhân dân xã Cam Lâm", level="commune", parent="H32"),
)


def records(path: Path) -> list[tuple[int, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(number, json.loads(line)) for number, line in enumerate(lines, start=1)]


def a_procedure(code: str = "1.000001", name: str = "Đăng ký khai sinh", **facts: Any) -> Procedure:
    usual: dict[str, Any] = {
        "agencies": ("H32.50",),
        "field": "Hộ tịch",
        "level": 3,
        "service": "partial",
        "components": (),
        "form": FORM,
        "processing": Processing(unit=Unit.WORKING_DAY, amount=5),
        "channels": Channels(submit=("online", "desk"), pay=("desk",), return_=("desk",)),
        "presence_required": False,
        "visits": 1,
        "source": "https://example.vn",
        "valid_from": date(2025, 7, 1),
    }
    return Procedure(code=code, name=name, **usual | facts)
