"""A refund is what was done about it: every act in every state, in whatever order it was read."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue.rules import RefundRule
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers.life import Stage
from chalicelib.payments.refunds import (
    DAILY,
    TRIED_AFTER,
    Act,
    RefundEvent,
    RefundState,
    movement_for,
    next_try,
    proposed,
    refunds,
)
from tests.payments.conftest import a_dossier

TEN = datetime(2026, 6, 2, 10, 0, tzinfo=ZONE)
A, S = Act, RefundState


def act(kind: Act, by: str = "fin-1", minute: int = 0, refund: str = "r1", **facts: object) -> RefundEvent:
    usual = {"refund_id": refund, "payment_id": "d-1", "act": kind, "by": by, "amount": 50_000}
    return RefundEvent(**usual | {"at": TEN + timedelta(minutes=minute)} | facts)  # type: ignore[arg-type]


ASKED, PROPOSED = act(A.ASKED), act(A.PROPOSED, "system")
ASKED_OF_TWO, PROPOSED_TO_TWO = act(A.ASKED, people=2), act(A.PROPOSED, "system", people=2)
SECOND = act(A.APPROVED, "fin-2", 1)
THIRD = act(A.APPROVED, "fin-3", 2)
REJECTED = act(A.REJECTED, "fin-2", 3)
TAKEN_ON, FAILED, DONE = (
    act(kind, "vnpay", 4 + at, provider_reference=f"p-{kind}") for at, kind in enumerate((A.TAKEN_ON, A.FAILED, A.DONE))
)

# Each begun refund, what happened next, and what it is then.
TABLE = [
    (PROPOSED, (), S.PROPOSED),
    (PROPOSED, (SECOND,), S.APPROVED),
    (PROPOSED, (REJECTED,), S.REJECTED),
    (PROPOSED_TO_TWO, (SECOND,), S.WAITING),
    (PROPOSED_TO_TWO, (SECOND, THIRD), S.APPROVED),
    (PROPOSED_TO_TWO, (SECOND, REJECTED), S.REJECTED),
    (ASKED, (), S.APPROVED),
    (ASKED_OF_TWO, (), S.WAITING),
    (ASKED_OF_TWO, (act(A.APPROVED, "fin-1", 1),), S.WAITING),  # the same person twice is one person
    (ASKED_OF_TWO, (SECOND,), S.APPROVED),
    (ASKED_OF_TWO, (REJECTED,), S.REJECTED),
    (ASKED, (TAKEN_ON,), S.TAKEN_ON),
    (ASKED, (FAILED,), S.FAILED),
    (ASKED, (DONE,), S.DONE),
    (ASKED, (TAKEN_ON, FAILED), S.FAILED),
    (ASKED, (TAKEN_ON, DONE), S.DONE),
    (ASKED, (FAILED, DONE), S.DONE),
    (ASKED, (TAKEN_ON, FAILED, DONE), S.DONE),
    (ASKED_OF_TWO, (SECOND, TAKEN_ON, FAILED, DONE), S.DONE),
    (ASKED_OF_TWO, (REJECTED, DONE), S.DONE),  # money that left is a fact, though nobody wanted it
    (ASKED_OF_TWO, (REJECTED, SECOND), S.REJECTED),
]


@pytest.mark.parametrize(("begun", "then", "state"), TABLE, ids=lambda each: getattr(each, "value", None))
def test_whatever_order_the_acts_are_read_in_the_refund_is_the_same(
    begun: RefundEvent, then: tuple[RefundEvent, ...], state: RefundState
) -> None:
    made = {refunds(order) for order in permutations((begun, *then, *then[:1]))}

    assert len(made) == 1
    ((refund,),) = made
    assert refund.state == state
    assert refund.is_open == (state not in (S.DONE, S.REJECTED, S.FAILED))
    assert refund.to_be_sent == (state == S.APPROVED)
    assert (refund.amount, refund.asked_by) == (50_000, begun.by)


def test_the_table_knows_every_act_and_every_state() -> None:
    assert {act.act for begun, then, _ in TABLE for act in (begun, *then)} == set(Act)
    assert {state for _, _, state in TABLE} == set(RefundState)


def test_who_stands_behind_it_and_since_when_it_is_approved() -> None:
    (waiting,) = refunds([ASKED_OF_TWO])
    (agreed,) = refunds([ASKED_OF_TWO, SECOND])
    (by_rule,) = refunds([PROPOSED_TO_TWO, SECOND, THIRD])

    assert (waiting.approved_by, waiting.approved_at) == ((), None)
    assert (agreed.approved_by, agreed.approved_at) == (("fin-2",), SECOND.at)
    assert (by_rule.approved_by, by_rule.approved_at) == (("fin-2", "fin-3"), THIRD.at)


def test_what_the_provider_said_last_gives_the_reference() -> None:
    assert refunds([ASKED])[0].provider_reference == ""
    assert refunds([ASKED, TAKEN_ON])[0].provider_reference == "p-taken_on"
    assert refunds([ASKED, TAKEN_ON, DONE])[0].provider_reference == "p-done"


def test_the_same_act_has_the_same_id_and_another_persons_approval_another() -> None:
    assert act(A.DONE, "vnpay", 9).id == act(A.DONE, "fin-9").id  # by the provider or by hand: it is paid once
    assert SECOND.id != THIRD.id
    assert len({each.id for each in (ASKED, SECOND, REJECTED, TAKEN_ON, FAILED, DONE)}) == 6


@given(st.permutations([act(A.ASKED, refund="r1"), act(A.ASKED, refund="r2", minute=1), act(A.FAILED, refund="r1")]))
def test_several_refunds_do_not_touch_each_other(acts: list[RefundEvent]) -> None:
    assert [(each.id, each.state) for each in refunds(acts)] == [("r1", S.FAILED), ("r2", S.APPROVED)]


# ---- which money goes back

PAID = {"one": 120_000, "two": 120_000}


def sent(amount: int, movement: str, state: RefundState = S.DONE) -> object:
    return refunds([act(A.ASKED, amount=amount, movement=movement)])[0].model_copy(update={"state": state})


@pytest.mark.parametrize(
    ("amount", "before", "paid", "movement"),
    [
        (120_000, [], PAID, "one"),
        (120_000, [sent(120_000, "one")], PAID, "two"),
        (120_000, [sent(1, "one", S.TAKEN_ON)], PAID, "two"),
        (120_000, [sent(120_000, "one", S.WAITING)], PAID, "two"),
        (120_000, [sent(120_000, "one", S.REJECTED)], PAID, "one"),
        (120_000, [sent(120_000, "one", S.FAILED)], PAID, "one"),
        (60_000, [sent(60_000, "one"), sent(60_000, "one")], PAID, "two"),
        (60_000, [sent(60_000, "one"), sent(120_000, "two")], PAID, "one"),
        (240_000, [], {"one": 100_000, "two": 140_000}, "two"),  # no movement holds it: the provider will refuse
        (50_000, [sent(50_000, "gone")], PAID, "one"),
        (50_000, [], {}, ""),
    ],
)
def test_the_first_movement_with_enough_left_is_sent_back(
    amount: int, before: list[object], paid: dict[str, int], movement: str
) -> None:
    assert movement_for(amount, before, paid) == movement  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 60_000), max_size=6))
def test_small_refunds_never_take_more_from_a_movement_than_it_brought(amounts: list[int]) -> None:
    made: list[object] = []
    taken = dict.fromkeys(PAID, 0)
    for amount in amounts:
        movement = movement_for(amount, made, PAID)  # type: ignore[arg-type]
        taken[movement] += amount
        made.append(sent(amount, movement))
        if sum(amounts) <= 180_000:
            assert taken[movement] <= PAID[movement]


# ---- a provider that does not answer


def test_a_silent_provider_is_told_again_with_growing_pauses_and_then_daily() -> None:
    now, tried = TEN, []
    for _ in range(len(TRIED_AFTER) + 2):
        now = next_try(TEN, now)
        tried.append((now - TEN) / timedelta(minutes=1))

    assert tried == [2, 10, 30, 60, 180, 360, 720, 720 + 1440, 720 + 2880]
    assert next_try(TEN, TEN + timedelta(days=9)) == TEN + timedelta(days=9) + DAILY


# ---- by the procedure's rule

ENDINGS = {
    "not_accepted": {"stage": Stage.NOT_ACCEPTED},
    "stopped": {"stage": Stage.STOPPED, "accepted_at": TEN},
    "withdrawn_before_acceptance": {"stage": Stage.WITHDRAWN},
    "withdrawn_after_acceptance": {"stage": Stage.WITHDRAWN, "accepted_at": TEN},
}
NOTHING = dict.fromkeys(ENDINGS, "nothing")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("rule", ENDINGS)
def test_a_refund_is_proposed_where_the_procedures_rule_says_whole_and_nowhere_else(ending: str, rule: str) -> None:
    dossier = a_dossier(**ENDINGS[ending])
    procedure = dossier.procedure.model_copy(update={"refund": RefundRule(**NOTHING | {rule: "whole"})})

    assert proposed(dossier.model_copy(update={"procedure": procedure})) == (ending == rule)


@pytest.mark.parametrize(
    "stage", [each for each in Stage if each not in (Stage.NOT_ACCEPTED, Stage.STOPPED, Stage.WITHDRAWN)]
)
def test_a_dossier_that_goes_on_or_was_settled_keeps_its_fee(stage: Stage) -> None:
    everything = RefundRule(**dict.fromkeys(ENDINGS, "whole"))
    dossier = a_dossier(stage=stage)
    procedure = dossier.procedure.model_copy(update={"refund": everything})

    assert not proposed(dossier.model_copy(update={"procedure": procedure}))
