"""What becomes of a template when facts are put into it: a sheet, every word of it. Draws nothing. Pure."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from chalicelib.clock.rules import ZONE
from chalicelib.papers.blocks import Body, Paragraph, Sheet, Signatures, Table, Template, Text, Title
from chalicelib.papers.forms import Form

if TYPE_CHECKING:
    from jinja2 import Environment


TO_FILL_IN: Final = "…………………………"
DRAFT: Final = "DỰ THẢO – CHƯA KÝ, CHƯA CÓ GIÁ TRỊ"


def put(template: Template, form: Form, facts: Mapping[str, Any]) -> Sheet:
    """The template with the facts in it; a fact it wants and does not get is a defect, never a gap in the sentence."""
    said = {**clean(dict(facts)), "title": form.title}
    blocks = tuple(block for each in template.blocks if (block := _put(each, said)))
    how = {"landscape": template.landscape, "enlarged": template.enlarged}
    return Sheet(size=form.size, **how, title=form.title, blocks=blocks)


def as_draft(sheet: Sheet, *, whole: bool = False) -> Sheet:
    """The same paper marked as a draft; unless `whole`, without what is said of a paper that is handed out."""
    kept = [each for each in sheet.blocks if whole or not (isinstance(each, Text) and each.style == "note")]
    blocks = tuple(_drafted(block) for block in kept)
    return sheet.model_copy(update={"blocks": blocks})


def _drafted(block: Any) -> Any:  # noqa: ANN401 - a block
    return block.model_copy(update={"below": f"{DRAFT}\n{block.below}".strip()}) if isinstance(block, Title) else block


def _put(block: Any, said: dict[str, Any]) -> Any:  # noqa: ANN401 - a block, or None for one with nothing to say
    if isinstance(block, Table):
        return _filled(block, said)
    if isinstance(block, Body):
        return block.model_copy(update={"said": tuple(Paragraph(**each) for each in said[block.rows])})
    if isinstance(block, Signatures):
        return block.model_copy(update={"of": tuple(_rendered(each, said) for each in block.of)})
    rendered = _rendered(block, said)
    silent = {"line": "value", "text": "text"}.get(block.block)
    return None if silent and not getattr(rendered, silent) else rendered


def _filled(table: Table, said: dict[str, Any]) -> Table | None:
    rows = [SimpleNamespace(**row) for row in said[table.rows]]  # of a dict, `row.copy` would be its method
    cells = [tuple(_text(column.cell, {**said, "row": row}) for column in table.columns) for row in rows]
    cells += [("",) * len(table.columns)] * max(0, table.empty_rows - len(cells))
    return table.model_copy(update={"cells": tuple(cells)}) if cells else None


def _rendered(block: Any, said: dict[str, Any]) -> Any:  # noqa: ANN401
    texts = {name: _text(value, said) for name, value in block if isinstance(value, str) and name != "block"}
    return block.model_copy(update={name: text for name, text in texts.items() if name not in ("style", "align")})


def _text(source: str, said: Mapping[str, Any]) -> str:
    return environment().from_string(source).render(said).strip()


def clean(value: Any) -> Any:  # noqa: ANN401 - any JSON, and dates
    """Text in NFC, of characters that can be seen, at most one blank line; all else as it is."""
    if isinstance(value, str):
        normal = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
        return "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in normal).strip()
    if isinstance(value, dict):
        return {name: clean(each) for name, each in value.items()}
    return [clean(each) for each in value] if isinstance(value, (list, tuple)) else value


@cache
def environment() -> "Environment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.filters |= {"when": _when, "day": _day, "in_words": _in_words}
    return made


def _instant(at: datetime | str) -> datetime:
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(ZONE)


def _when(at: datetime | str | None) -> str:
    if at == TO_FILL_IN:
        return TO_FILL_IN
    return f"{_instant(at):%H} giờ {_instant(at):%M} phút, ngày {_instant(at):%d/%m/%Y}" if at else ""


def _day(at: date | str | None) -> str:
    return (date.fromisoformat(at[:10]) if isinstance(at, str) else at).strftime("%d/%m/%Y") if at else ""


def _in_words(at: datetime | str) -> str:
    return f"ngày {_instant(at):%d} tháng {_instant(at):%m} năm {_instant(at):%Y}"
