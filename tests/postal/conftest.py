"""A carrier on loopback, and a finished dossier whose result is to go by post."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.postal import vnpost
from chalicelib.settings import settings
from chalicelib.table import Item
from ops.local.vnpost_double import VnpostDouble
from tests import roles

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
PINNED = {
    "code": "1.004616",
    "key": "2025-07-01#0001",
    "name": "Cấp bản sao trích lục",
    "version": 1,
    "valid_from": date(2025, 7, 1),
    "level": 3,
    "field": "Hộ tịch",
    "processing": None,
    "pauses": (),
    "resume": "continue",
    "pay_online": False,
}
TO = {
    "channel": "post",
    "address": {"line": "12 Lê Lợi", "commune": "Vĩnh Hải", "province": "56"},
    "recipient": "Người nhận thử",
    "phone": "+84912345678",
}


@pytest.fixture
def carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VnpostDouble]:
    """The double, believed by the service because its authority is the one configured."""
    with VnpostDouble(tmp_path) as double:
        double.clock = lambda: NOW
        monkeypatch.setenv("VNPOST_URL", double.url)
        monkeypatch.setenv("CARRIER_CA_FILE", str(double.ca_file))
        settings.cache_clear()
        monkeypatch.setattr(vnpost, "secret", lambda name: roles.reading_keys({"vnpost": double.keys})[name])
        vnpost._tokens.clear()
        yield double
        vnpost._connections.cache_clear()
    settings.cache_clear()


@pytest.fixture
def post(stack: str, carrier: VnpostDouble) -> VnpostDouble:
    """The carrier, and the local cloud without a trace of earlier parcels."""
    with Item.batch_write() as batch:
        for item in Item.scan():
            if item.pk.startswith(("D#d", "C#H32.10-260601", "SHIPREF#", "CARRIER#")):
                batch.delete(item)
    return carrier


def handed_to_post(number: int = 1, at: datetime = NOW) -> tuple[str, int]:
    """A finished dossier, handed to the post: its id, and the number of that event."""
    from chalicelib.dossiers import handover, records
    from chalicelib.dossiers.change import Change
    from chalicelib.dossiers.life import Stage
    from chalicelib.dossiers.people import Delivery
    from chalicelib.dossiers.rules import Dossier, Pinned
    from chalicelib.history.rules import SYSTEM, EventType

    finished = Dossier(
        id=f"d{number}",
        stage=Stage.FINISHED,
        code=f"H32.10-260601-{number:04d}",
        procedure=Pinned.model_validate(PINNED),
        agency="H32.10",
        citizen_key="citizen",
        applicant=None,
        delivery=Delivery.model_validate(TO),
        created_at=at - timedelta(days=3),
        changed_at=at,
        finished_at=at,
        turn_since=at,
    )
    kept = records.keep(None, Change(finished, EventType.DECIDED, {}), SYSTEM, at)
    sent = records.keep(kept, handover.return_result(kept, "post", at), SYSTEM, at)
    return sent.id, sent.version
