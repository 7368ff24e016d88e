"""What refunds and disputes make of a payment, of the fee, and of what a finance officer has to do."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.payments.attention import NeedKind, need
from chalicelib.payments.fold import FeeState, Ledger, Status
from chalicelib.payments.refunds import Act, RefundEvent
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Statement, Verdict, recorded
from tests.payments.test_fold import NINE, PAYMENT, SOON

FEE = 120_000
OTHER = PAYMENT.model_copy(update={"id": "abc-765432"})
NOW = NINE + timedelta(days=4)
V, A = Verdict, Act


def said(verdict: Verdict, amount: int | None = FEE, reference: str = "1", of: Payment = PAYMENT) -> PaymentEvent:
    """As the provider would say it, or for a dispute as a finance officer notes it."""
    told = Statement(
        order=of.id,
        verdict=verdict,
        money_taken=verdict == V.SUCCESS,
        amount=amount,
        provider_reference=reference,
        facts={"verdict": verdict, "amount": str(amount), "reference": reference},
    )
    event = recorded(of, told, Source.NOTIFICATION, SOON)
    return event.model_copy(update={"verdict": verdict}) if verdict in (V.DISPUTED, V.KEPT, V.LOST) else event


def back(
    *acts: Act, amount: int = FEE, refund: str = "r1", of: Payment = PAYMENT, people: int = 1
) -> list[RefundEvent]:
    return [
        RefundEvent(
            refund_id=refund,
            payment_id=of.id,
            act=act,
            at=SOON + timedelta(minutes=minute),
            by="system" if act == A.PROPOSED else f"fin-{minute}",
            amount=amount,
            people=people,
        )
        for minute, act in enumerate(acts)
    ]


def ledger(*events: PaymentEvent | RefundEvent, payments: tuple[Payment, ...] = (PAYMENT,)) -> Ledger:
    made = Ledger()
    for payment in payments:
        made = made.with_(payment, *(each for each in events if each.payment_id == payment.id))
    return made


PAID, AGAIN, WRONG, FAILED = said(V.SUCCESS), said(V.SUCCESS, reference="2"), said(V.SUCCESS, 100_000), said(V.FAILURE)
OPENED, KEPT, LOST = (said(verdict, reference="d1") for verdict in (V.DISPUTED, V.KEPT, V.LOST))
HALF = FEE // 2


@pytest.mark.parametrize(
    ("events", "status", "received", "refunded", "refunding", "fee"),
    [
        ([PAID, *back(A.ASKED)], "refund_pending", FEE, 0, FEE, "refund_pending"),
        ([PAID, *back(A.PROPOSED)], "refund_pending", FEE, 0, FEE, "refund_pending"),
        ([PAID, *back(A.ASKED, people=2)], "refund_pending", FEE, 0, FEE, "refund_pending"),
        ([PAID, *back(A.ASKED, A.TAKEN_ON)], "refund_pending", FEE, 0, FEE, "refund_pending"),
        ([PAID, *back(A.ASKED, A.REJECTED)], "paid", FEE, 0, 0, "paid"),
        ([PAID, *back(A.ASKED, A.FAILED)], "paid", FEE, 0, 0, "paid"),
        ([PAID, *back(A.ASKED, A.DONE)], "refunded", FEE, FEE, 0, "refunded"),
        ([PAID, *back(A.ASKED, A.TAKEN_ON, A.FAILED, A.DONE)], "refunded", FEE, FEE, 0, "refunded"),
        ([PAID, *back(A.ASKED, A.DONE, amount=HALF)], "part_refunded", FEE, HALF, 0, "part_refunded"),
        (
            [PAID, *back(A.ASKED, A.DONE, amount=HALF), *back(A.ASKED, amount=HALF, refund="r2")],
            *("refund_pending", FEE, HALF, HALF, "refund_pending"),
        ),
        # What was too much went back, and the fee is simply paid.
        ([PAID, AGAIN], "overpaid", 2 * FEE, 0, 0, "overpaid"),
        ([PAID, AGAIN, *back(A.ASKED)], "refund_pending", 2 * FEE, 0, FEE, "overpaid"),
        ([PAID, AGAIN, *back(A.ASKED, A.DONE)], "part_refunded", 2 * FEE, FEE, 0, "paid"),
        ([PAID, AGAIN, *back(A.ASKED, A.DONE, amount=2 * FEE)], "refunded", 2 * FEE, 2 * FEE, 0, "refunded"),
        ([WRONG, *back(A.ASKED, A.DONE, amount=100_000)], "refunded", 100_000, 100_000, 0, "refunded"),
        # Money that left before any came.
        (back(A.ASKED, A.DONE), "mismatched", 0, FEE, 0, "mismatched"),
        ([PAID, *back(A.ASKED, A.DONE, amount=2 * FEE)], "mismatched", FEE, 2 * FEE, 0, "mismatched"),
        ([PAID, FAILED], "paid", FEE, 0, 0, "paid"),
        ([PAID, FAILED, *back(A.ASKED, A.DONE)], "refunded", FEE, FEE, 0, "refunded"),
        # Disputes.
        ([PAID, OPENED], "disputed", FEE, 0, 0, "disputed"),
        ([PAID, OPENED, *back(A.ASKED)], "disputed", FEE, 0, FEE, "mismatched"),
        ([PAID, OPENED, KEPT], "paid", FEE, 0, 0, "paid"),
        ([PAID, OPENED, LOST], "charged_back", 0, 0, 0, "due"),
        ([PAID, OPENED, said(V.LOST, HALF, "d1")], "charged_back", HALF, 0, 0, "due"),
        ([PAID, AGAIN, OPENED, LOST], "paid", FEE, 0, 0, "paid"),
        ([PAID, OPENED, KEPT, said(V.DISPUTED, HALF, "d2")], "disputed", FEE, 0, 0, "disputed"),
        ([WRONG, said(V.DISPUTED, 100_000, "d1")], "disputed", 100_000, 0, 0, "mismatched"),
        ([PAID, *back(A.ASKED, A.DONE), OPENED, LOST], "mismatched", 0, FEE, 0, "mismatched"),
    ],
)
def test_what_came_and_what_went_back_in_any_order(
    events: list[Any], status: str, received: int, refunded: int, refunding: int, fee: str
) -> None:
    for order in list(permutations(events))[:120]:
        state = ledger(*order).state(PAYMENT, NOW)
        assert (state.status, state.received, state.refunded, state.refunding) == (
            status,
            received,
            refunded,
            refunding,
        )
        assert state.refundable == max(0, received - refunded - refunding)
        of_all = ledger(*order).fee(FEE, NOW)
        assert of_all == FeeState(status=fee, due=FEE, received=received, refunded=refunded)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "fee"),
    [
        ([], [], "due"),
        ([PAID], [], "paid"),
        ([PAID], [said(V.SUCCESS, of=OTHER)], "overpaid"),
        ([PAID], [said(V.FAILURE, of=OTHER)], "paid"),
        ([PAID], [said(V.SUCCESS, 100_000, of=OTHER)], "overpaid"),
        ([PAID], [said(V.SUCCESS, of=OTHER), *back(A.ASKED, A.DONE, of=OTHER)], "paid"),
        ([PAID, *back(A.ASKED, A.DONE)], [said(V.SUCCESS, of=OTHER)], "paid"),
        ([PAID, *back(A.ASKED, A.DONE)], [said(V.FAILURE, of=OTHER)], "refunded"),
        ([PAID, *back(A.ASKED)], [said(V.PENDING, of=OTHER)], "refund_pending"),
        ([PAID, OPENED, LOST], [said(V.SUCCESS, of=OTHER)], "paid"),
        ([PAID, OPENED], [said(V.SUCCESS, of=OTHER)], "disputed"),
        ([WRONG], [said(V.SUCCESS, 20_000, of=OTHER)], "mismatched"),  # parts do not make a whole by themselves
    ],
)
def test_two_attempts_at_one_fee(first: list[Any], second: list[Any], fee: str) -> None:
    for payments in ((PAYMENT, OTHER), (OTHER, PAYMENT)):
        assert ledger(*first, *second, payments=payments).fee(FEE, NOW).status == fee


@pytest.mark.parametrize("due", [1, FEE, 2 * FEE])
def test_a_fee_that_is_not_covered_is_never_called_paid_overpaid_or_disputed(due: int) -> None:
    """Those three let the dossier be accepted."""
    for events in ([], [WRONG], [WRONG, said(V.DISPUTED, 1_000, "d1")], [FAILED], [PAID, OPENED, LOST]):
        assert ledger(*events).fee(due, NOW).status not in ("paid", "overpaid", "disputed")


verdicts = st.builds(
    said, st.sampled_from(Verdict), st.sampled_from([FEE, 100_000, 0, None]), st.sampled_from(["1", "2", ""])
)
acts = st.lists(st.sampled_from(Act), max_size=5)
refunds = st.builds(
    lambda acts, amount, name: back(*acts, amount=amount, refund=name),
    acts,
    st.integers(1, 3 * FEE),
    st.sampled_from("ab"),
)


@given(st.data(), st.lists(verdicts, max_size=6), st.lists(refunds, max_size=3), st.sampled_from([SOON, NOW]))
def test_nothing_that_may_be_said_makes_money_up_or_depends_on_its_order(
    data: st.DataObject, events: list[PaymentEvent], refunds: list[list[RefundEvent]], now: Any
) -> None:
    everything: list[Any] = [*events, *(act for acts in refunds for act in acts)]
    made = ledger(*everything)
    state = made.state(PAYMENT, now)

    assert 0 <= state.refundable <= state.received
    assert state.received <= sum({e.provider_reference: e.amount or 0 for e in events if e.money_taken}.values()) + FEE
    unique = {(type(each), each.id): each for each in everything}.values()
    assert ledger(*data.draw(st.permutations(list(unique)))).state(PAYMENT, now) == ledger(*unique).state(PAYMENT, now)
    assert made.fee(FEE, now).received == state.received
    assert made.fee(FEE, now).refunded == state.refunded


# ---- what a finance officer has to do


@pytest.mark.parametrize("can_refund", [True, False], ids=["sent by the provider", "paid by hand"])
@pytest.mark.parametrize(
    ("events", "by_provider", "by_hand"),
    [
        ([], None, None),
        ([PAID], None, None),
        ([FAILED], None, None),
        ([WRONG], "mismatched", "mismatched"),
        ([PAID, AGAIN], "overpaid", "overpaid"),
        ([PAID, OPENED], "disputed", "disputed"),
        ([WRONG, OPENED, *back(A.ASKED, A.FAILED)], "disputed", "disputed"),
        ([PAID, OPENED, KEPT], None, None),
        ([PAID, OPENED, LOST], None, None),
        ([PAID, *back(A.PROPOSED)], "refund_to_approve", "refund_to_approve"),
        ([PAID, *back(A.ASKED, people=2)], "refund_to_approve", "refund_to_approve"),
        ([PAID, *back(A.ASKED)], "refund_on_its_way", "refund_to_pay_out"),
        ([PAID, *back(A.ASKED, A.TAKEN_ON)], "refund_on_its_way", "refund_to_pay_out"),
        ([PAID, *back(A.ASKED, A.REJECTED)], None, None),
        ([PAID, *back(A.ASKED, A.DONE)], None, None),
        ([PAID, *back(A.ASKED, A.FAILED)], "refund_failed", "refund_failed"),
        ([PAID, *back(A.ASKED, A.FAILED), *back(A.ASKED, A.TAKEN_ON, A.DONE, refund="r2")], None, None),
        ([PAID, AGAIN, *back(A.ASKED)], "refund_on_its_way", "refund_to_pay_out"),
        ([PAID, AGAIN, *back(A.ASKED, A.DONE)], None, None),
        (back(A.ASKED, A.DONE), "mismatched", "mismatched"),
    ],
)
def test_the_most_urgent_need_of_a_payment(
    events: list[Any], by_provider: str | None, by_hand: str | None, can_refund: bool
) -> None:
    found = need(PAYMENT, ledger(*events), FEE, NOW, can_refund=can_refund)

    assert (found.kind.value if found else None) == (by_provider if can_refund else by_hand)
    if found:
        assert found.since == max(each.at for each in events)
        assert set(found.card) == {
            *("payment_id", "dossier_id", "dossier_code", "provider", "need", "status"),
            *("amount", "received", "refunded", "refunding"),
        }


def test_of_two_paid_attempts_each_needs_somebody_until_the_surplus_is_on_its_way() -> None:
    twice = ledger(PAID, said(V.SUCCESS, of=OTHER), payments=(PAYMENT, OTHER))
    for payment in (PAYMENT, OTHER):
        found = need(payment, twice, FEE, NOW, can_refund=True)
        assert found
        assert found.kind == NeedKind.OVERPAID
    on_its_way = twice.with_(OTHER, *back(A.ASKED, of=OTHER))

    assert need(PAYMENT, on_its_way, FEE, NOW, can_refund=True) is None
    other = need(OTHER, on_its_way, FEE, NOW, can_refund=True)
    assert other
    assert other.kind == NeedKind.ON_ITS_WAY


def test_statuses_that_need_a_person_are_all_listed() -> None:
    assert {each.value for each in NeedKind} >= {Status.DISPUTED, Status.MISMATCHED, Status.OVERPAID}
