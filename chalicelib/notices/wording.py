"""How a notice reads: versioned templates in both languages, a province's own words in them. Decides nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from chalicelib.amounts import dong, vnd
from chalicelib.clock.rules import ZONE
from chalicelib.notices.channels import Letter
from chalicelib.notices.rules import Notice
from chalicelib.refusals import Language
from chalicelib.wordings import rendering

if TYPE_CHECKING:
    from jinja2 import Environment, Template

# A change of wording that alters what is said is a new folder: a note names the version its letter was made from.
VERSION: Final = "v1"
TEMPLATES: Final = Path(__file__).parent / "templates"
FRAME: Final = "_frame"
# What a province may word: of each letter these, and how all of them close. What stands between them is not its to say.
SUBJECT, BODY, CLOSING = "subject", "body", "closing"
NONE: Final[Mapping[str, str]] = MappingProxyType({})


def letter(notice: Notice, language: Language, facts: dict[str, Any], own: Mapping[str, str] = NONE) -> Letter:
    """The letter; a fact the template wants and does not get is a defect, never a gap in the sentence.

    `own`: a province's text for some of the parts; it is rendered by itself, in a sandbox, and put in as text.
    """
    known = said(facts)
    texts = {part: rendering.rendered(source, known, sandbox()).strip() for part, source in own.items()}
    if SUBJECT in texts:
        texts[SUBJECT] = " ".join(texts[SUBJECT].split())
    text = _template(template(notice, language), tuple(sorted(texts))).render(known, own=texts)
    subject, _, body = text.partition("\n")
    return Letter(subject=subject.strip(), text=re.sub(r"\n{3,}", "\n\n", body).strip() + "\n")


def said(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "you": "Quý tổ chức" if facts["organisation"] else "Ông/Bà"}


def template(notice: Notice, language: Language) -> str:
    """What a note remembers of the shipped wording."""
    return f"{VERSION}/{notice}.{language}"


def shipped(name: str, part: str, language: Language) -> str:
    """The shipped text of a part: of the notice of this name, of its frame for how letters close."""
    source = (TEMPLATES / VERSION / f"{FRAME if part == CLOSING else name}.{language}.txt").read_text(encoding="utf-8")
    found = re.search(rf"{{% block {part} %}}(.*?){{% endblock", source, re.DOTALL)
    return found[1].strip() if found else ""


@cache
def sandbox() -> "Environment":
    return rendering.environment(FILTERS)


@cache
def _template(shipped: str, own: tuple[str, ...]) -> "Template":
    """The shipped letter, with these of its blocks taken from the province's texts."""
    blocks = [f"{{% block {part} %}}{{{{ own.{part} }}}}\n{{% endblock %}}\n" for part in own]
    return _templates().from_string(f'{{% extends "{shipped}.txt" %}}\n{"".join(blocks)}')


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - text/plain: there is no markup to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    return environment


def when(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H:%M %d/%m/%Y")


def day(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%d/%m/%Y")


FILTERS: Final[dict[str, Callable[..., str]]] = {"when": when, "day": day, "dong": dong, "vnd": vnd}
