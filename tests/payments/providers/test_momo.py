import hashlib
import hmac
import json
import re
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.payments.protocol import (
    Forged,
    Notice,
    Outcome,
    Provider,
    Reply,
    Silent,
    Start,
    Unreadable,
)
from chalicelib.payments.providers import momo
from chalicelib.payments.rules import Source, Verdict, recorded
from tests.payments.providers.flips import flipped
from tests.payments.providers.orders import NINE, attempt, refund_of
from tests.payments.providers.wires import UNCERTAIN, on_the_wire

# MoMo's public sandbox keys.
ACCOUNT = momo.Account(
    api_url="https://momo.example.vn",
    partner_code="MOMO",
    access_key="F8BBA842ECF85",
    secret="K951B6PE1waDMi640xX08PD3vg6EkVlz",
)
PAYMENT = attempt("momo", id="abcdefghijklmnopqrstuvwxyz-abc234", dossier_id="abcdefghijklmnopqrstuvwxyz")
START = Start(
    return_url="https://dvc.example.vn/ve?x=1&y=2",
    ip="203.0.113.7",
    language="vi",
    notify_url="https://api.example.vn/ipn",
)
REFUND = refund_of("4088878653", 20_000)
# Signed by MoMo's own client (nodejs/MoMo.js).
CREATED = (
    {
        "amount": 50_000,
        "extraData": "",
        "ipnUrl": "https://callback.url/notify",
        "orderId": "MOMO1780279200000",
        "orderInfo": "pay with MoMo",
        "partnerCode": "MOMO",
        "redirectUrl": "https://momo.vn/return",
        "requestId": "MOMO1780279200000",
        "requestType": "captureWallet",
    },
    "fdc81b015a4742ce84fc089044e592e31a47341e6ea09ba58e15aa96a2f3fd32",
)
NOTIFIED = {
    "partnerCode": "MOMO",
    "orderId": "HS-H22-2026-000123-01",
    "requestId": "HS-H22-2026-000123-01",
    "amount": 120_000,
    "orderInfo": "Le phi ho so 000.00.01.H22-260601-0123",
    "orderType": "momo_wallet",
    "transId": 4088878653,
    "resultCode": 0,
    "message": "Giao dịch thành công.",
    "payType": "qr",
    "responseTime": 1780279512000,
    "extraData": "eyJtYV9ob19zbyI6IjAwMC4wMC4wMS5IMjItMjYwNjAxLTAxMjMifQ==",
    "signature": "4646c0fcbe269fd1630f0d4f8685894cee3899dbc298dfdad1651ee276c29da8",
}


def sent(fields) -> Notice:
    body = fields if isinstance(fields, bytes) else json.dumps(fields, ensure_ascii=False).encode()
    return Notice(headers={"content-type": "application/json"}, body=body, at=NINE)


