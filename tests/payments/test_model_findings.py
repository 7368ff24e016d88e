"""What the model of money once found, each by itself; and that its store answers as an emulator does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pynamodb.connection import Connection
from pynamodb.exceptions import VerboseClientError

from chalicelib.dossiers import records as dossiers
from chalicelib.payments import conditions, records, refund_actions
from chalicelib.payments.asking import speak_to_providers
from chalicelib.payments.refunds import RefundState
from chalicelib.payments.rules import Payment
from chalicelib.table import Item
from tests.payments.model import office, truths
from tests.payments.model.outside import Fault
from tests.payments.model.store import Store
from tests.payments.model.world import FEE, OFFICERS, World, service

LATER = timedelta(minutes=16)


@pytest.fixture
def world() -> Iterator[World]:
    with service() as new:
        yield new()


def begun(world: World, provider: str) -> Payment:
    world.begin(0, provider, None, None)
    return list(world.payments.values())[-1]


def paid(world: World, payment: Payment, how: str = "exact") -> None:
    for message in world.bank(payment.provider).pay(payment.name, payment.amount, how, world.now):
        world.queue.append(message)
        world.deliver(message)


def received(world: World, payment: Payment) -> int:
    return records.ledger(payment.dossier_id).state(payment, world.now).received


@pytest.mark.parametrize("how", ["death", "error"])
@pytest.mark.parametrize("number", range(12))
def test_of_two_transfers_told_in_one_answer_none_is_lost_whatever_breaks_between_them(
    world: World, number: int, how: Any
) -> None:
    payment = begun(world, "payos")
    for _ in range(2):
        world.bank("payos").pay(payment.name, FEE, "odd", world.now)  # and neither notification arrives
    world.now += LATER
    world.poll(Fault(number, how))
    for _ in range(3):
        world.now += timedelta(minutes=61)
        world.poll()

    assert received(world, payment) == FEE
    truths.after_every_step(world)


def test_a_settled_payment_is_not_spoken_of_again(world: World) -> None:
    payment = begun(world, "payos")
    paid(world, payment)
    world.now += LATER

    assert speak_to_providers(world.now) == 0


def test_a_new_attempt_does_not_hide_that_an_earlier_one_is_in_doubt(world: World) -> None:
    paid(world, begun(world, "momo"), "odd")
    begun(world, "vnpay")

    assert dossiers.load(world.dossiers[0]).payment_status == "mismatched"


def test_money_in_doubt_of_which_a_part_went_back_stays_on_the_desk(world: World) -> None:
    payment = begun(world, "payos")
    paid(world, payment, "odd")
    office.ask(world, payment, 50, 0, None, None)
    [(_, refund)] = office.refunds(world)
    refund_actions.pay_out(payment.id, refund.id, "FT1", OFFICERS[0], world.now, None)

    assert dossiers.load(world.dossiers[0]).payment_status == "mismatched"
    image = world.store.items[f"D#{payment.dossier_id}", f"PAY#{payment.id}"]
    assert image["desk_order"]["S"].startswith("mismatched#")


def a_failed_refund(world: World, payment: Payment) -> str:
    office.ask(world, payment, 50, 0, None, None)
    world.poll()
    world.momo.pay_back(well=False)
    world.now += timedelta(hours=2)
    world.poll()
    [(_, refund)] = office.refunds(world, RefundState.FAILED)
    return refund.id


def test_a_failed_refund_is_not_paid_by_hand_while_its_money_is_asked_for_again(world: World) -> None:
    payment = begun(world, "momo")
    paid(world, payment)
    failed = a_failed_refund(world, payment)
    office.ask(world, payment, 100, 1, None, None)

    with pytest.raises(conditions.MoreThanRefundable):
        refund_actions.pay_out(payment.id, failed, "FT1", OFFICERS[0], world.now, None)


def test_a_failed_refund_is_paid_by_hand_when_nothing_else_was_asked_for(world: World) -> None:
    payment = begun(world, "momo")
    paid(world, payment)
    failed = a_failed_refund(world, payment)

    done = refund_actions.pay_out(payment.id, failed, "FT1", OFFICERS[0], world.now, None)
    assert done.refund.state == RefundState.DONE


# ——— the store ———

FROM_AWS: Callable[..., Any] = Connection._make_api_call


class Twin(Store):
    """Asks an emulator the same, and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.compared = 0

    def __call__(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        theirs, ours = (
            self._tried(FROM_AWS, Item._get_connection().connection, name, asked),
            self._tried(super().__call__, name, asked),
        )
        for part in ("Item", "Items", "Responses", "Count", "refused"):
            assert ours.get(part) == theirs.get(part), (name, asked, part)
        self.compared += 1
        if "error" in ours:
            raise ours["error"]
        return ours

    def _tried(self, ask: Callable[..., Any], *given: Any) -> dict[str, Any]:
        try:
            return dict(ask(*given))
        except VerboseClientError as error:
            reasons = [reason and reason.code for reason in error.cancellation_reasons]
            return {"refused": (error.response["Error"]["Code"], reasons), "error": error}


@pytest.mark.slow
def test_the_store_in_memory_answers_every_call_as_an_emulator_does(table: None) -> None:
    with service(Twin) as new:
        world = new()
        for provider in ("vnpay", "payos", "vietqr"):
            paid(world, begun(world, provider), "odd" if provider == "payos" else "exact")
        world.take_cash(1, None, None)
        world.queue += world.bank("vietqr").pay("", FEE, "bare", world.now)
        for message in [*world.queue, *world.gone]:
            world.deliver(message)
        money = sorted(world.unmatched())[0]
        for _ in range(2):
            office.place(world, money, world.codes[1], None, None)
        office.ask(world, world.known()[0], 100, 0, None, None)
        office.approve(world, office.refunds(world)[0], 1, None, None)
        world.withdraw(1)
        world.follow(1)
        world.now += LATER
        world.poll()
        truths.after_every_step(world)

    assert isinstance(world.store, Twin)
    assert world.store.compared > 100
