"""A letter in the province's own words where it has any; in the shipped ones when those fail. Nobody goes untold."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.notices import wording
from chalicelib.notices.channels import Letter
from chalicelib.notices.fact_words import untold
from chalicelib.notices.rules import Notice
from chalicelib.notices.wording import CLOSING
from chalicelib.refusals import Language
from chalicelib.wordings import actions
from chalicelib.wordings.rules import number_of, own


class Worded(NamedTuple):
    """`template`: which wording it is in, as a note remembers it: `v1/accepted.vi`, with an own edition `…+3`."""

    letter: Letter
    template: str


class SaysLess(Exception):
    """Own words that keep from somebody what the shipped ones tell; the message names facts, never what they say."""


def slug(name: str, language: Language) -> str:
    """`name`: a notice, or `closing` for how all letters close."""
    return f"letter/{name}.{language}"


def letter(notice: Notice, language: Language, facts: dict[str, Any], now: datetime) -> Worded:
    """No template of the province's makes it fail: that is logged, and the shipped letter goes out."""
    shipped = Worded(wording.letter(notice, language, facts), wording.template(notice, language))
    edition = actions.current(slug(notice, language), now)
    closing = actions.current(slug(CLOSING, language), now)
    parts = {**own(edition), **own(closing)}
    if not parts:
        return shipped
    template = shipped.template + _named("", own(edition), number_of(edition))
    template += _named(CLOSING, own(closing), number_of(closing))
    try:
        found = wording.letter(notice, language, facts, parts)
        if less := untold(shipped.letter, found, facts):
            raise SaysLess(", ".join(less))
    except Exception as error:  # noqa: BLE001 - whatever it is, the person is told
        actions.failed(template, str(error) if isinstance(error, SaysLess) else type(error).__name__)
        return shipped
    return Worded(found, template)


def _named(what: str, parts: Any, number: int) -> str:  # noqa: ANN401
    return f"+{what}{number}" if parts else ""