def by_momo(text: str) -> str:
    return hmac.new(ACCOUNT.secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(**changes) -> Notice:
    """A notification signed as MoMo signs it, written apart from the adapter."""
    fields = {**NOTIFIED, **changes}
    names = (
        *("amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode", "payType"),
        *("requestId", "responseTime", "resultCode", "transId"),
    )
    text = "&".join([f"accessKey={ACCOUNT.access_key}", *(f"{name}={fields[name]}" for name in names)])
    return sent({**fields, "signature": by_momo(text)})


def test_the_module_is_a_provider():
    provider: Provider = momo

    assert provider.SERVES == "momo"


def test_our_signature_of_an_order_is_momos_own_clients():
    assert momo.signature(CREATED[0], momo.CREATE_SIGNED, ACCOUNT) == CREATED[1]


def test_the_secret_is_not_shown_with_the_account():
    assert ACCOUNT.secret not in repr(ACCOUNT)


class TestNotifications:
    def test_a_success_is_read(self):
        said = momo.read(sent(NOTIFIED), ACCOUNT)

        assert (said.order, said.amount, said.verdict) == ("HS-H22-2026-000123-01", 120_000, Verdict.SUCCESS)
        assert (said.provider_reference, said.ours, said.money_taken) == ("4088878653", True, True)

    @pytest.mark.parametrize("name", [name for name in NOTIFIED if name != "signature"])
    @pytest.mark.parametrize("change", ["1", 1, "", None, "absent", -5, "Giao dịch", [], {}, True, 1.5])
    def test_one_changed_in_any_field_is_forged(self, name, change):
        fields = {**NOTIFIED, name: change}
        if change == "absent":
            del fields[name]
        with pytest.raises(Forged):
            momo.read(sent(fields), ACCOUNT)

    def test_one_changed_in_any_bit_is_refused(self):
        body = json.dumps(NOTIFIED, ensure_ascii=False, separators=(",", ":")).encode()
        assert momo.read(sent(body), ACCOUNT)
        for changed in flipped(body):
            with pytest.raises((Forged, Unreadable)):
                momo.read(sent(changed), ACCOUNT)

    @pytest.mark.parametrize(
        "theirs",
        [
            *("", "0", None, 0, True, [], "é" * 64, NOTIFIED["signature"].upper(), NOTIFIED["signature"][:-1]),
            hashlib.md5(b"x").hexdigest(),
            # The retired v1 order of fields.
            by_momo(
                "partnerCode=MOMO&accessKey=F8BBA842ECF85&requestId=HS-H22-2026-000123-01&amount=120000"
                "&orderId=HS-H22-2026-000123-01&orderInfo=Le phi ho so 000.00.01.H22-260601-0123"
                "&orderType=momo_wallet&transId=4088878653&message=Giao dịch thành công.&localMessage="
                "&responseTime=1780279512000&errorCode=0&payType=qr&extraData="
            ),
        ],
    )
    def test_any_other_signature_is_forged(self, theirs):
        with pytest.raises(Forged):
            momo.read(sent({**NOTIFIED, "signature": theirs}), ACCOUNT)

    def test_an_unsigned_one_is_forged_and_an_empty_one_unreadable(self):
        with pytest.raises(Forged):
            momo.read(sent({name: value for name, value in NOTIFIED.items() if name != "signature"}), ACCOUNT)
        with pytest.raises(Forged):
            momo.read(sent({}), ACCOUNT)
        with pytest.raises(Unreadable):
            momo.read(sent(b""), ACCOUNT)

    @pytest.mark.parametrize(
        "body",
        [
            b"not json",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'{"amount":NaN}',
            b'{"amount":1' + b"0" * 5_000 + b"}",
            b"[" * 50_000,
            b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
            b'{"x":"' + b"x" * 70_000 + b'"}',
            json.dumps({**NOTIFIED, "message": "\ud800"}).encode(),
        ],
    )
    def test_what_no_signer_sends_is_forged(self, body):
        with pytest.raises(Forged):
            momo.read(sent(body), ACCOUNT)

    @pytest.mark.parametrize("name", ["amount", "signature", "orderId"])
    def test_a_name_said_twice_is_forged_even_when_it_says_the_same(self, name):
        body = json.dumps(NOTIFIED, ensure_ascii=False)
        with pytest.raises(Forged):
            momo.read(sent(f"{body[:-1]},{json.dumps(name)}:{json.dumps(NOTIFIED[name])}}}".encode()), ACCOUNT)

    def test_signed_text_that_could_be_cut_in_two_ways_is_forged(self):
        other = {"extraData": "", "message": "x&orderId=HS-9&orderInfo=y", "orderId": "HS-1", "orderInfo": "z"}
        with pytest.raises(Forged):
            momo.read(signed(**other), ACCOUNT)

        assert momo.read(signed(message="Bánh & trà"), ACCOUNT).verdict == Verdict.SUCCESS

    def test_what_the_signature_does_not_cover_is_not_looked_at(self):
        extras = {"promotionInfo": [{"amount": 1}], "accessKey": "theirs", "userFee": 1.5, "paymentOption": "momo"}

        assert momo.read(sent({**NOTIFIED, **extras}), ACCOUNT) == momo.read(sent(NOTIFIED), ACCOUNT)

    @pytest.mark.parametrize(
        ("code", "verdict"),
        [
            *((0, Verdict.SUCCESS), (9000, Verdict.PENDING), (1000, Verdict.PENDING), (7000, Verdict.PENDING)),
            *((7002, Verdict.PENDING), (8000, Verdict.PENDING), (10, Verdict.PENDING), (99, Verdict.PENDING)),
            *((31_415, Verdict.PENDING), (1001, Verdict.FAILURE), (1003, Verdict.FAILURE), (1005, Verdict.FAILURE)),
            *((1006, Verdict.FAILURE), (1017, Verdict.FAILURE), (4001, Verdict.FAILURE), (4100, Verdict.FAILURE)),
        ],
    )
    def test_only_0_is_paid_and_only_what_is_final_has_failed(self, code, verdict):
        said = momo.read(signed(resultCode=code), ACCOUNT)

        assert (said.verdict, said.money_taken) == (verdict, code == 0)

    @pytest.mark.parametrize("code", ["", "ok", "0.0", "0x0", " 0", "00000000"])
    def test_one_without_a_result_is_unreadable(self, code):
        with pytest.raises(Unreadable):
            momo.read(signed(resultCode=code), ACCOUNT)
        with pytest.raises(Unreadable):
            momo.read(signed(orderId=""), ACCOUNT)

    @pytest.mark.parametrize(
        ("said", "amount"),
        [
            *((1, 1), ("120000", 120_000), (999_999_999_999, 999_999_999_999), (0, None), (-120_000, None)),
            *((10**12, None), ("120000.5", None), ("1e5", None), ("", None), ("１２０", None), ("0120000", None)),
        ],
    )
    def test_an_amount_is_a_whole_number_of_dong_or_none(self, said, amount):
        read = momo.read(signed(amount=said), ACCOUNT)

        assert (read.amount, read.money_taken) == (amount, True)

    def test_another_merchants_is_not_ours(self):
        assert not momo.read(signed(partnerCode="OTHER"), ACCOUNT).ours

    def test_there_is_no_movement_of_money_without_a_number(self):
        assert momo.read(signed(transId=0, resultCode=1006), ACCOUNT).provider_reference == ""

    def test_a_repetition_is_the_same_event_whatever_time_and_wording_it_has(self):
        first, second = (momo.read(signed(responseTime=at, message=str(at)), ACCOUNT) for at in (1, 2))

        assert recorded(PAYMENT, first, Source.NOTIFICATION, NINE) == recorded(
            PAYMENT, second, Source.NOTIFICATION, NINE
        )

    def test_words_and_extras_are_not_kept(self):
        said = momo.read(signed(message="NGUYEN VAN A 0912345678", extraData="bmFtZQ=="), ACCOUNT)

        assert "NGUYEN" not in said.model_dump_json()
        assert "bmFtZQ" not in said.model_dump_json()

    @given(st.binary(max_size=300))
    def test_nothing_but_a_refusal_comes_of_noise(self, body):
        with pytest.raises((Forged, Unreadable)):
            momo.read(sent(body), ACCOUNT)

    @given(
        st.sampled_from([name for name in NOTIFIED if name != "signature"]),
        st.none() | st.booleans() | st.integers() | st.text("ab01 &=é", max_size=12),
    )
    def test_a_genuine_signature_carries_no_other_value(self, name, value):
        assume(str(value) != str(NOTIFIED[name]))
        with pytest.raises((Forged, Unreadable)):
            momo.read(sent({**NOTIFIED, name: value}), ACCOUNT)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.RECORDED, 204),
        (Outcome.REPEATED, 204),
        (Outcome.IGNORED, 204),
        (Outcome.WRONG_AMOUNT, 204),
        (Outcome.UNREADABLE, 400),
        (Outcome.FORGED, 401),
        (Outcome.UNKNOWN, 404),
        (Outcome.FAULT, 503),
    ],
)
def test_momo_hears_204_when_calling_again_would_change_nothing_and_never_a_body(outcome, status):
    assert momo.answer(outcome, sent(b""), None) == Reply(status, None)


