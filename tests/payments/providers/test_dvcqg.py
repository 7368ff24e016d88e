import hashlib
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import Forged, Notice, Outcome, Silent, Start, Unreadable
from chalicelib.payments.providers import dvcqg
from chalicelib.payments.rules import Verdict
from tests.payments.providers.flips import flipped
from tests.payments.providers.orders import BILL, NINE, attempt
from tests.payments.providers.wires import NO_ANSWERS, answering

SECRET = "SECRET-PP-TEST"
ACCOUNT = dvcqg.Account(
    init_url="https://pp.example.gov.vn/init",
    query_url="https://pp.example.gov.vn/query",
    bill_url="https://pp.example.gov.vn/bill",
    partner="H22",
    beneficiary_number="3511000000001",
    beneficiary_bank="970436",
    beneficiary_name="So Tu phap",
    secret=SECRET,
)
NAME = "dvc0000001H2226060101230120260601090000"
PAYMENT = attempt("dvcqg", order=NAME)
START = Start(return_url="https://dvc.example.gov.vn/x", ip="203.0.113.10", language="vi", bill=BILL)
OWN = {
    "INIT|1.0.6|H22|dvc0000001H2226060101230120260601090000|120000|PAY|1|1|vi-VN|VND|PAYMENT"
    "|THANH TOAN HO SO 000.00.01.H22-260601-0123|20260601090000|203.0.113.10": (
        dvcqg.INIT,
        "4283a0bd3396320d72bc9670e7411ede09293e31e92474e0277281819eb19d49",
    ),
    "CONFIRM|00|H22|dvc0000001H2226060101230120260601090000|120000|VND|PP2606010001|970436|20260601090512"
    "|THANH TOAN HO SO 000.00.01.H22-260601-0123": (
        dvcqg.CONFIRM,
        "860d1bdfdc10e2cb99a521f5ef385ce0d263877b5ec4a98fc2b25800825e98de",
    ),
    "QUERY|1.0.6|H22|dvc0000001H2226060101230120260601090000|20260601090000": (
        dvcqg.ASKED,
        "14cd616132f8d9924ba55cf5e7ce4b1c450c0f47f4601f8db0150814229e2ce7",
    ),
    "GET_BILL|1.0.6|H22|dvc0000001H2226060101230120260601090000|20260601090000": (
        dvcqg.ASKED,
        "d109bb222fb342ca6f6a6649da296df2784d1c97b2d52907971699eb4daa8a14",
    ),
}
CONFIRM = dict(zip(dvcqg.CONFIRM, list(OWN)[1].split("|"), strict=True))


def body(**changed):
    told = {**CONFIRM, **changed}
    told.setdefault("MaXacThuc", dvcqg.signature(told, dvcqg.CONFIRM, SECRET))
    return json.dumps(told, ensure_ascii=False).encode()


def notice(data):
    return Notice(body=data, at=NINE)


def read(data):
    return dvcqg.read(notice(data), ACCOUNT)


@pytest.mark.parametrize("signed", OWN)
def test_our_signature_is_the_recipes(signed):
    names, expected = OWN[signed]

    assert dvcqg.signature(dict(zip(names, signed.split("|"), strict=True)), names, SECRET) == expected
    assert hashlib.sha256(f"{signed}|{SECRET}".encode()).hexdigest() == expected


# ---- CONFIRM


def test_a_confirmation_is_read():
    said = read(body(MaXacThuc=OWN[list(OWN)[1]][1]))

    assert (said.order, said.amount, said.verdict) == (NAME, 120_000, Verdict.SUCCESS)
    assert (said.provider_reference, said.ours, said.money_taken) == ("PP2606010001", True, True)
    assert "MaXacThuc" not in said.facts


def test_the_amount_may_be_a_number_in_the_message():
    assert read(body(SoTien=120_000)).amount == 120_000


def test_the_order_of_fields_and_the_same_again_change_nothing():
    other_way = json.dumps(dict(reversed(json.loads(body()).items()))).encode()

    assert read(body()) == read(body()) == read(other_way)


@pytest.mark.parametrize("code", ["99", "01", "24", "0", "000"])
def test_any_other_code_is_a_failure(code):
    said = read(body(MaLoi=code))

    assert (said.verdict, said.money_taken) == (Verdict.FAILURE, False)


