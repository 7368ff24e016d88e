"""Alarms: each listens to something that is really said, and somebody knows what to do about it."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import yaml

from chalicelib.dossiers import clock_actions
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.life import NotInThisStage, Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.history.rules import SYSTEM, EventType
from chalicelib.notices import own_words, sample
from chalicelib.notices.rules import Notice
from chalicelib.payments import actions, asking, hearing
from chalicelib.payments.rules import Payment
from chalicelib.postal import actions as postal
from chalicelib.postal import handing_over, outcome, rules, vnpost
from chalicelib.postal import records as shipments
from chalicelib.postal.tracking import TrackingEvent
from chalicelib.postal.vnpost_format import Page
from chalicelib.wordings import actions as wordings
from chalicelib.wordings.rules import Typed
from ops import alarms
from ops.local.deploy import expanded
from ops.package import package
from ops.permissions import functions
from tests.bench import price
from tests.payments.conftest import CITIZEN, NINE, WANTED, a_dossier, notification
from tests.payments.test_asking import saying, statement
from tests.postal.conftest import NOW, handed_to_post

COUNTED = {name: alarm for name, alarm in alarms.declared().items() if "lines" in alarm}
LATER = NINE + timedelta(minutes=20)
# What has to be heard of at least, and which kind of alarm says so.
DEMANDED = {
    "errors": ("function-errors", "api-faults"),
    "throttles": ("function-throttles", "table-throttles"),
    "age of oldest message": ("queue-age",),
    "dead letters": ("dead-letters",),
    "stream lag": ("stream-lag",),
    "overdue growth": ("overdue-growth",),
    "payment mismatches": ("payment-mismatches", "payment-faults"),
    "stuck shipments": ("shipments-stuck",),
    "calendar horizon": ("calendar-horizon",),
    "words that fail": ("own-wording-failed",),
}


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return package("production", tmp_path_factory.mktemp("package"), with_requirements=False)


def of(packaged: dict, kind: str) -> dict[str, dict]:
    return {name: each["Properties"] for name, each in packaged["Resources"].items() if each["Type"] == kind}


def matches(pattern: str, line: dict) -> bool:
    """A filter pattern over JSON lines, as CloudWatch Logs reads it: `{ $.a = "b" && ($.c = "d" || $.e = "f") }`."""
    (expression,) = re.fullmatch(r"\{(.*)\}", pattern.strip(), re.DOTALL).groups()
    parts = re.findall(r'\(|\)|&&|\|\||\$\.\w+ = "[^"]*"', expression)
    assert "".join(parts).replace(" ", "") == re.sub(r"\s", "", expression), "a form this reader does not know"
    said = {"&&": " and ", "||": " or ", "(": "(", ")": ")"}
    return bool(eval("".join(said.get(part) or repr(_holds(part, line)) for part in parts)))


def _holds(comparison: str, line: dict) -> bool:
    name, _, value = comparison.removeprefix("$.").partition(" = ")
    return line.get(name) == value.strip('"')


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict]]]:
    """The lines logged during a test, as CloudWatch Logs gets them."""
    written = io.StringIO()
    handlers = logging.getLogger("motcua").handlers
    before = [handler.setStream(written) for handler in handlers]
    assert before, "the service's one logger writes somewhere"
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    for handler, stream in zip(handlers, before, strict=True):
        handler.setStream(stream)


# ——— each line that is counted, said by each function whose logs are looked at ———


def there_is(event: EventType, **facts: object) -> Dossier:
    return dossiers.keep(None, Change(a_dossier(**facts), event, {}), SYSTEM, NINE)


def begun() -> Payment:
    return actions.start(there_is(EventType.SUBMITTED).id, "vnpay", WANTED, CITIZEN, NINE).payment


def a_dossier_becomes_overdue(monkeypatch) -> None:
    there_is(EventType.ACCEPTED, stage=Stage.PROCESSING, accepted_at=NINE, due_at=NINE + timedelta(days=1))
    assert clock_actions.flag_deadlines(NINE + timedelta(days=3)) == 1


def nobody_accepted_in_time(monkeypatch) -> None:
    there_is(EventType.SUBMITTED, fee_due=0, payment_status="none", acceptance_due_at=NINE + timedelta(hours=8))
    assert clock_actions.flag_deadlines(NINE + timedelta(days=1)) == 1


def somebody_pays_another_sum(monkeypatch) -> None:
    hearing.notified("vnpay", notification(begun(), vnp_Amount="100"))


def money_of_nobody_is_notified(monkeypatch) -> None:
    hearing.notified("vnpay", notification(begun(), vnp_TxnRef=f"{'x' * 26}-nobody"))


def the_answer_names_another_sum(monkeypatch) -> None:
    payment = begun()
    saying(monkeypatch, statement(payment).model_copy(update={"amount": 1}))
    assert asking.speak_to_providers(LATER) == 1


def recording_fails_here(monkeypatch) -> None:
    payment = begun()
    monkeypatch.setattr(hearing, "_record", failing)
    hearing.notified("vnpay", notification(payment))


def what_is_signed_cannot_be_read(monkeypatch) -> None:
    hearing.notified("vnpay", notification(begun(), vnp_ResponseCode=""))


def asking_fails_here(monkeypatch) -> None:
    begun()
    saying(monkeypatch, RuntimeError("somebody's number"))
    asking.speak_to_providers(LATER)


def failing(*_: object, **__: object) -> None:
    raise RuntimeError("somebody's number")


def no_address(monkeypatch) -> None:
    monkeypatch.setattr(handing_over, "_order", lambda *_: None)
    dossier_id, n = handed_to_post()
    postal.follow(dossier_id, n, NOW)


def sent() -> tuple[str, int]:
    dossier_id, n = handed_to_post()
    with pytest.MonkeyPatch.context() as taken:
        taken.setattr(vnpost, "place", lambda *_: None)
        taken.setattr(vnpost, "find", lambda *_: None)
        postal.follow(dossier_id, n, NOW)
    return dossier_id, n


def the_carrier_is_silent(monkeypatch) -> None:
    sent()
    postal.retry_due(NOW + rules.SILENCE)


def the_parcel_comes_back(monkeypatch) -> None:
    dossier_id, n = sent()
    order = shipments.load(dossier_id, n).order_number
    event = TrackingEvent(id="1" * 24, order_number=order, code="5", text="Phát hoàn", at=NOW)
    monkeypatch.setattr(vnpost, "pull", lambda *_: Page([event], event.id, is_full=False))
    postal.pull_tracking(NOW + timedelta(hours=1))


def the_dossier_no_longer_waits_for_it(monkeypatch) -> None:
    def moved_on(*_: object) -> None:
        raise NotInThisStage

    monkeypatch.setattr(outcome, "_recorded", moved_on)
    the_parcel_comes_back(monkeypatch)


def own_words_fail(monkeypatch) -> None:
    once = Once("officer:quan", "k", "f", NINE, 303, lambda _: ("/", None))
    wordings.keep("letter/stopped.vi", Typed({"body": "{{ somebody }}"}, "QĐ 1"), 0, "quan", NINE, once)
    facts = next(sample.variations(Notice.STOPPED, "vi", "https://motcua.example", "Khánh Hòa"))
    assert own_words.letter(Notice.STOPPED, "vi", facts, NINE).template == "v1/stopped.vi"


SITUATIONS: list[tuple[str, str, Callable[..., None]]] = [
    ("overdue-growth", "FlagDeadlines", a_dossier_becomes_overdue),
    ("overdue-growth", "FlagDeadlines", nobody_accepted_in_time),
    ("payment-mismatches", "APIHandler", somebody_pays_another_sum),
    ("payment-mismatches", "APIHandler", money_of_nobody_is_notified),
    ("payment-mismatches", "PollPayments", the_answer_names_another_sum),
    ("payment-faults", "APIHandler", recording_fails_here),
    ("payment-faults", "APIHandler", what_is_signed_cannot_be_read),
    ("payment-faults", "PollPayments", asking_fails_here),
    ("shipments-stuck", "DispatchPost", no_address),
    ("shipments-stuck", "RetryDispatch", the_carrier_is_silent),
    ("shipments-stuck", "PullTracking", the_parcel_comes_back),
    ("shipments-stuck", "APIHandler", the_parcel_comes_back),  # the carrier calls, and we pull
    ("shipments-stuck", "PullTracking", the_dossier_no_longer_waits_for_it),
    ("own-wording-failed", "SendNotices", own_words_fail),
    ("own-wording-failed", "APIHandler", own_words_fail),  # looked at by the admin
]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("alarm", "happens"),
    [(alarm, happens) for alarm, _, happens in SITUATIONS],
    ids=lambda each: str(getattr(each, "__name__", each)),
)
def test_what_an_alarm_counts_is_logged_once_and_names_nobody(alarm, happens, monkeypatch, logged):
    happens(monkeypatch)

    lines = logged()
    counted = [line for line in lines if matches(COUNTED[alarm]["lines"]["pattern"], line)]
    assert len(counted) == 1, lines
    assert "Thử" not in json.dumps(counted, ensure_ascii=False)
    assert "somebody" not in json.dumps(counted)
    for other in set(COUNTED) - {alarm}:
        assert [line for line in lines if matches(COUNTED[other]["lines"]["pattern"], line)] == [], other


@pytest.mark.usefixtures("table")
def test_what_goes_well_sounds_no_alarm(logged):
    hearing.notified("vnpay", notification(begun()))
    sent()
    hearing.notified("vnpay", notification(begun()).model_copy(update={"query": (("vnp_SecureHash", "forged"),)}))

    lines = logged()
    assert any(line["message"] == "payment notification" for line in lines)
    for alarm in COUNTED.values():
        assert [line for line in lines if matches(alarm["lines"]["pattern"], line)] == []


def test_the_logs_looked_at_are_those_in_which_it_is_said():
    declared = {(name, function) for name, alarm in COUNTED.items() for function in alarm["lines"]["logs"]}

    assert declared == {(alarm, function) for alarm, function, _ in SITUATIONS}


# ——— the alarms as they are deployed ———


def test_what_somebody_must_hear_of_has_an_alarm_and_nothing_else_has():
    heard = {name for names in DEMANDED.values() for name in names}

    assert heard == set(alarms.declared())


def test_the_cost_of_a_month_counts_every_alarm(packaged):
    assert len(of(packaged, alarms.ALARM)) == price.ALARMS


def test_every_alarm_tells_the_topic_and_tells_when_it_is_over(packaged):
    for name, alarm in of(packaged, alarms.ALARM).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}], name
        assert re.search(r"docs/runbooks/([\w-]+)\.md$", alarm["AlarmDescription"])[1] in alarms.declared(), name


def test_every_function_and_every_queue_is_watched(packaged):
    made = set(of(packaged, alarms.ALARM))
    queues = of(packaged, "AWS::SQS::Queue")

    for name in functions(packaged):
        assert {f"{name}FunctionErrors", f"{name}FunctionThrottles"} <= made
    for name in queues:
        assert (f"{name}DeadLetters" if name.endswith("DeadLetters") else f"{name}QueueAge") in made


def test_what_logs_count_is_a_metric_of_this_stack_alone(packaged):
    filters = of(packaged, "AWS::Logs::MetricFilter").values()
    listened = {
        json.dumps(alarm["MetricName"])
        for alarm in of(packaged, alarms.ALARM).values()
        if alarm["Namespace"] == alarms.NAMESPACE and not alarm["Dimensions"]
    }

    assert listened == {json.dumps(each["MetricTransformations"][0]["MetricName"]) for each in filters}
    assert all("${AWS::StackName}" in name for name in listened)
    assert len(listened) == len(COUNTED)


def test_a_function_that_fails_at_all_its_tries_is_heard_of_wherever_the_period_is_cut():
    errors = alarms.declared()["function-errors"]
    tries, spread = 3, timedelta(minutes=4)

    assert timedelta(seconds=errors["seconds"]) > spread
    assert errors["than"] < (tries + 1) // 2, "the larger part of the tries is in one period"


def test_one_dashboard_shows_every_alarm_and_what_it_measures(packaged):
    (dashboard,) = of(packaged, "AWS::CloudWatch::Dashboard").values()
    body = json.loads(dashboard["DashboardBody"]["Fn::Sub"])
    states, *measured = body["widgets"]
    made = of(packaged, alarms.ALARM)

    assert [each[2:-5] for each in states["properties"]["alarms"]] == list(made)
    assert len(made) <= 100, "more than a widget shows"
    assert [each["properties"]["title"] for each in measured] == list(alarms.declared())
    assert sum(len(each["properties"]["metrics"]) for each in measured) == len(made)


def test_the_dashboard_names_only_what_the_stack_has(packaged):
    native = expanded(packaged, lambda archive: ("motcua-code", "code.zip"))
    body = native["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    named = {each.partition(".")[0] for each in re.findall(r"\$\{([\w.]+)\}", body)}

    assert named <= {*native["Resources"], *native["Parameters"]}


def test_the_packaged_template_stays_small_enough_to_be_deployed(packaged):
    native = expanded(packaged, lambda archive: ("motcua-code", "code.zip"))

    assert len(native["Resources"]) <= 500
    assert len(json.dumps(native, ensure_ascii=False).encode()) <= 1_000_000
    assert yaml.safe_load(alarms.ALARMS.read_text(encoding="utf-8"))
