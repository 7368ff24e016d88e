import hashlib
import hmac
import http.server
import json
import string
import threading
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.payments import wire
from chalicelib.payments.protocol import Forged, Notice, Outcome, Provider, RefundOrder, Silent, Start, Unreadable
from chalicelib.payments.providers import vnpay
from chalicelib.payments.rules import Statement, Verdict
from chalicelib.payments.signing import plain
from tests.payments.providers.flips import flipped
from tests.payments.providers.orders import NINE, attempt, refund_of
from tests.payments.providers.wires import NO_ANSWERS, answering

KEY = "SECRETKEYFORTESTING0123456789ABCD"
TMN = "2QXUI4B4"
ACCOUNT = vnpay.Account(
    pay_url="https://pay.example.vn/paymentv2/vpcpay.html",
    api_url="https://pay.example.vn/merchant_webapi/api/transaction",
    tmn_code=TMN,
    secret=KEY,
)

# Produced by an independent signer (npm `vnpay` 2.5.0) with the key above.
PAY = (
    "vnp_Amount=12000000&vnp_Command=pay&vnp_CreateDate=20260601090000&vnp_CurrCode=VND&vnp_ExpireDate=20260601091500"
    "&vnp_IpAddr=127.0.0.1&vnp_Locale=vn&vnp_OrderInfo=Le+phi+ho+so%3A+000.00.01.H22-260601-0123+%28N%E1%BB%99p+ph%C3%AD%29"
    "&vnp_OrderType=other&vnp_ReturnUrl=https%3A%2F%2Fdvc.example.gov.vn%2Fthanh-toan%2Fvnpay%3Fx%3D1"
    "&vnp_TmnCode=2QXUI4B4&vnp_TxnRef=HS-H22-2026-000123-01&vnp_Version=2.1.0",
    "d308e1d947b834d9431064dad3e68b01094e4c04a37e1b646b7de95c41e4c332"
    "0bbaa09ba208fdd8971f6c062412d4bdea3f253191b2b44a61e2e34a17e87921",
)
IPN = (
    "vnp_Amount=12000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14226112&vnp_CardType=ATM"
    "&vnp_OrderInfo=Le+phi+ho+so%3A+000.00.01.H22-260601-0123+%28N%E1%BB%99p+ph%C3%AD%29&vnp_PayDate=20260601090512"
    "&vnp_ResponseCode=00&vnp_TmnCode=2QXUI4B4&vnp_TransactionNo=14226112&vnp_TransactionStatus=00"
    "&vnp_TxnRef=HS-H22-2026-000123-01",
    "06d3ad6fdb276e812271a79ef9517838dd5df69e94f084a10d7fcdb3243c6a29"
    "ee51ce92fe4642e10b251f5ba1cb3a498f33cfc74edc893232ae612744a8eba9",
)
QUERYDR = (
    "REQ1|2.1.0|querydr|2QXUI4B4|HS-H22-2026-000123-01|20260601090000|20260601091500|127.0.0.1|Truy van GD",
    "f1094b9d7fcfcdb6c81f911d5940f130b6f9386f0e6a318c5ff056c72b9084cc"
    "b782f87f3335f0fd20f8d5791809f966b1495da844be49579e996159d41602ef",
)
REFUND = (
    "REQ2|2.1.0|refund|2QXUI4B4|02|HS-H22-2026-000123-01|12000000|0|20260601090000|canbo01|20260601100000|127.0.0.1"
    "|Hoan phi ho so",
    "c55fa8707c294c5d42e296688d668d7ad578746e09d5670af1c391e6dd579dde"
    "7277ae59dc84960fff814637b562f0896cd3007b865f4871038d60beb02f89e1",
)
PAYMENT = attempt(
    "vnpay", id="HS-H22-2026-000123-01", dossier_id="HS-H22-2026-000123", about="000.00.01.H32-260601-0001"
)


def read(pairs: list[tuple[str, str]]) -> Statement:
    return vnpay.read(Notice(query=tuple(pairs), at=NINE), ACCOUNT)


