import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta

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
from chalicelib.payments.providers import zalopay
from chalicelib.payments.rules import Source, Verdict, recorded
from tests.payments.providers.flips import flipped
from tests.payments.providers.orders import NINE, attempt, refund_of
from tests.payments.providers.wires import UNCERTAIN, on_the_wire

LATE = NINE + timedelta(minutes=15)
# ZaloPay's public sandbox keys.
ACCOUNT = zalopay.Account(
    api_url="https://zalopay.example.vn",
    app_id=2553,
    key1="PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL",
    key2="kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz",
)
PAYMENT = attempt(
    "zalopay",
    id="abcdefghijklmnopqrstuvwxyz-abc234",
    dossier_id="abcdefghijklmnopqrstuvwxyz",
    order="260601_abcdefghijklmnopqrstuvwxyz-abc234",
)
START = Start(
    return_url="https://dvc.example.vn/về?x=1|2",
    ip="203.0.113.7",
    language="vi",
    notify_url="https://api.example.vn/ipn",
)
REFUND = refund_of("200904000000389", 20_000)
# A notification as ZaloPay's documents print it, signed by ZaloPay.
DATA = (
    '{"app_id":2553,"app_trans_id":"200904_2553_1598435687208","app_time":1599189392817,"app_user":"demo",'
    r'"amount":10000,"embed_data":"{\"merchantinfo\":\"embeddata123\",\"promotioninfo\":\"\"}",'
    r'"item":"[{\"itemid\":\"knb\",\"itemname\":\"kim nguyen bao\",\"itemprice\":198400,\"itemquantity\":1}]",'
    '"zp_trans_id":200904000000389,"server_time":1599189413498,"channel":38,'
    '"merchant_user_id":"7ZMSl3nEg5sOUJzOLSoUFT8xKNQVaLOLXHB--8Eytqc","user_fee_amount":0,"discount_amount":0}'
)
MAC = "d8d33baf449b31d7f9b94fa50d7c942c08cd4d83f28fa185557da21acb104f67"


