"""An absent officer's dossiers are a colleague's for some days: as theirs to see and to work on, and nothing more."""

from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import cover_actions, covers
from chalicelib.dossiers.covers import Cover, CoverDeclared, covered_by, declared, ended
from chalicelib.history.records import events
from chalicelib.web import serving
from tests.dossiers.conftest import file
from tests.dossiers.test_clock_of_a_dossier import MONDAY, Time
from tests.dossiers.test_steps import APPRAISE, APPROVE, STEPPED
from tests.people import Person, Reply, Town

HERE, ELSEWHERE = "H32.10", "H32.11"
TODAY = MONDAY.date()
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)
WAIT = {"cause": "other_agency", "reason": "Chờ ý kiến"}


# ——— the rules ———


def a_cover(absent: str = "chi", covering: str = "an", first: int = 0, last: int = 4, **more: Any) -> CoverDeclared:
    days = {"from": TODAY + timedelta(days=first), "to": TODAY + timedelta(days=last)}
    return CoverDeclared(absent=absent, covering=covering, **days, **more)


def made(*asked: CoverDeclared) -> list[Cover]:
    found: list[Cover] = []
    for each in asked:
        found.append(declared(each, found, HERE, "giang", len(found) + 1, NOON))
    return found


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ([a_cover("chi", "chi")], covers.CoverOfOneself),
        ([a_cover(first=3, last=2)], covers.CoverInverted),
        ([a_cover(first=-9, last=-1)], covers.CoverPast),
        ([a_cover(last=366)], covers.CoverTooLong),
        ([a_cover(last=4), a_cover(covering="dung", first=4, last=9)], covers.CoverOverlaps),
        ([a_cover(last=4), a_cover(first=2, last=3)], covers.CoverOverlaps),
        ([a_cover("an", "dung", 2, 3), a_cover("chi", "an")], covers.CovererAbsent),
        ([a_cover("chi", "an"), a_cover("an", "dung", 2, 3)], covers.AbsentCovers),
        ([a_cover("a", "b"), a_cover("b", "a", 1, 1)], covers.CovererAbsent),
        ([a_cover(each, "an") for each in "abcd"], covers.CoversTooMany),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(asked: list[CoverDeclared], refusal: type[covers.CoverInvalid]) -> None:
    with pytest.raises(covers.CoverInvalid) as no:
        made(*asked)

    assert type(no.value) is refusal
    assert "{" not in no.value.faults[0].vi + no.value.faults[0].en


@pytest.mark.parametrize(
    "asked",
    [
        [a_cover(first=0, last=0)],
        [a_cover(first=-3, last=0)],
        [a_cover(last=365)],
        [a_cover(last=4), a_cover(covering="dung", first=5, last=9)],
        [a_cover("an", "dung", 5, 9), a_cover("chi", "an", 0, 4)],
        [a_cover(each, "an") for each in "abc"],
    ],
)
def test_what_can_be_is_recorded(asked: list[CoverDeclared]) -> None:
    assert [each.absent for each in made(*asked)] == [each.absent for each in asked]


def test_it_holds_on_its_days_in_vietnam_and_not_a_moment_longer() -> None:
    (cover,) = made(a_cover(first=1, last=2))
    midnight = datetime(2026, 6, 2, 0, 0, tzinfo=ZONE)
    a_moment = timedelta(microseconds=1)

    assert [cover.holds(at) for at in (midnight - a_moment, midnight)] == [False, True]
    assert [cover.holds(midnight + timedelta(days=2) + each) for each in (-a_moment, timedelta())] == [True, False]


def test_one_ended_early_holds_no_more_leaves_its_days_free_and_is_not_ended_twice() -> None:
    (cover,) = made(a_cover())
    over = ended(cover, "chi", NOON)

    assert cover.holds(NOON)
    assert not over.holds(NOON)
    assert declared(a_cover(covering="dung"), [over], HERE, "giang", 2, NOON).covering == "dung"
    with pytest.raises(covers.CoverOver):
        ended(over, "chi", NOON)
    with pytest.raises(covers.CoverOver):
        ended(cover, "chi", NOON + timedelta(days=5))


