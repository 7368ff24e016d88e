"""A small town: two citizens with a dossier each in every stage that matters, and one officer of every kind."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import pytest

from chalicelib.clock.rules import ZONE
from tests.dossiers.conftest import WITH_PAPER, a_draft, a_procedure, file
from tests.people import Town
from tests.towns import opened

HERE, ELSEWHERE = "H32.10", "H32.11"
OURS, THEIRS = "binh", "hoa"
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)
OTHER_DESK = a_procedure("1.000011", agencies=(ELSEWHERE,))
FIELD_ASKED = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích"}]}
GRANTED = {"outcome": "granted", "documents": []}


class World(NamedTuple):
    """`dossiers`: the id of whose dossier in which stage."""

    town: Town
    dossiers: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    from chalicelib.catalogue import actions as catalogue

    with opened() as town:
        catalogue.publish(OTHER_DESK, OTHER_DESK.valid_from)
        yield World(town, {(sub, stage): made for sub in (OURS, THEIRS) for stage, made in _lives(town, sub).items()})


def _lives(town: Town, sub: str) -> dict[str, str]:
    """A dossier in each stage; what was begun at the desk is no citizen's."""
    citizen, clerk = town.citizen(sub), town.officer("clerk", HERE)
    specialist, approver = town.officer("specialist", HERE, "minh"), town.officer("approver", HERE)
    made = {
        "draft": citizen.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"],
        "at_desk": clerk.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"],
        **{stage: file(citizen)["id"] for stage in ("submitted", "paid", "asked", "accepted", "suspended", "finished")},
        "returned": file(citizen)["id"],
    }
    for stage in ("accepted", "suspended", "finished", "returned"):
        assert clerk.decide(made[stage], "acceptance").status == 200
    assert clerk.decide(made["asked"], "supplement-requests", FIELD_ASKED).status == 200
    cause = {"cause": "other_agency", "reason": "Chờ xác minh"}
    assert specialist.decide(made["suspended"], "suspension", cause).status == 200
    for stage in ("finished", "returned"):
        assert approver.decide(made[stage], "result", GRANTED).status == 200
    assert clerk.decide(made["returned"], "return", {"channel": "online"}).status == 200
    _parcel(made["finished"])
    return made


def _parcel(dossier_id: str) -> None:
    """A shipment numbered 1, on its way: nothing to be tried again, so that nothing changes."""
    from chalicelib.postal import records, rules

    records.create(rules.new_shipment(dossier_id, 1, dossier_id, HERE, "vnpost", NOON))