def by_zalopay(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def sent(told) -> Notice:
    body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    return Notice(headers={"content-type": "application/json"}, body=body, at=NINE)


def signed(kind=1, data=None, **changes) -> Notice:
    said = {**json.loads(DATA), **changes}
    text = json.dumps(said, ensure_ascii=False) if data is None else data
    return sent({"data": text, "mac": by_zalopay(ACCOUNT.key2, text), "type": kind})


def test_the_module_is_a_provider():
    provider: Provider = zalopay

    assert provider.SERVES == "zalopay"


def test_the_keys_are_not_shown_with_the_account():
    assert ACCOUNT.key1 not in repr(ACCOUNT)
    assert ACCOUNT.key2 not in repr(ACCOUNT)


def test_the_signature_of_an_order_is_the_recipes():
    values = (2553, "260601_HSH22000123", "citizen", 120_000, 1780279200000, "{}", "[]")

    assert zalopay.mac(ACCOUNT.key1, *values) == "9070c39c3c49b7e8387f4ee3521979264bb75b3d655873914efbc90fc42449cb"


class TestTheNameOfAnOrder:
    @pytest.mark.parametrize(
        ("at", "day"),
        [
            (NINE, "260601"),
            (datetime(2026, 5, 31, 16, 59, 59, tzinfo=UTC), "260531"),
            (datetime(2026, 5, 31, 17, 0, tzinfo=UTC), "260601"),
        ],
    )
    def test_it_begins_with_vietnams_day(self, at, day):
        assert zalopay.order("d1-abcdef", at) == f"{day}_d1-abcdef"

    def test_it_holds_our_longest_payment_id(self):
        assert zalopay.order(PAYMENT.id, NINE) == PAYMENT.order
        assert len(PAYMENT.order) == 40

    def test_a_longer_one_is_never_cut(self):
        with pytest.raises(ValueError):
            zalopay.order("x" * 34, NINE)


class TestNotifications:
    def test_zalopays_own_example_is_believed(self):
        said = zalopay.read(sent({"data": DATA, "mac": MAC, "type": 1}), ACCOUNT)

        assert (said.order, said.amount, said.verdict) == ("200904_2553_1598435687208", 10_000, Verdict.SUCCESS)
        assert (said.provider_reference, said.ours, said.money_taken) == ("200904000000389", True, True)

    def test_one_changed_in_any_bit_is_refused(self):
        body = json.dumps({"data": DATA, "mac": MAC, "type": 1}, separators=(",", ":")).encode()
        assert zalopay.read(sent(body), ACCOUNT)
        for changed in flipped(body):
            with pytest.raises((Forged, Unreadable)):
                zalopay.read(sent(changed), ACCOUNT)

    @pytest.mark.parametrize("name", list(json.loads(DATA)))
    @pytest.mark.parametrize("change", ["1", 1, "", None, -5, [], True, 1.5])
    def test_one_changed_in_any_field_is_forged(self, name, change):
        data = json.dumps({**json.loads(DATA), name: change}, separators=(",", ":"))
        with pytest.raises(Forged):
            zalopay.read(sent({"data": data, "mac": MAC, "type": 1}), ACCOUNT)

    def test_the_very_text_is_signed_not_what_it_means(self):
        with pytest.raises(Forged):
            zalopay.read(sent({"data": json.dumps(json.loads(DATA)), "mac": MAC, "type": 1}), ACCOUNT)

    @pytest.mark.parametrize(
        "mac",
        [
            *("", "0", None, 0, True, [], "é" * 64, MAC.upper(), MAC[:-1], MAC + " "),
            by_zalopay(ACCOUNT.key1, DATA),
            hashlib.sha256((ACCOUNT.key2 + DATA).encode()).hexdigest(),
            hmac.new(ACCOUNT.key2.encode(), DATA.encode(), hashlib.md5).hexdigest(),
        ],
    )
    def test_any_other_signature_is_forged(self, mac):
        with pytest.raises(Forged):
            zalopay.read(sent({"data": DATA, "mac": mac, "type": 1}), ACCOUNT)

    @pytest.mark.parametrize(
        "body",
        [
            b"not json",
            b"[]",
            b"{}",
            b"null",
            b"\xff\xfe",
            b'{"type":NaN}',
            b"[" * 50_000,
            b'{"x":"' + b"x" * 70_000 + b'"}',
            json.dumps({"data": json.loads(DATA), "mac": MAC, "type": 1}).encode(),
            json.dumps({"data": "\ud800", "mac": MAC, "type": 1}).encode(),
            json.dumps({"data": DATA, "type": 1}).encode(),
            json.dumps({"data": DATA, "mac": MAC, "type": 1}).encode()[:-1] + b',"type":1}',
        ],
    )
    def test_what_no_signer_sends_is_forged(self, body):
        with pytest.raises(Forged):
            zalopay.read(sent(body), ACCOUNT)

    def test_nothing_is_unreadable(self):
        with pytest.raises(Unreadable):
            zalopay.read(sent(b""), ACCOUNT)

    @pytest.mark.parametrize(
        "data", ["", "x", "[]", "{}", '{"app_trans_id":"x","app_trans_id":"x","zp_trans_id":1}', '{"amount":NaN}']
    )
    def test_signed_nonsense_is_unreadable(self, data):
        with pytest.raises(Unreadable):
            zalopay.read(signed(data=data), ACCOUNT)

    @pytest.mark.parametrize(
        "changes", [{"app_trans_id": ""}, {"app_trans_id": None}, {"zp_trans_id": 0}, {"zp_trans_id": "x"}]
    )
    def test_one_that_names_no_order_or_no_movement_is_unreadable(self, changes):
        with pytest.raises(Unreadable):
            zalopay.read(signed(**changes), ACCOUNT)

    @pytest.mark.parametrize("kind", [0, 3, "1", None, True, 1.0, []])
    def test_one_of_no_known_kind_is_unreadable(self, kind):
        with pytest.raises(Unreadable):
            zalopay.read(signed(kind=kind), ACCOUNT)

    def test_an_agreement_is_nothing_to_us_but_the_unsigned_kind_hides_no_payment(self):
        assert zalopay.read(signed(kind=2, data='{"app_id":2553,"binding_id":"1"}'), ACCOUNT) is None
        assert zalopay.read(signed(kind=2), ACCOUNT).money_taken

    @pytest.mark.parametrize(
        ("said", "amount"),
        [
            *((1, 1), ("120000", 120_000), (999_999_999_999, 999_999_999_999), (0, None), (-120_000, None)),
            *((10**12, None), (120_000.5, None), (120_000.0, None), ("1e5", None), ("", None), (None, None)),
            *((True, None), ([120_000], None), ({"x": 1}, None)),
        ],
    )
    def test_an_amount_is_a_whole_number_of_dong_or_none_and_the_money_is_not_lost(self, said, amount):
        read = zalopay.read(signed(amount=said), ACCOUNT)

        assert (read.amount, read.money_taken) == (amount, True)

    @pytest.mark.parametrize("app_id", [2554, "2554", None, 25.53])
    def test_another_merchants_is_not_ours(self, app_id):
        assert not zalopay.read(signed(app_id=app_id), ACCOUNT).ours

    def test_the_payer_is_not_kept(self):
        said = zalopay.read(signed(app_user="NGUYEN VAN A", embed_data="0912345678"), ACCOUNT).model_dump_json()

        assert not any(each in said for each in ("7ZMSl3", "NGUYEN", "0912345678"))

    @given(st.binary(max_size=300))
    def test_nothing_but_a_refusal_comes_of_noise(self, body):
        with pytest.raises((Forged, Unreadable)):
            zalopay.read(sent(body), ACCOUNT)

    @given(st.text('{}":, aé1|', max_size=80))
    def test_a_genuine_signature_carries_no_other_text(self, data):
        assume(data != DATA)
        with pytest.raises(Forged):
            zalopay.read(sent({"data": data, "mac": MAC, "type": 1}), ACCOUNT)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.RECORDED, 1),
        (Outcome.IGNORED, 1),
        (Outcome.WRONG_AMOUNT, 1),
        (Outcome.REPEATED, 2),
        (Outcome.UNKNOWN, 0),
        (Outcome.FAULT, 0),
        (Outcome.FORGED, -1),
        (Outcome.UNREADABLE, -1),
    ],
)
def test_zalopay_hears_1_or_2_when_calling_again_would_change_nothing(outcome, code):
    reply = zalopay.answer(outcome, sent(b""), None)

    assert reply == Reply(200, {"return_code": code, "return_message": reply.body["return_message"]})
    assert isinstance(reply.body["return_message"], str)


