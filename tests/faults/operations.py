"""What is broken on purpose: each operation as the outside world delivers it, and delivers it again."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from secrets import token_hex
from typing import Final, NamedTuple

from chalicelib.notices.rules import LEASE
from tests.faults.money import AGAIN, CONTENT, WORD
from tests.faults.world import STEP, Told, World
from tests.people import Reply
from tests.postal.conftest import handed_to_post


class Delivery(NamedTuple):
    """One thing to be done to a dossier; `again` is the very same request, notification or message."""

    dossier_id: str
    again: Callable[[], Told]
    after: timedelta = timedelta(0)  # how long the outside waits before it delivers again
    stream_lost: bool = False


NUMBERS: Final = count(5000)  # of dossiers beside those that are filed, whose codes begin at 0001
Begin = Callable[[World], Delivery]


def submission(world: World) -> Delivery:
    dossier_id, key = world.draft(), token_hex(8)
    return Delivery(dossier_id, lambda: _told(world.binh.post(f"/dossiers/{dossier_id}/submission", key=key)))


def acceptance(world: World) -> Delivery:
    dossier_id, key = world.filed(), token_hex(8)
    seen = world.an.get(f"/dossiers/{dossier_id}").etag

    def accept() -> Told:
        return _told(world.an.post(f"/dossiers/{dossier_id}/acceptance", key=key, seen=seen))

    return Delivery(dossier_id, accept)


def apology(world: World) -> Delivery:
    """Signed by the approver; the letter that waited must wait no more."""
    dossier_id, key = world.warned(), token_hex(8)
    chi = world.town.officer("approver", "H32.10", "chi")
    seen, letter = chi.get(f"/dossiers/{dossier_id}").etag, {"reason": "Chờ xác minh", "promised_date": "2026-06-11"}
    return Delivery(dossier_id, lambda: _told(chi.post(f"/dossiers/{dossier_id}/apology", letter, key=key, seen=seen)))


def step(world: World) -> Delivery:
    """An assignment that begins a step with a time of its own."""
    dossier_id, key = world.accepted(), token_hex(8)
    seen, body = world.an.get(f"/dossiers/{dossier_id}").etag, {"officer": "minh", "step": STEP.name}
    lan = world.town.officer("supervisor", "H32.10", "lan")
    return Delivery(dossier_id, lambda: _told(lan.post(f"/dossiers/{dossier_id}/assignment", body, key=key, seen=seen)))


def result(world: World) -> Delivery:
    """A decision on work that was finished in an outage, before it could be entered."""
    dossier_id, key = world.accepted(), token_hex(8)
    finished = {"at": (world.now + timedelta(minutes=30)).isoformat(), "evidence": {"outage": world.outage()}}
    world.now += timedelta(hours=2)
    seen, body = world.an.get(f"/dossiers/{dossier_id}").etag, {"outcome": "granted", "finished": finished}
    boss = world.town.officer("approver", "H32.10", "duyen")
    return Delivery(dossier_id, lambda: _told(boss.post(f"/dossiers/{dossier_id}/result", body, key=key, seen=seen)))


def writing(world: World) -> Delivery:
    """A result written from a template: its bytes lie in the bucket before anything says that they are a document."""
    dossier_id, key = world.accepted(), token_hex(8)
    chi, body = world.town.officer("specialist", "H32.10", "chi"), {"texts": {"content": "Cấp", "grounds": "Điều 5"}}
    seen = world.an.get(f"/dossiers/{dossier_id}").etag
    path = f"/dossiers/{dossier_id}/result-papers"
    return Delivery(dossier_id, lambda: _told(chi.post(path, body, key=key, seen=seen)))


def payment(world: World, provider: str = "vnpay") -> Delivery:
    paid, sent = world.being_paid(provider)

    def notified() -> Told:
        reply = world.town.anyone.send(sent.method, sent.address, sent.headers, sent.body)
        word = reply.body[WORD[provider]] if provider in WORD and reply.status == 200 else reply.status
        return Told(word in CONTENT[provider], word == AGAIN[provider], reply)

    return Delivery(paid.dossier_id, notified)


def _by(provider: str) -> Begin:
    def notification(world: World) -> Delivery:
        return payment(world, provider)

    notification.__name__ = f"payment by {provider}"
    return notification


def refund(world: World) -> Delivery:
    """Asked for; nobody has approved it yet."""
    paid, key = world.paid(), token_hex(8)
    wanted = {"amount": paid.amount, "refundable": paid.amount, "reason": "Nộp thừa"}
    return Delivery(paid.dossier_id, lambda: _decided(world.mai.post(f"/payments/{paid.id}/refunds", wanted, key=key)))


def approval(world: World) -> Delivery:
    paid, key = world.paid(), token_hex(8)
    path = f"/payments/{paid.id}/refunds/{world.refund_asked(paid)}/approval"
    return Delivery(paid.dossier_id, lambda: _decided(world.ha.post(path, {}, key=key)))


def sending(world: World) -> Delivery:
    """The provider is told of a refund that was approved, by the schedule, until it has answered."""
    world.nobody_else_is_spoken_of()
    paid = world.paid()
    refund_id = world.refund_asked(paid)
    assert _decided(world.ha.post(f"/payments/{paid.id}/refunds/{refund_id}/approval", {})).good
    return Delivery(paid.dossier_id, world.poll, timedelta(minutes=10))


def placing(world: World) -> Delivery:
    """Money that nobody knew is given to a dossier."""
    paid, _ = world.being_paid("sepay")
    money, key = world.money_nobody_knows(), token_hex(8)
    path, body = f"/unmatched-payments/{money}/place", {"dossier_code": paid.about}
    return Delivery(paid.dossier_id, lambda: _decided(world.mai.post(path, body, key=key)))


def dispatch(world: World) -> Delivery:
    dossier_id, seq = handed_to_post(next(NUMBERS), world.now)
    return Delivery(dossier_id, lambda: world.deliver("dispatch_post", dossier_id, seq))


def retried_dispatch(world: World) -> Delivery:
    """The carrier took the order, and its answer was lost: now the schedule looks again."""
    delivery = dispatch(world)
    world.carrier.break_next("/order", "lose")
    delivery.again()
    return Delivery(delivery.dossier_id, world.retry)


def notices(world: World) -> Delivery:
    dossier_id = world.filed()
    return Delivery(dossier_id, lambda: world.deliver("send_notices", dossier_id, 2), LEASE)


def relay(world: World) -> Delivery:
    dossier_id = world.filed()
    records = world.streamed(dossier_id)
    return Delivery(dossier_id, lambda: world.relay(records))


def sweep(world: World) -> Delivery:
    """The stream's records were lost; the nightly sweep finds what they would have brought about."""
    world.now += timedelta(days=14)  # a day on which nothing else is
    dossier_id = world.filed()
    return Delivery(dossier_id, world.sweep, stream_lost=True)


def _told(reply: Reply) -> Told:
    known = reply.status < 300 or reply.body["code"] in {"internal_error", "unavailable"}
    good = reply.status < 300
    return Told(good, reply.status >= 500 and known, reply, reply.body["code"] if good else None)


def _decided(reply: Reply) -> Told:
    again = reply.status >= 500 and reply.body["code"] in {"internal_error", "unavailable"}
    return Told(reply.status < 300, again, reply)


OTHERS: Final = tuple(_by(name) for name in sorted(CONTENT) if name != "vnpay")
MONEY: Final[tuple[Begin, ...]] = (*OTHERS, refund, approval, placing)
BROKEN_BY_ERRORS: Final[tuple[Begin, ...]] = (
    *(submission, acceptance, apology, step, result, writing, payment, dispatch, relay),
    *MONEY,
)
OPERATIONS: Final[tuple[Begin, ...]] = (*BROKEN_BY_ERRORS, retried_dispatch, notices, sweep, sending)
