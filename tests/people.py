"""The people of the tests: their tokens, and how they speak to the service, in-process or over the wire."""

import base64
import hashlib
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from ops.rehearse.people import Person, Reply, Send, over_http, read

__all__ = ["Person", "Reply", "Send", "Town", "over_http"]

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
        return Reply(answer.status_code, named, read(answer.body, named))

    return send


def base64_of(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
