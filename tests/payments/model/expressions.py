"""Condition and update expressions of DynamoDB, read as pynamodb writes them."""

import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any, Final

Image = dict[str, Any]
Given = tuple[dict[str, str], dict[str, Any], Image]
Meaning = Callable[[Given], Any]

TOKEN: Final = re.compile(r"[#:][A-Za-z0-9_]+|[a-z_]+(?=\s*\()|<=|>=|<>|[=<>(),+-]|[A-Z]+")
COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class Reader:
    """Tokens, and what they mean for a given image."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == re.sub(r"\s", "", text), text

    def next(self, *allowed: str) -> str:
        token = str(self.tokens.pop(0))
        assert not allowed or token in allowed, (token, allowed)
        return token

    def sees(self, *tokens: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in tokens

    def condition(self) -> Meaning:
        if self.sees("("):
            return self._bracketed()
        if self.sees("attribute_exists", "attribute_not_exists", "begins_with"):
            return self._function()
        one = self.operand()
        if self.sees("BETWEEN"):
            self.next()
            low = self.operand()
            self.next("AND")
            high = self.operand()
            return lambda given: (
                one(given) is not None and _plain(low(given)) <= _plain(one(given)) <= _plain(high(given))
            )
        if self.sees("IN"):
            self.next()
            return self._one_of(one)
        compare, other = COMPARED[self.next()], self.operand()
        return lambda given: one(given) is not None and compare(_plain(one(given)), _plain(other(given)))

    def operand(self) -> Meaning:
        token = self.next()
        if token.startswith("#"):
            return lambda given: given[2].get(given[0][token])
        if token.startswith(":"):
            return lambda given: given[1][token]
        self.next("(")
        one = self.operand()
        self.next(",")
        other = self.operand()
        self.next(")")
        if token == "if_not_exists":
            return lambda given: other(given) if one(given) is None else one(given)
        assert token == "list_append", token
        return lambda given: {"L": [*one(given)["L"], *other(given)["L"]]}

    def _one_of(self, one: Meaning) -> Meaning:
        self.next("(")
        among = [self.operand()]
        while self.next(",", ")") == ",":
            among.append(self.operand())
        return lambda given: one(given) in [each(given) for each in among]

    def _bracketed(self) -> Meaning:
        self.next("(")
        if self.sees("NOT"):
            self.next()
            no = self.condition()
            self.next(")")
            return lambda given: not no(given)
        one, joined, other = self.condition(), self.next("AND", "OR"), self.condition()
        self.next(")")
        if joined == "AND":
            return lambda given: one(given) and other(given)
        return lambda given: one(given) or other(given)

    def _function(self) -> Meaning:
        name = self.next()
        self.next("(")
        one = self.operand()
        other = self._second() if self.sees(",") else None
        self.next(")")
        if other:
            return lambda given: str(_plain(one(given))).startswith(_plain(other(given)))
        return lambda given: (one(given) is not None) == (name == "attribute_exists")

    def _second(self) -> Meaning:
        self.next(",")
        return self.operand()


@cache
def condition(text: str) -> Meaning:
    reader = Reader(text)
    meant = reader.condition()
    if reader.sees("AND"):  # of a key: without brackets
        reader.next()
        also, first = reader.condition(), meant
        meant = lambda given: first(given) and also(given)  # noqa: E731
    assert not reader.tokens, text
    return meant


@cache
def acts(text: str) -> tuple[Callable[[Image, Given], None], ...]:
    reader, acts, kind = Reader(text), [], ""
    while reader.tokens:
        if reader.sees("SET", "REMOVE", "ADD", ","):
            word = reader.next()
            kind = kind if word == "," else word
        acts.append(_act(kind, reader))
    return tuple(acts)


def _act(kind: str, reader: Reader) -> Callable[[Image, Given], None]:
    name = reader.next()
    if kind == "REMOVE":
        return lambda image, given: _without(image, given[0][name])
    if kind == "SET":
        reader.next("=")
    value = reader.operand()
    if kind == "SET":
        return lambda image, given: image.update({given[0][name]: deepcopy(value(given))})
    return lambda image, given: image.update({given[0][name]: _sum(given[2].get(given[0][name]), value(given))})


def _without(image: Image, name: str) -> None:
    image.pop(name, None)


def _sum(one: Any, other: Any) -> Any:
    return {"N": str(int((one or {"N": "0"})["N"]) + int(other["N"]))}


def _plain(value: Any) -> Any:
    kind, said = next(iter(value.items()))
    return float(said) if kind == "N" else said
