"""A session: whose it is, how long it lasts, what its forms carry. Pure; where it is kept, `session_records` knows."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.access import Caller

OFFICERS_DAY: Final = timedelta(hours=8)
CITIZENS_PAUSE: Final = timedelta(hours=2)
CITIZENS_LONGEST: Final = timedelta(hours=12)
# A session is not written anew for less than this: reading pages would cost a write each.
WORTH_RENEWING: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Session:
    """`id`: what the table knows the cookie by; `form_token`: what every form sends back. Neither tells the cookie."""

    id: str
    form_token: str
    caller: Caller
    issuer: str
    began_at: datetime
    ends_at: datetime


def begun(value: str, caller: Caller, issuer: str, now: datetime) -> Session:
    """`value`: the cookie's, fresh for every sign-in, so that nobody can have planted it."""
    return Session(id_of(value), form_token_of(value), caller, issuer, now, _end(caller, now, now))


def id_of(value: str) -> str:
    """What is kept of a cookie: whoever reads the table cannot use it."""
    return hashlib.sha256(value.encode()).hexdigest()


def form_token_of(value: str) -> str:
    return hmac.new(value.encode(), b"form", hashlib.sha256).hexdigest()


def renewed(session: Session, now: datetime) -> Session | None:
    """The session with its later end; None when it is not worth a write. An officer's day is never prolonged."""
    end = _end(session.caller, session.began_at, now)
    return replace(session, ends_at=end) if end - session.ends_at >= WORTH_RENEWING else None


def _end(caller: Caller, began_at: datetime, now: datetime) -> datetime:
    if caller.kind == "officer":
        return began_at + OFFICERS_DAY
    return min(now + CITIZENS_PAUSE, began_at + CITIZENS_LONGEST)