def signed(**changes: str) -> list[tuple[str, str]]:
    fields = {**dict(parse_qsl(IPN[0])), **changes}
    return [*fields.items(), ("vnp_SecureHash", vnpay.signature(fields, KEY))]


def test_the_module_is_a_provider() -> None:
    provider: Provider = vnpay

    assert provider.SERVES == "vnpay"
    assert not hasattr(vnpay, "refund_state")  # the transaction interface has no such question


@pytest.mark.parametrize(("data", "expected"), [PAY, IPN], ids=["pay", "notification"])
def test_our_signature_is_the_independent_signers(data: str, expected: str) -> None:
    assert vnpay.signature(dict(parse_qsl(data)), KEY) == expected


@pytest.mark.parametrize(
    ("data", "order", "expected"),
    [(QUERYDR[0], vnpay.QUERY_ASKED, QUERYDR[1]), (REFUND[0], vnpay.REFUND_ASKED, REFUND[1])],
    ids=["querydr", "refund"],
)
def test_our_checksum_is_the_independent_signers(data: str, order: list[str], expected: str) -> None:
    fields = dict(zip((f"vnp_{name}" for name in order), data.split("|"), strict=True))

    assert vnpay.checksum(fields, order, KEY) == expected


def test_a_refunds_answer_is_checked_over_its_amount_as_sent() -> None:
    fields = {f"vnp_{name}": "" for name in vnpay.REFUND_TOLD} | {"vnp_Amount": "12000000", "vnp_TxnRef": "x"}

    assert (
        vnpay.checksum(fields, vnpay.REFUND_TOLD, KEY)
        == hmac.new(KEY.encode(), b"|||||x|12000000||||||", hashlib.sha512).hexdigest()
    )


def test_the_independent_notification_is_read() -> None:
    said = read([*parse_qsl(IPN[0]), ("vnp_SecureHash", IPN[1])])

    assert (said.order, said.amount, said.verdict) == (PAYMENT.id, 120_000, Verdict.SUCCESS)
    assert (said.provider_reference, said.ours, said.money_taken) == ("14226112", True, True)
    assert "vnp_SecureHash" not in said.facts


@pytest.mark.parametrize("name", [name for name, _ in parse_qsl(IPN[0])])
def test_a_notification_changed_in_any_field_is_forged(name: str) -> None:
    fields = dict(parse_qsl(IPN[0]))
    for changed in (fields[name] + "1", fields[name][1:] or "1", fields[name].swapcase() + "a", ""):
        pairs = [*{**fields, name: changed}.items(), ("vnp_SecureHash", IPN[1])]
        with pytest.raises(Forged):
            read(pairs)


@pytest.mark.parametrize("name", [name for name, _ in parse_qsl(IPN[0])])
def test_a_notification_that_lacks_any_field_is_forged(name: str) -> None:
    pairs = [(each, value) for each, value in parse_qsl(IPN[0]) if each != name]
    with pytest.raises(Forged):
        read([*pairs, ("vnp_SecureHash", IPN[1])])


def test_a_notification_changed_in_any_bit_of_data_or_hash_is_forged() -> None:
    pairs = [*parse_qsl(IPN[0]), ("vnp_SecureHash", IPN[1])]
    for place, (name, value) in enumerate(pairs):
        for at, letter in enumerate(value):
            for bit in range(7):
                changed = value[:at] + chr(ord(letter) ^ 1 << bit) + value[at + 1 :]
                with pytest.raises((Forged, Unreadable)):
                    read([*pairs[:place], (name, changed), *pairs[place + 1 :]])


@pytest.mark.parametrize(
    "theirs",
    [
        "",
        "0",
        IPN[1].upper(),
        IPN[1][:-1],
        IPN[1] + " ",
        "é" * 128,
        "\udcff",
        hashlib.md5((KEY + IPN[0]).encode()).hexdigest(),  # noqa: S324 - the algorithm we refuse
        hashlib.sha256((KEY + IPN[0]).encode()).hexdigest(),
        hmac.new(KEY.encode(), IPN[0].encode(), hashlib.sha256).hexdigest(),
        hmac.new(b"another key", IPN[0].encode(), hashlib.sha512).hexdigest(),
    ],
)
def test_any_other_hash_is_forged(theirs: str) -> None:
    with pytest.raises(Forged):
        read([*parse_qsl(IPN[0]), ("vnp_SecureHash", theirs)])
    with pytest.raises(Forged):
        read([*parse_qsl(IPN[0]), ("vnp_SecureHashType", "MD5"), ("vnp_SecureHash", theirs)])


