"""The answers of a procedure's form as rows to read, in the order and words of its JSON Schema. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.catalogue.form_words import in_words
from chalicelib.refusals import Language

DEEPEST = 8


def _followed(part: Any, root: Mapping[str, Any], level: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """The schema with what it refers to (`#/$defs/…`) put in place; what refers to itself ends at some depth."""
    if isinstance(part, list):
        return [_followed(each, root, level) for each in part]
    if not isinstance(part, dict) or level > 2 * DEEPEST:
        return part
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    whole = {**root.get("$defs", {}).get(name, {}), **part} if name else part
    return {key: _followed(each, root, level + 1) for key, each in whole.items() if key != "$defs"}


class Answer(NamedTuple):
    """`pointer`: of the form's own field, without a leading slash; `question`: the top field it belongs to."""

    pointer: str
    label: str
    value: str

    @property
    def question(self) -> str:
        return self.pointer.split("/")[0]


def answers(schema: Mapping[str, Any], form: Mapping[str, Any], language: Language) -> list[Answer]:
    """Every answer given, and the questions of the first level that were left open."""
    return list(_of_object(_followed(schema, schema), form, language, "", "", 0))


def _of_object(
    schema: Mapping[str, Any], form: Mapping[str, Any], language: Language, at: str, called: str, level: int
) -> Iterator[Answer]:
    known: Mapping[str, Any] = schema.get("properties", {})
    for name in [*known, *(name for name in form if name not in known)]:
        own = known.get(name, {})
        label = f"{called} – {own.get('title', name)}" if called else str(own.get("title", name))
        yield from _of_value(own, form.get(name), language, f"{at}/{name}" if at else name, label, level + 1)


def _of_value(
    schema: Mapping[str, Any],
    given: Any,
    language: Language,
    at: str,
    label: str,
    level: int,  # noqa: ANN401 - JSON
) -> Iterator[Answer]:
    if isinstance(given, dict) and level < DEEPEST:
        yield from _of_object(schema, given, language, at, label, level)
    elif isinstance(given, list) and level < DEEPEST and any(isinstance(each, dict) for each in given):
        for place, each in enumerate(given):
            yield from _of_value(
                schema.get("items", {}), each, language, f"{at}/{place}", f"{label} {place + 1}", level + 1
            )
    else:
        yield Answer(at, label, in_words(schema, given, language) or "–")
