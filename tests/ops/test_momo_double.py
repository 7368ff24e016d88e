"""MoMo's double by itself, then with our adapter: they were written apart from each other, and meet here."""

import hashlib
import hmac
import http.server
import json
import threading
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import Notice, Outcome, RefundOrder, Silent, Start
from chalicelib.payments.providers import momo
from chalicelib.payments.rules import Payment, Verdict
from ops.local.momo_double import MomoDouble
from ops.local.simulated import FATES
from tests.payments.providers.wires import on_the_wire

# MoMo's public sandbox keys, and an order signed by MoMo's own client (nodejs/MoMo.js).
KEYS = ("MOMO", "F8BBA842ECF85", "K951B6PE1waDMi640xX08PD3vg6EkVlz")
ORDER = {
    "partnerCode": "MOMO",
    "requestId": "MOMO1780279200000",
    "amount": 50_000,
    "orderId": "MOMO1780279200000",
    "orderInfo": "pay with MoMo",
    "redirectUrl": "https://momo.vn/return",
    "ipnUrl": "https://callback.url/notify",
    "extraData": "",
    "requestType": "captureWallet",
    "lang": "vi",
    "signature": "fdc81b015a4742ce84fc089044e592e31a47341e6ea09ba58e15aa96a2f3fd32",
}
NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
ACCOUNT = momo.Account(
    api_url="http://127.0.0.1:9/_local/momo", partner_code=KEYS[0], access_key=KEYS[1], secret=KEYS[2]
)
PAYMENT = Payment(
    id="abcdefghijklmnopqrstuvwxyz-abc234",
    dossier_id="abcdefghijklmnopqrstuvwxyz",
    provider="momo",
    about="H32.10-260601-0001",
    amount=8_000,
    created_at=NINE,
    expires_at=NINE + timedelta(minutes=15),
)


@pytest.fixture
def double(tmp_path):
    return MomoDouble(tmp_path / "momo.json", *KEYS, "http://127.0.0.1:9/_local/momo/pay")


@pytest.fixture
def merchant():
    """Listens at the address for notifications."""
    heard = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", heard
        server.shutdown()
        thread.join()


@pytest.fixture
def begun(double, merchant, monkeypatch):
    """A payment begun by our adapter at the double."""
    on_the_wire(monkeypatch, lambda asked: double.asked(asked.url.partition("/v2/gateway/api/")[2], asked.json))
    start = Start(return_url="https://dvc.example.vn/x?y=1", ip="127.0.0.1", language="vi", notify_url=merchant[0])
    return momo.begin(PAYMENT, start, ACCOUNT)


def question(**fields):
    text = f"accessKey={KEYS[1]}&orderId={fields['orderId']}&partnerCode=MOMO&requestId={fields['requestId']}"
    return {
        **fields,
        "partnerCode": "MOMO",
        "signature": hmac.new(KEYS[2].encode(), text.encode(), hashlib.sha256).hexdigest(),
    }


def heard(merchant):
    return [momo.read(Notice(body=body, at=NINE), ACCOUNT) for body in merchant[1]]


class TestTheDouble:
    def test_an_order_signed_elsewhere_is_taken_and_opened(self, double):
        told = double.asked("create", ORDER)
        payment = double.opened(dict(parse_qsl(urlsplit(told["payUrl"]).query)))

        assert (told["resultCode"], payment["order"]["amount"]) == (0, 50_000)

    @pytest.mark.parametrize(
        "changed", [{"amount": 5_000}, {"partnerCode": "OTHER"}, {"signature": ""}, {"ipnUrl": "https://evil.example"}]
    )
    def test_an_order_that_was_changed_is_not(self, double, changed):
        assert double.asked("create", {**ORDER, **changed})["resultCode"] == 13
        assert not double.payments

    def test_the_same_request_is_the_same_order(self, double):
        assert double.asked("create", ORDER) == double.asked("create", ORDER)

    def test_an_address_it_did_not_give_out_opens_nothing(self, double):
        double.asked("create", ORDER)

        assert double.opened({"o": ORDER["orderId"], "t": "guessed"}) is None
        assert double.opened({}) is None

    def test_who_has_paid_cannot_cancel(self, double):
        double.asked("create", ORDER)
        double.decided(ORDER["orderId"], "pay-silently")

        assert "resultCode=0" in double.decided(ORDER["orderId"], "fail")

    def test_a_merchant_that_does_not_answer_holds_up_nobody(self, double):
        double.asked("create", ORDER)
        double.payments[ORDER["orderId"]]["order"]["ipnUrl"] = "http://127.0.0.1:9/nobody"

        assert double.decided(ORDER["orderId"], "pay").startswith("https://momo.vn/return?")

    def test_what_was_decided_is_remembered(self, double, tmp_path):
        double.asked("create", ORDER)
        double.decided(ORDER["orderId"], "pay-silently")
        again = MomoDouble(tmp_path / "momo.json", *KEYS, "")

        told = again.asked("query", question(orderId=ORDER["orderId"], requestId="q1"))
        assert (told["resultCode"], told["amount"]) == (0, 50_000)

    def test_a_question_with_a_wrong_signature_is_refused(self, double):
        double.asked("create", ORDER)
        asked = question(orderId=ORDER["orderId"], requestId="q1")

        assert double.asked("query", {**asked, "requestId": "q2"})["resultCode"] == 13


