"""The local stack's own keys: of simulated providers, bank and carrier, and of the issuer whose tokens it believes."""

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.access import ROLES
from ops.local.data import Unusable, write_whole

# An address of loopback: the settings of any stack that is not local refuse it.
ISSUER: Final = "http://127.0.0.1/local"
AUDIENCE: Final = "motcua"
KEY_ID: Final = "local"
LIFETIME: Final = timedelta(hours=12)
CITIZEN: Final = "citizen"


class NoSuchRole(Exception):
    """The role asked for is none of the contract's."""


def make(folder: Path) -> None:
    """Once per folder: what is there stays, so that tokens and payments outlive a restart."""
    if not (folder / "issuer.pem").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        write_whole(folder / "issuer.pem", pem.decode())
    kept = credentials(folder) if (folder / "keys.json").exists() else {}
    wanted = _fresh() | kept  # a folder from before a provider, or papers, had keys gets what it lacks
    if wanted != kept:
        write_whole(folder / "keys.json", json.dumps(wanted, indent=1))


def _fresh() -> dict[str, dict[str, str]]:
    seed = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return {
        "vnpay": {"tmn_code": f"LOCAL{secrets.randbelow(1000):03d}", "secret": secrets.token_hex(16).upper()},
        "momo": {
            "partner_code": f"MOMOLOCAL{secrets.randbelow(1000):03d}",
            "access_key": secrets.token_hex(8),
            "secret": secrets.token_hex(16),
        },
        "payos": {
            "client_id": secrets.token_hex(8),
            "api_key": secrets.token_hex(16),
            "checksum_key": secrets.token_hex(32),
        },
        "sepay": {"secret": secrets.token_hex(16)},
        "vnpost": {
            "key": secrets.token_hex(8),
            "secret": secrets.token_hex(16),
            "customer_code": "LOCAL",
            "webhook_secret": secrets.token_hex(16),
        },
        "papers": {"kid": "local", "private_key": seed},
    }


def credentials(folder: Path) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = json.loads(_read(folder / "keys.json"))
    return kept


def issuers(folder: Path, sign_in: Mapping[str, str] | None = None) -> str:
    """The setting ISSUERS: the local issuer with its public key, inline; and where people sign in with it, if said."""
    issuer = {"issuer": ISSUER, "audience": AUDIENCE, "holders": "both", "jwks": public(folder), **(sign_in or {})}
    return json.dumps([issuer], separators=(",", ":"))


def public(folder: Path) -> dict[str, Any]:
    """The issuer's public key, as a JSON Web Key Set."""
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(_private(folder).public_key()))
    return {"keys": [{**jwk, "kid": KEY_ID, "alg": "ES256", "use": "sig"}]}


def token(
    folder: Path,
    role: str,
    subject: str,
    facts: Mapping[str, str],
    now: datetime | None = None,
    *,
    audience: str = AUDIENCE,
    nonce: str = "",
) -> str:
    """A token of the local issuer. `facts`: an officer's agency and name; a citizen's name, identity, phone.

    A bearer token for the API; with the pages' `audience` and a `nonce`, the ID token of a sign-in.
    """
    roles = [each for each in role.split(",") if each]
    if roles != [CITIZEN] and not (roles and ROLES.issuperset(roles)):
        raise NoSuchRole(f"ROLE must be citizen, or some of: {', '.join(sorted(ROLES))}; not {role!r}.")
    issued = now or datetime.now(UTC)
    claims: dict[str, Any] = {"iss": ISSUER, "aud": audience, "sub": subject, "iat": issued, "exp": issued + LIFETIME}
    claims |= {name: value for name, value in {**facts, "nonce": nonce}.items() if value}
    if roles != [CITIZEN]:
        claims["roles"] = roles
    return jwt.encode(claims, _private(folder), algorithm="ES256", headers={"kid": KEY_ID})


def _private(folder: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(_read(folder / "issuer.pem").encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we wrote it
    return key


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise Unusable(f"There is no local stack in {path.parent} yet: start it with `make run`.") from None
