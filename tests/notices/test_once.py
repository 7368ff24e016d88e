"""Told once, on a store whose transactions are real."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.history.followups import NOTICES, followed
from chalicelib.history.rules import EventType as E
from chalicelib.notices import actions, rules
from chalicelib.notices.mailboxes import MailboxItem, mailbox
from chalicelib.notices.records import NoteItem, StillSending
from tests.notices.examples import APPLICANT, CODE, NOON
from tests.notices.test_actions import report

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("stack")]
RIVALS = 10


@pytest.fixture
def dossier_id(request):
    """Of this test alone: the store outlives it."""
    return (request.node.name.replace("_", "")[-20:] + "x" * 26)[:26]


def follow(dossier_id, now=NOON):
    try:
        actions.follow(dossier_id, 4, now)
    except StillSending:
        return "come back"
    return "told"


def test_ten_deliveries_at_once_tell_it_once(post, filed, dossier_id):
    filed(E.CREATED, E.SUBMITTED, E.ACCEPTED, E.DECIDED, id=dossier_id)

    with ThreadPoolExecutor(RIVALS) as pool:
        outcomes = list(pool.map(lambda _: follow(dossier_id), range(RIVALS)))
    follow(dossier_id)

    assert "told" in outcomes
    assert [letter.subject.split(CODE)[0] for _, letter, _ in post.sent] == ["Đã nhận hồ sơ ", "Hồ sơ ", "Hồ sơ "]
    assert followed(dossier_id, NOTICES) == 4


def test_of_ten_heirs_of_a_dead_sender_one_sends(post, filed, dossier_id):
    filed(E.CREATED, E.SUBMITTED, E.EDITED, E.EDITED, id=dossier_id)
    post.after = [SystemExit()]
    with pytest.raises(SystemExit):
        follow(dossier_id)

    heirs = NOON + rules.LEASE + timedelta(seconds=1)
    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(lambda _: follow(dossier_id, heirs), range(RIVALS)))

    assert len(post.sent) == 2
    assert NoteItem.get(f"D#{dossier_id}", "NOTE#000002#submitted#email").state == "sent"


def test_ten_copies_of_one_report_count_once(post, filed, dossier_id):
    somebody = APPLICANT.model_copy(update={"email": "once@example.vn"})
    filed(E.CREATED, E.SUBMITTED, id=dossier_id, applicant=somebody)
    actions.follow(dossier_id, 2, NOON)

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(lambda _: actions.bounced(report("m-1", feedback=dossier_id), NOON), range(RIVALS)))

    assert MailboxItem.get(f"MAILBOX#{mailbox('once@example.vn')}", "STATE").bounces == 1
