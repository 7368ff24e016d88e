"""A paper in the province's own words where it has any and the form leaves room for them; else in the shipped ones.

A paper is worded by its own date: whoever makes it again, whenever, makes the same one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.papers import blocks, layout
from chalicelib.papers.blocks import Head, Template, Text
from chalicelib.papers.forms import Form
from chalicelib.settings import settings
from chalicelib.wordings import actions
from chalicelib.wordings.rules import number_of, own

# What a form leaves to whoever issues it: the lines under its name, its notation, and what it tells its reader below.
UNIT, NUMBER, NOTE = "unit", "number", "note"
Parts = Mapping[str, str]


def slug(kind: str) -> str:
    return f"paper/{kind}"


def shipped(template: Template) -> dict[str, str]:
    """The text of each part that a province may word; not every form has all of them."""
    found: dict[str, str] = {}
    for block in template.blocks:
        if isinstance(block, Head):
            found |= {UNIT: block.unit} | ({NUMBER: block.number} if block.number else {})
        if _is_note(block):
            found[NOTE] = block.text  # type: ignore[union-attr]
    return found


def worded(template: Template, parts: Parts) -> Template:
    """The template with these texts in place of its own."""
    return template.model_copy(update={"blocks": tuple(_worded(each, parts) for each in template.blocks)})


def _worded(block: Any, parts: Parts) -> Any:  # noqa: ANN401 - a block
    if isinstance(block, Head):
        return block.model_copy(update={name: parts[name] for name in (UNIT, NUMBER) if name in parts})
    return block.model_copy(update={"text": parts[NOTE]}) if _is_note(block) and NOTE in parts else block


def _is_note(block: Any) -> bool:  # noqa: ANN401
    return isinstance(block, Text) and block.style == "note"


def template(form: Form, facts: Mapping[str, Any], at: datetime, now: datetime, room: str = blocks.HERE) -> Template:
    """In the words in force when the paper is dated, tried with its facts: what fails is logged, and never holds it up.

    `at`: the date of the paper. `now`: when it is made.
    """
    packaged = blocks.template(form.kind, settings().PROVINCE, room)
    edition = actions.as_of(slug(form.kind), at, now)
    if not own(edition):
        return packaged
    try:
        found = worded(packaged, own(edition))
        layout.put(found, form, facts)
    except Exception as error:  # noqa: BLE001 - whatever it is, the paper is made
        actions.failed(f"{slug(form.kind)}+{number_of(edition)}", type(error).__name__)
        return packaged
    return found
