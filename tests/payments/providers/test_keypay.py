import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.payments.protocol import Forged, Notice, Outcome, Silent, Start, Unreadable
from chalicelib.payments.providers import keypay
from chalicelib.payments.rules import Verdict
from tests.payments.providers.flips import flipped
from tests.payments.providers.orders import BILL, NINE, attempt
from tests.payments.providers.wires import NO_ANSWERS, answering

NAME = "12345_3f2a9c1e-7b2d-"
ACCOUNT = keypay.Account(
    create_url="https://keypay.example.vn/create",
    detail_url="https://keypay.example.vn/detail",
    client_id="CLIENT01",
    beneficiary_number="3511000000001",
    beneficiary_bank="970436",
    beneficiary_name="So Tu phap",
    hash_key_1="hk1",
    hash_key_2="hk2",
)
PAYMENT = attempt("keypay", order=NAME)
START = Start(return_url="https://dvc.example.gov.vn/x", ip="203.0.113.10", language="vi", bill=BILL)
# 0|CLIENT01|PAY|120000|12345_3f2a9c1e-7b2d-|3.0
SIGNED = {
    "addition_fee": "0",
    "client_id": "CLIENT01",
    "command": "PAY",
    "trans_amount": "120000",
    "transaction_id": NAME,
    "version": "3.0",
}
BY_KEY_1 = "f2f0178f169c8367ae47fea3c8a7532489662a3d79447c3fe8326930c95d8202"
BY_KEY_2 = "6a65711250dfa860a4c02bef3ce3eb31f49c47c2d3ff3c52c78f078cbd1fe8ab"
DETAIL = "ae190c0e398ddfe370b3186b9f64718bdf6fbbf43d4f0c0c0faf8e5438125ca6"


def told(**changed):
    return {
        **SIGNED,
        "transaction_code": "KP2606010001",
        "status": 0,
        "payment_fee": "0",
        "check_sum": BY_KEY_2,
        **changed,
    }


def signed(**changed):
    fields = told(**changed)
    return {**fields, "check_sum": keypay.check_sum(fields, keypay.TRANSACTION, "hk2")}


def notice(fields):
    return Notice(body=json.dumps(fields).encode(), at=NINE)


def read(fields):
    return keypay.read(notice(fields), ACCOUNT)


def test_our_check_sums_are_the_recipes():
    """The vectors' keys are the two words themselves."""
    assert keypay.check_sum(SIGNED, keypay.TRANSACTION, "hk1") == BY_KEY_1
    assert keypay.check_sum(SIGNED, keypay.TRANSACTION, "hk2") == BY_KEY_2
    assert keypay.check_sum(SIGNED, keypay.DETAIL, "hk1") == DETAIL


# ---- the callback


def test_a_callback_is_read_by_whichever_way_it_came():
    ways = [
        notice(told()),
        Notice(body=urlencode(told()).encode(), at=NINE),
        Notice(query=tuple((name, str(value)) for name, value in told().items()), at=NINE),
    ]
    for way in ways:
        said = keypay.read(way, ACCOUNT)
        assert (said.order, said.amount, said.provider_reference, said.ours) == (NAME, 120_000, "KP2606010001", True)
        assert said == keypay.read(ways[0], ACCOUNT)


@pytest.mark.parametrize("status", [0, "0", 1, -1, "", None, "success"])
def test_no_callback_is_ever_money_for_its_status_is_not_signed(status):
    """A failure's check sum would do for a success: only the status is changed."""
    said = read(told(status=status))

    assert (said.verdict, said.money_taken) == (Verdict.PENDING, False)


@pytest.mark.parametrize("name", [*SIGNED, "check_sum"])
@pytest.mark.parametrize("change", ["1", "", "x|", None, True, 1.5, ["0"], {"a": 1}])
def test_a_callback_changed_in_any_signed_field_is_forged(name, change):
    with pytest.raises(Forged):
        read(told(**{name: change}))


@pytest.mark.parametrize("name", [*SIGNED, "check_sum"])
def test_a_callback_that_lacks_any_signed_field_is_forged(name):
    with pytest.raises(Forged):
        read({each: value for each, value in told().items() if each != name})


def test_a_callback_changed_in_any_bit_says_nothing_new_of_what_is_signed():
    genuine = read(told())
    for changed in flipped(notice(told()).body):
        try:
            said = keypay.read(Notice(body=changed, at=NINE), ACCOUNT)
        except (Forged, Unreadable):
            continue
        assert (said.order, said.amount, said.ours, said.verdict) == (NAME, 120_000, True, Verdict.PENDING)
        assert said.money_taken is genuine.money_taken is False