def test_every_outcome_has_an_answer():
    assert set(momo.ANSWERS) == set(Outcome)


def echo(**told):
    """An answer that names the merchant, order and question it is about."""
    return lambda asked: {name: asked.json[name] for name in ("partnerCode", "orderId", "requestId")} | told


def created(**changes):
    told = {"amount": 120_000, "resultCode": 0, "message": "ok", "payUrl": "https://pay.example.vn/t"}
    return echo(**{**told, **changes})


class TestAnOrder:
    def test_it_says_what_momo_asks_for(self, monkeypatch):
        wire = on_the_wire(monkeypatch, created(qrCodeUrl="00020101"))
        begun = momo.begin(PAYMENT, START, ACCOUNT)
        (asked,) = wire.asked

        assert (asked.method, asked.url) == ("POST", "https://momo.example.vn/v2/gateway/api/create")
        assert (begun.pay_url, begun.qr) == ("https://pay.example.vn/t", "00020101")
        assert asked.json.pop("signature") == by_momo(
            "accessKey=F8BBA842ECF85&amount=120000&extraData=&ipnUrl=https://api.example.vn/ipn"
            "&orderId=abcdefghijklmnopqrstuvwxyz-abc234&orderInfo=Phi le phi ho so 000.00.01.H22-260601-0123"
            "&partnerCode=MOMO&redirectUrl=https://dvc.example.vn/ve?x=1&y=2"
            "&requestId=abcdefghijklmnopqrstuvwxyz-abc234&requestType=captureWallet"
        )
        assert asked.json == {
            "partnerCode": "MOMO",
            "requestId": PAYMENT.id,
            "amount": 120_000,
            "orderId": PAYMENT.id,
            "orderInfo": "Phi le phi ho so 000.00.01.H22-260601-0123",
            "redirectUrl": "https://dvc.example.vn/ve?x=1&y=2",
            "ipnUrl": "https://api.example.vn/ipn",
            "requestType": "captureWallet",
            "extraData": "",
            "autoCapture": True,
            "lang": "vi",
        }
        assert re.fullmatch(r"[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*", asked.json["orderId"])
        assert len(asked.json["requestId"]) <= 50

    def test_asked_twice_it_is_the_same_request(self, monkeypatch):
        wire = on_the_wire(monkeypatch, created(), status=201)

        assert momo.begin(PAYMENT, START, ACCOUNT).qr is None
        momo.begin(PAYMENT, START, ACCOUNT)
        assert wire.asked[0] == wire.asked[1]

    @pytest.mark.parametrize(
        "changes",
        [
            *({"resultCode": code} for code in (41, 22, 7000, "0", 0.0, False, None)),
            *({"payUrl": url} for url in (None, "", 1, "javascript:alert(1)", "http://pay.example.vn/t")),
            *({"amount": amount} for amount in (None, 1, "x", 120_000.0, True)),
            *({"partnerCode": "OTHER"}, {"orderId": "other"}, {"requestId": "other"}),
        ],
    )
    def test_an_answer_that_does_not_fit_is_silence(self, monkeypatch, changes):
        on_the_wire(monkeypatch, created(**changes))
        with pytest.raises(Silent):
            momo.begin(PAYMENT, START, ACCOUNT)


