"""Whether a province's own words may stand on a paper: nobody's name in them, nothing left out that is told. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from chalicelib.papers import layout, own_words
from chalicelib.papers.blocks import Head, Template, Text
from chalicelib.papers.forms import Form
from chalicelib.papers.lint import hard_coded
from chalicelib.papers.own_words import NOTE, NUMBER, UNIT, Parts
from chalicelib.refusals import Fault
from chalicelib.wordings import grammar, rendering
from chalicelib.wordings.grammar import Vocabulary, fault

LONGEST: Final = {UNIT: 200, NUMBER: 80, NOTE: 1_200}
LONGEST_PRINTED: Final = {UNIT: 200, NUMBER: 120, NOTE: 1_500}
FILTERS: Final = frozenset({"when", "day", "in_words", "upper"})
Facts = Mapping[str, Any]


def facts_of(form: Form) -> list[str]:
    """What its texts may name: the form's own fields, tables left out."""
    return [name for name, told in form.fields.items() if isinstance(told, str)]


def faults(form: Form, packaged: Template, parts: Parts, facts: Facts, names: Collection[str]) -> list[Fault]:
    """Everything wrong; empty for what may be kept. `names`: those of agencies; `facts`: of a sample."""
    words = Vocabulary(frozenset(facts_of(form)), frozenset(), FILTERS)
    found = [each for part, source in parts.items() for each in _written(part, source, words, names)]
    return found or list(dict.fromkeys(_tried(form, packaged, parts, facts)))


def _written(part: str, source: str, words: Vocabulary, names: Collection[str]) -> list[Fault]:
    if not source:
        return [fault(part, "required", 0, "Hãy nhập nội dung.", "Give the text.")]
    if any(hard_coded(source, names)):
        vi = "Không ghi tên cơ quan hay địa danh: mẫu dùng cho mọi cơ quan của tỉnh, tên lấy từ danh mục."
        en = "No names of agencies or places: every agency of the province uses it; names come from the directory."
        return [fault(part, "names_somebody", 0, vi, en)]
    return grammar.faults(part, source, LONGEST[part], words, layout.environment())


def _tried(form: Form, packaged: Template, parts: Parts, facts: Facts) -> Iterator[Fault]:
    """With all facts, and with each that may be empty left out."""
    ways = [dict(facts), *({**facts, name: ""} for name in ("email", "symbol", "note") if name in facts)]
    for way in ways:
        before = _texts(form, packaged, way)
        try:
            after = _texts(form, own_words.worded(packaged, parts), way)
        except Exception as error:  # noqa: BLE001 - whatever the text makes go wrong is its author's to mend
            yield rendering.told(list(parts)[-1], error)
            continue
        for part in parts:
            yield from _compared(form, part, before.get(part, ""), after.get(part, ""), way)


def _texts(form: Form, template: Template, facts: Facts) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in layout.put(template, form, facts).blocks:
        if isinstance(block, Head):
            found |= {UNIT: block.unit, NUMBER: block.number}
        elif isinstance(block, Text) and block.style == "note":
            found[NOTE] = block.text
    return found


def _compared(form: Form, part: str, before: str, after: str, facts: Facts) -> Iterator[Fault]:
    if len(after) > LONGEST_PRINTED[part]:
        yield fault(part, "too_much", 0, "In ra quá dài.", "Printed, it is too long.")
    told = {name: str(facts[name]) for name in facts_of(form) if facts.get(name)}
    for name in (name for name, value in told.items() if value in before and value not in after):
        vi, en = f"Phải nói như mẫu gốc: {{{{ {name} }}}}.", f"It must tell, as the shipped one does: {{{{ {name} }}}}."
        yield fault(part, "says_less", 0, vi, en)
