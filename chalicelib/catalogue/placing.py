"""What may stand in the directory of agencies, and where: each thing wrong with what an admin typed, in words. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from chalicelib.catalogue.rules import AGENCY_CODE, Agency, Level
from chalicelib.catalogue.words import folded
from chalicelib.refusals import Fault

LONGEST_NAME: Final = 200
LONGEST_REASON: Final = 500
LONGEST_CODE: Final = 35
# The level of whatever an agency may stand under. Districts ended on 1 July 2025 (Law 72/2025/QH15): none is made anew.
UNDER: Final[dict[Level, tuple[Level, ...]]] = {
    "province": (),
    "department": ("province", "department"),
    "district": ("province",),
    "commune": ("province", "district", "commune"),
}


@dataclass(frozen=True)
class Known:
    """An agency as the directory holds it. `version` counts an admin's changes: 0, nobody changed it by hand."""

    agency: Agency
    version: int = 0
    ended_at: datetime | None = None

    @property
    def stands(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True)
class Typed:
    """What an admin's form says of an agency; nothing of it is judged yet."""

    code: str
    name: str
    level: str
    parent: str
    reason: str


Directory = Mapping[str, Known]


def beneath(code: str, directory: Directory) -> list[Agency]:
    return [each.agency for each in directory.values() if each.stands and each.agency.parent == code]


def fault(field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(f"/{field}", code, vi, en)


def code_faults(typed: Typed, directory: Directory, province: str) -> Iterator[Fault]:
    code = typed.code
    if len(code) > LONGEST_CODE or not re.fullmatch(AGENCY_CODE, code) or not code.startswith(f"{province}."):
        yield fault(
            "code",
            "wrong_form",
            f"Mã định danh của cơ quan thuộc tỉnh bắt đầu bằng {province}, ví dụ {province}.15 hoặc {province}.15.02.",
            f"The identification code of an agency of the province begins with {province}, as {province}.15.02.",
        )
    elif code in directory:
        yield fault("code", "taken", "Mã này đã có trong danh mục.", "This code is in the directory already.")


def name_faults(typed: Typed, directory: Directory) -> Iterator[Fault]:
    if not 0 < len(typed.name) <= LONGEST_NAME:
        yield fault(
            "name", "wrong_length", "Hãy nhập tên cơ quan, tối đa 200 ký tự.", "Give a name of at most 200 characters."
        )
    for each in directory.values():
        same = folded(each.agency.name) == folded(typed.name)
        if same and each.stands and each.agency.code != typed.code:
            code = each.agency.code
            yield fault("name", "taken", f"Cơ quan {code} đã mang tên này.", f"Agency {code} has this name already.")


def level_faults(typed: Typed, directory: Directory, province: str) -> Iterator[Fault]:
    before = directory.get(typed.code)
    if typed.level not in get_args(Level):
        yield fault("level", "required", "Hãy chọn cấp của cơ quan.", "Choose the agency's level.")
    elif (typed.level == "province") != (typed.code == province):
        yield fault("level", "one_province", "Chỉ một cơ quan ở cấp tỉnh.", "One agency only is the province.")
    elif typed.level == "district" and (before is None or before.agency.level != "district"):
        yield fault(
            "level",
            "districts_ended",
            "Cấp huyện đã kết thúc từ 01/07/2025.",
            "Districts ended on 1 July 2025.",
        )


def parent_faults(typed: Typed, directory: Directory) -> Iterator[Fault]:
    if typed.level not in UNDER:
        return
    allowed = UNDER[typed.level]
    if not allowed:
        if typed.parent:
            yield fault(
                "parent", "top", "Cơ quan cấp tỉnh không trực thuộc cơ quan nào.", "The province is under none."
            )
        return
    parent = directory.get(typed.parent)
    if parent is None or not parent.stands:
        yield fault("parent", "required", "Hãy chọn cơ quan cấp trên còn hoạt động.", "Choose an agency that stands.")
    elif typed.code in {typed.parent, *_above(typed.parent, directory)}:
        yield fault("parent", "circle", "Cơ quan không thể trực thuộc chính mình.", "An agency is not under itself.")
    elif parent.agency.level not in allowed:
        yield fault(
            "parent",
            "wrong_level",
            "Cơ quan này không thể là cấp trên của cấp đã chọn.",
            "This agency cannot be above one of the level chosen.",
        )


def _above(code: str, directory: Directory) -> list[str]:
    """The agencies above, nearest first; stops where an import has made a circle."""
    found: list[str] = []
    at = directory.get(code)
    while at and at.agency.parent and at.agency.parent not in found:
        found.append(at.agency.parent)
        at = directory.get(at.agency.parent)
    return found


def beneath_faults(typed: Typed, directory: Directory) -> Iterator[Fault]:
    under = [each.code for each in beneath(typed.code, directory) if typed.level not in UNDER[each.level]]
    if under and typed.level in UNDER:
        yield fault(
            "level",
            "agencies_beneath",
            f"Cấp này không hợp với cơ quan trực thuộc: {', '.join(under[:3])}.",
            f"This level does not suit the agencies under it: {', '.join(under[:3])}.",
        )


def reason_faults(reason: str) -> Iterator[Fault]:
    if not 0 < len(reason) <= LONGEST_REASON:
        yield fault(
            "reason",
            "required",
            "Hãy ghi căn cứ hoặc lý do, tối đa 500 ký tự.",
            "Say by what document or why, in at most 500 characters.",
        )
