"""A transfer to the province's own account by VietQR: the code and the memo. That it arrived is told by those who
watch the account; nobody can be asked, and what must go back is transferred by the finance officer."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from chalicelib.payments.protocol import Begun, Start
from chalicelib.payments.rules import Frozen, Payment
from chalicelib.payments.vietqr import Transfer, code, memo

TITLE: Final = ("Chuyển khoản ngân hàng (VietQR)", "Bank transfer (VietQR)")
SERVES: Final = "vietqr"


class Account(Frozen):
    """The province's account. `bank_bin`: Napas's number of the bank. `account_name`: as the payer's bank shows it."""

    bank_bin: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    account_number: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,19}$")]
    account_name: str


def order(payment_id: str, at: datetime) -> str:
    return memo(payment_id)


def begin(payment: Payment, start: Start, account: Account) -> Begun:
    return Begun(qr=code(Transfer(account.bank_bin, account.account_number, payment.amount, payment.name)))
