"""The signed token of a QR code: made, and read without asking anyone. Pure but for the library of Ed25519.

`base64url(payload).base64url(signature)`: the payload is canonical JSON, the signature Ed25519 over its text as sent,
`kid` names the key. A token has exactly one spelling, so that no changed bit passes.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

from chalicelib.papers.rules import Statement

LONGEST: Final = 1500
# Short names keep the QR code coarse enough for a cheap printer and camera.
SHORT: Final = {
    "paper_id": "id",
    "dossier_code": "ma",
    "procedure": "tt",
    "applicant": "nop",
    "document": "ten",
    "system": "he",
    "at": "luc",
    "due_at": "hen",
}


class Forged(Exception):
    """No paper of ours says this."""


def signed(statement: Statement, kid: str, private_key: str) -> str:
    """`private_key`: the 32 bytes of an Ed25519 seed, in base64url."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    told = statement.model_dump(mode="json", exclude_none=True)
    payload = {"kid": kid} | {SHORT[name]: value for name, value in told.items()}
    text = encoded(json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    key = Ed25519PrivateKey.from_private_bytes(decoded(private_key))
    return f"{text}.{encoded(key.sign(text.encode()))}"


def read(token: str, public_keys: Mapping[str, str]) -> Statement:
    """What the token states, if one of these keys signed it. Raises `Forged`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        if len(token) > LONGEST:
            raise Forged
        text, signature = token.split(".")
        payload = json.loads(decoded(text))
        key = Ed25519PublicKey.from_public_bytes(decoded(public_keys[payload.pop("kid")]))
        key.verify(decoded(signature), text.encode())
        return Statement.model_validate({name: payload[short] for name, short in SHORT.items() if short in payload})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature):
        raise Forged from None


def public_of(private_key: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(decoded(private_key)).public_key()
    return encoded(key.public_bytes_raw())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Only the one canonical spelling; raises `ValueError`."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("no base64url") from None
    if encoded(data) != text:
        raise ValueError("not the canonical spelling")
    return data
