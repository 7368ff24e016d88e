"""Sessions and begun sign-ins in DynamoDB, each under the hash of what the browser holds; nobody else reads them."""

import secrets
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.access import Caller
from chalicelib.site.sessions import Session, begun, form_token_of, id_of
from chalicelib.table import Delete, Item, Lost, Put, Update, absent, commit

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class SessionItem(Item, discriminator="session"):
    caller = UnicodeAttribute()
    issuer = UnicodeAttribute()
    began_at = UnicodeAttribute()
    ends_at = UnicodeAttribute()


class SignInItem(Item, discriminator="sign_in"):
    """`nonce` and `verifier` are secrets between the issuer and us, for the minutes a sign-in takes."""

    issuer = UnicodeAttribute()
    nonce = UnicodeAttribute()
    verifier = UnicodeAttribute()
    back = UnicodeAttribute()
    ends_at = UnicodeAttribute()


class Begun(NamedTuple):
    """A sign-in under way: with which issuer, what must come back, and where the person wanted to go."""

    issuer: str
    nonce: str
    verifier: str
    back: str
    ends_at: datetime


def open_session(caller: Caller, issuer: str, now: datetime) -> str:
    """Keeps a new session and answers the value of its cookie, which is kept nowhere."""
    value, _, opened = made(caller, issuer, now)
    commit(opened)
    return value


def made(caller: Caller, issuer: str, now: datetime) -> tuple[str, Session, Put]:
    """The value of its cookie, the session, and the write that opens it."""
    value = secrets.token_urlsafe(32)
    session = begun(value, caller, issuer, now)
    return value, session, Put(_item(session), absent())


def session_of(value: str, now: datetime) -> Session | None:
    try:
        item = SessionItem.get(f"SESSION#{id_of(value)}", "SESSION", consistent_read=True)
    except DoesNotExist:
        return None
    ends_at = datetime.fromisoformat(item.ends_at)
    if now >= ends_at:  # the table removes what is over only hours later
        return None
    caller = _callers().validate_json(item.caller)
    began_at = datetime.fromisoformat(item.began_at)
    return Session(id_of(value), form_token_of(value), caller, item.issuer, began_at, ends_at)


def prolong(session: Session) -> None:
    """One that was closed meanwhile stays closed."""
    ends_at, ttl = session.ends_at.isoformat(), int(session.ends_at.timestamp())
    item = _item(session)
    try:
        commit(Update(item, [SessionItem.ends_at.set(ends_at), SessionItem.ttl.set(ttl)], Item.pk.exists()))
    except Lost:
        return


def close(session_id: str) -> None:
    commit(closing(session_id))


def closing(session_id: str) -> Delete:
    return Delete(SessionItem(f"SESSION#{session_id}", "SESSION"))


def keep_sign_in(state: str, sign_in: Begun) -> None:
    facts = sign_in._asdict() | {"ends_at": sign_in.ends_at.isoformat()}
    item = SignInItem(f"SIGNIN#{id_of(state)}", "SIGNIN", **facts)
    item.ttl = int(sign_in.ends_at.timestamp())
    commit(Put(item, absent()))


def take_sign_in(state: str, now: datetime) -> Begun | None:
    """The sign-in that was begun with this state, once: a second answer to it finds nothing."""
    try:
        item = SignInItem.get(f"SIGNIN#{id_of(state)}", "SIGNIN", consistent_read=True)
        commit(Delete(item, Item.pk.exists()))
    except (DoesNotExist, Lost):
        return None
    ends_at = datetime.fromisoformat(item.ends_at)
    return Begun(item.issuer, item.nonce, item.verifier, item.back, ends_at) if now < ends_at else None


def _item(session: Session) -> SessionItem:
    item = SessionItem(
        f"SESSION#{session.id}",
        "SESSION",
        caller=_callers().dump_json(session.caller).decode(),
        issuer=session.issuer,
        began_at=session.began_at.isoformat(),
        ends_at=session.ends_at.isoformat(),
    )
    item.ttl = int(session.ends_at.timestamp())
    return item


@cache
def _callers() -> "TypeAdapter[Caller]":
    from pydantic import TypeAdapter

    return TypeAdapter(Caller)
