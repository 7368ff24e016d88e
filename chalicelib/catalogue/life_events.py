"""What happens in a life or a company, and which procedures it takes: the national portal's groups. Pure."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from pydantic import ConfigDict

from chalicelib.catalogue.words import folded
from chalicelib.shapes import Shape


class LifeEvent(Shape):
    """Nhóm sự kiện. A procedure belongs to it by its field or by a phrase of its name, unless an exception holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    vi: str
    en: str
    who: Literal["people", "companies"]
    fields: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()


class _Marks(NamedTuple):
    fields: frozenset[str]
    phrases: tuple[str, ...]
    exceptions: tuple[str, ...]


class _Told(Shape):
    """The file: `source` says whence the groups are, and by what they are told here."""

    model_config = ConfigDict(extra="forbid")

    source: str
    events: tuple[LifeEvent, ...]


@cache
def events() -> tuple[LifeEvent, ...]:
    """In the portal's order, what concerns people first."""
    return _Told.model_validate_json(files(__package__).joinpath("life-events.json").read_bytes()).events


def events_of(name: str, field: str) -> frozenset[str]:
    """The keys of the events that a procedure of this name and field belongs to; case and accents do not matter."""
    words, within = f" {folded(name)} ", folded(field)
    return frozenset(key for key, marks in _marks().items() if _belongs(marks, words, within))


def _belongs(marks: _Marks, words: str, field: str) -> bool:
    named = field in marks.fields or any(each in words for each in marks.phrases)
    return named and not any(each in words for each in marks.exceptions)


@cache
def _marks() -> dict[str, _Marks]:
    return {
        each.key: _Marks(frozenset(map(folded, each.fields)), _spaced(each.phrases), _spaced(each.except_))
        for each in events()
    }


def _spaced(phrases: Iterable[str]) -> tuple[str, ...]:
    """Whole words only: `tử trận` is not found in what ends on `tử`."""
    return tuple(f" {folded(each)} " for each in phrases)
