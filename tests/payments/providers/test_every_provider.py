"""What each adapter owes the protocol, whoever wrote it: a new file in `providers/` is examined here without asking."""

import inspect
import json
import re
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import Ability, Forged, Notice, Outcome, Provider, Unreadable
from chalicelib.payments.providers import KNOWN, adapter

AT = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
INTO = {"beneficiary_number": "3511000000001", "beneficiary_bank": "970436", "beneficiary_name": "So Tu phap"}
ACCOUNTS = {
    "casso": {"account_number": "3511000000001", "secret": "hidden-one-0123456789"},
    "dvcqg": {
        "init_url": "https://pp.example.vn/init",
        "query_url": "https://pp.example.vn/query",
        "bill_url": "https://pp.example.vn/bill",
        "partner": "H22",
        **INTO,
        "secret": "hidden-one-0123456789",
        "access_token": "hidden-two-0123456789",
    },
    "keypay": {
        "create_url": "https://keypay.example.vn/create",
        "detail_url": "https://keypay.example.vn/detail",
        "client_id": "CLIENT01",
        **INTO,
        "hash_key_1": "hidden-one-0123456789",
        "hash_key_2": "hidden-two-0123456789",
    },
    "momo": {
        "api_url": "https://momo.example.vn",
        "partner_code": "MOMO",
        "access_key": "F8BBA842ECF85",
        "secret": "hidden-one-0123456789",
    },
    "payos": {"client_id": "c1", "api_key": "hidden-one-0123456789", "checksum_key": "hidden-two-0123456789"},
    "sepay": {"account_number": "3511000000001", "secret": "hidden-one-0123456789"},
    "vietqr": {"bank_bin": "970436", "account_number": "3511000000001", "account_name": "SO TU PHAP"},
    "vnpay": {
        "pay_url": "https://vnpay.example.vn/pay",
        "api_url": "https://vnpay.example.vn/api",
        "tmn_code": "2QXUI4B4",
        "secret": "hidden-one-0123456789",
    },
    "zalopay": {
        "api_url": "https://zalopay.example.vn",
        "app_id": 2553,
        "key1": "hidden-one-0123456789",
        "key2": "hidden-two-0123456789",
    },
}
# These are answered by the HTTP status alone, and call again for one of 5xx; all others must hear their own words.
HEAR_A_STATUS = {"casso", "momo", "payos", "sepay"}
SECRET = re.compile(r"secret|token|password|checksum_key|hash_key|api_key|key\d")
CALLED_BY = sorted(name for name in KNOWN if hasattr(adapter(name), "read"))

each_provider = pytest.mark.parametrize("name", sorted(KNOWN))
each_that_calls_us = pytest.mark.parametrize("name", CALLED_BY)


def account(name):
    return adapter(name).Account.model_validate(ACCOUNTS[name])


@each_provider
def test_it_is_examined_with_an_account_of_its_own(name):
    assert name in ACCOUNTS, f"tell ACCOUNTS what an account of {name} is like"
    assert account(name)


@each_provider
def test_it_says_what_it_is_in_both_languages_and_whom_it_serves(name):
    vietnamese, english = adapter(name).TITLE

    assert vietnamese.strip()
    assert english.strip()
    assert english.isascii()
    assert adapter(name).SERVES in (name, "vietqr")
    assert adapter(name).__doc__


@each_provider
def test_what_it_can_do_it_does_with_the_protocols_parameters(name):
    offered = [ability for ability in (*get_args(Ability), "answer") if hasattr(adapter(name), ability)]

    assert offered
    for ability in offered:
        ours = inspect.signature(getattr(adapter(name), ability)).parameters
        asked = inspect.signature(getattr(Provider, ability)).parameters
        assert list(ours) == [each for each in asked if each != "self"], ability


@each_provider
def test_money_is_heard_of_or_asked_about_and_a_caller_is_answered(name):
    can = {ability for ability in (*get_args(Ability), "answer") if hasattr(adapter(name), ability)}

    assert ("read" in can) == ("answer" in can)
    assert can & {"read", "query"} or adapter(name).SERVES == "vietqr"
    assert "refund" in can or "refund_state" not in can


@each_provider
def test_its_account_refuses_what_it_does_not_know_and_lacks_nothing(name):
    kind = adapter(name).Account
    needed = [each for each, field in kind.model_fields.items() if field.is_required()]
    with pytest.raises(ValidationError):
        kind.model_validate({**ACCOUNTS[name], "surprise": "1"})
    for each in needed:
        with pytest.raises(ValidationError):
            kind.model_validate({other: value for other, value in ACCOUNTS[name].items() if other != each})


