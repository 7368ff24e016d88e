"""What a record of the national export says, as clean text; the doubts it leaves; what makes it unreadable."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from chalicelib.refusals import Invalid

NOTHING_SAID: Final = {"", "không có thông tin", "không", "không.", "không quy định"}
SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]")


class Doubt(NamedTuple):
    """What a person must look at: a stable code, and the words of the record."""

    code: str
    text: str


class UnreadableRecord(Invalid):
    """`record` is the code the record gives itself, or a dash; `reason` one of those told in docs/import.md."""

    code = "unreadable_record"
    vi = "Bản ghi {record} không đọc được: {reason}."
    en = "Record {record} cannot be read: {reason}."

    def __init__(self, record: str, reason: str) -> None:
        super().__init__(record=record, reason=reason)
        self.record, self.reason = record, reason


class Source:
    """One record, whose values are asked for by group and name. Absent and null are empty text."""

    def __init__(self, facts: object) -> None:
        if not isinstance(facts, Mapping):
            raise UnreadableRecord("—", "not_an_object")
        self._facts = facts
        self.code = "—"

    def top(self, name: str) -> str:
        return self._text(self._facts, name)

    def text(self, group: str, name: str) -> str:
        return self._text(self._group(group), name)

    def rows(self, table: str) -> list[dict[str, str]]:
        rows = self._group("tables").get(table) or []
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise UnreadableRecord(self.code, f"not_a_table:{table}")
        return [{name: self._text(row, name) for name in row} for row in rows]

    def _group(self, name: str) -> Mapping[str, Any]:
        group = self._facts.get(name) or {}
        if not isinstance(group, Mapping):
            raise UnreadableRecord(self.code, f"not_an_object:{name}")
        return group

    def _text(self, facts: Mapping[str, Any], name: str) -> str:
        value = facts.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise UnreadableRecord(self.code, f"not_text:{name}")
        text = str(value)
        if SURROGATE.search(text):
            raise UnreadableRecord(self.code, f"not_text:{name}")
        return cleaned(text)


def cleaned(text: str) -> str:
    """NFC, without control characters, ends trimmed; line breaks stay."""
    return CONTROLS.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()


def shortened(text: str, most: int = 200) -> str:
    line = on_one_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def distinct(texts: Iterable[str]) -> list[str]:
    """What was said, once each, in the order in which it was said."""
    return list(dict.fromkeys(text for text in texts if text))


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def says_nothing(text: str) -> bool:
    return text.lower() in NOTHING_SAID
