"""The clock over HTTP: anyone may recompute a promise."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field

from chalicelib.clock.actions import calendar_for
from chalicelib.clock.amendments import AGENCY
from chalicelib.clock.deadlines import Deadline, due
from chalicelib.clock.pauses import PauseBeforeStart, PauseInverted, PausesOverlap, Span
from chalicelib.clock.rules import OutOfRange, Processing
from chalicelib.clock.shown import DeadlineLine, line_shown
from chalicelib.refusals import Language
from chalicelib.settings import settings
from chalicelib.shapes import Shape
from chalicelib.web import Call, Request, Routes

routes = Routes(__name__)


class Pause(Request):
    """A time during which the clock stands still."""

    begin: AwareDatetime = Field(alias="from")
    to: AwareDatetime


class DeadlineQuestion(Processing):
    """A term and its start. `agency`: whose working hours; those of the province when absent."""

    model_config = ConfigDict(strict=True)

    start: AwareDatetime
    pauses: Annotated[list[Pause], Field(max_length=100)] = []
    agency: str | None = Field(default=None, pattern=AGENCY, max_length=35)


class DeadlineAnswer(Shape):
    """The promise, and why it is so."""

    starts_at: datetime
    due_at: datetime
    provisional: bool
    calendar_edition: str
    lines: list[DeadlineLine]

    @classmethod
    def of(cls, deadline: Deadline, language: Language) -> "DeadlineAnswer":
        return cls(
            starts_at=deadline.starts_at,
            due_at=deadline.due_at,
            provisional=deadline.provisional,
            calendar_edition=deadline.calendar_edition,
            lines=[line_shown(line, language) for line in deadline.lines],
        )


@routes.on(
    "POST",
    "/deadline-calculations",
    body=DeadlineQuestion,
    answer=DeadlineAnswer,
    who="anyone",
    refuses=(OutOfRange, PauseInverted, PauseBeforeStart, PausesOverlap),
)
def calculate_deadline(call: Call) -> DeadlineAnswer:
    """When a term that starts at an instant is due, explained day by day."""
    asked: DeadlineQuestion = call.body
    pauses = [Span(each.begin, each.to) for each in asked.pauses]
    calendar = calendar_for(asked.agency or settings().PROVINCE, call.now)
    return DeadlineAnswer.of(due(asked.start, asked, calendar, pauses), call.language)