def test_a_missing_hash_is_forged_and_an_empty_call_unreadable() -> None:
    with pytest.raises(Forged):
        read(parse_qsl(IPN[0]))
    for nothing in ([], [("utm_source", "mail")], [("vnp_SecureHash", IPN[1])]):
        with pytest.raises(Unreadable):
            read(nothing)


@pytest.mark.parametrize("name", ["vnp_Amount", "vnp_SecureHash", "vnp_TxnRef"])
def test_a_repeated_name_is_forged_even_when_it_says_the_same(name: str) -> None:
    pairs = [*parse_qsl(IPN[0]), ("vnp_SecureHash", IPN[1])]
    with pytest.raises(Forged):
        read([*pairs, (name, dict(pairs)[name])])


def test_what_is_not_vnpays_and_what_is_empty_does_not_touch_the_signature() -> None:
    said = read([("x", "1"), *signed(), ("vnp_Inv_Phone", "")])

    assert said.verdict == Verdict.SUCCESS


def test_text_that_is_no_utf_8_is_forged() -> None:
    with pytest.raises(Forged):
        read([*parse_qsl(IPN[0].replace("Le+phi", "\udce9")), ("vnp_SecureHash", IPN[1])])


@pytest.mark.parametrize(
    ("response", "status", "verdict", "money"),
    [
        ("00", "00", Verdict.SUCCESS, True),
        ("00", "02", Verdict.FAILURE, False),
        ("24", "00", Verdict.FAILURE, False),
        ("24", "02", Verdict.FAILURE, False),
        ("00", "01", Verdict.PENDING, False),
        ("00", "04", Verdict.PENDING, False),
        ("07", "00", Verdict.MISMATCH, True),
        ("00", "07", Verdict.MISMATCH, True),
        ("00", "05", Verdict.MISMATCH, False),
        ("99", "99", Verdict.FAILURE, False),
    ],
)
def test_paid_only_if_both_codes_say_so(response: str, status: str, verdict: Verdict, money: bool) -> None:
    said = read(signed(vnp_ResponseCode=response, vnp_TransactionStatus=status))

    assert (said.verdict, said.money_taken) == (verdict, money)


@pytest.mark.parametrize("name", ["vnp_ResponseCode", "vnp_TransactionStatus"])
def test_a_notification_without_an_outcome_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        read(signed(**{name: ""}))


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("12000000", 120_000),
        ("12000001", None),
        ("-12000000", None),
        ("120000.00", None),
        ("012000000", None),
        ("0", None),
        ("１２０００000", None),
        ("1" * 13 + "00", None),
        ("12e6", None),
    ],
)
def test_an_amount_is_a_whole_number_of_dong_or_none(said: str, amount: int | None) -> None:
    assert read(signed(vnp_Amount=said)).amount == amount


def test_another_merchants_notification_is_not_ours() -> None:
    assert not read(signed(vnp_TmnCode="OTHER123")).ours


def test_card_data_is_not_kept() -> None:
    said = read(signed(vnp_CardNumber="9704198526191432198", vnp_CardHolder="NGUYEN VAN A"))

    assert "9704198526191432198" not in said.model_dump_json()
    assert "NGUYEN VAN A" not in said.model_dump_json()


def test_the_pay_url_says_what_vnpay_asks_for() -> None:
    start = Start(return_url="https://dvc.example.gov.vn/về?x=1", ip="203.0.113.7", language="vi")
    url = vnpay.begin(PAYMENT, start, ACCOUNT).pay_url
    assert url is not None
    base, _, query = url.partition("?")
    fields = dict(parse_qsl(query, strict_parsing=True))

    assert base == ACCOUNT.pay_url
    assert fields.pop("vnp_SecureHash") == vnpay.signature(fields, KEY)
    assert fields == {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": TMN,
        "vnp_Amount": "12000000",
        "vnp_CreateDate": "20260601090000",
        "vnp_ExpireDate": "20260601091500",
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": "203.0.113.7",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Phi le phi ho so 000.00.01.H32-260601-0001",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": "https://dvc.example.gov.vn/về?x=1",
        "vnp_TxnRef": PAYMENT.id,
    }


