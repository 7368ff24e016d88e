"""A filed dossier whose fee is due, VNPAY's side of a payment, and counted requests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pynamodb.connection import Connection

from chalicelib.access import Caller
from chalicelib.clock import actions as calendars
from chalicelib.clock.rules import ZONE, PauseCause, Processing, Unit
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.people import Address, Delivery, Person
from chalicelib.dossiers.rules import Dossier, Pinned
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import actions, hearing
from chalicelib.payments.protocol import Notice, Start
from chalicelib.payments.providers import vnpay
from chalicelib.payments.rules import Payment
from chalicelib.settings import secret
from chalicelib.table import fresh_id
from tests.conftest import environment

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
CITIZEN = Caller("citizen", "c-1", "key-of-c-1")
CLERK = Caller("officer", "an", "key-of-an", frozenset({"clerk"}), agency="H32.10")
WANTED = Start(return_url="https://dvc.example.vn/tro-ve", ip="203.0.113.7", language="vi")


def a_dossier(**changes: Any) -> Dossier:
    address = Address(line="1 Trần Phú", commune="Nha Trang", province="Khánh Hòa")
    facts: dict[str, Any] = {
        "id": fresh_id(),
        "stage": Stage.SUBMITTED,
        "code": f"000.00.10.H32-260601-{fresh_id()[:4]}",
        "procedure": Pinned(
            key="1.000001",
            code="1.000001",
            name="Cấp bản sao",
            version=1,
            valid_from=date(2026, 1, 1),
            level=4,
            field="Hộ tịch",
            processing=Processing(unit=Unit.WORKING_DAY, amount=3),
            pauses=(PauseCause.SUPPLEMENT,),
            resume="continue",
            pay_online=True,
        ),
        "agency": "H32.10",
        "citizen_key": CITIZEN.key,
        "applicant": Person(
            kind="person",
            full_name="Nguyễn Văn Thử",
            identity_number="056090000001",
            phone="0912345678",
            address=address,
        ),
        "delivery": Delivery(channel="online"),
        "fee_due": 120_000,
        "payment_status": "due",
        "created_at": NINE,
        "changed_at": NINE,
        "submitted_at": NINE,
        "turn_since": NINE,
        **changes,
    }
    return Dossier(**facts)


@pytest.fixture(scope="module")
def one_table(ministack: str) -> Iterator[None]:
    """One table with real transactions for a whole module, whose tests leave each other's dossiers alone."""
    with environment(AWS_ENDPOINT_URL=ministack):
        yield


@pytest.fixture(autouse=True)
def calendar_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container asks once a minute whether the calendar was amended, not once per notification."""
    monkeypatch.setattr(calendars, "FRESH_FOR", timedelta(days=365))


@pytest.fixture
def filed() -> Callable[..., Dossier]:
    def file(**changes: Any) -> Dossier:
        dossier = a_dossier(**changes)
        return dossiers.keep(None, Change(dossier, EventType.SUBMITTED, {}), Actor(kind="citizen"), NINE)

    return file


@pytest.fixture
def begun(filed: Callable[..., Dossier]) -> Callable[..., Payment]:
    """A dossier filed and an attempt to pay it begun at nine."""

    def begin(**changes: Any) -> Payment:
        return actions.start(filed(**changes).id, "vnpay", WANTED, CITIZEN, NINE).payment

    return begin


def notification(payment: Payment, **changes: str) -> Notice:
    """What VNPAY would send, rightly signed, a minute after nine."""
    keys = secret("vnpay")
    fields = {
        "vnp_TmnCode": keys["tmn_code"],
        "vnp_Amount": str(payment.amount * 100),
        "vnp_BankCode": "NCB",
        "vnp_OrderInfo": "Phi ho so",
        "vnp_PayDate": "20260601090512",
        "vnp_TransactionNo": "14226112",
        "vnp_ResponseCode": "00",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": payment.id,
        **changes,
    }
    signed = (*fields.items(), ("vnp_SecureHash", vnpay.signature(fields, keys["secret"])))
    return Notice(query=signed, at=NINE + timedelta(minutes=1))


def vnpay_hears(notice: Notice, at: datetime | None = None) -> str:
    """VNPAY's notification arrives; the code it is answered with, always with HTTP 200."""
    reply = hearing.notified("vnpay", notice.model_copy(update={"at": at or notice.at}))
    assert reply.status == 200
    return str((reply.body or {})["RspCode"])


FAILED = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02", "vnp_TransactionNo": "0"}


@contextmanager
def requests() -> Iterator[list[str]]:
    """The DynamoDB requests made inside, by name."""
    made: list[str] = []
    call = Connection._make_api_call

    def counted(self: Connection, name: str, *args: Any, **kwargs: Any) -> Any:
        made.append(name)
        return call(self, name, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Connection, "_make_api_call", counted)
        yield made
