"""What the carrier says is kept once, told to the dossier once, and nothing of it is lost."""

from datetime import timedelta

import pytest

from chalicelib.dossiers import handover
from chalicelib.dossiers import records as dossiers
from chalicelib.history import records as history
from chalicelib.history.rules import SYSTEM, broken_at
from chalicelib.postal import actions, heard, outcome, records, vnpost
from chalicelib.postal.rules import State
from chalicelib.refusals import Unavailable
from ops.local.vnpost_double import VnpostDouble
from tests.postal.conftest import NOW, handed_to_post

pytestmark = pytest.mark.stack
HOUR = timedelta(hours=1)


@pytest.fixture
def sent(post: VnpostDouble) -> tuple[str, int, str]:
    """A parcel under way: its dossier, its number, its order number."""
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, n, NOW)
    return dossier_id, n, records.load(dossier_id, n).order_number


def types_of(dossier_id: str) -> list[str]:
    return [event.type.value for event in history.events(dossier_id)]


def test_a_delivered_parcel_returns_the_dossier_at_the_hour_of_delivery(
    post: VnpostDouble, sent: tuple[str, int, str]
) -> None:
    dossier_id, n, order = sent
    post.happened(order, 2, NOW + HOUR)
    actions.pull_tracking(NOW + 2 * HOUR)
    assert records.load(dossier_id, n).state == State.IN_TRANSIT

    post.happened(order, 4, NOW + 5 * HOUR)
    actions.pull_tracking(NOW + 9 * HOUR)

    dossier = dossiers.load(dossier_id)
    assert (dossier.status, dossier.returned_at) == ("returned", NOW + 5 * HOUR)
    assert dossier.shipping.status == "delivered"
    assert types_of(dossier_id)[-2:] == ["dispatched", "delivered"]
    assert broken_at(history.events(dossier_id)) is None
    assert records.load(dossier_id, n).watch_at is None


def test_pulling_again_and_again_tells_it_once(post: VnpostDouble, sent: tuple[str, int, str]) -> None:
    dossier_id, n, order = sent
    post.happened(order, 4, NOW + HOUR)
    for hour in range(2, 6):
        actions.pull_tracking(NOW + hour * HOUR)

    assert types_of(dossier_id).count("delivered") == 1
    assert len(heard.tracking(dossier_id, n)) == 2


def test_delivery_back_to_the_sender_is_no_delivery(post: VnpostDouble, sent: tuple[str, int, str]) -> None:
    dossier_id, n, order = sent
    post.happened(order, 2, NOW + HOUR)
    post.happened(order, 5, NOW + 2 * HOUR)

    actions.pull_tracking(NOW + 3 * HOUR)

    dossier = dossiers.load(dossier_id)
    assert (dossier.status, dossier.shipping.status) == ("finished", "failed")
    assert types_of(dossier_id)[-1] == "delivery_failed"
    shipment = records.load(dossier_id, n)
    assert actions.waiting(State.RETURNED_TO_SENDER, "H32.10", "", 10) == ([shipment], "")


def test_after_it_came_back_it_can_be_posted_again_as_another_parcel(
    post: VnpostDouble, sent: tuple[str, int, str]
) -> None:
    dossier_id, n, order = sent
    post.happened(order, 5, NOW + HOUR)
    actions.pull_tracking(NOW + 2 * HOUR)
    dossier = dossiers.load(dossier_id)
    again = dossiers.keep(dossier, handover.return_result(dossier, "post", NOW + 3 * HOUR), SYSTEM, NOW + 3 * HOUR)

    actions.follow(dossier_id, again.version, NOW + 3 * HOUR)

    assert records.load(dossier_id, n).state == State.CLOSED
    assert records.load(dossier_id, again.version).state == State.DISPATCHED
    assert len(set(post.placed)) == 2
    assert actions.waiting(State.RETURNED_TO_SENDER, "H32.10", "", 10) == ([], "")


def test_events_that_come_late_count_by_when_they_happened(post: VnpostDouble, sent: tuple[str, int, str]) -> None:
    dossier_id, n, order = sent
    post.happened(order, 4, NOW + 5 * HOUR)
    actions.pull_tracking(NOW + 6 * HOUR)
    late = post.happened(order, 2, NOW + 5 * HOUR + timedelta(minutes=1))  # after the end: kept, and skipped
    actions.pull_tracking(NOW + 7 * HOUR)

    assert late in {event.id for event in heard.tracking(dossier_id, n)}
    assert records.load(dossier_id, n).state == State.DELIVERED
    assert dossiers.load(dossier_id).status == "returned"


