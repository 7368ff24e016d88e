from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.payments.fold import Ledger, PaymentState, Status, fee, fold, next_question
from chalicelib.payments.rules import Payment, PaymentEvent, Source, Statement, Verdict, belongs_to, recorded

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
PAYMENT = Payment(
    id="abc-234567",
    dossier_id="abc",
    provider="vnpay",
    about="000.00.01.H32-260601-0001",
    amount=120_000,
    created_at=NINE,
    expires_at=NINE + timedelta(minutes=15),
)
SOON = NINE + timedelta(minutes=1)
LATER = NINE + timedelta(hours=2)


def said(
    verdict: Verdict,
    *,
    amount: int | None = 120_000,
    reference: str = "1",
    ours: bool = True,
    money: bool | None = None,
) -> Statement:
    return Statement(
        order=PAYMENT.id,
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS if money is None else money,
        amount=amount,
        provider_reference=reference,
        ours=ours,
        facts={"status": verdict, "amount": str(amount), "reference": reference},
    )


def event(source: Source = Source.NOTIFICATION, at: datetime = SOON, **facts: object) -> PaymentEvent:
    return recorded(PAYMENT, said(**facts), source, at)  # type: ignore[arg-type]


SUCCESS, FAILURE, PENDING = (event(verdict=each) for each in (Verdict.SUCCESS, Verdict.FAILURE, Verdict.PENDING))
WRONG = event(verdict=Verdict.SUCCESS, amount=100_000, reference="2")
AGAIN = event(verdict=Verdict.SUCCESS, reference="3")

DISPUTES = (Verdict.DISPUTED, Verdict.KEPT, Verdict.LOST)
events = st.lists(
    st.builds(
        lambda source, verdict, amount, reference, money: event(
            source, verdict=verdict, amount=amount, reference=reference, money=money
        ),
        st.sampled_from(Source),
        st.sampled_from(Verdict),
        st.sampled_from([120_000, 100_000, 0, None]),
        st.sampled_from(["1", "2", ""]),
        st.sampled_from([None, True]),
    ),
    max_size=6,
)


@given(st.data(), events, st.sampled_from([SOON, LATER]))
def test_the_state_depends_only_on_the_set_of_events(
    data: st.DataObject, happened: list[PaymentEvent], now: datetime
) -> None:
    repeated = happened + data.draw(st.lists(st.sampled_from(happened), max_size=4) if happened else st.just([]))
    mixed = data.draw(st.permutations(repeated))

    assert fold(PAYMENT, mixed, now) == fold(PAYMENT, happened, now)


@given(events, events)
def test_more_events_never_unsettle_a_payment_nor_lose_money_unless_a_dispute_does(
    before: list[PaymentEvent], after: list[PaymentEvent]
) -> None:
    before, after = ([each for each in some if each.verdict not in DISPUTES] for some in (before, after))
    then, now = fold(PAYMENT, before, LATER), fold(PAYMENT, [*before, *after], LATER)

    assert now.received >= then.received
    assert now.settled >= then.settled
    assert not now.settled or now.status in (Status.PAID, Status.OVERPAID, Status.MISMATCHED)


@pytest.mark.parametrize(
    ("happened", "status", "received"),
    [
        ((), Status.CREATED, 0),
        ((PENDING,), Status.PENDING, 0),
        ((FAILURE,), Status.FAILED, 0),
        ((PENDING, FAILURE), Status.FAILED, 0),
        ((SUCCESS,), Status.PAID, 120_000),
        ((FAILURE, SUCCESS), Status.PAID, 120_000),
        ((PENDING, FAILURE, SUCCESS), Status.PAID, 120_000),
        ((SUCCESS, SUCCESS), Status.PAID, 120_000),
        ((SUCCESS, AGAIN), Status.OVERPAID, 240_000),
        ((SUCCESS, AGAIN, FAILURE), Status.OVERPAID, 240_000),
        ((WRONG,), Status.MISMATCHED, 100_000),
        ((WRONG, FAILURE), Status.MISMATCHED, 100_000),
        ((WRONG, SUCCESS), Status.OVERPAID, 220_000),
        ((event(verdict=Verdict.MISMATCH, money=True),), Status.MISMATCHED, 120_000),
        ((event(verdict=Verdict.FAILURE, amount=1),), Status.MISMATCHED, 0),
        ((event(verdict=Verdict.SUCCESS, amount=None),), Status.MISMATCHED, 0),
        ((event(verdict=Verdict.SUCCESS, ours=False),), Status.MISMATCHED, 0),
    ],
)
def test_every_order_of_the_same_events_gives_this_state(
    happened: tuple[PaymentEvent, ...], status: Status, received: int
) -> None:
    for order in permutations(happened):
        state = fold(PAYMENT, order, SOON)

        assert (state.status, state.received) == (status, received)


