"""Handing a parcel over to the carrier: once, however often it is tried."""

from datetime import datetime

from chalicelib.catalogue.actions import every_agency
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.postal import outcome, records, rules, vnpost
from chalicelib.postal.rules import Shipment, State, Trouble
from chalicelib.postal.vnpost_format import Order
from chalicelib.table import Lost
from chalicelib.watching import logger


def dispatch(dossier_id: str, n: int, now: datetime) -> bool:
    """Tries once, if it is time; False when the carrier gave no clear answer.

    The attempt is written first, so of two who try at once one goes on, and who finds an earlier attempt asks the
    carrier before ordering: its answer may be what was lost.
    """
    shipment = records.load(dossier_id, n)
    if shipment.state != State.TO_DISPATCH or not rules.is_due(shipment, now):
        return True
    try:
        if rules.is_given_up(shipment, now):
            outcome.give_to_person(shipment, Trouble.NO_ANSWER, now, shipment.carrier_said)
            return True
        return _attempt(records.keep(rules.attempted(shipment, now)), now)
    except Lost:  # somebody else moved this shipment on meanwhile, and answers for it
        return True


def _attempt(shipment: Shipment, now: datetime) -> bool:
    order = _order(shipment, dossiers.load(shipment.dossier_id))
    if order is None:
        outcome.give_to_person(shipment, Trouble.NO_ADDRESS, now)
        return True
    try:
        item_code = _handed_over(order, now, is_first=shipment.attempts == 1)
    except vnpost.Refused as no:
        outcome.give_to_person(shipment, Trouble.REFUSED, now, str(no))
        return True
    except vnpost.NoAnswer as silence:
        logger.warning("carrier silent", extra={"carrier": vnpost.NAME, "why": str(silence)})
        return False
    outcome.announce(rules.accepted(shipment, item_code, now), now)
    return True


def _handed_over(order: Order, now: datetime, *, is_first: bool) -> str:
    """The item's code, when the carrier has given one yet."""
    known = None if is_first else vnpost.find(order.number, now)
    if known is None:
        vnpost.place(order, now)
        known = _asked_kindly(order.number, now)
    return known.item_code if known else ""


def _asked_kindly(order_number: str, now: datetime) -> vnpost.Known | None:
    # The order is placed: a code that cannot be had now comes with the tracking.
    try:
        return vnpost.find(order_number, now)
    except vnpost.NoAnswer:
        return None


def _order(shipment: Shipment, dossier: Dossier) -> Order | None:
    to = dossier.delivery
    if not (to.address and to.recipient and to.phone):
        return None
    return Order(
        number=shipment.order_number,
        sender=next(
            (each.agency.name for each in every_agency() if each.agency.code == shipment.agency), shipment.agency
        ),
        recipient=to.recipient,
        phone=to.phone,
        line=to.address.line,
        commune=to.address.commune,
        province=to.address.province,
        description=f"Kết quả giải quyết hồ sơ {dossier.code}",
    )
