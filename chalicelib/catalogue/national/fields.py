"""The plainer fields of a record: channels, who may file, steps, legal basis."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

from chalicelib.catalogue.national.said import Doubt, on_one_line, says_nothing
from chalicelib.catalogue.rules import LegalBasis, Step
from chalicelib.catalogue.words import folded

Channel = Literal["online", "desk", "post"]
Audience = Literal["person", "organisation", "household"]

CHANNELS: Final[dict[str, Channel]] = {"truc tuyen": "online", "truc tiep": "desk", "dich vu buu chinh": "post"}
AUDIENCES: Final[dict[Audience, tuple[str, ...]]] = {
    "person": ("cong dan", "nguoi", "ca nhan", "can bo"),
    "organisation": ("doanh nghiep", "to chuc", "hop tac xa"),
    "household": ("ho gia dinh", "ho kinh doanh"),
}
STEP: Final = re.compile(r"(?=\bBước\s+[0-9]+(?:\.[0-9]+)*\s*[:.])")
DAY: Final = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})")
YEAR_IN_NUMBER: Final = re.compile(r"/((?:19|20)[0-9]{2})(?:/|$)")


class Ways(NamedTuple):
    """`counting`: the rows of the channel whose deadline and fees count, online where offered, else at the desk."""

    submit: tuple[Channel, ...]
    counting: list[dict[str, str]]
    doubts: tuple[Doubt, ...]


class Law(NamedTuple):
    basis: tuple[LegalBasis, ...]
    doubts: tuple[Doubt, ...]


def channels(rows: Sequence[dict[str, str]]) -> Ways:
    read = [(CHANNELS.get(folded(row.get("hinh_thuc", ""))), row) for row in rows]
    offered = {channel for channel, _ in read}
    submit = tuple(channel for channel in CHANNELS.values() if channel in offered)
    doubts = [
        Doubt("channel_unknown", f"Hình thức nộp “{row.get('hinh_thuc', '')}” không nhận ra.")
        for channel, row in read
        if channel is None
    ]
    if not submit:
        doubts.append(Doubt("channel_missing", "Không ghi hình thức nộp nào nhận ra được; tạm coi là nộp trực tiếp."))
        return Ways(("desk",), list(rows), tuple(doubts))
    return Ways(submit, [row for channel, row in read if channel == submit[0]], tuple(doubts))


def audience(said: str) -> tuple[Audience, ...]:
    """All kinds when none is recognised: turning nobody away is the safer mistake."""
    words = folded(said)
    found = tuple(kind for kind, names in AUDIENCES.items() if any(name in words for name in names))
    return found or tuple(AUDIENCES)


def steps(said: str) -> tuple[Step, ...]:
    return tuple(Step(name=part.strip()) for part in STEP.split(said) if part.strip())


def text_or_nothing(said: str) -> str:
    return "" if says_nothing(said) else said


def legal_basis(rows: Sequence[dict[str, str]]) -> Law:
    read = [_basis(row) for row in rows]
    return Law(tuple(basis for basis, _ in read), tuple(doubt for _, doubt in read if doubt))


def _basis(row: dict[str, str]) -> tuple[LegalBasis, Doubt | None]:
    number, said = on_one_line(row.get("so_ky_hieu", "")), row.get("ngay_ban_hanh", "")
    issued = _day(said)
    basis = LegalBasis(
        number=number,
        name=on_one_line(row.get("trich_yeu", "")),
        issued_on=issued,
        issuer=row.get("co_quan_ban_hanh", ""),
    )
    if said and issued is None:
        return basis, Doubt("legal_date", f"Ngày ban hành “{said}” của {number} không đọc được.")
    if issued and not _same_year(number, issued):
        return basis, Doubt("legal_date", f"Ngày ban hành {said} không khớp với số ký hiệu {number}.")
    return basis, None


def _day(said: str) -> date | None:
    found = DAY.fullmatch(said)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def _same_year(number: str, issued: date) -> bool:
    found = YEAR_IN_NUMBER.search(number)
    return found is None or int(found[1]) == issued.year
