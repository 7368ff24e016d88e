"""Stands where the connection to a provider stands: keeps what was asked, answers what the test wants."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import urllib3

from chalicelib.payments import wire


class Asked(NamedTuple):
    method: str
    url: str
    json: dict[str, Any]
    headers: dict[str, str]


class Told(NamedTuple):
    status: int
    data: bytes


class FakeWire:
    """`answer` gets each question and gives the answer's body: what JSON can say, bytes, or an error to raise."""

    def __init__(self, answer: Callable[[Asked], Any], status: int = 200) -> None:
        self.answer, self.status = answer, status
        self.asked: list[Asked] = []

    def request(self, method: str, url: str, *, redirect: bool, **what: Any) -> Told:  # noqa: ANN401
        assert not redirect
        self.asked.append(Asked(method, url, _over_the_wire(what.get("json", {})), what.get("headers", {})))
        said = self.answer(self.asked[-1])
        if isinstance(said, Exception):
            raise said
        return Told(self.status, said if isinstance(said, bytes) else _dumped(said))

    @property
    def urls(self) -> list[str]:
        return [each.url for each in self.asked]

    @property
    def message(self) -> dict[str, Any]:
        return self.asked[-1].json


def on_the_wire(monkeypatch: Any, answer: Callable[[Asked], Any], status: int = 200) -> FakeWire:  # noqa: ANN401
    fake = FakeWire(answer, status)
    monkeypatch.setattr(wire, "http", fake)
    return fake


def answering(monkeypatch: Any, *answers: Any, status: int = 200) -> FakeWire:  # noqa: ANN401
    """Answers each question with the next of `answers`; there must be one."""
    left = iter(answers)
    return on_the_wire(monkeypatch, lambda _: next(left), status)


SLOW = urllib3.exceptions.ReadTimeoutError(None, "", "slow")  # type: ignore[arg-type]
CUT = urllib3.exceptions.ProtocolError("cut off")
NO_ANSWERS: list[Any] = [b"", b"<html>", [1], None, "text", SLOW, CUT, b"\xff", b'{"a": NaN}', b"[" * 60_000]
UNCERTAIN: list[tuple[str, Any, int]] = [
    ("a time-out", SLOW, 200),
    ("another's certificate", urllib3.exceptions.SSLError("not theirs"), 200),
    ("a fault", b"{}", 500),
    ("a bad gateway", b"<html>", 502),
    ("a page", b"<html>", 200),
    ("nothing", b"", 200),
    ("no object", b"[1]", 200),
    ("null", b"null", 200),
    ("an empty object", b"{}", 200),
    ("too much", b'{"x":"' + b"x" * 4_000_000 + b'"}', 200),
    ("no UTF-8", b'{"x":"\xff"}', 200),
]


def _over_the_wire(what: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(what)))


def _dumped(what: Any) -> bytes:  # noqa: ANN401
    return json.dumps(what, ensure_ascii=False).encode()
