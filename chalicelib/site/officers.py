"""An officer as the pages have seen them: who, where, in which roles, signed in since when, let in or not. Pure.

Officers are the issuer's: nothing here gives anyone a role. What is barred here are the pages; an issuer that has
closed an account gives it no tokens for the API either.
"""

from datetime import datetime
from typing import Final, Literal

from pydantic import ConfigDict

from chalicelib.refusals import Conflict, Forbidden, NotFound
from chalicelib.shapes import Shape
from chalicelib.site.sessions import Session

MOST_SESSIONS: Final = 20  # at once; whoever opens another closes the oldest
MOST_DEEDS: Final = 100
ROLES: Final[dict[str, tuple[str, str]]] = {
    "clerk": ("một cửa", "clerk"),
    "specialist": ("chuyên viên", "specialist"),
    "approver": ("lãnh đạo", "approver"),
    "finance": ("kế toán", "finance"),
    "post_clerk": ("bưu chính", "post clerk"),
    "supervisor": ("giám sát", "supervisor"),
    "admin": ("quản trị", "admin"),
    "auditor": ("kiểm tra", "auditor"),
}
What = Literal["ended", "barred", "let_in"]
DEEDS: Final[dict[What, tuple[str, str]]] = {
    "ended": ("Kết thúc các phiên", "Ended the sessions"),
    "barred": ("Chặn đăng nhập", "Barred from signing in"),
    "let_in": ("Cho đăng nhập lại", "Let in again"),
}


class AccountBarred(Forbidden):
    code = "account_barred"
    vi = "Tài khoản này đã bị quản trị viên chặn đăng nhập. Hãy liên hệ quản trị viên của tỉnh."
    en = "An administrator has barred this account from signing in. Speak to the province's administrator."


class UnknownOfficer(NotFound):
    code = "unknown_officer"
    vi = "Chưa có cán bộ nào như vậy đăng nhập."
    en = "No such officer has signed in yet."


class BarOfOneself(Conflict):
    code = "bar_of_oneself"
    vi = "Bạn không thể tự chặn tài khoản của mình. Hãy nhờ một quản trị viên khác."
    en = "You cannot bar your own account. Ask another administrator."


class BarredAlready(Conflict):
    code = "barred_already"
    vi = "Việc này đã được thực hiện trước đó. Hãy tải lại trang."
    en = "This has been done already. Load the page again."


class Facts(Shape):
    """What a later release added is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Open(Facts):
    """A session, by what the table knows it by."""

    id: str
    ends_at: datetime


class Deed(Facts):
    """What an admin did about an officer, and why."""

    what: What
    by: str
    at: datetime
    reason: str


class Officer(Facts):
    key: str
    subject: str
    issuer: str
    agency: str
    name: str
    roles: tuple[str, ...]
    first_seen_at: datetime
    signed_in_at: datetime
    sessions: tuple[Open, ...] = ()
    barred: bool = False
    deeds: tuple[Deed, ...] = ()
    version: int = 0

    def open_at(self, now: datetime) -> tuple[Open, ...]:
        return tuple(each for each in self.sessions if now < each.ends_at)


def entering(known: Officer | None, session: Session, now: datetime) -> Officer:
    """As the issuer now tells of them, with one session more. Raises `AccountBarred`."""
    if known and known.barred:
        raise AccountBarred
    caller = session.caller
    open_ = (*(known.open_at(now) if known else ()), Open(id=session.id, ends_at=session.ends_at))
    return Officer(
        key=caller.key,
        subject=caller.subject,
        issuer=session.issuer,
        agency=caller.agency,
        name=caller.name,
        roles=tuple(sorted(caller.roles)),
        first_seen_at=known.first_seen_at if known else now,
        signed_in_at=now,
        sessions=open_[-MOST_SESSIONS:],
        deeds=known.deeds if known else (),
        version=(known.version if known else 0) + 1,
    )


def leaving(known: Officer, session_id: str) -> Officer:
    left = tuple(each for each in known.sessions if each.id != session_id)
    return known.model_copy(update={"sessions": left, "version": known.version + 1})


def decided(known: Officer, what: What, by: str, by_key: str, reason: str, now: datetime) -> Officer:
    """Whoever is barred has no session left either. Raises `BarOfOneself`, `BarredAlready`."""
    if what == "barred" and known.key == by_key:
        raise BarOfOneself
    if known.barred == (what != "let_in") and what != "ended":
        raise BarredAlready
    barred = known.barred if what == "ended" else what == "barred"
    deeds = (*known.deeds, Deed(what=what, by=by, at=now, reason=reason))[-MOST_DEEDS:]
    return known.model_copy(
        update={"sessions": (), "barred": barred, "deeds": deeds, "version": known.version + 1},
    )
