"""The whole service over the local cloud, whose transactions are real, with a carrier on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, opened


@pytest.fixture
def world(stack: str, tmp_path: Path) -> Iterator[World]:
    with opened(tmp_path) as world:
        yield world
