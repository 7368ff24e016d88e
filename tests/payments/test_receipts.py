"""For which payment a receipt is due, of which kinds, under which number; and when it no longer stands."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.payments.receipts import rules as receipts
from chalicelib.payments.receipts.rules import KINDS, Held, Standing, gone, looked_failed, owed, series, standing
from chalicelib.payments.rules import Verdict
from tests.payments.paying import FEES, LE_PHI, NINE, PHI, held, paid, payment, receipt, said


def issued(of: Held) -> list[receipts.Receipt]:
    return [receipt(of.payment, kind, n) for n, kind in enumerate(KINDS, 1)]


def test_phi_and_le_phi_of_a_settled_payment_have_a_receipt_each() -> None:
    settled = paid()

    assert owed([settled], [], FEES) == (settled, ("phi", "le_phi"))
    assert [receipts.lines(FEES, kind) for kind in KINDS] == [(PHI,), (LE_PHI,)]


@pytest.mark.parametrize("only", FEES)
def test_a_kind_of_which_nothing_is_due_has_no_receipt(only: receipts.FeeLine) -> None:
    settled = paid(amount=only.amount)

    assert owed([settled], [], (only,)) == (settled, (only.kind,))


def test_nothing_is_receipted_twice() -> None:
    settled = paid()

    assert owed([settled], issued(settled), FEES) is None
    assert owed([settled], issued(settled)[:1], FEES) == (settled, ("le_phi",))


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.SUCCESS}))
def test_what_is_no_success_has_no_receipt_even_if_money_was_taken(verdict: Verdict) -> None:
    of = payment()

    assert owed([held(of, said(of, verdict))], [], FEES) is None
    assert owed([held(of, said(of, verdict, money_taken=True))], [], FEES) is None


def test_a_fee_paid_twice_has_one_receipt_that_of_the_first_success() -> None:
    late, early = paid("aaaaaa", minutes=9), paid("bbbbbb", minutes=3)

    assert owed([late, early], [], FEES) == (early, ("phi", "le_phi"))
    assert owed([late, early], issued(late), FEES) is None
    assert owed([late, early], issued(early), FEES) is None


def test_once_the_first_went_back_in_whole_the_second_has_its_own() -> None:
    first, second = paid("aaaaaa", minutes=3, refunded=120_000), paid("bbbbbb", minutes=9)

    assert owed([first, second], issued(first), FEES) == (second, ("phi", "le_phi"))
    assert gone([first, second], issued(first)) == issued(first)
    assert owed([first, second], [*issued(first), *issued(second)], FEES) is None
    assert owed([first], [], FEES) is None
    assert receipts.next_n(issued(first), "phi") == 2
    assert receipts.next_n([], "phi") == 1


def test_money_sent_back_in_part_leaves_the_receipt_standing() -> None:
    first, second = paid("aaaaaa", minutes=3, refunded=119_999), paid("bbbbbb", minutes=9)

    assert gone([first, second], issued(first)) == []
    assert owed([first, second], issued(first), FEES) is None


def test_a_sum_that_is_not_that_of_the_fees_has_no_receipt() -> None:
    assert owed([paid(amount=120_001)], [], FEES) is None
    assert owed([paid()], [], ()) is None


@pytest.mark.parametrize(
    ("received", "refunded", "stands"),
    [(100, 0, True), (100, 99, True), (200, 100, True), (100, 100, False), (100, 101, False), (0, 0, False)],
)
def test_a_receipt_is_refunded_when_nothing_is_left_of_its_money(received: int, refunded: int, stands: bool) -> None:
    assert standing(received, refunded) == (Standing.VALID if stands else Standing.REFUNDED)


EVENTS = st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), max_size=5)


@given(EVENTS, st.randoms())
def test_whatever_happens_in_whatever_order_each_fee_has_at_most_one_receipt_that_stands(told, random) -> None:
    """Payments come, are told of, and go back; receipts follow after each step, or only at the end."""
    known: list[Held] = []
    have: list[receipts.Receipt] = []
    for place, (minutes, back, followed) in enumerate(told):
        known.append(paid(f"aaaaa{place + 2}", minutes=minutes))
        if back:
            chosen = random.randrange(len(known))
            known[chosen] = known[chosen].model_copy(update={"refunded": 120_000})
        random.shuffle(known)
        if followed or place == len(told) - 1:
            due = owed(known, have, FEES)
            have += [receipt(due[0].payment, kind, receipts.next_n(have, kind)) for kind in due[1]] if due else []
            assert owed(known, have, FEES) is None

    lost = {each.paper_id for each in gone(known, have)}
    for kind in KINDS:
        stands = [each for each in have if each.kind == kind and each.paper_id not in lost]
        assert len(stands) == (1 if any(each.is_held for each in known) else 0)
        assert len({each.n for each in have if each.kind == kind}) == len([e for e in have if e.kind == kind])


def test_a_series_is_of_one_agency_kind_and_year() -> None:
    symbols = {series(agency, kind, NINE.replace(year=year)).symbol
               for agency in ("H32.10", "H32.11") for kind in KINDS for year in (2026, 2027)}  # fmt: skip

    assert len(symbols) == 8
    assert series("H32.10", "phi", NINE).symbol == "P/26H32.10"
    assert series("H32.10", "le_phi", NINE).symbol == "LP/26H32.10"


def test_the_year_turns_at_midnight_in_vietnam() -> None:
    just_before = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)

    assert series("H32.10", "phi", just_before).symbol == "P/26H32.10"
    assert series("H32.10", "phi", just_before + timedelta(seconds=1)).symbol == "P/27H32.10"
    assert series("H32.10", "phi", datetime(2027, 1, 1, tzinfo=ZONE)).symbol == "P/27H32.10"


def test_a_number_has_seven_digits() -> None:
    of = series("H32.10", "phi", NINE)

    assert [of.number(1), of.number(123), of.number(9_999_999)] == ["0000001", "0000123", "9999999"]


def test_a_province_has_its_own_habit(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "series"
    folder.mkdir()
    told = {"source": "-", "symbol": "{letters}-{year:02d}E", "letters": {"phi": "AB", "le_phi": "CD"}, "digits": 5}
    (folder / "H56.json").write_text(json.dumps(told))
    monkeypatch.setattr(receipts, "files", lambda _: tmp_path)
    receipts._habit.cache_clear()
    try:
        of = series("H56.10", "le_phi", NINE, "H56")
        assert (of.symbol, of.number(7)) == ("CD-26E", "00007")
    finally:
        receipts._habit.cache_clear()


def test_only_the_clerks_receipt_has_its_number_already() -> None:
    assert receipts.needs_number(payment())
    assert not receipts.needs_number(payment(provider="counter"))


def test_a_receipt_counts_its_own_lines_and_says_them_in_words() -> None:
    twice = receipt(lines=[PHI, PHI.model_copy(update={"amount": 8_500})])

    assert (twice.total, twice.in_words) == (108_500, "Một trăm linh tám nghìn năm trăm đồng")


def test_a_payment_looked_failed_when_it_was_said_so_or_its_money_came_too_late() -> None:
    of = payment()

    assert not looked_failed(held(of, said(of, minutes=15)))
    assert looked_failed(held(of, said(of, minutes=16)))
    assert looked_failed(held(of, said(of, Verdict.FAILURE, minutes=2), said(of, minutes=3)))
    assert not looked_failed(held(of))
