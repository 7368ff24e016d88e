"""The payment, bill and refund that the providers' tests are about; each says only what is its own."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock.rules import ZONE
from chalicelib.payments.protocol import Bill, FeeLine, RefundOrder
from chalicelib.payments.rules import Payment

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
BILL = Bill(
    payer="Nguyễn Văn An",
    identity_number="001099000001",
    address="Số 1, phố Huế",
    province="Hà Nội",
    procedure="2.000488",
    procedure_name="Cấp Phiếu lý lịch tư pháp",
    agency="000.00.01.H22",
    agency_name="Sở Tư pháp",
    dossier_code="000.00.01.H22-260601-0123",
    fees=(
        FeeLine(code="P1", name="Phí cấp phiếu", kind="phi", amount=100_000),
        FeeLine(code="L1", name="Lệ phí", kind="le_phi", amount=20_000),
    ),
)


def attempt(provider: str, **its_own: Any) -> Payment:  # noqa: ANN401
    """120,000 VND, asked for at nine, open for a quarter of an hour."""
    facts = {
        "id": "d1-abcdef",
        "dossier_id": "d1",
        "about": "000.00.01.H22-260601-0123",
        "amount": 120_000,
        "created_at": NINE,
        "expires_at": NINE + timedelta(minutes=15),
    }
    return Payment(provider=provider, **{**facts, **its_own})


def refund_of(paid_reference: str, amount: int, **its_own: Any) -> RefundOrder:  # noqa: ANN401
    facts = {"id": "rule5xabc234", "whole": False, "reason": "", "by": "an", "at": NINE}
    return RefundOrder(paid_reference=paid_reference, amount=amount, **{**facts, **its_own})