def test_an_entry_that_appears_behind_the_cursor_is_still_heard(post: VnpostDouble, sent: tuple[str, int, str]) -> None:
    dossier_id, n, order = sent
    post.happened("somebody-else", 2, NOW + HOUR)
    actions.pull_tracking(NOW + HOUR)

    post.happened(order, 4, NOW + HOUR - timedelta(minutes=5))  # made earlier, by a machine that was slower to show it
    actions.pull_tracking(NOW + 2 * HOUR)

    assert records.load(dossier_id, n).state == State.DELIVERED


@pytest.mark.parametrize("fault", ["error", "lose", "garbage"])
def test_the_cursor_survives_a_failing_list(post: VnpostDouble, sent: tuple[str, int, str], fault: str) -> None:
    dossier_id, n, order = sent
    actions.pull_tracking(NOW)
    reached = heard.cursor(vnpost.NAME, vnpost.FIRST)
    last = post.happened(order, 4, NOW + HOUR)
    post.break_next("/tracking", fault)  # type: ignore[arg-type]

    with pytest.raises(Unavailable):
        actions.pull_tracking(NOW + HOUR)
    assert heard.cursor(vnpost.NAME, vnpost.FIRST) == reached

    actions.pull_tracking(NOW + HOUR)
    assert heard.cursor(vnpost.NAME, vnpost.FIRST) == last
    assert records.load(dossier_id, n).state == State.DELIVERED


class Died(Exception):
    """Stands for a process that ends here."""


def died(*_: object) -> None:
    raise Died


@pytest.mark.parametrize(
    ("room", "name"),
    [
        (heard, "keep_events"),
        (heard, "move_cursor"),
        (outcome, "settle"),
        (outcome, "_tell"),
        (outcome, "_keep"),
        (actions, "settle"),
    ],
)
def test_a_process_that_dies_anywhere_in_a_page_loses_nothing_and_doubles_nothing(
    post: VnpostDouble, monkeypatch: pytest.MonkeyPatch, room: object, name: str
) -> None:
    post.names_items_at_once = False
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, n, NOW)
    order = records.load(dossier_id, n).order_number
    for status, hour in ((1, 1), (2, 2), (4, 3)):
        post.happened(order, status, NOW + hour * HOUR)
    with monkeypatch.context() as dying:
        dying.setattr(room, name, died)
        if (room, name) != (outcome, "settle"):
            with pytest.raises(Died):
                actions.pull_tracking(NOW + 4 * HOUR)

    actions.pull_tracking(NOW + 4 * HOUR)

    assert types_of(dossier_id)[-2:] == ["dispatched", "delivered"]
    assert types_of(dossier_id).count("delivered") == 1
    assert len(heard.tracking(dossier_id, n)) == 3


def test_many_pages_are_read_in_one_run(
    post: VnpostDouble, sent: tuple[str, int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vnpost, "PAGE_SIZE", 2)
    dossier_id, n, order = sent
    for minute in range(7):
        post.happened("somebody-else", 2, NOW + timedelta(minutes=minute))
    post.happened(order, 4, NOW + HOUR)

    actions.pull_tracking(NOW + HOUR)

    assert records.load(dossier_id, n).state == State.DELIVERED


def test_a_parcel_that_is_not_ours_changes_nothing(post: VnpostDouble) -> None:
    last = post.happened("somebody-else", 4, NOW)

    actions.pull_tracking(NOW)

    assert heard.cursor(vnpost.NAME, vnpost.FIRST) == last


def test_the_cursor_is_never_taken_back_by_a_slower_reader(post: VnpostDouble) -> None:
    heard.move_cursor("vnpost", "b" * 24)
    heard.move_cursor("vnpost", "a" * 24)

    assert heard.cursor("vnpost", vnpost.FIRST) == "b" * 24


def test_a_carrier_that_changes_its_mind_after_delivery_is_shown_to_a_person(
    post: VnpostDouble, sent: tuple[str, int, str]
) -> None:
    dossier_id, n, order = sent
    post.happened(order, 4, NOW + 2 * HOUR)
    actions.pull_tracking(NOW + 2 * HOUR)
    post.events[-1]["_id"] = {"$oid": "0" * 24}
    post.happened(order, 5, NOW + 2 * HOUR - timedelta(minutes=1))  # it went back before it was delivered

    actions.pull_tracking(NOW + 3 * HOUR)

    assert dossiers.load(dossier_id).status == "returned"
    shipment = records.load(dossier_id, n)
    assert (shipment.state, shipment.trouble) == (State.NEEDS_PERSON, "dossier_changed")
