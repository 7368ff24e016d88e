"""What the post tells a dossier; `also` are the shipment's own writes, kept in the same transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.dossiers import handover, records
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Actor
from chalicelib.table import Write


@again_if_overtaken
def _tell(dossier_id: str, at: datetime, also: Sequence[Write], move: Callable[[Dossier], Change]) -> Dossier:
    dossier = records.load(dossier_id)
    return records.keep(dossier, move(dossier), Actor(kind="carrier"), at, also=also)


def dispatched(dossier_id: str, tracking_code: str, at: datetime, also: Sequence[Write] = ()) -> Dossier:
    return _tell(dossier_id, at, also, lambda dossier: handover.dispatched(dossier, tracking_code, at))


def delivered(dossier_id: str, at: datetime, also: Sequence[Write] = ()) -> Dossier:
    return _tell(dossier_id, at, also, lambda dossier: handover.delivered(dossier, at))


def delivery_failed(dossier_id: str, reason: str, at: datetime, also: Sequence[Write] = ()) -> Dossier:
    return _tell(dossier_id, at, also, lambda dossier: handover.delivery_failed(dossier, reason, at))
