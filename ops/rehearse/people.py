"""People who speak to the service over HTTP, as its clients do: with a token, an idempotency key, what they saw."""

import json
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

import urllib3


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def etag(self) -> str:
        return self.headers["etag"]


Send = Callable[[str, str, dict[str, str], bytes], Reply]


class Person:
    """Somebody with a token, or nobody without one."""

    def __init__(self, send: Send, bearer: str | None = None) -> None:
        self.send, self.bearer = send, bearer

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        seen: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """With an idempotency key of its own on every POST, unless one is given."""
        said = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        if body is not None:
            said["Content-Type"] = "application/json"
        if method == "POST":
            said["Idempotency-Key"] = key or secrets.token_hex(8)
        if seen is not None:
            said["If-Match"] = seen
        raw = b"" if body is None else json.dumps(body).encode()
        return self.send(method, path, said | (headers or {}), raw)

    def get(self, path: str, **options: Any) -> Reply:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.ask("POST", path, {} if body is None else body, **options)

    def patch(self, path: str, body: Any, seen: str, **options: Any) -> Reply:
        return self.ask("PATCH", path, body, seen=seen, **options)

    def decide(self, dossier_id: str, what: str, body: Any = None, **options: Any) -> Reply:
        """An officer's decision on the dossier as it is now."""
        seen = options.pop("seen", None) or self.get(f"/dossiers/{dossier_id}").etag
        return self.post(f"/dossiers/{dossier_id}/{what}", body, seen=seen, **options)


def over_http(base: str) -> Send:
    """Through a socket."""
    pool = urllib3.PoolManager(retries=False, timeout=30, maxsize=64)

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        try:
            answer = pool.request(method, base + path, headers=headers, body=body)
        except urllib3.exceptions.ProtocolError:
            # A kept connection may be closed at the very moment it is used again (RFC 9112 §9.3.1): ask once more.
            answer = pool.request(method, base + path, headers=headers, body=body)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, named, read(answer.data, named))

    return send


def read(body: bytes, headers: dict[str, str]) -> Any:
    return json.loads(body) if body and "json" in headers.get("content-type", "json") else body
