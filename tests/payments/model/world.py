"""The service, its store, the providers, the payers and the officers of one example, and the clock they live by."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from aws_lambda_powertools.utilities import parameters
from pynamodb.connection import Connection

from chalicelib import table
from chalicelib.access import Caller
from chalicelib.catalogue.rules import RefundRule
from chalicelib.clock import actions as calendars
from chalicelib.dossiers import moves
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.life import Stage
from chalicelib.history.rules import Actor, EventType
from chalicelib.payments import actions, asking, fold, following, hearing, protocol, records, unmatched, wire
from chalicelib.payments.fold import Ledger
from chalicelib.payments.rules import Payment
from chalicelib.refusals import Refusal
from tests.conftest import SECRETS, environment
from tests.faults.injection import Died
from tests.payments.conftest import CITIZEN, CLERK, NINE, WANTED, a_dossier
from tests.payments.model.banks import (
    ACCOUNT_NUMBER,
    CASSO_KEY,
    SEPAY_KEY,
    Message,
    MomoBank,
    PayosBank,
    TransferBank,
    VnpayBank,
    forged,
)
from tests.payments.model.outside import Fault, Outside, aws_failed, line_cut
from tests.payments.model.store import Store

FEE: Final = 1_200_000
PAYMENTS: Final = {
    "vnpay": {"pay_url": "https://vnpay.invalid/pay", "api_url": "https://vnpay.invalid/api"},
    "momo": {"api_url": "https://momo.invalid"},
    "payos": {"api_url": "https://payos.invalid"},
    "vietqr": {"bank_bin": "970436", "account_number": ACCOUNT_NUMBER, "account_name": "SO TU PHAP"},
    "sepay": {"account_number": ACCOUNT_NUMBER},
    "casso": {"account_number": ACCOUNT_NUMBER},
}
KEYS: Final[dict[str, dict[str, str]]] = {
    "vnpay": dict(SECRETS["vnpay"]),
    "momo": {"partner_code": "MOMOTEST", "access_key": "access-of-tests", "secret": "a-secret-of-the-tests-only-momo"},
    "payos": {"client_id": "c", "api_key": "k", "checksum_key": "a-secret-of-the-tests-only-payos"},
    "sepay": {"secret": SEPAY_KEY},
    "casso": {"secret": CASSO_KEY},
}
LAST_ASKED: Final = fold.ASKED_AFTER[-1]
OFFICERS: Final = tuple(
    Caller("officer", name, f"key-of-{name}", frozenset({"finance"}), agency="H32.10") for name in ("mai", "ha", "lan")
)
# The contract: what ends a provider's calls, and what it is answered. None: it calls again.
WORDS: Final[dict[str, dict[str, Any]]] = {
    "vnpay": {"recorded": "00", "repeated": "02", "wrong": "04", "unknown": "01", "forged": "97", "fault": "99"},
    "momo": {"recorded": 204, "repeated": 204, "wrong": 204, "unknown": 404, "forged": 401, "fault": 503},
    "payos": {"recorded": 200, "repeated": 200, "wrong": 200, "unknown": 200, "forged": 401, "fault": 503},
}
WORDS |= {"sepay": WORDS["payos"], "casso": WORDS["payos"]}
CONTENT: Final = {"vnpay": ("00", "02"), "momo": (204,), "payos": (200,), "sepay": (200,), "casso": (200,)}


class Wire:
    """Where the connection to providers stands."""

    def __init__(self, outside: Outside, banks: dict[str, Any]) -> None:
        self.outside, self.banks = outside, banks

    def request(self, method: str, url: str, *, redirect: bool, **what: Any) -> Any:
        assert not redirect
        bank = self.banks[str(urlsplit(url).hostname).partition(".")[0]]

        def asked() -> Any:
            if bank.silent:
                raise line_cut()
            return SimpleNamespace(status=200, data=json.dumps(bank.answer(method, url, what)).encode())

        return self.outside.through(asked, line_cut())


class World:
    def __init__(self, store: Store) -> None:
        self.now, self.outside, self.store = NINE, Outside(), store
        self.vnpay, self.momo, self.payos = VnpayBank(KEYS["vnpay"]), MomoBank(KEYS["momo"]), PayosBank(KEYS["payos"])
        self.transfers = TransferBank()
        self.banks: dict[str, Any] = {
            **{"vnpay": self.vnpay, "momo": self.momo, "payos": self.payos, "vietqr": self.transfers}
        }
        self.wire = Wire(self.outside, self.banks)
        self._read: tuple[int, list[Ledger]] = (-1, [])
        self.dossiers = [self.filed(number) for number in range(2)]
        self.payments: dict[str, Payment] = {}  # those whose payer was told how to pay
        self.queue: list[Message] = []
        self.gone: list[Message] = []  # delivered or given up
        self.cash: dict[str, int] = {}  # receipt number: dossier's cash at the desk
        self.by_hand: dict[str, int] = {}  # refunds paid by bank transfer
        self.lost_disputes = 0
        self.returned: list[str] = []  # unmatched money sent back
        self.recorded: list[Any] = []  # movements the provider no longer tells of, as we were content with them

    def filed(self, number: int) -> str:
        rule = RefundRule(withdrawn_before_acceptance="whole")
        dossier = a_dossier(fee_due=FEE, code=f"000.00.10.H32-260601-{number:04}")
        dossier = dossier.model_copy(update={"procedure": dossier.procedure.model_copy(update={"refund": rule})})
        kept = dossiers.keep(None, Change(dossier, EventType.SUBMITTED, {}), Actor(kind="citizen"), NINE)
        return kept.id

    # ——— steps, each of which may be broken ———

    def step(self, act: Callable[[], Any], fault: Fault | None, meanwhile: Callable[[], Any] | None = None) -> Any:
        """What the act gives; None when the process died, an error came out of it, or people were refused."""
        self.outside.arm(fault, meanwhile)
        try:
            return act()
        except (Died, Refusal, table.Lost):
            return None
        except Exception:
            if not self.outside.struck:
                raise
            return None
        finally:
            self.outside.disarm()

    def begin(self, dossier: int, provider: str, fault: Fault | None, meanwhile: Callable[[], Any] | None) -> None:
        self.payos.at(self.now)
        started = self.step(
            lambda: actions.start(self.dossiers[dossier], provider, WANTED, CITIZEN, self.now), fault, meanwhile
        )
        if started:
            self.banks[provider].opened(started.payment.name, started.begun)
            self.payments[started.payment.id] = started.payment

    def deliver(self, message: Message, fault: Fault | None = None, meanwhile: Callable[[], Any] | None = None) -> None:
        """As its provider would: it calls again until it is content, or tired."""
        expected = self.expected(message)
        if meanwhile and expected == {"recorded"}:
            expected = {"recorded", "repeated"}  # the same may be heard meanwhile
        notice = message.signed(self.now)
        reply = self.step(lambda: hearing.notified(message.provider, notice), fault, meanwhile)
        struck = self.outside.struck
        assert reply is not None or (struck and fault and fault.how == "death"), "only the dead do not answer"
        if struck or meanwhile:
            message.maybe = True
        if reply is not None:
            word = self.word(message.provider, reply)
            allowed = {WORDS[message.provider][each] for each in expected | ({"fault"} if struck else set())}
            assert word in allowed, (message, word, allowed)
            if word != WORDS[message.provider]["fault"]:
                message.heard = True
                self.recorded.append(message)
        else:
            word = None
        message.tries -= 1
        if (word in CONTENT[message.provider] or message.tries <= 0) and message in self.queue:
            self.queue.remove(message)
            self.gone.append(message)

    def heard_meanwhile(self, message: Message) -> None:
        message.maybe = True
        if (
            self.word(message.provider, hearing.notified(message.provider, message.signed(self.now)))
            in CONTENT[message.provider]
        ):
            self.recorded.append(message)

    def word(self, provider: str, reply: protocol.Reply) -> Any:
        if provider == "vnpay":
            assert reply.status == 200
            return (reply.body or {})["RspCode"]
        if provider != "momo":
            assert reply.body == {"success": reply.status == 200}
        return reply.status

    def expected(self, message: Message) -> set[str]:
        """What a provider is to hear, by what is true."""
        serves = "vietqr" if message.provider in ("sepay", "casso") else message.provider
        payment = next((p for p in self.known() if (p.provider, p.name) == (serves, message.order)), None)
        if payment is None:
            return {"unknown"}
        if message.amount != payment.amount:
            return {"wrong"}
        settled = records.ledger(payment.dossier_id).state(payment, self.now).settled
        if message.maybe:
            return {"recorded", "repeated"}
        return {"repeated"} if settled or message.heard else {"recorded"}

    def forge(self, message: Message, bit: int) -> None:
        notice = forged(message, self.now, bit)
        before = {key: image for key, image in self.store.items.items() if key[0] != "FORGED"}
        reply = hearing.notified(message.provider, notice)
        assert self.word(message.provider, reply) == WORDS[message.provider]["forged"]
        assert before == {key: image for key, image in self.store.items.items() if key[0] != "FORGED"}

    def poll(self, fault: Fault | None = None, meanwhile: Callable[[], Any] | None = None) -> None:
        self.payos.at(self.now)
        self.step(lambda: asking.speak_to_providers(self.now), fault, meanwhile)

    def take_cash(self, dossier: int, fault: Fault | None, meanwhile: Callable[[], Any] | None) -> None:
        """The clerk repeats what failed until there is an answer; refused, the payer takes the money home."""
        number = f"BL-{len(self.cash) + 1:04}"
        given = (self.dossiers[dossier], FEE, number, CLERK)
        self.step(lambda: actions.counter_payment(*given, self.now), fault, meanwhile)
        with suppress(Refusal):
            if self.outside.struck:
                actions.counter_payment(*given, self.now)
        self.cash[number] = FEE if self.receipted(number) else 0

    def receipted(self, number: str) -> bool:
        return ("RECEIPT#H32.10", number) in self.store.items

    def withdraw(self, dossier: int) -> None:
        found = dossiers.load(self.dossiers[dossier])
        if found.stage == Stage.SUBMITTED:
            dossiers.keep(found, moves.withdraw(found, "Nộp nhầm", self.now), Actor(kind="citizen"), self.now)

    def follow(self, dossier: int, fault: Fault | None = None, meanwhile: Callable[[], Any] | None = None) -> None:
        found = dossiers.load(self.dossiers[dossier])
        self.step(lambda: following.follow(found.id, found.version, self.now), fault, meanwhile)

    # ——— what there is ———

    def bank(self, provider: str) -> Any:
        self.payos.at(self.now)
        return self.banks[provider]

    @property
    def codes(self) -> list[str]:
        return [dossiers.load(each).code or "" for each in self.dossiers]

    def ledgers(self) -> list[Ledger]:
        """As they stand, read again only after something was written."""
        if self._read[0] != self.store.writes:
            self._read = self.store.writes, [records.ledger(each) for each in self.dossiers]
        return self._read[1]

    def known(self) -> list[Payment]:
        return [payment for ledger in self.ledgers() for payment in ledger.payments.values()]

    def taken(self) -> list[Any]:
        return [movement for bank in self.banks.values() for movement in bank.movements]

    def unmatched(self) -> dict[str, dict[str, Any]]:
        return {key[0][10:]: image for key, image in self.store.items.items() if key[0].startswith("UNMATCHED#")}


@contextmanager
def service(store: Callable[[], Store] = Store) -> Iterator[Callable[[], World]]:
    """The service in this process: its settings, keys, store and wires; calling it begins a new world."""
    place = SimpleNamespace(world=None)
    with environment(PAYMENTS=json.dumps(PAYMENTS)), pytest.MonkeyPatch.context() as patched:

        def api_call(_: Connection, name: str, asked: dict[str, Any]) -> Any:
            world: World = place.world
            return world.outside.through(lambda: world.store(name, asked), aws_failed())

        def new() -> World:
            dice = random.Random(0)
            patched.setattr(
                table,
                "secrets",
                SimpleNamespace(token_bytes=dice.randbytes, token_hex=lambda n: f"{dice.getrandbits(8 * n):x}"),
            )
            place.world = World.__new__(World)  # it writes to its own store as it begins
            place.world.__init__(store())
            patched.setattr(wire, "http", place.world.wire)
            return place.world  # type: ignore[no-any-return]

        patched.setattr(Connection, "_make_api_call", api_call)
        patched.setattr(parameters, "get_secret", lambda *_, **__: KEYS)
        patched.setattr(calendars, "FRESH_FOR", timedelta(days=365))
        patched.setattr(table.time, "sleep", lambda _: None)
        for module in (hearing, asking, unmatched):
            patched.setattr(module.logger, "_logger", SimpleNamespace(info=_quiet, warning=_quiet, error=_quiet))
        yield new


def _quiet(*_: Any, **__: Any) -> None:
    return None
