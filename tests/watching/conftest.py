"""What the service says while it runs, as CloudWatch gets it."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.watching import logger as _whose  # noqa: F401 - its handlers are there before they are listened to
from tests.dossiers.conftest import publish
from tests.people import Town

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Every line of the log and every metric."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    written, handlers = io.StringIO(), logging.getLogger("motcua").handlers
    before = [handler.setStream(written) for handler in handlers]  # type: ignore[attr-defined]

    def lines() -> list[dict[str, Any]]:
        written.write(capsys.readouterr().out)
        return [json.loads(line) for line in written.getvalue().splitlines()]

    yield lines
    for handler, stream in zip(handlers, before, strict=True):
        handler.setStream(stream)  # type: ignore[attr-defined]


@pytest.fixture
def town(town: Town) -> Town:
    publish()
    return town
