"""`make calendar`: what it shows, what it would change, and how it says no."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.clock import records
from ops import calendar

STORM = {
    "day_off": {"date": "2027-03-01", "name": {"vi": "nghỉ do bão", "en": "storm"}},
    "announced_at": "2026-11-20",
    "source": {"vi": "Công điện 01/CĐ-UBND", "en": "Urgent dispatch 01/CĐ-UBND"},
}


@pytest.fixture
def file(tmp_path: Path, table: None) -> Any:
    def written(facts: Any) -> str:
        path = tmp_path / "amendment.json"
        path.write_text(facts if isinstance(facts, str) else json.dumps(facts), encoding="utf-8")
        return str(path)

    return written


def test_a_dry_run_tells_the_days_and_changes_nothing(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert calendar.main([file(STORM), "--dry-run"]) == 0

    told = capsys.readouterr().out
    assert "1 ngày thay đổi tại H32" in told
    assert "Thứ Hai 01/03/2027" in told
    assert records.edition() == 0


def test_an_amendment_is_entered_and_then_listed(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert calendar.main([file(STORM), "--by", "an"]) == 0
    assert "vn-2026.1+1" in capsys.readouterr().out
    assert records.amendments()[0].entered_by == "an"

    assert calendar.main([]) == 0
    told = capsys.readouterr().out
    assert "nghỉ 01/03/2027: nghỉ do bão" in told
    assert "Đã công bố đến hết 31/12/2026" in told


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("{", "/: "),
        ({}, "/announced_at: Mục này là bắt buộc."),
        (STORM | {"announced_at": "2027-03-02"}, "/announced_at: "),
        (STORM | {"day_off": STORM["day_off"] | {"date": "2045-01-05"}}, "/day_off/date: Lịch làm việc chỉ sửa được"),  # type: ignore[operator]
    ],
)
def test_what_is_wrong_is_told_with_its_field(
    file: Any, capsys: pytest.CaptureFixture[str], facts: Any, said: str
) -> None:
    assert calendar.main([file(facts)]) == 1
    assert said in capsys.readouterr().out
    assert records.edition() == 0


def test_a_file_that_is_not_there_is_told(table: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert calendar.main(["nowhere.json"]) == 1
    assert "nowhere.json" in capsys.readouterr().out
