"""Payments, what was said of them, and a receipt, for the tests of receipts."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import FeeLine
from chalicelib.payments.receipts.rules import Held, Receipt
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Verdict

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
PHI = FeeLine(code="1", name="Phí thẩm định hồ sơ", kind="phi", amount=100_000)
LE_PHI = FeeLine(code="2", name="Lệ phí cấp giấy phép", kind="le_phi", amount=20_000)
FEES = (PHI, LE_PHI)


def payment(name: str = "abc234", **changes: Any) -> Payment:
    facts = {
        "id": f"{'d' * 26}-{name}",
        "dossier_id": "d" * 26,
        "provider": "vnpay",
        "about": "H32.10-260601-0001",
        "amount": 120_000,
        "created_at": NINE,
        "expires_at": NINE + timedelta(minutes=15),
    }
    return Payment.model_validate({**facts, **changes})


def said(of: Payment, verdict: Verdict = Verdict.SUCCESS, minutes: int = 5, **changes: Any) -> PaymentEvent:
    facts = {
        "id": f"{verdict}-{minutes}",
        "payment_id": of.id,
        "source": Source.NOTIFICATION,
        "at": of.created_at + timedelta(minutes=minutes),
        "verdict": verdict,
        "money_taken": verdict == Verdict.SUCCESS,
        "amount": of.amount,
        "provider_reference": "14226112",
        "facts": {},
    }
    return PaymentEvent.model_validate({**facts, **changes})


def held(of: Payment, *events: PaymentEvent, refunded: int = 0) -> Held:
    """As the fold would have it, of events about one movement of money."""
    settled = any(event.verdict == Verdict.SUCCESS for event in events)
    received = of.amount if any(event.money_taken for event in events) else 0
    return Held(payment=of, settled=settled, received=received, refunded=refunded, events=events)


def paid(name: str = "abc234", minutes: int = 5, refunded: int = 0, **changes: Any) -> Held:
    of = payment(name, **changes)
    return held(of, said(of, minutes=minutes), refunded=refunded)


def receipt(of: Payment | None = None, kind: str = "phi", n: int = 1, **changes: Any) -> Receipt:
    of = of or payment()
    facts = {
        "payment_id": of.id,
        "dossier_id": of.dossier_id,
        "kind": kind,
        "n": n,
        "symbol": "P/26H32.10",
        "number": "0000123",
        "lines": [each for each in FEES if each.kind == kind],
        "payer": "Nguyễn Thị Ngọc Hằng",
        "applicant": "******00****",
        "dossier_code": of.about,
        "procedure": "2.000635",
        "procedure_name": "Cấp bản sao trích lục hộ tịch",
        "agency": "H32.10",
        "provider": of.provider,
        "provider_reference": "14226112",
        "paid_at": NINE + timedelta(minutes=5),
        "issued_at": NINE + timedelta(minutes=6),
    }
    return Receipt.model_validate({**facts, **changes})
