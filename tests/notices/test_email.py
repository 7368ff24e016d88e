"""Against moto's SES: what is sent, and what each refusal of SES means."""

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sesv2 import sesv2_backends

from chalicelib.history.rules import EventType
from chalicelib.notices import actions, email
from chalicelib.notices.channels import Channel, InDoubt, Letter, NotSent, Refused
from chalicelib.settings import settings
from tests.notices.examples import CODE, DOSSIER, NOON

LETTER = Letter("Đã nhận hồ sơ", "Kính gửi Ông/Bà,\n")
REFERENCE = "a" * 26


@pytest.fixture
def ses(table):
    boto3.client("sesv2").create_email_identity(EmailIdentity=settings().MAIL_FROM)
    return sesv2_backends[DEFAULT_ACCOUNT_ID]["ap-southeast-1"].core_backend


def failing(monkeypatch, error):
    class Ses:
        def send_email(self, **_):
            raise error

    monkeypatch.setattr(email, "_ses", Ses)


def answered(code, status=400):
    said = {"Error": {"Code": code, "Message": "of a@example.vn"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "SendEmail")


def test_email_is_a_channel():
    channel: Channel = email
    assert channel.NAME == "email"


def test_the_letter_goes_through_ses_as_plain_text(ses):
    message_id = email.send("anh@example.vn", LETTER, REFERENCE)

    assert message_id
    (sent,) = ses.sent_messages
    assert (sent.source, sent.destinations["ToAddresses"]) == (settings().MAIL_FROM, ["anh@example.vn"])
    assert (sent.subject, sent.body) == (LETTER.subject, LETTER.text)


def test_the_request_names_nobody_but_the_recipient_and_asks_robots_not_to_answer(monkeypatch):
    asked = {}

    class Ses:
        def send_email(self, **request):
            asked.update(request)
            return {"MessageId": "m"}

    monkeypatch.setattr(email, "_ses", Ses)
    email.send("anh@example.vn", LETTER, REFERENCE)

    assert asked["EmailTags"] == [{"Name": "reference", "Value": REFERENCE}]
    assert asked["Destination"] == {"ToAddresses": ["anh@example.vn"]}
    assert asked["Content"]["Simple"]["Headers"] == [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
    assert set(asked["Content"]["Simple"]["Body"]) == {"Text"}


def test_a_notice_reaches_ses_and_is_recorded_under_its_message_id(ses, filed):
    filed(EventType.CREATED, EventType.SUBMITTED)

    actions.follow(DOSSIER.id, 2, NOON)
    actions.follow(DOSSIER.id, 2, NOON)

    (sent,) = ses.sent_messages
    assert sent.subject == f"Đã nhận hồ sơ {CODE}"
    assert actions.mailboxes.note_of(sent.id).state == "sent"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (answered("MessageRejected"), Refused),
        (answered("BadRequestException"), Refused),
        (answered("TooManyRequestsException", 429), NotSent),
        (answered("SendingPausedException"), NotSent),
        (answered("AccountSuspendedException"), NotSent),
        (answered("LimitExceededException"), NotSent),
        (answered("AccessDeniedException", 403), NotSent),
        (answered("InternalFailure", 500), InDoubt),
        (answered("503", 503), InDoubt),
        (EndpointConnectionError(endpoint_url="https://email"), NotSent),
        (ConnectTimeoutError(endpoint_url="https://email"), NotSent),
        (ReadTimeoutError(endpoint_url="https://email"), InDoubt),
    ],
    ids=str,
)
def test_what_became_of_a_letter_is_never_guessed(monkeypatch, error, meaning):
    failing(monkeypatch, error)

    with pytest.raises(meaning) as raised:
        email.send("a@example.vn", LETTER, REFERENCE)
    assert type(raised.value) is meaning
    assert "example.vn" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_an_unanswered_send_is_not_repeated_behind_our_back(table):
    assert email._ses().meta.config.retries["total_max_attempts"] == 1
