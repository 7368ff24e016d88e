"""The catalogue over HTTP, as the public contract words it."""

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

from app import app
from chalicelib.catalogue import actions
from chalicelib.catalogue.rules import Fee, Review
from chalicelib.clock.rules import Processing, Unit
from tests.catalogue.samples import AGENCIES, a_procedure

SINCE = date(2026, 1, 1)
on_the_table = pytest.mark.usefixtures("table")


def get(path: str, **query: Any) -> tuple[int, Any]:
    with Client(app, stage_name="tests") as client:
        answer = client.http.get(path + ("?" + urlencode(query) if query else ""))
        return answer.status_code, json.loads(answer.body)


@on_the_table
def test_agencies_come_in_pages() -> None:
    actions.keep_agencies(AGENCIES)
    status, first = get("/agencies", limit=3)
    assert status == 200
    assert first["items"][0] == {
        "code": "H32",
        "name": "Ủy ban nhân dân tỉnh Khánh Hòa",
        "level": "province",
        "parent": None,
    }
    _, last = get("/agencies", limit=3, cursor=first["next"])
    assert [agency["code"] for agency in first["items"] + last["items"]] == [agency.code for agency in AGENCIES]
    assert "next" not in last


@on_the_table
def test_procedures_are_found_with_a_slip_and_shown_in_a_line() -> None:
    fee = Fee(code="le-phi-1", name="Lệ phí", kind="le_phi", amount=8000)
    actions.publish(a_procedure(fees=(fee,)), SINCE)
    actions.publish(a_procedure("1.000002", "Đăng ký lại khai sinh"), SINCE)
    status, found = get("/procedures", q="dang ky khai sihn")
    assert status == 200
    assert found["items"][0] == {
        "code": "1.000001",
        "name": "Đăng ký khai sinh",
        "agency": "H32.50",
        "field": "Hộ tịch",
        "level": 3,
        "service": "partial",
        "fee_total": 8000,
        "processing": {"unit": "working_day", "amount": 5, "convention": "same_time"},
        "processing_note": "",
        "channels": {"submit": ["online", "desk"], "pay": ["desk"], "return": ["desk"]},
        "status": "in_force",
        "under_review": False,
    }


@on_the_table
def test_pages_of_procedures_hold_each_once() -> None:
    for number in range(7):
        actions.publish(a_procedure(f"1.00001{number}", f"Thủ tục số {number}"), SINCE)
    seen, query = [], {"limit": 3}
    while True:
        _, page = get("/procedures", **query)
        seen += [each["code"] for each in page["items"]]
        if "next" not in page:
            break
        query["cursor"] = page["next"]
    assert seen == [f"1.00001{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": 0}, "/limit"),
        ({"limit": 101}, "/limit"),
        ({"level": 5}, "/level"),
        ({"channel": "pigeon"}, "/channel"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(query: dict[str, Any], pointer: str) -> None:
    status, problem = get("/procedures", **query)
    assert (status, [error["pointer"] for error in problem["errors"]]) == (422, [pointer])


@on_the_table
def test_a_foreign_cursor_is_refused() -> None:
    for path in ("/procedures", "/agencies"):
        status, problem = get(path, cursor="é")
        assert (status, problem["code"]) == (422, "cursor_unreadable")


@on_the_table
def test_one_procedure_is_shown_whole() -> None:
    fees = (
        Fee(code="phi-1", name="Phí", kind="phi", amount=50_000),
        Fee(code="phi-2", name="Phí", kind="phi", amount=70_000, condition="Hồ sơ gấp", when={"not": {}}),
    )
    actions.publish(a_procedure(fees=fees, processing=Processing(unit=Unit.WORKING_HOUR, amount=0.5)), SINCE)
    status, shown = get("/procedures/1.000001")
    assert status == 200
    assert shown["fees"] == [
        {"code": "phi-1", "name": "Phí", "kind": "phi", "amount": 50_000, "condition": ""},
        {"code": "phi-2", "name": "Phí", "kind": "phi", "amount": 70_000, "condition": "Hồ sơ gấp"},
    ]
    assert (shown["fee_total"], shown["processing"]["amount"]) == (50_000, 0.5)
    assert (shown["version"], shown["valid_from"]) == (1, "2026-01-01")
    assert {"components", "form", "presence_required", "legal_basis", "steps", "visits", "channels"} <= set(shown)


@on_the_table
def test_no_deadline_is_null_and_what_awaits_review_says_so() -> None:
    doubt = Review(code="deadline_unreadable", line=3, text="Không đọc được.")
    actions.publish(a_procedure(processing=None, processing_note="10-25", needs_review=(doubt,)), SINCE)
    _, shown = get("/procedures/1.000001")
    assert (shown["processing"], shown["processing_note"], shown["under_review"]) == (None, "10-25", True)
    assert shown["needs_review"] == [{"code": "deadline_unreadable", "line": 3, "text": "Không đọc được."}]


@on_the_table
def test_an_unknown_procedure_is_not_found() -> None:
    for code in ("1.999999", "khai-sinh", "1.00000", "1.000001.H32"):
        status, problem = get(f"/procedures/{code}")
        assert (status, problem["code"]) == (404, "unknown_procedure")


@on_the_table
def test_a_search_form_sent_with_empty_fields_asks_for_everything() -> None:
    actions.publish(a_procedure(), SINCE)
    status, found = get("/procedures?q=&agency=&field=&level=&channel=")
    assert (status, [item["code"] for item in found["items"]]) == (200, ["1.000001"])


@on_the_table
def test_a_procedure_of_several_agencies_is_shown_with_the_one_asked_for() -> None:
    actions.publish(a_procedure(agencies=("H32.50", "H32.51")), SINCE)
    assert get("/procedures", agency="H32.51")[1]["items"][0]["agency"] == "H32.51"
    assert get("/procedures")[1]["items"][0]["agency"] == "H32.50"
