"""Our PayOS adapter and the simulated PayOS were written apart from each other: here they meet."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.payments import wire
from chalicelib.payments.protocol import Notice, Silent, Start
from chalicelib.payments.providers import payos
from chalicelib.payments.rules import Verdict
from ops.local import payos_double
from ops.local.payos_double import PayosDouble
from tests.payments.providers.orders import NINE, attempt

# Signed by PayOS's own clients.
KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"
WISH = {
    **{"amount": 3000, "cancelUrl": "https://a/c", "description": "VQRIO123", "orderCode": 123},
    **{"returnUrl": "https://a/r", "signature": "1856d208c24235edfee1fdc95647c3a58801d7fc67d1419043b567df40353445"},
}
ADMITTED = {"x-client-id": "client", "x-api-key": "a-key-of-the-tests-only"}
ACCOUNT = payos.Account(client_id="client", api_key="a-key-of-the-tests-only", checksum_key=KEY)
PAYMENT = attempt("payos", about="000.00.01.H32-260601-0001", amount=8_000, order=payos.order("d1-abcdef", NINE))
WANTED = Start(return_url="https://dvc.example.gov.vn/x?y=1", ip="127.0.0.1", language="vi")


@pytest.fixture
def notified(monkeypatch):
    """What the province was sent."""
    sent = []
    monkeypatch.setattr(payos_double, "posted", lambda url, body: sent.append(body) or "200")
    return sent


@pytest.fixture
def double(tmp_path, notified, monkeypatch):
    double = PayosDouble(tmp_path / "payos.json", "client", "a-key-of-the-tests-only", KEY, "http://127.0.0.1:9/nobody")
    double.clock = NINE.timestamp
    monkeypatch.setattr(wire, "http", Http(double))
    return double


class Http:
    """The double where the connection pool stands."""

    status = 200

    def __init__(self, double):
        self.double = double

    def request(self, method, url, *, redirect, headers, json=None):
        path = urlsplit(url).path.removeprefix("/v2/payment-requests")
        told = self.double.create(headers, json) if method == "POST" else self.double.ask(headers, path[1:])
        self.data = payos_double.json.dumps(told).encode()
        return self


@pytest.fixture
def begun(double):
    return payos.begin(PAYMENT, WANTED, ACCOUNT)


def heard(notified):
    return [payos.read(Notice(body=each, at=NINE), ACCOUNT) for each in notified]


def asked():
    return list(payos.query(PAYMENT, ACCOUNT, NINE))


def test_a_wish_signed_elsewhere_is_believed(double):
    assert double.create(ADMITTED, WISH)["code"] == "00"
    assert double.create(ADMITTED, WISH)["code"] == "231"


@pytest.mark.parametrize("changed", [{"amount": 1}, {"signature": ""}, {"returnUrl": "https://else"}])
def test_a_wish_that_was_changed_is_not(double, changed):
    assert double.create(ADMITTED, WISH | changed)["code"] == "201"
    assert double.create(ADMITTED, {"signature": ""})["code"] == "201"


def test_a_stranger_is_not_admitted(double):
    assert double.create(ADMITTED | {"x-api-key": "other"}, WISH)["code"] == "214"
    assert double.ask({}, "123")["code"] == "214"


def test_our_wish_is_granted_and_its_answer_believed(begun, double):
    assert begun.pay_url == f"https://pay.invalid/{double.links[PAYMENT.order]['id']}"
    assert begun.qr


def test_a_wish_repeated_leads_to_the_same_page(begun, double):
    account = ACCOUNT.model_copy(update={"checkout_url": "https://pay.invalid"})

    assert payos.begin(PAYMENT, WANTED, account).pay_url == begun.pay_url
    double.decided(PAYMENT.order, "pay")
    with pytest.raises(Silent):
        payos.begin(PAYMENT, WANTED, account)


FATES = {
    "pay": ("PAID", [8_000], [8_000]),
    "fail": ("CANCELLED", [], []),
    "pay-late": ("EXPIRED", [8_000], [8_000]),
    "pay-twice": ("PAID", [8_000, 8_000], [8_000, 8_000]),
    "pay-wrong": ("UNDERPAID", [4_000], [4_000]),
    "pay-more": ("PAID", [12_000], [12_000]),
    "pay-silently": ("PAID", [], [8_000]),
}


@pytest.mark.parametrize("fate", FATES)
def test_whatever_the_payer_does_is_heard_and_asked_alike(begun, double, notified, fate):
    status, told, moved = FATES[fate]
    back = double.decided(PAYMENT.order, fate)

    assert [each.amount for each in heard(notified)] == told
    assert [each.amount for each in asked() if each.money_taken] == moved
    assert [each for each in heard(notified) if each not in asked()] == []
    assert dict(parse_qsl(urlsplit(back).query))["status"] == status


def test_transfers_to_one_link_have_names_of_their_own(begun, double):
    double.decided(PAYMENT.order, "pay-twice")

    assert len({each.provider_reference for each in asked()}) == 2


@pytest.mark.parametrize(
    ("fate", "verdict"), [(None, Verdict.PENDING), ("fail", Verdict.FAILURE), ("expire", Verdict.FAILURE)]
)
def test_a_link_nobody_paid_is_as_it_stands(begun, double, fate, verdict):
    if fate == "fail":
        double.decided(PAYMENT.order, "fail")
    if fate == "expire":
        double.clock = PAYMENT.expires_at.timestamp

    assert [(each.verdict, each.money_taken) for each in asked()] == [(verdict, False)]


def test_a_payment_it_never_saw_is_unknown(double):
    assert asked() == []


def test_what_was_decided_is_remembered(begun, double, tmp_path, monkeypatch):
    double.decided(PAYMENT.order, "pay")
    again = PayosDouble(tmp_path / "payos.json", "client", "a-key-of-the-tests-only", KEY, "")
    monkeypatch.setattr(wire, "http", Http(again))

    assert [each.amount for each in asked()] == [8_000]
    assert json.loads((tmp_path / "payos.json").read_text())
