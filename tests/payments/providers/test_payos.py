"""PayOS is heard and asked: each transfer under the bank's own reference, and only what is signed."""

import json
from datetime import timedelta

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments import wire
from chalicelib.payments.protocol import Forged, Notice, Outcome, Silent, Start, Unreadable
from chalicelib.payments.providers import payos
from chalicelib.payments.rules import Verdict
from tests.payments.providers import peers
from tests.payments.providers.flips import flipped, flipped_text
from tests.payments.providers.orders import NINE, attempt

# The vectors of PayOS's own two clients, which agree (npm `@payos/node` 2.0.5, PyPI `payos` 1.1.0).
KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"
TRIAL = {
    **{"accountNumber": "12345678", "amount": 3000, "code": "00", "counterAccountBankId": ""},
    **{"counterAccountBankName": "", "counterAccountName": "", "counterAccountNumber": "", "currency": "VND"},
    **{"desc": "Thành công", "description": "VQRIO123", "orderCode": 123, "reference": "TF230204212323"},
    **{"paymentLinkId": "124c33293c43417ab7879e14c8d9eb18", "transactionDateTime": "2023-02-04 18:25:00"},
    **{"virtualAccountName": "", "virtualAccountNumber": ""},
}
TRIAL_SIGNATURE = "412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03"
REQUEST = {
    **{"amount": 3000, "cancelUrl": "https://a/c", "description": "VQRIO123", "orderCode": 123},
    **{"returnUrl": "https://a/r"},
}
REQUEST_SIGNATURE = "1856d208c24235edfee1fdc95647c3a58801d7fc67d1419043b567df40353445"

ACCOUNT = payos.Account(client_id="client", api_key="a-key-of-the-tests-only", checksum_key=KEY)
PAYMENT = attempt("payos", about="000.00.01.H32-260601-0001", order=payos.order("d1-abcdef", NINE))
CODE = int(PAYMENT.order)
WANTED = Start(return_url="https://dvc.example.vn/tro-ve?x=1", ip="203.0.113.7", language="vi")
TRANSFER = TRIAL | {
    **{"orderCode": CODE, "amount": 120_000, "paymentLinkId": "f" * 32, "reference": "FT26152000001"},
    **{"counterAccountName": "NGUYEN VAN AN", "counterAccountNumber": "9704221234567890"},
    "transactionDateTime": "2026-06-01 09:03:00",
}


def signed(raw=None, mark=None, **changed):
    data = TRANSFER | changed if raw is None else raw
    mark = payos.signature(data, ACCOUNT) if mark is None else mark
    message = {"code": "00", "desc": "success", "success": True, "data": data, "signature": mark}
    return Notice(body=json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(), at=NINE)


def said(**changed):
    return payos.read(signed(**changed), ACCOUNT)


# ---- the signature


@pytest.mark.parametrize(("data", "mark"), [(TRIAL, TRIAL_SIGNATURE), (REQUEST, REQUEST_SIGNATURE)])
def test_our_signature_is_that_of_payos_own_clients(data, mark):
    assert payos.signature(data, ACCOUNT) == mark
    assert payos.signature(data | {"amount": 3001}, ACCOUNT) != mark


@pytest.mark.parametrize("value", [None, "", "null", "undefined"])
def test_nothing_is_signed_as_nothing(value):
    assert payos.signature(TRIAL | {"virtualAccountName": value}, ACCOUNT) == TRIAL_SIGNATURE


# ---- the order


@given(st.text(min_size=1, max_size=60))
def test_an_order_is_a_whole_number_that_payos_can_count_to_and_always_the_same(payment_id):
    order = payos.order(payment_id, NINE)

    assert len(order) == 16
    assert 0 < int(order) <= 9_007_199_254_740_991
    assert order == payos.order(payment_id, NINE + timedelta(days=1))


def test_orders_of_many_payments_differ():
    assert len({payos.order(f"dossier-{number}", NINE) for number in range(20_000)}) == 20_000


# ---- the notification


def test_a_transfer_is_read():
    statement = said()

    assert (statement.order, statement.amount, statement.verdict) == (PAYMENT.order, 120_000, Verdict.SUCCESS)
    assert (statement.provider_reference, statement.money_taken, statement.ours) == ("FT26152000001", True, True)


