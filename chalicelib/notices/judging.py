"""Whether a province's own words may stand in letters: tried in every way the facts can be. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.notices import sample, wording
from chalicelib.notices.channels import Letter
from chalicelib.notices.fact_words import FACTS, untold
from chalicelib.notices.rules import Notice
from chalicelib.notices.wording import BODY, CLOSING, SUBJECT
from chalicelib.refusals import Fault, Language
from chalicelib.wordings import grammar, rendering
from chalicelib.wordings.grammar import Vocabulary, fault

LONGEST: Final = {SUBJECT: 300, BODY: 6_000, CLOSING: 2_000}
LONGEST_SUBJECT: Final = 150  # as it is sent
PREVIEWS: Final = 12
Parts = Mapping[str, str]


def parts_of(name: str) -> tuple[str, ...]:
    return (CLOSING,) if name == CLOSING else (SUBJECT, BODY)


def notices_of(name: str) -> list[Notice]:
    """Those whose letters have the wording of this name."""
    return list(Notice) if name == CLOSING else [Notice(name)]


def facts_of(name: str, language: Language, page: str, province: str) -> dict[str, Any]:
    """What its texts may name, each with something it may be: how letters close, only what every letter has."""
    ways = [each for of in notices_of(name) for each in sample.variations(of, language, page, province)]
    common = set.intersection(*(set(each) for each in ways))
    shown = {fact: next((each[fact] for each in ways if each[fact]), False) for fact in FACTS if fact in common}
    return {"you": "Ông/Bà", **shown}


def faults(name: str, language: Language, parts: Parts, page: str, province: str) -> list[Fault]:
    """Everything wrong; empty for what may be kept. `parts`: own texts only, shipped ones left out."""
    words = _vocabulary(name, language, page, province)
    found = [each for part, source in parts.items() for each in _written(part, source, words)]
    return found or list(dict.fromkeys(_tried(name, language, parts, page, province)))


def letters(name: str, language: Language, parts: Parts, page: str, province: str) -> list[Letter]:
    """How letters become, each that is different once, the plainest first; not all, where there are many."""
    shown: dict[Letter, None] = {}
    for notice in notices_of(name):
        ways = sample.variations(notice, language, page, province)
        shown |= dict.fromkeys(wording.letter(notice, language, facts, parts) for facts in ways if facts["name"])
        if name == CLOSING and len(shown) >= 2:
            break
    return list(shown)[:PREVIEWS]


def _vocabulary(name: str, language: Language, page: str, province: str) -> Vocabulary:
    allowed = set(facts_of(name, language, page, province))
    filters = frozenset(wording.sandbox().filters)
    ways = [each for of in notices_of(name) for each in sample.variations(of, language, page, province)]
    found = [grammar.of_facts({k: v for k, v in each.items() if k in allowed}, filters) for each in ways]
    return Vocabulary(frozenset(allowed), frozenset().union(*(each.parts for each in found)), filters)


def _written(part: str, source: str, words: Vocabulary) -> list[Fault]:
    if not source:
        return [fault(part, "required", 0, "Hãy nhập nội dung.", "Give the text.")]
    if part == SUBJECT and "\n" in source:
        return [fault(part, "one_line", 0, "Tiêu đề chỉ một dòng.", "A subject is one line.")]
    return grammar.faults(part, source, LONGEST[part], words, wording.sandbox())


def _tried(name: str, language: Language, parts: Parts, page: str, province: str) -> Iterator[Fault]:
    for notice in notices_of(name):
        for facts in sample.variations(notice, language, page, province):
            failed = list(_failed(parts, wording.said(facts)))
            yield from failed or _judged(notice, language, parts, facts)


def _failed(parts: Parts, said: dict[str, Any]) -> Iterator[Fault]:
    for part, source in parts.items():
        try:
            made = rendering.rendered(source, said, wording.sandbox())
        except Exception as error:  # noqa: BLE001 - whatever the text makes go wrong is its author's to mend
            yield rendering.told(part, error)
            continue
        if not made.strip():
            yield fault(part, "empty", 0, "Có trường hợp không còn chữ nào.", "In some cases nothing is said.")
        elif part == SUBJECT and len(made) > LONGEST_SUBJECT:
            vi, en = f"Tiêu đề dài quá {LONGEST_SUBJECT} ký tự.", f"The subject exceeds {LONGEST_SUBJECT} characters."
            yield fault(part, "too_much", 0, vi, en)


def _judged(notice: Notice, language: Language, parts: Parts, facts: dict[str, Any]) -> Iterator[Fault]:
    shipped = wording.letter(notice, language, facts)
    for name in untold(shipped, wording.letter(notice, language, facts, parts), facts):
        vi, en = FACTS[name]
        vi = f"Thư phải nói như mẫu gốc: {{{{ {name} }}}} – {vi}"
        en = f"It must tell, as the shipped one does: {{{{ {name} }}}} – {en}"
        yield fault(list(parts)[-1], "says_less", 0, vi, en)
