"""What an officer may ask to be put right, and with which words: the questions in force, and reasons used again."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.refusals import Language
from chalicelib.settings import settings
from chalicelib.site.questions import Question

FOLDER: Final = Path(__file__).parent / "phrases"
KINDS: Final = ("component", "field")


def fields(asked: Sequence[Question], within: str = "") -> Iterator[tuple[str, str]]:
    """The questions that are put, each of a group by itself: name (`owner.birth_date`) and label."""
    for each in asked:
        label = f"{within} – {each.label}" if within else each.label
        if each.asked and each.kind == "group":
            yield from fields(each.parts, label)
        elif each.asked:
            yield each.name.removeprefix("form."), label


def phrases(agency: str, language: Language) -> dict[str, list[str]]:
    """Reasons for components and for fields: the agency's own first, then its province's, then everybody's."""
    known = [_of(name) for name in (agency, settings().PROVINCE, "common")]
    return {kind: [each[language] for own in known for each in own.get(kind, ())] for kind in KINDS}


@cache
def _of(name: str) -> dict[str, list[dict[Language, str]]]:
    """An agency or a province need have none."""
    found = next((each for each in FOLDER.iterdir() if each.name == f"{name}.json"), None)
    read: dict[str, list[dict[Language, str]]] = json.loads(found.read_text(encoding="utf-8")) if found else {}
    return read
