"""What finance officers do in the model: refunds by several people, disputes, money placed or sent back."""

from collections.abc import Callable
from typing import Any

from chalicelib.payments import finance_actions, records, refund_actions
from chalicelib.payments.refunds import Refund, RefundState
from chalicelib.payments.rules import Payment
from tests.payments.model.outside import Fault
from tests.payments.model.world import OFFICERS, World

LIMIT = 1_000_000  # REFUND_TWO_PEOPLE_ABOVE of the local stage
Meanwhile = Callable[[], Any] | None


def refunds(world: World, *states: RefundState) -> list[tuple[Payment, Refund]]:
    found = [
        (payment, each)
        for book in world.ledgers()
        for payment in book.payments.values()
        for each in book.refunds(payment)
    ]
    return [(payment, each) for payment, each in found if not states or each.state in states]


def to_pay(world: World) -> list[tuple[Payment, Refund]]:
    """What an officer may pay by hand, or see on VNPAY's statement; MoMo says by itself what it paid."""
    found = refunds(world, RefundState.APPROVED, RefundState.TAKEN_ON, RefundState.FAILED)
    sent = [("vnpay", RefundState.APPROVED), ("momo", RefundState.APPROVED), ("momo", RefundState.TAKEN_ON)]
    return [(p, each) for p, each in found if (p.provider, each.state) not in sent and _is_left(world, p, each)]


def _is_left(world: World, payment: Payment, refund: Refund) -> bool:
    """What failed is paid by hand only while its money is still here; whether more was asked for, the service knows."""
    state = records.ledger(payment.dossier_id).state(payment, world.now)
    return refund.state != RefundState.FAILED or refund.amount <= state.refundable + state.refunding


def ask(world: World, payment: Payment, share: int, who: int, fault: Fault | None, meanwhile: Meanwhile) -> None:
    """Half or all of what is left; more than there is, and what others have changed meanwhile, is refused."""
    state = records.ledger(payment.dossier_id).state(payment, world.now)
    amount = max(1, state.refundable * share // 100)
    given = (payment.id, amount, state.refundable, "Nộp thừa", OFFICERS[who], world.now, None)
    asked = world.step(lambda: refund_actions.ask(*given), fault, meanwhile)
    if asked:
        assert amount <= state.refundable
        if meanwhile is None:
            assert asked.refund.people == (2 if state.refunded + state.refunding + amount > LIMIT else 1)


def approve(world: World, which: tuple[Payment, Refund], who: int, fault: Fault | None, meanwhile: Meanwhile) -> None:
    payment, refund = which
    world.step(lambda: refund_actions.approve(payment.id, refund.id, OFFICERS[who], world.now, None), fault, meanwhile)


def reject(world: World, which: tuple[Payment, Refund], who: int, fault: Fault | None, meanwhile: Meanwhile) -> None:
    payment, refund = which
    given = (payment.id, refund.id, "Không đủ căn cứ", OFFICERS[who], world.now, None)
    world.step(lambda: refund_actions.reject(*given), fault, meanwhile)


def pay_out(world: World, which: tuple[Payment, Refund], fault: Fault | None, meanwhile: Meanwhile) -> None:
    """The officer transfers once, then notes it until it is noted; what the provider took on, its statement shows."""
    payment, refund = which
    given = (payment.id, refund.id, "FT-TAY", OFFICERS[0], world.now, None)
    world.step(lambda: refund_actions.pay_out(*given), fault, meanwhile)
    if world.outside.struck:
        world.step(lambda: refund_actions.pay_out(*given), None)
    done = next(each for _, each in refunds(world) if each.id == refund.id)
    if done.state == RefundState.DONE and refund.state != RefundState.TAKEN_ON:
        world.by_hand[refund.id] = refund.amount


def dispute(world: World, payment: Payment, how: str, fault: Fault | None, meanwhile: Meanwhile) -> None:
    """Opened under one name at a time; kept or lost only when it was opened."""
    held = records.ledger(payment.dossier_id).state(payment, world.now).received
    given = (payment.id, how, max(1, held // 2), "TS-1", "Ngân hàng tra soát", OFFICERS[0], world.now, None)
    world.step(lambda: finance_actions.dispute(*given), fault, meanwhile)  # type: ignore[arg-type]


def place(world: World, money: str, onto: Payment | str, fault: Fault | None, meanwhile: Meanwhile) -> None:
    """Onto a payment, or onto the dossier of a code."""
    payment_id, code = (None, onto) if isinstance(onto, str) else (onto.id, None)
    given = (money, payment_id, code, OFFICERS[0], world.now, None)
    world.step(lambda: finance_actions.place(*given), fault, meanwhile)


def send_back(world: World, money: str, fault: Fault | None, meanwhile: Meanwhile) -> None:
    given = (money, "FT-TRA", OFFICERS[0], world.now, None)
    world.step(lambda: finance_actions.send_back(*given), fault, meanwhile)
