"""What a desk finds a dossier by: the words of a name and whole numbers, and that the table always says the same."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chalicelib.clock.rules import ZONE
from chalicelib.dossiers import finding, records
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.find_records import FindItem
from chalicelib.dossiers.finding import entries, sought
from chalicelib.dossiers.items import HeadItem, StatusItem
from chalicelib.dossiers.life import Stage
from chalicelib.dossiers.people import Address, Person
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import SYSTEM, EventType
from chalicelib.table import Lost, fresh_id
from tests.dossiers.conftest import file
from tests.dossiers.test_life import a_dossier
from tests.people import Town

HERE, ELSEWHERE = "H32.10", "H32.11"
FILED = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)
ADDRESS = Address(line="12 Lê Lợi", commune="Nha Trang", province="Khánh Hòa")


def somebody(name: str = "Nguyễn Văn A", **facts: Any) -> Person:
    usual: dict[str, Any] = {"kind": "person", "identity_number": "056190001234", "phone": "0905123456"}
    return Person(full_name=name, address=ADDRESS, **usual | facts)


def filed(person: Person | None, **facts: Any) -> Dossier:
    usual: dict[str, Any] = {"stage": Stage.SUBMITTED, "submitted_at": FILED, "code": "H32.10-261102-0001"}
    return a_dossier(**usual | facts, applicant=person)


def finds(typed: str, dossier: Dossier) -> bool:
    asked = sought(typed, dossier.agency)
    if asked.by == "code":
        return asked.key == dossier.code
    return bool(asked.key) and any(each.startswith(asked.key) for each in entries(dossier))


LONG = "Công ty TNHH Một Thành Viên Thương Mại Dịch Vụ Xây Dựng Hoà Bình Nha Trang"


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("Nguyễn Văn A", "nguyen van a", True),
        ("Nguyễn Văn A", "Nguyễn Văn A", True),
        ("Nguyễn Văn A", "NGUYEN  VAN", True),
        ("Nguyễn Văn A", "nguy", True),
        ("Nguyễn Văn A", "van a", True),
        ("Nguyễn Văn A", "a", True),
        ("Nguyễn Văn Anh", "an", True),
        ("Đặng Thị Ý", "dang thi y", True),
        ("Đặng Thị Ý", "ý", True),
        ("Nguyễn Văn A", "nguyen a", False),  # words left out are not guessed
        ("Nguyễn Văn A", "guyen", False),  # nor the middle of one
        ("Nguyễn Văn A", "van nguyen", False),
        ("Nguyễn Văn A", "nguyen van b", False),
        (LONG, "cong ty tnhh mot", True),
        (LONG, "hoà bình", True),
        (LONG, "xay dung hoa", True),
        (LONG, "thanh vien", False),  # of a long name the whole, and what begins at one of the last seven words
        ("O'Neil-Smith Jr.", "smith", True),
        ("Cơ sở 2/9", "co so 2", True),
    ],
)
def test_a_name_is_found_without_accents_from_any_word_on(name: str, typed: str, found: bool) -> None:
    assert finds(typed, filed(somebody(name))) == found


@pytest.mark.parametrize(
    "typed", ["0905123456", "0905 123 456", "0905.123.456", "+84905123456", "84905123456", "(+84) 905-123-456"]
)
def test_a_phone_is_found_however_it_is_written(typed: str) -> None:
    assert finds(typed, filed(somebody()))
    assert not finds(typed, filed(somebody(phone="0905123457")))


@pytest.mark.parametrize(
    ("facts", "typed", "other"),
    [
        ({}, "056190001234", "056190001235"),
        ({"identity_number": "B1234567"}, " b1234567", "b1234568"),
        ({"identity_number": "084190001234"}, "084190001234", "056190001234"),
        ({"kind": "organisation", "tax_code": "0100109106"}, "0100109106", "0100109107"),
        ({"kind": "organisation", "tax_code": "0100109106-001"}, "0100109106001", "0100109106"),
        ({"kind": "organisation", "tax_code": "0100109106-001"}, "0100109106-001", "0100109106-002"),
        ({"phone": "+442079460000"}, "+44 20 7946 0000", "020 7946 0000"),
    ],
)
def test_a_number_is_found_whole_and_no_other_is(facts: dict[str, Any], typed: str, other: str) -> None:
    assert finds(typed, filed(somebody(**facts)))
    assert not finds(other, filed(somebody(**facts)))
    assert not finds(typed[:-1], filed(somebody(**facts)))


def test_a_code_is_a_code_and_nothing_typed_in_vain_finds_everybody() -> None:
    assert sought(" h32.10-261102-0001 ", HERE) == ("code", "H32.10-261102-0001")
    for typed in ("", " ", "-", "()", "#", "name#", "!?", "\u0300", "_"):
        assert not finds(typed, filed(somebody())), typed


def test_no_number_and_nothing_but_the_name_stands_in_a_key() -> None:
    told = " ".join(entries(filed(somebody(tax_code="0100109106", email="a@example.vn"))))

    for personal in ("905123456", "056190001234", "0100109106", "example", "Lợi"):
        assert personal not in told


def test_the_same_number_has_another_digest_at_another_desk() -> None:
    assert sought("0905123456", HERE).key != sought("0905123456", ELSEWHERE).key


@pytest.mark.parametrize("stage", Stage)
def test_what_was_filed_is_found_and_no_draft_nor_what_became_of_one(stage: Stage) -> None:
    never = stage in (Stage.DRAFT, Stage.EXPIRED)

    assert bool(entries(filed(somebody(), stage=stage, submitted_at=None if never else FILED))) == (not never)
    assert bool(entries(filed(somebody(), stage=stage))) == (not never)
    assert entries(filed(None, stage=stage)) == ()


def test_who_is_called_the_same_twice_is_listed_once() -> None:
    known = entries(filed(somebody("Văn An An")))

    assert len([each for each in known if each.startswith("name#an")]) == 2
    assert finding.first("name#an", known) == "name#an an#261102"
    assert finding.first("name#b", known) is None


@example("가" * 200, "가")
@example("\U0001d160 " * 60, "x")
@given(st.text(min_size=1, max_size=200), st.text(max_size=200))
def test_whatever_somebody_is_called_the_keys_fit_and_the_whole_name_finds_them(name: str, other: str) -> None:
    try:
        dossier = filed(somebody(name))
    except ValueError:
        return  # a name of spaces
    known = entries(dossier)

    assert len(known) <= finding.WORDS + 3
    assert all(len(f"{each}#{dossier.id}".encode()) <= 1024 for each in known)
    names = [each for each in known if each.startswith("name#")]
    assert all(each.count("#") == 2 for each in names), "what ends the words stands in none"
    if sought(name, HERE).by == "name":
        assert finds(name, dossier) == bool(names)
    sought(other, HERE)  # whatever is typed is answered


NAMES = st.sampled_from(["Nguyễn Văn A", "Nguyễn Văn An An", "Trần Thị Bình", "An", "Công ty Hoà Bình", "!"])
PEOPLE = st.none() | st.builds(somebody, NAMES, phone=st.sampled_from(["0905123456", "0905123457"]))
FACTS = st.fixed_dictionaries(
    {"applicant": PEOPLE, "agency": st.sampled_from([HERE, ELSEWHERE]), "stage": st.sampled_from(Stage)}
)


def standing(dossier_id: str) -> set[tuple[str, str]]:
    found = (each for agency in (HERE, ELSEWHERE) for each in FindItem.query(f"FIND#{agency}"))
    return {(each.pk, each.sk) for each in found if each.sk.endswith(f"#{dossier_id}")}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, min_size=1, max_size=6))
def test_whatever_changes_the_table_says_by_what_a_dossier_is_found(table: None, life: list[dict[str, Any]]) -> None:
    """Another applicant, another agency, another stage, nobody any more: all in the transaction of the change."""
    head = None
    blank = filed(None, id=fresh_id(), code=None)
    for facts in life:
        after = (head or blank).model_copy(update=facts)
        head = records.keep(head, Change(after, EventType.MESSAGED, {}), SYSTEM, FILED)

        assert standing(head.id) == {(f"FIND#{head.agency}", f"{each}#{head.id}") for each in entries(head)}


def test_what_loses_the_race_changes_nothing_of_what_finds_a_dossier(table: None) -> None:
    first = records.keep(None, Change(filed(somebody(), code=None), EventType.MESSAGED, {}), SYSTEM, FILED)
    renamed = first.model_copy(update={"applicant": somebody("Trần Thị Bình")})
    second = records.keep(first, Change(renamed, EventType.MESSAGED, {}), SYSTEM, FILED)
    with pytest.raises(Lost):
        records.keep(first, Change(first, EventType.MESSAGED, {}), SYSTEM, FILED)

    assert standing(first.id) == {(f"FIND#{HERE}", f"{each}#{first.id}") for each in entries(second)}


@pytest.mark.parametrize("before", [(), ("name#tran thi binh#261101", "by-another-rule#x")])
def test_what_was_filed_under_other_rules_is_found_under_ours_from_its_next_change_on(
    town: Town, before: tuple[str, ...]
) -> None:
    head = records.load(file(town.citizen())["id"])
    for key in standing(head.id):
        FindItem(*key).delete()
    for entry in before:
        FindItem(f"FIND#{HERE}", f"{entry}#{head.id}").save()
    older = head.model_copy(update={"found_by": before}).model_dump_json()
    HeadItem(f"D#{head.id}", records.HEAD).update([HeadItem.body.set(older)])

    assert town.officer("clerk", HERE).decide(head.id, "acceptance").status == 200
    assert {entry for _, entry in standing(head.id)} == {f"{each}#{head.id}" for each in entries(head)}


def test_the_public_status_holds_nothing_a_dossier_is_found_by(town: Town) -> None:
    dossier = file(town.citizen())

    assert '"found_by":[]' in StatusItem.get(f"C#{dossier['code']}", "STATUS").body
