"""What an officer may ask to be put right, and with which words: the questions in force, and reasons used again."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.refusals import Language
from chalicelib.settings import settings
from chalicelib.site.questions import Question
from chalicelib.wordings import actions
from chalicelib.wordings.rules import own

FOLDER: Final = Path(__file__).parent / "phrases"
KINDS: Final = ("component", "field")
EVERYBODY: Final = "common"
BETWEEN: Final = "|"  # the Vietnamese and the English of a reason, as an admin types them, one to a line


def fields(asked: Sequence[Question], within: str = "") -> Iterator[tuple[str, str]]:
    """The questions that are put, each of a group by itself: name (`owner.birth_date`) and label."""
    for each in asked:
        label = f"{within} – {each.label}" if within else each.label
        if each.asked and each.kind == "group":
            yield from fields(each.parts, label)
        elif each.asked:
            yield each.name.removeprefix("form."), label


def phrases(agency: str, language: Language, now: datetime) -> dict[str, list[str]]:
    """Reasons for components and for fields: the agency's own first, then its province's, then everybody's."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name in (agency, settings().PROVINCE, EVERYBODY):
        kept = own(actions.current(slug(name), now))
        for kind in KINDS:
            found[kind] += [each[language] for each in reasons(kept.get(kind, packaged(name, kind)))]
    return found


def slug(name: str) -> str:
    """`name`: of an agency, of the province, or `common`."""
    return f"phrases/{name}"


def packaged(name: str, kind: str) -> str:
    """The shipped reasons, one to a line."""
    return "\n".join(f"{each['vi']} {BETWEEN} {each['en']}" for each in _of(name).get(kind, ()))


def reasons(typed: str) -> list[dict[Language, str]]:
    """Each line a reason; one without English is told in Vietnamese to everybody."""
    pairs = [line.partition(BETWEEN) for line in typed.split("\n") if line.strip()]
    return [{"vi": vi.strip(), "en": en.strip() or vi.strip()} for vi, _, en in pairs]


@cache
def _of(name: str) -> dict[str, list[dict[Language, str]]]:
    """An agency or a province need have none."""
    found = next((each for each in FOLDER.iterdir() if each.name == f"{name}.json"), None)
    read: dict[str, list[dict[Language, str]]] = json.loads(found.read_text(encoding="utf-8")) if found else {}
    return read
