"""How a notice reads: versioned templates in both languages, and the letter each becomes. Decides nothing."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chalicelib.amounts import dong, vnd
from chalicelib.clock.rules import ZONE
from chalicelib.notices.channels import Letter
from chalicelib.notices.rules import Notice
from chalicelib.refusals import Language

if TYPE_CHECKING:
    from jinja2 import Environment

# A change of wording that alters what is said is a new folder: a note names the version its letter was made from.
VERSION: Final = "v1"


def letter(notice: Notice, language: Language, facts: dict[str, Any]) -> Letter:
    """The letter; a fact the template wants and does not get is a defect, never a gap in the sentence."""
    you = "Quý tổ chức" if facts["organisation"] else "Ông/Bà"
    text = _templates().get_template(f"{VERSION}/{notice}.{language}.txt").render(facts, you=you)
    subject, _, body = text.partition("\n")
    return Letter(subject=subject.strip(), text=re.sub(r"\n{3,}", "\n\n", body).strip() + "\n")


def template(notice: Notice, language: Language) -> str:
    """What a note remembers of the wording."""
    return f"{VERSION}/{notice}.{language}"


def wording(notice: Notice, language: Language) -> str:
    """The template itself, for who wants to read what people are told."""
    return (Path(__file__).parent / "templates" / f"{template(notice, language)}.txt").read_text(encoding="utf-8")


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - text/plain: there is no markup to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"when": _when, "day": _day, "dong": dong, "vnd": vnd}
    return environment


def _when(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H:%M %d/%m/%Y")


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%d/%m/%Y")
