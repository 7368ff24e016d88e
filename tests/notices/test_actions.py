import json
from datetime import timedelta

import pytest

from chalicelib.dossiers.rules import UnknownDossier
from chalicelib.history.followups import NOTICES, followed, move_on
from chalicelib.history.rules import EventType as E
from chalicelib.notices import actions, records, rules
from chalicelib.notices.channels import InDoubt, NotSent, Refused
from chalicelib.notices.mailboxes import MailboxItem, is_suppressed, mailbox
from chalicelib.notices.records import NoteItem, StillSending
from chalicelib.table import Item
from tests.notices.examples import APPLICANT, CODE, DOSSIER, NOON, ORGANISATION, PRIVATE

pytestmark = pytest.mark.usefixtures("table")
BOX = mailbox("Anh.Tran@example.vn")


def notes():
    return list(NoteItem.query(f"D#{DOSSIER.id}", Item.sk.startswith("NOTE#"), consistent_read=True))


def states():
    return [(item.sk.removeprefix("NOTE#"), item.state) for item in notes()]


def stored():
    return str([item.serialize() for item in Item.scan() if item.sk[:4] in ("NOTE", "F#no", "STAT", "FEED")])


def logged(caplog):
    return str([vars(record) for record in caplog.records])


def report(message_id, kind="Bounce", feedback="f-1", at=NOON, bounce="Permanent"):
    mail = {"messageId": message_id, "timestamp": at.isoformat(), "destination": [APPLICANT.email]}
    people = {"bouncedRecipients": [{"emailAddress": APPLICANT.email}]}
    said = {"bounceType": bounce, **people} if kind == "Bounce" else {"complaintFeedbackType": "abuse"}
    return json.dumps({"notificationType": kind, "mail": mail, kind.lower(): {"feedbackId": feedback, **said}})


def test_what_happened_is_told_in_order_and_the_rest_is_passed_over(post, filed):
    filed(E.CREATED, E.SUBMITTED, E.ASSIGNED, E.ACCEPTED)

    actions.follow(DOSSIER.id, 4, NOON)

    assert [letter.subject for _, letter, _ in post.sent] == [
        f"Đã nhận hồ sơ {CODE}",
        f"Hồ sơ {CODE}: hẹn trả kết quả 16:30 26/06/2026",
    ]
    assert states() == [("000002#submitted#email", "sent"), ("000004#accepted#email", "sent")]
    assert followed(DOSSIER.id, NOTICES) == 4


def test_the_language_is_the_dossiers_own(post, filed):
    filed(E.CREATED, E.SUBMITTED, language="en")

    actions.follow(DOSSIER.id, 2, NOON)

    assert post.sent[0][1].subject == f"Dossier {CODE} received"
    assert notes()[0].template == "v1/submitted.en"


def test_an_event_delivered_late_twice_or_out_of_order_is_told_once(post, filed):
    dossier = filed(E.CREATED, E.SUBMITTED)
    for seq in (1, 2, 2, 1):
        actions.follow(DOSSIER.id, seq, NOON)
    filed(E.ACCEPTED, before=dossier)
    for seq in (2, 3, 1, 3):
        actions.follow(DOSSIER.id, seq, NOON)

    assert len(post.sent) == 2
    assert followed(DOSSIER.id, NOTICES) == 3


def test_an_event_that_is_not_there_changes_nothing(post):
    actions.follow("nobody", 3, NOON)

    assert followed("nobody", NOTICES) == 0
    assert not post.sent


def test_events_without_their_dossier_are_a_defect_that_is_told_to_the_queue(post, filed):
    filed(E.CREATED, E.SUBMITTED)
    Item(f"D#{DOSSIER.id}", "DOSSIER").delete()

    with pytest.raises(UnknownDossier):
        actions.follow(DOSSIER.id, 2, NOON)


@pytest.mark.parametrize("applicant", [None, ORGANISATION.model_copy(update={"email": None})])
def test_without_an_address_the_notice_is_recorded_and_nothing_waits(post, filed, applicant):
    filed(E.CREATED, E.SUBMITTED, applicant=applicant)

    actions.follow(DOSSIER.id, 2, NOON)

    assert states() == [("000002#submitted#email", "no_address")]
    assert followed(DOSSIER.id, NOTICES) == 2
    assert not post.sent


@pytest.mark.parametrize(("status", "told"), [("failed", 1), ("due", 1), ("paid", 0), ("overpaid", 0)])
def test_nobody_is_sent_to_pay_again_when_the_fee_has_arrived(post, filed, status, told):
    filed(E.PAYMENT_RECORDED, payment_status=status, data={"status": "failed", "amount": 150_000})

    actions.follow(DOSSIER.id, 1, NOON)

    assert len(post.sent) == told
    assert followed(DOSSIER.id, NOTICES) == 1


def test_an_address_the_channel_refuses_is_recorded_and_holds_nothing_up(post, filed, caplog):
    filed(E.CREATED, E.SUBMITTED, E.ACCEPTED)
    post.before = [Refused("MessageRejected")]

    actions.follow(DOSSIER.id, 3, NOON)

    assert states() == [("000002#submitted#email", "failed"), ("000003#accepted#email", "sent")]
    assert notes()[0].why == "MessageRejected"
    assert not [datum for datum in (*PRIVATE, "Ánh", "Anh.Tran") if datum in logged(caplog)]


def test_a_channel_that_cannot_send_now_is_asked_again_and_the_order_holds(post, filed):
    filed(E.CREATED, E.SUBMITTED, E.ACCEPTED)
    post.before = [NotSent("TooManyRequestsException")] * 5

    for _ in range(5):
        with pytest.raises(NotSent):
            actions.follow(DOSSIER.id, 3, NOON)
    assert (followed(DOSSIER.id, NOTICES), post.sent) == (0, [])
    actions.follow(DOSSIER.id, 3, NOON)

    assert [state for _, state in states()] == ["sent", "sent"]
    assert len(post.sent) == 2


