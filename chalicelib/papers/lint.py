"""What is wrong with a template before anyone prints with it: another's name in it, a field left out. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any, Final

from pydantic import BaseModel

from chalicelib.papers.blocks import Body, Table, Template
from chalicelib.papers.forms import Fields, Form
from chalicelib.papers.layout import environment

# Where an agency's or a place's own name begins; “cơ sở dữ liệu” and “xã hội chủ nghĩa” are none.
NAMED: Final = re.compile(
    r"(?<!CƠ )\b(?:Sở|SỞ) \w|\bUBND\b|\b[UỦ][ỷỶyY] ?(?:ban|BAN) (?:nhân|NHÂN) (?:dân|DÂN)|\b(?i:ủy ban|uỷ ban) nhân dân"
    r"|\b(?:[Tt]ỉnh|[Tt]hành phố|[Tt]hị xã|[Hh]uyện|[Qq]uận|[Pp]hường|[Xx]ã) (?=[A-ZĐÀ-Ỹ])[^\W\d_]"
)
EXPRESSION: Final = re.compile(r"{[{%].*?[%}]}", re.DOTALL)


def problems(template: Template, form: Form, names: Collection[str]) -> list[str]:
    """Every reason not to print with the template, in words; `names`: those of agencies and provinces."""
    used: set[str] = set()
    found = [problem for text in _texts(template) for problem in hard_coded(text, names)]
    for source, table in _sources(template):
        try:
            used |= _used(source, table)
        except Exception as error:  # noqa: BLE001 - Jinja's own
            found.append(f"cannot be read: {source!r}: {error}")
    known = _known(form.fields)
    found += [f"unknown field {name!r}" for name in sorted(used - known)]
    found += [f"field {name!r} is not bound" for name in sorted(known - used)]
    return found


def _known(fields: Fields) -> set[str]:
    rows = {f"{name}.{column}" for name, told in fields.items() if not isinstance(told, str) for column in told}
    return {*fields, *rows}


def hard_coded(text: str, names: Collection[str]) -> Iterator[str]:
    said = " ".join(unicodedata.normalize("NFC", EXPRESSION.sub(" ", text)).split())
    found = [name for name in names if _plain(name) in _plain(said)]
    literal = NAMED.search(said)
    if found or literal:
        yield f"hard-codes a name: {found[0] if found else literal and literal[0]!r} in {text!r}"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _texts(part: Any) -> Iterator[str]:  # noqa: ANN401 - a block, or a tuple of them
    for name, value in part if isinstance(part, BaseModel) else [("", each) for each in part]:
        if name in ("block", "kind", "style", "align", "rows"):
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, (BaseModel, tuple)):
            yield from _texts(value)


def _sources(template: Template) -> Iterator[tuple[str, str]]:
    """Each text, with the name of the table it is a cell of."""
    for block in template.blocks:
        if isinstance(block, Table):
            yield f"{{{{ {block.rows} }}}}", ""
            yield from ((column.cell, block.rows) for column in block.columns)
        elif isinstance(block, Body):
            yield f"{{{{ {block.rows} }}}}", ""
        else:
            yield from ((text, "") for text in _texts(block))


def _used(source: str, table: str) -> set[str]:
    """The fields a text asks for; `row.x` of a table is its column `x`."""
    from jinja2 import meta, nodes

    parsed = environment().parse(source)
    names = meta.find_undeclared_variables(parsed)
    rows = {f"{table}.{each.attr}" for each in parsed.find_all(nodes.Getattr) if _is_row(each.node)}
    return (names - {"row"} if table else names) | (rows if table else set())


def _is_row(node: Any) -> bool:  # noqa: ANN401 - Jinja's
    return getattr(node, "name", None) == "row"
