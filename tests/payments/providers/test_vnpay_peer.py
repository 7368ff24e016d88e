"""VNPAY's adapter beside npm `vnpay`, which was written by others: each reads what the other signed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.payments import wire
from chalicelib.payments.protocol import Forged, Notice, Start
from chalicelib.payments.providers import vnpay
from chalicelib.payments.rules import Verdict
from tests.payments.providers.orders import NINE, attempt, refund_of
from tests.payments.providers.peers import node
from tests.payments.providers.wires import answering

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PEER = "vnpay@2.5.0"
ACCOUNT = vnpay.Account(
    pay_url="https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
    api_url="https://sandbox.vnpayment.vn/merchant_webapi/api/transaction",
    tmn_code="2QXUI4B4",
    secret="SECRETKEYFORTESTING0123456789ABCD",
)
PAYMENT = attempt("vnpay")
START = Start(return_url="https://dvc.example.gov.vn/thanh-toan?x=1&y=hồ sơ", ip="203.0.113.7", language="vi")
ORDER = refund_of("14226112", 50_000, id="refund-1")
FATE = {
    "vnp_Amount": "12000000",
    "vnp_BankCode": "NCB",
    "vnp_BankTranNo": "VNP14226112",
    "vnp_CardType": "ATM",
    "vnp_OrderInfo": "Le phi ho so: 000.00.01.H22-260601-0123 (Nộp phí)",
    "vnp_PayDate": "20260601090512",
    "vnp_ResponseCode": "00",
    "vnp_TmnCode": "2QXUI4B4",
    "vnp_TransactionNo": "14226112",
    "vnp_TransactionStatus": "00",
    "vnp_TxnRef": "d1-abcdef",
}
ANSWER = {
    "vnp_ResponseId": "R1",
    "vnp_ResponseCode": "00",
    "vnp_Message": "Giao dich thanh cong",
    "vnp_TmnCode": "2QXUI4B4",
    "vnp_TxnRef": "d1-abcdef",
    "vnp_Amount": "12000000",
    "vnp_BankCode": "NCB",
    "vnp_PayDate": "20260601090512",
    "vnp_TransactionNo": "14226112",
    "vnp_TransactionType": "01",
    "vnp_TransactionStatus": "00",
    "vnp_OrderInfo": "Le phi",
}
CLIENT = """
const {VNPay, ignoreLogger} = require("vnpay");
const client = new VNPay({tmnCode: given.tmn, secureSecret: given.key, vnpayHost: given.host,
    queryDrAndRefundHost: given.host, enableLog: false,
    loggerFn: ignoreLogger});
"""


def peer(script, host="http://127.0.0.1:9", **given):
    return node(PEER, CLIENT + script, tmn=ACCOUNT.tmn_code, key=ACCOUNT.secret, host=host, **given)


def verified(fields):
    return peer("return client.verifyIpnCall(given.fields);", fields=fields)


@pytest.fixture
def gateway():
    """Where the other's client asks: what it sent, answered with what a test put there."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(self.server.answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        server.asked, server.answer = [], {}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def host(gateway):
    return f"http://127.0.0.1:{gateway.server_port}"


# ---- the address to pay at, and the notification


def test_the_address_to_pay_at_is_signed_as_the_other_signs_it():
    ours = dict(parse_qsl(urlsplit(vnpay.begin(PAYMENT, START, ACCOUNT).pay_url).query))
    fields = {**ours, "vnp_Amount": PAYMENT.amount}  # the other multiplies by itself
    fields = {name: int(value) if name.endswith("Date") else value for name, value in fields.items()}
    fields.pop("vnp_SecureHash")

    theirs = dict(parse_qsl(urlsplit(str(peer("return client.buildPaymentUrl(given.fields);", fields=fields))).query))

    assert ours == theirs


def test_the_other_believes_a_notification_signed_by_us():
    said = verified({**FATE, "vnp_SecureHash": vnpay.signature(FATE, ACCOUNT.secret)})

    assert (said["isVerified"], said["isSuccess"], said["vnp_Amount"]) == (True, True, 120_000)


@pytest.mark.parametrize("change", [{"vnp_Amount": "12000001"}, {"vnp_TxnRef": "d1-abcdeg"}, {"vnp_BankCode": ""}])
def test_neither_believes_a_changed_notification(change):
    changed = {**FATE, "vnp_SecureHash": vnpay.signature(FATE, ACCOUNT.secret), **change}

    assert not verified(changed)["isVerified"]
    with pytest.raises(Forged):
        vnpay.read(Notice(query=tuple(changed.items()), at=NINE), ACCOUNT)


