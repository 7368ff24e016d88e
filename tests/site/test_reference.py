"""The API's reference: every operation and every shape it leads to, light, and readable without scripts."""

import json
import re

import pytest

from chalicelib.site import reference
from chalicelib.web import OPERATIONS
from chalicelib.web.openapi import description
from tests.site.conftest import Pages, Shown

LARGEST_PAGE = 100 * 1024


def cells(shown: Shown) -> set[str]:
    return {"".join(each.itertext()) for each in shown.document.iter("code")}


def test_the_list_leads_to_every_operation(pages: Pages) -> None:
    shown = pages.browser().get("/docs")
    links = {each.get("href") for each in shown.document.iter("a")}

    assert {f"/docs/{each.name}" for each in OPERATIONS} | {"/openapi.json"} <= links
    assert {f"{each.method} {each.path}" for each in OPERATIONS} <= cells(shown)
    assert len(shown.text.encode()) <= LARGEST_PAGE


@pytest.mark.parametrize("name", [each.name for each in OPERATIONS])
def test_an_operation_shows_what_it_takes_and_answers_and_every_shape_that_leads_to(pages: Pages, name: str) -> None:
    (told,) = [each for each in OPERATIONS if each.name == name]
    shown = pages.browser().get(f"/docs/{name}")

    assert shown.status == 200
    assert f"{told.method} {told.path}" in cells(shown)
    assert set(re.findall(r"{(\w+)}", told.path)) <= cells(shown)
    assert {kind.code for kind in told.refuses} <= set(re.findall(r"\w+", shown.words))
    described = description()
    facts = json.dumps(described["paths"][told.path][told.method.lower()])
    for model in re.findall(r"#/components/schemas/(\w+)", facts):
        assert set(described["components"]["schemas"][model].get("properties", {})) <= cells(shown), model
    places = {each.get("id") for each in shown.document.iter("h3")}
    led_to = {each.get("href")[1:] for each in shown.document.iter("a") if each.get("href").startswith("#")}
    assert led_to - {"noi-dung"} <= places
    assert len(shown.text.encode()) <= LARGEST_PAGE


def test_an_operation_there_is_not_is_a_page_that_says_so(pages: Pages) -> None:
    assert pages.browser().get("/docs/swagger-ui.css").status == 404


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string", "format": "date-time"}, "string (date-time)"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer, ≥ 1, ≤ 9"),
        ({"enum": ["a", "b"], "type": "string"}, "a | b"),
        ({"const": "EC"}, "EC"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Step"}, "maxItems": 9}, "list of Step, ≤ 9 items"),
        ({"anyOf": [{"$ref": "#/components/schemas/a__b__Turn"}, {"type": "null"}]}, "Turn or null"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"type": "object", "additionalProperties": False}, "object"),
        ({}, "any"),
    ],
    ids=json.dumps,
)
def test_what_a_value_may_be_is_said_in_words(schema: dict[str, object], said: str) -> None:
    assert "".join(each.text for each in reference._kind(schema)) == said


def test_shapes_that_lead_to_one_another_are_each_told_once() -> None:
    for name in (each.name for each in OPERATIONS):
        told = reference.operation(description(), name)
        assert told
        assert len({each.name for each in told.shapes}) == len(told.shapes)
