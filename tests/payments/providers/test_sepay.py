"""What SePay tells of the bank account is believed when signed, and only for what it says."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.payments.protocol import Forged, Notice, Outcome, Unreadable
from chalicelib.payments.providers import sepay
from chalicelib.payments.rules import Verdict
from chalicelib.payments.vietqr import memo
from tests.payments.providers.flips import flipped, flipped_text

KEY = "a-secret-of-the-tests-only-sepay"
API_KEY = "an-api-key-of-the-tests-only"
AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ACCOUNT = sepay.Account(account_number="0011000000123", secret=KEY)
BY_HEADER = sepay.Account(account_number="0011000000123", api_key=API_KEY)
MEMO = memo("d1-abcdef")
TRANSFER = {
    "id": 92704,
    "gateway": "Vietcombank",
    "transactionDate": "2026-06-01 08:59:58",
    "accountNumber": "0011000000123",
    "code": None,
    "content": f"MBVCB.3278907687.{MEMO}.CT tu 9704221234567890 NGUYEN VAN AN",
    "transferType": "in",
    "transferAmount": 120000,
    "accumulated": 19077000,
    "subAccount": None,
    "referenceCode": "MBVCB.3278907687",
    "description": "BankAPINotify 9704221234567890 NGUYEN VAN AN",
}


def body(**changed):
    return json.dumps(TRANSFER | changed, ensure_ascii=False, separators=(",", ":")).encode()


def stamp(at=AT):
    return str(int(at.timestamp()))


def signed(raw=None, at=AT, **changed):
    raw = body(**changed) if raw is None else raw
    mark = hmac.new(KEY.encode(), stamp(at).encode() + b"." + raw, hashlib.sha256).hexdigest()
    return Notice(headers={"x-sepay-timestamp": stamp(at), "x-sepay-signature": f"sha256={mark}"}, body=raw, at=AT)


def said(**changed):
    return sepay.read(signed(**changed), ACCOUNT)


def test_the_signature_covers_the_time_a_dot_and_the_exact_body():
    expected = hmac.new(b"sepay-secret", b"1780279200." + body(), hashlib.sha256).hexdigest()

    assert sepay.signature("1780279200", body(), "sepay-secret") == f"sha256={expected}"


def test_a_transfer_with_our_memo_is_money_for_its_order():
    statement = said()

    assert (statement.order, statement.verdict, statement.money_taken) == (MEMO, Verdict.SUCCESS, True)
    assert (statement.amount, statement.ours) == (120_000, True)


def test_nothing_of_the_payer_is_kept():
    kept = json.dumps(dict(said().facts))

    assert dict(said().facts)["account"] == "0123"
    assert "NGUYEN" not in kept
    assert "9704221234567890" not in kept
    assert "0011000000123" not in kept


@pytest.mark.parametrize(
    "changed", [{"content": "nop phi"}, {"content": f"{MEMO} {memo('d2-abcdef')}"}, {"content": None}]
)
def test_money_whose_memo_is_lost_is_of_no_order_and_still_money(changed):
    statement = said(**changed)

    assert (statement.order, statement.money_taken, statement.amount) == ("", True, 120_000)


def test_a_memo_that_only_the_banks_description_has_is_found():
    assert said(content="nop phi", description=f"IBFT {MEMO.lower()}").order == MEMO


def test_the_same_movement_told_again_has_the_same_name_and_facts():
    again = said(accumulated=5, description="told otherwise")

    assert (again.provider_reference, again.facts) == (said().provider_reference, said().facts)
    assert said(id=5).provider_reference == said().provider_reference


@pytest.mark.parametrize(
    "changed",
    [
        {"referenceCode": "MBVCB.3278907688"},
        {"transferAmount": 120001},
        {"transactionDate": "2026-06-02 08:59:58"},
    ],
)
def test_another_movement_has_another_name(changed):
    assert said(**changed).provider_reference != said().provider_reference


def test_without_the_banks_name_a_movement_has_sepays_and_without_any_it_is_refused():
    assert said(referenceCode=None, id=7).provider_reference != said(referenceCode="", id=8).provider_reference
    for nameless in ({"referenceCode": None, "id": None}, {"referenceCode": "..", "id": True}):
        with pytest.raises(Unreadable):
            said(**nameless)


def test_money_that_left_the_account_is_none_of_ours():
    assert said(transferType="out") is None


@pytest.mark.parametrize("kind", [None, "", "IN", "refund", 1])
def test_a_movement_in_no_known_direction_is_unreadable(kind):
    with pytest.raises(Unreadable):
        said(transferType=kind)


def test_another_account_is_not_ours():
    assert not said(accountNumber="0011000000124").ours
    assert not said(accountNumber=None).ours


@pytest.mark.parametrize("amount", [-1, 0, 0.5, 120000.0, True, None, "", "1e6", [1], 10**12, "٣"])
def test_an_amount_that_is_no_whole_money_is_none_and_never_a_crash(amount):
    statement = said(transferAmount=amount)

    assert (statement.amount, statement.money_taken) == (None, True)


def test_every_flipped_bit_of_the_body_is_a_forgery():
    genuine = signed()
    for changed in flipped(genuine.body):
        with pytest.raises(Forged):
            sepay.read(genuine.model_copy(update={"body": changed}), ACCOUNT)


@pytest.mark.parametrize("name", ["x-sepay-signature", "x-sepay-timestamp"])
def test_every_flipped_bit_of_a_header_is_a_forgery(name):
    genuine = signed()
    for changed in flipped_text(genuine.headers[name]):
        with pytest.raises(Forged):
            sepay.read(genuine.model_copy(update={"headers": {**genuine.headers, name: changed}}), ACCOUNT)


@pytest.mark.parametrize("missing", ["x-sepay-signature", "x-sepay-timestamp"])
def test_an_unsigned_or_undated_call_is_a_forgery(missing):
    headers = {name: value for name, value in signed().headers.items() if name != missing}
    with pytest.raises(Forged):
        sepay.read(signed().model_copy(update={"headers": headers}), ACCOUNT)


@pytest.mark.parametrize(("seconds", "believed"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_what_was_signed_more_than_five_minutes_away_is_refused(seconds, believed):
    notice = signed(at=AT - timedelta(seconds=seconds))
    if believed:
        assert sepay.read(notice, ACCOUNT)
    else:
        with pytest.raises(Forged):
            sepay.read(notice, ACCOUNT)


@pytest.mark.parametrize(
    "content", [b"", b"  ", b"[]", b"null", b"{", b"\xff", b'{"id":1,"id":2}', b'{"a":NaN}', b"[" * 9000]
)
def test_what_is_signed_and_still_no_message_is_refused(content):
    with pytest.raises((Unreadable, Forged)):
        sepay.read(signed(content), ACCOUNT)


def test_a_huge_body_is_refused():
    with pytest.raises(Forged):
        sepay.read(signed(body(content="a" * 70_000)), ACCOUNT)


def test_the_key_in_the_header_is_believed_only_where_the_account_says_so():
    sent = Notice(headers={"authorization": f"Apikey {API_KEY}"}, body=body(), at=AT)

    assert sepay.read(sent, BY_HEADER).order == MEMO
    with pytest.raises(Forged):
        sepay.read(sent, ACCOUNT)
    with pytest.raises(Forged):
        sepay.read(signed(), BY_HEADER)


@pytest.mark.parametrize(
    "sent",
    [None, "", API_KEY, "Apikey ", "Apikey None", f"Bearer {API_KEY}", f"apikey {API_KEY}", f"Apikey {API_KEY} "],
)
def test_any_other_key_in_the_header_is_a_forgery(sent):
    headers = {} if sent is None else {"authorization": sent}
    with pytest.raises(Forged):
        sepay.read(Notice(headers=headers, body=body(), at=AT), BY_HEADER)


@pytest.mark.parametrize("keys", [{}, {"secret": KEY, "api_key": API_KEY}, {"secret": ""}, {"api_key": "short"}])
def test_an_account_that_checks_nothing_cannot_be_configured(keys):
    with pytest.raises(ValidationError):
        sepay.Account(account_number="1", **keys)


def test_keys_are_not_shown():
    assert KEY not in repr(ACCOUNT)
    assert API_KEY not in repr(BY_HEADER)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.RECORDED, 200),
        (Outcome.REPEATED, 200),
        (Outcome.IGNORED, 200),
        (Outcome.WRONG_AMOUNT, 200),
        (Outcome.UNKNOWN, 200),
        (Outcome.FORGED, 401),
        (Outcome.UNREADABLE, 400),
        (Outcome.FAULT, 503),
    ],
)
def test_every_outcome_is_answered_as_sepay_wants_it(outcome, status):
    assert sepay.answer(outcome, signed(), None) == (status, {"success": status == 200})


values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.dictionaries(st.sampled_from(list(TRANSFER)), values | st.lists(values, max_size=2)))
def test_whatever_is_signed_is_read_or_refused(changed):
    try:
        statement = said(**changed)
    except (Forged, Unreadable):
        return
    assert statement is None or statement.amount is None or statement.amount > 0
