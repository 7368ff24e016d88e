"""Any interleaving of payers, providers, officers, schedules and crashes: the money recorded is the money there is."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.payments import actions, asking, following, refund_actions
from chalicelib.payments.refunds import RefundState
from chalicelib.payments.rules import Payment
from chalicelib.refusals import Refusal
from chalicelib.table import Lost
from tests.payments.conftest import CITIZEN, WANTED
from tests.payments.model import office, truths
from tests.payments.model.banks import Message
from tests.payments.model.outside import Fault
from tests.payments.model.world import FEE, OFFICERS, World, service

pytestmark = pytest.mark.slow
OFTEN = 100
PROVIDERS = ("vnpay", "momo", "payos", "vietqr")
OPEN = (RefundState.PROPOSED, RefundState.WAITING)
RARER = (
    *("a_payer_fails", "momo_waits_for_the_payer", "somebody_pays_what_we_never_asked", "the_dossier_is_withdrawn"),
    *("momo_pays_back_or_does_not", "a_provider_falls_silent_or_speaks_again", "a_refund_is_rejected"),
    "the_statement_is_reconciled",
)
any_of = st.integers(0, 30)
faults = st.none() | st.none() | st.builds(Fault, st.integers(0, 9), st.sampled_from(("death", "error")), st.booleans())
meanwhiles = st.none() | st.tuples(
    st.integers(0, 6), st.sampled_from(("deliver", "poll", "approve", "follow", "begin"))
)
some_time = st.sampled_from([timedelta(minutes=m) for m in (1, 4, 16, 61, 60 * 25, 60 * 73)])


class Money(RuleBasedStateMachine):
    new: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).new()

    def broken(self, fault: Fault | None, meanwhile: Any) -> tuple[Fault | None, Callable[[], Any] | None]:
        """Either a fault, or another process's act between two calls of this one."""
        if meanwhile is None:
            return fault, None
        return Fault(meanwhile[0], "meanwhile"), lambda: self.other(meanwhile[1])

    def other(self, what: str) -> None:
        world = self.world
        with suppress(Refusal, Lost):
            if what == "deliver" and world.queue:
                world.heard_meanwhile(world.queue[-1])
            elif what == "poll":
                asking.speak_to_providers(world.now)
            elif what == "approve" and (waiting := office.refunds(world, *OPEN)):
                payment, refund = waiting[-1]
                refund_actions.approve(payment.id, refund.id, OFFICERS[2], world.now, None)
            elif what == "follow":
                following.follow(world.dossiers[0], 999_999, world.now)
            elif what == "begin":
                actions.start(world.dossiers[0], "vnpay", WANTED, CITIZEN, world.now)

    # ——— payers ———

    @initialize(providers=st.lists(st.sampled_from(PROVIDERS), min_size=1, max_size=3))
    def some_have_begun(self, providers: list[str]) -> None:
        for provider in providers:
            self.world.begin(0, provider, None, None)

    @rule(dossier=st.integers(0, 1), provider=st.sampled_from(PROVIDERS), fault=faults, meanwhile=meanwhiles)
    def begin(self, dossier: int, provider: str, fault: Any, meanwhile: Any) -> None:
        self.world.begin(dossier, provider, *self.broken(fault, meanwhile))

    @precondition(lambda self: self.world.payments)
    @rule(which=any_of, how=st.sampled_from(["exact", "exact", "odd"]), fault=faults, meanwhile=meanwhiles)
    def pay_and_be_told(self, which: int, how: str, fault: Any, meanwhile: Any) -> None:
        for message in self.paid(which, how):
            self.world.deliver(message, *self.broken(fault, meanwhile))

    @precondition(lambda self: self.world.payments)
    @rule(which=any_of, how=st.sampled_from(["exact", "odd"]), times=st.integers(1, 2))
    def pay(self, which: int, how: str, times: int) -> None:
        for _ in range(times):
            self.paid(which, how)

    def paid(self, which: int, how: str) -> list[Message]:
        payment = _of(list(self.world.payments.values()), which)
        said = self.world.bank(payment.provider).pay(payment.name, payment.amount, how, self.world.now)
        self.world.queue += said
        return list(said)

    @rule(dossier=st.integers(0, 1), fault=faults, meanwhile=meanwhiles)
    def pay_at_the_desk(self, dossier: int, fault: Any, meanwhile: Any) -> None:
        self.world.take_cash(dossier, *self.broken(fault, meanwhile))

    # ——— providers ———

    @precondition(lambda self: self.world.queue)
    @rule(which=any_of, fault=faults, meanwhile=meanwhiles)
    def deliver(self, which: int, fault: Any, meanwhile: Any) -> None:
        self.world.deliver(_of(self.world.queue, which), *self.broken(fault, meanwhile))

    @precondition(lambda self: self.world.queue)
    @rule(which=any_of)
    def lose(self, which: int) -> None:
        self.world.gone.append(self.world.queue.pop(which % len(self.world.queue)))

    @precondition(lambda self: self.world.gone)
    @rule(which=any_of, fault=faults, bit=st.none() | st.integers(0, 6))
    def repeat_or_forge(self, which: int, fault: Any, bit: int | None) -> None:
        message = _of(self.world.gone, which)
        self.world.deliver(message, fault) if bit is None else self.world.forge(message, bit)

    # ——— the service's own hours ———

    @rule(later=some_time)
    def time_passes(self, later: timedelta) -> None:
        self.world.now += later

    @rule(fault=faults, meanwhile=meanwhiles)
    def poll(self, fault: Any, meanwhile: Any) -> None:
        self.world.poll(*self.broken(fault, meanwhile))

    @rule(dossier=st.integers(0, 1), fault=faults, meanwhile=meanwhiles)
    def follow(self, dossier: int, fault: Any, meanwhile: Any) -> None:
        self.world.follow(dossier, *self.broken(fault, meanwhile))

    # ——— officers ———

    @precondition(lambda self: self.held())
    @rule(which=any_of, share=st.sampled_from([50, 100]), who=st.integers(0, 2), fault=faults, meanwhile=meanwhiles)
    def ask_refund(self, which: int, share: int, who: int, fault: Any, meanwhile: Any) -> None:
        office.ask(self.world, _of(self.held(), which), share, who, *self.broken(fault, meanwhile))

    @precondition(lambda self: office.refunds(self.world, *OPEN))
    @rule(which=any_of, who=st.integers(0, 2), fault=faults, meanwhile=meanwhiles)
    def approve(self, which: int, who: int, fault: Any, meanwhile: Any) -> None:
        refund = _of(office.refunds(self.world, *OPEN), which)
        office.approve(self.world, refund, who, *self.broken(fault, meanwhile))

    @precondition(lambda self: office.to_pay(self.world))
    @rule(which=any_of, fault=faults, meanwhile=meanwhiles)
    def pay_out(self, which: int, fault: Any, meanwhile: Any) -> None:
        refund = _of(office.to_pay(self.world), which)
        office.pay_out(self.world, refund, *self.broken(fault, meanwhile))

    @precondition(lambda self: self.held())
    @rule(which=any_of, how=st.sampled_from(["opened", "kept", "lost"]), fault=faults, meanwhile=meanwhiles)
    def dispute(self, which: int, how: str, fault: Any, meanwhile: Any) -> None:
        office.dispute(self.world, _of(self.held(), which), how, *self.broken(fault, meanwhile))

    @precondition(lambda self: self.world.unmatched())
    @rule(which=any_of, onto=st.none() | any_of, fault=faults, meanwhile=meanwhiles)
    def place_or_send_back(self, which: int, onto: int | None, fault: Any, meanwhile: Any) -> None:
        money = _of(sorted(self.world.unmatched()), which)
        broken = self.broken(fault, meanwhile)
        if onto is None:
            office.send_back(self.world, money, *broken)
        else:
            office.place(self.world, money, _of([*self.world.known(), *self.world.codes], onto), *broken)

    def held(self) -> list[Payment]:
        ledgers, now = self.world.ledgers(), self.world.now
        return [each for book in ledgers for each in book.payments.values() if book.state(each, now).received]

    # ——— and what is rarer ———

    @rule(what=st.sampled_from(RARER), which=any_of)
    def something_rarer(self, what: str, which: int) -> None:
        getattr(self, what)(which)

    def a_payer_fails(self, which: int) -> None:
        if self.world.payments:
            payment = _of(list(self.world.payments.values()), which)
            self.world.queue += self.world.bank(payment.provider).fail(payment.name, payment.amount, self.world.now)

    def momo_waits_for_the_payer(self, which: int) -> None:
        if with_momo := [each for each in self.world.payments.values() if each.provider == "momo"]:
            payment = _of(with_momo, which)
            self.world.queue += self.world.momo.wait(payment.name, payment.amount)

    def somebody_pays_what_we_never_asked(self, which: int) -> None:
        provider = _of(list(PROVIDERS), which)
        bank, order = self.world.bank(provider), {"payos": "7", "vietqr": ""}.get(provider, "khac-aaaaaa")
        if order:
            bank.strange(order, FEE)
        self.world.queue += bank.pay(order, FEE, "exact", self.world.now)

    def the_dossier_is_withdrawn(self, which: int) -> None:
        self.world.withdraw(which % 2)

    def momo_pays_back_or_does_not(self, which: int) -> None:
        self.world.momo.pay_back(well=bool(which % 2))

    def a_provider_falls_silent_or_speaks_again(self, which: int) -> None:
        bank = self.world.banks[_of(list(PROVIDERS), which)]
        bank.silent = not bank.silent

    def a_refund_is_rejected(self, which: int) -> None:
        if waiting := office.refunds(self.world, *OPEN):
            office.reject(self.world, _of(waiting, which), which % 3, None, None)

    def the_statement_is_reconciled(self, which: int) -> None:
        truths.reconciles(self.world)

    @invariant()
    def nothing_is_lost_doubled_or_hidden(self) -> None:
        truths.after_every_step(self.world)

    def teardown(self) -> None:
        truths.come_to_rest(self.world)
        truths.at_rest(self.world)


def _of(among: list[Any], which: int) -> Any:
    return among[which % len(among)]


@pytest.fixture
def new_world() -> Iterator[Callable[[], World]]:
    with service() as new:
        yield new


def test_whatever_happens_in_whatever_order_the_money_recorded_is_the_money_there_is(
    new_world: Callable[[], World], request: pytest.FixtureRequest
) -> None:
    many = request.config.getoption("--model")
    Money.new = staticmethod(new_world)  # type: ignore[method-assign]
    run_state_machine_as_test(
        Money,
        settings=hypothesis.settings(
            max_examples=many or OFTEN,
            stateful_step_count=30,
            derandomize=not many,
            database=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
