from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import SYSTEM, EventType
from chalicelib.notices import actions
from chalicelib.notices.channels import Letter
from tests.notices.examples import DOSSIER, NOON, TELLING


class Post:
    """A channel that keeps what it is given, or raises what it is told to raise: before sending, or after."""

    NAME = "email"

    def __init__(self) -> None:
        self.sent: list[tuple[str, Letter, str]] = []
        self.before: list[BaseException] = []
        self.after: list[BaseException] = []

    def address_of(self, applicant: Any) -> str | None:
        return applicant.email

    def send(self, to: str, letter: Letter, reference: str) -> str:
        if self.before:
            raise self.before.pop(0)
        self.sent.append((to, letter, reference))
        if self.after:
            raise self.after.pop(0)
        return f"m-{len(self.sent)}"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    channel = Post()
    monkeypatch.setattr(actions, "CHANNELS", [channel])
    return channel


@pytest.fixture
def filed() -> Callable[..., Dossier]:
    """A dossier with these events behind it, kept as the service keeps them."""

    def keep(*types: EventType, before: Dossier | None = None, data: Any = None, **changes: Any) -> Dossier:
        for type_ in types:
            after = (before or DOSSIER).model_copy(update=changes)
            before = dossiers.keep(before, Change(after, type_, data or TELLING.get(type_, [{}])[0]), SYSTEM, NOON)
        assert before is not None
        return before

    return keep
