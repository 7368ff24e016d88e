"""What a result is written from: which templates there may be, and how their places are filled."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.national.standing import keeping
from chalicelib.catalogue.publication import ResultTemplateUnusable
from chalicelib.catalogue.result_templates import (
    FACTS,
    NOTHING,
    PLACE,
    ResultTemplate,
    faults,
    filled,
    paragraphs,
)
from chalicelib.catalogue.rules import Procedure
from chalicelib.dossiers.writing.general import general
from chalicelib.table import as_kept
from tests.dossiers.conftest import FREE

TEMPLATE: dict[str, Any] = {
    "title": "Quyết định",
    "abbreviation": "QĐ",
    "subject": "Về việc {{ procedure }}",
    "body": "Cấp cho {{ applicant }}: {{ content }}",
    "blanks": [{"name": "content", "label": "Nội dung"}],
}
FORM = {
    "type": "object",
    "properties": {
        "purpose": {"type": "string"},
        "child": {"type": "object", "properties": {"name": {"type": "string"}, "born": {"$ref": "#/$defs/day"}}},
        "home": {"type": "object", "properties": {"line": {}, "commune": {"type": "string"}, "province": {}}},
        "heirs": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "kinds": {"type": "array", "items": {"enum": ["a", "b"]}},
    },
    "$defs": {"day": {"type": "string", "format": "date"}},
    "examples": [{}],
}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def wrong(**changes: Any) -> str:
    """The code of what is said against it first, read or published."""
    try:
        template = ResultTemplate.model_validate(TEMPLATE | changes)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return next(faults(template, FORM)).code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": "{{ content }} {{ nobody }}"}, "unknown_place"),
        ({"body": "{{ content }} {{ applicant.password }}"}, "unknown_place"),
        ({"body": "{{ content | upper }}"}, "unknown_place"),
        ({"body": "{{ content }} {% if x %}"}, "unknown_place"),
        ({"body": "{{ content }} {{ code"}, "unknown_place"),
        ({"body": "{{ content }} }}"}, "unknown_place"),
        ({"subject": "{{ form.a }} {{ b }}"}, "unknown_place"),
        ({"body": "Không có chỗ nào"}, "blank_unused"),
        ({"blanks": [{"name": "content", "label": "A", "suggestion": "{{ content }}"}]}, "unknown_place"),
        ({"blanks": [{"name": "content", "label": "A"}] * 2}, "blank_named_twice"),
        ({"blanks": [{"name": "code", "label": "A"}], "body": "{{ code }}"}, "blank_named_twice"),
        ({"blanks": [{"name": "form.x", "label": "A"}]}, "string_pattern_mismatch"),
        ({"abbreviation": "Quyết định"}, "string_pattern_mismatch"),
        ({"title": "A"}, "string_too_short"),
        ({"body": ""}, "string_too_short"),
        ({"number": 1}, "extra_forbidden"),
    ],
)
def test_a_template_that_could_not_be_filled_in_is_refused(changes: dict[str, Any], code: str) -> None:
    assert wrong(**changes) == code


def test_what_it_asks_for_is_named_once() -> None:
    body = "{{ applicant }} {{form.purpose}}\n{{ content }} {{ applicant }}"
    assert ResultTemplate.model_validate(TEMPLATE | {"body": body}).places == [
        "procedure", "applicant", "form.purpose", "content",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("purpose", True),
        ("child.name", True),
        ("child.born", True),
        ("home", True),
        ("home.commune", True),
        ("heirs.0.name", True),
        ("kinds", True),
        ("child", False),
        ("heirs", False),
        ("heirs.0", False),
        ("nothing", False),
        ("child.nothing", False),
        ("purpose.more", False),
    ],
)
def test_it_may_ask_for_answers_of_the_form_that_a_sentence_can_hold(path: str, known: bool) -> None:
    template = ResultTemplate.model_validate(TEMPLATE | {"body": f"{{{{ content }}}} {{{{ form.{path} }}}}"})

    said = [each.vi for each in faults(template, FORM)]
    assert said == ([] if known else [f"Không có dữ kiện nào mang tên này: form.{path}."])


def test_a_procedure_whose_template_cannot_be_filled_in_is_not_published(table: None) -> None:
    asking = ResultTemplate.model_validate(TEMPLATE | {"body": "{{ content }} {{ form.color }}"})

    with pytest.raises(ResultTemplateUnusable) as refused:
        catalogue.publish(FREE.model_copy(update={"result_template": asking}), FREE.valid_from)

    assert "form.color" in refused.value.told("vi")
    assert [each.pointer for each in refused.value.faults] == ["/body"]
    assert catalogue.latest(FREE.code) is None


def test_what_another_release_published_is_read_though_this_one_knows_it_not() -> None:
    kept = {**FREE.model_dump(mode="json", by_alias=True), "result_template": TEMPLATE | {"body": "{{ tomorrow }}"}}

    assert as_kept(Procedure, kept).result_template is not None


def test_an_import_of_the_national_record_leaves_the_template_as_it_is() -> None:
    ours = FREE.model_copy(update={"result_template": ResultTemplate.model_validate(TEMPLATE)})

    assert keeping(FREE, ours).result_template == ours.result_template
    assert "result_template" in ours.content, "another template is another version"


def test_the_general_notice_asks_only_for_what_every_dossier_has() -> None:
    assert list(faults(general(), {})) == []
    assert set(general().places) <= FACTS.keys() | {each.name for each in general().blanks}


def test_the_sample_provinces_templates_fit_their_forms_and_name_no_agency() -> None:
    from chalicelib.papers.lint import hard_coded
    from ops.lint_papers import SAMPLES, names

    known, found = names(sorted(SAMPLES.glob("*/agencies.json"))), 0
    for path in sorted(Path(SAMPLES).glob("*/procedures/*.json")):
        procedure = Procedure.model_validate(json.loads(path.read_text(encoding="utf-8")))
        if template := procedure.result_template:
            found += 1
            assert list(faults(template, procedure.form)) == []
            assert list(hard_coded(f"{template.title}\n{template.subject}\n{template.body}", known)) == []
    assert found == 3


# ——— filling ———


@given(texts, texts, texts)
def test_what_stands_around_a_place_stays_and_what_is_said_is_said_as_it_is(before: str, said: str, after: str) -> None:
    around = [part.replace("{", "(").replace("}", ")") for part in (before, after)]

    made = filled(f"{around[0]}{{{{ code }}}}{around[1]}", {"code": said})

    assert made == f"{around[0]}{said.strip() or NOTHING}{around[1]}"


@given(st.dictionaries(st.sampled_from(["a", "b.c", "form.x-y", "d_1"]), texts, min_size=4))
def test_no_place_is_left_and_none_is_made_by_what_is_said(said: dict[str, str]) -> None:
    hostile = {name: f"{{{{ {name} }}}}{text}" for name, text in said.items()}
    template = " ".join(f"{{{{ {name} }}}}" for name in said)

    assert filled(template, hostile) == " ".join(hostile[name].strip() for name in said)
    assert PLACE.sub("", filled(template, dict.fromkeys(said, "x"))) == " ".join("x" * len(said))


lines = st.lists(
    st.sampled_from(["Chữ", "# Đề", "{{ a }}", "A: {{ a }}", "{{ a }} {{ b }}", "", "# {{ b }}"]), max_size=8
)


@given(lines, texts, texts)
def test_every_paragraph_says_something_and_only_the_template_makes_headings(
    body: list[str], one: str, other: str
) -> None:
    said = {"a": one, "b": other}

    made = paragraphs("\n".join(body), said)

    assert all(each.text.strip() and "\n" not in each.text for each in made)
    assert [each for each in made if each.style == "heading"] == [
        part for line in body if line.startswith("# ") for part in paragraphs(line, said)
    ]


@pytest.mark.parametrize(
    ("line", "said", "made"),
    [
        ("Ghi chú: {{ a }}", {"a": " "}, []),
        ("{{ a }} và {{ b }}", {"a": "", "b": "hai"}, [f"{NOTHING} và hai"]),
        ("{{ a }}", {"a": "một\n\n  hai \n"}, ["một", "hai"]),
        ("Gồm: {{ a }}", {"a": "một\nhai"}, ["Gồm: một", "hai"]),
        ("Không có chỗ", {}, ["Không có chỗ"]),
        ("", {}, []),
    ],
)
def test_what_nobody_said_is_left_out_or_said_to_be_nothing(line: str, said: dict[str, str], made: list[str]) -> None:
    assert [each.text for each in paragraphs(line, said)] == made