@each_provider
def test_its_keys_are_in_no_repr_and_in_no_error(name):
    fields = adapter(name).Account.model_fields
    secrets = {each for each in fields if SECRET.search(each)}
    hidden = {each for each, field in fields.items() if not field.repr}
    only_keys = {each: ACCOUNTS[name].get(each, "hidden-three") for each in hidden}
    assert secrets <= hidden
    assert "hidden-" not in repr(account(name)) + str(account(name))
    with pytest.raises(ValidationError) as refused:
        adapter(name).Account.model_validate(only_keys)
    assert "hidden-" not in str(refused.value)


@each_provider
def test_its_account_cannot_be_changed(name):
    field = next(iter(adapter(name).Account.model_fields))
    with pytest.raises(ValidationError):
        setattr(account(name), field, "another")


@each_provider
def test_a_payments_name_follows_from_the_payment_and_is_its_own(name):
    if not hasattr(adapter(name), "order"):
        pytest.skip(f"{name} knows a payment by its id")
    ids = [f"d{number}-abcdef" for number in range(50)]
    names = {adapter(name).order(each, AT) for each in ids}

    assert len(names) == len(ids)
    assert names == {adapter(name).order(each, AT) for each in ids}
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", each) for each in names)


# ---- notifications


def words(name):
    """The names this adapter knows, from its own tables, so that what is made up looks like its messages."""
    found = set()
    for value in vars(adapter(name)).values():
        if isinstance(value, tuple | frozenset | dict):
            found |= {each for each in value if isinstance(each, str)}
    common = {"data", "mac", "signature", "check_sum", "MaXacThuc", "vnp_SecureHash", "amount", "code", "success"}
    return sorted(found | common)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ODD_TEXT = st.text(st.characters(), max_size=20)  # halves of surrogate pairs too: what was not UTF-8 on the wire


@st.composite
def notices(draw, name):
    names = st.sampled_from(words(name)) | ODD_TEXT
    told = draw(st.dictionaries(names, ANYTHING, max_size=8))
    said = json.dumps(told).encode()
    body = draw(st.sampled_from([b"", said, said[:-1], b"[" + said + b"]"]) | st.binary(max_size=200))
    query = draw(st.lists(st.tuples(names, ODD_TEXT), max_size=6))
    headers = draw(
        st.dictionaries(st.sampled_from(["authorization", "x-sepay-signature", "x-casso-signature"]), ODD_TEXT)
    )
    return Notice(query=tuple(query), headers=headers, body=body, at=AT)


@each_that_calls_us
@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_arrives_is_refused_and_never_a_fault(name, data):
    """None, for what concerns nobody, is no harm; a statement would be money made up."""
    try:
        said = adapter(name).read(data.draw(notices(name)), account(name))
    except (Forged, Unreadable):
        return
    assert said is None


@each_that_calls_us
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 20_000, b"9" * 10_000, b'{"a":1' + b" " * 200_000],
    ids=["empty", "nothing said", "null", "no UTF-8", "lists in lists", "objects in objects", "a long number", "huge"],
)
def test_every_odd_body_is_refused(name, body):
    with pytest.raises((Forged, Unreadable)):
        adapter(name).read(Notice(body=body, at=AT), account(name))


@each_that_calls_us
@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_arrived_is_answered_in_words_that_can_be_sent(name, data):
    notice, outcome = data.draw(notices(name)), data.draw(st.sampled_from(Outcome))
    reply = adapter(name).answer(outcome, notice, account(name))

    assert json.dumps(reply.body).encode()
    assert "hidden-" not in json.dumps(reply.body)
    assert reply.status < 500 or (outcome == Outcome.FAULT and name in HEAR_A_STATUS)


@each_that_calls_us
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_answered_with_and_without_an_account(name, outcome):
    for known in [account(name), *([None] if outcome == Outcome.FAULT else [])]:
        reply = adapter(name).answer(outcome, Notice(body=b"{}", at=AT + timedelta(hours=1)), known)
        assert 200 <= reply.status < 600
        assert reply.body is None or isinstance(reply.body, dict)


@each_that_calls_us
def test_what_was_recorded_once_is_answered_as_done_the_second_time_too(name):
    """Or it would be told again for ever: 2xx, whatever the words."""
    for outcome in (Outcome.RECORDED, Outcome.REPEATED, Outcome.IGNORED):
        assert 200 <= adapter(name).answer(outcome, Notice(at=AT), account(name)).status < 300
