"""What must be true of the money after every step, and what besides once everything has come to rest."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.rules import Dossier
from chalicelib.history import records as history
from chalicelib.history.rules import EventType, broken_at
from chalicelib.payments import recording, records
from chalicelib.payments.fold import FAILURE_DOUBTED_FOR, Ledger
from chalicelib.payments.reconciling import actions as reconciliation_actions
from chalicelib.payments.reconciling.movements import Days, Kind, Line, Status
from chalicelib.payments.reconciling.rules import DifferenceKind
from chalicelib.payments.refunds import BY_THE_RULE, RefundState
from chalicelib.payments.rules import AT_THE_DESK, Payment, Verdict
from tests.payments.model.office import LIMIT, refunds
from tests.payments.model.world import FEE, LAST_ASKED, World

OF_MONEY = (
    *(EventType.PAYMENT_STARTED, EventType.PAYMENT_RECORDED, EventType.COUNTER_PAID),
    EventType.REFUND_RECORDED,
)
BACKED = (RefundState.APPROVED, RefundState.TAKEN_ON, RefundState.DONE, RefundState.FAILED)


def after_every_step(world: World) -> None:
    places: Counter[str] = Counter()
    for dossier_id in world.dossiers:
        head, ledger = dossiers.load(dossier_id), records.ledger(dossier_id)
        past = history.events(dossier_id)
        assert broken_at(past) is None
        assert head.version == len(past)
        states = [ledger.state(payment, world.now) for payment in ledger.payments.values()]
        assert head.paid_amount == sum(state.received - state.refunded for state in states)
        last = max((event.at for event in past if event.type in OF_MONEY), default=None)
        assert last is None or head.payment_status == ledger.fee(FEE, last).status
        for payment in ledger.payments.values():
            places.update(list(_recorded(ledger, payment)))
            _is_true(world, ledger, payment)
            _is_looked_after(world, head, ledger, payment)
        _no_surplus_is_hidden(world, head, ledger)
    places.update(_waiting(world))
    assert [name for name, times in places.items() if times > 1] == [], "the same money in two places"
    _what_we_were_content_with_is_kept(world, places)
    _refunds_are_true(world)


def _recorded(ledger: Ledger, payment: Payment) -> dict[str, int]:
    """The money we say arrived for the payment, by our names of its movements."""
    said = ledger.events.get(payment.id, ())
    return {event.provider_reference: event.amount or 0 for event in said if event.money_taken}


def _truly(world: World, payment: Payment) -> dict[str, int]:
    """The money that arrived for it: at its bank, at the desk, or placed by a person who knows better."""
    if payment.provider == AT_THE_DESK:
        return {number: amount for number, amount in world.cash.items() if world.receipted(number)}
    movements = world.banks[payment.provider].movements
    taken = {each.name: each.amount for each in movements if each.order == payment.name}
    return taken | {
        said["provider_reference"]: said["amount"] for said, where in _unmatched(world) if where == payment.id
    }


def _unmatched(world: World) -> Iterator[tuple[dict[str, Any], str]]:
    for image in world.unmatched().values():
        placed = json.loads(image["placed"]["S"]) if "placed" in image else {}
        yield json.loads(image["facts"]["S"])["statement"], str(placed.get("payment_id", "sent back" if placed else ""))


def _waiting(world: World) -> list[str]:
    return [str(said["provider_reference"]) for said, where in _unmatched(world) if where in ("", "sent back")]


def _is_true(world: World, ledger: Ledger, payment: Payment) -> None:
    recorded, state = _recorded(ledger, payment), ledger.state(payment, world.now)
    assert recorded.items() <= _truly(world, payment).items(), "money that never was"
    lost = {e.provider_reference: e.amount or 0 for e in ledger.events.get(payment.id, ()) if e.verdict == Verdict.LOST}
    assert state.received == sum(recorded.values()) - sum(lost.values())
    if not lost:
        assert state.refunded + state.refunding <= state.received, "more goes back than came"


def _is_looked_after(world: World, head: Dossier, ledger: Ledger, payment: Payment) -> None:
    """On the desk exactly when somebody must look; spoken of with the provider as long as there is reason to."""
    image = world.store.items[f"D#{head.id}", f"PAY#{payment.id}"]
    needed = recording.needs(head, ledger, payment, world.now)
    assert (json.loads(image["card"]["S"]) if "card" in image else None) == (needed and needed.card)
    if needed:
        assert (image["desk_agency"]["S"], image["desk_order"]["S"]) == records.desk_place(payment, head.agency, needed)
    else:
        assert not image.keys() & {"desk_agency", "desk_order"}
    if recording.next_word(ledger, payment, world.now):
        assert "watch_at" in image, "nobody will ask"


def _no_surplus_is_hidden(world: World, head: Dossier, ledger: Ledger) -> None:
    states = [ledger.state(payment, world.now) for payment in ledger.payments.values()]
    held = sum(state.received - state.refunded - state.refunding for state in states)
    if held > FEE:
        assert head.payment_status in ("overpaid", "disputed", "mismatched", "refund_pending")
        assert any("card" in image for key, image in world.store.items.items() if key[0] == f"D#{head.id}")


def _what_we_were_content_with_is_kept(world: World, places: Counter[str]) -> None:
    for message in world.recorded:
        if message.movement:
            assert places[message.movement.name] == 1, "the provider was told that all is well"


def _refunds_are_true(world: World) -> None:
    every = refunds(world)
    for name in ("vnpay", "momo"):
        mine = [each for p, each in every if p.provider == name and each.id not in world.by_hand]
        sums = {state: sum(each.amount for each in mine if each.state == state) for state in RefundState}
        sent = sums[RefundState.DONE] + sums[RefundState.TAKEN_ON]
        asked = sum(amount for amount, _ in world.banks[name].refunds())
        assert sums[RefundState.DONE] <= sum(amount for amount, failed in world.banks[name].refunds() if not failed)
        assert sent <= asked <= sent + sums[RefundState.APPROVED] + sums[RefundState.FAILED]
    done = {each.id for p, each in every if p.provider not in ("vnpay", "momo") and each.state == RefundState.DONE}
    assert done <= set(world.by_hand)
    for _, each in every:
        if each.state in BACKED:
            behind = {each.asked_by, *each.approved_by} - {BY_THE_RULE}
            assert len(behind) >= (2 if each.amount > LIMIT else 1), "nobody, or one person alone"


# ——— at rest ———


def come_to_rest(world: World) -> None:
    """Providers are heard out and answer; the schedule runs for days; what follows, follows."""
    for bank in world.banks.values():
        bank.silent = False
    while world.queue:
        world.deliver(world.queue[0])
    for later in (timedelta(minutes=16), timedelta(hours=1), timedelta(hours=1), LAST_ASKED, timedelta(hours=30)):
        world.now += later
        for number in range(len(world.dossiers)):
            world.follow(number)
        world.momo.pay_back(well=True)
        world.poll()


def at_rest(world: World) -> None:
    after_every_step(world)
    for dossier_id in world.dossiers:
        head, ledger = dossiers.load(dossier_id), records.ledger(dossier_id)
        assert head.payment_status == ledger.fee(FEE, world.now).status
        for payment in ledger.payments.values():
            assert "watch_at" not in world.store.items[f"D#{dossier_id}", f"PAY#{payment.id}"]
            if payment.provider in ("vnpay", "momo", "payos"):
                _asking_found_it(world, ledger, payment)
    assert not refunds(world, RefundState.APPROVED) or not [
        each for each in refunds(world, RefundState.APPROVED) if recording.can_send(each[0])
    ]
    reconciles(world)


def _asking_found_it(world: World, ledger: Ledger, payment: Payment) -> None:
    """Though every notification be lost: of money paid in time to ask for, we know."""
    verdicts = {event.verdict for event in ledger.events.get(payment.id, ())}
    doubted = FAILURE_DOUBTED_FOR if verdicts == {Verdict.FAILURE} else LAST_ASKED
    movements = [each for each in world.banks[payment.provider].movements if each.order == payment.name]
    if any(each.at < payment.created_at + doubted for each in movements):
        assert _recorded(ledger, payment)


def reconciles(world: World) -> None:
    """The bank's statement beside our ledger shows exactly the money that we do not have."""
    until = world.now.astimezone(ZONE).date()
    first = min(bank.movements[0].at for bank in world.banks.values() if bank.movements) if world.taken() else world.now
    days = Days(first.astimezone(ZONE).date(), until)
    ours = {name for each in world.dossiers for name in _of_dossier(records.ledger(each))}
    for name, bank in world.banks.items():
        lines = [
            Line(number, each.name, each.order, Kind.PAYMENT, Status.SUCCESS, each.amount, each.at)
            for number, each in enumerate(bank.movements, 2)
        ]
        _, found = reconciliation_actions._compared(name, lines, days)
        told = {each.theirs.reference for each in found.differences if each.theirs}
        missing = {
            each.theirs.reference
            for each in found.differences
            if each.theirs and each.kind in (DifferenceKind.MISSING_WITH_US, DifferenceKind.UNKNOWN_ORDER)
        }
        assert {each.name for each in bank.movements} - ours <= told
        assert not missing & ours


def _of_dossier(ledger: Ledger) -> Iterator[str]:
    for payment in ledger.payments.values():
        yield from _recorded(ledger, payment)
