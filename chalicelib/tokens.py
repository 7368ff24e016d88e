"""Who is calling: the person a token names, once its issuer's signature proves it. Nothing else believes a token."""

import base64
import hashlib
import hmac
from functools import cache
from typing import Any, Final

from pydantic_core import from_json

from chalicelib.access import ROLES, Caller
from chalicelib.refusals import Unavailable, Untrusted
from chalicelib.settings import Issuer, settings

ALGORITHMS: Final = ["RS256", "ES256", "PS256", "EdDSA"]
LEEWAY_SECONDS: Final = 30
LONGEST_NAME: Final = 120


def caller_of(authorization: str | None) -> Caller | None:
    """The holder of a bearer token, verified by signature, issuer, audience and expiry; None without one.

    Raises `Untrusted` for anything that is not a token of a configured issuer.
    """
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Untrusted
    return _caller(*_verified(token))


def signed_in(token: str, issuer: str, nonce: str) -> Caller:
    """The person an ID token names (OpenID Connect Core 1.0 §3.1.3.7): of this issuer, for us, of this very sign-in.

    Raises `Untrusted` for any other.
    """
    signer, claims = _verified(token, of_sign_in=True)
    is_this_one = hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode())
    shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if signer.issuer != issuer or not is_this_one or (shared and claims.get("azp") != signer.client_id):
        raise Untrusted
    return _caller(signer, claims)


def _verified(token: str, *, of_sign_in: bool = False) -> tuple[Issuer, dict[str, Any]]:
    import jwt

    try:
        header, claimed = map(_claimed, token.split(".")[:2])
        issuer = next(issuer for issuer in settings().ISSUERS if issuer.issuer == claimed.get("iss"))
        claims = jwt.decode(
            token,
            _key(issuer.issuer, header["kid"]),
            algorithms=ALGORITHMS,
            issuer=issuer.issuer,
            audience=issuer.client_id if of_sign_in else issuer.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "sub"]},
        )
    except jwt.PyJWKClientConnectionError:
        raise Unavailable from None
    except (jwt.PyJWTError, StopIteration, ValueError, KeyError):
        raise Untrusted from None
    return issuer, claims


def _claimed(part: str) -> dict[str, Any]:
    """What a token says of itself, to find the key that proves it; none of it is believed before that."""
    said = from_json(base64.urlsafe_b64decode(f"{part}=="))
    if not isinstance(said, dict):
        raise ValueError("no JSON object")
    return said


def _key(issuer: str, kid: str) -> Any:  # noqa: ANN401 - PyJWT's own keys
    import jwt

    keys = _keys(issuer)
    return keys.get_signing_key(kid) if isinstance(keys, jwt.PyJWKClient) else keys[kid]


@cache
def _keys(issuer: str) -> Any:  # noqa: ANN401
    import jwt

    known = next(known for known in settings().ISSUERS if known.issuer == issuer)
    if known.jwks is not None:
        return jwt.PyJWKSet.from_dict(known.jwks)
    return jwt.PyJWKClient(known.jwks_url or f"{issuer}/.well-known/jwks.json", lifespan=3600, timeout=3)


def _caller(issuer: Issuer, claims: dict[str, Any]) -> Caller:
    subject = claims["sub"]
    roles = _roles(claims.get("roles") or [])
    key = hashlib.sha256(f"{issuer.issuer}|{subject}".encode()).hexdigest()[:32]
    if roles and issuer.holders != "citizens":
        name = " ".join(str(claims.get("name") or "").split())[:LONGEST_NAME]
        return Caller("officer", subject, key, roles, agency=str(claims.get("agency") or ""), name=name)
    if roles or issuer.holders == "officers":
        raise Untrusted
    name, identity, phone = (str(claims.get(fact) or "") for fact in ("name", "identity", "phone"))
    return Caller("citizen", subject, key, name=name, identity=identity, phone=phone)


def _roles(claimed: Any) -> frozenset[str]:  # noqa: ANN401 - whatever the issuer put there
    """A claim of any other form is no list of roles: guessing at it could make somebody of the wrong kind."""
    if not isinstance(claimed, list) or not all(isinstance(role, str) for role in claimed):
        raise Untrusted
    return frozenset(claimed) & ROLES
