"""Our adapters and the simulated providers were written apart from each other: here they meet."""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.payments import vnpay, vnpay_api
from chalicelib.payments.rules import Payment, Start, Verdict
from ops.local.vnpay_double import VnpayDouble

KEYS = {"tmn_code": "LOCAL001", "secret": "a-secret-of-the-tests-only"}
AT = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
PAYMENT = Payment(
    id="d1-abcdef",
    dossier_id="d1",
    provider="vnpay",
    about="H32.10-260601-0001",
    amount=8_000,
    created_at=AT,
    expires_at=AT + timedelta(minutes=15),
)


@pytest.fixture
def double(tmp_path, monkeypatch):
    double = VnpayDouble(tmp_path / "vnpay.json", KEYS["tmn_code"], KEYS["secret"], "")
    monkeypatch.setattr(vnpay, "secret", lambda name: KEYS)
    monkeypatch.setattr(vnpay_api, "_answer", lambda question: json.loads(json.dumps(double.asked(question))))
    return double


@pytest.fixture
def opened(double):
    url = vnpay.pay_url(PAYMENT, Start(return_url="https://dvc.example.gov.vn/x?y=1", ip="127.0.0.1", language="vi"))
    return double.opened(dict(parse_qsl(urlsplit(url).query)))


def test_the_pay_page_takes_our_address(opened):
    assert opened["order"]["vnp_Amount"] == "800000"


@pytest.mark.parametrize(("pay", "verdict"), [(True, Verdict.SUCCESS), (False, Verdict.FAILURE)])
def test_its_notification_is_believed(double, opened, pay, verdict):
    double.decided(PAYMENT.id, pay=pay, notify=False)
    message = opened["fate"] | {"vnp_SecureHash": double.signed(opened["fate"])}

    statement = vnpay.read(parse_qsl(urlencode(message)))

    assert (statement.payment_id, statement.verdict, statement.amount) == (PAYMENT.id, verdict, 8_000)
    assert statement.ours


@pytest.mark.parametrize(("decide", "verdict"), [(None, Verdict.PENDING), (True, Verdict.SUCCESS)])
def test_its_answer_to_a_query_is_believed(double, opened, decide, verdict):
    if decide is not None:
        double.decided(PAYMENT.id, pay=decide, notify=False)

    assert vnpay.query(PAYMENT, AT).verdict is verdict


def test_a_payment_it_never_saw_is_unknown(double):
    assert vnpay.query(PAYMENT, AT) is None