@given(st.text())
def test_a_description_has_plain_characters_only(text: str) -> None:
    assert set(plain(text)) <= set(string.ascii_letters + string.digits + " .:_-")
    assert len(plain(text)) <= 255


@given(st.dictionaries(st.from_regex(r"vnp_[A-Za-z]{1,8}", fullmatch=True), st.text(max_size=20), min_size=1))
def test_the_signature_does_not_depend_on_order_and_survives_the_wire(fields: dict[str, str]) -> None:
    received = dict(parse_qsl(urlencode(fields)))

    assert vnpay.signature(received, KEY) == vnpay.signature(dict(reversed(fields.items())), KEY)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.FORGED, "97"),
        (Outcome.UNKNOWN, "01"),
        (Outcome.WRONG_AMOUNT, "04"),
        (Outcome.REPEATED, "02"),
        (Outcome.RECORDED, "00"),
        (Outcome.IGNORED, "00"),
        (Outcome.UNREADABLE, "99"),
        (Outcome.FAULT, "99"),
    ],
)
def test_every_outcome_has_vnpays_code(outcome: Outcome, code: str) -> None:
    for account in (ACCOUNT, None):
        answer = vnpay.answer(outcome, Notice(at=NINE), account)
        assert answer.status == 200
        assert answer.body is not None
        assert (answer.body["RspCode"], set(answer.body)) == (code, {"RspCode", "Message"})


def test_the_account_keeps_its_key_to_itself_and_knows_its_fields() -> None:
    assert KEY not in repr(ACCOUNT)
    with pytest.raises(ValidationError):
        vnpay.Account.model_validate({**ACCOUNT.model_dump(), "surprise": "1"})


# ---- the query


def told(**changes: object) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "vnp_ResponseId": "R1",
        "vnp_Command": "querydr",
        "vnp_ResponseCode": "00",
        "vnp_Message": "Giao dich thanh cong",
        "vnp_TmnCode": TMN,
        "vnp_TxnRef": PAYMENT.id,
        "vnp_Amount": "12000000",
        "vnp_BankCode": "NCB",
        "vnp_PayDate": "20260601090512",
        "vnp_TransactionNo": "14226112",
        "vnp_TransactionType": "01",
        "vnp_TransactionStatus": "00",
        "vnp_OrderInfo": "Le phi",
        **changes,
    }
    covered = vnpay.REFUND_TOLD if answer["vnp_Command"] == "refund" else vnpay.QUERY_TOLD
    return {**answer, "vnp_SecureHash": vnpay.checksum(wire.texts(answer), covered, KEY)}


def asked(now: datetime = NINE) -> Statement:
    (said,) = vnpay.query(PAYMENT, ACCOUNT, now)
    return said


def test_a_query_is_signed_and_its_answer_read(monkeypatch: pytest.MonkeyPatch) -> None:
    wired = answering(monkeypatch, told())
    said = asked(NINE + timedelta(minutes=15))

    assert (said.order, said.amount, said.verdict) == (PAYMENT.id, 120_000, Verdict.SUCCESS)
    question = wired.message
    assert wired.urls == [ACCOUNT.api_url]
    assert question.pop("vnp_SecureHash") == vnpay.checksum(question, vnpay.QUERY_ASKED, KEY)
    assert (question["vnp_TransactionDate"], question["vnp_CreateDate"]) == ("20260601090000", "20260601091500")


def test_told_and_asked_name_the_same_movement_of_money(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, told())

    assert asked().provider_reference == read(signed()).provider_reference


def test_numbers_in_an_answer_are_read_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, told(vnp_Amount=12_000_000))

    assert asked().amount == 120_000


def test_the_same_answer_twice_has_the_same_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, told(), told(vnp_ResponseId="R2", vnp_Message="ok"))

    assert asked().facts == asked().facts


