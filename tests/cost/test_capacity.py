"""What a dossier's life costs in DynamoDB's units and in money, on the implementation whose figures follow the rule."""

import pytest

from tests.bench import operations, price
from tests.bench.operations import Cost

LIVES, TRIES = 4, 3
pytestmark = [pytest.mark.slow, pytest.mark.peer]


@pytest.fixture(scope="module")
def costs() -> dict[str, Cost]:
    return {each.name: each for each in operations.measured(lives=LIVES)}


def test_a_look_up_reads_half_a_unit(costs: dict[str, Cost]) -> None:
    assert 0.5 <= costs["status look-up"].read_units <= 1
    assert costs["status look-up"].write_units == 0


def test_no_step_asks_aws_more_often_than_the_design_allows(costs: dict[str, Cost]) -> None:
    limited = [each for each in costs.values() if each.most is not None]

    assert len(limited) > 10
    assert [each.name for each in limited if each.most is not None and each.requests > each.most] == []


def test_no_step_takes_two_milliseconds_of_our_own(costs: dict[str, Cost]) -> None:
    """Outside AWS's client, at best; a busy machine may only take as much longer as it does for one bare `GetItem`."""
    slow = too_slow(costs)
    for _ in range(TRIES if slow else 0):
        again = too_slow({each.name: each for each in operations.measured(lives=LIVES)})
        slow = {name: again[name] for name in slow if name in again}

    assert all(each.least > 0 for each in costs.values())
    assert slow == {}


def too_slow(costs: dict[str, Cost]) -> dict[str, float]:
    most = operations.MOST_CPU * operations.slowness(costs.values())
    return {name: each.least for name, each in costs.items() if each.least > most}


def test_a_whole_life_costs_less_than_a_cent(costs: dict[str, Cost]) -> None:
    life = sum(line.usd for line in price.of_a_life(list(costs.values())))

    assert 0.0001 < life < price.MOST_FOR_A_LIFE