@pytest.mark.parametrize("info", ["Phi ho so 000.00.01.H22-260601-0123", "Nộp phí (lần 2)"])
def test_we_believe_a_notification_the_other_signed(info):
    """It has no signer of notifications; its signer of addresses covers the same fields by the same recipe."""
    fields = {**FATE, "vnp_Amount": 120_000, "vnp_OrderInfo": info, "vnp_PayDate": 20260601090512}
    extra = {"vnp_IpAddr": "203.0.113.7", "vnp_ReturnUrl": START.return_url}
    url = str(peer("return client.buildPaymentUrl(given.fields);", fields={**fields, **extra}))
    said = vnpay.read(Notice(query=tuple(parse_qsl(urlsplit(url).query)), at=NINE), ACCOUNT)

    assert (said.order, said.amount, said.verdict) == (PAYMENT.id, 120_000, Verdict.SUCCESS)


def test_paid_is_what_both_codes_say_though_the_other_reads_one():
    fields = {**FATE, "vnp_TransactionStatus": "02"}
    signed = {**fields, "vnp_SecureHash": vnpay.signature(fields, ACCOUNT.secret)}

    assert verified(signed)["isSuccess"]
    assert vnpay.read(Notice(query=tuple(signed.items()), at=NINE), ACCOUNT).verdict == Verdict.FAILURE


# ---- the transaction interface


def test_the_others_query_is_signed_as_ours_and_it_believes_our_answer(gateway, monkeypatch):
    wired = answering(monkeypatch, ANSWER)
    with pytest.raises(Exception, match="checksum"):
        vnpay.query(PAYMENT, ACCOUNT, NINE)
    told = {**ANSWER, "vnp_Command": "querydr"}
    gateway.answer = {**told, "vnp_SecureHash": vnpay.checksum(told, vnpay.QUERY_TOLD, ACCOUNT.secret)}
    ours = wired.message
    unsigned = {name: value for name, value in ours.items() if name not in ("vnp_SecureHash", "vnp_TmnCode")}

    said = peer("return client.queryDr(given.fields);", host(gateway), fields=unsigned)

    assert (said["isVerified"], said["isSuccess"]) == (True, True)
    assert wire.texts(gateway.asked[0]) == ours


def test_the_other_disbelieves_an_answer_signed_by_a_stranger(gateway):
    told = {**ANSWER, "vnp_Command": "querydr"}
    gateway.answer = {**told, "vnp_SecureHash": vnpay.checksum(told, vnpay.QUERY_TOLD, "another")}
    asked = {"vnp_RequestId": "1", "vnp_TxnRef": PAYMENT.id, "vnp_TransactionDate": 20260601090000}
    asked |= {"vnp_CreateDate": 20260601091500, "vnp_IpAddr": "127.0.0.1", "vnp_OrderInfo": "Truy van"}

    assert not peer("return client.queryDr(given.fields);", host(gateway), fields=asked)["isVerified"]


@pytest.mark.parametrize("whole", [False, True])
def test_the_others_refund_is_signed_as_ours(gateway, monkeypatch, whole):
    amount = PAYMENT.amount if whole else 50_000
    told = {**ANSWER, "vnp_Command": "refund", "vnp_Amount": str(amount * 100), "vnp_TransactionStatus": "05"}
    gateway.answer = {**told, "vnp_SecureHash": vnpay.checksum(told, vnpay.REFUND_TOLD, ACCOUNT.secret)}
    wired = answering(monkeypatch, gateway.answer)
    order = ORDER.model_copy(update={"whole": whole, "amount": amount})
    assert vnpay.refund(order, PAYMENT, ACCOUNT, NINE).state == "pending"
    ours = wired.message
    fields = {name: value for name, value in ours.items() if name != "vnp_SecureHash"} | {"vnp_Amount": amount}

    said = peer("return client.refund(given.fields);", host(gateway), fields=fields)

    assert wire.texts(gateway.asked[0]) == ours
    # It divides the answer's amount by 100 before it checks, so it disbelieves every right answer: not our fault.
    assert (said["isVerified"], said["isSuccess"]) == (False, True)


def test_the_other_says_nought_for_an_unknown_movement_only_in_what_it_signs(gateway):
    """So do we sign and send it: a request that says less than it signs may be refused."""
    fields = {"vnp_RequestId": "1", "vnp_TransactionType": "02", "vnp_TxnRef": PAYMENT.id, "vnp_Amount": 120_000}
    fields |= {"vnp_TransactionDate": 20260601090000, "vnp_CreateBy": "an", "vnp_CreateDate": 20260601100000}
    fields |= {"vnp_IpAddr": "127.0.0.1", "vnp_OrderInfo": "Hoan phi"}
    peer("return client.refund(given.fields);", host(gateway), fields=fields)
    sent = wire.texts(gateway.asked[0])

    assert "vnp_TransactionNo" not in sent
    signed = {**sent, "vnp_TransactionNo": "0"}
    assert vnpay.checksum(signed, vnpay.REFUND_ASKED, ACCOUNT.secret) == sent["vnp_SecureHash"]