@pytest.mark.parametrize(
    ("status", "verdict", "money"),
    [
        ("00", Verdict.SUCCESS, True),
        ("01", Verdict.PENDING, False),
        ("02", Verdict.FAILURE, False),
        ("04", Verdict.PENDING, False),
        ("05", Verdict.MISMATCH, False),
        ("07", Verdict.MISMATCH, True),
    ],
)
def test_a_query_tells_every_status(
    monkeypatch: pytest.MonkeyPatch, status: str, verdict: Verdict, money: bool
) -> None:
    answering(monkeypatch, told(vnp_TransactionStatus=status))
    said = asked()

    assert (said.verdict, said.money_taken) == (verdict, money)


def test_a_payment_vnpay_never_heard_of_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, told(vnp_ResponseCode="91", vnp_Amount=None, vnp_TransactionNo=None))

    assert vnpay.query(PAYMENT, ACCOUNT, NINE) == ()


@pytest.mark.parametrize("name", [name for name in told() if name not in ("vnp_Message", "vnp_SecureHash")])
def test_an_answer_changed_in_any_field_is_not_believed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answering(monkeypatch, {**told(), name: "1"})
    with pytest.raises(Silent):
        asked()


def test_an_answer_changed_in_any_bit_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = json.dumps(told()).encode()
    variants = flipped(genuine)
    answering(monkeypatch, *variants)
    for _ in variants:
        with pytest.raises(Silent):
            asked()


UNCERTAIN: list[Any] = [
    *NO_ANSWERS,
    urllib3.exceptions.SSLError("another's certificate"),
    told(vnp_TxnRef="another"),
    told(vnp_ResponseCode="97"),
    told(vnp_ResponseCode=""),
    {**told(), "vnp_Message": "\ud800"},
    {**told(), "vnp_SecureHash": None},
    {name: value for name, value in told().items() if name != "vnp_SecureHash"},
]


@pytest.mark.parametrize("answer", [*UNCERTAIN, told(vnp_TransactionStatus="")])
def test_an_answer_that_says_nothing_certain_is_silence(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(Silent):
        asked()


def test_a_fault_of_vnpay_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, told(), status=502)
    with pytest.raises(Silent):
        asked()


def test_the_connection_verifies_certificates_and_waits_for_a_bounded_time() -> None:
    settings = wire.http.connection_pool_kw

    assert settings["cert_reqs"] == "CERT_REQUIRED"
    assert settings["timeout"].connect_timeout <= 5
    assert settings["timeout"].read_timeout <= 15


