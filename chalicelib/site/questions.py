"""A procedure's JSON Schema and the answers so far, as the questions a page asks. Pure.

Which questions are asked, and which must be answered, follows from the answers: `if`/`then`/`else` are evaluated here
for the page and again by the whole schema when the form is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from chalicelib.catalogue.form_words import NEVER, Form, Kind, Schema, kind_of, properties
from chalicelib.refusals import Language

DEEPEST: Final = 8  # a schema may refer to itself
WHOLE: Final = ("group", "address", "list")


@dataclass(frozen=True)
class Question:
    """`name` is the field's name and id, and where a fault about it points; `text` is the answer as people write it.

    `asked`: whether it is put at all, the other answers being what they are. `parts`: of a group its questions, of a
    list one group or question for each item.
    """

    name: str
    kind: Kind
    label: str
    hint: str
    required: bool
    asked: bool
    value: Any
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple["Question", ...] = ()
    most: int = 0


@dataclass
class Rules:
    """What holds for an object with these answers: which properties it must have, may not have, and what else."""

    required: set[str] = field(default_factory=set)
    never: set[str] = field(default_factory=set)
    also: dict[str, list[Schema]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking(Form):
    """`more`: the list to which an empty item is added."""

    more: str = ""

    def rules(self, schemas: Sequence[Schema], value: Any) -> Rules:
        found = Rules()
        for schema in schemas:
            self._add(found, schema, value)
        return found

    def _add(self, rules: Rules, schema: Schema, value: Any) -> None:
        rules.required |= set(schema.get("required", ()))
        for name, said in schema.get("properties", {}).items():
            if said in NEVER:
                rules.never.add(name)
            else:
                rules.also.setdefault(name, []).append(said)
        branches = [self._branch(schema, value)] if "if" in schema else []
        for each in [*schema.get("allOf", ()), *branches]:
            self._add(rules, each, value)

    def _branch(self, schema: Schema, value: Any) -> Schema:
        from jsonschema import Draft202012Validator

        holds = Draft202012Validator(self.root).evolve(schema=schema["if"]).is_valid(value)
        branch: Schema = schema.get("then" if holds else "else", {})
        return branch

    def choices(self, schema: Schema) -> tuple[tuple[str, str], ...]:
        return tuple((str(value), called) for value, called in self.options(schema))


def questions(schema: Schema, answers: Mapping[str, Any], language: Language, more: str = "") -> tuple[Question, ...]:
    """The form's questions, in its order; `more`: the list that is to have one item more."""
    return _parts(Asking(schema, language, more), [schema], dict(answers), "form")


def at(asked: Sequence[Question], name: str) -> Question | None:
    """The question of this name, wherever it stands."""
    waiting = list(asked)
    while waiting:
        each = waiting.pop()
        if each.name == name:
            return each
        waiting += each.parts
    return None


def _parts(asking: Asking, schemas: list[Schema], value: Any, at: str) -> tuple[Question, ...]:
    given = value if isinstance(value, dict) else {}
    rules = asking.rules(schemas, given)
    return tuple(
        _question(asking, [schema, *rules.also.get(name, ())], given.get(name), f"{at}.{name}", name, rules)
        for name, schema in properties(asking, schemas[:1]).items()
    )


def _question(asking: Asking, schemas: list[Schema], value: Any, at: str, name: str, rules: Rules) -> Question:
    schema, kind = schemas[0], kind_of(asking, schemas[0])
    return Question(
        name=at,
        kind=kind,
        label=asking.label(schema, name),
        hint=str(schema.get("description", "")),
        required=name in rules.required,
        asked=name not in rules.never,
        value=value,
        text=written(kind, value),
        choices=asking.choices(asking.resolved(schema["items"]) if kind == "several" else schema),
        parts=_inside(asking, kind, schemas, value, at),
        most=int(schema.get("maxItems", 0)),
    )


def _inside(asking: Asking, kind: Kind, schemas: list[Schema], value: Any, at: str) -> tuple[Question, ...]:
    if kind not in WHOLE or at.count(".") > DEEPEST:
        return ()
    if kind != "list":
        return _parts(asking, schemas, value, at)
    item = asking.resolved(schemas[0].get("items", {}))
    given = [*(value if isinstance(value, list) else []), *([None] if at == asking.more else [])]
    always = Rules(required={""})
    return tuple(_question(asking, [item], each, f"{at}.{n}", "", always) for n, each in enumerate(given or [None]))


def written(kind: Kind, value: Any) -> str:
    """An answer as people write it; what is not of its kind as it was typed."""
    if value is None or kind in WHOLE:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "date":
        try:
            return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
        except ValueError:
            return str(value)
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)
