"""What each step of a dossier's life costs, and what is done beside it: requests to AWS, units, and our own CPU."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from moto import mock_aws

from chalicelib.clock.actions import calendar_for
from chalicelib.settings import secret
from ops.local import cloud
from tests import second_table
from tests.bench import beside
from tests.bench.life import Life, publish
from tests.bench.meter import Meter, metering
from tests.conftest import SECRETS, environment
from tests.faults.world import World, opened

LIVES, WARM = 10, 2
MOST_CPU = 2.0  # milliseconds of our own for each request
BARE_GET = 0.55  # milliseconds of CPU in AWS's client, of a machine that has little else to do


class Cost(NamedTuple):
    """Of one step, in the middle of all lives. `own`: milliseconds of CPU outside AWS's client, `inside`: within.

    `least`: of our own in the quickest of the lives: whatever else a machine does only adds to it.
    """

    name: str
    most: int | None
    times: float  # in one life
    requests: float
    read_units: float
    write_units: float
    own: float
    least: float
    inside: float
    by_service: dict[str, float]


def measured(lives: int = LIVES) -> list[Cost]:
    """Steps of the same name are one row: what one costs on average, and how often it comes."""
    with metering() as meters, _world() as world:
        seen = [_lived(world, meters) for _ in range(WARM + lives)][WARM:]
    names = dict.fromkeys(name for life in seen for name in life)
    return [_cost(name, [life[name] for life in seen if name in life]) for name in names]


class Seen(NamedTuple):
    most: int | None
    times: int
    meter: Meter
    spent: float

    @property
    def own(self) -> float:
        """A request is what the API's function makes of it: the gateway before it is not there in production."""
        return (self.meter.handled or self.spent) - self.meter.inside


def _lived(world: World, meters: list[Meter]) -> dict[str, list[Seen]]:
    world.at_nine()
    world.carrier.orders.clear()
    seen: dict[str, list[Seen]] = {}
    for step in chain(Life(world).steps(), beside.steps(world)):
        calendar_for("H32.10", world.now)  # read once a minute, not once per request
        meters.append(Meter())
        began = time.thread_time()
        step.run()
        spent = time.thread_time() - began
        seen.setdefault(step.name, []).append(Seen(step.most, step.times, meters[-1], spent))
        meters.append(Meter())
    return seen


def _cost(name: str, lives: list[list[Seen]]) -> Cost:
    def middle(of: str) -> float:
        return median(sum(float(getattr(each.meter, of)) for each in life) / len(life) for life in lives)

    own = [sum(each.own for each in life) / len(life) * 1000 for life in lives]
    services = {service for life in lives for each in life for service in _services(each.meter)}
    return Cost(
        name,
        lives[0][0].most,
        median(sum(each.times for each in life) for life in lives),
        median(sum(each.meter.requests.total() for each in life) / len(life) for life in lives),
        middle("read_units"),
        middle("write_units"),
        median(own),
        min(own),
        middle("inside") * 1000,
        {s: median(sum(each.meter.of(s) for each in life) / len(life) for life in lives) for s in sorted(services)},
    )


def _services(meter: Meter) -> set[str]:
    return {name.split(".", 1)[0] for name in meter.requests}


@contextmanager
def _world() -> Iterator[World]:
    """DynamoDB is dynoxide, whose capacity units follow the documented rule; the rest is mocked."""
    with ExitStack() as open_:
        endpoint, folder = (open_.enter_context(each) for each in (second_table.serving(), TemporaryDirectory()))
        open_.enter_context(mock_aws())
        open_.enter_context(environment(**{second_table.ADDRESS: endpoint}))
        cloud.create_bare(os.environ, SECRETS)
        world = open_.enter_context(opened(Path(folder)))
        publish()
        secret("vnpay")  # read once per container and five minutes
        world.carrier.moves_by_itself = True
        yield world


def slowness(costs: Iterable[Cost]) -> float:
    """How much longer this machine takes now, by what never changes: the work of AWS's client for one `GetItem`."""
    bare = next(each.inside for each in costs if each.name == "own dossier read")
    return max(1.0, bare / BARE_GET)


def table(costs: list[Cost]) -> list[str]:
    slower = slowness(costs)
    heads = ("in a life", "requests"), ("at most", "RRU", "WRU"), ("our CPU", "at best", "AWS client")
    head = f"{'step':28}" + "".join(
        f" {name:>{width}}" for names, width in zip(heads, (9, 6, 10), strict=True) for name in names
    )
    rows = [
        f"{c.name:28} {c.times:9.0f} {c.requests:9.1f} {c.most or '':>7} {c.read_units:6.1f} {c.write_units:6.1f}"
        f" {c.own:7.1f} ms {c.least:7.1f} ms {c.inside:7.1f} ms" + (" !" if c.least > MOST_CPU * slower else "")
        for c in costs
    ]
    return [head, *rows, f"this machine takes {slower:.2f} times as long as an idle one; ! marks what is over, by that"]
