"""How far the replay of open dossiers under an amended calendar has come: one item, moved on after every page."""

from datetime import date, datetime
from typing import Any, Final, Self

from pydantic import ConfigDict
from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.clock.records import CALENDAR
from chalicelib.shapes import Shape
from chalicelib.table import Item, Put, Update, absent, commit

REPLAY: Final = "REPLAY"


class Place(Shape):
    """The next page: of whose desk, in which stretch of it, after which position. No agency: the round is over."""

    model_config = ConfigDict(frozen=True)

    agency: str
    stretch: int = 0
    position: str = ""


class Progress(Shape):
    """`since`: dates before it cannot have changed. `catching_up`: the second round, over what changed meanwhile.

    `replayed`: the last edition under which all open dossiers stand.
    """

    model_config = ConfigDict(frozen=True)

    edition: str
    replayed: str
    since: date
    began_at: datetime
    place: Place
    step: int
    catching_up: bool = False
    finished: datetime | None = None
    done: bool = False
    total_seen: int = 0
    changed: int = 0
    failed: tuple[str, ...] = ()

    def then(self, **updates: Any) -> Self:  # noqa: ANN401
        return self.model_copy(update={"step": self.step + 1, **updates})


class ReplayItem(Item, discriminator="calendar_replay"):
    edition = UnicodeAttribute()
    replayed = UnicodeAttribute()
    since = UnicodeAttribute()
    began_at = UnicodeAttribute()
    agency = UnicodeAttribute()
    stretch = NumberAttribute()
    position = UnicodeAttribute()
    step = NumberAttribute()
    catching_up = BooleanAttribute()
    finished = UnicodeAttribute(null=True)
    done = BooleanAttribute()
    total_seen = NumberAttribute()
    changed = NumberAttribute()
    failed: ListAttribute[Any] = ListAttribute()


def progress() -> Progress | None:
    try:
        item = ReplayItem.get(CALENDAR, REPLAY, consistent_read=True)
    except DoesNotExist:
        return None
    return Progress(
        edition=item.edition,
        replayed=item.replayed,
        since=date.fromisoformat(item.since),
        began_at=datetime.fromisoformat(item.began_at),
        place=Place(agency=item.agency, stretch=int(item.stretch), position=item.position),
        step=int(item.step),
        catching_up=item.catching_up,
        finished=datetime.fromisoformat(item.finished) if item.finished else None,
        done=item.done,
        total_seen=int(item.total_seen),
        changed=int(item.changed),
        failed=tuple(item.failed),
    )


def begin(new: Progress, before: Progress | None) -> None:
    """Raises `Lost` when somebody else began meanwhile."""
    item = ReplayItem(
        CALENDAR,
        REPLAY,
        **new.model_dump(include={"edition", "replayed", "step", "catching_up", "done", "total_seen", "changed"}),
        **new.place.model_dump(),
        since=new.since.isoformat(),
        began_at=new.began_at.isoformat(),
        failed=list(new.failed),
    )
    commit(Put(item, ReplayItem.step == before.step if before else absent()))


def counted(progress: Progress) -> Update:
    """One more dossier changed, to be counted in the very transaction that changes it."""
    seen = 0 if progress.catching_up else 1
    actions = [ReplayItem.changed.add(1), ReplayItem.total_seen.add(seen)]
    return Update(ReplayItem(CALENDAR, REPLAY), actions, ReplayItem.edition == progress.edition)


def move_on(before: Progress, after: Progress, seen: int = 0) -> None:
    """After a page, or a round. Counts are added, never set. Raises `Lost` when somebody else did."""
    actions = [
        ReplayItem.agency.set(after.place.agency),
        ReplayItem.stretch.set(after.place.stretch),
        ReplayItem.position.set(after.place.position),
        ReplayItem.step.set(after.step),
        ReplayItem.replayed.set(after.replayed),
        ReplayItem.catching_up.set(after.catching_up),
        ReplayItem.done.set(after.done),
        ReplayItem.total_seen.add(seen),
        ReplayItem.failed.set(list(after.failed)),
        *([ReplayItem.finished.set(after.finished.isoformat())] if after.finished else []),
    ]
    commit(Update(ReplayItem(CALENDAR, REPLAY), actions, ReplayItem.step == before.step))