NAMES = st.sampled_from("abcde")
DAYS = st.integers(-2, 6)


@given(st.lists(st.tuples(NAMES, NAMES, DAYS, DAYS), max_size=12), DAYS)
def test_on_no_day_is_anybody_covered_twice_or_by_somebody_who_is_away(
    asked: list[tuple[str, str, int, int]], day: int
) -> None:
    found: list[Cover] = []
    for absent, covering, first, last in asked:
        try:
            found.append(declared(a_cover(absent, covering, first, last), found, HERE, "giang", len(found) + 1, NOON))
        except covers.CoverInvalid:
            continue
    then = [each for each in found if each.holds(NOON + timedelta(days=day))]

    assert len({each.absent for each in then}) == len(then)
    assert not {each.absent for each in then} & {each.covering for each in then}
    assert all(len(covered_by(name, found, NOON + timedelta(days=day))) <= covers.MOST_AT_ONCE for name in "abcde")


# ——— over HTTP ———


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time(MONDAY)
    monkeypatch.setattr(serving, "now", time)
    return time


def declare(person: Person, covering: str, absent: str | None = None, first: int = 0, last: int = 4) -> Reply:
    days = {"from": str(TODAY + timedelta(days=first)), "to": str(TODAY + timedelta(days=last))}
    return person.post("/desk/covers", {"covering": covering, **days} | ({"absent": absent} if absent else {}))


def assigned(town: Town, officer: str = "chi") -> str:
    """A dossier accepted and given to the officer."""
    dossier_id = str(file(town.citizen())["id"])
    assert town.officer("clerk", HERE).decide(dossier_id, "acceptance").status == 200
    given = town.officer("supervisor", HERE).decide(dossier_id, "assignment", {"officer": officer})
    assert given.status == 200, given
    return dossier_id


def mine(person: Person, subject: str, limit: int = 100, cursor: str = "") -> Any:
    return person.get(f"/desk/dossiers?officer={subject}&limit={limit}{cursor}").body


def test_who_stands_in_may_do_what_the_assigned_officer_may_on_those_dossiers_only(town: Town, time: Time) -> None:
    chi, an = town.officer("specialist", HERE, "chi"), town.officer("clerk", HERE, "an")
    covered, anothers = assigned(town), assigned(town, "dung")
    assert an.decide(covered, "suspension", WAIT).status == 403

    assert declare(chi, "an").status == 201
    assert an.decide(covered, "suspension", WAIT).status == 200
    assert an.decide(covered, "resumption").status == 200
    assert an.decide(covered, "result", {"outcome": "granted", "documents": []}).body["status"] == "processing"
    assert an.decide(anothers, "suspension", WAIT).status == 403
    told = events(covered)[-3:]
    assert [(each.actor.id, each.data["on_behalf_of"]) for each in told] == [("an", "chi")] * 3
    assert an.get(f"/dossiers/{covered}").body["officer"] == "chi", "nothing is reassigned"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("assignment", {"officer": "an"}),
        ("assignment", {"officer": "dung"}),
        ("assignment", {"officer": "chi"}),
        ("assignment", {"officer": "dung", "step": "Thẩm định"}),
        ("extension", {"reason": "Chờ", "days": 2}),
        ("stop", {"reason": "Chờ"}),
    ],
)
def test_nobodys_signature_or_assignments_pass_to_another(town: Town, time: Time, what: str, body: Any) -> None:
    covered = assigned(town)
    assert declare(town.officer("supervisor", HERE), "an", "chi").status == 201

    assert town.officer("clerk", HERE, "an").decide(covered, what, body).status == 403