@pytest.mark.parametrize("name", dvcqg.CONFIRM)
@pytest.mark.parametrize("change", ["1", "", "x|", None, True, 1.5, ["00"], {"a": 1}])
def test_a_confirmation_changed_in_any_field_is_forged(name, change):
    told = {**json.loads(body()), name: change}
    with pytest.raises(Forged):
        read(json.dumps(told).encode())


@pytest.mark.parametrize("name", [*dvcqg.CONFIRM, "MaXacThuc"])
def test_a_confirmation_that_lacks_any_field_is_forged(name):
    told = {each: value for each, value in json.loads(body()).items() if each != name}
    with pytest.raises(Forged):
        read(json.dumps(told).encode())


def test_a_confirmation_changed_in_any_bit_is_forged():
    for changed in flipped(body()):
        with pytest.raises((Forged, Unreadable)):
            read(changed)


@pytest.mark.parametrize("name", ["ThongTinGiaoDich", "MaGiaoDich", "MaNganHang", "SoTien"])
def test_a_bar_that_shifts_fields_is_forged(name):
    """The same signed text, cut at another bar."""
    at = dvcqg.CONFIRM.index(name)
    values = [CONFIRM[each] for each in dvcqg.CONFIRM]
    moved = (
        [*values[:at], f"{values[at]}|{values[at + 1]}", "", *values[at + 2 :]]
        if at + 1 < len(values)
        else [*values[: at - 1], "", f"{values[at - 1]}|{values[at]}"]
    )
    told = dict(zip(dvcqg.CONFIRM, moved, strict=True))
    mac = hashlib.sha256("|".join([*moved, SECRET]).encode()).hexdigest()
    with pytest.raises(Forged):
        read(json.dumps({**told, "MaXacThuc": mac}).encode())


@pytest.mark.parametrize(
    "mac",
    [
        "",
        None,
        0,
        OWN[list(OWN)[1]][1].upper(),
        OWN[list(OWN)[2]][1],
        "é" * 64,
        hashlib.md5("|".join([*CONFIRM.values(), SECRET]).encode()).hexdigest(),  # noqa: S324 - what we refuse
        hashlib.sha1("|".join([*CONFIRM.values(), SECRET]).encode()).hexdigest(),  # noqa: S324 - what we refuse
        hashlib.sha256("|".join(CONFIRM.values()).encode()).hexdigest(),
        hashlib.sha256("|".join([*CONFIRM.values(), "another"]).encode()).hexdigest(),
    ],
)
def test_any_other_signature_is_forged(mac):
    with pytest.raises(Forged):
        read(body(MaXacThuc=mac))


@pytest.mark.parametrize(
    "data",
    [
        b"no json",
        b"[]",
        b'"text"',
        b"12",
        b"\xff\xfe",
        body()[:-1] + b', "MaLoi": "00"}',
        body()[:-1] + b', "x": NaN}',
        body()[:-1] + b', "x": "\\ud800"}',
        body()[:-1] + b', "x": ["\\ud800"]}',
        body()[:-1] + b', "x": [{"a": 1, "a": 1}]}',
        body()[:-1] + b', "x": ' + b"9" * 5_000 + b"}",
        b"[" * 60_000,
        body() + b" " * 70_000,
    ],
)
def test_what_no_signer_sends_is_forged(data):
    with pytest.raises(Forged):
        read(data)


@pytest.mark.parametrize("data", [b"", b"  \n", body(LoaiBanTin="QUERY"), body(MaLoi=""), body(MaThamChieu="")])
def test_what_says_nothing_is_unreadable(data):
    with pytest.raises(Unreadable):
        read(data)


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("120000", 120_000),
        ("-120000", None),
        ("120000.0", None),
        ("0120000", None),
        ("0", None),
        ("1" * 13, None),
        ("１２００００", None),
        ("1e5", None),
        (-1, None),
        (10**12, None),
    ],
)
def test_an_amount_is_a_whole_number_of_dong_or_none(said, amount):
    assert read(body(SoTien=said)).amount == amount


def test_another_currency_is_no_amount_and_another_partner_not_ours():
    assert read(body(MaTienTe="USD")).amount is None
    assert not read(body(MaDoiTac="H23")).ours


