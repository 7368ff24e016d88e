"""What a citizen is shown of a parcel: where it stands, what happened to it and when. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from chalicelib.postal.rules import Shipment, State
from chalicelib.postal.tracking import Meaning, TrackingEvent


class Stop(NamedTuple):
    """`said`: the carrier's own words, which may name people."""

    meaning: Meaning
    at: datetime
    said: str


class Track(NamedTuple):
    """`page`: where the carrier itself tells of it, empty where that is not known. Stops in the order they happened."""

    carrier: str
    state: State
    since: datetime
    code: str
    page: str
    stops: tuple[Stop, ...]


def track_of(shipment: Shipment, events: Sequence[TrackingEvent], meanings: Mapping[str, Meaning], page: str) -> Track:
    """What a status code means we do not know is left out: it is no news to anybody."""
    told = [(meanings.get(each.code, Meaning.UNKNOWN), each) for each in events]
    known = [Stop(meaning, each.at, each.text) for meaning, each in told if meaning is not Meaning.UNKNOWN]
    if shipment.accepted_at and all(each.meaning is not Meaning.ACCEPTED for each in known):
        first = min((shipment.accepted_at, *(each.at for each in known)))
        known.append(Stop(Meaning.ACCEPTED, first, ""))
    stops = sorted(known, key=lambda stop: (stop.at, stop.meaning is not Meaning.ACCEPTED))
    code = shipment.tracking_code or ""
    there = page.replace("{code}", quote(code, safe="")) if code else ""
    return Track(shipment.carrier, shipment.state, shipment.since, code, there, tuple(stops))