def paid(**changes):
    return echo(
        **{
            **{"amount": 120_000, "transId": 4088878653, "payType": "qr", "resultCode": 0, "refundTrans": []},
            **{"message": "Thành công.", "responseTime": 1780279512000, "extraData": ""},
            **changes,
        }
    )


class TestAQuery:
    def test_it_is_signed_and_its_answer_read(self, monkeypatch):
        wire = on_the_wire(monkeypatch, paid())
        (said,) = momo.query(PAYMENT, ACCOUNT, NINE)
        (asked,) = wire.asked

        assert asked.url == "https://momo.example.vn/v2/gateway/api/query"
        assert asked.json == {
            "partnerCode": "MOMO",
            "orderId": PAYMENT.id,
            "requestId": asked.json["requestId"],
            "lang": "vi",
            "signature": by_momo(
                f"accessKey=F8BBA842ECF85&orderId={PAYMENT.id}&partnerCode=MOMO&requestId={asked.json['requestId']}"
            ),
        }
        assert (said.order, said.verdict, said.amount, said.money_taken) == (PAYMENT.id, Verdict.SUCCESS, 120_000, True)

    def test_a_movement_of_money_has_one_number_in_notification_and_query(self, monkeypatch):
        on_the_wire(monkeypatch, paid())
        (said,) = momo.query(PAYMENT, ACCOUNT, NINE)

        assert said.provider_reference == momo.read(sent(NOTIFIED), ACCOUNT).provider_reference

    def test_the_same_answer_at_another_time_is_the_same_saying(self, monkeypatch):
        on_the_wire(monkeypatch, paid())
        first = momo.query(PAYMENT, ACCOUNT, NINE)
        on_the_wire(monkeypatch, paid(responseTime=2, message="Successful."))

        assert momo.query(PAYMENT, ACCOUNT, NINE) == first

    @pytest.mark.parametrize(
        ("code", "verdict"), [(1000, Verdict.PENDING), (9000, Verdict.PENDING), (1005, Verdict.FAILURE)]
    )
    @pytest.mark.parametrize("amount", [120_000, 0, None])
    def test_what_is_not_paid_is_told_of_our_amount(self, monkeypatch, code, verdict, amount):
        on_the_wire(monkeypatch, paid(resultCode=code, amount=amount, transId=0))
        (said,) = momo.query(PAYMENT, ACCOUNT, NINE)

        assert (said.verdict, said.amount, said.money_taken) == (verdict, 120_000, False)
        assert recorded(PAYMENT, said, Source.QUERY, NINE).verdict == verdict

    @pytest.mark.parametrize("amount", [0, None, -1, 120_000.5, True, 10**12])
    def test_money_taken_without_an_amount_is_never_ours(self, monkeypatch, amount):
        on_the_wire(monkeypatch, paid(amount=amount))
        (said,) = momo.query(PAYMENT, ACCOUNT, NINE)

        assert (said.amount, said.money_taken) == (None, True)

    @pytest.mark.parametrize("status", [200, 400, 404])
    def test_a_payment_momo_never_heard_of_says_nothing(self, monkeypatch, status):
        on_the_wire(monkeypatch, echo(resultCode=42, message="not found"), status=status)

        assert momo.query(PAYMENT, ACCOUNT, NINE) == ()

    @pytest.mark.parametrize(
        "changes",
        [
            *({"resultCode": code} for code in (10, 11, 13, 40, 43, 47, 99, 98, 31_415, "0", False, 0.0, None)),
            *({"partnerCode": "OTHER"}, {"orderId": "other"}, {"requestId": "other"}),
        ],
    )
    def test_an_answer_that_may_speak_of_the_question_is_silence(self, monkeypatch, changes):
        on_the_wire(monkeypatch, paid(**changes))
        with pytest.raises(Silent):
            momo.query(PAYMENT, ACCOUNT, NINE)


