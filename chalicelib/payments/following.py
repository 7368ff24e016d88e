"""What follows for money from what happened to a dossier; driven by its events, safe to repeat."""

from datetime import datetime
from typing import Final

from chalicelib.history import records as history
from chalicelib.history.followups import MONEY, followed, move_on
from chalicelib.history.rules import Event, EventType
from chalicelib.payments import refund_actions
from chalicelib.payments.receipts import actions as receipt_actions

ENDINGS: Final = frozenset({EventType.REFUSED, EventType.WITHDRAWN, EventType.STOPPED})
ARRIVALS: Final = frozenset({EventType.PAYMENT_RECORDED, EventType.COUNTER_PAID})
MOVED: Final = ARRIVALS | {EventType.REFUND_RECORDED}


def follow(dossier_id: str, seq: int, now: datetime) -> None:
    """Every event that was not yet followed, in order; what dies here is taken up by the next call."""
    seen = followed(dossier_id, MONEY)
    for event in history.events(dossier_id, after=seen) if seq > seen else ():
        _follow(event, now)
        move_on(dossier_id, MONEY, event.seq)


def _follow(event: Event, now: datetime) -> None:
    if event.type in MOVED:
        receipt_actions.follow(event.dossier_id, now)
    arrived = event.type in ARRIVALS and event.data.get("status")  # empty: it only confirmed what was known
    if event.type in ENDINGS or arrived:
        refund_actions.propose(event.dossier_id, event.seq, now)
