"""A new edition of the calendar replays every open dossier, tells whom it makes wait, and may be cut short anywhere."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.catalogue import actions as catalogue
from chalicelib.clock import actions as clock
from chalicelib.clock import records as editions
from chalicelib.clock.amendments import Amendment
from chalicelib.clock.calendars import load
from chalicelib.clock.dayrules import Rule, sourced
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import recalendar_actions, records, sweeps
from chalicelib.dossiers import recalendar_records as replays
from chalicelib.history import records as history
from chalicelib.history.rules import broken_at
from chalicelib.table import Lost
from chalicelib.web import serving
from tests.dossiers.conftest import AGENCIES, PAID, a_draft, a_procedure, accepted, file
from tests.dossiers.test_clock_of_a_dossier import Time, types
from tests.people import Reply, Town

pytestmark = pytest.mark.slow

FRIDAY = datetime(2026, 6, 5, 9, 0, tzinfo=ZONE)
HERE, ELSEWHERE = "H32.10", "H32.11"
OTHER_DESK = a_procedure("1.000031", agencies=(ELSEWHERE,))
SOURCE = {"vi": "Công điện 01/CĐ-UBND", "en": "Urgent dispatch 01/CĐ-UBND"}
WAIT = {"cause": "other_agency", "reason": "Chờ xác minh"}
FIELD = {"items": [{"field": "purpose", "reason": "Ghi rõ"}]}
GRANTED: dict[str, Any] = {"outcome": "granted", "documents": []}


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(FRIDAY)
    monkeypatch.setattr(serving, "now", time)
    return time


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalendar_actions, "PAGE", 2)


def amend(town: Town, **said: Any) -> Reply:
    facts = {"announced_at": "2026-06-05", "source": SOURCE, **said}
    reply = town.officer("admin", "H32").post("/calendar/amendments", facts)
    assert reply.status == 201, reply
    return reply


def storm(town: Town, day: str = "2026-06-10", **scope: Any) -> Reply:
    return amend(town, day_off={"date": day, "name": {"vi": "nghỉ do bão", "en": "storm"}}, **scope)


def replayed(time: Time, **by: float) -> replays.Progress:
    time.passes(**by or {"minutes": 2})
    return recalendar_actions.recalendar(time.at)


def settle(time: Time) -> replays.Progress:
    replayed(time)
    return replayed(time, minutes=11)


def a_desk(town: Town, each: int = 1) -> dict[str, list[str]]:
    """Dossiers in every open stage, and some that are none."""
    clerk, minh = town.officer("clerk", HERE), town.officer("specialist", HERE)
    made = {stage: [accepted(town) for _ in range(each)] for stage in ("accepted", "suspended", "asked", "finished")}
    made |= {stage: [str(file(town.citizen())["id"]) for _ in range(each)] for stage in ("submitted", "asked_before")}
    for dossier_id in made["suspended"]:
        assert minh.decide(dossier_id, "suspension", WAIT).status == 200
    for dossier_id in made["asked"]:
        assert minh.decide(dossier_id, "supplement-requests", FIELD).status == 200
    for dossier_id in made["asked_before"]:
        assert clerk.decide(dossier_id, "supplement-requests", FIELD).status == 200
    for dossier_id in made["finished"]:
        assert town.officer("approver", HERE).decide(dossier_id, "result", GRANTED).status == 200
    return made


def test_the_change_names_the_announcements_that_moved_this_dossiers_date_and_no_others(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    storm(town, "2026-06-24")  # after the date
    storm(town, agency=ELSEWHERE)
    storm(town, source={"vi": "Công điện 02/CĐ-UBND", "en": "Urgent dispatch 02/CĐ-UBND"})
    settle(time)
    assert history.events(dossier_id)[-1].data["announcements"] == [
        {
            "number": 3,
            "announced_at": "2026-06-05",
            "source": {"vi": "Công điện 02/CĐ-UBND", "en": "Urgent dispatch 02/CĐ-UBND"},
            "name": {"vi": "nghỉ do bão", "en": "storm"},
        }
    ]

    amend(town, replaces=3, source={"vi": "Công điện 03/CĐ-UBND", "en": "Urgent dispatch 03/CĐ-UBND"})
    settle(time)
    taken_back = history.events(dossier_id)[-1].data
    assert [(each["number"], each["name"]) for each in taken_back["announcements"]] == [(4, None)]
    assert taken_back["later"] is False


def test_a_date_moved_by_another_packaged_calendar_names_what_that_rests_on(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id = accepted(town)
    told, day = Rule("Công văn 9/VPCP", "Dispatch 9/VPCP"), date(2026, 6, 9)
    before = load()
    newer = replace(
        before.with_days_off({day: sourced("nghỉ thêm", "more off", told)}, "vn-2027.1"),
        sources={**before.sources, day: told, date(2026, 6, 24): Rule("Khác", "Other")},
    )
    monkeypatch.setattr(clock, "EDITION", newer.edition)
    monkeypatch.setattr(clock, "load", lambda name: newer if name == newer.edition else load(name))
    clock._place.cache_clear()

    settle(time)
    moved = history.events(dossier_id)[-1].data
    assert (moved["edition_before"], moved["calendar_edition"], moved["later"]) == ("vn-2026.1", "vn-2027.1", True)
    assert moved["announcements"] == [
        {"number": None, "announced_at": None, "source": {"vi": told.vi, "en": told.en}, "name": None}
    ]


def test_the_desks_own_date_names_them_too(town: Town, time: Time) -> None:
    time.at = FRIDAY.replace(hour=15)
    dossier_id = str(file(town.citizen())["id"])
    storm(town, "2026-06-08")
    settle(time)
    moved = history.events(dossier_id)[-1].data
    assert moved["acceptance_due_at"] > moved["acceptance_due_before"]
    assert [each["source"] for each in moved["announcements"]] == [SOURCE]


def test_a_day_off_more_moves_the_date_and_the_promise_stays_visible(town: Town, time: Time) -> None:
    dossier_id, binh = accepted(town), town.citizen()
    before = binh.get(f"/dossiers/{dossier_id}").body
    edition = storm(town).body["edition"]
    assert binh.get(f"/dossiers/{dossier_id}").body["due_at"] == before["due_at"] == "2026-06-12T09:00:00+07:00"
    assert binh.get(f"/dossiers/{dossier_id}/deadline").body["due_at"] == before["due_at"], "until it is replayed"

    settle(time)

    after = binh.get(f"/dossiers/{dossier_id}").body
    assert (after["due_at"], after["first_due_at"]) == ("2026-06-15T09:00:00+07:00", before["due_at"])
    explained = binh.get(f"/dossiers/{dossier_id}/deadline").body
    assert (explained["due_at"], explained["first_due_at"]) == (after["due_at"], before["due_at"])
    assert explained["calendar_edition"] == edition
    assert "nghỉ do bão" in str(explained["lines"]).lower() or "Nghỉ do bão" in str(explained["lines"])
    told = history.events(dossier_id)[-1]
    assert told.type == "calendar_changed"
    assert told.data["due_before"] == before["due_at"]
    assert (told.data["due_at"], told.data["later"]) == (after["due_at"], True)
    assert told.data["edition_before"] != told.data["calendar_edition"] == edition
    shown = town.anyone.post("/status-lookups", {"code": after["code"], "proof": "3456"}).body
    assert (shown["due_at"], shown["first_due_at"]) == (after["due_at"], before["due_at"])


def test_each_open_dossier_is_changed_once_and_no_other(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalendar_actions, "PAGE", 1)
    made = a_desk(town)
    draft = town.citizen().post("/dossiers", a_draft()).body["id"]
    unpaid = file(town.citizen(), PAID.code)["id"]
    time.passes(minutes=1)
    storm(town, "2026-06-05", announced_at="2026-06-05")  # today: both clocks

    settle(time)
    for _ in range(3):
        replayed(time, hours=1)

    for stage in ("accepted", "suspended", "asked", "submitted", "asked_before"):
        for dossier_id in made[stage]:
            assert types(dossier_id).count("calendar_changed") == 1, stage
    for dossier_id in (*made["finished"], draft, unpaid):
        assert "calendar_changed" not in types(dossier_id)
    progress = town.officer("admin", "H32").get("/calendar/replay").body
    assert (progress["done"], progress["total_seen"], progress["changed"], progress["failed"]) == (True, 5, 5, [])


def test_what_the_new_days_do_not_touch_keeps_the_edition_it_was_promised_under(town: Town, time: Time) -> None:
    dossier_id = accepted(town)
    before = records.load(dossier_id)
    storm(town, "2026-06-15")  # after its date

    progress = settle(time)

    assert records.load(dossier_id) == before
    assert (progress.total_seen, progress.changed, progress.done) == (1, 0, True)
    assert town.citizen().get(f"/dossiers/{dossier_id}/deadline").body["calendar_edition"] == before.calendar_edition


def test_an_earlier_date_is_recorded_and_a_later_one_is_told(town: Town, time: Time) -> None:
    from chalicelib.notices.rules import Notice, notice_of

    dossier_id = accepted(town)
    amend(town, working_day={"date": "2026-06-06", "name": {"vi": "làm việc thứ Bảy", "en": "worked"}})
    settle(time)
    sooner = history.events(dossier_id)[-1]
    assert (sooner.data["due_at"], sooner.data["later"]) == ("2026-06-11T09:00:00+07:00", False)
    assert notice_of(sooner) is None
    assert records.load(dossier_id).first_due_at == datetime(2026, 6, 12, 9, 0, tzinfo=ZONE)

    amend(town, replaces=1)
    settle(time)
    later = history.events(dossier_id)[-1]
    assert later.data["due_at"] == "2026-06-12T09:00:00+07:00"
    assert notice_of(later) == Notice.DUE_MOVED


def test_an_amendment_of_one_agency_moves_no_other_agencys_dates(town: Town, time: Time) -> None:
    catalogue.publish(OTHER_DESK, OTHER_DESK.valid_from)
    ours, theirs = accepted(town), file(town.citizen(), OTHER_DESK.code)["id"]
    assert town.officer("clerk", ELSEWHERE).decide(theirs, "acceptance").status == 200
    storm(town, agency=ELSEWHERE)

    settle(time)

    assert "calendar_changed" not in types(ours)
    assert types(theirs)[-1] == "calendar_changed"


def test_an_announced_year_makes_dates_certain_without_moving_them(town: Town, time: Time) -> None:
    time.at = datetime(2026, 12, 29, 9, 0, tzinfo=ZONE)
    dossier_id = accepted(town)
    assert records.load(dossier_id).provisional
    amend(town, known_until="2027-12-31", announced_at="2026-12-29")

    settle(time)

    after = records.load(dossier_id)
    assert (after.provisional, after.due_at) == (False, after.first_due_at)
    assert history.events(dossier_id)[-1].data["later"] is False


def test_an_extension_that_was_in_time_stays_so_under_a_calendar_that_would_have_had_it_late(
    town: Town, time: Time
) -> None:
    dossier_id = accepted(town)
    time.at = datetime(2026, 6, 11, 16, 0, tzinfo=ZONE)  # the day before the date
    extension = {"reason": "Hồ sơ phức tạp", "days": 3}
    assert town.officer("approver", HERE).decide(dossier_id, "extension", extension).status == 200
    amend(town, working_day={"date": "2026-06-06", "name": {"vi": "làm việc thứ Bảy", "en": "worked"}})

    settle(time)

    assert records.load(dossier_id).due_at == datetime(2026, 6, 16, 9, 0, tzinfo=ZONE)
    assert town.citizen().get(f"/dossiers/{dossier_id}/deadline").status == 200


# ——— cut short anywhere ———


class Died(BaseException):
    """The process ends here."""


def dying(monkeypatch: pytest.MonkeyPatch, write: int) -> None:
    """The process ends before that write of the replay, hence after the effect of the one before it."""
    from chalicelib import table

    transact, made = table._transact, 0

    def sent(*args: Any) -> None:
        nonlocal made
        made += 1
        if made == write:
            raise Died
        transact(*args)

    monkeypatch.setattr(table, "_transact", sent)


@pytest.mark.slow
def test_dying_at_any_write_and_going_on_comes_to_the_same(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    minh, one_desk = town.officer("specialist", HERE), [each for each in AGENCIES if each.code == HERE]
    made = [accepted(town), accepted(town), accepted(town), str(file(town.citizen())["id"])]
    assert minh.decide(made[0], "suspension", WAIT).status == 200
    monkeypatch.setattr(recalendar_actions.catalogue, "agencies", lambda after, limit: [] if after else one_desk)
    monkeypatch.setattr(recalendar_actions, "SETTLED", timedelta(0))  # both rounds in one run
    promised, died = [], True
    while died:
        number = len(promised) + 1
        time.passes(hours=1)
        _amended_again(town, number)
        time.passes(minutes=2)
        with monkeypatch.context() as patched:
            dying(patched, number)
            try:
                recalendar_actions.recalendar(time.at)
                died = False
            except Died:
                replayed(time)
        progress = replays.progress()
        assert progress is not None
        assert (progress.done, progress.total_seen, progress.changed) == (True, 4, 4), number
        assert [types(each).count("calendar_changed") for each in made] == [number] * 4
        heads = [records.load(each) for each in made]
        promised.append([(head.acceptance_due_at, head.due_at) for head in heads])
    assert len(promised) > 12
    assert all(each == promised[number % 2] for number, each in enumerate(promised))
    assert all(broken_at(history.events(each)) is None for each in made)


def _amended_again(town: Town, number: int) -> None:
    """Friday is off, then it is not, and so on."""
    if number % 2:
        storm(town, "2026-06-05")
    else:
        amend(town, replaces=number - 1)


def test_a_run_does_so_much_and_the_next_goes_on(town: Town, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [accepted(town) for _ in range(7)]
    monkeypatch.setattr(recalendar_actions, "WORK_A_RUN", 1)
    time.passes(minutes=1)
    storm(town)
    changed = []
    while not replayed(time, minutes=1).finished:
        changed.append(sum("calendar_changed" in types(each) for each in made))

    assert changed == sorted(changed)
    assert len({*changed, 7}) > 3
    assert sum("calendar_changed" in types(each) for each in made) == 7


def test_another_amendment_meanwhile_begins_anew_and_the_last_word_stands(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [accepted(town) for _ in range(5)]
    storm(town, "2026-06-08")
    with monkeypatch.context() as patched:
        patched.setattr(recalendar_actions, "WORK_A_RUN", 3)
        replayed(time)
    storm(town, "2026-06-09")

    settle(time)

    assert {records.load(each).due_at for each in made} == {datetime(2026, 6, 16, 9, 0, tzinfo=ZONE)}
    assert {records.load(each).calendar_edition[-2:] for each in made} == {"+2"}


# ——— while others are at work ———


def test_a_decision_between_reading_and_writing_is_replayed_with_it(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id, minh = accepted(town), town.officer("specialist", HERE)
    storm(town)
    read = records.load_with_past

    def read_slowly(asked: str) -> Any:
        found = read(asked)
        if "suspended" not in {event.type for event in read(dossier_id)[1]}:
            assert minh.decide(dossier_id, "suspension", WAIT).status == 200
        return found

    monkeypatch.setattr(records, "load_with_past", read_slowly)
    settle(time)
    monkeypatch.undo()

    assert types(dossier_id)[-2:] == ["suspended", "calendar_changed"]
    assert records.load(dossier_id).due_at == datetime(2026, 6, 15, 9, 0, tzinfo=ZONE)


def test_a_promise_by_a_container_that_had_not_heard_is_put_right_in_the_second_round(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, clerk = file(town.citizen())["id"], town.officer("clerk", HERE)
    old = clock.calendar_for(HERE, time.at)
    storm(town)
    assert replayed(time).finished
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.dossiers.desk_actions.calendar_for", lambda agency, now: old)
        assert clerk.decide(filed, "acceptance").body["due_at"] == "2026-06-12T09:02:00+07:00"

    assert replayed(time, minutes=11).done
    assert records.load(filed).due_at == datetime(2026, 6, 15, 9, 2, tzinfo=ZONE)


def test_two_runs_at_once_are_one_and_one_that_stops(town: Town, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [accepted(town) for _ in range(5)]
    storm(town)
    page, other = sweeps.of_agency, []

    def of_agency(*args: Any) -> sweeps.Page:
        found = page(*args)
        if not other:
            other.append(True)
            recalendar_actions.recalendar(time.at)
        return found

    monkeypatch.setattr(sweeps, "of_agency", of_agency)
    with pytest.raises(Lost):
        replayed(time)
    monkeypatch.undo()
    settle(time)

    assert [types(each).count("calendar_changed") for each in made] == [1] * 5
    assert replays.progress().changed == 5  # type: ignore[union-attr]


def test_one_that_cannot_be_replayed_keeps_no_other_waiting_and_is_tried_again(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = accepted(town), accepted(town)
    storm(town)
    load = records.load_with_past
    with monkeypatch.context() as patched:
        patched.setattr(records, "load_with_past", lambda found: 1 / 0 if found == broken else load(found))
        assert replayed(time).failed == (broken,)
    assert types(sound)[-1] == "calendar_changed"

    progress = replayed(time, minutes=11)

    assert (progress.failed, progress.done, progress.changed) == ((), True, 2)
    assert types(broken)[-1] == "calendar_changed"


# ——— the calendar over HTTP ———


def test_the_calendar_of_a_year_is_read_by_anyone(town: Town, time: Time) -> None:
    storm(town, "2026-12-31", agency=HERE)
    hours = {"from": "2026-07-01", "week": {"sat": [["07:00", "11:30"]]}}
    edition = amend(town, hours=hours, agency=HERE).body["edition"]
    calendar = town.anyone.get(f"/calendar?year=2026&agency={HERE}").body
    plain = town.anyone.get("/calendar?year=2026", headers={"Accept-Language": "en"}).body

    assert (calendar["edition"], calendar["known_until"], calendar["provisional"]) == (edition, "2026-12-31", False)
    assert calendar["days_off"][-1] == {"date": "2026-12-31", "reason": f"Nghỉ do bão ({SOURCE['vi']})"}
    assert [day["date"] for day in calendar["working_days"]] == ["2026-01-10", "2026-08-22"]
    assert [(each["from"], each["to"], each["week"]["sat"]) for each in calendar["hours"]] == [
        ("2026-01-01", "2026-06-30", []),
        ("2026-07-01", "2026-12-31", [["07:00", "11:30"]]),
    ]
    assert SOURCE["vi"] in calendar["sources"]
    assert plain["days_off"][-1]["date"] == "2026-11-24"
    assert len(plain["hours"]) == 1
    assert plain["hours"][0]["week"]["mon"] == [["07:00", "11:30"], ["13:30", "17:00"]]
    assert town.anyone.get("/calendar").body["year"] == 2026
    assert town.anyone.get("/calendar?year=2027").body["provisional"] is True
    assert town.anyone.get("/calendar?year=2017").status == 422


def test_a_deadline_is_calculated_by_the_agencys_hours_of_the_edition_in_force(town: Town, time: Time) -> None:
    asked = {"start": "2026-06-05T16:00:00+07:00", "unit": "working_hour", "amount": 2}
    edition = amend(town, hours={"from": "2026-06-06", "week": {"sat": [["07:00", "11:30"]]}}, agency=HERE).body[
        "edition"
    ]

    ours = town.anyone.post("/deadline-calculations", asked | {"agency": f"{HERE}.01"}).body
    others = town.anyone.post("/deadline-calculations", asked).body

    assert (ours["due_at"], ours["calendar_edition"]) == ("2026-06-06T08:00:00+07:00", edition)
    assert others["due_at"] == "2026-06-08T08:00:00+07:00"


def test_an_amendment_sent_twice_is_entered_once_and_listed_with_who_did(town: Town, time: Time) -> None:
    admin, key = town.officer("admin", "H32", "an"), "once-only"
    facts = {"known_until": "2027-12-31", "announced_at": "2026-06-01", "source": SOURCE}
    first, again = (admin.post("/calendar/amendments", facts, key=key) for _ in range(2))

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    (listed,) = admin.get("/calendar/amendments").body["items"]
    assert (listed["number"], listed["entered_by"], listed["known_until"]) == (1, "an", "2027-12-31")
    refused = admin.post("/calendar/amendments", facts)
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "horizon_not_later")


def test_two_amendments_at_once_are_two_editions(town: Town, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    add, other = editions.add, []

    def overtaken(new: Any, also: Any = ()) -> None:
        if not other:
            other.append(True)
            storm(town, "2026-06-09")
        add(new, also)

    monkeypatch.setattr(editions, "add", overtaken)
    assert storm(town, "2026-06-10").body["number"] == 2
    assert [each.number for each in editions.amendments()] == [1, 2]


def test_a_container_hears_of_an_amendment_within_a_minute_and_asks_no_more_often(town: Town, time: Time) -> None:
    assert clock.calendar_for(HERE, time.at).edition.endswith(".1")
    told = Amendment.model_validate_json(
        '{"known_until": "2027-12-31", "announced_at": "2026-06-01", "source": {"vi": "Thử", "en": "Try"}}'
    )
    place = clock._place()
    mine = place.book, place.asked_at
    clock.amend(told, "an", time.at)  # as another container does
    place.book, place.asked_at = mine

    assert clock.calendar_for(HERE, time.at + timedelta(seconds=59)).edition.endswith(".1")
    assert clock.calendar_for(HERE, time.at + timedelta(seconds=60)).edition.endswith("+1")


def test_the_horizon_is_watched(town: Town, time: Time, caplog: pytest.LogCaptureFixture) -> None:
    assert clock.watch_horizon(datetime(2026, 11, 1, 6, 0, tzinfo=ZONE)) == 60
    assert "calendar_horizon" not in caplog.text
    assert clock.watch_horizon(datetime(2026, 11, 2, 6, 0, tzinfo=ZONE)) == 59
    assert "calendar_horizon" in caplog.text
