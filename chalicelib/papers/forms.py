"""The legal forms as data: which set is in force on a day, and each form's number, title, size, fields. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal


class PaperKind(StrEnum):
    RECEIPT = "receipt"
    SUPPLEMENT_REQUEST = "supplement_request"
    REFUSAL = "refusal"
    APOLOGY = "apology"
    STOP_NOTICE = "stop_notice"
    CONTROL_SLIP = "control_slip"
    REGISTER = "register"


Fields = Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True)
class Form:
    """A form of a set, or of a room. `fields`: by our name the legal one; a table's holds those of its columns."""

    kind: str
    number: str
    title: str
    size: Literal["A4", "A5"]
    abbreviation: str
    fields: Fields


@dataclass(frozen=True)
class FormSet:
    """The forms of one circular, in force from `valid_from` until the next set is."""

    code: str
    name: str
    valid_from: date
    forms: Mapping[PaperKind, Form]

    def form(self, kind: PaperKind) -> Form:
        return self.forms[kind]


@cache
def sets() -> tuple[FormSet, ...]:
    """Every set there has been, oldest first."""
    told = json.loads(files(__package__).joinpath("forms.json").read_text(encoding="utf-8"))
    read = (_set(each, told["kinds"]) for each in told["sets"])
    return tuple(sorted(read, key=lambda each: each.valid_from))


def _set(told: dict[str, Any], kinds: dict[str, Any]) -> FormSet:
    forms = {PaperKind(kind): Form(PaperKind(kind), **form, **kinds[kind]) for kind, form in told["forms"].items()}
    return FormSet(told["code"], told["name"], date.fromisoformat(told["valid_from"]), forms)


def set_on(day: date) -> FormSet:
    """The set in force on the day; before the first, the first: what is older is reprinted, never newly issued."""
    in_force: Final = [each for each in sets() if each.valid_from <= day]
    return in_force[-1] if in_force else sets()[0]


def set_of(code: str, day: date) -> FormSet:
    """The set a dossier has pinned; of one accepted before sets were pinned, that of the day."""
    return next((each for each in sets() if each.code == code), None) or set_on(day)
