"""When a parcel is tried again, who looks at it, and what the carrier's words amount to."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.postal import rules, tracking
from chalicelib.postal.rules import NotWaitingForRetry, Shipment, State, Trouble
from chalicelib.postal.tracking import Meaning, TrackingEvent, folded, item_code, tracked

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
MEANINGS = {
    "1": Meaning.ACCEPTED,
    "2": Meaning.IN_TRANSIT,
    "4": Meaning.DELIVERED,
    "5": Meaning.RETURNED_TO_SENDER,
    "6": Meaning.FAILED,
}


def parcel(state: State = State.TO_DISPATCH, **facts: object) -> Shipment:
    new = rules.new_shipment("d1", 9, "H32.10-260601-0001", "H32.10", "vnpost", NOW)
    return new.model_copy(update={"state": state, **facts})


def happened(code: str, hour: int, item: str = "", name: str = "") -> TrackingEvent:
    at = NOW + timedelta(hours=hour)
    return TrackingEvent(id=name or f"{hour:024x}", order_number="x", code=code, text="", at=at, item_code=item)


def test_the_order_number_names_the_dossier_and_the_event_that_asked_for_it() -> None:
    assert parcel().order_number == "H32.10-260601-0001-9"


def test_tries_come_after_1_5_15_60_minutes_and_then_every_hour() -> None:
    shipment, waits = parcel(), []
    for _ in range(6):
        shipment = rules.attempted(shipment, NOW)
        assert shipment.watch_at is not None
        waits.append((shipment.watch_at - NOW) // timedelta(minutes=1))

    assert waits == [1, 5, 15, 60, 60, 60]


@pytest.mark.parametrize(
    ("attempts", "after", "given_up"),
    [(1, timedelta(hours=23, minutes=59), False), (1, timedelta(days=1), True), (0, timedelta(days=3), False)],
)
def test_a_day_of_tries_is_enough_but_one_try_there_always_is(attempts: int, after: timedelta, given_up: bool) -> None:
    assert rules.is_given_up(parcel(attempts=attempts), NOW + after) is given_up


@pytest.mark.parametrize("state", list(State))
def test_only_what_needs_a_person_can_be_tried_again(state: State) -> None:
    shipment = parcel(state, attempts=7)

    if state != State.NEEDS_PERSON:
        with pytest.raises(NotWaitingForRetry):
            rules.retried(shipment, NOW)
        return
    again = rules.retried(shipment, NOW + timedelta(days=2))
    assert (again.state, again.attempts, again.trouble) == (State.TO_DISPATCH, 7, None)
    assert rules.is_due(again, NOW + timedelta(days=2))
    assert not rules.is_given_up(again, NOW + timedelta(days=2))


def test_what_the_carrier_already_has_is_waited_for_and_never_ordered_again() -> None:
    silent = rules.to_person(parcel(State.IN_TRANSIT, accepted_at=NOW), Trouble.SILENT, NOW)

    assert rules.retried(silent, NOW).state == State.DISPATCHED


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_watched_or_waits_for_a_person_or_is_over(state: State) -> None:
    entered = rules.in_state(parcel(), state, NOW)
    watched = entered.watch_at is not None
    waits = state in rules.WAITING_FOR_PERSON

    assert watched + waits + (state in (State.DELIVERED, State.CLOSED)) == 1


@pytest.mark.parametrize("state", list(State))
def test_acceptance_moves_only_what_was_still_to_be_dispatched(state: State) -> None:
    moves = state in (State.TO_DISPATCH, State.NEEDS_PERSON)

    assert rules.accepted(parcel(state), "", NOW).state == (State.DISPATCHED if moves else state)


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        ("", State.DISPATCHED),
        ("1", State.DISPATCHED),
        ("12", State.IN_TRANSIT),
        ("124", State.DELIVERED),
        ("4", State.DELIVERED),
        ("1225", State.RETURNED_TO_SENDER),
        ("126", State.FAILED),
        ("45", State.DELIVERED),  # after the end nothing counts
        ("54", State.RETURNED_TO_SENDER),
        ("1x2y", State.IN_TRANSIT),  # unknown codes change nothing
        ("21", State.IN_TRANSIT),
    ],
)
def test_what_the_carrier_says_amounts_to(codes: str, state: State) -> None:
    assert folded([happened(code, hour) for hour, code in enumerate(codes)], MEANINGS).state == state


@given(st.lists(st.tuples(st.sampled_from("12456x"), st.integers(0, 4)), max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(said: list[tuple[str, int]], chance: object) -> None:
    events = [happened(code, hour, name=f"{i:024x}") for i, (code, hour) in enumerate(said)]
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert folded(shuffled, MEANINGS) == folded(events, MEANINGS)
    assert item_code(shuffled) == item_code(events)


@given(st.lists(st.tuples(st.sampled_from("12456x"), st.integers(0, 4)), max_size=6))
def test_hearing_it_piece_by_piece_ends_where_hearing_it_at_once_does(said: list[tuple[str, int]]) -> None:
    events = [happened(code, hour, name=f"{i:024x}") for i, (code, hour) in enumerate(said)]
    piecemeal = parcel(State.DISPATCHED)
    for heard in range(len(events) + 1):
        piecemeal = tracked(piecemeal, events[:heard], MEANINGS, NOW)

    assert piecemeal.state == tracked(parcel(State.DISPATCHED), events, MEANINGS, NOW).state


def test_hearing_the_same_again_changes_nothing() -> None:
    events = [happened("1", 1), happened("2", 2)]
    shipment = tracked(parcel(State.DISPATCHED), events, MEANINGS, NOW)
    silent = rules.to_person(shipment, Trouble.SILENT, NOW + rules.SILENCE)

    assert tracked(silent, events, MEANINGS, NOW + rules.SILENCE) is silent
    assert tracked(silent, [*events, happened("x", 3)], MEANINGS, NOW).state == State.IN_TRANSIT


def test_an_event_proves_that_the_carrier_has_an_order_whose_answer_was_lost() -> None:
    refused = rules.to_person(parcel(attempts=2), Trouble.REFUSED, NOW, "Số đơn hàng đã tồn tại")
    shipment = tracked(refused, [happened("1", 1, item="EE000000015VN")], MEANINGS, NOW)

    assert (shipment.state, shipment.trouble, shipment.carrier_said) == (State.DISPATCHED, None, "")
    assert (shipment.tracking_code, shipment.accepted_at) == ("EE000000015VN", NOW)


def test_a_state_is_held_since_the_carrier_reached_it_but_never_since_the_future() -> None:
    told_late = tracked(parcel(State.DISPATCHED), [happened("4", 1)], MEANINGS, NOW + timedelta(days=3))
    fast_clock = tracked(parcel(State.DISPATCHED), [happened("4", 1)], MEANINGS, NOW)

    assert told_late.since == NOW + timedelta(hours=1)
    assert fast_clock.since == NOW


def test_what_a_person_closed_stays_closed() -> None:
    shut = rules.closed(parcel(State.RETURNED_TO_SENDER), NOW)

    assert tracked(shut, [happened("4", 1)], MEANINGS, NOW) is shut


def test_the_first_code_given_is_the_item_code() -> None:
    assert item_code([happened("2", 2, "B"), happened("1", 1, "A"), happened("1", 0)]) == "A"


def test_every_meaning_but_two_leads_somewhere() -> None:
    assert set(Meaning) - set(tracking.LEADS) == {Meaning.ACCEPTED, Meaning.UNKNOWN}
