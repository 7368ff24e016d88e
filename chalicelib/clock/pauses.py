"""When a clock stands still, and the refusals of pauses of which no due date can be computed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Self

from chalicelib.clock.rules import ZONE, PauseCause
from chalicelib.clock.worktime import Worktime
from chalicelib.refusals import Fault, Invalid


@dataclass(frozen=True)
class Span:
    """A time during which the clock stands still."""

    begin: datetime
    end: datetime
    cause: PauseCause | None = None


def in_order(pauses: Sequence[Span], received: datetime, axis: Worktime) -> list[Span]:
    """The pauses sorted, in the zone of the law, of which each follows the receipt and the one before it."""
    for number, each in enumerate(pauses):
        axis.at(each.begin, f"/pauses/{number}/from")
        axis.at(each.end, f"/pauses/{number}/to")
        if each.begin > each.end:
            raise PauseInverted.at(f"/pauses/{number}/to")
        if each.begin < received:
            raise PauseBeforeStart.at(f"/pauses/{number}/from")
    numbered = sorted(enumerate(pauses), key=lambda each: (each[1].begin, each[1].end))
    for (_, earlier), (number, later) in pairwise(numbered):
        if later.begin < earlier.end:
            raise PausesOverlap.at(f"/pauses/{number}/from")
    return [replace(each, begin=each.begin.astimezone(ZONE), end=each.end.astimezone(ZONE)) for _, each in numbered]


class PauseInvalid(Invalid):
    """Any pause of which no due date can be computed."""

    code = "pause_invalid"
    vi = "Khoảng tạm dừng không hợp lệ."
    en = "The pause is not valid."

    @classmethod
    def at(cls, pointer: str) -> Self:
        return cls([Fault(pointer, cls.code, cls.vi, cls.en)])


class PauseInverted(PauseInvalid):
    code = "pause_inverted"
    vi = "Khoảng tạm dừng kết thúc trước khi bắt đầu. Hãy sửa hai thời điểm “from” và “to”."
    en = "The pause ends before it begins. Correct its “from” and “to”."


class PauseBeforeStart(PauseInvalid):
    code = "pause_before_start"
    vi = "Khoảng tạm dừng bắt đầu trước khi thời hạn được tính. Hãy chọn thời điểm sau khi bắt đầu."
    en = "The pause begins before the clock started. Choose an instant after the start."


class PausesOverlap(PauseInvalid):
    code = "pauses_overlap"
    vi = "Khoảng tạm dừng trùng với một khoảng tạm dừng khác. Hãy gộp hoặc tách chúng ra."
    en = "The pause overlaps another one. Join them, or keep them apart."