def test_who_stands_in_begins_the_next_step_and_the_dossier_stays_whose_it_is(town: Town, time: Time) -> None:
    from chalicelib.catalogue import actions as catalogue

    catalogue.publish(STEPPED, STEPPED.valid_from)
    stepped = str(file(town.citizen(), STEPPED.code)["id"])
    assert town.officer("clerk", HERE).decide(stepped, "acceptance").status == 200
    given = {"officer": "chi", "step": APPRAISE}
    assert town.officer("supervisor", HERE).decide(stepped, "assignment", given).status == 200
    an, onward = town.officer("clerk", HERE, "an"), {"officer": "chi", "step": APPROVE}
    assert an.decide(stepped, "assignment", onward).status == 403

    assert declare(town.officer("specialist", HERE, "chi"), "an").status == 201
    begun = an.decide(stepped, "assignment", onward)
    assert (begun.status, begun.body["officer"], begun.body["step"]["name"]) == (200, "chi", APPROVE)
    assert events(stepped)[-1].data["on_behalf_of"] == "chi"


@pytest.mark.parametrize("role", ["auditor", "finance", "post_clerk", "admin"])
def test_who_audits_or_keeps_money_does_nobody_elses_work(town: Town, time: Time, role: str) -> None:
    covered = assigned(town)
    assert declare(town.officer("supervisor", HERE), "x", "chi").status == 201
    seen = town.officer("clerk", HERE).get(f"/dossiers/{covered}").etag

    assert town.officer(role, HERE, "x").post(f"/dossiers/{covered}/suspension", WAIT, seen=seen).status == 403


def test_an_account_of_the_same_name_elsewhere_gains_nothing(town: Town, time: Time) -> None:
    covered = assigned(town)
    assert declare(town.officer("supervisor", HERE), "an", "chi").status == 201
    seen = town.officer("clerk", HERE).get(f"/dossiers/{covered}").etag

    elsewhere = town.officer("specialist", ELSEWHERE, "an")
    assert elsewhere.post(f"/dossiers/{covered}/suspension", WAIT, seen=seen).status == 403
    assert mine(elsewhere, "an")["items"] == []


def test_it_begins_and_ends_by_itself(town: Town, time: Time) -> None:
    an, covered = town.officer("clerk", HERE, "an"), assigned(town)
    assert declare(town.officer("supervisor", HERE), "an", "chi", 1, 2).status == 201
    answers = []
    for day in range(4):
        time.at = MONDAY + timedelta(days=day)
        answers.append((an.decide(covered, "messages", {"text": "Chào"}).status, len(mine(an, "an")["items"])))
    noted = ["on_behalf_of" in each.data for each in events(covered) if each.type == "messaged"]

    assert [count for _, count in answers] == [0, 1, 1, 0]
    assert noted == [False, True, True, False]


@pytest.mark.parametrize("who", [("specialist", "chi"), ("clerk", "an"), ("supervisor", "giang")])
def test_either_of_the_two_or_a_supervisor_ends_it_early_and_others_do_not(
    town: Town, time: Time, who: tuple[str, str]
) -> None:
    covered = assigned(town)
    cover = declare(town.officer("specialist", HERE, "chi"), "an").body
    path = f"/desk/covers/{cover['id']}/end"

    assert town.officer("specialist", HERE, "dung").post(path).status == 403
    assert town.officer("supervisor", ELSEWHERE, "giang").post(path).status == 404
    over = town.officer(who[0], HERE, who[1]).post(path)
    assert (over.status, over.body["in_force"], over.body["ended_by"]) == (200, False, who[1])
    assert town.officer("clerk", HERE, "an").decide(covered, "suspension", WAIT).status == 403
    assert town.officer("supervisor", HERE).post(path).body["code"] == "cover_over"
    assert town.officer("supervisor", HERE).post("/desk/covers/none/end").status == 404


def test_one_ended_elsewhere_lets_nobody_act_however_long_a_container_remembers_it(town: Town, time: Time) -> None:
    an, covered = town.officer("clerk", HERE, "an"), assigned(town)
    cover = declare(town.officer("specialist", HERE, "chi"), "an").body
    assert mine(an, "an")["items"]
    remembered = dict(cover_actions._known())
    assert town.officer("specialist", HERE, "chi").post(f"/desk/covers/{cover['id']}/end").status == 200
    cover_actions._known().update(remembered)

    assert an.decide(covered, "suspension", WAIT).status == 403


