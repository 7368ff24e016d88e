"""The people of the tests: their tokens, and how they speak to the service, in-process or over the wire."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

KEY = ec.generate_private_key(ec.SECP256R1())
ISSUER = "http://127.0.0.1/tests"
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "tests", "alg": "ES256", "use": "sig"}
ISSUERS = json.dumps([{"issuer": ISSUER, "audience": "motcua", "holders": "both", "jwks": {"keys": [JWK]}}])


def token(sub: str, key: ec.EllipticCurvePrivateKey = KEY, **claims: Any) -> str:
    now = int(time.time())
    facts = {"iss": ISSUER, "aud": "motcua", "sub": sub, "iat": now, "exp": now + 3600, **claims}
    return jwt.encode(facts, key, algorithm="ES256", headers={"kid": "tests"})


def key_of(sub: str) -> str:
    """How the service names this citizen."""
    return hashlib.sha256(f"{ISSUER}|{sub}".encode()).hexdigest()[:32]


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


class Town:
    """Everyone, speaking through the same line."""

    def __init__(self, send: Send) -> None:
        self.send = send

    @property
    def anyone(self) -> Person:
        return Person(self.send)

    def citizen(self, sub: str = "binh", **claims: Any) -> Person:
        return Person(self.send, token(sub, **claims))

    def officer(self, role: str, agency: str, sub: str | None = None) -> Person:
        return Person(self.send, token(sub or f"{role}-{agency}", roles=[role], agency=agency))


def in_process(client: Any) -> Send:
    """Through Chalice's test client."""

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        answer = client.http.request(method, path, headers, body)
        named = {name.lower(): str(value) for name, value in answer.headers.items()}
        return Reply(answer.status_code, named, _read(answer.body, named))

    return send


def over_http(base: str) -> Send:
    """Through a socket."""
    import urllib3

    pool = urllib3.PoolManager(retries=False, timeout=30, maxsize=64)

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        try:
            answer = pool.request(method, base + path, headers=headers, body=body)
        except urllib3.exceptions.ProtocolError:
            # A kept connection may be closed at the very moment it is used again (RFC 9112 §9.3.1): ask once more.
            answer = pool.request(method, base + path, headers=headers, body=body)
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, named, _read(answer.data, named))

    return send


def _read(body: bytes, headers: dict[str, str]) -> Any:
    return json.loads(body) if body and "json" in headers.get("content-type", "json") else body


def base64_of(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
