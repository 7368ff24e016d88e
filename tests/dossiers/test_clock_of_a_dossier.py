"""The promises made to one dossier: when its clocks run, stop and go on, and what is flagged when."""

from datetime import datetime, timedelta
from itertools import pairwise

import boto3
import pytest

from chalicelib.clock.calendars import load
from chalicelib.clock.deadlines import minus_working_hours, working_time
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import clock_actions, control, records
from chalicelib.history.records import events
from chalicelib.settings import settings
from chalicelib.web import serving
from tests.dossiers.conftest import FREE, WITH_PAPER, a_draft, accepted, file
from tests.people import Town

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)


class Time:
    """The moment at which requests arrive."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(MONDAY)
    monkeypatch.setattr(serving, "now", time)
    return time


def types(dossier_id: str) -> list[str]:
    return [event.type.value for event in events(dossier_id)]


def test_the_dates_are_promised_from_the_moment_of_acceptance(town: Town, time: Time) -> None:
    filed = file(town.citizen())
    assert filed["acceptance_due_at"] == "2026-06-02T09:00:00+07:00"  # 8 working hours, Monday to Tuesday
    time.passes(hours=1)
    dossier = town.officer("clerk", "H32.10").decide(filed["id"], "acceptance").body
    assert dossier["accepted_at"] == "2026-06-01T10:00:00+07:00"
    assert dossier["due_at"] == dossier["first_due_at"] == "2026-06-08T10:00:00+07:00"  # Monday of next week


def test_filed_at_night_the_desks_hours_begin_in_the_morning(town: Town, time: Time) -> None:
    time.at = datetime(2026, 6, 5, 22, 30, tzinfo=ZONE)  # Friday
    assert file(town.citizen())["acceptance_due_at"] == "2026-06-08T17:00:00+07:00"  # the whole of Monday


def test_a_suspension_moves_the_date_by_the_working_time_it_lasted(town: Town, time: Time) -> None:
    dossier_id, minh = accepted(town), town.officer("specialist", "H32.10")
    minh.decide(dossier_id, "assignment", {"officer": "specialist-H32.10"})
    time.passes(days=1)
    suspended = minh.decide(dossier_id, "suspension", {"cause": "other_agency", "reason": "Chờ ý kiến Sở Xây dựng"})
    assert (suspended.body["status"], suspended.body["pause_cause"]) == ("processing", "other_agency"), suspended
    assert [card["id"] for card in minh.get("/desk/dossiers?queue=paused").body["items"]] == [dossier_id]
    time.passes(days=2)
    resumed = minh.decide(dossier_id, "resumption").body
    assert (resumed["due_at"], resumed["first_due_at"]) == ("2026-06-10T09:00:00+07:00", "2026-06-08T09:00:00+07:00")


def test_a_financial_obligation_is_a_status_of_its_own(town: Town, time: Time) -> None:
    dossier_id, minh = accepted(town), town.officer("specialist", "H32.10")
    owed = minh.decide(dossier_id, "suspension", {"cause": "financial_obligation", "reason": "Nộp thuế"}).body
    assert (owed["status"], owed["national_status"], owed["turn"]["who"]) == ("awaiting_obligation", 6, "citizen")
    assert minh.decide(dossier_id, "resumption").body["status"] == "accepted"


def test_a_cause_the_procedure_does_not_allow_stops_no_clock(town: Town, time: Time) -> None:
    refused = town.officer("specialist", "H32.10").decide(
        accepted(town), "suspension", {"cause": "force_majeure", "reason": "Bão"}
    )
    assert (refused.status, refused.body["code"]) == (422, "cause_not_allowed")


def test_a_supplement_after_acceptance_stops_the_settlement_clock(town: Town, time: Time) -> None:
    dossier_id, minh, binh = accepted(town), town.officer("specialist", "H32.10"), town.citizen()
    items = {"items": [{"field": "purpose", "reason": "Ghi rõ"}]}
    assert town.officer("clerk", "H32.10").decide(dossier_id, "supplement-requests", items).status == 403
    asked = minh.decide(dossier_id, "supplement-requests", items)
    assert asked.body["status"] == "supplement_requested"
    time.passes(days=7)
    answered = binh.post(f"/dossiers/{dossier_id}/supplements").body
    assert (answered["status"], answered["due_at"]) == ("processing", "2026-06-15T09:00:00+07:00")

    again = minh.decide(dossier_id, "supplement-requests", items)
    assert (again.status, again.body["errors"][0]["code"]) == (422, "second_supplement_needs_reason")
    late = minh.decide(dossier_id, "supplement-requests", items | {"note": "Phát hiện thêm khi thẩm định"})
    assert late.body["supplement"]["late"] is True
    notes = [each["note"] for each in control.steps(events(dossier_id), None)]
    assert [note for note in notes if "bổ sung" in note] == [
        "Yêu cầu bổ sung",
        "Đã bổ sung",
        "Yêu cầu bổ sung lần nữa sau khi tiếp nhận, tính là chậm",
    ]


def test_an_extension_is_given_once_and_before_the_date(town: Town, time: Time) -> None:
    dossier_id, boss = accepted(town), town.officer("approver", "H32.10")
    extended = boss.decide(dossier_id, "extension", {"reason": "Hồ sơ phức tạp", "days": 3}).body
    assert (extended["due_at"], extended["first_due_at"]) == ("2026-06-11T09:00:00+07:00", "2026-06-08T09:00:00+07:00")
    again = boss.decide(dossier_id, "extension", {"reason": "Vẫn phức tạp", "days": 3})
    assert (again.status, again.body["code"]) == (409, "extended_already")

    other = accepted(town)
    time.passes(days=30)
    late = boss.decide(other, "extension", {"reason": "Quá bận", "days": 3})
    assert (late.status, late.body["code"]) == (409, "extended_too_late")


def test_the_deadline_explains_itself_day_by_day(town: Town, time: Time) -> None:
    time.at = datetime(2026, 4, 27, 9, 0, tzinfo=ZONE)  # Monday, off for Hùng Kings' Day, which was Sunday
    dossier_id = accepted(town)
    explained = town.citizen().get(f"/dossiers/{dossier_id}/deadline", headers={"Accept-Language": "en"}).body
    assert explained["due_at"] == "2026-05-07T07:00:00+07:00"
    counted = {line["date"]: line["counted"] for line in explained["lines"]}
    assert not any(counted[day] for day in ("2026-04-27", "2026-04-30", "2026-05-01"))
    assert counted["2026-05-04"]


def test_whoever_may_know_the_date_may_know_why(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    dossier = town.citizen().get(f"/dossiers/{dossier_id}").body
    own = town.citizen().get(f"/dossiers/{dossier_id}/deadline").body
    asked = {"code": dossier["code"], "proof": "3456"}
    assert town.anyone.post("/deadline-lookups", asked).body == own
    assert own["due_at"] == dossier["due_at"]
    assert town.anyone.post("/deadline-lookups", asked | {"proof": "0000"}).body["code"] == "lookup_no_match"


def test_each_flag_is_raised_once_however_often_the_sweep_runs(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    due = records.load(dossier_id).due_at
    assert due is not None
    soon = minus_working_hours(due, 24, load())
    assert working_time(soon, due, load()) == timedelta(hours=24)

    assert clock_actions.flag_deadlines(soon - timedelta(minutes=1)) == 0
    assert [clock_actions.flag_deadlines(soon) for _ in range(3)] == [1, 0, 0]
    opening = due.replace(hour=7, minute=0)
    assert clock_actions.flag_deadlines(opening - timedelta(minutes=1)) == 0
    assert [clock_actions.flag_deadlines(opening) for _ in range(3)] == [1, 0, 0]
    assert [clock_actions.flag_deadlines(due + timedelta(minutes=1)) for _ in range(3)] == [1, 0, 0]
    assert types(dossier_id)[-3:] == ["due_soon", "due_today", "overdue"]
    assert {event.data["due_at"] for event in events(dossier_id)[-3:]} == {due.isoformat()}


def test_flags_that_come_too_late_are_told_by_the_last_of_them(town: Town, time: Time) -> None:
    """A dossier accepted on the very day it is due, or one at which nobody looked for a while."""
    on_the_day, late = accepted(town), accepted(town)
    due = records.load(late).due_at
    assert due is not None
    town.officer("approver", "H32.10").decide(late, "extension", {"reason": "Chờ", "days": 1})
    assert clock_actions.flag_deadlines(due - timedelta(hours=1)) == 2
    assert [types(each)[-1] for each in (on_the_day, late)] == ["due_today", "due_soon"]
    assert [clock_actions.flag_deadlines(due + timedelta(days=2)) for _ in range(2)] == [2, 0]
    assert types(on_the_day)[-2:] == ["due_today", "overdue"]
    assert types(late)[-2:] == ["due_soon", "overdue"]


def test_a_moved_date_may_be_flagged_anew(town: Town, time: Time) -> None:
    dossier_id, minh = accepted(town), town.officer("specialist", "H32.10")
    due = records.load(dossier_id).due_at
    assert due is not None
    assert [clock_actions.flag_deadlines(due) for _ in range(2)] == [1, 0]
    time.at = due + timedelta(hours=1)
    minh.decide(dossier_id, "suspension", {"cause": "other_agency", "reason": "Chờ"})
    assert clock_actions.flag_deadlines(due + timedelta(days=30)) == 0  # a stopped clock is not flagged
    time.passes(days=7)
    minh.decide(dossier_id, "resumption")
    assert clock_actions.flag_deadlines(due + timedelta(days=30)) == 1
    assert [each for each in types(dossier_id) if each in ("due_soon", "due_today", "overdue")] == ["overdue"] * 2


def test_a_late_acceptance_is_flagged_and_counted(town: Town, time: Time) -> None:
    filed = file(town.citizen())
    assert clock_actions.flag_deadlines(MONDAY + timedelta(days=2)) == 1
    assert clock_actions.flag_deadlines(MONDAY + timedelta(days=3)) == 0
    assert types(filed["id"])[-1] == "acceptance_overdue"
    time.passes(days=3)
    town.officer("clerk", "H32.10").decide(filed["id"], "acceptance")
    assert events(filed["id"])[-1].data["late"] is True


def test_overdue_and_due_soon_are_stretches_of_the_same_queue(town: Town, time: Time) -> None:
    dossier_id, an = accepted(town), town.officer("clerk", "H32.10")

    def queues() -> list[str]:
        names = ("in_progress", "due_soon", "overdue")
        return [name for name in names if an.get(f"/desk/dossiers?queue={name}").body["items"]]

    assert queues() == ["in_progress"]
    time.at = datetime(2026, 6, 5, 9, 0, tzinfo=ZONE)
    assert queues() == ["in_progress", "due_soon"]
    time.at = datetime(2026, 6, 8, 9, 1, tzinfo=ZONE)
    assert queues() == ["in_progress", "overdue"]
    assert town.citizen().get(f"/dossiers/{dossier_id}").body["overdue"] is True


def test_a_draft_is_warned_of_then_erased_with_its_files(town: Town, time: Time, uploaded) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft(WITH_PAPER.code)).body["id"]
    uploaded(binh, draft, "giay-to")
    assert clock_actions.expire_drafts(MONDAY + timedelta(days=26, hours=23)) == 0
    warned = MONDAY + timedelta(days=27)
    assert [clock_actions.expire_drafts(warned) for _ in range(2)] == [1, 0]
    assert clock_actions.expire_drafts(warned + timedelta(days=2)) == 0
    assert clock_actions.expire_drafts(warned + timedelta(days=3)) == 1
    assert types(draft) == ["created", "draft_expiring", "draft_expired"]

    gone = binh.get(f"/dossiers/{draft}")
    assert (gone.status, gone.body["code"]) == (410, "draft_expired")
    assert binh.get("/dossiers").body["items"] == []
    assert records.load(draft).applicant is None
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=settings().BUCKET)


def test_a_draft_that_is_edited_lives_on(town: Town, time: Time) -> None:
    binh = town.citizen()
    draft = binh.post("/dossiers", a_draft()).body["id"]
    clock_actions.expire_drafts(MONDAY + timedelta(days=27))
    time.passes(days=28)
    binh.patch(f"/dossiers/{draft}", {"form": {"copies": 2}}, seen='"2"')
    assert clock_actions.expire_drafts(MONDAY + timedelta(days=40)) == 0
    assert clock_actions.expire_drafts(MONDAY + timedelta(days=55)) == 1
    assert types(draft)[-1] == "draft_expiring"


def test_one_dossier_that_cannot_be_flagged_keeps_no_other_waiting(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = accepted(town), accepted(town)
    load_dossier = records.load
    monkeypatch.setattr(records, "load", lambda found: 1 / 0 if found == broken else load_dossier(found))
    with pytest.raises(ExceptionGroup):
        clock_actions.flag_deadlines(MONDAY + timedelta(days=30))
    monkeypatch.undo()
    assert types(sound)[-1] == "overdue"
    assert types(broken)[-1] == "accepted"


def test_the_history_is_a_chain_that_shows_where_it_was_broken(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    happened = town.citizen().get(f"/dossiers/{dossier_id}/history").body
    assert happened["intact"]
    assert all(after["prev"] == before["hash"] for before, after in pairwise(happened["items"]))

    from chalicelib.history.records import EventItem

    item = EventItem.get(f"D#{dossier_id}", "E#000002")
    item.data = item.data | {"fee_due": 1}
    item.save()
    assert town.citizen().get(f"/dossiers/{dossier_id}/history").body["intact"] is False
    assert FREE.code == happened["items"][0]["data"]["procedure"]