def test_every_outcome_has_an_answer():
    assert set(zalopay.ANSWERS) == set(Outcome)


CREATED = {"return_code": 1, "sub_return_code": 1, "order_url": "https://pay.example.vn/t", "zp_trans_token": "t"}


class TestAnOrder:
    def test_it_says_what_zalopay_asks_for(self, monkeypatch):
        wire = on_the_wire(monkeypatch, lambda _: {**CREATED, "qr_code": "00020101"})
        begun = zalopay.begin(PAYMENT, START, ACCOUNT)
        (asked,) = wire.asked

        assert (asked.method, asked.url) == ("POST", "https://zalopay.example.vn/v2/create")
        assert (begun.pay_url, begun.qr) == ("https://pay.example.vn/t", "00020101")
        embedded = '{"redirecturl":"https://dvc.example.vn/v\\u1ec1?x=1%7C2"}'
        assert asked.json == {
            "app_id": 2553,
            "app_trans_id": PAYMENT.order,
            "app_user": "citizen",
            "amount": 120_000,
            "app_time": 1780279200000,
            "embed_data": embedded,
            "item": "[]",
            "description": "Phi le phi ho so 000.00.01.H22-260601-0123",
            "callback_url": "https://api.example.vn/ipn",
            "expire_duration_seconds": 900,
            "bank_code": "",
            "mac": by_zalopay(ACCOUNT.key1, f"2553|{PAYMENT.order}|citizen|120000|1780279200000|{embedded}|[]"),
        }

    @pytest.mark.parametrize(("lives", "told"), [(1, 300), (299, 300), (901, 901), (10**8, 2_592_000)])
    def test_an_order_lives_as_long_as_zalopay_can_bear(self, monkeypatch, lives, told):
        wire = on_the_wire(monkeypatch, lambda _: CREATED)
        payment = PAYMENT.model_copy(update={"expires_at": NINE + timedelta(seconds=lives)})

        assert zalopay.begin(payment, START, ACCOUNT).qr is None
        assert wire.asked[0].json["expire_duration_seconds"] == told

    @pytest.mark.parametrize(
        "changes",
        [
            *({"return_code": code} for code in (2, 3, 0, -401, "1", True, 1.0, None)),
            *({"order_url": url} for url in (None, "", 1, "javascript:alert(1)", "http://pay.example.vn/t")),
        ],
    )
    def test_an_answer_that_does_not_fit_is_silence(self, monkeypatch, changes):
        on_the_wire(monkeypatch, lambda _: {**CREATED, **changes})
        with pytest.raises(Silent):
            zalopay.begin(PAYMENT, START, ACCOUNT)


