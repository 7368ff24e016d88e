"""What no emulator makes, conflicts of transactions and throttling: waited out or told as passing, never half done."""

import pytest

from chalicelib.dossiers import records as dossiers
from chalicelib.table import TRIES
from tests.faults.injection import Attempt, Fault, Outside, Plan, outside
from tests.faults.operations import acceptance, payment, submission
from tests.faults.test_crash_points import Begin, end, fresh, undisturbed
from tests.faults.world import World

pytestmark = [pytest.mark.stack, pytest.mark.slow]
CONFLICT = Fault("TransactionCanceledException", reasons=("None", "TransactionConflict", "None", "None"))
THROTTLED_INSIDE = Fault("TransactionCanceledException", reasons=("ThrottlingError", "None", "None", "None"))
THROTTLING = ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
GATEWAY_PATIENCE = 29  # seconds; after that nobody reads the answer

by_request = pytest.mark.parametrize("begin", [submission, acceptance, payment], ids=lambda begin: begin.__name__)


def transactions(fault: Fault, first: int | None = None) -> Plan:
    """Breaks the first so many transactions, or all of them."""
    met: list[Attempt] = []

    def plan(attempt: Attempt) -> Fault | None:
        if not attempt.name.endswith("TransactWriteItems"):
            return None
        met.append(attempt)
        return fault if first is None or len(met) <= first else None

    return plan


def tokens(seen: Outside) -> list[str]:
    return [attempt.token for attempt in seen.attempts if attempt.name.endswith("TransactWriteItems")]


def is_ours(name: str) -> bool:
    """Whether it is a call of the table, whose throttling has these codes."""
    return name.startswith("DynamoDB.")


@by_request
@pytest.mark.parametrize("fault", [CONFLICT, THROTTLED_INSIDE], ids=["conflict", "throttled"])
@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_a_transaction_cancelled_for_a_while_is_repeated_under_its_token_and_has_one_effect(
    world: World, begin: Begin, fault: Fault, times: int
) -> None:
    _, expected = undisturbed(world, begin)
    delivery = fresh(world, begin)
    with outside(transactions(fault, times)) as seen:
        assert delivery.again().good
    assert len(tokens(seen)) == times + 1
    assert len(set(tokens(seen))) == 1
    assert end(world, delivery) == expected


@by_request
def test_conflict_without_end_is_told_as_passing_and_changes_nothing(world: World, begin: Begin) -> None:
    _, expected = undisturbed(world, begin)
    delivery = fresh(world, begin)
    before = dossiers.load(delivery.dossier_id)
    with outside(transactions(CONFLICT)) as seen:
        told = delivery.again()
    assert told.again
    if begin is not payment:
        assert (told.said.status, told.said.body["code"]) == (503, "unavailable")
    assert len(tokens(seen)) == TRIES
    assert sum(seen.waited) < GATEWAY_PATIENCE
    assert dossiers.load(delivery.dossier_id) == before
    assert end(world, delivery) == expected


@by_request
@pytest.mark.parametrize("code", THROTTLING)
def test_throttling_of_reads_and_writes_is_waited_out(world: World, begin: Begin, code: str) -> None:
    _, expected = undisturbed(world, begin)
    delivery = fresh(world, begin)
    with outside(lambda attempt: Fault(code) if attempt.again < 2 and is_ours(attempt.name) else None) as seen:
        assert delivery.again().good
    assert len(seen.attempts) == len(seen.calls) + 2 * sum(map(is_ours, seen.calls))
    assert len(set(tokens(seen))) == 1
    assert end(world, delivery) == expected


@by_request
def test_throttling_without_end_is_told_in_time_and_changes_nothing(
    world: World, begin: Begin, subtests: pytest.Subtests
) -> None:
    calls, expected = undisturbed(world, begin)
    for throttled, name in enumerate(calls.calls):
        with subtests.test(f"throttled at {name} ({throttled})"):
            delivery = fresh(world, begin)
            before = dossiers.load(delivery.dossier_id)
            with outside(lambda attempt, name=name: Fault(THROTTLING[0]) if attempt.name == name else None) as seen:
                told = delivery.again()
            assert told.again, told
            assert sum(seen.waited) < GATEWAY_PATIENCE
            assert dossiers.load(delivery.dossier_id) == before
            assert end(world, delivery) == expected
