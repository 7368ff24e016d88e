"""A result handed to the post becomes one parcel, whatever fails on the way."""

from datetime import datetime, timedelta

import pytest
import urllib3

from chalicelib.dossiers import records as dossiers
from chalicelib.history import followups
from chalicelib.history import records as history
from chalicelib.history.rules import SYSTEM, EventType
from chalicelib.postal import actions, outcome, records, vnpost
from chalicelib.postal.rules import GIVE_UP_AFTER, SILENCE, State, Trouble
from chalicelib.table import commit
from ops.local.vnpost_double import VnpostDouble
from tests.postal.conftest import NOW, handed_to_post

pytestmark = pytest.mark.stack


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


def events_of(dossier_id: str) -> list[str]:
    return [event.type.value for event in history.events(dossier_id)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vnpost, "PATIENCE", urllib3.Timeout(connect=1, read=0.2))


def test_a_result_handed_to_the_post_is_dispatched_and_its_dossier_told(post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()

    actions.follow(dossier_id, n, NOW)

    shipment = records.load(dossier_id, n)
    assert (shipment.state, shipment.attempts) == (State.DISPATCHED, 1)
    assert post.placed == [shipment.order_number] == [f"H32.10-260601-0001-{n}"]
    shipping = dossiers.load(dossier_id).shipping
    assert (shipping.status, shipping.tracking_code) == ("dispatched", post.orders[shipment.order_number]["ItemCode"])
    last = history.events(dossier_id)[-1]
    assert (last.type, last.actor.kind, last.actor.id) == (EventType.DISPATCHED, "carrier", "vnpost")


def test_following_again_makes_no_second_parcel(post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()

    for seq in (n, n, 1, n + 1, n):
        actions.follow(dossier_id, seq, NOW)

    assert len(post.placed) == 1
    assert [shipment.n for shipment in records.of_dossier(dossier_id)] == [n]
    assert events_of(dossier_id).count("dispatched") == 1
    assert followups.followed(dossier_id, "post") == n + 1


@pytest.mark.parametrize("fault", ["lose", "hang"])
def test_when_the_answer_is_lost_the_carrier_is_asked_before_anything_is_ordered_again(
    post: VnpostDouble, impatient: None, fault: str
) -> None:
    post.takes_duplicates = True  # a carrier that would not notice
    dossier_id, n = handed_to_post()
    post.break_next("/order", fault)  # type: ignore[arg-type]
    actions.follow(dossier_id, n, NOW)
    assert records.load(dossier_id, n).state == State.TO_DISPATCH

    actions.retry_due(minutes(1))

    assert len(post.placed) == 1
    assert post.calls["/order"] == (1 if fault == "lose" else 2)
    assert records.load(dossier_id, n).state == State.DISPATCHED
    assert events_of(dossier_id)[-1] == "dispatched"


def test_a_process_that_died_after_ordering_is_made_good(post: VnpostDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    post.takes_duplicates = True
    dossier_id, n = handed_to_post()
    with monkeypatch.context() as dying:
        dying.setattr(outcome, "announce", died)
        with pytest.raises(Died):
            actions.follow(dossier_id, n, NOW)
    assert followups.followed(dossier_id, "post") < n

    actions.follow(dossier_id, n, NOW)  # the queue delivers again at once: it is not time yet
    actions.retry_due(minutes(1))

    assert len(post.placed) == 1
    assert records.load(dossier_id, n).state == State.DISPATCHED


class Died(Exception):
    """Stands for a process that ends here."""


def died(*_: object) -> None:
    raise Died


def test_two_who_try_at_once_order_once(post: VnpostDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    post.takes_duplicates = True
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, 1, NOW)
    from chalicelib.postal import handing_over

    kept = records.keep

    def overtaken(shipment: object, *rest: object) -> object:
        """Between reading and claiming, the other one tries and succeeds."""
        monkeypatch.setattr(records, "keep", kept)
        handing_over.dispatch(dossier_id, n, NOW)
        return kept(shipment, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "keep", overtaken)
    actions.follow(dossier_id, n, NOW)

    assert len(post.placed) == 1
    assert records.load(dossier_id, n).attempts == 1


def test_a_failing_carrier_is_tried_after_1_6_and_21_minutes(post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()
    post.break_next("/order", "error", "error", "error")

    actions.follow(dossier_id, n, NOW)
    for minute in (0, 1, 2, 5, 6, 7, 20, 21, 22):
        before = post.calls["/order"]
        actions.retry_due(minutes(minute))
        assert (post.calls["/order"] > before) == (minute in (1, 6, 21))

    assert len(post.placed) == 1
    assert records.load(dossier_id, n).state == State.DISPATCHED


def test_after_a_day_without_success_a_person_sees_it_and_can_have_it_tried_again(
    post: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id, n = handed_to_post()
    post.break_next("/token", *["error"] * 100)
    actions.follow(dossier_id, n, NOW)
    for hour in range(1, 26):
        actions.retry_due(NOW + timedelta(hours=hour))

    shipment = records.load(dossier_id, n)
    assert (shipment.state, shipment.trouble) == (State.NEEDS_PERSON, Trouble.NO_ANSWER)
    assert actions.waiting(State.NEEDS_PERSON, "H32.10", "", 10) == ([shipment], "")
    assert actions.waiting(State.NEEDS_PERSON, "H32.11", "", 10) == ([], "")
    assert records.due(NOW + 2 * GIVE_UP_AFTER) == []

    post._faults.clear()
    later = NOW + timedelta(days=2)
    records.keep(actions.rules.retried(shipment, later))
    actions.retry_due(later)
    assert records.load(dossier_id, n).state == State.DISPATCHED
    assert actions.waiting(State.NEEDS_PERSON, "H32.10", "", 10) == ([], "")


def test_a_clear_no_goes_to_a_person_at_once_in_the_carriers_words(post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()
    post.break_next("/order", "refuse")

    actions.follow(dossier_id, n, NOW)

    shipment = records.load(dossier_id, n)
    assert (shipment.state, shipment.trouble) == (State.NEEDS_PERSON, Trouble.REFUSED)
    assert shipment.carrier_said == "Địa chỉ người nhận chưa đúng"
    assert events_of(dossier_id)[-1] == "handed_to_post"


def test_a_refusal_of_an_order_the_carrier_took_is_put_right_by_its_first_event(post: VnpostDouble) -> None:
    post.names_items_at_once = False  # the carrier has the order, but nothing to show for it yet
    dossier_id, n = handed_to_post()
    post.break_next("/order", "lose")
    actions.follow(dossier_id, n, NOW)
    actions.retry_due(minutes(1))
    assert records.load(dossier_id, n).trouble == Trouble.REFUSED

    post.happened(records.load(dossier_id, n).order_number, 2, minutes(5))
    actions.pull_tracking(minutes(6))

    assert records.load(dossier_id, n).state == State.IN_TRANSIT
    assert events_of(dossier_id)[-1] == "dispatched"
    assert len(post.placed) == 1


def test_without_a_code_the_citizen_is_told_when_there_is_one(post: VnpostDouble) -> None:
    post.names_items_at_once = False
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, n, NOW)
    shipment = records.load(dossier_id, n)
    assert (shipment.state, shipment.tracking_code) == (State.DISPATCHED, None)
    assert events_of(dossier_id)[-1] == "handed_to_post"

    post.happened(shipment.order_number, 1, minutes(60), "EE000000015VN")
    actions.pull_tracking(minutes(61))

    assert dossiers.load(dossier_id).shipping.tracking_code == "EE000000015VN"
    assert events_of(dossier_id).count("dispatched") == 1


def test_a_silent_carrier_is_not_asked_for_every_parcel_in_one_run(post: VnpostDouble) -> None:
    sent = [handed_to_post(number) for number in range(1, 6)]
    post.break_next("/token", *["error"] * 5)
    for dossier_id, n in sent:
        actions.follow(dossier_id, n, NOW)
    post.break_next("/token", *["error"] * 3)
    before = post.calls["/token"]

    actions.retry_due(minutes(2))
    assert post.calls["/token"] == before + actions.SILENCES_PER_RUN

    actions.retry_due(minutes(3))
    assert len(post.placed) == 2  # those the first run left due; the others' time has not come


def test_a_parcel_the_carrier_says_nothing_of_for_days_is_shown_to_a_person(post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, n, NOW)

    actions.retry_due(NOW + SILENCE - timedelta(minutes=1))
    assert records.load(dossier_id, n).state == State.DISPATCHED
    actions.retry_due(NOW + SILENCE)
    assert records.load(dossier_id, n).trouble == Trouble.SILENT


def test_a_result_fetched_at_the_desk_instead_ends_the_tries(post: VnpostDouble) -> None:
    from chalicelib.dossiers import handover

    dossier_id, n = handed_to_post()
    post.break_next("/order", "error")
    actions.follow(dossier_id, n, NOW)
    dossier = dossiers.load(dossier_id)
    returned = dossiers.keep(dossier, handover.return_result(dossier, "desk", minutes(1)), SYSTEM, minutes(1))

    actions.follow(dossier_id, returned.version, minutes(1))
    actions.retry_due(minutes(10))

    assert records.load(dossier_id, n).state == State.CLOSED
    assert post.placed == []


def test_a_dossier_without_an_address_needs_a_person(post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()
    dossier = dossiers.load(dossier_id)
    nowhere = dossier.model_copy(update={"delivery": dossier.delivery.model_copy(update={"address": None})})
    from chalicelib.table import Put

    commit(Put(dossiers.head_of(nowhere)))

    actions.follow(dossier_id, n, NOW)

    assert records.load(dossier_id, n).trouble == Trouble.NO_ADDRESS
    assert post.calls["/order"] == 0
