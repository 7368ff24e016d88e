"""The API's own description as people read it: its operations in sections, and one with the shapes it uses. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

REF: Final = "#/components/schemas/"
LIMITS: Final = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "multipleOf": "× {}",
    "minLength": "≥ {} characters",
    "maxLength": "≤ {} characters",
    "minItems": "≥ {} items",
    "maxItems": "≤ {} items",
    "pattern": "{}",
}


class Words(NamedTuple):
    """Part of what a value may be; `shape`: the name of a shape of the same description, or empty."""

    text: str
    shape: str = ""


class Row(NamedTuple):
    """A parameter of an operation, or a field of a shape."""

    name: str
    kind: tuple[Words, ...]
    required: bool
    about: str
    place: str = ""


class Shape(NamedTuple):
    name: str
    label: str
    about: str
    rows: tuple[Row, ...]
    kind: tuple[Words, ...]


class Reply(NamedTuple):
    """`kind`: of the body, empty for none; `codes`: of refusals."""

    status: str
    kind: tuple[Words, ...]
    codes: str


@dataclass(frozen=True)
class Told:
    """An operation; `is_open`: it takes no token. `shapes`: all that its bodies lead to, in the order met."""

    name: str
    method: str
    path: str
    summary: str
    is_open: bool
    parameters: tuple[Row, ...] = ()
    body: tuple[Words, ...] = ()
    replies: tuple[Reply, ...] = ()
    shapes: tuple[Shape, ...] = ()


def sections(description: Mapping[str, Any]) -> dict[str, list[Told]]:
    """Every operation by the first part of its address."""
    found: dict[str, list[Told]] = {}
    for path, method, facts in _operations(description):
        found.setdefault(path.split("/")[1], []).append(_named(path, method, facts))
    return found


def operation(description: Mapping[str, Any], name: str) -> Told | None:
    """The one of this `operationId`."""
    for path, method, facts in _operations(description):
        if facts["operationId"] == name:
            return _whole(_named(path, method, facts), facts, description["components"]["schemas"])
    return None


def _whole(told: Told, facts: Any, schemas: Mapping[str, Any]) -> Told:  # noqa: ANN401 - OpenAPI
    replies = tuple(_reply(status, reply) for status, reply in facts["responses"].items())
    body = _content(facts.get("requestBody", {}))
    met: dict[str, Shape] = {}
    for kind in (body, *(each.kind for each in replies)):
        _meet(kind, schemas, met)
    rows = tuple(map(_parameter, facts["parameters"]))
    return replace(told, parameters=rows, body=body, replies=replies, shapes=tuple(met.values()))


def _parameter(facts: Any) -> Row:  # noqa: ANN401 - OpenAPI
    schema = facts["schema"]
    return Row(facts["name"], _kind(schema), facts["required"], schema.get("description", ""), facts["in"])


def _operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for path, methods in description["paths"].items():
        for method, facts in methods.items():
            yield path, method.upper(), facts


def _named(path: str, method: str, facts: Any) -> Told:  # noqa: ANN401 - OpenAPI
    return Told(facts["operationId"], method, path, facts["summary"], "security" not in facts)


def _reply(status: str, facts: Any) -> Reply:  # noqa: ANN401 - OpenAPI
    is_refusal = status == "default" or int(status) >= 400
    return Reply(status, _content(facts), facts["description"] if is_refusal else "")


def _content(facts: Any) -> tuple[Words, ...]:  # noqa: ANN401 - OpenAPI
    return tuple(words for each in facts.get("content", {}).values() for words in _kind(each["schema"]))


def _meet(kind: tuple[Words, ...], schemas: Mapping[str, Any], met: dict[str, Shape]) -> None:
    """Adds to `met` every shape that these words name, and all that those name."""
    for name in (each.shape for each in kind if each.shape and each.shape not in met):
        facts = schemas[name]
        needed = set(facts.get("required", ()))
        rows = tuple(
            Row(each, _kind(schema), each in needed, schema.get("description", ""))
            for each, schema in facts.get("properties", {}).items()
        )
        own = () if rows else _kind(facts)
        met[name] = Shape(name, _label(name), facts.get("description", ""), rows, own)
        for inner in (*(each.kind for each in rows), own):
            _meet(inner, schemas, met)


def _kind(schema: Any) -> tuple[Words, ...]:  # noqa: ANN401 - JSON Schema
    """What a value of this schema may be: `string (date-time)`, `list of Component`, `Turn or null`."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return (Words(_label(name), name),)
    if "anyOf" in schema:
        return _joined([_kind(each) for each in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return (Words(" | ".join(str(each) for each in schema.get("enum", [schema.get("const")]))),)
    if schema.get("type") == "array":
        return (Words("list of "), *_kind(schema.get("items") or {}), *_limits(schema))
    if isinstance(inner := schema.get("additionalProperties"), dict):
        return (Words("object of "), *_kind(inner))
    shape = f" ({schema['format']})" if "format" in schema else ""
    return (Words(f"{schema.get('type', 'any')}{shape}"), *_limits(schema))


def _limits(schema: Mapping[str, Any]) -> tuple[Words, ...]:
    said = [words.format(schema[name]) for name, words in LIMITS.items() if name in schema]
    return (Words(f", {', '.join(said)}"),) if said else ()


def _joined(kinds: list[tuple[Words, ...]]) -> tuple[Words, ...]:
    first, *others = kinds
    return (*first, *(words for each in others for words in (Words(" or "), *each)))


def _label(name: str) -> str:
    """Of two shapes of one name pydantic's has the whole module in front."""
    return name.rsplit("__", 1)[-1]