@pytest.mark.parametrize("how", [SystemExit, InDoubt])
def test_who_dies_after_sending_is_taken_over_when_the_claim_has_run_out(post, filed, how):
    filed(E.CREATED, E.SUBMITTED)
    post.after = [how("lost")]
    with pytest.raises(how):
        actions.follow(DOSSIER.id, 2, NOON)

    with pytest.raises(StillSending):
        actions.follow(DOSSIER.id, 2, NOON + rules.LEASE - timedelta(seconds=1))
    assert len(post.sent) == 1
    actions.follow(DOSSIER.id, 2, NOON + rules.LEASE)
    actions.follow(DOSSIER.id, 2, NOON + rules.LEASE * 2)

    assert len(post.sent) == 2, "told twice rather than never"
    assert states() == [("000002#submitted#email", "sent")]


def test_a_doubt_that_lasts_is_recorded_instead_of_a_third_letter(post, filed):
    filed(E.CREATED, E.SUBMITTED, E.ACCEPTED)
    post.after = [InDoubt("ReadTimeoutError")] * 2
    for later in range(2):
        with pytest.raises(InDoubt):
            actions.follow(DOSSIER.id, 3, NOON + rules.LEASE * later)

    actions.follow(DOSSIER.id, 3, NOON + rules.LEASE * 2)

    assert states() == [("000002#submitted#email", "failed"), ("000003#accepted#email", "sent")]
    assert notes()[0].why == records.IN_DOUBT
    assert [letter.subject for _, letter, _ in post.sent].count(f"Đã nhận hồ sơ {CODE}") == 2


def test_who_dies_before_the_cursor_moves_tells_nothing_twice(post, filed, monkeypatch):
    filed(E.CREATED, E.SUBMITTED)
    with monkeypatch.context() as dying:
        dying.setattr(actions, "move_on", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.follow(DOSSIER.id, 2, NOON)

    actions.follow(DOSSIER.id, 2, NOON)

    assert len(post.sent) == 1


def test_a_letter_that_cannot_be_written_is_never_claimed(post, filed, monkeypatch):
    filed(E.CREATED, E.SUBMITTED)
    with monkeypatch.context() as broken:
        broken.setattr(actions.wording, "letter", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.follow(DOSSIER.id, 2, NOON)

    assert notes() == []


def test_the_cursor_only_moves_forward():
    for seq in (3, 2, 3, 1):
        move_on(DOSSIER.id, NOTICES, seq)

    assert followed(DOSSIER.id, NOTICES) == 3


def test_a_hard_bounce_is_recorded_and_the_address_gets_no_more(post, filed):
    dossier = filed(E.CREATED, E.SUBMITTED)
    actions.follow(DOSSIER.id, 2, NOON)

    actions.bounced(report("m-1"), NOON)
    filed(E.ACCEPTED, before=dossier)
    actions.follow(DOSSIER.id, 3, NOON)

    assert states() == [("000002#submitted#email", "bounced"), ("000003#accepted#email", "suppressed")]
    assert len(post.sent) == 1


def test_a_report_told_ten_times_counts_once(post, filed):
    filed(E.CREATED, E.SUBMITTED)
    actions.follow(DOSSIER.id, 2, NOON)

    for _ in range(10):
        actions.bounced(report("m-1", bounce="Transient"), NOON)
    assert MailboxItem.get(f"MAILBOX#{BOX}", "STATE").bounces == 1
    assert not is_suppressed(BOX)
    actions.bounced(report("m-1", feedback="f-2"), NOON)

    assert MailboxItem.get(f"MAILBOX#{BOX}", "STATE").bounces == 2
    assert is_suppressed(mailbox(" anh.tran@EXAMPLE.vn"))


def test_a_complaint_stops_the_letters_though_this_one_arrived(post, filed):
    filed(E.CREATED, E.SUBMITTED)
    actions.follow(DOSSIER.id, 2, NOON)

    actions.bounced(report("m-1", kind="Complaint"), NOON)

    assert states() == [("000002#submitted#email", "sent")]
    assert notes()[0].why == "complaint"
    assert is_suppressed(BOX)


def test_a_report_that_overtakes_its_message_is_asked_to_come_back(post, filed):
    with pytest.raises(actions.NotYetKnown):
        actions.bounced(report("m-1"), NOON)
    filed(E.CREATED, E.SUBMITTED)
    actions.follow(DOSSIER.id, 2, NOON)
    actions.bounced(report("m-1"), NOON)

    assert states() == [("000002#submitted#email", "bounced")]


def test_a_report_of_somebody_elses_message_is_let_go(caplog):
    actions.bounced(report("unknown", at=NOON - timedelta(hours=1)), NOON)

    assert caplog.messages == ["report_of_unknown_message"]
    assert not is_suppressed(BOX)


def test_nothing_kept_or_logged_says_who_was_written_to_or_what(post, filed, caplog):
    filed(E.CREATED, E.SUBMITTED, E.SUPPLEMENT_REQUESTED)
    post.before = [Refused("BadRequestException")]
    actions.follow(DOSSIER.id, 3, NOON)
    actions.bounced(report("m-1"), NOON)

    items = stored()
    assert "NOTE#000003" in items
    assert BOX in items
    for datum in (*PRIVATE, "Ánh", "Anh.Tran", "mờ", "Kính gửi"):
        assert datum not in items
        assert datum not in logged(caplog)
    assert DOSSIER.id not in post.sent[0][2]