def test_card_data_is_not_kept():
    said = read(body(Sothe="9704198526191432198", Token="tok_1", HoTenNguoiNop="NGUYEN VAN A"))

    for kept_back in ("9704198526191432198", "tok_1", "NGUYEN VAN A"):
        assert kept_back not in said.model_dump_json()


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data):
    with pytest.raises((Forged, Unreadable)):
        read(data)


# ---- the answer to it


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.RECORDED, "00"),
        (Outcome.REPEATED, "00"),
        (Outcome.IGNORED, "00"),
        (Outcome.WRONG_AMOUNT, "99"),
        (Outcome.UNKNOWN, "99"),
        (Outcome.FORGED, "99"),
        (Outcome.UNREADABLE, "99"),
        (Outcome.FAULT, "99"),
    ],
)
def test_every_outcome_is_answered_in_the_platforms_words(outcome, code):
    told = dvcqg.answer(outcome, notice(body()), ACCOUNT)

    assert told.status == 200
    assert told.body["MaLoi"] == code
    assert set(told.body) == {"MaLoi", "MoTaLoi", "MaDoiTac", "MaThamChieu", "ThoiGianGD", "MaXacThuc"}
    assert told.body["MaThamChieu"] == NAME
    assert told.body["MaXacThuc"] == json.loads(body())["MaXacThuc"]


@pytest.mark.parametrize(
    "data", [b"", b"x", b"[]", b'{"MaThamChieu": ["a"]}', b'{"MaThamChieu": "' + b"a" * 999 + b'"}']
)
def test_a_message_that_cannot_be_read_is_answered_too(data):
    told = dvcqg.answer(Outcome.FAULT, notice(data), None)

    assert (told.body["MaLoi"], told.body["MaThamChieu"]) == ("99", "")


def test_nothing_is_signed_that_a_stranger_chose():
    """A forged message asking to be answered must not teach anyone a signature."""
    told = dvcqg.answer(Outcome.FORGED, notice(body(MaXacThuc="theirs")), ACCOUNT)

    assert told.body["MaXacThuc"] == "theirs"


# ---- INIT


def test_a_payment_is_begun(monkeypatch):
    wired = answering(monkeypatch, {"MaLoi": "00", "UrlThanhToan": "https://pay.example.gov.vn/1"})

    assert dvcqg.begin(PAYMENT, START, ACCOUNT).pay_url == "https://pay.example.gov.vn/1"
    assert wired.urls == [ACCOUNT.init_url]
    assert wired.message["MaXacThuc"] == OWN[list(OWN)[0]][1]
    bill = wired.message["ThongTinBienLai"]
    assert bill["PhiLePhi"] == [
        {"LoaiPhiLePhi": "1", "MaPhiLePhi": "P1", "TenPhiLePhi": "Phí cấp phiếu", "SoTien": "100000"},
        {"LoaiPhiLePhi": "2", "MaPhiLePhi": "L1", "TenPhiLePhi": "Lệ phí", "SoTien": "20000"},
    ]
    assert (bill["MaDichVu"], bill["MaDVC"], bill["MaTTHC"]) == ("2", "2.000488.01", "2.000488")
    assert (bill["HoTenNguoiNop"], bill["TKThuHuong"]) == ("Nguyễn Văn An", "3511000000001")
    assert sum(int(each["SoTien"]) for each in bill["DSKhoanNop"]) == PAYMENT.amount


def test_a_payment_is_begun_through_an_lgsp(monkeypatch):
    inner = json.dumps({"MaLoi": "00", "UrlThanhToan": "https://pay.example.gov.vn/1"})
    wired = answering(monkeypatch, {"error_code": "0", "message": inner})
    through = ACCOUNT.model_copy(update={"access_token": "lgsp-token"})

    assert dvcqg.begin(PAYMENT, START, through).pay_url == "https://pay.example.gov.vn/1"
    assert wired.asked[0].headers == {"Authorization": "Bearer lgsp-token"}


def test_times_are_of_24_hours_in_hanoi(monkeypatch):
    wired = answering(monkeypatch, {"MaLoi": "00", "UrlThanhToan": "https://pay.example.gov.vn/1"})
    late = PAYMENT.model_copy(update={"created_at": datetime(2026, 6, 1, 22, 5, 9, tzinfo=ZONE)})
    dvcqg.begin(late, START, ACCOUNT)

    assert wired.message["ThoiGianGD"] == "20260601220509"


