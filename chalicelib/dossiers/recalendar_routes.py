"""How far the replay of open dossiers under an amended calendar has come, over HTTP."""

from datetime import datetime
from typing import Final

from chalicelib import access
from chalicelib.dossiers import recalendar_actions
from chalicelib.refusals import Forbidden
from chalicelib.shapes import Shape
from chalicelib.web import Call, Routes

routes: Final = Routes(__name__)


class ReplayShown(Shape):
    """`finished`: when all open dossiers had been seen; `done`: those that changed meanwhile have been seen again."""

    edition: str
    done: bool
    total_seen: int
    changed: int
    finished: datetime | None
    failed: list[str]


@routes.on("GET", "/calendar/replay", answer=ReplayShown, who="officer", refuses=(Forbidden,))
def show_replay(call: Call) -> ReplayShown:
    """How many open dossiers have been replayed under the calendar in force, and how many dates it changed."""
    access.require(call.caller, "see_amendments")
    found = recalendar_actions.standing(call.now)
    return ReplayShown.model_validate(found.model_dump(include=set(ReplayShown.model_fields)))
