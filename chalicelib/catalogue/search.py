"""Finding a procedure by its name as people type it: without accents, with a slip. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from chalicelib.catalogue.life_events import events_of
from chalicelib.catalogue.publication import Summary
from chalicelib.catalogue.words import folded

# A procedure is found when this share of the letters typed is accounted for; nonsense stays below it.
ENOUGH: Final = 0.7
WHOLE_LIKENESS: Final = 85.0
SHORTEST_CODE: Final = 5
EXACT, BEGINS, SLIP, IN_FIELD = 1.0, 0.9, 0.8, 0.75


@dataclass(frozen=True)
class Wanted:
    q: str = ""
    agency: str | None = None
    field: str | None = None
    level: int | None = None
    channel: str | None = None
    event: str | None = None


class Entry(NamedTuple):
    """A procedure, made ready for comparing once per loaded catalogue."""

    summary: Summary
    name: str
    words: frozenset[str]
    field_words: frozenset[str]
    events: frozenset[str]


def entries(summaries: Iterable[Summary]) -> tuple[Entry, ...]:
    """Sorted by name, which is the order of a list that asks for nothing."""
    return tuple(sorted(map(_entry, summaries), key=lambda entry: (entry.name, entry.summary.code)))


def _entry(summary: Summary) -> Entry:
    name = folded(summary.name).removeprefix("thu tuc ")
    field_words = frozenset(folded(summary.field).split())
    return Entry(summary, name, frozenset(name.split()), field_words, events_of(summary.name, summary.field))


def find(catalogue: Sequence[Entry], wanted: Wanted) -> list[Summary]:
    """The procedures wanted, best first; those abolished after all others."""
    kept = [entry for entry in catalogue if _passes(entry, wanted)]
    query = folded(wanted.q).removeprefix("thu tuc ")
    if not query:
        return [] if wanted.q.strip() else [entry.summary for entry in kept]
    alike = {word: _alike(word, kept) for word in query.split()}
    scored = [(_score(query, alike, entry), entry) for entry in kept]
    found = sorted((pair for pair in scored if pair[0] > 0), key=_rank)
    return [entry.summary for _, entry in found]


def _rank(pair: tuple[float, Entry]) -> tuple[bool, float, str, str]:
    score, entry = pair
    return entry.summary.status == "abolished", -score, entry.name, entry.summary.code


def _passes(entry: Entry, wanted: Wanted) -> bool:
    summary = entry.summary
    return (
        (wanted.agency is None or wanted.agency in summary.agencies)
        and (wanted.field is None or folded(wanted.field) == folded(summary.field))
        and (wanted.level is None or wanted.level == summary.level)
        and (wanted.channel is None or wanted.channel in summary.channels.submit)
        and (wanted.event is None or wanted.event in entry.events)
    )


def _alike(typed: str, kept: Sequence[Entry]) -> dict[str, float]:
    """Every word of the catalogue that the typed one may mean, and how surely."""
    words = {word for entry in kept for word in entry.words | entry.field_words}
    alike = {word: _likeness(typed, word) for word in words}
    return {word: sure for word, sure in alike.items() if sure}


def _likeness(typed: str, word: str) -> float:
    from rapidfuzz.distance import OSA

    if typed == word:
        return EXACT
    if len(typed) >= 2 and word.startswith(typed):
        return BEGINS
    slips = 0 if len(typed) < 3 else 1 if len(typed) < 8 else 2
    return SLIP if slips and OSA.distance(typed, word, score_cutoff=slips) <= slips else 0.0


def _score(query: str, alike: Mapping[str, Mapping[str, float]], entry: Entry) -> float:
    from rapidfuzz import fuzz

    if len(query) >= SHORTEST_CODE and entry.summary.code.lower().startswith(query):
        return 2.0
    covered = max(_covered(alike, entry), _whole(query, entry.name))
    return covered + fuzz.ratio(query, entry.name) / 100 if covered >= ENOUGH else 0.0


def _covered(alike: Mapping[str, Mapping[str, float]], entry: Entry) -> float:
    """The share of the typed letters whose words stand in the name, or less surely in the field."""
    found = sum(len(typed) * _best(sure, entry) for typed, sure in alike.items())
    # A word that no procedure knows ("giấy phép lái xe ôtô") says less than one that belongs to others.
    return found / sum(len(typed) if sure else len(typed) / 2 for typed, sure in alike.items())


def _best(sure: Mapping[str, float], entry: Entry) -> float:
    in_name = max((sure[word] for word in entry.words if word in sure), default=0.0)
    in_field = max((sure[word] for word in entry.field_words if word in sure), default=0.0)
    return max(in_name, in_field * IN_FIELD)


def _whole(query: str, name: str) -> float:
    """For words run together or split in the wrong place: the letters compared without spaces."""
    from rapidfuzz import fuzz

    typed, letters = query.replace(" ", ""), name.replace(" ", "")
    if len(typed) < 6 or len(typed) > len(letters) + 2:
        return 0.0
    return fuzz.partial_ratio(typed, letters, score_cutoff=WHOLE_LIKENESS) / 100 * BEGINS
