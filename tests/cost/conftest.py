"""A town whose every request to AWS is counted."""

from collections.abc import Iterator

import pytest

from tests.asked_of_aws import Asked, listening
from tests.people import Town
from tests.towns import opened


@pytest.fixture(scope="module")
def counted() -> Iterator[tuple[Town, Asked]]:
    from chalicelib.settings import secret

    with listening() as asked, opened() as town:
        secret("vnpay")  # Secrets Manager is read once per container and five minutes, not once per request
        yield town, asked


@pytest.fixture
def town(counted: tuple[Town, Asked]) -> Town:
    return counted[0]


@pytest.fixture
def asked(counted: tuple[Town, Asked]) -> Asked:
    from chalicelib.clock.actions import calendar_for
    from chalicelib.clock.now import now

    calendar_for("H32.10", now())  # asked for once a minute, not once per request
    counted[1].clear()
    return counted[1]