def test_nothing_of_the_payer_is_kept():
    kept = json.dumps(dict(said().facts), ensure_ascii=False)

    assert [each for each in ("NGUYEN", "9704", "12345678", "VQRIO") if each in kept] == []


def test_the_notification_that_only_tries_the_address_is_no_money():
    assert payos.read(signed(TRIAL, TRIAL_SIGNATURE), ACCOUNT) is None


def test_only_what_is_signed_decides():
    genuine = json.loads(signed().body)
    for around in ({"success": False}, {"code": "99"}, {"desc": ""}, {"status": "CANCELLED"}):
        told = Notice(body=json.dumps(genuine | around).encode(), at=NINE)
        assert payos.read(told, ACCOUNT) == said()


@pytest.mark.parametrize(
    ("changed", "taken"), [({"code": "01"}, False), ({"currency": "USD"}, True), ({"currency": None}, True)]
)
def test_what_is_no_plain_success_is_for_a_person_to_look_at(changed, taken):
    statement = said(**changed)

    assert (statement.verdict, statement.money_taken, statement.amount) == (Verdict.MISMATCH, taken, None)


@pytest.mark.parametrize("amount", [-1, 0, 0.5, True, None, "", "1e6", 10**12])
def test_an_amount_that_is_no_whole_money_is_none_and_never_a_crash(amount):
    assert said(amount=amount).amount is None


@pytest.mark.parametrize("changed", [{"reference": ""}, {"reference": None}, {"code": None}])
def test_a_movement_without_a_name_or_code_is_unreadable(changed):
    with pytest.raises(Unreadable):
        said(**changed)


@pytest.mark.parametrize("code", [None, "x", [], {}])
def test_money_for_no_order_is_still_money(code):
    statement = said(orderCode=code)

    assert (statement.order, statement.money_taken) == ("", True)


@pytest.mark.parametrize("name", TRANSFER)
def test_a_field_changed_is_a_forgery(name):
    for value in ("else", "0", 1, [], {}):
        with pytest.raises(Forged):
            payos.read(signed(TRANSFER | {name: value}, payos.signature(TRANSFER, ACCOUNT)), ACCOUNT)


@pytest.mark.parametrize("name", TRANSFER)
def test_a_field_left_out_is_a_forgery(name):
    without = {each: value for each, value in TRANSFER.items() if each != name}
    with pytest.raises(Forged):
        payos.read(signed(without, payos.signature(TRANSFER, ACCOUNT)), ACCOUNT)


def test_a_flipped_bit_is_a_forgery_or_in_what_nobody_signed():
    genuine = signed()
    truth, meant = payos.read(genuine, ACCOUNT), json.loads(genuine.body)
    believed = 0
    for changed in flipped(genuine.body):
        try:
            assert payos.read(Notice(body=changed, at=NINE), ACCOUNT) == truth
        except Forged:
            continue
        message, believed = json.loads(changed), believed + 1
        assert (message["data"], message["signature"]) == (meant["data"], meant["signature"])
    assert believed < 8 * len('{"code":"00","desc":"success","success":true,')


def test_every_flipped_bit_of_the_signature_is_a_forgery():
    for changed in flipped_text(payos.signature(TRANSFER, ACCOUNT)):
        with pytest.raises(Forged):
            payos.read(signed(mark=changed), ACCOUNT)


@pytest.mark.parametrize("mark", ["", TRIAL_SIGNATURE, TRIAL_SIGNATURE.upper()])
def test_any_other_signature_is_a_forgery(mark):
    with pytest.raises(Forged):
        payos.read(signed(mark=mark), ACCOUNT)


@pytest.mark.parametrize(
    "message", [{"data": TRANSFER}, {"data": TRANSFER, "signature": None}, {"signature": "x"}, {"data": []}]
)
def test_an_unsigned_message_is_a_forgery(message):
    with pytest.raises(Forged):
        payos.read(Notice(body=json.dumps(message).encode(), at=NINE), ACCOUNT)