def test_a_query_goes_over_the_wire_as_json() -> None:
    asked: list[dict[str, str]] = []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(told()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        account = ACCOUNT.model_copy(update={"api_url": f"http://127.0.0.1:{server.server_port}/api"})
        (said,) = vnpay.query(PAYMENT, account, NINE)
        wire.http.clear()

    assert said.verdict == Verdict.SUCCESS
    assert asked[0]["vnp_TxnRef"] == PAYMENT.id


# ---- refunds

ORDER = refund_of("14226112", 50_000, id="refund-1", reason="Thu thừa", by="đỗ.văn|án")
TAKEN_ON = {
    "vnp_Command": "refund",
    "vnp_Amount": "5000000",
    "vnp_TransactionType": "03",
    "vnp_TransactionStatus": "05",
}


def refunded(monkeypatch: pytest.MonkeyPatch, order: RefundOrder = ORDER, **changes: object) -> Any:
    wired = answering(monkeypatch, told(**{**TAKEN_ON, **changes}))
    return vnpay.refund(order, PAYMENT, ACCOUNT, NINE + timedelta(days=1)), wired.message


def test_a_refund_is_asked_for_in_signed_words(monkeypatch: pytest.MonkeyPatch) -> None:
    _, asked = refunded(monkeypatch)

    assert asked.pop("vnp_SecureHash") == vnpay.checksum(asked, vnpay.REFUND_ASKED, KEY)
    assert asked == {
        "vnp_RequestId": "refund-1",
        "vnp_Version": "2.1.0",
        "vnp_Command": "refund",
        "vnp_TmnCode": TMN,
        "vnp_TransactionType": "03",
        "vnp_TxnRef": PAYMENT.id,
        "vnp_Amount": "5000000",
        "vnp_TransactionNo": "14226112",
        "vnp_TransactionDate": "20260601090000",
        "vnp_CreateBy": "do.van an",
        "vnp_CreateDate": "20260602090000",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_OrderInfo": "Hoan phi ho so 000.00.01.H32-260601-0001",
    }


def test_a_whole_refund_says_so_and_an_unknown_movement_is_nought(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ORDER.model_copy(update={"whole": True, "amount": 120_000, "paid_reference": ""})
    _, asked = refunded(monkeypatch, whole)

    assert (asked["vnp_TransactionType"], asked["vnp_Amount"], asked["vnp_TransactionNo"]) == ("02", "12000000", "0")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_bar_is_ever_sent_in_free_text(by: str, about: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        wired = answering(patch, told(**TAKEN_ON))
        payment = PAYMENT.model_copy(update={"about": about})
        vnpay.refund(ORDER.model_copy(update={"by": by}), payment, ACCOUNT, NINE)

    assert not any("|" in str(value) for value in wired.message.values())


def test_a_refund_asked_for_again_is_asked_for_under_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refunded(monkeypatch)[1] == refunded(monkeypatch)[1]


@pytest.mark.parametrize(
    ("code", "status", "state"),
    [
        ("00", "00", "done"),
        ("00", "05", "pending"),
        ("00", "06", "pending"),
        ("00", "09", "failed"),
        ("00", "02", "failed"),
        ("00", "", "pending"),
        ("00", "01", "pending"),
        ("94", "", "pending"),
        ("94", "00", "pending"),
        ("95", "", "failed"),
        ("02", "", "failed"),
        ("91", "", "failed"),
        ("95", "00", "failed"),
    ],
)
def test_what_becomes_of_a_refund(monkeypatch: pytest.MonkeyPatch, code: str, status: str, state: str) -> None:
    said, _ = refunded(monkeypatch, vnp_ResponseCode=code, vnp_TransactionStatus=status)

    assert (said.state, said.provider_reference) == (state, "14226112")
    assert said.facts["vnp_ResponseCode"] == code
    assert "vnp_SecureHash" not in said.facts


@pytest.mark.parametrize("code", ["03", "97", "98", "99", "", "0", "00 "])
def test_any_other_code_leaves_the_refunds_fate_open(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    with pytest.raises(Silent):
        refunded(monkeypatch, vnp_ResponseCode=code)


def test_a_refunds_answer_is_signed_over_the_amount_as_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who divides by 100 before signing, as one client library does, is not believed."""
    answer = told(**TAKEN_ON)
    divided = vnpay.checksum({**wire.texts(answer), "vnp_Amount": "50000"}, vnpay.REFUND_TOLD, KEY)
    answering(monkeypatch, {**answer, "vnp_SecureHash": divided})
    with pytest.raises(Silent):
        vnpay.refund(ORDER, PAYMENT, ACCOUNT, NINE)

    assert refunded(monkeypatch)[0].state == "pending"


@pytest.mark.parametrize("name", [f"vnp_{name}" for name in vnpay.REFUND_TOLD])
def test_a_refunds_answer_changed_in_any_field_is_not_believed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answering(monkeypatch, {**told(**TAKEN_ON), name: "1"})
    with pytest.raises(Silent):
        vnpay.refund(ORDER, PAYMENT, ACCOUNT, NINE)


def test_a_refunds_answer_changed_in_any_bit_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = flipped(json.dumps(told(**TAKEN_ON)).encode())
    answering(monkeypatch, *variants)
    for _ in variants:
        with pytest.raises(Silent):
            vnpay.refund(ORDER, PAYMENT, ACCOUNT, NINE)


@pytest.mark.parametrize("answer", [*UNCERTAIN, told(**TAKEN_ON, vnp_TxnRef="another")])
def test_an_uncertain_answer_leaves_the_refunds_fate_open(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(Silent):
        vnpay.refund(ORDER, PAYMENT, ACCOUNT, NINE)
