"""Why a day is off, or worked although it would be: the words of a rule with its source, in both languages. Pure."""

from datetime import date
from typing import Final, NamedTuple

MADE_UP: Final = ("làm bù cho ngày nghỉ", "worked in exchange for the day off on")


class Rule(NamedTuple):
    """One reason, in Vietnamese and English."""

    vi: str
    en: str


def sourced(vi: str, en: str, source: Rule) -> Rule:
    return Rule(f"{vi} ({source.vi})", f"{en} ({source.en})")


def in_exchange(other: date, source: Rule, vi: str, en: str) -> Rule:
    """The reason with the day that was given for this one."""
    return sourced(f"{vi} {other:%d/%m/%Y}", f"{en} {other.isoformat()}", source)
