"""Signing in by OpenID Connect: the authorisation code with PKCE, state and nonce; speaks to issuers, keeps no token.

OpenID Connect Core 1.0 §3.1, RFC 7636 (S256), RFC 9207 (`iss`), RFC 9700.
"""

import base64
import hashlib
import json
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote_plus, urlencode

from chalicelib import tokens
from chalicelib.access import Caller
from chalicelib.refusals import Forbidden, Unavailable, Untrusted
from chalicelib.settings import Issuer, secret, settings
from chalicelib.site import session_records
from chalicelib.site.session_records import Begun
from chalicelib.site.visits import Fields

if TYPE_CHECKING:
    from urllib3 import PoolManager

RETURN: Final = "/dang-nhap/ve"
PATIENCE: Final = timedelta(minutes=10)
SECONDS: Final = 5


class SignInFailed(Forbidden):
    code = "sign_in_failed"
    vi = "Chưa đăng nhập được: phiên đăng nhập đã hết hạn, bị huỷ hoặc không khớp. Hãy đăng nhập lại từ đầu."
    en = "You are not signed in: the attempt expired, was cancelled or does not match. Begin to sign in again."


class Arrived(NamedTuple):
    caller: Caller
    issuer: str
    back: str


def doors() -> list[Issuer]:
    """The issuers with whom people sign in here, in the order of the settings."""
    return [issuer for issuer in settings().ISSUERS if issuer.client_id]


def begin(issuer: Issuer, back: str, now: datetime) -> tuple[str, str]:
    """The issuer's address to send the person to, and the state that their browser keeps meanwhile."""
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    session_records.keep_sign_in(state, Begun(issuer.issuer, nonce, verifier, back, now + PATIENCE))
    asked = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": _return_address(),
        "scope": "openid profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    assert issuer.authorize_url is not None  # noqa: S101 - the settings see to it
    return f"{issuer.authorize_url}{'&' if '?' in issuer.authorize_url else '?'}{urlencode(asked)}", state


def finish(came: Fields, kept: str, now: datetime) -> Arrived:
    """Who came back; `kept`: the state of this browser. Raises `SignInFailed`, `Unavailable`."""
    if not kept or not secrets.compare_digest(came["state"].encode(), kept.encode()):
        raise SignInFailed
    begun = session_records.take_sign_in(kept, now)
    issuer = next((each for each in doors() if begun and each.issuer == begun.issuer), None)
    if begun is None or issuer is None or not came["code"] or came["iss"] not in ("", issuer.issuer):
        raise SignInFailed
    try:
        caller = tokens.signed_in(_token_for(issuer, came["code"], begun.verifier), issuer.issuer, begun.nonce)
    except Untrusted:
        raise SignInFailed from None
    return Arrived(caller, issuer.issuer, begun.back)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def farewell(issuer_url: str) -> str | None:
    """Where to end the session with the issuer too, if it offers that (OpenID Connect RP-Initiated Logout 1.0)."""
    issuer = next((each for each in doors() if each.issuer == issuer_url), None)
    if issuer is None or issuer.logout_url is None:
        return None
    asked = {"client_id": issuer.client_id, "post_logout_redirect_uri": settings().PUBLIC_URL + "/"}
    return f"{issuer.logout_url}?{urlencode(asked)}"


def _return_address() -> str:
    return settings().PUBLIC_URL + RETURN


def _token_for(issuer: Issuer, code: str, verifier: str) -> str:
    """The ID token for this code. Raises `SignInFailed` when the issuer says no, `Unavailable` when it says nothing."""
    from urllib3 import make_headers
    from urllib3.exceptions import HTTPError

    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _return_address(),
        "client_id": issuer.client_id,
        "code_verifier": verifier,
    }
    own = secret("sign_in", {}).get(issuer.issuer)
    # Each half is encoded before they are joined (RFC 6749 §2.3.1).
    proof = make_headers(basic_auth=f"{quote_plus(str(issuer.client_id))}:{quote_plus(own)}") if own else {}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", **proof}
    assert issuer.token_url is not None  # noqa: S101
    try:
        said = _line().request("POST", issuer.token_url, body=urlencode(fields), headers=headers)
    except HTTPError:
        raise Unavailable from None
    if said.status >= 500:
        raise Unavailable
    try:
        token = json.loads(said.data)["id_token"] if said.status == 200 else None
    except (ValueError, KeyError, TypeError):
        token = None
    if not isinstance(token, str):
        raise SignInFailed
    return token


@cache
def _line() -> "PoolManager":
    from urllib3 import PoolManager

    return PoolManager(retries=False, timeout=SECONDS)