@pytest.mark.parametrize(
    ("happened", "now", "status"),
    [
        ((), PAYMENT.expires_at, Status.CREATED),
        ((), PAYMENT.expires_at + timedelta(seconds=1), Status.EXPIRED),
        ((PENDING,), LATER, Status.PENDING),
        ((PENDING,), NINE + timedelta(days=3, seconds=1), Status.EXPIRED),
        ((FAILURE,), NINE + timedelta(days=30), Status.FAILED),
        ((SUCCESS,), NINE + timedelta(days=30), Status.PAID),
    ],
)
def test_time_alone_expires_a_payment_but_never_what_was_said(
    happened: tuple[PaymentEvent, ...], now: datetime, status: Status
) -> None:
    assert fold(PAYMENT, happened, now).status == status


def test_the_same_words_have_the_same_id_whenever_they_come() -> None:
    assert event(verdict=Verdict.SUCCESS, at=LATER).id == SUCCESS.id
    assert event(Source.QUERY, verdict=Verdict.SUCCESS).id != SUCCESS.id
    assert len({each.id for each in (SUCCESS, FAILURE, PENDING, WRONG, AGAIN)}) == 5


def test_money_told_of_by_notification_and_by_query_is_counted_once() -> None:
    state = fold(PAYMENT, [SUCCESS, event(Source.QUERY, verdict=Verdict.SUCCESS)], SOON)

    assert (state.status, state.received) == (Status.PAID, 120_000)


def attempt(status: Status, received: int = 0, *, settled: bool = False) -> tuple[Payment, PaymentState]:
    return PAYMENT, PaymentState(status=status, received=received, settled=settled)


PAID = attempt(Status.PAID, 120_000, settled=True)


@pytest.mark.parametrize(
    ("due", "attempts", "status", "received"),
    [
        (0, [], "none", 0),
        (120_000, [], "due", 0),
        (120_000, [attempt(Status.CREATED), attempt(Status.EXPIRED)], "pending", 0),
        (120_000, [attempt(Status.EXPIRED)], "due", 0),
        (120_000, [attempt(Status.PENDING), attempt(Status.FAILED)], "pending", 0),
        (120_000, [attempt(Status.EXPIRED), attempt(Status.FAILED)], "failed", 0),
        (120_000, [PAID, attempt(Status.FAILED), attempt(Status.PENDING)], "paid", 120_000),
        (120_000, [PAID, PAID], "overpaid", 240_000),
        (120_000, [attempt(Status.MISMATCHED, 100_000)], "mismatched", 100_000),
        (120_000, [PAID, attempt(Status.MISMATCHED, 100_000)], "overpaid", 220_000),
        (120_000, [PAID, attempt(Status.MISMATCHED)], "paid", 120_000),
    ],
)
def test_the_fee_is_judged_over_all_attempts(
    due: int, attempts: list[tuple[Payment, PaymentState]], status: str, received: int
) -> None:
    for order in permutations(attempts):
        assert fee(due, order).status == status
        assert fee(due, order).received == received


def test_a_ledger_knows_what_it_was_told() -> None:
    ledger = Ledger().with_(PAYMENT, FAILURE).with_(PAYMENT, SUCCESS)

    assert ledger.knows(SUCCESS)
    assert not ledger.knows(PENDING)
    assert ledger.fee(120_000, LATER).status == "paid"


def test_a_provider_is_asked_after_2_5_15_60_minutes_then_hourly_to_three_days() -> None:
    asked, now = [], NINE
    created = PaymentState(status=Status.CREATED, received=0, settled=False)
    while coming := next_question(PAYMENT, created, now):
        asked.append((coming - NINE) / timedelta(minutes=1))
        now = coming

    assert asked[:6] == [2, 5, 15, 60, 120, 180]
    assert asked[-1] == 72 * 60


@pytest.mark.parametrize(
    ("status", "settled", "now", "minutes"),
    [
        (Status.PAID, True, SOON, None),
        (Status.OVERPAID, True, SOON, None),
        (Status.MISMATCHED, False, SOON, None),
        (Status.FAILED, False, SOON, 2),
        (Status.FAILED, False, NINE + timedelta(minutes=20), 60),
        (Status.FAILED, False, NINE + timedelta(minutes=60), None),
        (Status.EXPIRED, False, NINE + timedelta(minutes=61), 120),
    ],
)
def test_what_is_settled_or_for_a_person_is_not_asked_and_failure_is_doubted_for_an_hour(
    status: Status, settled: bool, now: datetime, minutes: int | None
) -> None:
    state = PaymentState(status=status, received=0, settled=settled)
    expected = None if minutes is None else NINE + timedelta(minutes=minutes)

    assert next_question(PAYMENT, state, now) == expected


def test_a_reference_names_its_dossier() -> None:
    assert belongs_to("abc-234567") == "abc"
    assert belongs_to("nonsense") == ""
