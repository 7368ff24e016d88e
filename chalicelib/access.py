"""Who may do what: the one function every read and write path asks."""

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from chalicelib.refusals import Forbidden, NotFound, Refusal, Untrusted

ROLES: Final = frozenset({"clerk", "specialist", "approver", "finance", "post_clerk", "supervisor", "admin", "auditor"})


@dataclass(frozen=True)
class Caller:
    """A person whose token was verified. `key` names a citizen across issuers without telling who they are.

    `covers`: the officers of their agency for whom they stand in now; no token says so, whoever judges looks it up.
    """

    kind: Literal["citizen", "officer"]
    subject: str
    key: str
    roles: frozenset[str] = field(default=frozenset())
    agency: str = ""
    name: str = ""
    identity: str = ""
    phone: str = ""
    covers: frozenset[str] = field(default=frozenset())


class Held(Protocol):
    """What a decision is about: whose it is, and which agency answers for it."""

    @property
    def citizen_key(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def officer(self) -> str: ...  # to whom it is assigned; empty while to nobody
    @property
    def is_private(self) -> bool: ...  # a citizen's draft: not yet any agency's business


@dataclass(frozen=True)
class Desk:
    """All that one agency answers for, where no single dossier is meant."""

    agency: str
    citizen_key: str = ""
    officer: str = ""
    is_private: bool = False


READERS: Final = frozenset({"clerk", "specialist", "approver", "finance", "post_clerk", "supervisor", "auditor"})
CITIZEN: Final = "citizen"

# Read as: this may be done by the citizen whose it is (if named), and by these officers of its agency.
MAY: Final[dict[str, frozenset[str]]] = {
    "file": frozenset({CITIZEN, "clerk"}),
    "read": READERS | {CITIZEN},
    "edit": frozenset({CITIZEN, "clerk"}),
    "upload": frozenset({CITIZEN, "clerk"}),
    "upload_result": frozenset({"clerk", "specialist", "approver"}),
    "submit": frozenset({CITIZEN, "clerk"}),
    "discard": frozenset({CITIZEN, "clerk"}),
    "pay": frozenset({CITIZEN}),
    "withdraw": frozenset({CITIZEN}),
    "answer_supplement": frozenset({CITIZEN, "clerk"}),
    "rate": frozenset({CITIZEN}),
    "message": frozenset({CITIZEN, "clerk", "specialist", "approver"}),
    "desk": READERS,
    "accept": frozenset({"clerk"}),
    "refuse": frozenset({"clerk"}),
    "ask_supplement": frozenset({"clerk", "specialist"}),
    "ask_supplement_before_acceptance": frozenset({"clerk"}),
    "ask_supplement_after_acceptance": frozenset({"specialist"}),
    "claim": frozenset({"specialist", "supervisor"}),
    "assign": frozenset({"supervisor"}),
    "begin_step": frozenset({"supervisor"}),
    "suspend": frozenset({"specialist"}),
    "resume": frozenset({"specialist"}),
    "write_result": frozenset({"specialist", "approver"}),
    "propose": frozenset({"specialist", "approver"}),
    "decide": frozenset({"approver"}),
    "extend": frozenset({"approver"}),
    "apologise": frozenset({"approver"}),
    "see_apologies": frozenset({"approver", "supervisor", "auditor"}),
    "compare_agencies": frozenset({"supervisor", "auditor"}),  # the province's own supervisor: asked of its desk
    "stop": frozenset({"approver"}),
    "return": frozenset({"clerk"}),
    "see_control_slip": READERS,
    "revoke_paper": frozenset({"clerk", "approver"}),
    "take_money": frozenset({"clerk"}),
    "see_money": frozenset({"finance", "supervisor", "auditor"}),
    "refund": frozenset({"finance"}),
    "place_money": frozenset({"finance"}),
    "reconcile": frozenset({"finance"}),
    "see_reconciliations": frozenset({"finance", "auditor"}),
    "ship": frozenset({"clerk", "post_clerk"}),
    "see_shipments": frozenset({"clerk", "post_clerk", "supervisor", "auditor"}),
    "amend_catalogue": frozenset({"admin"}),
    "amend_calendar": frozenset({"admin"}),
    "see_amendments": frozenset({"admin", "auditor"}),
    "see_templates": frozenset({"admin", "auditor"}),
    "keep_templates": frozenset({"admin"}),
    "see_agencies": frozenset({"admin", "auditor"}),
    "keep_agencies": frozenset({"admin"}),
    "see_officers": frozenset({"admin", "auditor"}),
    "bar_officers": frozenset({"admin"}),
    "cover": frozenset({"specialist", "supervisor"}),
    "cover_others": frozenset({"supervisor"}),
    "end_cover": frozenset({"clerk", "specialist", "approver", "supervisor"}),
    "declare_outage": frozenset({"admin"}),
    "see_outages": frozenset({"admin", "auditor", "supervisor", "approver", "specialist", "clerk"}),
}
EVERYWHERE: Final = frozenset({"auditor"})
# The work on a dossier that belongs to whoever it is assigned to, and so to who stands in for them. Nobody's signature,
# money, desk or assignments pass to another; and who audits, keeps money or posts parcels does nobody else's work.
OF_THE_ASSIGNED: Final = frozenset(
    {
        *("ask_supplement", "ask_supplement_after_acceptance", "suspend", "resume", "begin_step"),
        *("propose", "upload_result", "write_result", "message"),
    }
)
STAND_IN: Final = frozenset({"clerk", "specialist", "approver", "supervisor"})


def require(caller: Caller | None, action: str, held: Held | None = None) -> Caller:
    """Lets the caller pass or refuses: 401 for nobody, 404 for another citizen's, 403 for another agency's; without
    `held` only the kind of caller and the roles are judged."""
    if caller is None:
        raise Untrusted
    if caller.kind == "citizen":
        return _require_own(caller, action, held)
    if not (caller.roles & MAY[action] or _stands_in(caller, action, held)):
        raise Forbidden
    if held is not None and not _within(caller, action, held):
        raise Forbidden
    return caller


def allows(caller: Caller | None, action: str, held: Held | None = None) -> bool:
    """Whether `require` would let the caller pass: for what a page offers, never in place of it."""
    try:
        require(caller, action, held)
    except Refusal:
        return False
    return True


def _require_own(caller: Caller, action: str, held: Held | None) -> Caller:
    if held is not None and held.citizen_key != caller.key:
        raise NotFound  # the same answer as for what does not exist
    if CITIZEN not in MAY[action]:
        raise Forbidden
    return caller


def _stands_in(caller: Caller, action: str, held: Held | None) -> bool:
    is_covered = held is not None and held.officer in caller.covers
    return is_covered and action in OF_THE_ASSIGNED and bool(caller.roles & STAND_IN)


def _within(caller: Caller, action: str, held: Held) -> bool:
    if held.is_private:
        return False
    everywhere = bool(caller.roles & EVERYWHERE & MAY[action])
    return everywhere or caller.agency == held.agency
