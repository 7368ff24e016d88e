"""Our adapters and the simulated providers were written apart from each other: here they meet."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.payments import wire
from chalicelib.payments.protocol import Notice, RefundOrder, Silent, Start
from chalicelib.payments.providers import vnpay
from chalicelib.payments.rules import Verdict
from ops.local.vnpay_double import VnpayDouble
from tests.payments.providers.orders import NINE, attempt

ACCOUNT = vnpay.Account(
    pay_url="https://pay.example.vn/pay",
    api_url="https://pay.example.vn/api",
    tmn_code="LOCAL001",
    secret="a-secret-of-the-tests-only",
)
PAYMENT = attempt("vnpay", about="H32.10-260601-0001", amount=8_000)


class Transactions:
    """The double's transaction interface, where the connection pool stands."""

    def __init__(self, double):
        self.double, self.status = double, 200

    def request(self, method, url, *, redirect, json):
        assert (method, url, redirect) == ("POST", ACCOUNT.api_url, False)
        self.data = _as_sent(self.double.asked(json))
        return self


def _as_sent(answer):
    return json.dumps(answer).encode()


@pytest.fixture
def double(tmp_path, monkeypatch):
    double = VnpayDouble(tmp_path / "vnpay.json", ACCOUNT.tmn_code, ACCOUNT.secret, "http://127.0.0.1:9/nobody")
    monkeypatch.setattr(wire, "http", Transactions(double))
    return double


@pytest.fixture
def opened(double):
    start = Start(return_url="https://dvc.example.gov.vn/x?y=1", ip="127.0.0.1", language="vi")
    return double.opened(dict(parse_qsl(urlsplit(vnpay.begin(PAYMENT, start, ACCOUNT).pay_url).query)))


@pytest.fixture
def paid(double, opened):
    double.decided(PAYMENT.id, "pay-silently")
    return opened["told"][0]["vnp_TransactionNo"]


def asked(account=ACCOUNT):
    (said,) = vnpay.query(PAYMENT, account, NINE)
    return said


def refunded(paid_reference, **changed):
    wish = {"id": "refund-1", "amount": 5_000, "whole": False, "paid_reference": paid_reference, "reason": "thu thừa"}
    return vnpay.refund(RefundOrder(**{**wish, **changed}, by="an", at=NINE), PAYMENT, ACCOUNT, NINE)


def taken_on(double):
    return sum(each["amount"] for each in double.payments[PAYMENT.id]["refunds"])


def test_the_pay_page_takes_our_address(opened):
    assert opened["order"]["vnp_Amount"] == "800000"


@pytest.mark.parametrize(("fate", "verdict"), [("pay", Verdict.SUCCESS), ("fail", Verdict.FAILURE)])
def test_its_notification_is_believed(double, opened, fate, verdict):
    double.decided(PAYMENT.id, fate)
    message = opened["told"][0] | {"vnp_SecureHash": double.signed(opened["told"][0])}

    statement = vnpay.read(Notice(query=tuple(parse_qsl(urlencode(message))), at=NINE), ACCOUNT)

    assert (statement.order, statement.verdict, statement.amount) == (PAYMENT.id, verdict, 8_000)
    assert statement.ours


@pytest.mark.parametrize(("decide", "verdict"), [(None, Verdict.PENDING), ("pay", Verdict.SUCCESS)])
def test_its_answer_to_a_query_is_believed(double, opened, decide, verdict):
    if decide is not None:
        double.decided(PAYMENT.id, decide)

    assert asked().verdict is verdict


def test_a_payment_it_never_saw_is_unknown(double):
    assert vnpay.query(PAYMENT, ACCOUNT, NINE) == ()


def test_it_takes_on_a_refund_and_its_word_is_believed(double, paid):
    told = refunded(paid)

    assert (told.state, told.provider_reference) == ("pending", paid)
    assert taken_on(double) == 500_000


def test_a_refund_asked_for_twice_is_paid_once(double, paid):
    refunded(paid)

    assert refunded(paid).state == "pending"
    assert taken_on(double) == 500_000


def test_a_payment_is_refunded_in_parts_up_to_the_whole_and_no_further(double, paid):
    refunded(paid)

    assert refunded(paid, id="refund-2", amount=4_000).state == "failed"
    assert refunded(paid, id="refund-3", amount=3_000).state == "pending"
    assert taken_on(double) == 800_000


def test_all_of_it_is_refunded_at_once(double, paid):
    assert refunded(paid, amount=8_000, whole=True).state == "pending"
    assert taken_on(double) == 800_000


def test_a_payment_it_never_saw_is_not_refunded(double):
    assert refunded("").state == "failed"


def test_an_unpaid_payment_is_not_refunded(double, opened):
    assert refunded("").state == "failed"


def test_with_another_key_neither_believes_the_other(double, opened):
    stranger = ACCOUNT.model_copy(update={"secret": "another"})
    with pytest.raises(Silent):
        asked(stranger)
