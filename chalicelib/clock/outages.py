"""Outages: windows in which the service could not be used, as an admin declares them, and why one is refused. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, ConfigDict, Field

from chalicelib.clock.amended import covers
from chalicelib.clock.amendments import AGENCY
from chalicelib.clock.worktime import Worktime, instant_of
from chalicelib.refusals import Fault, Invalid
from chalicelib.shapes import Shape

OUTAGE_ID: Final = r"^[1-9][0-9]{0,5}$"


class OutageInvalid(Invalid):
    """Any outage that cannot have been."""

    code = "outage_invalid"
    vi = "Khoảng thời gian hệ thống gián đoạn không hợp lệ."
    en = "The outage is not valid."

    @classmethod
    def at(cls, pointer: str, **facts: object) -> Self:
        return cls([Fault(pointer, cls.code, cls.vi.format(**facts), cls.en.format(**facts))], **facts)


class OutageInverted(OutageInvalid):
    code = "outage_inverted"
    vi = "Khoảng gián đoạn phải kết thúc sau khi bắt đầu. Hãy sửa hai thời điểm “from” và “to”."
    en = "An outage ends after it begins. Correct its “from” and “to”."


class OutageNotOver(OutageInvalid):
    code = "outage_not_over"
    vi = "Chỉ khai báo khoảng gián đoạn đã qua; thời điểm kết thúc không được ở tương lai."
    en = "Only an outage that is over is declared; its end cannot lie in the future."


class OutageOverlaps(OutageInvalid):
    code = "outage_overlaps"
    vi = "Khoảng này trùng với khoảng gián đoạn số {id} đã khai báo cho cùng phạm vi."
    en = "It overlaps outage {id}, declared already for the same agencies."


class OutageDeclared(Shape):
    """`agency`: for it and those under it the service could not be used; for the whole province when absent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)

    begin: AwareDatetime = Field(alias="from")
    to: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    agency: Annotated[str, Field(pattern=AGENCY, max_length=35)] | None = None


class Outage(Shape):
    """An outage as it was declared: by whom, and when. Never changed afterwards."""

    model_config = ConfigDict(frozen=True)

    id: str
    begin: datetime
    to: datetime
    reason: str
    agency: str | None
    declared_by: str
    declared_at: datetime

    def concerns(self, agency: str) -> bool:
        return covers(self.agency, agency)

    def lasted_at(self, instant: datetime) -> bool:
        """Both ends are of the outage."""
        return self.begin <= instant <= self.to


def declared(asked: OutageDeclared, earlier: Iterable[Outage], by: str, now: datetime, axis: Worktime) -> Outage:
    """The next outage, its instants in the zone of the law. Raises what is wrong with it, or `OutOfRange`."""
    begin, to = instant_of(axis.at(asked.begin, "/from")), instant_of(axis.at(asked.to, "/to"))
    if to <= begin:
        raise OutageInverted.at("/to")
    if to > now:
        raise OutageNotOver.at("/to")
    known = list(earlier)
    for each in known:
        if each.agency == asked.agency and each.begin < to and begin < each.to:
            raise OutageOverlaps.at("/from", id=each.id)
    return Outage(
        id=str(len(known) + 1),
        begin=begin,
        to=to,
        reason=asked.reason,
        agency=asked.agency,
        declared_by=by,
        declared_at=now,
    )
