"""What an admin may word: its parts as shipped, what they may name, how it is judged and how it would look. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from chalicelib.notices.channels import Letter
from chalicelib.refusals import Fault, Language

CONTEXT: Final = 2  # lines shown on either side of a change
Parts = Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """`shipped`: the text it has while the province has none of its own; `rows`: 1 for a single line."""

    name: str
    label: str
    shipped: str
    rows: int
    longest: int


@dataclass(frozen=True)
class Preview:
    """How it would look: letters, or the address of a PDF, or lists of phrases under a heading."""

    letters: Sequence[Letter] = ()
    pdf: str = ""
    lists: Sequence[tuple[str, Sequence[str]]] = ()


@dataclass(frozen=True)
class Wordable:
    """`slug`: of its editions; `home`: its page; `back`: where it is listed; `fixed`: what stays as it is, and why.
    `tongue`: in which it is; `facts` and `filters`: how each is written, and what it is; `loops`: whether lists are.

    `faults` and `preview` take own parts only: one that is as shipped is left out.
    """

    slug: str
    home: str
    back: str
    title: str
    tongue: Language
    parts: Sequence[Part]
    facts: Sequence[tuple[str, str]]
    filters: Sequence[tuple[str, str]]
    loops: bool
    fixed: str
    faults: Callable[[Parts], list[Fault]]
    preview: Callable[[Parts], Preview]

    def texts(self, own: Parts) -> dict[str, str]:
        """Every part as it reads with these of the province's own."""
        return {each.name: own.get(each.name, each.shipped) for each in self.parts}

    def own(self, texts: Parts) -> dict[str, str]:
        """Of these texts, those that are not as shipped."""
        typed = {each.name: clean(texts.get(each.name) or "") for each in self.parts}
        return {each.name: typed[each.name] for each in self.parts if typed[each.name] != clean(each.shipped)}


def clean(text: str) -> str:
    """Lines as any browser would send them again; nothing that cannot be seen."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in lines)
    return "\n".join(seen).strip()


def usage(fact: str, value: Any, money: str = "dong") -> str:  # noqa: ANN401 - whatever a sample holds
    """How a fact like this one is written in a text."""
    match value:
        case bool():
            return f"{{% if {fact} %}}"
        case datetime():
            return f"{{{{ {fact}|when }}}}"
        case int():
            return f"{{{{ {fact}|{money} }}}}"
        case list():
            return f"{{% for each in {fact} %}}"
        case _:
            return f"{{{{ {fact} }}}}"


Kind = Literal["same", "less", "more", "gap"]


def differences(before: str, after: str) -> list[tuple[Kind, str]]:
    """What was taken out and put in, line by line, with a little of what stands around; nothing where all is alike."""
    old, new = before.split("\n"), after.split("\n")
    found: list[tuple[Kind, str]] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        found += [("gap", "…")] if found else []
        for tag, i, j, k, m in group:
            if tag == "equal":
                found += [("same", line) for line in old[i:j]]
            else:
                found += [*(("less", line) for line in old[i:j]), *(("more", line) for line in new[k:m])]
    return found


def changed(wordable: Wordable, before: Parts, after: Parts) -> list[tuple[str, list[tuple[Kind, str]]]]:
    """By the part's label; only the parts that differ."""
    old, new = wordable.texts(before), wordable.texts(after)
    found = [(each.label, differences(old[each.name], new[each.name])) for each in wordable.parts]
    return [(label, lines) for label, lines in found if lines]
