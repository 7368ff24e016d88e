"""What Casso tells of the bank account is believed under its second signature, and only for what it says."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.payments.protocol import Forged, Notice, Outcome, Unreadable
from chalicelib.payments.providers import casso, sepay
from chalicelib.payments.rules import Verdict
from chalicelib.payments.vietqr import memo
from tests.payments.providers.flips import flipped, flipped_text

# Published by Casso.
PUBLISHED_KEY = "mgExMrjj4i7a1p8Cs6LmFbpCd8lbw4sSX4LZXPag7TKazeIogtR90tvWYTkwQbvs"
PUBLISHED = {
    "error": 0,
    "data": {
        "id": 0,
        "reference": "MA_GIAO_DICH_THU_NGHIEM",
        "description": "giao dich thu nghiem",
        "amount": 599000,
        "runningBalance": 25000000,
        "transactionDateTime": "2024-10-03 15:06:37",
        "accountNumber": "88888888",
        "bankName": "VPBank",
        "bankAbbreviation": "VPB",
        "virtualAccountNumber": "",
        "virtualAccountName": "",
        "counterAccountName": "NGUYEN VAN A",
        "counterAccountNumber": "8888888888",
        "counterAccountBankId": "970415",
        "counterAccountBankName": "VietinBank",
    },
}
PUBLISHED_SIGNATURE = (
    "t=1727948258788,v1=ed0a4bd2e826d5cb69988cdb141e6c1a080e21f3b57eb72cd78192220042b9e7dde0868fc667faea8e224900fa7904e"
    "7c88dfa098032fb2d6b6996856e8b7ff3"
)
KEY = "a-secret-of-the-tests-only-casso"
ACCOUNT = casso.Account(account_number="0011000000123", secret=KEY)
AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
MEMO = memo("d1-abcdef")
TRANSFER = PUBLISHED["data"] | {
    "id": 4711,
    "reference": "MBVCB.3278907687",
    "description": f"{MEMO} nộp lệ phí 1/6",
    "amount": 120000,
    "transactionDateTime": "2026-06-01 08:59:58",
    "accountNumber": "0011000000123",
}


def javascript(message):
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def php(message):
    return json.dumps(message, separators=(",", ":"), sort_keys=True).replace("/", "\\/")


def signed(message=None, written=javascript, **changed):
    message = {"error": 0, "data": TRANSFER | changed} if message is None else message
    mark = hmac.new(KEY.encode(), f"1780279200000.{written(message)}".encode(), hashlib.sha512).hexdigest()
    content = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return Notice(headers={"x-casso-signature": f"t=1780279200000,v1={mark}"}, body=content, at=AT)


def said(**changed):
    return casso.read(signed(**changed), ACCOUNT)


def test_the_published_sample_is_signed_as_casso_signed_it():
    marks = casso.signatures("1727948258788", PUBLISHED, PUBLISHED_KEY)

    assert f"t=1727948258788,v1={marks[0]}" == f"t=1727948258788,v1={marks[1]}" == PUBLISHED_SIGNATURE


def test_the_published_trial_is_believed_and_is_no_money():
    account = casso.Account(account_number="88888888", secret=PUBLISHED_KEY)
    sent = {"x-casso-signature": PUBLISHED_SIGNATURE}

    assert casso.read(Notice(headers=sent, body=json.dumps(PUBLISHED).encode(), at=AT), account) is None
    dearer = json.dumps(PUBLISHED).replace("599000", "599001").encode()
    with pytest.raises(Forged):
        casso.read(Notice(headers=sent, body=dearer, at=AT), account)


@pytest.mark.parametrize("written", [javascript, php])
def test_a_transfer_is_money_for_its_order_however_the_signer_writes_json(written):
    statement = casso.read(signed(written=written), ACCOUNT)

    assert (statement.order, statement.verdict, statement.money_taken) == (MEMO, Verdict.SUCCESS, True)
    assert (statement.amount, statement.ours) == (120_000, True)


def test_names_may_come_in_any_order():
    genuine = signed()
    turned = {"data": dict(reversed(TRANSFER.items())), "error": 0}

    assert casso.read(genuine.model_copy(update={"body": json.dumps(turned).encode()}), ACCOUNT).order == MEMO


def test_two_services_that_watch_one_account_name_a_movement_alike():
    told = {
        **{"id": 1, "transactionDate": "2026-06-01 08:59:59", "accountNumber": "0011000000123", "content": MEMO},
        **{"transferType": "in", "transferAmount": 120000, "referenceCode": "MBVCB.3278907687"},
    }
    account = sepay.Account(account_number="0011000000123", api_key="an-api-key-of-the-tests-only")
    notice = Notice(
        headers={"authorization": "Apikey an-api-key-of-the-tests-only"}, body=json.dumps(told).encode(), at=AT
    )

    assert sepay.read(notice, account).provider_reference == said().provider_reference


def test_nothing_of_the_payer_is_kept():
    kept = json.dumps(dict(said().facts), ensure_ascii=False)

    assert [each for each in ("NGUYEN", "8888888888", "0011000000123", "lệ phí") if each in kept] == []


def test_money_that_left_the_account_is_none_of_ours():
    assert said(amount=-120000) is None
    assert said(amount=-0.5) is None


def test_another_account_is_not_ours_and_a_lost_memo_is_of_no_order():
    assert not said(accountNumber="1").ours
    assert (said(description="x").order, said(description="x").money_taken) == ("", True)


@pytest.mark.parametrize("amount", [0, 0.5, True, None, "", "1e6", [1], 10**12])
def test_an_amount_that_is_no_whole_money_is_none_and_never_a_crash(amount):
    assert (said(amount=amount).amount, said(amount=amount).money_taken) == (None, True)


def test_a_notification_repeated_days_later_is_the_same_movement():
    late = signed().model_copy(update={"at": AT + timedelta(days=3)})

    assert casso.read(late, ACCOUNT) == said()


def test_every_flipped_bit_of_the_body_is_a_forgery():
    genuine = signed()
    for changed in flipped(genuine.body):
        with pytest.raises(Forged):
            casso.read(genuine.model_copy(update={"body": changed}), ACCOUNT)


def test_every_flipped_bit_of_the_signature_is_a_forgery():
    genuine = signed()
    for changed in flipped_text(genuine.headers["x-casso-signature"]):
        with pytest.raises(Forged):
            casso.read(genuine.model_copy(update={"headers": {"x-casso-signature": changed}}), ACCOUNT)


@pytest.mark.parametrize("name", [*TRANSFER, "added"])
def test_a_field_changed_or_left_out_is_a_forgery(name):
    genuine = signed()
    without = {"error": 0, "data": {each: value for each, value in TRANSFER.items() if each != name}}
    changed = {"error": 0, "data": TRANSFER | {name: "else"}}
    for other in [changed] if name == "added" else [changed, without]:
        with pytest.raises(Forged):
            casso.read(genuine.model_copy(update={"body": json.dumps(other).encode()}), ACCOUNT)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"secure-token": KEY},
        {"secure-token": KEY, "x-casso-signature": ""},
        {"x-casso-signature": KEY},
        {"x-casso-signature": "t=1780279200000,v1="},
    ],
)
def test_the_token_of_the_first_version_and_the_unsigned_are_forgeries(headers):
    with pytest.raises(Forged):
        casso.read(signed().model_copy(update={"headers": headers}), ACCOUNT)


def test_a_shorter_hash_is_a_forgery():
    mark = hmac.new(KEY.encode(), f"1780279200000.{javascript(PUBLISHED)}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-casso-signature": f"t=1780279200000,v1={mark}"}
    with pytest.raises(Forged):
        casso.read(Notice(headers=headers, body=javascript(PUBLISHED).encode(), at=AT), ACCOUNT)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"data":1,"data":2}', b'{"a":NaN}', b"[" * 9000, b" " * 70_000]
)
def test_what_is_no_message_is_refused(content):
    with pytest.raises((Forged, Unreadable)):
        casso.read(signed().model_copy(update={"body": content}), ACCOUNT)


@pytest.mark.parametrize("data", [None, [], [TRANSFER], "text", 5])
def test_a_signed_message_about_no_single_movement_is_unreadable(data):
    with pytest.raises(Unreadable):
        casso.read(signed({"error": 0, "data": data}), ACCOUNT)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_answered(outcome):
    refusals = {Outcome.FORGED: 401, Outcome.UNREADABLE: 400, Outcome.FAULT: 503}
    status = refusals.get(outcome, 200)

    assert casso.answer(outcome, signed(), None) == (status, {"success": status == 200})
