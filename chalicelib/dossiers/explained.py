"""How the due date of a dossier, and those of its steps, are explained to those who may see them."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.clock.replay import Replay
from chalicelib.clock.shown import DeadlineLine, line_shown
from chalicelib.dossiers import status
from chalicelib.dossiers.rules import Dossier
from chalicelib.dossiers.shown import StepDue
from chalicelib.dossiers.stepwork import Run
from chalicelib.refusals import Language
from chalicelib.shapes import Shape


class StepTaken(StepDue):
    """One time through a step; its date follows the dossier's pauses."""

    ended_at: datetime | None


class DeadlineShown(Shape):
    """The due date explained. `acceptance` is the desk's own clock, `settlement` the promise to the citizen.

    `finished_at`: when the work was finished, by which its being in time is told; it may have been recorded later.
    """

    starts_at: datetime | None
    due_at: datetime | None
    first_due_at: datetime | None
    provisional: bool
    calendar_edition: str
    convention: str | None
    paused_since: datetime | None
    extended: bool
    finished_at: datetime | None
    finish_recorded_at: datetime | None
    finish_evidence: str | None
    overdue: bool
    lines: list[DeadlineLine]
    steps: list[StepTaken]


def deadline_shown(
    clock: Replay | None, dossier: Dossier, steps: Sequence[Run], now: datetime, language: Language
) -> DeadlineShown:
    lines = clock.deadline.lines if clock and clock.deadline else ()
    processing = dossier.procedure.processing
    return DeadlineShown(
        starts_at=clock.starts_at if clock else None,
        due_at=clock.due_at if clock else None,
        # What was first promised stays so, whatever has become of the calendar.
        first_due_at=dossier.first_due_at or (clock.first_due_at if clock else None),
        provisional=clock.provisional if clock else False,
        calendar_edition=clock.calendar.edition if clock else "",
        convention=processing.convention.value if processing else None,
        paused_since=clock.paused_since if clock else None,
        extended=clock.extended if clock else False,
        finished_at=dossier.finished_at,
        finish_recorded_at=dossier.finish_recorded_at,
        finish_evidence=dossier.finish_evidence,
        overdue=status.is_overdue(dossier, now),
        lines=[line_shown(line, language) for line in lines],
        steps=[
            StepTaken(
                name=each.name,
                started_at=each.started_at,
                due_at=each.due_at,
                ended_at=each.ended_at,
                late=each.is_late(now),
            )
            for each in steps
        ],
    )
