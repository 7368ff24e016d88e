"""Outages over HTTP: what is declared is kept as it was; what cannot have been is refused with the field named."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock import outage_actions, outage_records
from chalicelib.clock.outages import OutageDeclared
from chalicelib.clock.rules import ZONE
from chalicelib.web import serving
from tests.faults.injection import Died, Fault, When, at, outside
from tests.people import Reply, Town
from tests.towns import opened

NOW = datetime(2026, 6, 1, 15, 0, tzinfo=ZONE)
ROLES = ("clerk", "specialist", "approver", "finance", "post_clerk", "supervisor", "admin", "auditor")


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    with opened() as town:
        monkeypatch.setattr(serving, "now", lambda: NOW)
        yield town


def window(begin: str, to: str, **more: Any) -> dict[str, Any]:
    """Of the day on which it is declared, unless they say otherwise."""
    said = {"from": begin, "to": to}
    return {
        **{name: f"2026-06-01T{clock}:00+07:00" if len(clock) == 5 else clock for name, clock in said.items()},
        "reason": "Mất điện trung tâm dữ liệu",
        **more,
    }


def declare(town: Town, *hours: str, role: str = "admin", key: str | None = None, **more: Any) -> Reply:
    return town.officer(role, "H32").post("/outages", window(*hours, **more), key=key)


def told(reply: Reply) -> tuple[int, str, str]:
    fault = reply.body["errors"][0]
    return reply.status, fault["pointer"], fault["code"]


def test_what_was_declared_is_kept_with_who_declared_it_and_when(town: Town) -> None:
    made = declare(town, "2026-06-01T01:00:00Z", "10:30", agency="H32.10")

    assert made.status == 201, made
    assert made.body == {
        "id": "1",
        "from": "2026-06-01T08:00:00+07:00",
        "to": "2026-06-01T10:30:00+07:00",
        "reason": "Mất điện trung tâm dữ liệu",
        "agency": "H32.10",
        "declared_by": "admin-H32",
        "declared_at": NOW.isoformat(),
    }
    assert town.officer("specialist", "H32.10").get("/outages").body == {"items": [made.body]}


@pytest.mark.parametrize(
    ("hours", "pointer", "code"),
    [
        (("10:00", "09:00"), "/to", "outage_inverted"),
        (("09:00", "09:00"), "/to", "outage_inverted"),
        (("14:00", "15:01"), "/to", "outage_not_over"),
        (("2027-01-01T08:00:00+07:00", "2027-01-01T09:00:00+07:00"), "/to", "outage_not_over"),
        (("2017-12-31T08:00:00+07:00", "09:00"), "/from", "instant_out_of_range"),
        (("0001-01-01T00:00:00+14:00", "09:00"), "/from", "instant_out_of_range"),
        (("09:00", "9999-12-31T23:00:00-12:00"), "/to", "instant_out_of_range"),
        (("2026-06-01T09:00:00", "10:00"), "/from", "wrong_type"),
        (("08:59", "09:01"), "/from", "outage_overlaps"),
        (("09:59", "10:30"), "/from", "outage_overlaps"),
        (("09:10", "09:20"), "/from", "outage_overlaps"),
        (("08:00", "11:00"), "/from", "outage_overlaps"),
    ],
)
def test_what_cannot_have_been_is_refused_with_the_field_named(
    town: Town, hours: tuple[str, str], pointer: str, code: str
) -> None:
    declare(town, "09:00", "10:00")

    assert told(declare(town, *hours)) == (422, pointer, code)
    assert len(outage_records.every()) == 1


@pytest.mark.parametrize("more", [{"reason": "  "}, {"agency": "Sở"}, {"until": "later"}, {"reason": None}])
def test_what_is_no_outage_at_all_is_refused(town: Town, more: dict[str, Any]) -> None:
    assert told(declare(town, "09:00", "10:00", **more))[:2] == (422, f"/{next(iter(more))}")


def test_one_may_follow_another_at_once_and_other_agencies_have_their_own(town: Town) -> None:
    hours = [("09:00", "10:00", None), ("10:00", "10:30", None), ("08:00", "09:00", None)]
    hours += [("09:00", "10:00", "H32.10"), ("09:00", "10:00", "H32.11")]

    made = [declare(town, begin, to, agency=agency) for begin, to, agency in hours]
    assert [(each.status, each.body["id"]) for each in made] == [(201, str(n)) for n in range(1, 6)]


def test_they_are_listed_page_by_page_the_last_first(town: Town) -> None:
    for hour in range(1, 6):
        declare(town, f"0{hour}:00", f"0{hour}:30")
    officer, seen, next_page = town.officer("auditor", "H32"), [], ""
    while True:
        page = officer.get(f"/outages?limit=2{next_page}").body
        seen.append([each["id"] for each in page["items"]])
        if "next" not in page:
            break
        next_page = f"&cursor={page['next']}"

    assert seen == [["5", "4"], ["3", "2"], ["1"]]
    for cursor in ("eA", "MDA3", "MTExMTExMTExMTExMTEx"):
        assert officer.get(f"/outages?cursor={cursor}").body["code"] == "cursor_unreadable"
    assert officer.get("/outages?limit=0").status == 422


def test_the_admin_declares_and_those_who_finish_dossiers_read(town: Town) -> None:
    may_declare = [role for role in ROLES if declare(town, "09:00", "10:00", role=role).status == 201]
    may_read = {role for role in ROLES if town.officer(role, "H32.10").get("/outages").status == 200}

    assert may_declare == ["admin"]
    assert may_read == set(ROLES) - {"finance", "post_clerk"}
    assert [town.citizen().get("/outages").status, town.anyone.get("/outages").status] == [403, 401]


def test_a_process_that_dies_at_any_call_leaves_one_outage_once_it_is_asked_again(town: Town) -> None:
    town.anyone.get("/calendar")  # read once, then known
    with outside() as seen:
        assert declare(town, "00:00", "00:10").status == 201
    for number in range(len(seen.calls)):
        for when in When:
            hour, count = 2 + number * 2 + (when is When.AFTER), len(outage_records.every())
            hours = f"{hour:02}:00", f"{hour:02}:30"
            with outside(at(number, Fault("death", when))), pytest.raises(Died):
                declare(town, *hours, key=f"k-{number}-{when.name}")
            again = [declare(town, *hours, key=f"k-{number}-{when.name}") for _ in range(2)]
            assert [(each.status, each.body["id"]) for each in again] == [(201, str(count + 1))] * 2
            assert len(outage_records.every()) == count + 1


def test_who_is_overtaken_is_judged_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = OutageDeclared.model_validate(
        {"from": NOW - timedelta(hours=2), "to": NOW - timedelta(hours=1), "reason": "Thử"}
    )
    every, late = outage_records.every, []

    def overtaken() -> list[Any]:
        found = every()
        if not late:
            late.append(outage_actions.declare)
            monkeypatch.setattr(outage_records, "every", every)
            declare(town, "09:00", "10:00")
        return found

    monkeypatch.setattr(outage_records, "every", overtaken)
    assert outage_actions.declare(asked, "admin", NOW).id == "2"
    assert [each.id for each in every()] == ["1", "2"]
