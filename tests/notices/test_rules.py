import json

import pytest

from chalicelib.history.rules import EventType as E
from chalicelib.notices.facts import PARTICULAR, salutable
from chalicelib.notices.rules import TOLD, feedback, notice_of
from chalicelib.notices.rules import Notice as N
from tests.notices.examples import EXAMPLES, TELLING, happened

SAID = {
    E.SUBMITTED: N.SUBMITTED,
    E.COUNTER_PAID: N.PAYMENT_RECEIVED,
    E.REFUND_RECORDED: N.REFUNDED,
    E.PAYMENT_RECORDED: N.PAYMENT_RECEIVED,
    E.ACCEPTED: N.ACCEPTED,
    E.SUPPLEMENT_REQUESTED: N.SUPPLEMENT_REQUESTED,
    E.SUPPLEMENT_ANSWERED: N.DUE_MOVED,
    E.REFUSED: N.REFUSED,
    E.SUSPENDED: N.PAUSED,
    E.RESUMED: N.DUE_MOVED,
    E.EXTENDED: N.DUE_MOVED,
    E.APOLOGISED: N.APOLOGISED,
    E.CALENDAR_CHANGED: N.DUE_MOVED,
    E.STOPPED: N.STOPPED,
    E.WITHDRAWN: N.WITHDRAWN,
    E.DECIDED: N.FINISHED,
    E.DISPATCHED: N.DISPATCHED,
    E.DELIVERED: N.RETURNED,
    E.RETURNED: N.RETURNED,
    E.OVERDUE: N.OVERDUE,
    E.DRAFT_EXPIRING: N.DRAFT_EXPIRING,
}
UNSAID = {
    E.CREATED,
    E.DRAFT_EXPIRED,
    E.DRAFT_DISCARDED,
    E.EDITED,
    E.PAYMENT_STARTED,
    E.ASSIGNED,
    E.RESULT_WRITTEN,
    E.PROPOSED,
    E.HANDED_TO_POST,
    E.DELIVERY_FAILED,
    E.RATED,
    E.MESSAGED,
    E.PAPER_REVOKED,
    E.DUE_SOON,
    E.DUE_TODAY,
    E.ACCEPTANCE_OVERDUE,
}


@pytest.mark.parametrize("type_", list(E))
def test_every_event_is_told_as_one_notice_or_deliberately_not_at_all(type_):
    assert type_ in TOLD
    assert (type_ in SAID) != (type_ in UNSAID)
    assert notice_of(happened(type_)) == SAID.get(type_)


def test_every_notice_has_an_event_facts_and_an_example():
    assert {notice_of(event) for event in EXAMPLES} == set(N) == set(PARTICULAR)
    assert set(TELLING) == set(SAID)


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        ("paid", N.PAYMENT_RECEIVED),
        ("overpaid", N.PAYMENT_RECEIVED),
        ("failed", N.PAYMENT_FAILED),
        ("pending", None),
        ("expired", None),
        ("mismatched", None),
    ],
)
def test_of_a_payment_only_what_is_certain_is_told(status, notice):
    assert notice_of(happened(E.PAYMENT_RECORDED, {"status": status, "amount": 1})) == notice


def test_an_amended_calendar_is_told_only_to_whom_it_makes_wait():
    later, sooner = ({"due_before": "b", "due_at": "a", "later": late} for late in (True, False))

    assert notice_of(happened(E.CALENDAR_CHANGED, later)) == N.DUE_MOVED
    assert notice_of(happened(E.CALENDAR_CHANGED, sooner)) is None


@pytest.mark.parametrize("data", [{}, {"due_at": None}, {"acceptance_due_at": "2026-06-12T16:00:00+07:00"}])
@pytest.mark.parametrize("type_", [E.SUPPLEMENT_ANSWERED, E.RESUMED])
def test_a_clock_without_a_promised_date_moves_no_date(type_, data):
    assert notice_of(happened(type_, data)) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Trần Thị Ánh", "Trần Thị Ánh"),
        ("  Trần\nThị   Ánh ", "Trần Thị Ánh"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Công ty TNHH Số 1 & Bạn (Việt Nam)", "Công ty TNHH Số 1 & Bạn (Việt Nam)"),
        ("Nhận quà tại qua-tang.example", None),
        ("Xem http://a", None),
        ("Gọi 0912345678", None),
        ("Viết cho a@b", None),
        ("<b>An</b>", None),
        ("{{ code }}", None),
        ("a" * 81, None),
        ("   ", None),
    ],
)
def test_a_name_that_could_be_bait_is_not_repeated(name, told):
    assert salutable(name) == told


def _report(**more):
    mail = {"messageId": "m-1", "timestamp": "2026-06-12T02:40:00.000Z", "destination": ["a@example.vn"]}
    return json.dumps({"mail": mail, **more})


@pytest.mark.parametrize("field", ["notificationType", "eventType"])
def test_reports_of_failure_are_read_without_the_addresses_in_them(field):
    people = [{"emailAddress": "a@example.vn"}]
    hard = feedback(
        _report(**{field: "Bounce"}, bounce={"bounceType": "Permanent", "feedbackId": "f", "bouncedRecipients": people})
    )
    soft = feedback(_report(**{field: "Bounce"}, bounce={"bounceType": "Transient", "feedbackId": "f"}))
    angry = feedback(_report(**{field: "Complaint"}, complaint={"feedbackId": "f", "complainedRecipients": people}))

    assert hard is not None
    assert (hard.lasting, hard.complaint, hard.message_id, hard.id) == (True, False, "m-1", "f")
    assert soft is not None
    assert (soft.lasting, soft.complaint) == (False, False)
    assert angry is not None
    assert (angry.lasting, angry.complaint) == (True, True)
    assert "example.vn" not in f"{hard}{angry}"


def test_other_reports_are_no_failures():
    assert feedback(_report(notificationType="Delivery", delivery={})) is None
    assert feedback(json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded"})) is None
