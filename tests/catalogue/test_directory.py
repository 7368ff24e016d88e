"""The directory of agencies: what may stand where, what an admin may change, what is in the way of ending one."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.catalogue import actions, agency_actions, agency_records, directory
from chalicelib.catalogue.directory import (
    AgencyChangedMeanwhile,
    AgencyEvent,
    AgencyInUse,
    InTheWay,
    ProvinceStays,
    UnknownAgency,
)
from chalicelib.catalogue.placing import Known, Typed
from chalicelib.catalogue.rules import Agency
from chalicelib.clock.rules import ZONE
from chalicelib.history.once import Once
from chalicelib.refusals import Invalid
from chalicelib.table import Lost
from ops import load_sample
from tests.catalogue.samples import AGENCIES, a_procedure

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)
FREE = InTheWay(0, 0, 0)
KNOWN = {each.code: Known(each) for each in AGENCIES}
TYPED = Typed("H32.15", "Sở Y tế", "department", "H32", "QĐ 12/QĐ-UBND")
on_the_table = pytest.mark.usefixtures("table")


def a_once(key: str) -> Once:
    return Once("officer:quan", key, "f", NOON, 303, lambda _: ("/", None))


def faults(typed: Typed) -> set[tuple[str, str]]:
    before = KNOWN.get(typed.code)
    with pytest.raises(Invalid) as no:
        directory.changed(before, typed, KNOWN, "H32") if before else directory.added(typed, KNOWN, "H32")
    return {(fault.pointer, fault.code) for fault in no.value.faults}


def test_an_agency_is_added_as_typed() -> None:
    assert directory.added(TYPED, KNOWN, "H32") == Known(
        Agency(code="H32.15", name="Sở Y tế", level="department", parent="H32"), 1
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": ""}, ("/code", "wrong_form")),
        ({"code": "H33.15"}, ("/code", "wrong_form")),
        ({"code": "H32.15." + "1" * 40}, ("/code", "wrong_form")),
        ({"name": ""}, ("/name", "wrong_length")),
        ({"name": "x" * 201}, ("/name", "wrong_length")),
        ({"name": "SỞ NỘI  VỤ"}, ("/name", "taken")),
        ({"level": ""}, ("/level", "required")),
        ({"level": "province", "parent": ""}, ("/level", "one_province")),
        ({"level": "district"}, ("/level", "districts_ended")),
        ({"parent": ""}, ("/parent", "required")),
        ({"parent": "H32.99"}, ("/parent", "required")),
        ({"parent": "H32.50"}, ("/parent", "wrong_level")),
        ({"level": "commune", "parent": "H32.10"}, ("/parent", "wrong_level")),
        ({"reason": ""}, ("/reason", "required")),
        ({"reason": "x" * 501}, ("/reason", "required")),
        ({"code": "H32.10"}, ("/name", "unchanged")),
        ({"code": "H32.10", "parent": "H32.10"}, ("/parent", "circle")),
    ],
)
def test_what_is_wrong_is_told_at_its_field(changes: dict[str, str], told: tuple[str, str]) -> None:
    typed = replace(TYPED, **changes)
    if told[1] == "unchanged":
        typed = replace(typed, name="Sở Nội vụ")

    assert faults(typed) == {told}


def test_a_code_stands_for_one_agency_only() -> None:
    with pytest.raises(Invalid) as no:
        directory.added(replace(TYPED, code="H32.10"), KNOWN, "H32")
    assert [(fault.pointer, fault.code) for fault in no.value.faults] == [("/code", "taken")]


def test_everything_wrong_is_told_at_once() -> None:
    assert {pointer for pointer, _ in faults(Typed("x", "", "", "", ""))} == {"/code", "/name", "/level", "/reason"}


def test_nothing_is_put_under_what_is_under_it_nor_above_what_it_cannot_be_above() -> None:
    under = Known(Agency(code="H32.10.01", name="Chi cục", level="department", parent="H32.10"))
    known = {**KNOWN, "H32.10.01": under}
    typed = Typed("H32.10", "Sở Nội vụ", "department", "H32.10.01", "x")
    for changes, code in (({}, "circle"), ({"level": "commune", "parent": "H32"}, "agencies_beneath")):
        with pytest.raises(Invalid) as no:
            directory.changed(known["H32.10"], replace(typed, **changes), known, "H32")
        assert [fault.code for fault in no.value.faults] == [code]


def test_the_province_is_renamed_but_stays_on_top() -> None:
    typed = Typed("H32", "UBND tỉnh Khánh Hòa", "province", "", "x")

    assert directory.changed(KNOWN["H32"], typed, KNOWN, "H32").agency.name == "UBND tỉnh Khánh Hòa"
    assert faults(replace(typed, parent="H32.10")) == {("/parent", "top")}
    with pytest.raises(ProvinceStays):
        directory.ended(KNOWN["H32"], "x", NOON, "H32", FREE)


@pytest.mark.parametrize("way", [InTheWay(1, 0, 0), InTheWay(0, 1, 0), InTheWay(0, 0, 1)])
def test_what_is_in_the_way_of_ending_is_told(way: InTheWay) -> None:
    with pytest.raises(AgencyInUse) as no:
        directory.ended(KNOWN["H32.10"], "x", NOON, "H32", way)
    assert no.value.facts == {name: str(count) for name, count in vars(way).items()}


def test_what_is_in_the_way_is_counted_up_to_99() -> None:
    with pytest.raises(AgencyInUse) as no:
        directory.ended(KNOWN["H32.10"], "x", NOON, "H32", InTheWay(100, 99, 0))
    assert "99+ hồ sơ đang mở, 99 thủ tục" in no.value.told("vi")


def test_ending_needs_a_reason_and_happens_once_and_is_taken_back() -> None:
    with pytest.raises(Invalid):
        directory.ended(KNOWN["H32.10"], "", NOON, "H32", FREE)
    ended = directory.ended(KNOWN["H32.10"], "x", NOON, "H32", FREE)
    known = {**KNOWN, "H32.10": ended}
    assert (ended.ended_at, ended.version) == (NOON, 1)
    with pytest.raises(AgencyChangedMeanwhile):
        directory.ended(ended, "x", NOON, "H32", FREE)
    with pytest.raises(AgencyChangedMeanwhile):
        directory.changed(ended, replace(TYPED, code="H32.10"), known, "H32")
    assert directory.reopened(ended, "x", known, "H32") == Known(KNOWN["H32.10"].agency, 2)
    with pytest.raises(AgencyChangedMeanwhile):
        directory.reopened(KNOWN["H32.10"], "x", KNOWN, "H32")
    taken = {**known, "H32.15": Known(Agency(code="H32.15", name="Sở Nội vụ", level="department", parent="H32"))}
    with pytest.raises(Invalid):
        directory.reopened(ended, "x", taken, "H32")


@on_the_table
def test_each_change_is_kept_with_who_when_and_why() -> None:
    actions.keep_agencies(AGENCIES)
    agency_actions.add(TYPED, "quan", NOON, a_once("1"))
    renamed = replace(TYPED, name="Sở Y tế và Dân số", reason="QĐ 13")
    agency_actions.change(renamed, 1, "quan", NOON + timedelta(hours=1), a_once("2"))
    agency_actions.end("H32.15", 2, 0, "Sáp nhập", "lan", NOON + timedelta(hours=2), a_once("3"))

    known, events = agency_actions.show("H32.15")
    assert (known.version, known.stands) == (3, False)
    assert [(each.number, each.what, each.by, each.reason) for each in events] == [
        (3, "ended", "lan", "Sáp nhập"),
        (2, "changed", "quan", "QĐ 13"),
        (1, "added", "quan", "QĐ 12/QĐ-UBND"),
    ]
    assert events[1].before
    assert (events[1].before.name, events[1].after.name) == ("Sở Y tế", "Sở Y tế và Dân số")
    assert "H32.15" not in {each.code for each in actions.agencies()}
    assert "H32.15" in {each.agency.code for each in actions.every_agency()}
    with pytest.raises(UnknownAgency):
        agency_actions.show("H32.98")


@on_the_table
def test_what_was_not_seen_is_not_changed_and_one_form_is_carried_out_once() -> None:
    actions.keep_agencies(AGENCIES)
    typed = replace(TYPED, code="H32.10")
    agency_actions.change(typed, 0, "quan", NOON, a_once("1"))
    for seen in (0, None, 7):
        with pytest.raises(AgencyChangedMeanwhile):
            agency_actions.change(replace(typed, name="Sở khác"), seen, "quan", NOON, a_once("2"))
    with pytest.raises(Lost) as lost:
        agency_actions.change(replace(typed, name="Sở khác"), 1, "quan", NOON, a_once("1"))
    assert lost.value.over(Once.KIND)
    assert agency_actions.known()["H32.10"].agency.name == "Sở Y tế"


@on_the_table
def test_two_admins_at_once_are_judged_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second would put an agency under one that the first has just ended."""
    actions.keep_agencies(AGENCIES)
    keep = agency_records.keep

    def overtaken(*given: Any) -> None:
        monkeypatch.setattr(agency_records, "keep", keep)
        agency_actions.end("H32.11", 0, 0, "x", "lan", NOON, a_once("other"))
        keep(*given)

    monkeypatch.setattr(agency_records, "keep", overtaken)
    with pytest.raises(Invalid) as no:
        agency_actions.add(replace(TYPED, parent="H32.11"), "quan", NOON, a_once("1"))
    assert [fault.pointer for fault in no.value.faults] == ["/parent"]
    assert "H32.15" not in agency_actions.known()


