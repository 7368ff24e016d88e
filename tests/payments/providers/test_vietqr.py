"""The province's own account: a code to scan, a memo to be known by, and nothing that could be asked or heard."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import Start
from chalicelib.payments.providers import vietqr
from chalicelib.payments.rules import Payment
from chalicelib.payments.vietqr import Transfer, memo, read

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
ACCOUNT = vietqr.Account(bank_bin="970436", account_number="0011000000123", account_name="UBND TINH KHANH HOA")
WANTED = Start(return_url="https://dvc.example.vn/tro-ve", ip="203.0.113.7", language="vi")


def test_the_payer_is_given_a_code_with_account_amount_and_memo():
    payment = Payment(
        id="d1-abcdef",
        dossier_id="d1",
        provider="vietqr",
        about="000.00.01.H32-260601-0001",
        amount=120_000,
        created_at=NINE,
        expires_at=NINE + timedelta(minutes=15),
        order=vietqr.order("d1-abcdef", NINE),
    )

    begun = vietqr.begin(payment, WANTED, ACCOUNT)

    assert begun.pay_url is None
    assert read(begun.qr) == Transfer("970436", "0011000000123", 120_000, memo("d1-abcdef"))


def test_the_order_is_the_memo_whenever_it_is_asked_for():
    assert vietqr.order("d1-abcdef", NINE) == vietqr.order("d1-abcdef", NINE + timedelta(days=9)) == memo("d1-abcdef")


def test_it_can_neither_be_heard_nor_asked_nor_told_to_refund():
    assert [
        each for each in ("read", "answer", "query", "refund", "refund_state", "bill") if hasattr(vietqr, each)
    ] == []


@pytest.mark.parametrize(
    "wrong", [{"bank_bin": "VCB"}, {"account_number": "0011 0000"}, {"account_number": ""}, {"iban": "VN"}]
)
def test_an_account_that_no_code_can_name_is_refused_as_it_is_configured(wrong):
    with pytest.raises(ValidationError):
        vietqr.Account.model_validate({**ACCOUNT.model_dump(), **wrong})
