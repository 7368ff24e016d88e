"""A connection pool that answers as a test wants, and keeps what it was asked."""

import json
from typing import Any

import urllib3

from chalicelib.payments import wire


class Answering:
    """Answers each request with the next of `answers`: an object for JSON, bytes as they are, an exception to raise."""

    def __init__(self, *answers: Any, status: int = 200) -> None:  # noqa: ANN401
        self.answers, self.status = list(answers), status
        self.asked: list[dict[str, Any]] = []
        self.urls: list[str] = []

    def request(self, method: str, url: str, *, redirect: bool, **what: Any) -> "Answering":  # noqa: ANN401
        assert not redirect
        self.urls.append(url)
        self.asked.append({"method": method, **what})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return self

    @property
    def message(self) -> dict[str, Any]:
        return dict(self.asked[-1]["json"])


def answering(monkeypatch: Any, *answers: Any, status: int = 200) -> Answering:  # noqa: ANN401
    double = Answering(*answers, status=status)
    monkeypatch.setattr(wire, "http", double)
    return double


SLOW = urllib3.exceptions.ReadTimeoutError(None, "", "slow")  # type: ignore[arg-type]
CUT = urllib3.exceptions.ProtocolError("cut off")
NO_ANSWERS: list[Any] = [b"", b"<html>", [1], None, "text", SLOW, CUT, b"\xff", b'{"a": NaN}', b"[" * 60_000]


def flipped(data: bytes) -> list[bytes]:
    """The data with each of its bits changed, one at a time."""
    return [data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :] for at in range(len(data)) for bit in range(8)]
