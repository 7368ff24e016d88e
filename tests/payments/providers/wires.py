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


class Told(NamedTuple):
    status: int
    data: bytes


class FakeWire:
    """`answer` gets each question and gives the answer's body: an object, bytes, or an error to raise."""

    def __init__(self, answer: Callable[[Asked], Any], status: int = 200) -> None:
        self.answer, self.status = answer, status
        self.asked: list[Asked] = []

    def request(self, method: str, url: str, *, redirect: bool, json: dict[str, Any]) -> Told:
        assert not redirect
        self.asked.append(Asked(method, url, _over_the_wire(json)))
        said = self.answer(self.asked[-1])
        if isinstance(said, Exception):
            raise said
        return Told(self.status, said if isinstance(said, bytes) else _dumped(said))


def on_the_wire(monkeypatch: Any, answer: Callable[[Asked], Any], status: int = 200) -> FakeWire:
    fake = FakeWire(answer, status)
    monkeypatch.setattr(wire, "http", fake)
    return fake


UNCERTAIN: list[tuple[str, Any, int]] = [
    ("a time-out", urllib3.exceptions.ReadTimeoutError(None, "", "slow"), 200),  # type: ignore[arg-type]
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


def _dumped(what: Any) -> bytes:
    return json.dumps(what, ensure_ascii=False).encode()
