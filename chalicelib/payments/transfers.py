"""Money that a watching service saw arrive on the province's own bank account: what it says of a payment. Pure.

The bank's name of a movement repeats: on another day, or for another amount; so day and amount are part of ours.
Two services that watch the same account thus name the same movement alike, and it counts once. Neither the payer's
name, nor account, nor words are kept, beside our own memo: the bank's reference finds them in the bank's books.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from chalicelib.payments.protocol import Outcome, Reply, Unreadable
from chalicelib.payments.rules import Frozen, Statement, Verdict
from chalicelib.payments.vietqr import memo_in

NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9.]+")
REFUSALS: Final = {Outcome.FORGED: 401, Outcome.UNREADABLE: 400, Outcome.FAULT: 503}


class Arrived(Frozen):
    """`service_id`: the service's own number of the movement, used when the bank gave none. `amount` in VND, None
    when it is no whole number of đồng. `at`: the bank's local time, YYYY-MM-DD HH:MM:SS. `words`: the transfer's."""

    service: str
    service_id: str
    reference: str
    amount: int | None
    at: str
    bank: str
    account_number: str
    words: str


def stated(arrived: Arrived, account_number: str) -> Statement:
    """A transfer is final. Money whose memo is lost is of no order, and still money. Raises `Unreadable` for money
    without any name, which would be counted anew each time it is told."""
    order = memo_in(arrived.words)
    facts = {
        "service": arrived.service,
        "service_id": arrived.service_id,
        "reference": arrived.reference,
        "at": arrived.at,
        "bank": arrived.bank,
        "account": arrived.account_number[-4:],
        "memo": order,
    }
    return Statement(
        order=order,
        verdict=Verdict.SUCCESS,
        money_taken=True,
        amount=arrived.amount,
        provider_reference=_movement(arrived),
        ours=arrived.account_number == account_number,
        facts={name: value for name, value in facts.items() if value},
    )


def answered(outcome: Outcome) -> Reply:
    """Money of no known payment is kept for a person to place, so there is no use in telling of it again."""
    status = REFUSALS.get(outcome, 200)
    return Reply(status, {"success": status == 200})


def text(told: Mapping[str, Any], name: str) -> str:
    """A field as text: numbers are numbers for one service and text for another."""
    value = told.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _movement(arrived: Arrived) -> str:
    reference = NOT_PLAIN.sub(".", arrived.reference).strip(".")
    if not reference and not arrived.service_id:
        raise Unreadable
    name = reference or f"{arrived.service}.{arrived.service_id}"
    day = re.sub(r"[^0-9]", "", arrived.at)[:8]
    return f"{name}-{day}-{arrived.amount or 0}"
