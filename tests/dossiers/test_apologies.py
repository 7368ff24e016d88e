"""The letter of apology: drafted when the date draws near, signed by the approver, never in the way of the result."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock.calendars import load
from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import clock_actions, records
from chalicelib.dossiers.apologies import ApologisedAlready, NoApologyDue, PromiseInvalid, apologise
from chalicelib.dossiers.apology_records import kept
from chalicelib.dossiers.attention import FLAGS, flag
from chalicelib.dossiers.items import StatusItem
from chalicelib.dossiers.life import RUNNING, NotInThisStage, Stage
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import events
from chalicelib.history.rules import EventType as E
from chalicelib.table import Delete, Item, Put
from chalicelib.web import serving
from tests.dossiers.conftest import accepted
from tests.dossiers.test_clock_of_a_dossier import MONDAY, Time, types
from tests.dossiers.test_life import a_dossier
from tests.papers.conftest import bytes_of, papers_of
from tests.papers.examples import read
from tests.people import Person, Reply, Town, token

HERE, ELSEWHERE = "H32.10", "H32.11"
DUE = datetime(2026, 6, 8, 9, 0, tzinfo=ZONE)  # the next Monday
LETTER = {"reason": "Chờ kết quả xác minh", "promised_date": "2026-06-11"}
GRANTED = {"outcome": "granted", "documents": []}
WAIT = {"cause": "other_agency", "reason": "Chờ ý kiến"}


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(MONDAY)
    monkeypatch.setattr(serving, "now", time)
    return time


# ——— the rules ———


def flagged(stage: Stage = Stage.PROCESSING, as_: E = E.DUE_SOON, **facts: Any) -> Dossier:
    return flag(a_dossier(stage, due_at=DUE, **facts), as_, DUE).after


def signed(dossier: Dossier, promised: date = date(2026, 6, 11), at: datetime = DUE) -> Dossier:
    return apologise(dossier, "Chờ", promised, "chi", at, load()).after


@pytest.mark.parametrize("stage", Stage)
def test_a_letter_is_signed_only_while_the_clock_runs(stage: Stage) -> None:
    dossier = a_dossier(stage, due_at=DUE, flagged={DUE: E.DUE_SOON})
    assert dossier.apology_open == (stage in RUNNING)
    if stage in RUNNING:
        assert signed(dossier).stage == stage
    else:
        with pytest.raises(NotInThisStage):
            signed(dossier)


@pytest.mark.parametrize("raised", FLAGS)
def test_from_the_first_flag_on_a_letter_waits_until_it_is_signed(raised: E) -> None:
    assert not a_dossier(Stage.PROCESSING, due_at=DUE).apology_open
    waiting = flagged(as_=raised)
    assert waiting.apology_open
    after = signed(waiting)
    assert not after.apology_open
    assert (after.due_at, after.flagged) == (DUE, waiting.flagged), "no legal date moves"
    with pytest.raises(ApologisedAlready):
        signed(after)


def test_a_date_that_moves_needs_a_letter_only_when_it_is_flagged_itself() -> None:
    later = signed(flagged()).model_copy(update={"due_at": DUE + timedelta(days=7)})
    assert not later.apology_open
    with pytest.raises(NoApologyDue):
        signed(later, date(2026, 6, 18))
    again = flag(later, E.DUE_SOON, DUE).after
    assert again.apology_open
    assert len(signed(again, date(2026, 6, 18)).apologies) == 2
    back = again.model_copy(update={"due_at": DUE})
    assert not back.apology_open, "for that date it was signed"


@pytest.mark.parametrize(
    ("promised", "at", "why"),
    [
        ("2026-06-08", DUE, "not_after_due_date"),
        ("2026-06-01", DUE, "not_after_due_date"),
        ("2026-06-13", DUE, "not_a_working_day"),  # Saturday
        ("2026-09-02", DUE, "not_a_working_day"),
        ("2026-06-09", DUE + timedelta(days=3), "in_the_past"),
        ("2026-06-09", datetime(2026, 6, 9, 17, 0, tzinfo=ZONE), "in_the_past"),
        ("2027-06-09", DUE, "too_far"),
        ("9999-12-31", DUE, "too_far"),
    ],
)
def test_a_date_that_cannot_be_promised_is_refused_with_what_is_wrong(promised: str, at: datetime, why: str) -> None:
    with pytest.raises(PromiseInvalid) as refused:
        signed(flagged(), date.fromisoformat(promised), at)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/promised_date", why)]


@pytest.mark.parametrize("at", [DUE, datetime(2026, 6, 9, 16, 59, tzinfo=ZONE)])
def test_the_result_is_promised_by_the_close_of_the_day(at: datetime) -> None:
    change = apologise(flagged(), "Chờ", date(2026, 6, 9), "chi", at, load())
    assert change.data["promised_at"] == "2026-06-09T17:00:00+07:00"
    assert change.data["late"] == (at > DUE)


def test_the_flag_of_the_date_that_passed_says_whether_a_letter_was_signed() -> None:
    assert flag(flagged(), E.OVERDUE, DUE).data == {
        "due_at": DUE.isoformat(), "apologised": False, "promised_at": None,
    }  # fmt: skip
    assert flag(signed(flagged()), E.OVERDUE, DUE).data == {
        "due_at": DUE.isoformat(), "apologised": True, "promised_at": "2026-06-11T17:00:00+07:00",
    }  # fmt: skip


@pytest.mark.parametrize("stage", Stage)
def test_what_waits_in_the_table_is_what_is_open(table: None, stage: Stage) -> None:
    opened, other = flagged(), a_dossier(stage, due_at=DUE)
    assert kept(None, other) == kept(other, other) == []
    assert [type(write) for write in kept(other, opened)] == [Put]
    closed = opened.model_copy(update={"stage": stage})
    assert [type(write) for write in kept(opened, closed)] == ([Put] if stage in RUNNING else [Delete])


# ——— over HTTP ———


def near(town: Town, time: Time) -> str:
    """Accepted, and flagged as due soon."""
    dossier_id = accepted(town)
    time.at = DUE - timedelta(days=3)
    assert clock_actions.flag_deadlines(time.at) >= 1
    return dossier_id


def chi(town: Town) -> Person:
    return Person(town.send, token("chi", roles=["approver"], agency=HERE, name="Võ Thị Chi"))


def queue(person: Person, query: str = "") -> list[str]:
    page = person.get(f"/desk/apologies{query}")
    assert page.status == 200, page
    return [card["id"] for card in page.body["items"]]


def stored(dossier_id: str) -> bool:
    return any(item.sk == "APOLOGY" for item in Item.query(f"D#{dossier_id}", Item.sk == "APOLOGY"))


def test_a_letter_waits_from_the_first_warning_until_it_is_signed(town: Town, time: Time) -> None:
    boss, early = chi(town), accepted(town)
    assert queue(boss) == []
    assert boss.get(f"/dossiers/{early}/apology").body["code"] == "no_apology_due"
    assert boss.decide(early, "apology", LETTER).body["code"] == "no_apology_due"

    dossier_id = near(town, time)
    assert queue(boss) == queue(town.officer("supervisor", HERE)) == sorted([early, dossier_id])
    seen = boss.get(f"/dossiers/{dossier_id}").body
    assert seen["apology"] == {"needed": True, "signed_at": None, "promised": None, "reason": ""}
    assert town.citizen().get(f"/dossiers/{dossier_id}").body["apology"] is None

    done = boss.decide(dossier_id, "apology", LETTER)
    assert done.status == 200, done
    assert (done.body["due_at"], done.body["first_due_at"]) == (DUE.isoformat(), DUE.isoformat())
    letter = {
        "needed": False,
        "signed_at": time.at.isoformat(),
        "promised": "2026-06-11T17:00:00+07:00",
        "reason": LETTER["reason"],
    }
    assert done.body["apology"] == town.citizen().get(f"/dossiers/{dossier_id}").body["apology"] == letter
    assert queue(boss) == [early]
    assert stored(early)
    assert not stored(dossier_id)
    happened = events(dossier_id)[-1]
    assert (happened.type, happened.actor.id, happened.data) == (
        E.APOLOGISED,
        "chi",
        {
            "due_at": DUE.isoformat(),
            "promised_at": "2026-06-11T17:00:00+07:00",
            "reason": LETTER["reason"],
            "late": False,
            "by_name": "Võ Thị Chi",
        },
    )
    assert boss.get(f"/dossiers/{dossier_id}/apology").body["code"] == "apologised_already"
    assert boss.decide(dossier_id, "apology", LETTER).body["code"] == "apologised_already"
    clock_actions.flag_deadlines(DUE + timedelta(hours=1))
    assert types(dossier_id)[-1] == "overdue"
    assert events(dossier_id)[-1].data["apologised"] is True
    assert town.citizen().get(f"/dossiers/{dossier_id}/deadline").body["due_at"] == DUE.isoformat()
    steps = town.anyone.post("/status-lookups", {"code": seen["code"], "proof": "3456"}).body["steps"]
    assert steps[-1]["name"] == "Xin lỗi và hẹn lại"
    public = StatusItem.get(f"C#{seen['code']}", "STATUS").body
    assert not [said for said in (LETTER["reason"], "chi", "Võ Thị Chi") if f'"{said}"' in public]


def test_the_draft_is_marked_and_carries_nothing_that_says_it_is_genuine(town: Town, time: Time) -> None:
    dossier_id, boss = near(town, time), chi(town)
    link = boss.get(f"/dossiers/{dossier_id}/apology")
    assert link.status == 200, link
    assert set(link.body) == {"url", "expires_at"}
    text = read(bytes_of(link.body["url"]))
    for said in ("DỰ THẢO – CHƯA KÝ", "SỞ TƯ PHÁP", "Trần Thị Bình", "09 giờ 00 phút, ngày 08/06/2026", "Lý do: ……"):
        assert said in text
    assert "hẹn lại: ……" in text
    assert "Quét mã QR" not in text
    assert "Võ Thị Chi" not in text
    assert "apology" not in papers_of(boss, dossier_id)


def test_the_signed_letter_is_a_paper_that_promises_the_new_date(town: Town, time: Time) -> None:
    dossier_id, boss = near(town, time), chi(town)
    receipt = town.citizen().get(f"/dossiers/{dossier_id}/papers/{dossier_id}-3-receipt").body
    assert boss.decide(dossier_id, "apology", LETTER).status == 200
    paper = papers_of(town.citizen(), dossier_id)["apology"]
    assert (paper["form"], paper["status"]) == ("04", "valid")
    link = town.citizen().get(f"/dossiers/{dossier_id}/papers/{paper['paper_id']}").body
    text = read(bytes_of(link["url"]))
    for said in ("09 giờ 00 phút, ngày 08/06/2026", "17 giờ 00 phút, ngày 11/06/2026", LETTER["reason"], "Võ Thị Chi"):
        assert said in text
    assert "DỰ THẢO" not in text
    stated = town.anyone.get(f"/verifications/{link['token']}").body
    assert (stated["valid"], stated["states"]["due_at"]) == (True, "2026-06-11T17:00:00+07:00")
    old = town.anyone.get(f"/verifications/{receipt['token']}").body
    assert (old["status"], old["superseded_by"]["due_at"]) == ("superseded", "2026-06-11T17:00:00+07:00")


def test_what_is_overdue_without_a_letter_is_listed_apart_and_may_still_be_signed(town: Town, time: Time) -> None:
    dossier_id, boss, head = near(town, time), chi(town), town.officer("supervisor", HERE)
    assert queue(head, "?overdue=true") == []
    assert head.get("/desk/apologies").body["items"][0]["overdue"] is False
    time.at = DUE
    assert queue(head, "?overdue=true") == []
    time.at = DUE + timedelta(days=1)
    assert queue(head, "?overdue=true") == [dossier_id]
    assert head.get("/desk/apologies").body["items"][0]["overdue"] is True
    clock_actions.flag_deadlines(time.at)
    assert events(dossier_id)[-1].data["apologised"] is False
    assert queue(head, "?overdue=true") == [dossier_id]

    past = boss.decide(dossier_id, "apology", LETTER | {"promised_date": "2026-06-08"})
    assert (past.status, past.body["code"], past.body["errors"][0]["code"]) == (
        422,
        "promised_date_invalid",
        "not_after_due_date",
    )
    assert boss.decide(dossier_id, "apology", LETTER).status == 200
    assert events(dossier_id)[-1].data["late"] is True
    assert queue(head) == []


@pytest.mark.parametrize(
    ("role", "what", "body"),
    [
        ("approver", "result", GRANTED),
        ("approver", "stop", {"reason": "Không đủ điều kiện"}),
        ("specialist", "suspension", WAIT),
        ("specialist", "supplement-requests", {"items": [{"field": "purpose", "reason": "Ghi rõ"}]}),
        ("approver", "extension", {"reason": "Phức tạp", "days": 5}),
        ("citizen", "withdrawal", {"reason": "Thôi"}),
    ],
)
def test_an_open_letter_blocks_nothing_and_goes_with_what_it_was_for(
    town: Town, time: Time, role: str, what: str, body: dict[str, Any]
) -> None:
    dossier_id = near(town, time)
    assert stored(dossier_id)
    person = town.citizen() if role == "citizen" else town.officer(role, HERE)
    assert person.decide(dossier_id, what, body).status == 200
    assert not stored(dossier_id)
    assert queue(chi(town)) == []


def test_a_letter_comes_back_with_the_next_warning(town: Town, time: Time) -> None:
    dossier_id, minh = near(town, time), town.officer("specialist", HERE)
    assert minh.decide(dossier_id, "suspension", WAIT).status == 200
    time.passes(days=7)
    resumed = minh.decide(dossier_id, "resumption").body
    assert queue(chi(town)) == []
    time.at = datetime.fromisoformat(resumed["due_at"])
    assert clock_actions.flag_deadlines(time.at) == 1
    assert queue(chi(town)) == [dossier_id]


def test_the_queue_shows_the_dossier_as_it_is_and_pages_by_what_is_due_first(town: Town, time: Time) -> None:
    first = accepted(town)
    time.passes(hours=1)
    others = [accepted(town), accepted(town)]
    time.at = DUE - timedelta(days=1)
    assert clock_actions.flag_deadlines(time.at) == 3
    boss = chi(town)
    assert queue(boss) == [first, *sorted(others)]
    assert town.officer("supervisor", HERE).decide(first, "assignment", {"officer": "minh"}).status == 200
    page = boss.get("/desk/apologies?limit=2").body
    assert (page["items"][0]["officer"], page["items"][0]["status"]) == ("minh", "processing")
    assert page["items"][0]["version"] == records.load(first).version
    assert queue(boss, f"?limit=2&cursor={page['next']}") == sorted(others)[1:]
    assert queue(boss, f"?overdue=true&limit=2&cursor={page['next']}") == []
    time.at = DUE + timedelta(days=1)
    late = boss.get("/desk/apologies?limit=1&overdue=true").body
    assert queue(boss, f"?overdue=true&cursor={late['next']}") == sorted(others)
    elsewhere = town.officer("approver", ELSEWHERE)
    assert queue(elsewhere, f"?cursor={page['next']}") == []
    assert boss.get("/desk/apologies?cursor=%C3%A9").body["code"] == "cursor_unreadable"


def refused(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body["code"]


def test_only_an_approver_of_the_agency_signs_and_only_what_they_have_seen(town: Town, time: Time) -> None:
    dossier_id, boss = near(town, time), chi(town)
    path, seen = f"/dossiers/{dossier_id}/apology", boss.get(f"/dossiers/{dossier_id}").etag
    for role in ("clerk", "specialist", "supervisor", "auditor"):
        assert refused(town.officer(role, HERE).post(path, LETTER, seen=seen)) == (403, "not_allowed")
    assert refused(town.officer("approver", ELSEWHERE).post(path, LETTER, seen=seen)) == (403, "not_allowed")
    assert refused(town.citizen().post(path, LETTER, seen=seen)) == (403, "not_allowed")
    assert refused(town.anyone.post(path, LETTER, seen=seen)) == (401, "not_signed_in")
    assert refused(boss.post(path, LETTER)) == (428, "if_match_required")
    assert refused(boss.post(path, LETTER, seen='"1"')) == (412, "stale_version")
    assert refused(boss.post(f"/dossiers/{'a' * 26}/apology", LETTER, seen=seen)) == (404, "not_found")
    for wrong in ({}, LETTER | {"reason": " "}, LETTER | {"promised_date": "11/06/2026"}, LETTER | {"days": 3}):
        assert refused(boss.post(path, wrong, seen=seen))[0] == 422
    saturday = boss.post(path, LETTER | {"promised_date": "2026-06-13"}, seen=seen)
    assert saturday.body["errors"] == [
        {
            "pointer": "/promised_date",
            "code": "not_a_working_day",
            "detail": "Hãy chọn ngày hẹn lại vào ngày cơ quan làm việc.",
        }
    ]
    for role in ("clerk", "specialist"):
        assert town.officer(role, HERE).get(path).status == 403
        assert town.officer(role, HERE).get("/desk/apologies").status == 403
    assert town.citizen().get(path).status == town.citizen().get("/desk/apologies").status == 403
    assert town.officer("approver", ELSEWHERE).get(path).status == 403
    assert boss.get(f"/desk/apologies?agency={ELSEWHERE}").status == 403
    auditor = town.officer("auditor", "")
    assert refused(auditor.get("/desk/apologies")) == (422, "agency_required")
    assert queue(auditor, f"?agency={HERE}") == [dossier_id]
    assert types(dossier_id)[-1] == "due_soon", "nothing was signed"

    once = boss.post(path, LETTER, seen=seen, key="once")
    again = boss.post(path, LETTER, seen=seen, key="once")
    assert (once.status, again.status, again.headers["idempotency-replayed"]) == (200, 200, "true")
    assert types(dossier_id).count("apologised") == 1


def test_a_letter_that_is_not_signed_in_time_is_no_letter_for_a_finished_dossier(town: Town, time: Time) -> None:
    dossier_id, boss = near(town, time), chi(town)
    assert boss.decide(dossier_id, "result", GRANTED).status == 200
    assert refused(boss.decide(dossier_id, "apology", LETTER)) == (409, "not_in_this_status")
    assert refused(boss.get(f"/dossiers/{dossier_id}/apology")) == (409, "not_in_this_status")
