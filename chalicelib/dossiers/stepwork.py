"""The clocks of single steps: a step named at an assignment runs until another one is, or the work is done. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from chalicelib.clock.calendars import WorkingCalendar
from chalicelib.clock.events import ClockEvent, Kind
from chalicelib.clock.replay import replay
from chalicelib.dossiers.change import Change, imagined, moved
from chalicelib.dossiers.clockwork import settlement_events
from chalicelib.dossiers.rules import Dossier, OpenStep, Pinned
from chalicelib.history.rules import Event, EventType
from chalicelib.refusals import Fault, Invalid

E = EventType
STANDS: Final = frozenset({Kind.PAUSED, Kind.RESUMED, Kind.FINISHED})


class UnknownStep(Invalid):
    code = "step_not_in_procedure"
    vi = "Thủ tục này không quy định thời hạn riêng cho bước nào có tên như vậy."
    en = "The procedure sets no steps with times of their own, or none of this name."


class StepTooEarly(Invalid):
    code = "step_before_acceptance"
    vi = "Các bước giải quyết chỉ được tính thời hạn từ khi hồ sơ được tiếp nhận."
    en = "The steps' own clocks run only once the dossier has been accepted."


@dataclass(frozen=True)
class Run:
    """One time through a step. `hands`: the number and instant of each assignment in it; `said`: as events last said.

    `ticks` are of its own clock, which stands while the dossier's stands; an extension of the dossier is none of it.
    """

    name: str
    ticks: tuple[ClockEvent, ...]
    hands: tuple[tuple[int, datetime], ...]
    said: Mapping[str, Any]
    ended_at: datetime | None = None

    @property
    def started_at(self) -> datetime:
        return datetime.fromisoformat(self.said["started_at"])

    @property
    def due_at(self) -> datetime | None:
        due_at = self.said["due_at"]
        return datetime.fromisoformat(due_at) if due_at else None

    def until(self, now: datetime) -> datetime:
        """When it ended, or has stood still since, or now."""
        stands = self.ticks[-1].at if self.ticks[-1].kind == Kind.PAUSED else now
        return self.ended_at or stands

    def is_late(self, now: datetime) -> bool:
        """To the instant, since steps are measured in hours; not by date as the dossier is."""
        return self.due_at is not None and self.until(now) > self.due_at


def runs(history: Sequence[Event]) -> list[Run]:
    """Every time through a step, in order; of an ended one, the date is the one it had then."""
    ticks = {tick.seq: tick for tick in settlement_events(history)}
    found: list[Run] = []
    stood: ClockEvent | None = None
    for event in history:
        tick = ticks.get(event.seq)
        if tick and tick.kind in STANDS:
            stood = tick if tick.kind == Kind.PAUSED else None
        if found and found[-1].ended_at is None:
            found[-1] = _after(found[-1], event, tick)
        if _begins(event, found):
            found.append(_begun(event, paused=stood is not None))
    return found


def _after(run: Run, event: Event, tick: ClockEvent | None) -> Run:
    if tick and tick.kind in STANDS:
        run = replace(run, ticks=(*run.ticks, tick), ended_at=tick.at if tick.kind == Kind.FINISHED else None)
    said = event.data.get("step")
    if event.type == E.ASSIGNED and said and said["name"] != run.name:
        ended = ClockEvent(kind=Kind.FINISHED, at=event.at, seq=event.seq)
        return replace(run, ticks=(*run.ticks, ended), ended_at=event.at)
    hands = (*run.hands, (event.seq, event.at)) if event.type == E.ASSIGNED else run.hands
    return replace(run, hands=hands, said=said or run.said)


def _begins(event: Event, found: Sequence[Run]) -> bool:
    return event.type == E.ASSIGNED and "step" in event.data and not (found and found[-1].ended_at is None)


def _begun(event: Event, *, paused: bool) -> Run:
    """A step that begins while the dossier's clock stands waits with it."""
    ticks = [ClockEvent(kind=Kind.STARTED, at=event.at, seq=event.seq)]
    if paused:
        ticks.append(ClockEvent(kind=Kind.PAUSED, at=event.at, seq=event.seq))
    return Run(event.data["step"]["name"], tuple(ticks), ((event.seq, event.at),), event.data["step"])


def current(history: Sequence[Event], procedure: Pinned, calendar: WorkingCalendar) -> OpenStep | None:
    """The step that is being worked on, its date computed over the calendar from what happened."""
    last = runs(history)[-1:]
    if not last or last[0].ended_at is not None:
        return None
    own = {step.name: step.processing for step in procedure.steps}
    clock = replay(last[0].ticks, own.get(last[0].name), calendar, procedure.resume)
    assert clock.starts_at is not None  # noqa: S101 - a run begins with its start
    return OpenStep(name=last[0].name, started_at=clock.starts_at, due_at=clock.due_at)


def assign(
    dossier: Dossier, officer: str, step: str | None, history: Sequence[Event], at: datetime, calendar: WorkingCalendar
) -> Change:
    """One officer answers for it. A step named begins, and ends the one before; the one that runs already runs on."""
    after = moved(dossier, E.ASSIGNED, at, officer=officer)
    if step is None:
        return Change(after, E.ASSIGNED, {"officer": officer, **told(dossier.step)})
    _require_listed(dossier, step)
    event = imagined(dossier, E.ASSIGNED, at, {"officer": officer, "step": {"name": step}})
    held = current([*history, event], dossier.procedure, calendar)
    return Change(after.model_copy(update={"step": held}), E.ASSIGNED, {"officer": officer, **told(held)})


def told(step: OpenStep | None) -> dict[str, Any]:
    """As events say it, of a dossier of which a step is being worked on."""
    return {"step": step.model_dump(mode="json")} if step else {}


def _require_listed(dossier: Dossier, step: str) -> None:
    if all(each.name != step for each in dossier.procedure.steps):
        raise UnknownStep([Fault("/step", UnknownStep.code, UnknownStep.vi, UnknownStep.en)])
    if dossier.accepted_at is None:
        raise StepTooEarly([Fault("/step", StepTooEarly.code, StepTooEarly.vi, StepTooEarly.en)])
