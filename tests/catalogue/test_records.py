"""Publishing and reading procedures: nothing twice, nothing lost, and how many requests it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from chalicelib.catalogue import actions, records
from chalicelib.catalogue.publication import (
    ChannelNotOffered,
    FormUnusable,
    ProcedureAbolished,
    ProcedureUnderReview,
    PublishedMeanwhile,
    UnknownProcedure,
)
from chalicelib.catalogue.rules import Channels, Review
from chalicelib.catalogue.search import Wanted
from chalicelib.clock.rules import ZONE
from chalicelib.table import Item, Lost
from tests.catalogue.samples import AGENCIES, a_procedure

MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 1)
NOON = datetime(2026, 4, 1, 12, tzinfo=ZONE)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The operations sent to DynamoDB within the block."""
    sent: list[str] = []

    def note(model: Any, **_: Any) -> None:
        sent.append(model.name)

    events = Item._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb", note)
    try:
        yield sent
    finally:
        events.unregister("before-call.dynamodb", note)


pytestmark = pytest.mark.usefixtures("table")


def test_the_same_content_again_changes_nothing() -> None:
    first = actions.publish(a_procedure(), MARCH)
    again = actions.publish(a_procedure(), APRIL)
    assert (first.outcome, again.outcome) == ("imported", "unchanged")
    assert again.procedure == first.procedure
    assert first.procedure.key == "2026-03-02#0001"
    assert records.revision() == 1


def test_the_line_of_a_doubt_is_not_content() -> None:
    def doubted(line: int) -> Any:
        return a_procedure(needs_review=(Review(code="fee_several", line=line, text="…"),))

    actions.publish(doubted(3), MARCH)
    assert actions.publish(doubted(4), MARCH).outcome == "unchanged"


def test_changed_content_is_the_next_version_and_the_old_one_stays() -> None:
    actions.publish(a_procedure(), MARCH)
    changed = actions.publish(a_procedure(presence_required=True), APRIL)
    assert (changed.outcome, changed.procedure.version, changed.procedure.valid_from) == ("new_version", 2, APRIL)
    assert actions.procedure("1.000001", MARCH).version == 1
    assert actions.procedure("1.000001", APRIL).version == 2
    assert actions.pinned("1.000001", "2026-03-02#0001").presence_required is False
    with pytest.raises(UnknownProcedure):
        actions.procedure("1.000001", date(2026, 3, 1))


def test_two_changes_on_one_day_leave_the_later_one_in_force() -> None:
    for visits in (0, 1, 2):
        actions.publish(a_procedure(visits=visits), MARCH)
    assert (actions.procedure("1.000001", MARCH).visits, actions.procedure("1.000001", MARCH).version) == (2, 3)


def test_publishing_with_an_old_date_does_not_rewrite_the_past() -> None:
    actions.publish(a_procedure(), APRIL)
    assert actions.publish(a_procedure(visits=2), MARCH).procedure.valid_from == APRIL


def test_of_two_who_publish_at_once_one_wins() -> None:
    first = actions.preview(a_procedure(visits=1), MARCH).procedure
    rival = actions.preview(a_procedure(visits=2), APRIL).procedure
    records.publish(first)
    with pytest.raises(Lost):
        records.publish(rival)
    assert (records.latest("1.000001").visits, records.revision()) == (1, 1)


def test_the_loser_is_told_unless_both_said_the_same() -> None:
    real = records.publish

    def beaten(procedure: Any) -> None:
        real(procedure.model_copy(update={"visits": 2}))
        real(procedure)

    with patch.object(records, "publish", beaten), pytest.raises(PublishedMeanwhile):
        actions.publish(a_procedure(visits=1), MARCH)
    with patch.object(records, "publish", beaten):
        assert actions.publish(a_procedure("1.000002", visits=2), MARCH).outcome == "unchanged"


def test_a_form_that_nobody_could_fill_is_not_published() -> None:
    for form in ({"type": "nothing"}, {"type": "object"}, {"type": "object", "examples": [1]}):
        with pytest.raises(FormUnusable):
            actions.publish(a_procedure(form=form), MARCH)
    assert records.revision() == 0


def test_one_files_under_the_version_in_force_or_is_told_why_not() -> None:
    doubt = Review(code="deadline_unreadable", line=7, text="Thời hạn “10-25” không đọc được.")
    actions.publish(a_procedure(), MARCH)
    actions.publish(a_procedure("1.000002", status="abolished"), MARCH)
    actions.publish(a_procedure("1.000003", needs_review=(doubt,)), MARCH)
    actions.publish(a_procedure("1.000004", channels=Channels(submit=("desk",), return_=("desk",))), MARCH)
    assert actions.filable("1.000001", MARCH).code == "1.000001"
    assert actions.filable("1.000003", MARCH, "desk").needs_review == (doubt,)
    refused = {"1.000002": ProcedureAbolished, "1.000003": ProcedureUnderReview, "1.000004": ChannelNotOffered}
    for code, refusal in {**refused, "1.000009": UnknownProcedure}.items():
        with pytest.raises(refusal) as told:
            actions.filable(code, MARCH)
        assert told.value.told("vi")
        assert told.value.told("en")
    with pytest.raises(ProcedureUnderReview) as why:
        actions.filable("1.000003", MARCH)
    assert "10-25" in why.value.told("vi")


def test_a_version_nobody_published_is_unknown() -> None:
    actions.publish(a_procedure(), MARCH)
    with pytest.raises(UnknownProcedure):
        actions.pinned("1.000001", "2026-03-02#0002")


def test_the_list_is_read_once_and_asked_about_from_time_to_time() -> None:
    actions.publish(a_procedure(), MARCH)
    with counted() as sent:
        for seconds in (0, 1, 4):
            assert len(actions.find(Wanted(), NOON + timedelta(seconds=seconds))) == 1
    assert sent == ["Query"]
    with counted() as sent:
        actions.find(Wanted(), NOON + timedelta(seconds=60))
    assert sent == ["GetItem"]
    actions.publish(a_procedure("1.000002", "Đăng ký kết hôn"), MARCH)
    assert len(actions.find(Wanted(), NOON + timedelta(seconds=120))) == 2


def test_one_procedure_costs_one_request_and_a_pinned_one_is_read_once() -> None:
    actions.publish(a_procedure(), MARCH)
    with counted() as sent:
        actions.procedure("1.000001", MARCH)
    assert sent == ["Query"]
    with counted() as sent:
        for _ in range(3):
            actions.pinned("1.000001", "2026-03-02#0001")
    assert sent == ["GetItem"]
    with counted() as sent, pytest.raises(UnknownProcedure):
        actions.procedure("1.000009", MARCH)
    assert sent == ["Query"]


def test_agencies_are_kept_once_and_listed_by_code() -> None:
    actions.keep_agencies(AGENCIES)
    actions.keep_agencies(AGENCIES)
    with counted() as sent:
        assert tuple(actions.agencies()) == AGENCIES
    assert sent == ["Query"]
    assert [agency.code for agency in actions.agencies("H32.10", 2)] == ["H32.11", "H32.50"]
