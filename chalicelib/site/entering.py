"""Sessions opened and closed; of officers it is kept who they are, so that an admin can end what they have open."""

from datetime import datetime
from typing import Final

from chalicelib.access import Caller
from chalicelib.history.once import Once
from chalicelib.refusals import Unavailable
from chalicelib.site import colleagues, officer_records, session_records
from chalicelib.site.officers import Officer, What, decided, entering, leaving
from chalicelib.site.sessions import Session
from chalicelib.table import Lost

TRIES_OVERTAKEN: Final = 6


def enter(caller: Caller, issuer: str, now: datetime) -> str:
    """A new session, and the value of its cookie; an officer who is barred gets none. Raises `AccountBarred`."""
    if caller.kind == "citizen":
        return session_records.open_session(caller, issuer, now)
    for _ in range(TRIES_OVERTAKEN):
        known = officer_records.find(caller.key)
        value, session, opened = session_records.made(caller, issuer, now)
        try:
            officer_records.keep(known, entering(known, session, now), [opened])
        except Lost:
            continue  # they were barred, or signed in elsewhere, at this very moment: judged anew
        if known is None or known.name != caller.name:
            colleagues.forget(caller.agency)
        return value
    raise Unavailable


def leave(session: Session) -> None:
    """Closed whatever else happens: what an officer's list still says of it ends with its time."""
    known = officer_records.find(session.caller.key) if session.caller.kind == "officer" else None
    if known is None or session.id not in {each.id for each in known.sessions}:
        return session_records.close(session.id)
    try:
        officer_records.keep(known, leaving(known, session.id))
    except Lost:
        session_records.close(session.id)


def decide(key: str, what: What, by: Caller, reason: str, now: datetime, once: Once) -> Officer:
    """An admin ends an officer's sessions, bars them or lets them in again: at once, with the reason kept."""
    for _ in range(TRIES_OVERTAKEN):
        before = officer_records.load(key)
        after = decided(before, what, by.subject, by.key, reason, now)
        try:
            officer_records.keep(before, after, [once.write(after)])
        except Lost as lost:
            if lost.over(Once.KIND):
                raise
            continue
        colleagues.forget(after.agency)
        return after
    raise Unavailable
