"""What the places of a procedure's form (a JSON Schema) are called, and of which kind each is. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from chalicelib.catalogue.countries import countries
from chalicelib.refusals import Language

Kind = Literal[
    "text", "long", "integer", "number", "date", "choice", "several", "yesno", "declaration", "group", "address", "list"
]
Schema = Mapping[str, Any]
LONG_TEXT: Final = 300
COUNTRY: Final = "country"  # a format of ours: two letters of ISO 3166-1, chosen by name
ADDRESS: Final = ("line", "commune", "province")
NEVER: Final[tuple[Any, ...]] = ({"not": {}}, False)


@dataclass(frozen=True)
class Form:
    """The whole schema, and the language it is put in."""

    root: Schema
    language: Language

    def resolved(self, schema: Schema) -> Schema:
        """With what it refers to; what it says itself comes first."""
        for _ in range(10):
            if "$ref" not in schema:
                break
            target: Any = self.root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = {**target, **{name: value for name, value in schema.items() if name != "$ref"}}
        return schema

    def label(self, schema: Schema, name: str) -> str:
        vi = str(schema.get("title") or name)
        return vi if self.language == "vi" else str(schema.get("x-title-en") or vi)

    def options(self, schema: Schema) -> tuple[tuple[Any, str], ...]:
        """What may be chosen, and what each is called; empty where anything may be said."""
        if schema.get("format") == COUNTRY:
            return tuple(countries(self.language).items())
        if all("const" in each for each in schema.get("oneOf", [{}])):
            return tuple((each["const"], self.label(each, str(each["const"]))) for each in schema["oneOf"])
        return tuple((each, str(each)) for each in schema.get("enum", ()))


def kind_of(form: Form, schema: Schema) -> Kind:
    type_ = schema.get("type")
    if form.options(schema):
        return "choice"
    if type_ == "boolean":
        return "declaration" if schema.get("const") is True else "yesno"
    if type_ == "array":
        return "several" if kind_of(form, form.resolved(schema.get("items", {}))) == "choice" else "list"
    if "properties" in schema:
        return "address" if all(name in schema["properties"] for name in ADDRESS) else "group"
    if type_ in ("integer", "number"):
        return "integer" if type_ == "integer" else "number"
    if schema.get("format") == "date":
        return "date"
    return "long" if schema.get("maxLength", 0) >= LONG_TEXT else "text"


def properties(form: Form, schemas: Sequence[Schema]) -> dict[str, Schema]:
    """The object's own properties, each with what it refers to."""
    return {
        name: form.resolved(said)
        for schema in schemas
        for name, said in schema.get("properties", {}).items()
        if said not in NEVER and (said.keys() & {"type", "$ref", "oneOf", "enum", "properties"})
    }


def way_to(form: Form, schema: Schema, path: Sequence[str]) -> list[tuple[str, Schema]]:
    """What each part of the path is called, and its schema; empty where the form has no such place."""
    way: list[tuple[str, Schema]] = []
    for part in path:
        if way and kind_of(form, schema) == "list" and part.isdecimal():
            schema = form.resolved(schema.get("items", {}))
            way[-1] = (f"{way[-1][0]} {int(part) + 1}", schema)
        elif part in (own := properties(form, [schema])):
            schema = own[part]
            way.append((form.label(schema, part), schema))
        else:
            return []
    return way


def label_at(schema: Schema, pointer: str, language: Language) -> str:
    """`owner/birth_date` (JSON pointer, RFC 6901) as the form calls it from the top; itself if it has no such place."""
    path = [part.replace("~1", "/").replace("~0", "~") for part in pointer.strip("/").split("/")]
    return " – ".join(name for name, _ in way_to(Form(schema, language), schema, path)) or pointer


def in_words(schema: Schema, given: Any, language: Language) -> str:  # noqa: ANN401 - any JSON
    """One answer as people read it: a choice by its title, a date as dd/mm/yyyy; empty for none."""
    if given is None or given == "":
        return ""
    if isinstance(given, bool):
        return {"vi": ("Không", "Có"), "en": ("No", "Yes")}[language][given]
    if isinstance(given, list):
        return ", ".join(in_words(schema.get("items", {}), each, language) for each in given)
    for value, called in Form(schema, language).options(schema):
        if value == given:
            return called
    return _day(str(given)) if schema.get("format") == "date" else str(given)


def _day(given: str) -> str:
    try:
        return f"{date.fromisoformat(given):%d/%m/%Y}"
    except ValueError:
        return given


def answer_at(root: Schema, answers: Mapping[str, Any], path: Sequence[str]) -> str:
    """What was answered there, in Vietnamese; empty where nothing was."""
    form = Form(root, "vi")
    way = way_to(form, root, path)
    given: Any = answers
    for part in path:
        if isinstance(given, list):
            given = given[int(part)] if part.isdecimal() and int(part) < len(given) else None
        else:
            given = given.get(part) if isinstance(given, dict) else None
    if not way or given is None:
        return ""
    schema = way[-1][1]
    if kind_of(form, schema) == "address":
        return ", ".join(str(given[name]) for name in ADDRESS if given.get(name))
    return in_words({**schema, "items": form.resolved(schema.get("items", {}))}, given, "vi")