class TestARefund:
    def number(self) -> str:
        return hashlib.sha256(b"abcdefghijklmnopqrstuvwxyz-abc234/rule5xabc234").hexdigest()[:32]

    def test_it_is_signed_and_sent_under_its_own_number(self, monkeypatch):
        wire = on_the_wire(monkeypatch, echo(amount=20_000, transId=4088999999, resultCode=0, message="ok"))
        told = momo.refund(REFUND, PAYMENT, ACCOUNT, NINE)
        (asked,) = wire.asked

        assert asked.url == "https://momo.example.vn/v2/gateway/api/refund"
        assert asked.json == {
            "partnerCode": "MOMO",
            "orderId": self.number(),
            "requestId": self.number(),
            "amount": 20_000,
            "transId": 4088878653,
            "description": "Hoan phi ho so 000.00.01.H22-260601-0123",
            "lang": "vi",
            "signature": by_momo(
                "accessKey=F8BBA842ECF85&amount=20000&description=Hoan phi ho so 000.00.01.H22-260601-0123"
                f"&orderId={self.number()}&partnerCode=MOMO&requestId={self.number()}&transId=4088878653"
            ),
        }
        assert (told.state, told.provider_reference) == ("done", "4088999999")

    def test_again_it_is_the_same_request_and_for_another_payment_another(self, monkeypatch):
        wire = on_the_wire(monkeypatch, echo(amount=20_000, transId=1, resultCode=0))
        for payment in (PAYMENT, PAYMENT, PAYMENT.model_copy(update={"id": "another-abc234"})):
            momo.refund(REFUND, payment, ACCOUNT, NINE + timedelta(days=3))

        assert wire.asked[0] == wire.asked[1]
        assert wire.asked[0].json["requestId"] != wire.asked[2].json["requestId"]

    @pytest.mark.parametrize(
        ("code", "state"),
        [
            *((0, "done"), (7000, "pending"), (7002, "pending"), (40, "pending"), (41, "pending")),
            *((21, "failed"), (22, "failed"), (42, "failed"), (1080, "failed"), (1081, "failed"), (1088, "failed")),
        ],
    )
    def test_what_became_of_it(self, monkeypatch, code, state):
        on_the_wire(monkeypatch, echo(amount=20_000, transId=0, resultCode=code), status=200 if code == 0 else 400)

        assert momo.refund(REFUND, PAYMENT, ACCOUNT, NINE).state == state

    @pytest.mark.parametrize(
        "changes",
        [
            *({"resultCode": code} for code in (10, 11, 13, 20, 43, 99, 9000, "0", False, None)),
            *({"amount": amount} for amount in (19_999, None, "x", 20_000.0)),
            *({"partnerCode": "OTHER"}, {"orderId": "other"}, {"requestId": "other"}),
        ],
    )
    def test_an_answer_that_settles_nothing_is_silence(self, monkeypatch, changes):
        on_the_wire(monkeypatch, echo(**{"amount": 20_000, "transId": 1, "resultCode": 0, **changes}))
        with pytest.raises(Silent):
            momo.refund(REFUND, PAYMENT, ACCOUNT, NINE)

    @pytest.mark.parametrize("reference", ["", "0", "abc", "12 3", "-5", "9" * 40])
    def test_of_a_movement_without_a_number_nothing_can_be_sent_back(self, monkeypatch, reference):
        wire = on_the_wire(monkeypatch, echo())
        order = REFUND.model_copy(update={"paid_reference": reference})

        assert momo.refund(order, PAYMENT, ACCOUNT, NINE).state == "failed"
        assert not wire.asked

    def listed(self, **changes):
        return {"orderId": self.number(), "amount": 20_000, "resultCode": 0, "transId": 77, **changes}

    @pytest.mark.parametrize(
        ("code", "state"), [(0, "done"), (7000, "pending"), (7002, "pending"), (1080, "failed"), (1088, "failed")]
    )
    @pytest.mark.parametrize("names", ["refund", "payment"])
    def test_asked_about_it_momo_lists_it(self, monkeypatch, code, state, names):
        others = [{"orderId": "x", "amount": 5, "resultCode": 0}, "noise"]
        told = {"resultCode": 0, "refundTrans": [*others, self.listed(resultCode=code)]}
        named = {} if names == "refund" else {"orderId": PAYMENT.name}
        wire = on_the_wire(monkeypatch, echo(**told, **named))

        assert momo.refund_state(REFUND, PAYMENT, ACCOUNT, NINE).state == state
        assert wire.asked[0].url == "https://momo.example.vn/v2/gateway/api/refund/query"
        asked = wire.asked[0].json
        assert asked["orderId"] == self.number()
        assert asked["signature"] == by_momo(
            f"accessKey=F8BBA842ECF85&orderId={self.number()}&partnerCode=MOMO&requestId={asked['requestId']}"
        )

    @pytest.mark.parametrize(
        "told",
        [
            {"resultCode": 0, "refundTrans": []},
            {"resultCode": 0, "refundTrans": None},
            {"resultCode": 0},
            {"resultCode": 42, "refundTrans": []},
            {"resultCode": 0, "refundTrans": [{"orderId": "another", "amount": 20_000, "resultCode": 0}]},
        ],
    )
    def test_a_refund_momo_does_not_list_is_neither_paid_nor_refused(self, monkeypatch, told):
        on_the_wire(monkeypatch, echo(**told))
        with pytest.raises(Silent):
            momo.refund_state(REFUND, PAYMENT, ACCOUNT, NINE)

    @pytest.mark.parametrize("changes", [{"amount": 1}, {"resultCode": None}, {"resultCode": 99}])
    def test_a_listed_refund_that_does_not_fit_is_silence(self, monkeypatch, changes):
        on_the_wire(monkeypatch, echo(resultCode=0, refundTrans=[self.listed(**changes)]))
        with pytest.raises(Silent):
            momo.refund_state(REFUND, PAYMENT, ACCOUNT, NINE)
        on_the_wire(monkeypatch, echo(resultCode=0, refundTrans=[self.listed(), self.listed()]))
        with pytest.raises(Silent):
            momo.refund_state(REFUND, PAYMENT, ACCOUNT, NINE)


@pytest.mark.parametrize(("said", "status"), [each[1:] for each in UNCERTAIN], ids=[each[0] for each in UNCERTAIN])
@pytest.mark.parametrize(
    "ask",
    [
        lambda: momo.begin(PAYMENT, START, ACCOUNT),
        lambda: momo.query(PAYMENT, ACCOUNT, NINE),
        lambda: momo.refund(REFUND, PAYMENT, ACCOUNT, NINE),
        lambda: momo.refund_state(REFUND, PAYMENT, ACCOUNT, NINE),
    ],
    ids=["begin", "query", "refund", "refund_state"],
)
def test_every_uncertain_answer_is_silence(monkeypatch, ask, said, status):
    on_the_wire(monkeypatch, lambda _: said, status)
    with pytest.raises(Silent) as silence:
        ask()
    assert ACCOUNT.secret not in str(silence.value)
