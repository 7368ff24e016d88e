"""Every stage against every event: in the table, or refused."""

from datetime import date, datetime
from itertools import product
from typing import Any

import pytest

from chalicelib.clock.events import ResumeMode
from chalicelib.clock.rules import ZONE, PauseCause
from chalicelib.dossiers.change import moved
from chalicelib.dossiers.life import CLOSED, NAMES, NATIONAL, NEXT, NotInThisStage, Stage, next_stage, public_word
from chalicelib.dossiers.people import Delivery
from chalicelib.dossiers.queues import PLACES, order
from chalicelib.dossiers.rules import Dossier, Pinned
from chalicelib.dossiers.status import TURNS, turn
from chalicelib.history.rules import EventType

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
PINNED = Pinned(
    code="1.000001", name="Thủ tục", version=1, valid_from=date(2026, 1, 1), key="2026-01-01#0001", level=3,
    field="Hộ tịch", processing=None, pauses=(PauseCause.SUPPLEMENT,), resume=ResumeMode.CONTINUE, pay_online=False,
)  # fmt: skip


def a_dossier(stage: Stage, **facts: Any) -> Dossier:
    usual: dict[str, Any] = {
        "id": "a" * 26,
        "procedure": PINNED,
        "agency": "H32.10",
        "citizen_key": "binh",
        "applicant": None,
        "delivery": Delivery(channel="desk"),
        "created_at": NINE,
        "changed_at": NINE,
        "turn_since": NINE,
    }
    return Dossier(stage=stage, **usual | facts)


@pytest.mark.parametrize(("stage", "event"), list(product(Stage, EventType)))
def test_every_event_in_every_stage_is_in_the_table_or_refused(stage: Stage, event: EventType) -> None:
    dossier = a_dossier(stage, back=Stage.ACCEPTED)
    if (stage, event) in NEXT:
        assert moved(dossier, event, NINE).stage == (NEXT[stage, event] or Stage.ACCEPTED)
    else:
        with pytest.raises(NotInThisStage):
            moved(dossier, event, NINE)


@pytest.mark.parametrize("stage", sorted(CLOSED))
def test_a_closed_dossier_never_opens_again(stage: Stage) -> None:
    assert all(next_stage(stage, event) == stage for from_, event in NEXT if from_ == stage)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in CLOSED and stage != Stage.DRAFT])
def test_no_open_dossier_is_without_a_queue(stage: Stage) -> None:
    assert order(a_dossier(stage)).split("#")[0] == PLACES[stage]


def test_every_stage_can_be_left_for_a_closed_one() -> None:
    """No dossier can be stuck: from each stage some way leads to an end."""
    reached = set(CLOSED)
    while True:
        more = {from_ for (from_, _), to in NEXT.items() if (to or Stage.SUBMITTED) in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(Stage)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_a_name_a_number_and_somebody_whose_turn_it_is(stage: Stage) -> None:
    assert all(NAMES[stage])
    assert 0 <= NATIONAL[stage] <= 10
    assert turn(a_dossier(stage), "vi").who in ("agency", "citizen", "post", "nobody")
    assert turn(a_dossier(stage), "en").what
    assert stage in TURNS or stage == Stage.FINISHED


def test_the_public_words_and_numbers_are_the_contracts() -> None:
    assert {public_word(stage): NATIONAL[stage] for stage in Stage} == {
        "draft": 0, "submitted": 1, "accepted": 2, "not_accepted": 3, "processing": 4, "supplement_requested": 5,
        "awaiting_obligation": 6, "withdrawn": 7, "stopped": 8, "finished": 9, "returned": 10,
    }  # fmt: skip


def test_a_pause_ends_where_it_began() -> None:
    for back in (Stage.SUBMITTED, Stage.PROCESSING):
        asked = a_dossier(Stage.SUPPLEMENT_REQUESTED, back=back)
        assert moved(asked, EventType.SUPPLEMENT_ANSWERED, NINE).stage == back
