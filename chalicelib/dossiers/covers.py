"""Who stands in for an absent colleague, from which day to which, and why a cover is refused. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import Field

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.people import Facts, Given
from chalicelib.refusals import Conflict, Fault, Invalid, NotFound

Subject = Annotated[str, Field(min_length=1, max_length=128)]
COVER_ID: Final = r"[0-9]{8}-[1-9][0-9]{0,5}"
LONGEST: Final = timedelta(days=366)
MOST_AT_ONCE: Final = 3  # colleagues one officer stands in for: each is one query more for their queue


class UnknownCover(NotFound):
    code = "unknown_cover"
    vi = "Không tìm thấy lượt làm thay này ở cơ quan của bạn."
    en = "Your agency knows no such cover."


class CoverOver(Conflict):
    code = "cover_over"
    vi = "Lượt làm thay này đã kết thúc."
    en = "This cover is over already."


class CoverInvalid(Invalid):
    """Any cover that cannot be."""

    code = "cover_invalid"
    vi = "Lượt làm thay không hợp lệ."
    en = "The cover is not valid."

    @classmethod
    def at(cls, pointer: str, **facts: object) -> Self:
        return cls([Fault(pointer, cls.code, cls.vi.format(**facts), cls.en.format(**facts))], **facts)


class CoverOfOneself(CoverInvalid):
    code = "cover_of_oneself"
    vi = "Không ai làm thay cho chính mình. Hãy chọn một đồng nghiệp khác."
    en = "Nobody stands in for themselves. Choose a colleague."


class CoverInverted(CoverInvalid):
    code = "cover_inverted"
    vi = "Ngày kết thúc phải từ ngày bắt đầu trở đi."
    en = "The last day cannot come before the first."


class CoverPast(CoverInvalid):
    code = "cover_past"
    vi = "Ngày kết thúc đã qua. Lượt làm thay phải kéo dài ít nhất đến hết hôm nay."
    en = "The last day has passed. A cover lasts at least to the end of today."


class CoverTooLong(CoverInvalid):
    code = "cover_too_long"
    vi = "Một lượt làm thay dài nhất là 366 ngày. Hãy sửa ngày kết thúc."
    en = "A cover lasts at most 366 days. Correct its last day."


class CoverOverlaps(CoverInvalid):
    code = "cover_overlaps"
    vi = "{absent} đã có {covering} làm thay từ {first} đến {last}. Hãy chọn ngày khác hoặc kết thúc lượt đó trước."
    en = "{covering} stands in for {absent} from {first} to {last} already. Choose other days, or end that cover first."


class CovererAbsent(CoverInvalid):
    code = "coverer_absent"
    vi = "{absent} cũng vắng mặt từ {first} đến {last}, nên không thể làm thay. Hãy chọn người khác."
    en = "{absent} is away too, from {first} to {last}, and cannot stand in. Choose somebody else."


class AbsentCovers(CoverInvalid):
    code = "absent_covers"
    vi = (
        "{covering} đang làm thay cho {absent} từ {first} đến {last}; việc làm thay không chuyển tiếp cho "
        "người thứ ba. Hãy kết thúc lượt đó và cử người khác thay {absent} trước."
    )
    en = (
        "{covering} stands in for {absent} from {first} to {last}, and that is not passed on to a third. "
        "End that cover first, and find somebody else for {absent}."
    )


class CoversTooMany(CoverInvalid):
    code = "covers_too_many"
    vi = "{covering} đã làm thay cho {most} người trong những ngày này. Hãy chọn người khác."
    en = "{covering} stands in for {most} colleagues on these days already. Choose somebody else."


REFUSED: Final = (
    *(CoverOfOneself, CoverInverted, CoverPast, CoverTooLong),
    *(CoverOverlaps, CovererAbsent, AbsentCovers, CoversTooMany),
)


class CoverDeclared(Given):
    """`absent`: whoever says so when not named. `from` and `to` are days of Vietnam, both included."""

    absent: Subject | None = None
    covering: Subject
    first: Annotated[date, Field(alias="from", strict=False)]
    last: Annotated[date, Field(alias="to", strict=False)]
    reason: Annotated[str, Field(max_length=500)] = ""


class Cover(Facts):
    """One cover, as it was declared and, if so, ended early; it is never erased."""

    id: str
    agency: str
    absent: str
    covering: str
    first: date
    last: date
    reason: str
    declared_by: str
    declared_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.first <= day_of(now) and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.ended_at is not None or self.last < day_of(now)


def day_of(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def declared(
    asked: CoverDeclared, standing: Iterable[Cover], agency: str, by: str, number: int, now: datetime
) -> Cover:
    """`standing`: the agency's covers that do not end before it begins. Raises a leaf of `CoverInvalid`."""
    new = Cover(
        id=f"{asked.last:%Y%m%d}-{number}",
        agency=agency,
        absent=asked.absent or by,
        covering=asked.covering,
        first=asked.first,
        last=asked.last,
        reason=asked.reason,
        declared_by=by,
        declared_at=now,
    )
    _require_possible(new, now)
    _require_fits(new, [each for each in standing if each.ended_at is None and _meet(each, new)])
    return new


def _require_possible(new: Cover, now: datetime) -> None:
    if new.covering == new.absent:
        raise CoverOfOneself.at("/covering")
    if new.last < new.first:
        raise CoverInverted.at("/to")
    if new.is_over(now):
        raise CoverPast.at("/to")
    if new.last - new.first >= LONGEST:
        raise CoverTooLong.at("/to")


def _require_fits(new: Cover, others: list[Cover]) -> None:
    """A cover that another would pass on is refused here, and never followed where it is judged."""
    for each in others:
        if each.absent == new.absent:
            raise CoverOverlaps.at("/from", **_told(each))
        if each.absent == new.covering:
            raise CovererAbsent.at("/covering", **_told(each))
        if each.covering == new.absent:
            raise AbsentCovers.at("/absent", **_told(each))
    if sum(each.covering == new.covering for each in others) >= MOST_AT_ONCE:
        raise CoversTooMany.at("/covering", covering=new.covering, most=MOST_AT_ONCE)


def _meet(one: Cover, other: Cover) -> bool:
    return one.first <= other.last and other.first <= one.last


def _told(cover: Cover) -> dict[str, str]:
    first, last = f"{cover.first:%d/%m/%Y}", f"{cover.last:%d/%m/%Y}"
    return {"absent": cover.absent, "covering": cover.covering, "first": first, "last": last}


def ended(cover: Cover, by: str, now: datetime) -> Cover:
    """At once; raises `CoverOver`."""
    if cover.is_over(now):
        raise CoverOver
    return cover.model_copy(update={"ended_by": by, "ended_at": now})


def covered_by(subject: str, covers: Iterable[Cover], now: datetime) -> list[Cover]:
    """Those in which the officer stands in for somebody at this moment; what those cover is not followed."""
    return [each for each in covers if each.covering == subject and each.holds(now)]