@on_the_table
def test_a_procedure_published_while_its_agency_is_being_ended_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.keep_agencies(AGENCIES)
    actions.publish(a_procedure(agencies=("H32.51",)), NOON.date())
    keep = agency_records.keep

    def overtaken(*given: Any) -> None:
        monkeypatch.setattr(agency_records, "keep", keep)
        actions.publish(a_procedure(code="1.000002", agencies=("H32.11",)), NOON.date())
        keep(*given)

    monkeypatch.setattr(agency_records, "keep", overtaken)
    with pytest.raises(AgencyInUse) as no:
        agency_actions.end("H32.11", 0, 0, "x", "quan", NOON, a_once("1"))
    assert no.value.facts["procedures"] == "1"
    with pytest.raises(AgencyInUse):
        agency_actions.end("H32.51", 0, 0, "x", "quan", NOON, a_once("2"))
    actions.publish(a_procedure(agencies=("H32.51",), status="abolished"), NOON.date())
    assert not agency_actions.end("H32.51", 0, 0, "x", "quan", NOON, a_once("3")).stands


@on_the_table
def test_an_import_leaves_what_an_admin_changed_and_tells_which() -> None:
    assert actions.keep_agencies(AGENCIES) == []
    agency_actions.change(replace(TYPED, code="H32.10"), 0, "quan", NOON, a_once("1"))
    agency_actions.end("H32.51", 0, 0, "x", "quan", NOON, a_once("2"))
    newer = [each.model_copy(update={"name": f"{each.name} mới"}) for each in AGENCIES]

    assert actions.keep_agencies(newer) == ["H32.10", "H32.51"]
    names = {each.code: each.name for each in actions.agencies()}
    assert names["H32.10"] == "Sở Y tế"
    assert names["H32.11"].endswith(" mới")
    assert "H32.51" not in names