def test_any_bit_of_the_check_sum_counts():
    for changed in flipped(BY_KEY_2.encode()):
        with pytest.raises(Forged):
            read(told(check_sum=changed.decode("latin-1")))


def classic(algorithm):
    values = "".join(value for _, value in sorted(SIGNED.items()))
    return hashlib.new(algorithm, f"hk2{values}".encode()).hexdigest().upper()


@pytest.mark.parametrize(
    "theirs",
    [
        BY_KEY_1,
        BY_KEY_2.upper(),
        DETAIL,
        classic("md5"),
        classic("sha256"),
        hmac.new(b"hk2", "|".join(SIGNED.values()).encode(), "sha1").hexdigest(),
        hashlib.sha256("|".join([*SIGNED.values(), "hk2"]).encode()).hexdigest(),
    ],
)
def test_our_own_key_and_the_older_protocols_are_forged(theirs):
    with pytest.raises(Forged):
        read(told(check_sum=theirs))


def test_a_bar_inside_a_field_is_forged_even_when_signed():
    """The same signed text would say something else, cut at another bar."""
    fields = {**told(), "addition_fee": "0|CLIENT01"}
    mac = hmac.new(b"hk2", "|".join(fields[name] for name in keypay.TRANSACTION).encode(), "sha256").hexdigest()
    with pytest.raises(Forged):
        read({**fields, "check_sum": mac})


@pytest.mark.parametrize(
    "body",
    [
        b"no form",
        b"[]",
        b"\xff",
        b"a=1&a=1",
        b"a=%ff&b=1",
        json.dumps(told()).encode()[:-1] + b', "status": 0}',
        json.dumps(told()).encode()[:-1] + b', "x": Infinity}',
        json.dumps(told()).encode()[:-1] + b', "x": "\\ud800"}',
        b'{"a":' * 12_000,
        json.dumps(told()).encode() + b" " * 70_000,
        urlencode(told()).encode() + b"&status=0",
        urlencode(told()).encode() + b"&x=" + b"1" * 70_000,
        b"&".join(b"f%d=1" % number for number in range(200)),
    ],
)
def test_what_no_signer_sends_is_forged(body):
    with pytest.raises(Forged):
        keypay.read(Notice(body=body, at=NINE), ACCOUNT)


def test_a_name_twice_in_the_query_or_text_that_is_no_utf_8_is_forged():
    pairs = tuple((name, str(value)) for name, value in told().items())
    for odd in (("status", "0"), ("x", "\udcff"), ("\udcff", "x")):
        with pytest.raises(Forged):
            keypay.read(Notice(query=(*pairs, odd), at=NINE), ACCOUNT)


@pytest.mark.parametrize("fields", [{"command": "REFUND"}, {"version": "2.0"}, {"transaction_id": ""}])
def test_another_command_or_version_is_unreadable(fields):
    with pytest.raises(Unreadable):
        read(signed(**fields))


def test_an_empty_call_is_unreadable():
    with pytest.raises(Unreadable):
        keypay.read(Notice(at=NINE), ACCOUNT)


@pytest.mark.parametrize(
    ("changed", "amount"),
    [
        ({"trans_amount": 120_000}, 120_000),
        ({"trans_amount": "120000.0"}, None),
        ({"trans_amount": "-120000"}, None),
        ({"trans_amount": "0"}, None),
        ({"trans_amount": "1" * 13}, None),
        ({"addition_fee": "5000"}, None),
    ],
)
def test_an_amount_is_a_whole_number_of_dong_without_fees_of_others(changed, amount):
    assert read(signed(**changed)).amount == amount


def test_another_client_is_not_ours():
    assert not read(signed(client_id="CLIENT02")).ours


def test_personal_data_is_not_kept():
    said = read(told(card_number="9704198526191432198", HoTenNguoiNop="NGUYEN VAN A", description="của ông A"))

    for kept_back in ("9704198526191432198", "NGUYEN VAN A", "ông A", BY_KEY_2):
        assert kept_back not in said.model_dump_json()


@given(st.binary(max_size=200), st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=4))
def test_no_bytes_do_more_than_be_refused(body, query):
    with pytest.raises((Forged, Unreadable)):
        keypay.read(Notice(body=body, query=tuple(query), at=NINE), ACCOUNT)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(each, 0 if each in (Outcome.RECORDED, Outcome.REPEATED, Outcome.IGNORED) else -1) for each in Outcome],
)
def test_every_outcome_has_keypays_code(outcome, code):
    answer = keypay.answer(outcome, notice(told()), None)

    assert (answer.status, answer.body["return_code"]) == (200, code)
    assert answer.body["return_msg"]