class TestDoubleAndAdapter:
    def test_our_order_is_taken(self, begun, double):
        assert double.opened(dict(parse_qsl(urlsplit(begun.pay_url).query)))["order"]["orderId"] == PAYMENT.id

    @pytest.mark.parametrize(
        ("fate", "notified", "asked"),
        [
            ("pay", [(Verdict.SUCCESS, 8_000)], (Verdict.SUCCESS, 8_000)),
            ("fail", [(Verdict.FAILURE, 8_000)], (Verdict.FAILURE, 8_000)),
            ("pay-late", [(Verdict.FAILURE, 8_000), (Verdict.SUCCESS, 8_000)], (Verdict.SUCCESS, 8_000)),
            ("pay-twice", [(Verdict.SUCCESS, 8_000), (Verdict.SUCCESS, 8_000)], (Verdict.SUCCESS, 8_000)),
            ("pay-wrong", [(Verdict.SUCCESS, 9_000)], (Verdict.SUCCESS, 9_000)),
            ("pay-silently", [], (Verdict.SUCCESS, 8_000)),
        ],
    )
    def test_each_fate_is_notified_and_told_when_asked(self, begun, double, merchant, fate, notified, asked):
        assert double.decided(PAYMENT.id, fate).startswith("https://dvc.example.vn/x?y=1&")

        said = heard(merchant)
        assert [(each.verdict, each.amount) for each in said] == notified
        assert all(each.ours and each.order == PAYMENT.id for each in said)
        (answer,) = momo.query(PAYMENT, ACCOUNT, NINE)
        assert (answer.verdict, answer.amount) == asked

    def test_every_fate_is_tried_above(self):
        tried = self.test_each_fate_is_notified_and_told_when_asked.pytestmark[0].args[1]

        assert {each[0] for each in tried} == set(FATES)

    def test_money_paid_twice_moves_under_two_numbers_and_the_first_is_told_when_asked(self, begun, double, merchant):
        double.decided(PAYMENT.id, "pay-twice")
        first, second = (each.provider_reference for each in heard(merchant))

        assert first != second
        assert momo.query(PAYMENT, ACCOUNT, NINE)[0].provider_reference == first

    def test_a_notification_sent_again_is_the_same(self, begun, double, merchant):
        double.decided(PAYMENT.id, "pay")
        double.decided(PAYMENT.id, "pay")

        assert merchant[1][0] == merchant[1][1]
        assert double.payments[PAYMENT.id]["answers"] == [str(momo.answer(Outcome.RECORDED, None, None).status)]

    def test_a_payment_not_yet_decided_is_pending_and_one_it_never_saw_unknown(self, begun):
        assert momo.query(PAYMENT, ACCOUNT, NINE)[0].verdict == Verdict.PENDING
        assert momo.query(PAYMENT.model_copy(update={"id": "another-abc234"}), ACCOUNT, NINE) == ()

    def refund(self, merchant, amount, number):
        reference = heard(merchant)[0].provider_reference
        return RefundOrder(id=number, amount=amount, whole=False, paid_reference=reference, reason="", by="an", at=NINE)

    def test_no_more_is_refunded_than_was_paid_and_no_request_twice(self, begun, double, merchant):
        double.decided(PAYMENT.id, "pay")
        first, more, rest = (
            self.refund(merchant, amount, number) for amount, number in ((3_000, "r1"), (5_001, "r2"), (5_000, "r3"))
        )

        done = momo.refund(first, PAYMENT, ACCOUNT, NINE)
        assert done.state == "done"
        assert momo.refund(first, PAYMENT, ACCOUNT, NINE) == done
        assert momo.refund_state(first, PAYMENT, ACCOUNT, NINE).provider_reference == done.provider_reference
        assert momo.refund(more, PAYMENT, ACCOUNT, NINE).state == "failed"
        assert momo.refund(rest, PAYMENT, ACCOUNT, NINE).state == "done"
        assert sum(each["amount"] for each in double.payments[PAYMENT.id]["refunds"]) == 8_000

    @pytest.mark.parametrize(("state", "code"), [("done", 0), ("failed", 1081)])
    def test_a_refund_it_took_on_waits_for_its_end(self, begun, double, merchant, state, code):
        double.pays_back_at_once = False
        double.decided(PAYMENT.id, "pay")
        order = self.refund(merchant, 8_000, "r1")
        assert momo.refund(order, PAYMENT, ACCOUNT, NINE).state == "pending"
        assert momo.refund(order, PAYMENT, ACCOUNT, NINE).state == "pending"
        assert momo.refund_state(order, PAYMENT, ACCOUNT, NINE).state == "pending"

        (seen,) = double.known()
        double.paid_back(PAYMENT.id, seen.refunds[0].number, state)

        assert momo.refund_state(order, PAYMENT, ACCOUNT, NINE).state == state
        assert double.payments[PAYMENT.id]["refunds"][0]["resultCode"] == code

    def test_a_refund_it_never_saw_and_one_of_an_unknown_movement(self, begun, double, merchant):
        double.decided(PAYMENT.id, "pay")
        order = self.refund(merchant, 1_000, "r1")

        with pytest.raises(Silent):
            momo.refund_state(order, PAYMENT, ACCOUNT, NINE)
        stray = order.model_copy(update={"paid_reference": "12345"})
        assert momo.refund(stray, PAYMENT, ACCOUNT, NINE).state == "failed"

    def test_all_of_it_outlives_a_restart(self, begun, double, merchant, tmp_path):
        double.decided(PAYMENT.id, "pay")
        momo.refund(self.refund(merchant, 1_000, "r1"), PAYMENT, ACCOUNT, NINE)

        again = MomoDouble(tmp_path / "momo.json", *KEYS, "")
        assert again.payments == json.loads(json.dumps(double.payments))
