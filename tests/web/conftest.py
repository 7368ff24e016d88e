"""A town in which nothing may be said that the description does not know; and the same town over a socket."""

import copy
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import SECRETS, environment
from tests.dossiers.conftest import publish
from tests.people import Town, in_process, over_http
from tests.web.described import described


@pytest.fixture(scope="module")
def kept_table() -> Iterator[Callable[[], Callable[[], None]]]:
    """A mocked cloud for the module: calling it keeps the table as it is, and gives what brings that back."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.dynamodb.models import dynamodb_backends

    from ops.local import cloud
    from tests.mocked import mock_aws

    def table() -> Any:  # looked up each time: a transaction that is refused leaves a copy in its place
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][os.environ["AWS_DEFAULT_REGION"]].tables[os.environ["TABLE"]]

    def keep() -> Callable[[], None]:
        kept = copy.deepcopy(table().items)

        def bring_back() -> None:
            table().items = copy.deepcopy(kept)
            table().stream_shard.items.clear()  # each transaction copies the whole table, and its stream with it

        return bring_back

    with mock_aws(), environment():
        cloud.create_bare(os.environ, SECRETS)
        publish()
        yield keep


@pytest.fixture(scope="module")
def published(kept_table: Callable[[], Callable[[], None]]) -> Callable[[], None]:
    return kept_table()


@pytest.fixture
def town(quiet_town: Town, published: Callable[[], None]) -> Town:
    """With its catalogue, and not a dossier yet."""
    published()
    return quiet_town


@pytest.fixture(scope="module")
def quiet_town(kept_table: object) -> Iterator[Town]:
    """For the tests that change nothing."""
    from chalice.test import Client

    from app import app

    with Client(app, stage_name="tests") as client:
        yield Town(described(in_process(client)))


@pytest.fixture(scope="module")
def address(kept_table: object) -> Iterator[str]:
    """Where Chalice's development server answers for this process."""
    from app import app
    from ops.local.server import listening

    plain = type(app)
    server = listening(app, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
        app.__class__ = plain


@pytest.fixture(scope="module")
def wired_town(address: str) -> Town:
    return Town(described(over_http(address)))


@pytest.fixture(scope="module")
def address_of_town(address: str) -> tuple[str, int]:
    host, port = address.removeprefix("http://").split(":")
    return host, int(port)