@given(st.text(max_size=40))
def test_no_bar_is_ever_sent_in_free_text(text):
    assert "|" not in dvcqg.content(PAYMENT.model_copy(update={"about": text}))


@pytest.mark.parametrize(
    "answer",
    [
        *NO_ANSWERS,
        {},
        {"MaLoi": "99"},
        {"MaLoi": "99", "UrlThanhToan": "https://pay.example.gov.vn/1"},
        {"MaLoi": "00"},
        {"MaLoi": "00", "UrlThanhToan": 1},
        {"MaLoi": "00", "UrlThanhToan": "javascript:alert(1)"},
        {"MaLoi": "00", "UrlThanhToan": "http://pay.example.gov.vn/1"},
        {"error_code": "-1", "message": "no"},
        {"error_code": "1", "message": '{"MaLoi": "00", "UrlThanhToan": "https://pay.example.gov.vn/1"}'},
        {"error_code": "0", "message": "no json"},
        {"error_code": "0", "message": {"MaLoi": "00"}},
        {"error_code": "0"},
    ],
)
def test_a_payment_that_was_not_begun_for_certain_is_silence(monkeypatch, answer):
    answering(monkeypatch, answer)
    with pytest.raises(Silent):
        dvcqg.begin(PAYMENT, START, ACCOUNT)


@pytest.mark.parametrize("bill", [None, BILL.model_copy(update={"fees": BILL.fees[:1]})])
def test_nothing_is_begun_that_no_true_receipt_could_follow(monkeypatch, bill):
    wired = answering(monkeypatch)
    with pytest.raises(Silent):
        dvcqg.begin(PAYMENT, START.model_copy(update={"bill": bill}), ACCOUNT)
    assert not wired.asked


# ---- QUERY


def told(**changes):
    answer = {**CONFIRM, "LoaiBanTin": "QUERY", "TrangThaiGD": "1", **changes}
    return {name: value for name, value in answer.items() if value is not None}


@pytest.mark.parametrize(
    ("state", "verdict", "money"),
    [
        ("1", Verdict.SUCCESS, True),
        (1, Verdict.SUCCESS, True),
        ("3", Verdict.PENDING, False),
        ("4", Verdict.FAILURE, False),
    ],
)
def test_a_query_is_signed_and_its_answer_read(monkeypatch, state, verdict, money):
    wired = answering(monkeypatch, told(TrangThaiGD=state))
    (said,) = dvcqg.query(PAYMENT, ACCOUNT, NINE)

    assert (said.order, said.amount, said.verdict, said.money_taken) == (NAME, 120_000, verdict, money)
    assert wired.urls == [ACCOUNT.query_url]
    assert wired.message == {
        "LoaiBanTin": "QUERY",
        "PhienBan": "1.0.6",
        "MaDoiTac": "H22",
        "MaThamChieu": NAME,
        "ThoiGianGD": "20260601090000",
        "MaXacThuc": OWN[list(OWN)[2]][1],
    }


def test_told_and_asked_name_the_same_movement_of_money(monkeypatch):
    answering(monkeypatch, told())

    assert dvcqg.query(PAYMENT, ACCOUNT, NINE)[0].provider_reference == read(body()).provider_reference


@pytest.mark.parametrize("state", ["3", "4"])
def test_an_unpaid_answer_may_leave_out_what_it_does_not_know(monkeypatch, state):
    bare = {"MaLoi": "00", "MaThamChieu": NAME, "TrangThaiGD": state, "SoTien": None}
    answering(monkeypatch, bare)
    (said,) = dvcqg.query(PAYMENT, ACCOUNT, NINE)

    assert (said.amount, said.ours, said.money_taken) == (120_000, True, False)


@pytest.mark.parametrize("amount", [None, "", "120000.5", 0, 1.0])
def test_who_says_paid_must_say_how_much(monkeypatch, amount):
    answering(monkeypatch, told(SoTien=amount))
    (said,) = dvcqg.query(PAYMENT, ACCOUNT, NINE)

    assert (said.amount, said.money_taken) == (None, True)


@pytest.mark.parametrize(
    "answer",
    [
        *NO_ANSWERS,
        {},
        told(TrangThaiGD="2"),
        told(TrangThaiGD=None),
        told(TrangThaiGD=["1"]),
        told(MaLoi="99"),
        told(MaLoi=None),
        told(MaThamChieu="another"),
        told(MaThamChieu=None),
        {"error_code": 1, "message": "{}"},
    ],
)
def test_an_answer_that_says_nothing_certain_is_silence(monkeypatch, answer):
    answering(monkeypatch, answer)
    with pytest.raises(Silent):
        dvcqg.query(PAYMENT, ACCOUNT, NINE)


