"""What the post room does: follows dossiers, hands parcels over, hears the carrier, and lets a person step in."""

import hmac
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Final

from chalicelib.access import Caller, require
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import followups
from chalicelib.history import records as history
from chalicelib.history.once import Once
from chalicelib.history.rules import Event, EventType
from chalicelib.postal import handing_over, heard, records, rules, s10, vnpost
from chalicelib.postal.outcome import give_to_person, settle
from chalicelib.postal.rules import Shipment, State, Trouble
from chalicelib.postal.track import Track, track_of
from chalicelib.postal.tracking import TrackingEvent
from chalicelib.postal.vnpost_format import rewound
from chalicelib.refusals import Unavailable
from chalicelib.settings import secret, settings
from chalicelib.table import Lost
from chalicelib.watching import logger

PAGES_PER_RUN: Final = 20
SILENCES_PER_RUN: Final = 3


def follow(dossier_id: str, seq: int, now: datetime) -> None:
    """Does what the dossier's history asks of the post, up to now. Safe to repeat, in any order of messages."""
    done = followups.followed(dossier_id, followups.POST)
    if seq <= done:
        return
    for event in history.events(dossier_id, after=done):
        _follow(event, now)
        done = event.seq
    followups.move_on(dossier_id, followups.POST, done)


def _follow(event: Event, now: datetime) -> None:
    if event.type not in rules.FOLLOWED:
        return
    for earlier in records.of_dossier(event.dossier_id):
        if earlier.n < event.seq and earlier.state not in (State.DELIVERED, State.CLOSED):
            records.keep(rules.closed(earlier, now))
    if event.type == EventType.HANDED_TO_POST:
        _ship(dossiers.load(event.dossier_id), event, now)


def _ship(dossier: Dossier, event: Event, now: datetime) -> None:
    code = dossier.code or dossier.id
    records.create(rules.new_shipment(dossier.id, event.seq, code, dossier.agency, vnpost.NAME, now))
    handing_over.dispatch(dossier.id, event.seq, now)


def retry_due(now: datetime) -> None:
    """Looks again at what is due. While the carrier is silent a run asks only a few times; the rest stays due."""
    silences = 0
    for dossier_id, n in records.due(now):
        silences += not _look_again(dossier_id, n, now)
        if silences == SILENCES_PER_RUN:
            return


def _look_again(dossier_id: str, n: int, now: datetime) -> bool:
    shipment = records.load(dossier_id, n)
    if shipment.state == State.TO_DISPATCH:
        return handing_over.dispatch(dossier_id, n, now)
    if shipment.state in rules.WITH_CARRIER and rules.is_due(shipment, now):
        with suppress(Lost):  # news of it came in at this instant
            give_to_person(shipment, Trouble.SILENT, now)
    return True


def pull_tracking(now: datetime) -> None:
    """Reads on from where the last run got to. The cursor moves only when a page's events are kept and told."""
    reached = heard.cursor(vnpost.NAME, vnpost.FIRST)
    after = rewound(reached)
    for _ in range(PAGES_PER_RUN):
        try:
            page = vnpost.pull(after, now)
        except vnpost.NoAnswer as silence:
            logger.warning("carrier silent", extra={"carrier": vnpost.NAME, "why": str(silence)})
            raise Unavailable from None
        _hear(page.events, now)
        heard.move_cursor(vnpost.NAME, page.last_id)
        if page.unreadable:
            logger.warning("tracking entries unreadable", extra={"carrier": vnpost.NAME, "count": page.unreadable})
        if not page.is_full or page.last_id == after:
            return
        after = page.last_id


def _hear(events: Iterable[TrackingEvent], now: datetime) -> None:
    by_order = sorted(events, key=lambda event: event.order_number)
    for order_number, said in groupby(by_order, key=lambda event: event.order_number):
        known = heard.reference(vnpost.NAME, order_number)
        if known:
            _hear_of(known, list(said), now)
        else:  # another system's order under the same account: ours are referred to before the carrier hears of them
            logger.info("tracking of a foreign order", extra={"carrier": vnpost.NAME})


def _hear_of(known: heard.Reference, said: list[TrackingEvent], now: datetime) -> None:
    kept = {event.id for event in heard.tracking(*known)}
    fresh = [event for event in said if event.id not in kept]
    heard.keep_events(*known, fresh)
    for event in fresh:
        if event.item_code and not s10.is_item_number(event.item_code):
            logger.warning("item code is not S10", extra={"carrier": vnpost.NAME, "shipment": known.n})
    settle(known.dossier_id, known.n, now)


def track(dossier_id: str) -> Track | None:
    """The newest parcel of a dossier, for whoever was let in to the dossier; None before there is one."""
    shipments = records.of_dossier(dossier_id)
    if not shipments:
        return None
    newest = max(shipments, key=lambda each: each.n)
    return track_of(newest, heard.tracking(dossier_id, newest.n), vnpost.meanings(), settings().VNPOST_TRACK_PAGE)


def waiting(state: State, agency: str, after: str, limit: int) -> tuple[list[Shipment], str]:
    """The shipments of an agency that wait for a person in this state, and where the next page begins."""
    return records.waiting(state, agency, after, limit)


def retry_now(caller: Caller | None, dossier_id: str, n: int, now: datetime, once: Once | None = None) -> Shipment:
    """A person has seen to the cause: the next run, within minutes, asks the carrier first and goes on from there."""
    shipment = records.load(dossier_id, n)
    require(caller, "ship", shipment)
    return records.keep(rules.retried(shipment, now), once)


def is_carriers_secret(carrier: str, given: str) -> bool:
    """Whether the address was called by who knows it; false for a carrier that has no such address."""
    expected = secret(vnpost.NAME).get("webhook_secret", "") if carrier == vnpost.NAME else ""
    return hmac.compare_digest(given.encode(), expected.encode()) and bool(expected)
