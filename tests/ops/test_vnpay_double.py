import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from ops.local.simulated import FATES
from ops.local.vnpay_double import QUESTIONS, VnpayDouble

SECRET = "SECRETKEYFORTESTING0123456789ABCD"
TMN = "2QXUI4B4"
REFERENCE = "HS-H22-2026-000123-01"
# Signed by an independent implementation.
PAY = (
    "vnp_Amount=12000000&vnp_Command=pay&vnp_CreateDate=20260601090000&vnp_CurrCode=VND&vnp_ExpireDate=20260601091500"
    "&vnp_IpAddr=127.0.0.1&vnp_Locale=vn&vnp_OrderInfo=Le+phi+ho+so%3A+000.00.01.H22-260601-0123+%28N%E1%BB%99p+ph%C3"
    "%AD%29&vnp_OrderType=other&vnp_ReturnUrl=https%3A%2F%2Fdvc.example.gov.vn%2Fthanh-toan%2Fvnpay%3Fx%3D1"
    "&vnp_TmnCode=2QXUI4B4&vnp_TxnRef=HS-H22-2026-000123-01&vnp_Version=2.1.0"
)
PAY_HASH = (
    "d308e1d947b834d9431064dad3e68b01094e4c04a37e1b646b7de95c41e4c3320bbaa09ba208fdd8971f6c062412d4bdea3f253191b2b44a61"
    "e2e34a17e87921"
)
QUERY_HASH = (
    "f1094b9d7fcfcdb6c81f911d5940f130b6f9386f0e6a318c5ff056c72b9084ccb782f87f3335f0fd20f8d5791809f966b1495da844be49579e"
    "996159d41602ef"
)


@pytest.fixture
def double(tmp_path):
    return VnpayDouble(tmp_path / "vnpay.json", TMN, SECRET, "http://127.0.0.1:9/nobody")


def order(**changed):
    return dict(parse_qsl(PAY)) | {"vnp_SecureHash": PAY_HASH} | changed


def question(double, command, **changed):
    about = {
        "RequestId": "REQ1", "Version": "2.1.0", "Command": command, "TmnCode": TMN, "TxnRef": REFERENCE,
        "TransactionDate": "20260601090000", "CreateDate": "20260601091500", "IpAddr": "127.0.0.1",
        "OrderInfo": "Truy van GD",
    } | changed  # fmt: skip
    signature = double._bars(about, QUESTIONS[command])
    return {f"vnp_{name}": value for name, value in about.items()} | {"vnp_SecureHash": signature}


def refund(double, **changed):
    about = {"TransactionType": "03", "Amount": "5000000", "TransactionNo": "0", "CreateBy": "an"}
    return double.asked(question(double, "refund", **about | changed))


def test_an_order_signed_elsewhere_is_believed(double):
    assert double.opened(order()) is not None


@pytest.mark.parametrize("changed", [{"vnp_Amount": "100"}, {"vnp_TmnCode": "OTHER"}, {"vnp_SecureHash": ""}])
def test_an_order_that_was_changed_is_not(double, changed):
    assert double.opened(order(**changed)) is None


def test_the_payer_is_sent_back_with_a_signed_outcome(double):
    double.opened(order())

    back = urlsplit(double.decided(REFERENCE, "pay-silently"))
    told = dict(parse_qsl(back.query))

    assert (told["vnp_ResponseCode"], told["vnp_TransactionStatus"], told["x"]) == ("00", "00", "1")
    assert told["vnp_SecureHash"] == double.signed(told)


def test_who_has_paid_cannot_cancel(double):
    double.opened(order())
    double.decided(REFERENCE, "pay-silently")

    assert "vnp_ResponseCode=00" in double.decided(REFERENCE, "fail")


def test_a_merchant_that_does_not_answer_holds_up_nobody(double):
    double.opened(order())

    assert double.decided(REFERENCE, "pay").startswith("https://dvc.example.gov.vn/")


def test_a_query_signed_elsewhere_is_answered(double):
    double.opened(order())
    asked = question(double, "querydr")

    assert asked["vnp_SecureHash"] == QUERY_HASH
    assert double.asked(asked)["vnp_TransactionStatus"] == "01"

    double.decided(REFERENCE, "pay-silently")
    assert double.asked(asked)["vnp_TransactionStatus"] == "00"


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"TxnRef": "unknown"}, "91"), ({"TransactionDate": "20260601090001"}, "91"), ({"TmnCode": "OTHER"}, "02")],
)
def test_a_query_about_nothing_says_so(double, changed, code):
    double.opened(order())

    assert double.asked(question(double, "querydr", **changed))["vnp_ResponseCode"] == code


