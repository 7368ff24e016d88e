from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.dossiers import records as dossiers
from chalicelib.history import records as history
from chalicelib.history.rules import EventType
from chalicelib.payments import asking, hearing, records
from chalicelib.payments.asking import speak_to_providers
from chalicelib.payments.fold import Ledger
from chalicelib.payments.protocol import Notice, Silent
from chalicelib.payments.providers import vnpay
from chalicelib.payments.rules import Payment, Statement, Verdict
from chalicelib.table import commit
from tests.payments.conftest import NINE, notification

pytestmark = pytest.mark.usefixtures("table")
LATE = NINE + timedelta(days=2)


def notify(notice: Notice, at: datetime) -> str:
    reply = hearing.notified("vnpay", notice.model_copy(update={"at": at}))
    return str((reply.body or {})["RspCode"])


def saying(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[str]:
    asked: list[str] = []

    def query(payment: Payment, account: vnpay.Account, now: datetime) -> tuple[Statement, ...]:
        asked.append(payment.id)
        if isinstance(answer, Exception):
            raise answer
        said = answer(payment) if callable(answer) else answer
        return (said,) if said else ()

    monkeypatch.setattr(vnpay, "query", query)
    return asked


def statement(payment: Payment, verdict: Verdict = Verdict.SUCCESS) -> Statement:
    return Statement(
        order=payment.id,
        verdict=verdict,
        money_taken=verdict == Verdict.SUCCESS,
        amount=payment.amount,
        provider_reference="14226112",
        facts={"vnp_TransactionStatus": verdict},
    )


def minutes(count: float) -> datetime:
    return NINE + timedelta(minutes=count)


def test_a_lost_notification_costs_delay_not_money(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = begun()
    saying(monkeypatch, statement)

    assert speak_to_providers(minutes(1)) == 0
    assert speak_to_providers(minutes(2)) == 1
    assert dossiers.load(payment.dossier_id).payment_status == "paid"
    assert speak_to_providers(LATE) == 0


def test_money_heard_of_and_then_asked_for_is_counted_once(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = begun()
    saying(monkeypatch, statement)
    speak_to_providers(minutes(2))

    assert notify(notification(payment), minutes(3)) == "02"
    assert dossiers.load(payment.dossier_id).paid_amount == 120_000


def test_a_paid_payment_is_not_asked_about(begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = saying(monkeypatch, statement)
    notify(notification(begun()), minutes(1))

    assert speak_to_providers(LATE) == 0
    assert asked == []


@pytest.mark.parametrize("answer", [None, Silent("HTTP 502")])
def test_a_provider_that_knows_nothing_is_asked_with_growing_pauses_for_three_days(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    begun()
    asked = saying(monkeypatch, answer)
    looked = (0, 1, 2, 3, 5, 6, 14, 15, 16, 59, 60, 61, 119, 120, 121)
    at = [minute for minute in looked if speak_to_providers(minutes(minute))]

    assert at == [2, 5, 15, 60, 120]
    assert len(asked) == len(at)


def test_after_three_days_nothing_is_asked_any_more(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = begun()
    asked = saying(monkeypatch, None)
    for hour in (1, 71, 72, 73, 74, 500):
        speak_to_providers(NINE + timedelta(hours=hour))

    assert len(asked) == 3
    assert dossiers.load(payment.dossier_id).payment_status == "due"


def test_a_silent_last_answer_is_asked_for_until_it_comes(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun()
    saying(monkeypatch, Silent("HTTP 502"))
    speak_to_providers(NINE + timedelta(hours=100))
    asked = saying(monkeypatch, None)

    assert speak_to_providers(NINE + timedelta(hours=101)) == 1
    assert speak_to_providers(NINE + timedelta(hours=102)) == 0
    assert len(asked) == 1


def test_an_attempt_that_came_to_nothing_leaves_the_fee_due(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = begun()
    saying(monkeypatch, None)
    speak_to_providers(minutes(2))
    assert dossiers.load(payment.dossier_id).payment_status == "pending"

    speak_to_providers(minutes(16))
    speak_to_providers(minutes(61))
    assert dossiers.load(payment.dossier_id).payment_status == "due"
    past = history.events(payment.dossier_id)
    assert [each.data["status"] for each in past if each.type == EventType.PAYMENT_RECORDED] == ["expired"]
    assert notify(notification(payment), minutes(62)) == "00"
    assert dossiers.load(payment.dossier_id).payment_status == "paid"


def test_the_same_pending_answer_is_kept_once(begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch) -> None:
    payment = begun()
    saying(monkeypatch, lambda asked: statement(asked, Verdict.PENDING))
    for minute in (2, 5, 15):
        speak_to_providers(minutes(minute))

    assert len(records.ledger(payment.dossier_id).events[payment.id]) == 1


def test_one_payments_fault_does_not_keep_the_others_waiting(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = [begun() for _ in range(4)]
    bad = payments[0].id
    saying(monkeypatch, lambda payment: 1 / 0 if payment.id == bad else statement(payment))  # type: ignore[return-value]
    speak_to_providers(minutes(2))

    paid = [dossiers.load(payment.dossier_id).payment_status for payment in payments]
    assert paid == ["pending", "paid", "paid", "paid"]


def test_a_provider_that_is_down_is_left_alone_until_the_next_run(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        begun()
    asked = saying(monkeypatch, Silent("HTTP 502"))
    speak_to_providers(minutes(2))

    assert len(asked) == 3


def test_a_silent_provider_bars_no_other_ones_way(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [begun() for _ in range(8)]
    others = [each.model_copy(update={"id": f"{each.dossier_id}-other1", "provider": "momo"}) for each in first]
    for other in others:
        commit(*records.started(other, NINE), records.grown(other.dossier_id))
    spoken: list[str] = []

    def spoken_of(payment: Payment, ledger: Ledger, now: datetime) -> bool:
        spoken.append(payment.provider)
        records.ask_again(payment, now + timedelta(minutes=9), now)
        return payment.provider == "momo"

    monkeypatch.setattr(asking, "_spoken_of", spoken_of)
    speak_to_providers(minutes(2))

    assert (spoken.count("momo"), spoken.count("vnpay")) == (8, 3)
    assert list(records.due_for_question(minutes(2))) == []  # who was passed over waits too


def test_what_cannot_be_asked_at_all_waits_five_minutes_and_is_an_error_each_time(
    begun: Callable[..., Payment], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun()
    saying(monkeypatch, lambda _: 1 / 0)
    for minute in range(2, 13):
        speak_to_providers(minutes(minute))

    assert [each.levelname for each in caplog.records] == ["ERROR"] * 3


def test_what_was_recorded_while_the_provider_was_asked_says_when_to_ask_again(begun: Callable[..., Payment]) -> None:
    payment = begun()
    commit(records.looked_after(payment, "H32.10", minutes(4), None))  # by whoever recorded something meanwhile
    records.ask_again(payment, minutes(60), minutes(2))

    assert list(records.due_for_question(minutes(4))) == [payment.id]
