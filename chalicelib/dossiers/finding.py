"""By which words and numbers its agency's desk finds a filed dossier, and what a text typed there asks for. Pure."""

import hashlib
import re
from typing import Final, NamedTuple

from chalicelib.catalogue.words import folded
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier

WORDS: Final = 8  # of a longer name: the whole, and what its last seven begin
LONGEST: Final = 100  # letters of a folded name: a key of the table has room for 1,024 bytes
CODE: Final = re.compile(r"[A-Z][A-Z0-9.]*-[0-9]{6}-[0-9]{4,10}")
NUMBER: Final = re.compile(r"\+?[0-9]+|[A-Z][0-9]{7,8}")
SEPARATORS: Final = re.compile(r"[\s.()-]+")
COUNTRY: Final = re.compile(r"\+84|(?:00)?84(?=[0-9]{9,10}$)")


class Sought(NamedTuple):
    """What a desk asks for. `key`: a dossier code, or how the entries begin that match; empty when nothing can."""

    by: str
    key: str


def entries(dossier: Dossier) -> tuple[str, ...]:
    """How a dossier is found at its agency, each entry `name#<folded words>#<yymmdd filed>` or `number#<digest>#…`.

    A name is found from any of its words on: from the whole, or from one of the last seven. None for a draft.
    """
    person = dossier.applicant
    if person is None or dossier.submitted_at is None or dossier.stage in (Stage.DRAFT, Stage.EXPIRED):
        return ()
    numbers = {number for number in (person.phone, person.identity_number, person.tax_code) if number}
    found = {f"name#{words}#" for words in _beginnings(person.full_name)}
    found |= {_number(number, dossier.agency) for number in numbers}
    return tuple(sorted(f"{each}{dossier.submitted_at:%y%m%d}" for each in found))


def sought(typed: str, agency: str) -> Sought:
    """A text typed at a desk of `agency`: a dossier code, a number (phone, tax code, identity number), or a name."""
    code = "".join(typed.split()).upper()
    if CODE.fullmatch(code):
        return Sought("code", code)
    if NUMBER.fullmatch(SEPARATORS.sub("", code)):
        return Sought("number", _number(code, agency))
    words = _cut(folded(typed))
    return Sought("name", f"name#{words}" if words else "")


def first(matching: str, known: tuple[str, ...]) -> str | None:
    """Of a dossier's own entries the one under which a list shows it: "an" finds "Văn An An" three times, told once."""
    return min((each for each in known if each.startswith(matching)), default=None)


def _beginnings(name: str) -> set[str]:
    words = folded(name).split()
    starts = {0, *range(max(0, len(words) - WORDS + 1), len(words))} if words else set()
    return {_cut(" ".join(words[start:])) for start in starts}


def _cut(words: str) -> str:
    return words[:LONGEST].strip()


def _number(number: str, agency: str) -> str:
    """The same for 0912 345 678, +84912345678 and 84-912-345-678; digested, so that no number stands in a key."""
    bare = SEPARATORS.sub("", number)
    plain = COUNTRY.sub("", bare, count=1) if COUNTRY.match(bare) else bare
    digest = hashlib.sha256(f"{agency}|{plain.lstrip('+0')}".encode()).hexdigest()
    return f"number#{digest[:32]}#"
