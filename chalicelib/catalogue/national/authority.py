"""Which agencies of the province answer for a procedure, from the names the national export gives them."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from chalicelib.catalogue.national.said import Doubt, says_nothing
from chalicelib.catalogue.rules import Agency
from chalicelib.catalogue.words import folded

HEADED_BY: Final = re.compile(r"^(?:chu tich|giam doc|thu truong|lanh dao) ")
COMMUNES: Final = re.compile(
    r"uy ban nhan dan (?:cap )?(?:xa|phuong|thi tran|dac khu)(?: (?:phuong|thi tran|dac khu|xa|noi cu tru))*"
)
PROVINCE: Final = re.compile(r"uy ban nhan dan (?:cap )?(?:tinh|thanh pho)(?: thanh pho)?(?: truc thuoc trung uong)?")


# "Ủy ban nhân dân cấp xã, phường, thị trấn": what follows the first comma is no agency of its own.
CONTINUED: Final = {"xa", "phuong", "thi tran", "dac khu"}


class Authority(NamedTuple):
    agencies: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def authority(competent: str, executing: str, level: str, agencies: Sequence[Agency], default: str) -> Authority:
    """The competent agency decides; the one that does the work is asked only where no competent one is named."""
    said = executing if says_nothing(competent) else competent
    named = [name for part in re.split(r"[,;\n]", said) if (name := HEADED_BY.sub("", folded(part)))]
    matched = [_matches(name, agencies) for name in named if name not in CONTINUED]
    codes = tuple(dict.fromkeys(code for found in matched for code in found))
    if codes and all(matched):
        return Authority(codes, ())
    told = f"Cơ quan có thẩm quyền “{said or 'không ghi'}” ({level or 'không ghi cấp'}) chưa ứng với cơ quan của tỉnh."
    return Authority(codes or (default,), (Doubt("agency_unmatched", told),))


def _matches(name: str, agencies: Sequence[Agency]) -> list[str]:
    if COMMUNES.fullmatch(name):
        return [agency.code for agency in agencies if agency.level == "commune"]
    if PROVINCE.fullmatch(name):
        return [agency.code for agency in agencies if agency.level == "province"]
    return [agency.code for agency in agencies if folded(agency.name) in _own_names(name, agencies)]


def _own_names(said: str, agencies: Sequence[Agency]) -> set[str]:
    """What "Sở Nội vụ" of a national text may be called in the province: also "Sở Nội vụ tỉnh Khánh Hòa"."""
    provinces = (PROVINCE.sub("", folded(agency.name)).strip() for agency in agencies if agency.level == "province")
    return {said} | {f"{said} {middle}{province}" for province in provinces for middle in ("", "tinh ", "thanh pho ")}
