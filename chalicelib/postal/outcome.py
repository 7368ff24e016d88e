"""What becomes of a parcel, told to its dossier: the shipment and the dossier's event in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from chalicelib.dossiers import handover
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Actor
from chalicelib.postal import heard, records, rules, tracking, vnpost
from chalicelib.postal.rules import Shipment, State, Trouble
from chalicelib.refusals import Unavailable
from chalicelib.table import Lost, commit
from chalicelib.watching import logger

TRIES: Final = 4


def announce(shipment: Shipment, now: datetime) -> None:
    """The carrier has it. The citizen is told once there is a code to follow it by."""
    code = shipment.tracking_code
    if not code:
        commit(records.changed(shipment))
        return
    _tell(shipment, lambda dossier: handover.dispatched(dossier, code, now), now)


def give_to_person(shipment: Shipment, trouble: Trouble, now: datetime, carrier_said: str = "") -> None:
    """Nothing moves it on by itself any more. Raises `Lost` when somebody else moved it on meanwhile."""
    commit(records.changed(rules.to_person(shipment, trouble, now, carrier_said)))
    _say(shipment, trouble)


def _say(shipment: Shipment, why: str) -> None:
    facts = {"dossier_id": shipment.dossier_id, "shipment": shipment.n, "carrier": shipment.carrier, "why": why}
    logger.warning("shipment waits for a person", extra=facts)


def settle(dossier_id: str, n: int, now: datetime) -> None:
    """Brings the shipment, and its dossier, to what the carrier's events amount to. Safe to repeat."""
    for _ in range(TRIES):
        try:
            return _settle(records.load(dossier_id, n), now)
        except Lost:  # somebody moved the shipment on meanwhile: look at it again
            continue
    raise Unavailable


def _settle(shipment: Shipment, now: datetime) -> None:
    events = heard.tracking(shipment.dossier_id, shipment.n)
    code = tracking.item_code(events)
    if code and not shipment.tracking_code and shipment.state not in rules.SETTLED:
        announce(rules.accepted(shipment, code, now), now)
        shipment = records.load(shipment.dossier_id, shipment.n)
    moved = tracking.tracked(shipment, events, vnpost.meanings(), now)
    if moved is not shipment:
        _keep(shipment, moved, now)


def _keep(before: Shipment, after: Shipment, now: datetime) -> None:
    """The end of a parcel is the dossier's business too; where it is on its way is not."""
    if after.state == before.state or after.state not in rules.FINAL:
        commit(records.changed(after))
    elif after.state == State.DELIVERED:
        _tell(after, lambda dossier: handover.delivered(dossier, after.since), now)
    elif _tell(after, lambda dossier: handover.delivery_failed(dossier, after.state.value, after.since), now):
        _say(after, after.state)


def _tell(shipment: Shipment, change: Callable[[Dossier], Change], now: datetime) -> bool:
    """A dossier that no longer allows it holds up no other parcel: a person looks, and the answer is False."""
    try:
        _recorded(shipment, change, now)
    except NotInThisStage:
        give_to_person(shipment, Trouble.DOSSIER_CHANGED, now)
        return False
    return True


@dossiers.again_if_overtaken
def _recorded(shipment: Shipment, change: Callable[[Dossier], Change], now: datetime) -> Dossier:
    before = dossiers.load(shipment.dossier_id)
    carrier = Actor(kind="carrier", id=shipment.carrier)
    return dossiers.keep(before, change(before), carrier, now, also=[records.changed(shipment)])
