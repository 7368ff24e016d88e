"""The chain of a dossier's history: what was done to it afterwards shows, and where."""

from datetime import datetime, timedelta

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.history.rules import GENESIS, SYSTEM, Actor, Event, EventType, broken_at

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
LENGTH = 4


def chain(dossier_id: str = "d1") -> list[Event]:
    events: list[Event] = []
    for seq in range(1, LENGTH + 1):
        facts = {"dossier_id": dossier_id, "seq": seq, "type": EventType.MESSAGED, "at": NINE + timedelta(hours=seq)}
        prev = events[-1].hash if events else GENESIS
        events.append(Event(**facts, actor=SYSTEM, data={"n": seq}, prev=prev).sealed())
    return events


@pytest.mark.parametrize("length", range(LENGTH + 1))
def test_what_nobody_touched_holds(length: int) -> None:
    assert broken_at(chain()[:length]) is None


@pytest.mark.parametrize("place", range(LENGTH))
@pytest.mark.parametrize(
    "change",
    [
        {"data": {"n": 99}},
        {"at": NINE},
        {"actor": Actor(kind="officer", id="an")},
        {"type": EventType.DECIDED},
        {"dossier_id": "d2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_event_shows(place: int, change: dict[str, object]) -> None:
    events = chain()
    events[place] = events[place].model_copy(update=change)

    assert broken_at(events) == place + 1


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_an_altered_event_that_was_sealed_anew_shows_in_the_next(place: int) -> None:
    events = chain()
    events[place] = events[place].model_copy(update={"data": {}}).sealed()

    assert broken_at(events) == place + 2


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_an_event_left_out_shows(place: int) -> None:
    """The last one shows at the head, which counts them."""
    events = chain()
    del events[place]

    assert broken_at(events) == place + 2


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_events_in_another_order_show(place: int) -> None:
    events = chain()
    events[place], events[place + 1] = events[place + 1], events[place]

    assert broken_at(events) == place + 2


def test_another_dossiers_event_in_its_place_shows() -> None:
    events = chain()
    events[2] = chain("d2")[2]

    assert broken_at(events) == 3