def test_a_payers_words_cannot_become_another_order():
    words = f"x&orderCode=1&paymentLinkId={'f' * 32}&reference=R&transactionDateTime=t"
    words += "&virtualAccountName=&virtualAccountNumber="
    genuine = TRANSFER | {"description": words}
    # The same text is signed when the words are cut up into fields, and the true order hidden behind them.
    cut = TRANSFER | {"description": "x", "orderCode": 1, "reference": "R", "transactionDateTime": "t"}
    rest = {name: genuine[name] for name in ("orderCode", "paymentLinkId", "reference", "transactionDateTime")}
    cut["virtualAccountNumber"] = (
        "&" + "&".join(f"{n}={rest[n]}" for n in rest) + "&virtualAccountName=&virtualAccountNumber="
    )
    mark = payos.signature(genuine, ACCOUNT)
    assert payos.signature(cut, ACCOUNT) == mark

    for message in (genuine, cut):
        with pytest.raises(Forged):
            payos.read(signed(message, mark), ACCOUNT)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"[]", b"{", b"\xff", b'{"data":{"a":1,"a":1}}', b"[" * 9000, b" " * 70_000]
)
def test_what_is_no_message_is_refused(body):
    with pytest.raises((Forged, Unreadable)):
        payos.read(Notice(body=body, at=NINE), ACCOUNT)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_answered(outcome):
    refusals = {Outcome.FORGED: 401, Outcome.UNREADABLE: 400, Outcome.FAULT: 503}
    status = refusals.get(outcome, 200)

    assert payos.answer(outcome, signed(), None) == (status, {"success": status == 200})


# ---- what it is asked