PAID = {
    "return_code": 1,
    "return_message": "Giao dịch thành công",
    "sub_return_code": 1,
    "is_processing": False,
    "amount": 120_000,
    "zp_trans_id": 200904000000389,
    "server_time": 1780279512000,
    "discount_amount": 0,
}


def failed(detail, **more):
    return {"return_code": 2, "sub_return_code": detail, "return_message": "Giao dịch thất bại", **more}


class TestAQuery:
    def test_it_is_signed_and_its_answer_read(self, monkeypatch):
        wire = on_the_wire(monkeypatch, lambda _: PAID)
        (said,) = zalopay.query(PAYMENT, ACCOUNT, NINE)
        (asked,) = wire.asked

        assert asked.url == "https://zalopay.example.vn/v2/query"
        assert asked.json == {
            "app_id": 2553,
            "app_trans_id": PAYMENT.order,
            "mac": by_zalopay(ACCOUNT.key1, f"2553|{PAYMENT.order}|{ACCOUNT.key1}"),
        }
        assert (said.order, said.verdict, said.amount) == (PAYMENT.order, Verdict.SUCCESS, 120_000)
        assert (said.provider_reference, said.money_taken, said.ours) == ("200904000000389", True, True)

    def test_a_movement_of_money_has_one_number_in_notification_and_query(self, monkeypatch):
        on_the_wire(monkeypatch, lambda _: PAID)
        (said,) = zalopay.query(PAYMENT, ACCOUNT, NINE)

        assert said.provider_reference == zalopay.read(signed(), ACCOUNT).provider_reference

    @pytest.mark.parametrize("amount", [0, None, -1, 120_000.5, True, 10**12, 119_999])
    def test_money_taken_with_an_odd_amount_is_never_a_success(self, monkeypatch, amount):
        on_the_wire(monkeypatch, lambda _: {**PAID, "amount": amount})
        (said,) = zalopay.query(PAYMENT, ACCOUNT, NINE)

        assert said.money_taken
        assert recorded(PAYMENT, said, Source.QUERY, NINE).verdict == Verdict.MISMATCH

    @pytest.mark.parametrize(
        ("told", "now", "verdict"),
        [
            ({"return_code": 3, "is_processing": True}, NINE, Verdict.PENDING),
            ({"return_code": 3, "is_processing": False}, LATE + timedelta(days=1), Verdict.PENDING),
            (failed(-63), LATE - timedelta(seconds=1), Verdict.PENDING),
            (failed(-63), LATE, Verdict.FAILURE),
            (failed(-217), LATE, Verdict.FAILURE),
            (failed(-54), LATE, Verdict.FAILURE),
            (failed(-49), LATE, Verdict.FAILURE),
            (failed(-31_415), LATE, Verdict.FAILURE),
        ],
    )
    def test_an_order_has_failed_only_when_it_can_no_longer_be_paid(self, monkeypatch, told, now, verdict):
        on_the_wire(monkeypatch, lambda _: told)
        (said,) = zalopay.query(PAYMENT, ACCOUNT, now)

        assert (said.verdict, said.amount, said.money_taken) == (verdict, 120_000, False)
        assert recorded(PAYMENT, said, Source.QUERY, now).verdict == verdict

    def test_a_failure_at_the_end_is_another_event_than_one_before_it_and_the_same_as_another_after_it(
        self, monkeypatch
    ):
        on_the_wire(monkeypatch, lambda _: failed(-63))
        moments = (NINE, NINE + timedelta(minutes=1), LATE, LATE + timedelta(minutes=1))
        events = [
            recorded(PAYMENT, said, Source.QUERY, now).id
            for now in moments
            for said in zalopay.query(PAYMENT, ACCOUNT, now)
        ]

        assert events[0] == events[1] != events[2] == events[3]

    def test_an_order_zalopay_never_heard_of_says_nothing(self, monkeypatch):
        on_the_wire(monkeypatch, lambda _: failed(-101))

        assert zalopay.query(PAYMENT, ACCOUNT, LATE) == ()

    @pytest.mark.parametrize(
        "told",
        [
            *(failed(detail) for detail in (-92, -401, -402, -403, -429, -500, -999, -53, None, "-63", 1.0, True)),
            *({**PAID, "return_code": code} for code in (0, -401, -402, -500, -999, 30, 4, "1", True, 1.0, None)),
            *({**PAID, "zp_trans_id": number} for number in (0, None, "", "x", -1)),
        ],
    )
    def test_an_answer_that_may_speak_of_the_question_is_silence(self, monkeypatch, told):
        on_the_wire(monkeypatch, lambda _: told)
        for now in (NINE, LATE):
            with pytest.raises(Silent):
                zalopay.query(PAYMENT, ACCOUNT, now)