# ---- the order


def test_a_payment_is_begun(monkeypatch):
    wired = answering(monkeypatch, {"error": "0", "msg": "", "payment_url": "https://keypay.example.vn/p/1"})

    assert keypay.begin(PAYMENT, START, ACCOUNT).pay_url == "https://keypay.example.vn/p/1"
    assert wired.urls == [ACCOUNT.create_url]
    asked = wired.message
    assert asked.pop("bill_info")["MaHoSo"] == "000.00.01.H22-260601-0123"
    assert asked == {
        **SIGNED,
        "check_sum": BY_KEY_1,
        "description": "THANH TOAN HO SO 000.00.01.H22-260601-0123",
        "locale": "vn",
        "country_code": "vi",
        "currency_code": "VND",
        "environment": "1",
        "return_url": "https://dvc.example.gov.vn/x",
    }


@pytest.mark.parametrize(
    "answer",
    [
        *NO_ANSWERS,
        {},
        {"error": "1", "payment_url": "https://keypay.example.vn/p/1"},
        {"error": None, "payment_url": "https://keypay.example.vn/p/1"},
        {"error": "0"},
        {"error": "0", "payment_url": "http://keypay.example.vn/p/1"},
        {"error": "0", "payment_url": "javascript:alert(1)"},
        {"error": "0", "payment_url": ["https://keypay.example.vn/p/1"]},
    ],
)
def test_a_payment_that_was_not_begun_for_certain_is_silence(monkeypatch, answer):
    answering(monkeypatch, answer)
    with pytest.raises(Silent):
        keypay.begin(PAYMENT, START, ACCOUNT)


def test_nothing_is_begun_without_the_fees_to_issue_a_receipt_by(monkeypatch):
    wired = answering(monkeypatch)
    with pytest.raises(Silent):
        keypay.begin(PAYMENT, START.model_copy(update={"bill": None}), ACCOUNT)
    assert not wired.asked


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_payment_has_a_short_name_of_its_own(one, other):
    names = {keypay.order(each, NINE) for each in (one, other)}

    assert len(names) == len({one, other})
    assert all(len(name) == 20 and name.isalnum() and name.islower() for name in names)


# ---- the query


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize(
    ("status", "verdict", "money"),
    [
        (0, Verdict.SUCCESS, True),
        ("0", Verdict.SUCCESS, True),
        (1, Verdict.PENDING, False),
        ("x", Verdict.PENDING, False),
    ],
)
def test_a_query_is_signed_and_its_answer_read(monkeypatch, status, verdict, money, wrap):
    answer = told(status=status)
    wired = answering(monkeypatch, {"error": 0, "data": answer} if wrap else {"error": "0", **answer})
    (said,) = keypay.query(PAYMENT, ACCOUNT, NINE)

    assert (said.order, said.amount, said.verdict, said.money_taken) == (NAME, 120_000, verdict, money)
    assert said.provider_reference == read(told()).provider_reference
    assert wired.message == {"client_id": "CLIENT01", "transaction_id": NAME, "command": "PAY", "check_sum": DETAIL}


def test_an_unpaid_answer_may_leave_the_amount_out_a_paid_one_may_not(monkeypatch):
    bare = {"error": "0", "transaction_id": NAME}
    answering(monkeypatch, {**bare, "status": 1}, {**bare, "status": 0})

    assert keypay.query(PAYMENT, ACCOUNT, NINE)[0].amount == 120_000
    (said,) = keypay.query(PAYMENT, ACCOUNT, NINE)
    assert (said.amount, said.money_taken) == (None, True)


@pytest.mark.parametrize(
    "answer",
    [
        *NO_ANSWERS,
        {},
        told(transaction_id="another"),
        told(transaction_id=None),
        told(status=None),
        {"error": 1, **told()},
        {"error": "0", "data": [told()]},
    ],
)
def test_an_answer_that_says_nothing_certain_is_silence(monkeypatch, answer):
    answering(monkeypatch, answer)
    with pytest.raises(Silent):
        keypay.query(PAYMENT, ACCOUNT, NINE)


# ---- the account


def test_the_account_keeps_its_keys_to_itself_and_knows_its_fields():
    assert "hk1" not in repr(ACCOUNT)
    assert "hk2" not in repr(ACCOUNT)
    for wrong in ({"surprise": "1"}, {"client_id": "A|B"}, {"hash_key_2": ""}, {"hash_key_2": "hk1"}):
        with pytest.raises(ValidationError):
            keypay.Account.model_validate({**ACCOUNT.model_dump(), **wrong})


def test_refunds_are_not_pretended():
    assert not hasattr(keypay, "refund")