class Answering:
    """Stands where the connection pool stands; gives its answers in turn, and keeps what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def request(self, method, url, *, redirect, headers, **what):
        assert not redirect
        assert headers == {"x-client-id": "client", "x-api-key": "a-key-of-the-tests-only"}
        self.asked.append((method, url, what.get("json")))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.status, self.data = answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())
        return self


@pytest.fixture
def answering(monkeypatch):
    def answer(*answers):
        double = Answering(*answers)
        monkeypatch.setattr(wire, "http", double)
        return double

    return answer


def told(data, code="00", **changed):
    return {"code": code, "desc": "", "data": data, "signature": payos.signature(data, ACCOUNT)} | changed


CREATED = {
    **{"bin": "970422", "accountNumber": "V1", "accountName": "UBND", "amount": 120_000, "description": "x"},
    **{"orderCode": CODE, "currency": "VND", "paymentLinkId": "f" * 32, "status": "PENDING", "expiredAt": None},
    **{"checkoutUrl": "https://pay.payos.vn/web/ffff", "qrCode": "000201"},
}
NOTHING = {"code": "101", "desc": "Mã thanh toán không tồn tại", "data": None}
BEFORE = {"code": "231", "desc": "Đơn thanh toán đã tồn tại", "data": None}


def moved(number, amount):
    return {
        **{"reference": f"FT{number}", "amount": amount, "accountNumber": "V1", "description": 'Phí: "x" & y'},
        **{"transactionDateTime": "2026-06-01 09:03:00", "virtualAccountName": None, "counterAccountName": "NGUYEN"},
    }


def link(*transfers, status="PENDING", **changed):
    paid = sum(each["amount"] for each in transfers if isinstance(each.get("amount"), int))
    return {
        **{"id": "f" * 32, "orderCode": CODE, "amount": 120_000, "amountPaid": paid, "amountRemaining": 120_000 - paid},
        **{"status": status, "createdAt": "2026-06-01T09:00:00+07:00", "transactions": list(transfers)},
        **{"cancellationReason": None, "canceledAt": None},
    } | changed


def test_a_link_is_wished_for_signed_and_given_to_the_payer(answering):
    double = answering(told(CREATED))
    begun = payos.begin(PAYMENT, WANTED, ACCOUNT)

    assert (begun.pay_url, begun.qr) == ("https://pay.payos.vn/web/ffff", "000201")
    ((method, url, wish),) = double.asked
    assert (method, url) == ("POST", "https://api-merchant.payos.vn/v2/payment-requests")
    assert (wish["orderCode"], wish["amount"], wish["expiredAt"]) == (
        CODE,
        120_000,
        int(PAYMENT.expires_at.timestamp()),
    )
    assert wish["description"] == "606010001"
    covered = {name: wish[name] for name in REQUEST}
    assert wish["signature"] == payos.signature(covered, ACCOUNT)


def test_what_is_free_text_in_a_wish_has_no_separators(answering):
    double = answering(told(CREATED))
    payos.begin(PAYMENT.model_copy(update={"about": "Hồ sơ & amount=1\n"}), WANTED, ACCOUNT)

    assert double.asked[0][2]["description"] == "soamount1"


def test_a_link_begun_before_is_taken_up(answering):
    double = answering(BEFORE, told(link()))

    assert payos.begin(PAYMENT, WANTED, ACCOUNT).pay_url == f"https://pay.payos.vn/web/{'f' * 32}"
    assert double.asked[1][:2] == ("GET", f"https://api-merchant.payos.vn/v2/payment-requests/{CODE}")


@pytest.mark.parametrize(
    "then",
    [
        NOTHING,
        told(link(status="EXPIRED")),
        told(link(status="CANCELLED")),
        told(link(moved(1, 120_000), status="PAID")),
    ]
    + [told(link(amount=1)), told(link(moved(1, 5)))],
)
def test_a_link_that_cannot_be_paid_any_more_is_not_taken_up(answering, then):
    answering(BEFORE, then)
    with pytest.raises(Silent):
        payos.begin(PAYMENT, WANTED, ACCOUNT)


UNCERTAIN = [
    told(CREATED, signature="0" * 64),
    told(CREATED, signature=None),
    told(CREATED, code="20"),
    told(CREATED, code=None),
    {"code": "00"},
    {"code": "00", "data": [], "signature": ""},
    [],
    (500, b"{}"),
    (200, b"<html>"),
    urllib3.exceptions.ReadTimeoutError(None, "", "slow"),
    urllib3.exceptions.SSLError("another's certificate"),
]


@pytest.mark.parametrize(
    "answer",
    [*UNCERTAIN, NOTHING, told(CREATED | {"orderCode": 1}), told(CREATED | {"amount": 1})]
    + [told(CREATED | {"checkoutUrl": None}), told(CREATED | {"qrCode": 5})],
)
def test_a_link_that_is_not_certain_is_silence(answering, answer):
    answering(answer)
    with pytest.raises(Silent) as silence:
        payos.begin(PAYMENT, WANTED, ACCOUNT)
    assert KEY not in str(silence.value)


@pytest.mark.parametrize("status", ["PAID", "PENDING", "UNDERPAID", "EXPIRED", "CANCELLED", "PROCESSING"])
@pytest.mark.parametrize("amounts", [[120_000], [60_000], [60_000, 60_000], [120_000, 120_000], [150_000]])
def test_each_transfer_is_said_by_itself_whatever_became_of_the_link(answering, status, amounts):
    answering(told(link(*(moved(number, amount) for number, amount in enumerate(amounts)), status=status)))
    statements = payos.query(PAYMENT, ACCOUNT, NINE)

    assert [each.amount for each in statements] == amounts
    assert [each.provider_reference for each in statements] == [f"FT{number}" for number in range(len(amounts))]
    assert {(each.verdict, each.money_taken, each.order) for each in statements} == {
        (Verdict.SUCCESS, True, PAYMENT.order)
    }


def test_a_transfer_has_one_name_and_the_same_facts_heard_or_asked_for(answering):
    transfer = {name: TRANSFER[name] for name in TRANSFER if name not in ("orderCode", "code", "desc", "currency")}
    answering(told(link(transfer, status="PAID")))

    assert payos.query(PAYMENT, ACCOUNT, NINE) == (said(),)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("PENDING", Verdict.PENDING),
        ("PROCESSING", Verdict.PENDING),
        ("CANCELLED", Verdict.FAILURE),
        ("EXPIRED", Verdict.FAILURE),
        ("FAILED", Verdict.FAILURE),
    ],
)
def test_a_link_without_transfers_is_as_it_stands(answering, status, verdict):
    answering(told(link(status=status)))
    (statement,) = payos.query(PAYMENT, ACCOUNT, NINE)

    assert (statement.verdict, statement.money_taken, statement.amount) == (verdict, False, 120_000)


def test_a_payment_that_payos_never_heard_of_says_nothing(answering):
    answering(NOTHING)

    assert payos.query(PAYMENT, ACCOUNT, NINE) == ()


@pytest.mark.parametrize(
    "answer",
    [*UNCERTAIN, BEFORE, told(link(orderCode=1)), told(link(status="PAID")), told(link(status="UNDERPAID"))]
    + [told(link(status=None)), told(link(amountPaid=1)), told(link(moved(1, 120_000), amountPaid=0))]
    + [told(link(transactions=None)), told(link(transactions=["x"])), told(link({"amount": 1}))]
    + [told(link(moved(1, 0.5), amountPaid=0.5)), told(link(moved(1, -5)))],
)
def test_an_answer_that_says_nothing_certain_is_silence(answering, answer):
    answering(answer)
    with pytest.raises(Silent):
        payos.query(PAYMENT, ACCOUNT, NINE)


@pytest.mark.parametrize("name", link(moved(1, 120_000)))
def test_an_answer_changed_in_any_field_is_not_believed(answering, name):
    whole = link(moved(1, 120_000))
    answering(told(whole) | {"data": whole | {name: "else"}})
    with pytest.raises(Silent):
        payos.query(PAYMENT, ACCOUNT, NINE)


def test_an_answer_changed_within_a_transfer_is_not_believed(answering):
    for name, value in moved(1, 120_000).items():
        whole = link(moved(1, 120_000) | {name: "else" if value != "else" else ""})
        answering(told(whole, signature=payos.signature(link(moved(1, 120_000)), ACCOUNT)))
        with pytest.raises(Silent):
            payos.query(PAYMENT, ACCOUNT, NINE)


def test_there_is_no_refund_and_no_key_is_shown():
    assert not hasattr(payos, "refund")
    assert KEY not in repr(ACCOUNT)
    assert "a-key-of-the-tests-only" not in repr(ACCOUNT)


# ---- PayOS's own clients

NPM, PYPI = "@payos/node@2.0.5", "payos==1.1.0"
BY_NODE = """const {PayOS} = require('@payos/node');
  const p = new PayOS({clientId: 'c', apiKey: 'a', checksumKey: given.key});
  try { return await p.webhooks.verify(given.message) } catch (e) { return e.constructor.name }"""
SIGNED_BY_NODE = """const {PayOS} = require('@payos/node');
  const p = new PayOS({clientId: 'c', apiKey: 'a', checksumKey: given.key});
  return [await p.crypto.createSignatureOfPaymentRequest(given.wish, given.key),
    await p.crypto.createSignatureFromObj(given.link, given.key)]"""
BY_PYTHON = """
from payos import PayOS
client = PayOS(client_id="c", api_key="a", checksum_key=given["key"])
try:
    print(json.dumps(client.webhooks.verify(given["message"]).order_code))
