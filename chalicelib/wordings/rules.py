"""What an edition of a wording is, and what may become the next one. Knows no template. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import ConfigDict

from chalicelib.refusals import Conflict, Fault, Invalid, NotFound
from chalicelib.shapes import Shape

SHIPPED: Final = 0  # the number of what comes with the release
SLUG: Final = re.compile(r"[A-Za-z0-9_]+(?:[./-][A-Za-z0-9_]+){0,7}")
LONGEST_SLUG: Final = 100
LONGEST: Final = 20_000  # characters of all parts together
LONGEST_REASON: Final = 500
# Until every container has read an edition: what is dated earlier than that is still worded as before.
SETTLES: Final = timedelta(minutes=1)


class WordingChangedMeanwhile(Conflict):
    code = "wording_changed_meanwhile"
    vi = "Mẫu này vừa được người khác thay đổi, không còn như bạn đã xem. Hãy xem lại rồi thực hiện lại."
    en = "Somebody else has just changed this wording; it is no longer as you saw it. Look again, then repeat."


class UnknownEdition(NotFound):
    code = "unknown_edition"
    vi = "Không có bản nào mang số này."
    en = "There is no edition of this number."


class Edition(Shape):
    """One wording as it was kept, never altered. Additions of a later release are kept.

    `parts`: the province's own text of each part by its name; None: the shipped wording again.
    `restores`: the number of the earlier edition this one goes back to.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    number: int
    parts: dict[str, str] | None
    restores: int | None = None
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Typed:
    """What an admin wants in force, and why; nothing of it is judged yet."""

    parts: Mapping[str, str] | None
    reason: str
    restores: int | None = None


def number_of(edition: Edition | None) -> int:
    return edition.number if edition else SHIPPED


def own(edition: Edition | None) -> Mapping[str, str]:
    """The province's own parts; of the shipped wording none."""
    return (edition.parts if edition else None) or {}


def following(before: Edition | None, typed: Typed, by: str, now: datetime) -> Edition:
    """The edition after this one. Raises `Invalid` with everything wrong."""
    faults = [*_faults(before, typed)]
    if faults:
        raise Invalid(faults)
    return Edition(
        number=number_of(before) + 1,
        parts=dict(typed.parts) if typed.parts else None,
        restores=typed.restores,
        by=by,
        at=now,
        reason=typed.reason,
    )


def _faults(before: Edition | None, typed: Typed) -> Iterator[Fault]:
    parts = typed.parts or {}
    if parts == own(before):
        yield Fault("/parts", "unchanged", "Chưa có gì thay đổi.", "Nothing is different.")
    if sum(map(len, parts.values())) > LONGEST:
        yield Fault("/parts", "too_long", f"Tối đa {LONGEST} ký tự.", f"At most {LONGEST} characters.")
    if not 0 < len(typed.reason) <= LONGEST_REASON:
        yield Fault(
            "/reason",
            "required",
            "Hãy ghi căn cứ hoặc lý do, tối đa 500 ký tự.",
            "Say by what document or why, in at most 500 characters.",
        )