def test_a_chain_is_not_followed_even_if_it_were_recorded(town: Town, time: Time) -> None:
    from chalicelib.dossiers import cover_records

    covered = assigned(town)
    assert declare(town.officer("specialist", HERE, "chi"), "an").status == 201
    (first,) = cover_records.standing(HERE, TODAY)
    onward = first.model_copy(update={"id": first.id[:-1] + "2", "absent": "an", "covering": "binh"})
    cover_records.add(onward, 2)

    assert town.officer("clerk", HERE, "binh").decide(covered, "suspension", WAIT).status == 403


def test_two_declared_at_once_do_not_both_stand(town: Town, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is judged anew when the first is recorded between its reading and its writing."""
    from chalicelib.dossiers import cover_records

    standing = cover_records.standing
    others = iter([lambda: declare(town.officer("specialist", HERE, "chi"), "dung")])

    def overtaken(agency: str, since: date) -> tuple[Cover, ...]:
        found = standing(agency, since)
        if (first := next(others, None)) is not None:
            assert first().status == 201
        return found

    monkeypatch.setattr(cover_records, "standing", overtaken)
    late = declare(town.officer("supervisor", HERE), "an", "chi")

    assert late.status == 422
    assert late.body["errors"][0]["code"] == "cover_overlaps"
    assert "dung" in str(late.body["errors"][0])
    assert len(town.officer("supervisor", HERE).get("/desk/covers").body["items"]) == 1


def test_repeated_under_its_key_it_is_declared_once(town: Town, time: Time) -> None:
    chi = town.officer("specialist", HERE, "chi")
    body = {"covering": "an", "from": str(TODAY), "to": str(TODAY)}
    first, second = (chi.post("/desk/covers", body, key="once") for _ in range(2))

    assert first.body == second.body
    assert len(chi.get("/desk/covers").body["items"]) == 1


def test_covers_are_read_page_by_page_past_ones_too(town: Town, time: Time) -> None:
    giang = town.officer("supervisor", HERE)
    for day, officer in product(range(3), ("a", "b")):
        assert declare(giang, "an", officer, day, day).status == 201
    time.at = MONDAY + timedelta(days=1)
    seen: list[tuple[str, str, bool]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = giang.get(f"/desk/covers?limit=2{f'&cursor={cursor}' if cursor else ''}").body
        seen += [(each["to"], each["absent"], each["in_force"]) for each in page["items"]]
        cursor = page.get("next")

    assert [day for day, _, _ in seen] == sorted((day for day, _, _ in seen), reverse=True)
    assert len(set(seen)) == 6
    assert [day for day, _, holds in seen if holds] == [str(date(2026, 6, 2))] * 2
    assert giang.get("/desk/covers?cursor=eA").status == 422


def test_the_queue_of_who_stands_in_has_both_officers_dossiers_in_one_order(
    town: Town, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: dict[str, list[str]] = {"chi": [], "dung": [], "x": []}
    for number, officer in enumerate(("dung", "chi", "x", "chi", "dung", "dung")):
        time.at = MONDAY + timedelta(hours=number)
        wanted[officer].append(assigned(town, officer))
    dung = town.officer("specialist", HERE, "dung")
    assert [each["id"] for each in mine(dung, "dung")["items"]] == wanted["dung"]
    assert declare(town.officer("specialist", HERE, "chi"), "dung").status == 201
    whole = mine(dung, "dung")["items"]
    pages, cursor = [], ""
    while cursor is not None:
        page = mine(dung, "dung", 2, f"&cursor={cursor}" if cursor else "")
        assert len(page["items"]) <= 2
        pages += page["items"]
        cursor = page.get("next")

    assert [each["id"] for each in pages] == [each["id"] for each in whole]
    assert {each["id"] for each in whole} == {*wanted["dung"], *wanted["chi"]}
    assert len(whole) == 5
    assert [each["due_at"] for each in whole] == sorted(each["due_at"] for each in whole)
    assert mine(town.officer("clerk", HERE), "dung")["items"] != whole, "to others, an officer's own are shown"
    bad = dung.get("/desk/dossiers?officer=dung&cursor=YQo")
    assert bad.status == 422
