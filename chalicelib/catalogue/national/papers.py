"""The papers of a dossier (thành phần hồ sơ): how many originals and copies, which are required, which forms to use."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from chalicelib.catalogue.national.said import Doubt, on_one_line, shortened
from chalicelib.catalogue.rules import Component

COUNTS: Final = re.compile(r"Bản chính\s*:\s*([0-9]{1,3})\s*[\n;,/]?\s*Bản sao\s*:\s*([0-9]{1,3})", re.IGNORECASE)
BULLET: Final = re.compile(r"^(?:[-+*•–]\s*|[0-9]{1,2}\.\s+|[a-zđ]\)\s+)+")
IF_ANY: Final = re.compile(r"nếu có", re.IGNORECASE)
IN_SOME_CASE: Final = re.compile(r"^(?:trường hợp|đối với)\b", re.IGNORECASE)
ONE_PAPER: Final = 200


class Papers(NamedTuple):
    components: tuple[Component, ...]
    doubts: tuple[Doubt, ...]


def papers(rows: Sequence[dict[str, str]]) -> Papers:
    if not rows:
        return Papers((), (Doubt("components_missing", "Không ghi thành phần hồ sơ nào."),))
    read = [_paper(place, row) for place, row in enumerate(rows, start=1)]
    return Papers(tuple(component for component, _ in read), tuple(doubt for _, found in read for doubt in found))


def _paper(place: int, row: dict[str, str]) -> tuple[Component, list[Doubt]]:
    name = BULLET.sub("", on_one_line(row.get("ten_giay_to", "")))
    original, copy, unread = _counts(row.get("ghi_chu", ""))
    doubts = _doubts(name or f"(số {place})", original + copy, unread)
    if not name:
        doubts.append(Doubt("component_unnamed", f"Giấy tờ số {place} không có tên."))
    component = Component(
        code=f"tp-{place:02d}",
        name=name or f"Giấy tờ số {place}",
        original=original,
        copy_=copy,
        required=original + copy > 0 and not _optional(name),
        note="\n".join(filter(None, [unread, _templates(row.get("so_luong", ""))])),
    )
    return component, doubts


def _counts(said: str) -> tuple[int, int, str]:
    """Originals, copies, and the text when it says neither."""
    found = COUNTS.fullmatch(said)
    return (int(found[1]), int(found[2]), "") if found else (0, 0, said)


def _templates(said: str) -> str:
    """The column of the number of sets carries the file names of the forms to fill in."""
    names = [on_one_line(name) for name in said.split("\n") if name.strip()]
    return f"Mẫu: {'; '.join(names)}" if names else ""


def _optional(name: str) -> bool:
    return bool(IF_ANY.search(name) and len(name) <= ONE_PAPER or IN_SOME_CASE.match(name))


def _doubts(name: str, count: int, unread: str) -> list[Doubt]:
    short = shortened(name, 120)
    doubts = []
    if count == 0:
        said = f"ghi “{on_one_line(unread)}”" if unread else "không ghi số bản chính, bản sao"
        doubts.append(Doubt("component_count", f"Giấy tờ “{short}” {said}: cần xác nhận số bản phải nộp."))
    if IN_SOME_CASE.match(name) and not IF_ANY.search(name):
        doubts.append(Doubt("component_conditional", f"Giấy tờ chỉ phải nộp trong trường hợp nhất định: “{short}”."))
    elif IF_ANY.search(name) and len(name) > ONE_PAPER:
        doubts.append(Doubt("component_conditional", f"Một phần của giấy tờ chỉ phải nộp nếu có: “{short}”."))
    return doubts
