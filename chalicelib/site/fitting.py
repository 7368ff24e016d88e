"""What must be true of a dossier, beside its life and the officer's role, for a thing to be done with it. Pure."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.access import Caller, allows
from chalicelib.clock.rules import PauseCause
from chalicelib.dossiers.rules import MONEY_IN, Dossier

Fits = Callable[[Dossier, Caller, datetime], bool]


def always(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return True


def paid_as_it_must_be(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return not dossier.awaits_payment


def may_ask(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    before = dossier.accepted_at is None
    when = "before" if before else "after"
    listed = bool(dossier.procedure.components or dossier.procedure.questions)
    stops = before or PauseCause.SUPPLEMENT in dossier.procedure.pauses
    return listed and stops and allows(caller, f"ask_supplement_{when}_acceptance", dossier)


def not_mine_yet(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.officer != caller.subject or bool(dossier.procedure.steps)


def covers(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.officer in caller.covers and bool(dossier.procedure.steps) and dossier.accepted_at is not None


def has_causes(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return bool(causes(dossier))


def may_extend(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return not dossier.extended and dossier.due_at is not None and now <= dossier.due_at


def letter_waits(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.apology_open


def fee_is_due(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.fee_due > 0 and dossier.payment_status not in MONEY_IN


def proposes(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return "approver" not in caller.roles


def by_post(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    to = dossier.delivery
    is_addressed = to.channel == "post" and bool(to.address and to.recipient and to.phone)
    return is_addressed and dossier.shipping.status in ("none", "failed")


def not_on_its_way(dossier: Dossier, caller: Caller, now: datetime) -> bool:
    return dossier.shipping.status in ("none", "failed")


def causes(dossier: Dossier) -> list[PauseCause]:
    """For which the procedure lets the clock stop, beside a supplement."""
    return [each for each in dossier.procedure.pauses if each != PauseCause.SUPPLEMENT]