def test_a_question_with_a_wrong_checksum_is_refused(double):
    assert double.asked(question(double, "querydr") | {"vnp_TxnRef": "other"})["vnp_ResponseCode"] == "97"


def test_no_more_is_refunded_than_was_paid_and_no_request_twice(double):
    double.opened(order())
    assert refund(double)["vnp_ResponseCode"] == "95"

    double.decided(REFERENCE, "pay-silently")
    assert refund(double)["vnp_ResponseCode"] == "00"
    assert refund(double)["vnp_ResponseCode"] == "94"
    assert refund(double, RequestId="REQ2", Amount="7000001")["vnp_ResponseCode"] == "02"
    assert refund(double, RequestId="REQ3", Amount="7000000")["vnp_ResponseCode"] == "00"


def test_what_was_decided_is_remembered(double, tmp_path):
    double.opened(order())
    double.decided(REFERENCE, "pay-silently")

    again = VnpayDouble(tmp_path / "vnpay.json", TMN, SECRET, "")

    assert again.asked(question(again, "querydr"))["vnp_TransactionStatus"] == "00"
    assert json.loads((tmp_path / "vnpay.json").read_text())


def told(double):
    (seen,) = double.known()
    return [(each.paid, each.amount) for each in seen.told]


@pytest.mark.parametrize(
    ("fate", "outcomes"),
    [
        ("pay", [(True, 120_000)]),
        ("fail", [(False, 120_000)]),
        ("pay-late", [(False, 120_000), (True, 120_000)]),
        ("pay-twice", [(True, 120_000), (True, 120_000)]),
        ("pay-wrong", [(True, 121_000)]),
        ("pay-silently", [(True, 120_000)]),
    ],
)
def test_each_fate_is_told_unless_the_notification_is_lost(double, fate, outcomes):
    double.opened(order())
    double.decided(REFERENCE, fate)

    assert told(double) == outcomes
    assert [bool(each.answer) for each in double.known()[0].told] == [fate != "pay-silently"] * len(outcomes)


def test_every_fate_is_tried_above():
    tried = test_each_fate_is_told_unless_the_notification_is_lost.pytestmark[0].args[1]

    assert {each[0] for each in tried} == set(FATES)


def test_money_that_came_after_a_failure_is_told_when_asked(double):
    double.opened(order())
    double.decided(REFERENCE, "pay-late")

    assert double.asked(question(double, "querydr"))["vnp_TransactionStatus"] == "00"


def test_a_payment_made_once_more_moves_under_another_number_and_is_refunded_by_it(double):
    double.opened(order())
    double.decided(REFERENCE, "pay-silently")
    double.paid_again(REFERENCE)
    first, second = double.known()[0].told

    assert first.number != second.number
    assert (first.answer, second.answer[:8]) == ("", "URLError")
    assert refund(double, TransactionNo=second.number, Amount="12000000")["vnp_ResponseCode"] == "00"
    assert refund(double, TransactionNo=second.number, Amount="100", RequestId="R2")["vnp_ResponseCode"] == "02"
    assert refund(double, TransactionNo=first.number, Amount="12000000", RequestId="R3")["vnp_ResponseCode"] == "00"


@pytest.mark.parametrize(("state", "code"), [("done", "02"), ("failed", "00")])
def test_only_a_refund_that_failed_can_be_asked_for_anew(double, state, code):
    double.opened(order())
    double.decided(REFERENCE, "pay-silently")
    assert refund(double, Amount="12000000")["vnp_TransactionStatus"] == "05"

    double.paid_back(REFERENCE, "REQ1", state)

    assert [each.state for each in double.known()[0].refunds] == [state]
    assert refund(double, Amount="12000000", RequestId="REQ2")["vnp_ResponseCode"] == code


def test_a_file_from_before_there_were_several_outcomes_is_read(double, tmp_path):
    fate = {"vnp_TransactionStatus": "00", "vnp_Amount": "12000000", "vnp_TransactionNo": "14000001"}
    old = {
        "paid": {"order": order(), "fate": fate, "refunded": 5_000_000, "requests": ["R1"]},
        "open": {"order": order(), "fate": None, "refunded": 0},
    }
    (tmp_path / "old.json").write_text(json.dumps(old))

    paid, opened = VnpayDouble(tmp_path / "old.json", TMN, SECRET, "").known()

    assert [(each.paid, each.amount, each.number) for each in paid.told] == [(True, 120_000, "14000001")]
    assert [(each.amount, each.state) for each in paid.refunds] == [(50_000, "waiting")]
    assert (opened.told, opened.refunds) == ((), ())