@on_the_table
def test_an_import_overtaken_by_an_admin_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.keep_agencies(AGENCIES)
    listing = agency_records.listing
    before = listing()
    agency_actions.change(replace(TYPED, code="H32.10"), 0, "quan", NOON, a_once("1"))
    monkeypatch.setattr(agency_records, "listing", lambda: before)
    newer = [each.model_copy(update={"name": f"{each.name} mới"}) for each in AGENCIES]

    assert actions.keep_agencies(newer) == ["H32.10"]
    monkeypatch.setattr(agency_records, "listing", listing)
    names = {each.code: each.name for each in actions.agencies()}
    assert names["H32.10"] == "Sở Y tế"
    assert names["H32.50"].endswith(" mới")


@on_the_table
def test_an_import_of_more_than_one_transaction_takes_is_whole() -> None:
    many = [Agency(code=f"H32.{100 + n}", name=f"Xã {n}", level="commune", parent="H32") for n in range(230)]

    assert actions.keep_agencies([*AGENCIES, *many]) == []
    assert len(actions.agencies()) == 235
    assert [each.code for each in actions.agencies("H32.10", 2)] == ["H32.100", "H32.101"]


@on_the_table
def test_a_load_names_what_it_left_and_publishes_nothing_for_an_ended_agency(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.dumps({"agencies": [each.model_dump() for each in AGENCIES]})
    (tmp_path / "agencies.json").write_text(told, encoding="utf-8")
    procedure = a_procedure(agencies=("H32.51",)).model_dump_json(by_alias=True)
    (tmp_path / "births.json").write_text(f"[{procedure}]", encoding="utf-8")
    actions.keep_agencies(AGENCIES)
    agency_actions.change(Typed("H32.51", "UBND xã Cam Lâm", "commune", "H32", "x"), 0, "quan", NOON, a_once("1"))
    agency_actions.end("H32.51", 1, 0, "x", "quan", NOON, a_once("2"))

    assert load_sample.load(tmp_path, NOON.date()) == {"agency_ended": 1}
    assert "H32.51" in capsys.readouterr().out


def test_what_a_later_release_adds_to_an_event_is_kept() -> None:
    event = {"number": 1, "what": "ended", "by": "quan", "at": NOON, "reason": "x", "before": None}
    kept = AgencyEvent.model_validate({**event, "after": AGENCIES[0], "added": "x"})

    assert kept.model_dump()["added"] == "x"