except Exception as error:
    print(json.dumps(type(error).__name__))
"""
SIGNED_BY_PYTHON = """
from payos._crypto import CryptoProvider
crypto = CryptoProvider()
print(json.dumps([crypto.create_signature_of_payment_request(given["wish"], given["key"]),
                  crypto.create_signature_from_object(given["link"], given["key"])]))
"""
ODD = moved(1, 120_000) | {"description": 'Lệ phí / "một" \\ & hai=2', "counterAccountName": None}


@pytest.mark.peer
@pytest.mark.slow
def test_payos_own_clients_sign_as_we_do():
    whole = link(ODD, moved(2, 5), status="PAID", cancellationReason="null")
    ours = [payos.signature(REQUEST, ACCOUNT), payos.signature(whole, ACCOUNT)]

    assert peers.node(NPM, SIGNED_BY_NODE, key=KEY, wish=REQUEST, link=whole) == ours
    assert peers.python(PYPI, SIGNED_BY_PYTHON, key=KEY, wish=REQUEST, link=whole) == ours


@pytest.mark.peer
@pytest.mark.slow
def test_payos_own_clients_believe_what_we_believe_and_nothing_else():
    genuine = json.loads(signed().body)
    forged = genuine | {"data": TRANSFER | {"amount": 1}}

    assert peers.node(NPM, BY_NODE, key=KEY, message=genuine)["orderCode"] == CODE
    assert peers.node(NPM, BY_NODE, key=KEY, message=forged) == "WebhookError"
    assert peers.python(PYPI, BY_PYTHON, key=KEY, message=genuine) == CODE
    assert peers.python(PYPI, BY_PYTHON, key=KEY, message=forged) == "WebhookError"
