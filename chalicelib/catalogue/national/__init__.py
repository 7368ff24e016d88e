"""One record of the national database's export as a procedure; what cannot be read is kept as text, never guessed.

What the export does not say has a conservative default, told in docs/import.md.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from chalicelib.catalogue.national.authority import Authority, authority
from chalicelib.catalogue.national.deadlines import deadline
from chalicelib.catalogue.national.fees import fees
from chalicelib.catalogue.national.fields import Channel, audience, channels, legal_basis, steps, text_or_nothing
from chalicelib.catalogue.national.papers import papers
from chalicelib.catalogue.national.said import Doubt, Source, UnreadableRecord, on_one_line
from chalicelib.catalogue.national.standing import keeping
from chalicelib.catalogue.rules import PROCEDURE_CODE, Agency, Procedure, Review

__all__ = ["UnreadableRecord", "keeping", "read"]

FIELD_UNKNOWN: Final = "Chưa phân loại"
# The export carries no form: citizens say what they ask for, and enclose the papers.
FORM: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "title": "Nội dung đề nghị",
    "properties": {
        "request": {
            "type": "string",
            "title": "Nội dung đề nghị",
            "description": "Nêu rõ việc cần giải quyết và các thông tin cơ quan cần biết.",
            "minLength": 10,
            "maxLength": 5000,
        }
    },
    "required": ["request"],
    "additionalProperties": False,
    "examples": [{"request": "Đề nghị cơ quan giải quyết thủ tục theo hồ sơ kèm theo."}],
}


def read(facts: object, line: int, agencies: Sequence[Agency], default_agency: str, on: date) -> Procedure:
    """Raises `UnreadableRecord` when not even a code and a name can be read."""
    source = Source(facts)
    source.code = _code(source)
    name = on_one_line(source.text("metadata", "tên_thủ_tục"))
    if len(name) < 3:
        raise UnreadableRecord(source.code, "name_missing")
    try:
        content, doubts = _content(source, agencies, default_agency)
        needs_review = tuple(Review(code=doubt.code, line=line, text=doubt.text) for doubt in doubts)
        return Procedure(code=source.code, name=name, needs_review=needs_review, valid_from=on, **content)
    except ValidationError as error:
        raise UnreadableRecord(source.code, f"not_a_procedure:{error.errors()[0]['loc']}") from None


def _code(source: Source) -> str:
    given = list(dict.fromkeys(filter(None, [source.top("thu_tuc_id"), source.text("metadata", "mã_thủ_tục")])))
    if not given:
        raise UnreadableRecord("—", "code_missing")
    if len(given) > 1:
        raise UnreadableRecord(given[0], "codes_differ")
    if not re.fullmatch(PROCEDURE_CODE, given[0]):
        raise UnreadableRecord(given[0][:60], "code_malformed")
    return given[0]


def _content(source: Source, agencies: Sequence[Agency], default_agency: str) -> tuple[dict[str, Any], list[Doubt]]:
    rows = source.rows("hinh_thuc_nop")
    ways = channels(rows)
    time = deadline(rows, ways.counting)
    money = fees(rows, ways.counting)
    parts = papers(source.rows("thanh_phan_ho_so"))
    law = legal_basis(source.rows("can_cu_phap_ly"))
    who = _authority(source, agencies, default_agency)
    content = {
        "agencies": who.agencies,
        "components": parts.components,
        "fees": money.fees,
        "fee_notes": money.notes,
        "processing": time.processing,
        "processing_note": time.note,
        "legal_basis": law.basis,
        **_service(ways.submit, pays=bool(money.fees or money.notes)),
        **_words(source),
    }
    return content, [*ways.doubts, *time.doubts, *money.doubts, *parts.doubts, *law.doubts, *who.doubts]


def _authority(source: Source, agencies: Sequence[Agency], default_agency: str) -> Authority:
    return authority(
        source.text("content", "cơ_quan_có_thẩm_quyền"),
        source.text("content", "cơ_quan_thực_hiện"),
        source.text("metadata", "cấp_thực_hiện"),
        agencies,
        default_agency,
    )


def _service(submit: tuple[Channel, ...], *, pays: bool) -> dict[str, Any]:
    """The export says how to file, not how to pay or be given the result: at the desk, until a person says more."""
    online, only_desk = "online" in submit, submit == ("desk",)
    return {
        "level": 3 if online else 2,
        "service": "partial" if online else "information",
        "channels": {"submit": submit, "pay": ("desk",) if pays else (), "return": ("desk",)},
        "presence_required": only_desk,
        "visits": 2 if only_desk else 1,
    }


def _words(source: Source) -> dict[str, Any]:
    result = text_or_nothing(source.text("content", "kết_quả_thực_hiện"))
    decision, file = source.text("metadata", "số_quyết_định"), source.top("source_file")
    return {
        "field": on_one_line(source.text("metadata", "lĩnh_vực")) or FIELD_UNKNOWN,
        "audience": audience(source.text("content", "đối_tượng_thực_hiện")),
        "form": dict(FORM),
        "steps": steps(source.text("content", "trình_tự_thực_hiện")),
        "results": (result,) if result else (),
        "conditions": text_or_nothing(source.text("content", "yêu_cầu_điều_kiện_thực_hiện")),
        "source": "; ".join(filter(None, ["Cơ sở dữ liệu quốc gia về thủ tục hành chính", decision, file])),
    }
