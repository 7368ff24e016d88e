"""Many at once, in this process, on the local cloud, whose transactions are real."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from tests.asked_of_aws import Asked, listening
from tests.dossiers.conftest import a_procedure, publish
from tests.people import Reply, Send, Town

BUSY, CROWDED = "H32.21", "H32.22"  # agencies of this file alone, whose days begin at number one
AT_BUSY = a_procedure("1.000021", agencies=(BUSY,))
AT_CROWDED = a_procedure("1.000022", agencies=(CROWDED,))
T = TypeVar("T")


@pytest.fixture
def asked() -> Iterator[Asked]:
    with listening() as requests:
        yield requests


@pytest.fixture
def stack(asked: Asked, stack: str) -> str:
    """The local cloud, entered when it can be listened to."""
    return stack


@pytest.fixture
def town(stack: str) -> Iterator[Town]:
    """Everyone, each in a thread of their own; nobody is ever told of a fault of ours."""
    from chalice.local import LocalChalice

    from app import app
    from chalicelib.catalogue import actions as catalogue

    publish()
    for procedure in (AT_BUSY, AT_CROWDED):
        catalogue.publish(procedure, procedure.valid_from)
    usual = type(app)
    # As the development server does it: the request at hand is each thread's own. (Chalice's test client
    # will not do: it exchanges os.environ during every request.)
    app.__class__ = type("CrowdedApp", (LocalChalice, usual), {})
    try:
        yield Town(_gateway(app))
    finally:
        app.__class__ = usual


def _gateway(app: Any) -> Send:
    from chalice.config import Config
    from chalice.local import LocalGateway

    gateway = LocalGateway(app, Config.create())

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        answer = gateway.handle_request(method, path, headers, body)
        named = {name.lower(): str(value) for name, value in answer["headers"].items()}
        reply = Reply(answer["statusCode"], named, json.loads(answer["body"]) if answer["body"] else None)
        assert reply.status < 500, reply
        return reply

    return send


def at_once(times: int, what: Callable[[int], T], threads: int | None = None) -> list[T]:
    """What each of them got, in order. They start together."""
    threads = min(threads or times, times)
    gate = threading.Barrier(threads)

    def entered(turn: int) -> T:
        if turn < threads:
            gate.wait(30)
        return what(turn)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(entered, range(times)))
