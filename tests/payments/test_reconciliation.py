"""Our ledger beside the provider's statement: each kind of difference, and that nothing else is found."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.payments.reconciling.movements import Days, Kind, Status
from chalicelib.payments.reconciling.rules import Difference, DifferenceKind, Reconciled, Side, reconciled
from chalicelib.payments.reconciling.words import KINDS, MEANINGS, STATUSES, meaning
from tests.payments.ledgers import JUNE, a_line, a_refund, a_row, month, plant, statement

D = DifferenceKind
PAID, REFUND = a_row(1), a_refund(1)
JUST_BEFORE = datetime(2026, 5, 31, 23, 59, tzinfo=ZONE)
JUST_AFTER = datetime(2026, 7, 1, 0, 0, tzinfo=ZONE)
OURS_BEFORE = {"since": JUST_BEFORE - timedelta(minutes=2), "at": JUST_BEFORE}


def found(rows, lines, days: Days = JUNE) -> Reconciled:
    return reconciled("vnpay", rows, lines, days)


def kinds(rows, lines, days: Days = JUNE) -> list[DifferenceKind]:
    return [each.kind for each in found(rows, lines, days).differences]


def test_what_both_sides_say_alike_is_no_difference():
    assert kinds([PAID, REFUND], [a_line(PAID, 2), a_line(REFUND, 3)]) == []


UNHEARD = a_row(1, status=Status.UNHEARD, reference="")
FAILED = a_row(1, status=Status.FAILED, reference="0")
PENDING = a_row(1, status=Status.PENDING, reference="0")
PLACED = a_row(1, placed=True)
SECOND = a_line(PAID, 3, reference="99")
TABLE = {
    "nothing was heard of it": ([UNHEARD], [a_line(PAID)], [D.MISSING_WITH_US]),
    "nothing was heard of it, and it failed": ([UNHEARD], [a_line(FAILED)], []),
    "the order was paid a second time": ([PAID], [a_line(PAID), SECOND], [D.MISSING_WITH_US]),
    "a sum placed by a person, and another of the same size under the order": (
        [PLACED],
        [a_line(PLACED, 2, order="X-1"), a_line(PLACED, 3, reference="99")],
        [D.MISSING_WITH_US],
    ),
    "the statement has not heard of it": ([PAID], [], [D.MISSING_WITH_THEM]),
    "nothing was heard on either side": ([UNHEARD], [], []),
    "it failed and the statement leaves it out": ([FAILED], [], []),
    "it is pending with us and the statement leaves it out": ([PENDING], [], []),
    "another amount": ([PAID], [a_line(PAID, amount=19_999)], [D.OTHER_AMOUNT]),
    "of a failure, another amount": ([FAILED], [a_line(FAILED, amount=0)], []),
    "they took it, with us it failed": ([FAILED], [a_line(PAID)], [D.OTHER_STATUS]),
    "they took it, with us it is pending": ([PENDING], [a_line(PAID)], [D.OTHER_STATUS]),
    "we took it, with them it failed": ([PAID], [a_line(PAID, status=Status.FAILED)], [D.OTHER_STATUS]),
    "we took it, they reversed it": ([PAID], [a_line(PAID, status=Status.REVERSED)], [D.OTHER_STATUS]),
    "both know that it was reversed": (
        [a_row(1, status=Status.REVERSED)],
        [a_line(PAID, status=Status.REVERSED)],
        [],
    ),
    "failed here and pending there": ([FAILED], [a_line(PENDING)], []),
    "another status and another amount": ([FAILED], [a_line(PAID, amount=1)], [D.OTHER_STATUS, D.OTHER_AMOUNT]),
    "told twice": ([PAID], [a_line(PAID, 2), a_line(PAID, 3)], [D.TOLD_TWICE]),
    "told three times": ([PAID], [a_line(PAID, n) for n in (2, 3, 4)], [D.TOLD_TWICE] * 2),
    "told twice without a reference": (
        [a_row(1, reference="")],
        [a_line(PAID, 2, reference=""), a_line(PAID, 3, reference="")],
        [D.TOLD_TWICE],
    ),
    "told again, reversed": (
        [PAID],
        [a_line(PAID, 2), a_line(PAID, 3, status=Status.REVERSED)],
        [D.OTHER_STATUS],
    ),
    "told again with another amount": ([PAID], [a_line(PAID, 2), a_line(PAID, 3, amount=1)], [D.TOLD_TWICE]),
    "counted by them on the day after": ([PAID], [a_line(PAID, at=JUST_AFTER)], [D.OTHER_DAY]),
    "counted by them on the day before": ([PAID], [a_line(PAID, at=JUST_BEFORE)], [D.OTHER_DAY]),
    "heard by us on the day after": ([a_row(1, at=JUST_AFTER)], [a_line(PAID)], [D.OTHER_DAY]),
    "begun before, heard within, not told": ([a_row(1, since=JUST_BEFORE)], [], [D.OTHER_DAY]),
    "of another day altogether, not told": ([a_row(1, **OURS_BEFORE)], [], []),
    "told without a time": ([PAID], [a_line(PAID, at=None)], []),
    "a refund we do not know": ([PAID], [a_line(PAID, 2), a_line(REFUND, 3)], [D.REFUND_MISSING_WITH_US]),
    "a refund of an order we do not know": ([], [a_line(REFUND)], [D.REFUND_MISSING_WITH_US]),
    "a refund that they do not know": ([PAID, REFUND], [a_line(PAID)], [D.REFUND_MISSING_WITH_THEM]),
    "a refund under its own name": ([REFUND], [a_line(REFUND, order=REFUND.refund, reference="7")], []),
    "a refund still on its way with us": (
        [a_refund(1, status=Status.PENDING, reference="")],
        [a_line(REFUND)],
        [D.OTHER_STATUS],
    ),
    "a refund on its way with both": (
        [a_refund(1, status=Status.PENDING)],
        [a_line(REFUND, status=Status.PENDING)],
        [],
    ),
    "a refund still on its way, not told": ([a_refund(1, status=Status.PENDING)], [], []),
    "money of no order of ours": ([], [a_line(PAID)], [D.UNKNOWN_ORDER]),
    "money of no order at all": ([], [a_line(PAID, order="")], [D.UNKNOWN_ORDER]),
    "a failure of no order of ours": ([], [a_line(PAID, status=Status.FAILED)], []),
    "known by its reference alone": ([PAID], [a_line(PAID, order="")], []),
    "known by its order alone": ([PAID], [a_line(PAID, reference="")], []),
    "another number of the provider's": ([PAID], [a_line(PAID, reference="FT26160001")], []),
    "our reference under another order": (
        [PAID],
        [a_line(PAID, order="somebody-else")],
        [D.MISSING_WITH_THEM, D.UNKNOWN_ORDER],
    ),
    "our reference under another order, placed by a person": (
        [a_row(1, placed=True)],
        [a_line(PAID, order="somebody-else")],
        [],
    ),
    "payment and refund with one reference": (
        [PAID, a_refund(1, reference=PAID.reference)],
        [a_line(PAID, 2), a_line(REFUND, 3, reference=PAID.reference)],
        [],
    ),
    "two refunds of the same amount": (
        [REFUND, a_refund(1, reference="R2", refund="refund-2")],
        [a_line(REFUND, 2), a_line(REFUND, 3, reference="R2")],
        [],
    ),
}


@pytest.mark.parametrize(("rows", "lines", "expected"), TABLE.values(), ids=TABLE.keys())
def test_the_table_of_differences(rows, lines, expected):
    assert kinds(rows, lines) == expected


def test_every_kind_stands_in_the_table():
    assert {kind for _, _, expected in TABLE.values() for kind in expected} == set(DifferenceKind)


@pytest.mark.parametrize("kind", DifferenceKind)
def test_every_kind_is_explained_and_says_what_to_do_in_both_languages(kind: DifferenceKind):
    told = meaning(Difference(kind, PAID, None))
    for said in told:
        assert said.vi != said.en
        assert said.told("vi") == said.vi
        assert said.told("en") == said.en
    assert len(set(told)) == 3
    assert set(MEANINGS) == set(DifferenceKind)
    assert (set(KINDS), set(STATUSES)) == (set(Kind), set(Status))


def test_a_line_told_again_stands_beside_what_it_repeats():
    (again,) = found([PAID], [a_line(PAID, 2), a_line(PAID, 3)]).differences

    assert (again.ours, again.theirs) == (PAID, a_line(PAID, 3))


def test_of_lines_with_one_reference_the_one_that_agrees_with_us_is_kept():
    wrong, right = a_line(PAID, 2, amount=1), a_line(PAID, 3)

    (again,) = found([PAID], [wrong, right]).differences
    assert (again.kind, again.theirs) == (D.TOLD_TWICE, wrong)


def test_the_day_is_vietnams():
    late = a_row(1, at=datetime(2026, 6, 30, 23, 59, tzinfo=ZONE))
    utc = late.at.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00Z").tzinfo)

    assert kinds([late._replace(at=utc)], [a_line(late)]) == []
    assert kinds([PAID], [a_line(PAID, at=JUST_AFTER - timedelta(seconds=1))]) == []


def test_the_sums_of_both_sides_by_agency_kind_and_status():
    rows = [PAID, a_row(2, agency="H32.11", amount=5_000), a_row(3, status=Status.FAILED, reference="0"), REFUND]
    lines = [*statement(rows), a_line(PAID, 9, order="not-ours", reference="8", amount=7)]
    totals = {(t.agency, t.kind, t.status): (t.ours, t.theirs) for t in found(rows, lines).totals}

    payment, success = Kind.PAYMENT, Status.SUCCESS
    assert totals == {
        ("", payment, success): (Side(), Side(1, 7, 550)),
        ("H32.10", payment, success): (Side(1, 20_000), Side(1, 20_000, 550)),
        ("H32.10", payment, Status.FAILED): (Side(1, 20_000), Side(1, 20_000, 550)),
        ("H32.10", Kind.REFUND, success): (Side(1, 20_000), Side(1, 20_000, 550)),
        ("H32.11", payment, success): (Side(1, 5_000), Side(1, 5_000, 550)),
    }
    assert {t.provider for t in found(rows, lines).totals} == {"vnpay"}


def test_what_is_told_twice_and_what_is_of_another_day_counts_where_it_stands():
    late = a_row(2, at=JUST_AFTER)
    (total,) = found([PAID, late, UNHEARD], [a_line(PAID, 2), a_line(PAID, 3), a_line(late, 4)]).totals

    assert (total.ours, total.theirs) == (Side(1, 20_000), Side(3, 60_000, 1_650))


# ——— laws ———


@given(st.integers(0, 10**6), st.integers(1, 60))
@settings(max_examples=40)
def test_a_statement_made_of_the_ledger_has_no_difference(seed: int, payments: int):
    rows = month(payments, seed)

    result = found(rows, statement(rows))
    assert result.differences == ()
    assert all(t.ours[:2] == t.theirs[:2] for t in result.totals)


@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_either_side_changes_nothing(seed: int, dice: random.Random):
    planted = plant(month(300, 7), 1, seed)
    before = found(planted.rows, planted.lines)
    dice.shuffle(planted.rows)
    dice.shuffle(planted.lines)

    assert found(planted.rows, planted.lines) == before


@given(st.integers(0, 10**6))
@settings(max_examples=25)
def test_what_was_planted_is_found_and_nothing_else(seed: int):
    planted = plant(month(300, 7), 1, seed)

    assert told(found(planted.rows, planted.lines)) == planted.expected


@given(st.integers(0, 10**6), st.sampled_from(sorted(DifferenceKind)))
@settings(max_examples=40)
def test_one_planted_fault_is_one_difference(seed: int, kind: DifferenceKind):
    planted = plant(month(300, 7), 1, seed, kinds=[kind])

    (difference,) = found(planted.rows, planted.lines).differences
    assert {(difference.kind, order_of(difference))} == planted.expected


def told(result: Reconciled) -> set[tuple[DifferenceKind, str]]:
    said = [(each.kind, order_of(each)) for each in result.differences]
    assert len(set(said)) == len(said)
    return set(said)


def order_of(difference: Difference) -> str:
    side = difference.ours or difference.theirs
    assert side is not None
    return side.order
