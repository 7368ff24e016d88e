"""Amendments of the working calendar, as an admin enters them. Pure."""

from datetime import date, time
from typing import Annotated, Final, Self

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, PlainSerializer, model_validator

from chalicelib.clock.dayrules import Rule
from chalicelib.clock.hours import WEEKDAYS, Season, Weekday
from chalicelib.refusals import TellingError
from chalicelib.shapes import Shape

AGENCY: Final = r"^[A-Z]\d{2}(?:\.\d{2,3}){0,8}$"
Text = Annotated[str, Field(min_length=1, max_length=300)]
Day = date  # a field below is called `date` itself


def _plain(clock: time) -> time:
    if clock.tzinfo or clock.second or clock.microsecond:
        raise TellingError("wrong_form", "Hãy nhập giờ dạng HH:MM, ví dụ 07:30.", "Enter the time as HH:MM, as 07:30.")
    return clock


def _written(clock: time) -> str:
    return f"{clock:%H:%M}"


Clock = Annotated[time, AfterValidator(_plain), PlainSerializer(_written, when_used="json")]
Session = tuple[Clock, Clock]


class Given(Shape):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)


class Said(Given):
    """The same in both languages."""

    vi: Text
    en: Text

    @property
    def rule(self) -> Rule:
        return Rule(self.vi, self.en)


class Announcement(Given):
    """What a change of the calendar rests on. One that came with a packaged calendar has no number, day or name."""

    number: int | None = None
    announced_at: Day | None = None
    source: Said
    name: Said | None = None


class DayOff(Given):
    """A day off more; `worked_instead`: the weekly day off given for it."""

    date: Day
    name: Said
    worked_instead: Day | None = None


class WorkingDay(Given):
    """A day off, of the week or by rule, that is worked."""

    date: Day
    name: Said


class WorkingHours(Given):
    """The hours of the weekdays named, for a season; an empty list closes that weekday. Without `to` it has no end."""

    begin: date = Field(alias="from")
    to: date | None = None
    week: Annotated[dict[Weekday, Annotated[tuple[Session, ...], Field(max_length=6)]], Field(min_length=1)]

    @property
    def last(self) -> date:
        return self.to or date.max

    @property
    def season(self) -> Season:
        return Season(self.begin, self.last, {WEEKDAYS.index(day): hours for day, hours in self.week.items()})


class Amendment(Given):
    """One change. `known_until`: the calendar as it stands has been announced to that day. `agency`: it and those under
    it, all when absent. `replaces`: the number of an earlier amendment, which then counts no longer."""

    day_off: DayOff | None = None
    working_day: WorkingDay | None = None
    hours: WorkingHours | None = None
    known_until: date | None = None
    agency: Annotated[str, Field(pattern=AGENCY, max_length=35)] | None = None
    announced_at: date
    source: Said
    replaces: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def one_change(self) -> Self:
        changes = [self.day_off, self.working_day, self.hours, self.known_until]
        if sum(each is not None for each in changes) > 1 or (not any(changes) and self.replaces is None):
            raise TellingError(
                "one_change",
                "Mỗi lần sửa lịch nêu đúng một thay đổi: day_off, working_day, hours hoặc known_until "
                "(hoặc chỉ replaces, để bỏ một lần sửa trước).",
                "An amendment makes one change: day_off, working_day, hours or known_until "
                "(or only replaces, to take an earlier one back).",
            )
        return self

    @property
    def name(self) -> Said | None:
        """What the day it changes is called."""
        named = self.day_off or self.working_day
        return named.name if named else None

    @property
    def days(self) -> dict[str, date]:
        """The single days it changes, by where in the amendment they stand."""
        named: dict[str, date | None] = {
            "/day_off/date": self.day_off.date if self.day_off else None,
            "/day_off/worked_instead": self.day_off.worked_instead if self.day_off else None,
            "/working_day/date": self.working_day.date if self.working_day else None,
        }
        return {pointer: day for pointer, day in named.items() if day}


class Entered(Amendment):
    """An amendment in force: the edition it made, who entered it, and when."""

    number: int
    entered_by: str
    at: AwareDatetime

    @property
    def announcement(self) -> Announcement:
        return Announcement(number=self.number, announced_at=self.announced_at, source=self.source, name=self.name)