class TestARefund:
    def digits(self, payment=PAYMENT) -> str:
        digest = hashlib.sha256(f"{payment.id}/{REFUND.id}".encode()).hexdigest()
        return str(int(digest, 16) % 10**16).zfill(16)

    def test_it_is_signed_and_sent_under_its_own_number(self, monkeypatch):
        wire = on_the_wire(monkeypatch, lambda _: {"return_code": 3, "sub_return_code": 2, "refund_id": 77})
        told = zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE)
        (asked,) = wire.asked

        assert asked.url == "https://zalopay.example.vn/v2/refund"
        description = "Hoan phi ho so 000.00.01.H22-260601-0123"
        assert asked.json == {
            "m_refund_id": f"260601_2553_{self.digits()}",
            "app_id": 2553,
            "zp_trans_id": "200904000000389",
            "amount": 20_000,
            "timestamp": 1780279200000,
            "description": description,
            "mac": by_zalopay(ACCOUNT.key1, f"2553|200904000000389|20000|{description}|1780279200000"),
        }
        assert re.fullmatch(r"[0-9]{6}_2553_[0-9]{16}", asked.json["m_refund_id"])
        assert len(asked.json["m_refund_id"]) <= 45
        assert (told.state, told.provider_reference) == ("pending", "77")

    def test_on_the_same_day_it_has_the_same_number_and_for_another_payment_another(self, monkeypatch):
        wire = on_the_wire(monkeypatch, lambda _: {"return_code": 3})
        other = PAYMENT.model_copy(update={"id": "another-abc234"})
        for payment, now in ((PAYMENT, NINE), (PAYMENT, NINE + timedelta(hours=14, minutes=59)), (other, NINE)):
            zalopay.refund(REFUND, payment, ACCOUNT, now)
        first, second, third = (asked.json["m_refund_id"] for asked in wire.asked)

        assert first == second != third

    def test_on_a_later_day_it_is_sent_only_after_asking_for_it_under_every_day_before(self, monkeypatch):
        wire = on_the_wire(monkeypatch, lambda asked: failed(-101) if "query" in asked.url else {"return_code": 3})
        told = zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE + timedelta(days=2))

        assert [(asked.url.rpartition("/")[2], asked.json["m_refund_id"][:6]) for asked in wire.asked] == [
            ("query_refund", "260601"),
            ("query_refund", "260602"),
            ("refund", "260603"),
        ]
        assert told.state == "pending"

    @pytest.mark.parametrize(
        ("answer", "state"), [({"return_code": 1}, "done"), ({"return_code": 3}, "pending"), (failed(0), "failed")]
    )
    def test_what_is_known_under_an_earlier_day_is_never_sent_again(self, monkeypatch, answer, state):
        known = f"260602_2553_{self.digits()}"
        wire = on_the_wire(monkeypatch, lambda asked: answer if asked.json["m_refund_id"] == known else failed(-101))
        told = zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE + timedelta(days=3))

        assert (told.state, told.facts["m_refund_id"]) == (state, known)
        assert not [asked for asked in wire.asked if asked.url.endswith("/v2/refund")]

    def test_nothing_is_sent_while_it_is_not_known_what_became_of_the_day_before(self, monkeypatch):
        wire = on_the_wire(monkeypatch, lambda _: failed(-500))
        with pytest.raises(Silent):
            zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE + timedelta(days=1))

        assert not [asked for asked in wire.asked if asked.url.endswith("/v2/refund")]

    @pytest.mark.parametrize(
        ("told", "state"),
        [
            *(({"return_code": 1}, "pending"), ({"return_code": 3}, "pending"), (failed(-23), "pending")),
            *((failed(-1), "pending"), (failed(-13), "failed"), (failed(-14), "failed"), (failed(-101), "failed")),
            *((failed(-2), "failed"), (failed(-32), "failed")),
        ],
    )
    def test_it_is_taken_on_or_refused_never_done_at_once(self, monkeypatch, told, state):
        on_the_wire(monkeypatch, lambda _: told)

        assert zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE).state == state

    @pytest.mark.parametrize(
        "told",
        [
            *(failed(detail) for detail in (-25, -401, -402, -429, -500, -999, 0, None, "-13", -31_415)),
            *({"return_code": code} for code in (0, -401, -999, "1", True, 1.0, None)),
        ],
    )
    def test_an_answer_that_settles_nothing_is_silence(self, monkeypatch, told):
        on_the_wire(monkeypatch, lambda _: told)
        with pytest.raises(Silent):
            zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE)

    @pytest.mark.parametrize("reference", ["", "0", "abc", "12 3", "-5", "9" * 40])
    def test_of_a_movement_without_a_number_nothing_can_be_sent_back(self, monkeypatch, reference):
        wire = on_the_wire(monkeypatch, lambda _: {"return_code": 1})
        order = REFUND.model_copy(update={"paid_reference": reference})

        assert zalopay.refund(order, PAYMENT, ACCOUNT, NINE).state == "failed"
        assert not wire.asked

    @pytest.mark.parametrize(
        ("told", "state"),
        [
            *(({"return_code": 1, "sub_return_code": 1}, "done"), ({"return_code": 3}, "pending")),
            *((failed(-1), "pending"), (failed(-16), "pending"), (failed(0), "failed"), (failed(-13), "failed")),
            *((failed(-14), "failed"), (failed(-32), "failed")),
        ],
    )
    def test_asked_about_it_zalopay_says_what_became_of_it(self, monkeypatch, told, state):
        wire = on_the_wire(monkeypatch, lambda _: told)

        assert zalopay.refund_state(REFUND, PAYMENT, ACCOUNT, NINE).state == state
        (asked,) = wire.asked
        number = f"260601_2553_{self.digits()}"
        assert asked.url == "https://zalopay.example.vn/v2/query_refund"
        assert asked.json == {
            "app_id": 2553,
            "m_refund_id": number,
            "timestamp": 1780279200000,
            "mac": by_zalopay(ACCOUNT.key1, f"2553|{number}|1780279200000"),
        }

    def test_it_is_found_under_the_day_it_was_sent_on(self, monkeypatch):
        known = f"260603_2553_{self.digits()}"
        on_the_wire(
            monkeypatch, lambda asked: {"return_code": 1} if asked.json["m_refund_id"] == known else failed(-101)
        )

        assert zalopay.refund_state(REFUND, PAYMENT, ACCOUNT, NINE + timedelta(days=9)).facts["m_refund_id"] == known

    @pytest.mark.parametrize("days", [0, 1, 30])
    def test_a_refund_zalopay_does_not_know_is_neither_paid_nor_refused(self, monkeypatch, days):
        on_the_wire(monkeypatch, lambda _: failed(-101))
        with pytest.raises(Silent):
            zalopay.refund_state(REFUND, PAYMENT, ACCOUNT, NINE + timedelta(days=days))


@pytest.mark.parametrize(("said", "status"), [each[1:] for each in UNCERTAIN], ids=[each[0] for each in UNCERTAIN])
@pytest.mark.parametrize(
    "ask",
    [
        lambda: zalopay.begin(PAYMENT, START, ACCOUNT),
        lambda: zalopay.query(PAYMENT, ACCOUNT, LATE),
        lambda: zalopay.refund(REFUND, PAYMENT, ACCOUNT, NINE),
        lambda: zalopay.refund_state(REFUND, PAYMENT, ACCOUNT, NINE),
    ],
    ids=["begin", "query", "refund", "refund_state"],
)
def test_every_uncertain_answer_is_silence(monkeypatch, ask, said, status):
    on_the_wire(monkeypatch, lambda _: said, status)
    with pytest.raises(Silent) as silence:
        ask()
    assert ACCOUNT.key1 not in str(silence.value)
