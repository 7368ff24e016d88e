"""What every page tells the browser beside its content: the content policy, the cookies, what may be remembered."""

from collections.abc import Mapping, Sequence
from typing import Final

from chalicelib.settings import settings

# Nothing but what is ours; inline styles and scripts not even then. Chrome holds redirects of a form to form-action.
POLICY: Final[dict[str, tuple[str, ...]]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "connect-src": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'",),
}
SESSION: Final = "phien"
SIGN_IN: Final = "dang-nhap"
LANGUAGE: Final = "ngon-ngu"
YEAR: Final = 365 * 24 * 3600


def security(allow: Mapping[str, Sequence[str]], *, personal: bool) -> dict[str, str]:
    """`personal`: the page says something of somebody, and is kept by no cache."""
    kept = {"Cache-Control": "no-store" if personal else "no-cache"}
    secure = {"Strict-Transport-Security": f"max-age={YEAR}"} if _is_secure() else {}
    return {
        "Content-Security-Policy": policy(allow),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # an address may name a dossier; `no-referrer` would blank a form's Origin
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
        "Vary": "Cookie, Accept-Language",
        **kept,
        **secure,
    }


def policy(allow: Mapping[str, Sequence[str]]) -> str:
    parts = {**POLICY, **{name: (*POLICY.get(name, ()), *values) for name, values in allow.items()}}
    return "; ".join(f"{name} {' '.join(values)}" for name, values in parts.items())


def cookie(name: str, value: str, lifetime: int | None = None) -> str:
    """A cookie no script reads and no other site's form sends; `lifetime` in seconds, else until the browser closes."""
    until = "" if lifetime is None else f"; Max-Age={lifetime}"
    return f"{named(name)}={value}; Path=/; HttpOnly; SameSite=Lax{until}{'; Secure' if _is_secure() else ''}"


def forgotten(name: str) -> str:
    return cookie(name, "", 0)


def named(name: str) -> str:
    """`__Host-`: only this very host can have set it. Browsers take the prefix over TLS only."""
    return f"__Host-{name}" if _is_secure() else name


def cookies_of(header: str) -> dict[str, str]:
    """By our own names; the first counts, as browsers send the most specific first (RFC 6265 §5.4)."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, value)
    ours = {name: found.get(named(name), "") for name in (SESSION, SIGN_IN, LANGUAGE)}
    return {name: value for name, value in ours.items() if value}


def _is_secure() -> bool:
    return settings().STAGE != "local"
