"""The payment providers this service knows, by name; a new one is a file of its own and a line here."""

from typing import Final

from chalicelib.payments import vnpay
from chalicelib.payments.rules import Provider

PROVIDERS: Final[dict[str, Provider]] = {"vnpay": vnpay}
