"""The legal deadline, from the words the national export uses for it."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from pydantic import ValidationError

from chalicelib.catalogue.national.said import Doubt, distinct, on_one_line, shortened
from chalicelib.clock.rules import Processing, Unit

UNITS: Final = {
    "giờ": Unit.WORKING_HOUR,
    "giờ làm việc": Unit.WORKING_HOUR,
    "ngày làm việc": Unit.WORKING_DAY,
    "ngày": Unit.CALENDAR_DAY,
    "tháng": Unit.MONTH,
}
LENGTH: Final = r"([0-9]+(?:[.,][0-9]+)?)\s*(?:\([^()]*\)\s*)?(giờ làm việc|giờ|ngày làm việc|ngày|tháng)"
STATED: Final = re.compile(LENGTH, re.IGNORECASE)
# "ngày 25 tháng 4" and "3 tháng 6 năm 2016" are dates, not lengths.
LENGTH_IN_TEXT: Final = re.compile(rf"(?<!ngày )(?<![/.,])\b{LENGTH[:-1]}|phút)\b(?!\s+[0-9])", re.IGNORECASE)
DEPENDS: Final = re.compile(r"trường hợp|hoặc|gia hạn|phức tạp|kéo dài", re.IGNORECASE)
NONE_SET: Final = "không quy định"


class Deadline(NamedTuple):
    """`processing` None without a doubt: the law sets none. `note`: everything that was said beside the number."""

    processing: Processing | None
    note: str
    doubts: tuple[Doubt, ...]


def deadline(rows: Sequence[dict[str, str]], channel_rows: Sequence[dict[str, str]]) -> Deadline:
    """`channel_rows` are those of the channel whose deadline counts; all `rows` are compared with them."""
    stated = distinct(row.get("thoi_han_giai_quyet", "") for row in channel_rows)
    notes = distinct(row.get("mo_ta", "") for row in rows)
    doubts = _differences(rows, stated)
    if len({_comparable(each) for each in stated}) > 1:
        doubts.append(Doubt("deadline_several", f"Có nhiều thời hạn giải quyết tuỳ trường hợp: {'; '.join(stated)}."))
        return Deadline(None, _paired(rows), tuple(doubts))
    said = stated[0] if stated else ""
    processing, doubt = one(said)
    doubts += [doubt] if doubt else _in_notes(said, processing, notes)
    kept = [said] if processing is None else []
    return Deadline(processing, "\n".join(distinct([*kept, *notes])), tuple(doubts))


def one(said: str) -> tuple[Processing | None, Doubt | None]:
    """A length, as in "20 Ngày làm việc"; none for an empty cell and "Không quy định"; the rest is for a person."""
    if said.lower().rstrip(". ") in ("", NONE_SET):
        return None, None
    found = STATED.fullmatch(said)
    if not found:
        return None, Doubt("deadline_unreadable", f"Thời hạn giải quyết “{said}” không đọc được thành một khoảng.")
    amount = float(found[1].replace(",", "."))
    if amount == 0:
        return None, Doubt("deadline_zero", f"Thời hạn giải quyết ghi “{said}”: cần xác nhận là giải quyết ngay.")
    try:
        return Processing(unit=UNITS[found[2].lower()], amount=amount), None
    except ValidationError:
        return None, Doubt("deadline_unreadable", f"Thời hạn giải quyết “{said}” nằm ngoài giới hạn đọc được.")


def _differences(rows: Sequence[dict[str, str]], stated: Sequence[str]) -> list[Doubt]:
    used = {_comparable(each) for each in stated}
    all_stated = distinct(row.get("thoi_han_giai_quyet", "") for row in rows)
    others = [each for each in all_stated if _comparable(each) not in used]
    if not others or not used:
        return []
    told = f"Thời hạn khác nhau giữa các hình thức nộp: áp dụng {'; '.join(stated)}, nơi khác ghi {'; '.join(others)}."
    return [Doubt("deadline_differs_by_channel", told)]


def _in_notes(said: str, processing: Processing | None, notes: Sequence[str]) -> list[Doubt]:
    """Notes that name other lengths than the stated one, or say in words what is stated nowhere: which one counts?"""
    told = [note for note in notes if note.lower().rstrip(". ") != NONE_SET]
    if processing is None:
        words = f"Thời hạn chỉ được mô tả bằng lời: “{shortened(' '.join(told))}”."
        return [Doubt("deadline_only_in_note", words)] if told else []
    if all(_agrees(note, processing) for note in told):
        return []
    named = shortened(" ".join(told))
    return [Doubt("deadline_note_differs", f"Thời hạn ghi “{said}” nhưng mô tả nêu khoảng khác: “{named}”.")]


def _agrees(note: str, processing: Processing) -> bool:
    """A note agrees when it names only the stated length, or its parts, which together are exactly as long."""
    stated = f"{processing.amount} {processing.unit}"
    others = [named for named in _named(note) if named != stated]
    if not others:
        return True
    same_unit = all(named.endswith(f" {processing.unit}") for named in others)
    parts = sum(float(named.split()[0]) for named in others)
    return same_unit and parts == processing.amount and not DEPENDS.search(note)


def _named(note: str) -> list[str]:
    return [_comparable(found[0]) for found in LENGTH_IN_TEXT.finditer(note)]


def _comparable(said: str) -> str:
    """The same for "07 Ngày" and "7 (bảy) ngày"."""
    found = STATED.fullmatch(said)
    if not found:
        return on_one_line(said).lower().rstrip(". ")
    return f"{float(found[1].replace(',', '.'))} {UNITS[found[2].lower()]}"


def _paired(rows: Sequence[dict[str, str]]) -> str:
    lines = (f"{row.get('thoi_han_giai_quyet', '')}: {row.get('mo_ta', '')}".strip(": ") for row in rows)
    return "\n".join(distinct(lines))
