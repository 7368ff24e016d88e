"""Writes the packaged calendar edition: the days of the `holidays` library, the official swaps, their sources."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

import holidays

EDITION: Final = "vn-2026.1"
KNOWN: Final = (2018, 2026)
PROVISIONAL: Final = (2027, 2030)
TARGET: Final = Path(__file__).parent.parent / "chalicelib" / "clock" / "editions" / f"{EDITION}.json"

OFFICE_HOURS: Final = [["07:00", "11:30"], ["13:30", "17:00"]]
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SOURCES: Final = {
    "labour_code_2012": {"vi": "Điều 115 Bộ luật Lao động 2012", "en": "Article 115, Labour Code 2012"},
    "labour_code_2019": {"vi": "Điều 112 Bộ luật Lao động 2019", "en": "Article 112, Labour Code 2019"},
    "resolution_80": {"vi": "Nghị quyết 80-NQ/TW", "en": "Resolution 80-NQ/TW"},
    "vpcp_6519_2018": {"vi": "Công văn 6519/VPCP-KGVX ngày 11/07/2018", "en": "Dispatch 6519/VPCP-KGVX of 11 Jul 2018"},
    "vpcp_2450_2024": {"vi": "Công văn 2450/VPCP-KGVX ngày 12/04/2024", "en": "Dispatch 2450/VPCP-KGVX of 12 Apr 2024"},
    "bldtbxh_6150_2024": {
        "vi": "Thông báo 6150/TB-BLĐTBXH ngày 03/12/2024",
        "en": "Notice 6150/TB-BLĐTBXH of 3 Dec 2024",
    },
    "bnv_9441_2025": {"vi": "Thông báo 9441/TB-BNV ngày 16/10/2025", "en": "Notice 9441/TB-BNV of 16 Oct 2025"},
    "vpcp_12729_2025": {
        "vi": "Công văn 12729/VPCP-KGVX ngày 25/12/2025",
        "en": "Dispatch 12729/VPCP-KGVX of 25 Dec 2025",
    },
}

# A bridge day off and the Saturday worked for it: (day off, day worked, announced, source).
SWAPS: Final = (
    ("2018-12-31", "2019-01-05", "2018-07-11", "vpcp_6519_2018"),
    ("2019-04-29", "2019-05-04", "2018-07-11", "vpcp_6519_2018"),
    ("2024-04-29", "2024-05-04", "2024-04-12", "vpcp_2450_2024"),
    ("2025-05-02", "2025-04-26", "2024-12-03", "bldtbxh_6150_2024"),
    ("2026-01-02", "2026-01-10", "2025-12-25", "vpcp_12729_2025"),
    ("2026-08-31", "2026-08-22", "2025-10-16", "bnv_9441_2025"),
)

NEW_YEAR: Final = ("nghỉ Tết Dương lịch", "New Year's Day")
VICTORY: Final = ("nghỉ lễ Ngày Chiến thắng 30/4", "Reunification Day")
LABOUR: Final = ("nghỉ lễ Quốc tế lao động 1/5", "International Labour Day")
NATIONAL: Final = ("nghỉ lễ Quốc khánh", "National Day")
CULTURE: Final = ("nghỉ Ngày Văn hóa Việt Nam", "Vietnam Culture Day")

# A piece of the library's own name for a day -> ours, in both languages. The first that is found counts.
NAMES: Final = {
    "Tết Dương lịch": NEW_YEAR,
    "Tết": ("nghỉ Tết Nguyên đán", "Lunar New Year"),
    "Hùng Vương": ("nghỉ lễ Giỗ Tổ Hùng Vương", "Hung Kings' Commemoration Day"),
    "Chiến thắng": VICTORY,
    "Lao động": LABOUR,
    "Quốc khánh": NATIONAL,
    "Văn hóa": CULTURE,
}
YEARLY: Final = {"01-01": NEW_YEAR, "04-30": VICTORY, "05-01": LABOUR, "09-02": NATIONAL, "11-24": CULTURE}


def seeded() -> list[dict[str, Any]]:
    """Every statutory day off the library knows, the swaps left out: those are the amendments' own."""
    library = holidays.country_holidays("VN", years=range(KNOWN[0], PROVISIONAL[1] + 1), language="vi")
    return [_day(day, name) for day, name in sorted(library.items()) if "thay cho" not in name]


def _day(day: date, name: str) -> dict[str, Any]:
    vi, en = next(ours for piece, ours in NAMES.items() if piece in name)
    in_lieu = "nghỉ bù" in name
    return {
        "date": day.isoformat(),
        "vi": vi.replace("nghỉ", "nghỉ bù", 1) if in_lieu else vi,
        "en": f"{en} (in lieu)" if in_lieu else en,
        "source": _law(day, en),
    }


def _law(day: date, name: str) -> str:
    if name == CULTURE[1]:
        return "resolution_80"
    return "labour_code_2019" if day.year >= 2021 else "labour_code_2012"


def _amendment(off: str, worked: str, announced: str, source: str) -> dict[str, str]:
    return {"day_off": off, "worked_instead": worked, "announced_at": announced, "source": source}


def edition() -> dict[str, Any]:
    return {
        "edition": EDITION,
        "known_from": f"{KNOWN[0]}-01-01",
        "known_until": f"{KNOWN[1]}-12-31",
        "hours": {day: OFFICE_HOURS if day not in ("sat", "sun") else [] for day in WEEKDAYS},
        "make_up_hours": OFFICE_HOURS,
        "sources": SOURCES,
        "amendments": [_amendment(*swap) for swap in SWAPS],
        "days_off": seeded(),
        "every_year_after": [
            {"day": day, "vi": vi, "en": en, "source": _law(date(PROVISIONAL[1], 1, 1), en)}
            for day, (vi, en) in YEARLY.items()
        ],
    }


def written(facts: dict[str, Any]) -> str:
    """JSON with one day a line, so that a change of the calendar reads as one in a review."""
    return "{\n" + ",\n".join(f"{_json(name)}: {_lines(value)}" for name, value in facts.items()) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(_json(each) for each in value) + "\n]"
    if isinstance(value, dict):
        return "{\n  " + ",\n  ".join(f"{_json(name)}: {_json(each)}" for name, each in value.items()) + "\n}"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(written(edition()), encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {len(seeded())} days off, {len(SWAPS)} swaps\n")


if __name__ == "__main__":
    main()
