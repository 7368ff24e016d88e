"""Each call to the outside is broken in turn, and asked for again: the end is that of a day without faults."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.dossiers import records as dossiers
from tests.faults.injection import Died, Fault, Outside, When, at, outside
from tests.faults.operations import BROKEN_BY_ERRORS, OPERATIONS, Begin, Delivery, dispatch, payment, submission
from tests.faults.outcome import codes, facts
from tests.faults.world import World

pytestmark = [pytest.mark.stack, pytest.mark.slow]
ONCE = {"SESv2.SendEmail"}  # never repeated blindly: the queue comes again
every_operation = pytest.mark.parametrize("begin", OPERATIONS, ids=lambda begin: begin.__name__)


def fresh(world: World, begin: Begin) -> Delivery:
    world.at_nine()
    delivery = begin(world)
    world.cold()
    return delivery


def end(world: World, delivery: Delivery) -> dict[str, Any]:
    """Asked again, and once more; then everything that follows. Where the dossier has come to."""
    for _ in range(2):
        world.cold()
        world.now += delivery.after
        told = delivery.again()
        assert told.good, told
        assert told.code in (None, dossiers.load(delivery.dossier_id).code)
    world.settle(delivery.dossier_id, stream_lost=delivery.stream_lost)
    return facts(world, delivery.dossier_id)


def undisturbed(world: World, begin: Begin) -> tuple[Outside, dict[str, Any]]:
    """The calls there are to break, and what becomes of a dossier when none breaks."""
    delivery = fresh(world, begin)
    with outside() as seen:
        assert delivery.again().good
    return seen, end(world, delivery)


def points(seen: Outside) -> Iterator[tuple[int, str, When]]:
    return ((number, name, when) for number, name in enumerate(seen.calls) for when in When)


@every_operation
def test_a_process_that_dies_at_any_call_leaves_nothing_that_a_repetition_does_not_finish(
    world: World, begin: Begin, subtests: pytest.Subtests
) -> None:
    seen, expected = undisturbed(world, begin)
    went_through_it = []
    for number, name, when in points(seen):
        with subtests.test(f"died at {name} ({number}), {when}"):
            delivery = fresh(world, begin)
            went_through_it.append(delivery.dossier_id)
            with outside(at(number, Fault("death", when))), pytest.raises(Died):
                delivery.again()
            assert end(world, delivery) == expected
    given = codes()
    assert [given[dossier_id] for dossier_id in went_through_it if len(given[dossier_id]) != 1] == []
    assert len({given[dossier_id][0] for dossier_id in went_through_it}) == len(went_through_it)


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        pytest.param(Fault("reset", When.AFTER), 1, id="one-answer-lost"),
        pytest.param(Fault("reset", When.AFTER), None, id="every-answer-lost"),
        pytest.param(Fault("500", When.BEFORE), None, id="every-try-fails"),
    ],
)
@pytest.mark.parametrize("begin", BROKEN_BY_ERRORS, ids=lambda begin: begin.__name__)
def test_an_error_at_any_call_is_told_as_ours_and_a_repetition_puts_it_right(
    world: World, begin: Begin, fault: Fault, tries: int | None, subtests: pytest.Subtests
) -> None:
    seen, expected = undisturbed(world, begin)
    for number, name in enumerate(seen.calls):
        with subtests.test(f"{fault.how} at {name} ({number}), {fault.when}"):
            delivery = fresh(world, begin)
            with outside(at(number, fault, tries)):
                told = delivery.again()
            assert told.good or told.again, told
            assert told.good or tries is None or name in ONCE, "one lost answer is made good within"
            assert end(world, delivery) == expected


@pytest.mark.parametrize("begin", [submission, payment, dispatch], ids=lambda begin: begin.__name__)
def test_what_the_stream_lost_the_sweep_brings_about(world: World, begin: Begin) -> None:
    _, expected = undisturbed(world, begin)
    assert end(world, fresh(world, begin)._replace(stream_lost=True)) == expected
