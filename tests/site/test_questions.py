"""A form's schema as questions: every form of the sample, answered on its pages, says exactly what its example says."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue.countries import countries
from chalicelib.catalogue.form_words import in_words, label_at
from chalicelib.dossiers.forms import form_faults, merged
from chalicelib.site import given
from chalicelib.site.questions import WHOLE, Question, questions
from chalicelib.site.review import form_rows
from chalicelib.site.steps import form_steps, named
from chalicelib.site.visits import Fields
from tests.conftest import ROOT

SAMPLE = sorted((ROOT / "ops" / "sample" / "khanh-hoa" / "procedures").glob("*.json"))
EXAMPLES = [
    pytest.param(procedure["form"], example, id=procedure["code"])
    for path in SAMPLE
    for procedure in [json.loads(Path(path).read_text())]
    for example in procedure["form"]["examples"]
]
PEOPLE = {
    "type": "object",
    "required": ["married", "people"],
    "properties": {
        "married": {"type": "boolean", "title": "Đã kết hôn"},
        "certificate": {"type": "string", "title": "Số giấy"},
        "people": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        },
        "born": {"type": "string", "format": "date", "title": "Ngày sinh"},
    },
    "allOf": [
        {
            "if": {"properties": {"married": {"const": True}}, "required": ["married"]},
            "then": {"required": ["certificate"]},
            "else": {"properties": {"certificate": {"not": {}}}},
        }
    ],
}


def typed(asked: Any) -> Iterator[tuple[str, str]]:
    """What a person would type into the fields, given the answers shown in them."""
    for each in asked:
        if each.kind in WHOLE:
            yield from typed(each.parts)
        elif each.kind == "several":
            yield from ((each.name, str(value)) for value in each.value or ())
        elif each.text:
            yield each.name, each.text


def read(schema: dict[str, Any], pairs: list[tuple[str, str]], before: dict[str, Any] | None = None) -> dict[str, Any]:
    return given.answers(schema, schema["properties"], Fields(pairs), before or {})


def without_empty_lists(value: Any) -> Any:
    """To a person, a list in which nothing stands and none at all are the same."""
    if isinstance(value, dict):
        return {name: without_empty_lists(each) for name, each in value.items() if each != []}
    return [without_empty_lists(each) for each in value] if isinstance(value, list) else value


def by_name(schema: dict[str, Any], form: dict[str, Any]) -> dict[str, Question]:
    return {each.name.removeprefix("form."): each for each in questions(schema, form, "vi")}


@pytest.mark.parametrize(("schema", "example"), EXAMPLES)
def test_a_form_typed_as_shown_says_what_was_meant(schema: dict[str, Any], example: dict[str, Any]) -> None:
    pairs = list(typed(questions(schema, example, "vi")))

    said = read(schema, pairs)
    assert without_empty_lists(said) == without_empty_lists(example)
    assert not list(form_faults(schema, said))


@pytest.mark.parametrize(("schema", "example"), EXAMPLES)
def test_every_question_stands_on_exactly_one_page(schema: dict[str, Any], example: dict[str, Any]) -> None:
    names = [name for step in form_steps(schema, example, "vi") for name in step.names]

    assert len(names) == len(set(names))
    assert set(example) <= set(names) <= set(schema["properties"])


@pytest.mark.parametrize(("schema", "example"), EXAMPLES)
def test_every_fault_of_an_empty_form_is_about_a_question(schema: dict[str, Any], example: dict[str, Any]) -> None:
    asked = questions(schema, {}, "vi")
    faults = named(list(form_faults(schema, {})), asked, "vi")

    assert faults
    assert all(": " in each.vi for each in faults)


def test_whether_a_question_is_asked_follows_from_the_answers() -> None:
    assert not by_name(PEOPLE, {})["certificate"].asked
    assert not by_name(PEOPLE, {"married": False})["certificate"].asked
    married = by_name(PEOPLE, {"married": True})["certificate"]
    assert married.asked
    assert married.required


def test_an_answer_to_what_is_asked_no_more_is_dropped() -> None:
    pairs = [("form.married", "false"), ("form.certificate", "7")]

    assert read(PEOPLE, pairs) == {"married": False, "people": []}


def test_a_list_keeps_what_was_said_in_its_order_and_drops_the_empty() -> None:
    pairs = [("form.people.2.name", "C"), ("form.people.0.name", "A"), ("form.people.1.name", "")]

    assert read(PEOPLE, pairs)["people"] == [{"name": "A"}, {"name": "C"}]
    more = questions(PEOPLE, {"people": [{"name": "A"}]}, "vi", more="form.people")
    assert [part.value for part in more[2].parts] == [{"name": "A"}, None]


def test_a_schema_that_refers_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/$defs/node"}}}

    assert questions({**node, "$defs": {"node": node}}, {}, "vi")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02/09/1990", "1990-09-02"),
        ("2/9/1990", "1990-09-02"),
        ("2-9-1990", "1990-09-02"),
        ("2.9.1990", "1990-09-02"),
        ("02091990", "1990-09-02"),
        ("31/02/1990", "31/02/1990"),
        ("1990", "1990"),
        ("hôm qua", "hôm qua"),
    ],
)
def test_a_date_is_read_as_people_write_it_and_nonsense_is_kept(text: str, day: str) -> None:
    assert given.day(text) == day
    (born,) = (each for each in questions(PEOPLE, {"born": day}, "vi") if each.kind == "date")
    assert born.text == ("02/09/1990" if day == "1990-09-02" else text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.500.000", 1_500_000), ("1 500", 1500), ("2,5", 2.5), ("2.5", 2.5), ("-3", -3), ("ba", "ba"), ("1e5", "1e5")],
)
def test_a_number_is_read_as_people_write_it_and_nonsense_is_kept(text: str, number: Any) -> None:
    assert given.number(text, "number") == number


@pytest.mark.parametrize(
    ("before", "after"),
    [({}, {"a": 1}), ({"a": 1}, {}), ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}), ({"a": [1, 2]}, {"a": [2]})],
)
def test_a_patch_makes_the_one_of_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert merged(before, given.patch(before, after)) == after
    assert given.patch(after, after) == {}


TITLED = {
    "type": "object",
    "$defs": {"person": {"type": "object", "properties": {"full_name": {"type": "string", "title": "Họ và tên"}}}},
    "properties": {
        "purpose": {"type": "string", "title": "Mục đích", "x-title-en": "Purpose"},
        "mother": {"$ref": "#/$defs/person", "title": "Mẹ", "x-title-en": "Mother"},
        "members": {"type": "array", "title": "Thành viên", "items": {"$ref": "#/$defs/person"}},
        "a/b~c": {"type": "string", "title": "Lạ"},
    },
}


@pytest.mark.parametrize(
    ("pointer", "language", "called"),
    [
        ("/purpose", "vi", "Mục đích"),
        ("purpose", "en", "Purpose"),
        ("mother", "vi", "Mẹ"),
        ("mother/full_name", "vi", "Mẹ – Họ và tên"),
        ("mother/full_name", "en", "Mother – Họ và tên"),
        ("/members/1/full_name", "vi", "Thành viên 2 – Họ và tên"),
        ("members", "vi", "Thành viên"),
        ("a~1b~0c", "vi", "Lạ"),
        ("members/x", "vi", "members/x"),
        ("mother/age", "vi", "mother/age"),
        ("none/such", "en", "none/such"),
        ("0", "vi", "0"),
        ("", "vi", ""),
    ],
)
def test_a_place_in_the_form_is_called_as_the_form_calls_it(pointer: str, language: Any, called: str) -> None:
    assert label_at(TITLED, pointer, language) == called


def test_read_again_a_group_is_a_heading_and_what_was_left_open_a_dash() -> None:
    who = {"type": "object", "title": "Người", "properties": {"name": {"type": "string", "title": "Tên"}}}
    schema = {"type": "object", "properties": {"who": who}}

    assert form_rows(questions(schema, {"who": {"name": "An"}}, "vi"), "vi") == [("Người", "", 0), ("Tên", "An", 1)]
    assert form_rows(questions(schema, {"who": {}}, "vi"), "vi") == [("Người", "", 0), ("Tên", "—", 1)]
    assert form_rows(questions(schema, {}, "vi"), "vi") == [("Người", "—", 0)]


PERSON = {"properties": {"nationality": {"type": "string", "format": "country", "title": "Quốc tịch"}}}


@pytest.mark.parametrize(("language", "named"), [("vi", "Hoa Kỳ"), ("en", "United States")])
def test_a_country_is_chosen_by_its_name_this_one_first_and_kept_by_its_letters(language: Any, named: str) -> None:
    [question] = questions(PERSON, {}, language)

    assert question.kind == "choice"
    assert question.choices[0][0] == "VN"
    assert dict(question.choices)["US"] == named
    assert given.answers(PERSON, ["nationality"], Fields((("form.nationality", "US"),)), {}) == {"nationality": "US"}
    assert in_words(PERSON["properties"]["nationality"], "US", language) == named


@pytest.mark.parametrize("said", ["QQ", "us", "Hoa Kỳ", ""])
def test_what_is_no_country_is_refused_by_its_field(said: str) -> None:
    assert [each.pointer for each in form_faults(PERSON, {"nationality": said})] == ["/form/nationality"]
    assert not [*form_faults(PERSON, {"nationality": "US"})]


def test_the_countries_are_those_of_the_standard_and_no_two_share_a_name() -> None:
    vi, en = countries("vi"), countries("en")

    assert vi.keys() == en.keys()
    assert len(vi) == 249 + 1  # and who has none
    assert all(len(set(each.values())) == len(each) for each in (vi, en))
    assert all(unicodedata.is_normalized("NFC", name) for name in vi.values())