def test_a_fault_of_the_platform_is_silence(monkeypatch):
    answering(monkeypatch, told(), status=502)
    with pytest.raises(Silent):
        dvcqg.query(PAYMENT, ACCOUNT, NINE)


# ---- GET_BILL


def test_a_receipt_comes_as_a_stream(monkeypatch):
    wired = answering(monkeypatch, b"%PDF-1.7 receipt")

    assert dvcqg.bill(PAYMENT, ACCOUNT) == b"%PDF-1.7 receipt"
    assert wired.message["MaXacThuc"] == OWN[list(OWN)[3]][1]


@pytest.mark.parametrize(
    "url",
    [
        "https://pp.example.gov.vn/receipts/1.pdf",
        "https://pp.example.gov.vn:443/receipts/1.pdf",
        "https://bienlai.dichvucong.gov.vn/1.pdf",
        "https://dichvucong.gov.vn/1.pdf",
    ],
)
def test_a_receipt_is_fetched_where_the_platform_keeps_them(monkeypatch, url):
    account = ACCOUNT.model_copy(
        update={"bill_domain": "dichvucong.gov.vn", "bill_url": "https://pp.example.gov.vn:443/bill"}
    )
    wired = answering(monkeypatch, {"MaLoi": "00", "URLBienLai": url}, b"%PDF-1.7 receipt")

    assert dvcqg.bill(PAYMENT, account) == b"%PDF-1.7 receipt"
    assert wired.urls[-1] == url
    assert not wired.asked[-1].headers


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/1.pdf",
        "https://pp.example.gov.vn.evil.example/1.pdf",
        "https://evilpp.example.gov.vn/1.pdf",
        "https://evildichvucong.gov.vn/1.pdf",
        "https://pp.example.gov.vn@evil.example/1.pdf",
        "https://user:pw@pp.example.gov.vn/1.pdf",
        "https://pp.example.gov.vn:8443/1.pdf",
        "http://pp.example.gov.vn/1.pdf",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//pp.example.gov.vn/1.pdf",
        "https://[::1",
        "https://pp.example.gov.vn:x/1.pdf",
        7,
        ["https://pp.example.gov.vn/1.pdf"],
    ],
)
def test_a_receipt_is_fetched_nowhere_else(monkeypatch, url):
    account = ACCOUNT.model_copy(update={"bill_domain": "dichvucong.gov.vn"})
    wired = answering(monkeypatch, {"MaLoi": "00", "URLBienLai": url})
    with pytest.raises(Silent):
        dvcqg.bill(PAYMENT, account)
    assert wired.urls == [ACCOUNT.bill_url]


@pytest.mark.parametrize("answer", [b"", {"MaLoi": "99", "MoTaLoi": "chưa có"}, {"MaLoi": "00", "URLBienLai": ""}])
def test_there_may_be_no_receipt_yet(monkeypatch, answer):
    answering(monkeypatch, answer)

    assert dvcqg.bill(PAYMENT, ACCOUNT) is None


@pytest.mark.parametrize(
    "answers",
    [[answer] for answer in NO_ANSWERS if answer != b""]
    + [[{"MaLoi": "00", "URLBienLai": "https://pp.example.gov.vn/1.pdf"}, b"<html>"]],
)
def test_what_is_no_receipt_is_silence(monkeypatch, answers):
    answering(monkeypatch, *answers)
    with pytest.raises(Silent):
        dvcqg.bill(PAYMENT, ACCOUNT)


# ---- the account


def test_the_account_keeps_its_secrets_to_itself_and_knows_its_fields():
    told = repr(ACCOUNT.model_copy(update={"access_token": "lgsp-token"}))

    assert SECRET not in told
    assert "lgsp-token" not in told
    for wrong in ({"surprise": "1"}, {"partner": "H|22"}, {"secret": ""}):
        with pytest.raises(ValidationError):
            dvcqg.Account.model_validate({**ACCOUNT.model_dump(), **wrong})


def test_refunds_are_not_pretended():
    assert not hasattr(dvcqg, "refund")
