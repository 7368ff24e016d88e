"""Each step's own clock, where there is one: begun by an assignment, stopped with the dossier's, late or not."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Step
from chalicelib.clock.calendars import load
from chalicelib.clock.deadlines import due, working_time
from chalicelib.clock.events import ResumeMode
from chalicelib.clock.rules import ZONE, PauseCause, Processing, Unit
from chalicelib.dossiers import filing, moves, records, stepwork, stops
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.control import steps as slip
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.results import Result
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import events
from chalicelib.history.rules import GENESIS, SYSTEM, Event
from chalicelib.web import serving
from tests.dossiers.conftest import FREE, a_procedure, accepted, file
from tests.dossiers.test_clock_of_a_dossier import MONDAY, Time
from tests.dossiers.test_finish import fault, finish, outage
from tests.dossiers.test_life import a_dossier
from tests.dossiers.test_recalendar import settle, storm
from tests.people import Reply, Town

HERE, MINH = "H32.10", "specialist-H32.10"
EIGHT_HOURS = Processing(unit=Unit.WORKING_HOUR, amount=8)
ONE_DAY = Processing(unit=Unit.WORKING_DAY, amount=1)
APPRAISE, DRAW_UP, APPROVE = "Thẩm định", "Dự thảo", "Phê duyệt"
STEPS = (Step(name=APPRAISE, processing=EIGHT_HOURS), Step(name=DRAW_UP), Step(name=APPROVE, processing=ONE_DAY))
STEPPED = a_procedure("1.000041", steps=STEPS)
NO_TERM = a_procedure("1.000042", steps=STEPS, processing=None)
WAIT = {"cause": "other_agency", "reason": "Chờ xác minh"}


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(MONDAY)
    monkeypatch.setattr(serving, "now", time)
    return time


@pytest.fixture
def town(town: Town) -> Town:
    for procedure in (STEPPED, NO_TERM):
        catalogue.publish(procedure, date(2025, 7, 1))
    return town


def assign(town: Town, dossier_id: str, step: str | None = None, officer: str = MINH) -> Reply:
    said = {"officer": officer} | ({"step": step} if step else {})
    return town.officer("supervisor", HERE).decide(dossier_id, "assignment", said)


def decide(town: Town, dossier_id: str, what: str, said: Any = None) -> dict[str, Any]:
    done = town.officer("specialist", HERE).decide(dossier_id, what, said)
    assert done.status == 200, done
    return dict(done.body)


def step_of(town: Town, dossier_id: str) -> dict[str, Any]:
    return dict(town.officer("specialist", HERE).get(f"/dossiers/{dossier_id}").body["step"])


def taken(town: Town, dossier_id: str) -> list[tuple[str, str | None, str | None, bool]]:
    explained = town.citizen().get(f"/dossiers/{dossier_id}/deadline").body["steps"]
    return [(each["name"], each["due_at"], each["ended_at"], each["late"]) for each in explained]


def test_a_step_starts_at_the_assignment_that_names_it_and_history_tells(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    time.passes(hours=1)
    begun = assign(town, dossier_id, APPRAISE).body

    step = {"name": APPRAISE, "started_at": "2026-06-01T10:00:00+07:00", "due_at": "2026-06-02T10:00:00+07:00"}
    assert begun["step"] == {**step, "late": False}
    assert events(dossier_id)[-1].data == {"officer": MINH, "step": step}
    cards = town.officer("specialist", HERE).get("/desk/dossiers?queue=in_progress").body["items"]
    assert [card["step"] for card in cards if card["id"] == dossier_id] == [{**step, "late": False}]


def test_out_of_hours_it_starts_when_work_does(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    time.at = datetime(2026, 6, 5, 22, 0, tzinfo=ZONE)  # Friday night
    begun = assign(town, dossier_id, APPRAISE).body["step"]

    assert (begun["started_at"], begun["due_at"]) == ("2026-06-08T07:00:00+07:00", "2026-06-08T17:00:00+07:00")


def test_it_ends_when_another_is_named_and_neither_with_another_officer_nor_by_its_own_name(
    town: Town, time: Time
) -> None:
    dossier_id = accepted(town, STEPPED.code)
    assign(town, dossier_id, APPRAISE)
    first = step_of(town, dossier_id)
    for again in (None, APPRAISE):
        time.passes(minutes=10)
        assert assign(town, dossier_id, again, "lan").body["step"] == first
    time.passes(minutes=10)
    assert assign(town, dossier_id, DRAW_UP).body["step"]["due_at"] is None
    time.passes(hours=1)
    assign(town, dossier_id, APPRAISE)  # back again: it begins anew

    assert taken(town, dossier_id) == [
        (APPRAISE, "2026-06-02T09:00:00+07:00", "2026-06-01T09:30:00+07:00", False),
        (DRAW_UP, None, "2026-06-01T10:30:00+07:00", False),
        (APPRAISE, "2026-06-02T10:30:00+07:00", None, False),
    ]


def test_a_pause_of_the_dossier_moves_the_steps_date_too(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    assign(town, dossier_id, APPRAISE)
    time.passes(hours=1)
    decide(town, dossier_id, "suspension", WAIT)
    time.at = MONDAY + timedelta(days=2, hours=1)
    assert step_of(town, dossier_id)["late"] is False, "it stands since Monday"
    resumed = decide(town, dossier_id, "resumption")

    assert resumed["step"]["due_at"] == "2026-06-04T09:00:00+07:00"
    assert events(dossier_id)[-1].data["step"]["due_at"] == "2026-06-04T09:00:00+07:00"


def test_a_step_begun_while_the_clock_stands_waits_with_it(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    decide(town, dossier_id, "suspension", WAIT)
    time.passes(days=1)
    assert assign(town, dossier_id, APPRAISE).body["step"]["due_at"] == "2026-06-03T09:00:00+07:00"
    time.passes(days=1)
    assert decide(town, dossier_id, "resumption")["step"]["due_at"] == "2026-06-04T09:00:00+07:00"


def test_an_extension_of_the_dossier_is_none_of_the_steps(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    before = assign(town, dossier_id, APPRAISE).body["step"]
    extended = town.officer("approver", HERE).decide(dossier_id, "extension", {"reason": "Phức tạp", "days": 3}).body

    assert extended["step"] == before


def test_late_is_told_on_the_desk_in_the_explanation_and_on_the_slip(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    assign(town, dossier_id, APPRAISE)
    time.passes(days=1, minutes=1)
    card = town.officer("supervisor", HERE).get("/desk/dossiers?queue=all").body["items"][0]
    assert (card["step"]["late"], card["overdue"], step_of(town, dossier_id)["late"]) == (True, False, True)
    assert taken(town, dossier_id)[0][3] is True
    late = {"note": "Phân công giải quyết bước “Thẩm định”, hạn 09:00 ngày 02/06/2026", "outcome": "Quá hạn"}
    assign(town, dossier_id, APPROVE)
    assert late.items() <= slip(events(dossier_id), None)[1].items()

    decide(town, dossier_id, "suspension", WAIT)
    time.passes(days=30)
    card = town.officer("supervisor", HERE).get("/desk/dossiers?queue=all").body["items"][0]
    assert (card["step"]["name"], card["step"]["late"]) == (APPROVE, False), "its clock stands"
    decide(town, dossier_id, "resumption")
    town.officer("approver", HERE).decide(dossier_id, "result", {"outcome": "granted", "documents": []})

    assert [each[3] for each in taken(town, dossier_id)] == [True, False]
    rows = slip(events(dossier_id), None)
    assert [row["outcome"] for row in rows if "bước" in row["note"]] == ["Quá hạn", "Đúng hạn"]
    papers = town.officer("clerk", HERE).get(f"/dossiers/{dossier_id}/papers").body["items"]
    paper = next(each["paper_id"] for each in papers if each["kind"] == "control_slip")
    assert town.officer("clerk", HERE).get(f"/dossiers/{dossier_id}/papers/{paper}").status == 200


def test_each_hand_over_within_a_step_has_the_steps_date(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    for hours, officer in ((0, "minh"), (1, "lan"), (48, "hoa")):
        time.at = MONDAY + timedelta(hours=hours)
        assign(town, dossier_id, APPRAISE, officer)
    time.passes(minutes=1)
    town.citizen().post(f"/dossiers/{dossier_id}/messages", {"text": "Bao giờ xong?"})

    rows = [row for row in slip(events(dossier_id), None) if "bước" in row["note"]]
    assert [(row["receiver"], row["outcome"]) for row in rows] == [
        ("minh", "Đúng hạn"), ("lan", "Quá hạn"), ("hoa", "Quá hạn"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("procedure", "stage", "step", "said"),
    [
        (STEPPED.code, "accepted", "Bịa ra", (422, "/step", "step_not_in_procedure")),
        (FREE.code, "accepted", APPRAISE, (422, "/step", "step_not_in_procedure")),
        (STEPPED.code, "submitted", APPRAISE, (422, "/step", "step_before_acceptance")),
        (STEPPED.code, "accepted", " ", (422, "/step", "too_short")),
        (STEPPED.code, "accepted", 7, (422, "/step", "wrong_type")),
    ],
)
def test_a_step_that_cannot_begin_is_refused(
    town: Town, time: Time, procedure: str, stage: str, step: Any, said: tuple[int, str, str]
) -> None:
    dossier_id = accepted(town, procedure) if stage == "accepted" else str(file(town.citizen(), procedure)["id"])
    before = records.load(dossier_id)
    told = town.officer("supervisor", HERE).decide(dossier_id, "assignment", {"officer": MINH, "step": step})

    assert fault(told)[:2] == said[:2]
    assert fault(told)[2] == said[2] or said[2] in ("too_short", "wrong_type")
    assert records.load(dossier_id) == before
    assert assign(town, dossier_id).status == 200, "nothing changes for who names no step"
    assert "step" not in events(dossier_id)[-1].data


def test_who_may_assign_may_name_a_step(town: Town, time: Time) -> None:
    dossier_id, body = accepted(town, STEPPED.code), {"officer": MINH, "step": APPRAISE}
    for role in ("clerk", "approver", "auditor", "admin", "finance", "post_clerk"):
        assert town.officer(role, HERE).post(f"/dossiers/{dossier_id}/assignment", body, seen='"3"').status == 403
    given = {"officer": "lan", "step": APPRAISE}
    assert town.officer("specialist", HERE).decide(dossier_id, "assignment", given).status == 403
    assert town.officer("specialist", HERE).decide(dossier_id, "assignment", body).status == 200


def test_the_end_of_the_work_ends_the_step_and_a_declared_finish_when_it_says(town: Town, time: Time) -> None:
    dossier_id = accepted(town, STEPPED.code)
    time.passes(hours=1)
    assign(town, dossier_id, APPRAISE)
    time.passes(days=1, hours=3)
    outage(town, MONDAY, time.at)

    early = finish(town, dossier_id, MONDAY + timedelta(minutes=59), {"outage": "1"})
    assert fault(early) == (422, "/finished/at", "finish_before_clock_event"), "the step had not begun"
    done = finish(town, dossier_id, MONDAY + timedelta(hours=2), {"outage": "1"})
    assert (done.status, done.body["step"]) == (200, None)
    assert taken(town, dossier_id) == [(APPRAISE, "2026-06-02T10:00:00+07:00", "2026-06-01T11:00:00+07:00", False)]


@pytest.mark.parametrize("what", ["stop", "withdrawal"])
def test_stopped_or_withdrawn_no_step_goes_on(town: Town, time: Time, what: str) -> None:
    dossier_id = accepted(town, STEPPED.code)
    assign(town, dossier_id, APPRAISE)
    time.passes(hours=1)
    who = town.citizen() if what == "withdrawal" else town.officer("approver", HERE)
    assert who.decide(dossier_id, what, {"reason": "Thử"}).body["step"] is None
    assert taken(town, dossier_id)[0][2] == "2026-06-01T10:00:00+07:00"


@pytest.mark.parametrize("procedure", [STEPPED.code, NO_TERM.code])
def test_an_amended_calendar_moves_the_steps_date_even_where_the_dossiers_stays(
    town: Town, time: Time, procedure: str
) -> None:
    time.at = datetime(2026, 6, 5, 9, 0, tzinfo=ZONE)
    dossier_id = accepted(town, procedure)
    time.at = datetime(2026, 6, 12, 8, 0, tzinfo=ZONE)  # Friday, an hour before the dossier is due
    before = assign(town, dossier_id, APPROVE).body
    assert before["step"]["due_at"] == "2026-06-15T08:00:00+07:00"
    storm(town, "2026-06-15")
    settle(time)

    after = town.citizen().get(f"/dossiers/{dossier_id}").body
    assert (after["due_at"], after["step"]["due_at"]) == (before["due_at"], "2026-06-16T08:00:00+07:00")
    told = events(dossier_id)[-1]
    assert (told.type, told.data["later"], told.data["step"]["due_at"]) == (
        "calendar_changed", False, "2026-06-16T08:00:00+07:00",
    )  # fmt: skip
    assert taken(town, dossier_id)[0][1] == "2026-06-16T08:00:00+07:00"
    settle(time)
    assert events(dossier_id)[-1] == told


# ——— what a procedure may set ———


def test_a_dossier_pins_the_steps_times_and_of_other_procedures_nothing() -> None:
    assert [(each.name, each.processing) for each in filing.pinned(STEPPED).steps] == [
        (APPRAISE, EIGHT_HOURS), (DRAW_UP, None), (APPROVE, ONE_DAY),
    ]  # fmt: skip
    untimed = a_procedure("1.000043", steps=(Step(name=APPRAISE), Step(name=APPRAISE)))
    assert filing.pinned(untimed).steps == ()


def days(amount: int, name: str = APPRAISE) -> Step:
    return Step(name=name, processing=Processing(unit=Unit.WORKING_DAY, amount=amount))


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ((days(3), days(2, APPROVE)), None),
        ((days(3), days(3, APPROVE)), "steps_exceed_the_whole"),
        ((days(6),), "steps_exceed_the_whole"),
        ((days(5), Step(name=APPROVE, processing=EIGHT_HOURS)), None),  # other units are not compared
        ((days(1), days(1)), "step_named_twice"),
        ((days(1), Step(name=APPRAISE)), "step_named_twice"),
        ((Step(name=APPRAISE), Step(name=APPRAISE)), None),  # no clock rests on them
    ],
)
def test_steps_fit_into_the_whole_and_are_told_apart(steps: tuple[Step, ...], refused: str | None) -> None:
    if refused is None:
        assert a_procedure("1.000044", steps=steps).steps == steps
        return
    with pytest.raises(ValidationError, match=refused):
        a_procedure("1.000044", steps=steps)


# ——— laws ———


class Life:
    """A dossier and its history, moved by the rules alone."""

    def __init__(self, at: datetime, resume: ResumeMode) -> None:
        procedure = filing.pinned(STEPPED).model_copy(update={"resume": resume})
        self.head: Dossier = a_dossier(Stage.SUBMITTED, procedure=procedure)
        self.past: list[Event] = []
        self.happen(moves.accept(self.head, at, load()), at)

    def happen(self, change: Change, at: datetime) -> None:
        seq = self.head.version + 1
        event = Event(
            dossier_id="d", seq=seq, type=change.event, at=at, actor=SYSTEM, data=change.data, prev=GENESIS, hash="x"
        )
        self.past.append(event)
        self.head = change.after.model_copy(update={"version": seq})

    def assign(self, step: str | None, at: datetime) -> None:
        self.happen(stepwork.assign(self.head, "lan", step, self.past, at, load()), at)

    def toggle(self, at: datetime) -> None:
        """Stops the clock, or sets it going again."""
        if self.head.paused_since is None:
            self.happen(stops.suspend(self.head, PauseCause.OTHER_AGENCY, "Chờ", at), at)
        else:
            self.happen(stops.resume(self.head, self.past, at, load()), at)


FIRST = datetime(2018, 1, 2, 9, tzinfo=ZONE)
instants = st.integers(0, 8 * 365 * 24 * 60).map(lambda n: FIRST + timedelta(minutes=n))
deeds = st.sampled_from([APPRAISE, DRAW_UP, APPROVE, None, "toggle", "toggle"])


@given(instants, st.lists(st.tuples(st.integers(0, 4000), deeds), max_size=12), st.sampled_from(ResumeMode))
def test_whatever_happens_the_replay_of_events_gives_the_same_step_and_date(
    start: datetime, happened: list[tuple[int, str | None]], resume: ResumeMode
) -> None:
    life, at = Life(start, resume), start
    for minutes, deed in happened:
        at += timedelta(minutes=minutes)
        life.toggle(at) if deed == "toggle" else life.assign(deed, at)
        assert stepwork.current(life.past, life.head.procedure, load()) == life.head.step
        told = stepwork.runs(life.past)
        assert bool(life.head.step) == bool(told)
        if life.head.step:
            assert (told[-1].name, told[-1].started_at, told[-1].due_at) == tuple(dict(life.head.step).values())
    assert all(run.ended_at is not None for run in stepwork.runs(life.past)[:-1])


@given(instants, st.lists(st.tuples(st.integers(0, 900), st.integers(0, 4000)), max_size=4))
def test_the_steps_date_moves_by_exactly_the_working_time_paused(start: datetime, gaps: list[tuple[int, int]]) -> None:
    life, at = Life(start, ResumeMode.CONTINUE), start
    life.assign(APPRAISE, at)
    first, stood = due(at, EIGHT_HOURS, load()).due_at, timedelta()
    for gap, length in gaps:
        begin, at = at + timedelta(minutes=gap), at + timedelta(minutes=gap + length)
        life.toggle(begin)
        life.toggle(at)
        stood += working_time(begin, at, load())

    assert life.head.step is not None
    assert working_time(first, life.head.step.due_at or first, load()) == stood
    assert stood or life.head.step.due_at == first


@given(instants, st.integers(0, 4000), st.integers(0, 4000))
def test_a_step_that_begins_in_a_pause_has_its_whole_time_from_the_resumption(
    start: datetime, before: int, after: int
) -> None:
    life = Life(start, ResumeMode.CONTINUE)
    begun = start + timedelta(minutes=before)
    resumed = begun + timedelta(minutes=after)
    life.toggle(start)
    life.assign(APPRAISE, begun)
    life.toggle(resumed)

    assert life.head.step is not None
    date_ = life.head.step.due_at or resumed
    assert working_time(resumed, date_, load()) == timedelta(hours=8)


def test_a_step_ends_with_the_decision_in_the_pure_rules_too() -> None:
    life = Life(FIRST, ResumeMode.CONTINUE)
    life.assign(APPRAISE, FIRST)
    at = FIRST + timedelta(hours=2)
    life.happen(moves.decide(life.head, Result(outcome="granted"), at), at)

    assert life.head.step is None
    assert [(run.name, run.ended_at) for run in stepwork.runs(life.past)] == [(APPRAISE, at)]
