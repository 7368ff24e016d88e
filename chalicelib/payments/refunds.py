"""What a refund (hoàn phí) is: the acts of people and of the provider that make its state. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, PositiveInt

from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.payments.rules import Frozen

BY_THE_RULE: Final = "system"
# A provider that does not answer is asked again after each of these, then daily; a person sees it meanwhile.
TRIED_AFTER: Final = tuple(timedelta(minutes=m) for m in (2, 10, 30, 60, 180, 360, 720))
DAILY: Final = timedelta(days=1)


class Act(StrEnum):
    """What happens to a refund. PROPOSED: by the procedure's rule, when its dossier was refused or withdrawn."""

    PROPOSED = "proposed"
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    TAKEN_ON = "taken_on"
    FAILED = "failed"
    DONE = "done"


class RefundState(StrEnum):
    PROPOSED = "proposed"
    WAITING = "waiting_for_approval"
    APPROVED = "approved"
    TAKEN_ON = "taken_on"
    REJECTED = "rejected"
    FAILED = "failed"
    DONE = "done"


class RefundEvent(Frozen):
    """One act. `by`: an officer's account, a provider's name, or `system`. `people`: how many must stand behind it.
    `movement`: which movement of money is to be sent back, chosen once, so that every request says the same."""

    refund_id: str
    payment_id: str
    act: Act
    at: AwareDatetime
    by: str
    amount: PositiveInt
    people: int = 1
    whole: bool = False
    reason: str = ""
    movement: str = ""
    provider_reference: str = ""
    facts: Mapping[str, str] = {}

    @property
    def id(self) -> str:
        """The same act of the same person, or the same word of the provider, is one event."""
        return f"{self.refund_id}-{self.act}-{self.by}" if self.act == Act.APPROVED else f"{self.refund_id}-{self.act}"


class Refund(Frozen):
    """A refund as its events make it: the same for the same set, in whatever order they were read."""

    id: str
    payment_id: str
    amount: PositiveInt
    whole: bool
    reason: str
    state: RefundState
    asked_by: str
    approved_by: tuple[str, ...]
    people: int
    at: AwareDatetime
    approved_at: AwareDatetime | None = None
    movement: str = ""
    provider_reference: str = ""

    @property
    def is_open(self) -> bool:
        return self.state not in (RefundState.DONE, RefundState.REJECTED, RefundState.FAILED)

    @property
    def to_be_sent(self) -> bool:
        return self.state == RefundState.APPROVED


STANDING: Final = (Act.ASKED, Act.APPROVED)  # the acts by which a person stands behind it
ENDED: Final = {
    Act.DONE: RefundState.DONE,  # first: money that left is a fact, whatever was said before or after
    Act.FAILED: RefundState.FAILED,
    Act.REJECTED: RefundState.REJECTED,
    Act.TAKEN_ON: RefundState.TAKEN_ON,
}


def refunds(events: Iterable[RefundEvent]) -> tuple[Refund, ...]:
    """Every refund among the events, the oldest first."""
    by_id: dict[str, list[RefundEvent]] = {}
    for event in sorted(events, key=lambda each: (each.at, each.id)):
        by_id.setdefault(event.refund_id, []).append(event)
    return tuple(_refund(acts) for acts in by_id.values())


def proposed(dossier: Dossier) -> bool:
    """Whether the procedure's rule has the fee of a dossier that ended so paid back."""
    rule = dossier.procedure.refund
    return {
        Stage.NOT_ACCEPTED: rule.not_accepted,
        Stage.STOPPED: rule.stopped,
        Stage.WITHDRAWN: rule.withdrawn_after_acceptance if dossier.accepted_at else rule.withdrawn_before_acceptance,
    }.get(dossier.stage) == "whole"


def next_try(approved_at: datetime, now: datetime) -> datetime:
    """When a silent provider is told again of the same refund."""
    coming = (approved_at + after for after in TRIED_AFTER)
    return next((at for at in coming if at > now), now + DAILY)


def movement_for(amount: int, before: Iterable[Refund], paid: Mapping[str, int]) -> str:
    """Which movement of money is to be sent back: the first that has enough left after the refunds before it, or the
    one that has most; empty when no money moved."""
    left = dict(paid)
    for each in before:
        if each.movement in left and each.state not in (RefundState.REJECTED, RefundState.FAILED):
            left[each.movement] -= each.amount
    enough = [name for name, free in left.items() if free >= amount]
    return enough[0] if enough else max(left, key=lambda name: left[name], default="")


def _refund(acts: Sequence[RefundEvent]) -> Refund:
    begun = next((each for each in acts if each.act in (Act.ASKED, Act.PROPOSED)), acts[0])
    told = {each.act: each for each in acts}
    people = {each.by for each in acts if each.act in STANDING}
    last = next((told[act] for act in ENDED if act in told), begun)
    return Refund(
        id=begun.refund_id,
        payment_id=begun.payment_id,
        amount=begun.amount,
        whole=begun.whole,
        reason=begun.reason,
        state=next((state for act, state in ENDED.items() if act in told), _asked(begun, people)),
        asked_by=begun.by,
        approved_by=tuple(sorted(people - {begun.by})),
        people=begun.people,
        at=begun.at,
        approved_at=max(each.at for each in acts if each.act in STANDING) if len(people) >= begun.people else None,
        movement=begun.movement,
        provider_reference=last.provider_reference,
    )


def _asked(begun: RefundEvent, people: set[str]) -> RefundState:
    if len(people) >= begun.people:
        return RefundState.APPROVED
    return RefundState.PROPOSED if begun.act == Act.PROPOSED and not people else RefundState.WAITING
