"""Anyone recomputes a promise over HTTP, in either language; nonsense is refused with the field named."""

import pytest

from tests.towns import opened


@pytest.fixture(scope="module")
def client():
    with opened() as town:
        yield town.anyone


def ask(client, language="vi", **question):
    answer = client.post("/deadline-calculations", question, headers={"Accept-Language": language})
    return answer.status, answer.body


def test_the_promise_is_explained_day_by_day(client):
    status, answer = ask(client, start="2025-12-31T10:00:00+07:00", unit="working_day", amount=1)

    assert status == 200
    assert answer["starts_at"] == "2025-12-31T10:00:00+07:00"
    assert answer["due_at"] == "2026-01-05T10:00:00+07:00"
    assert answer["provisional"] is False
    assert answer["calendar_edition"]
    assert [(line["date"], line["counted"]) for line in answer["lines"]] == [
        ("2025-12-31", False),
        ("2026-01-01", False),
        ("2026-01-02", False),
        ("2026-01-03", False),
        ("2026-01-04", False),
        ("2026-01-05", True),
    ]
    assert "làm bù ngày 10/01/2026" in answer["lines"][2]["reason"]


def test_the_reasons_come_in_english_for_who_prefers_it(client):
    _, answer = ask(client, "en", start="2025-12-31T10:00:00+07:00", unit="working_day", amount=1)

    assert answer["lines"][1]["reason"].startswith("New Year's Day")


def test_instants_come_back_in_the_zone_of_the_law(client):
    _, answer = ask(client, start="2026-11-09T02:40:00Z", unit="working_hour", amount=0.5)

    assert answer["due_at"] == "2026-11-09T10:10:00+07:00"


def test_pauses_and_convention_are_honoured(client):
    pauses = [{"from": "2026-11-10T07:00:00+07:00", "to": "2026-11-10T17:00:00+07:00"}]
    question = {"start": "2026-11-09T09:40:00+07:00", "unit": "working_day", "amount": 3, "agency": "H32.10"}

    assert ask(client, **question, pauses=pauses)[1]["due_at"] == "2026-11-13T09:40:00+07:00"
    assert ask(client, **question, convention="civil_code")[1]["due_at"] == "2026-11-12T17:00:00+07:00"


GOOD = {"start": "2026-11-09T09:40:00+07:00", "unit": "working_day", "amount": 3}
PAUSE = {"from": "2026-11-10T07:00:00+07:00", "to": "2026-11-10T17:00:00+07:00"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"start": "2017-12-31T23:59:59+07:00"}, "/start"),
        ({"start": "2101-01-01T00:00:00+07:00"}, "/start"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "/start"),
        ({"start": "9999-12-31T23:59:59-12:00"}, "/start"),
        ({"start": "2026-11-09T09:40:00"}, "/start"),
        ({"start": "2026-11-09"}, "/start"),
        ({"start": 1793846400}, "/start"),
        ({"start": None}, "/start"),
        ({"amount": 0}, "/amount"),
        ({"amount": -1}, "/amount"),
        ({"amount": 3651}, "/amount"),
        ({"amount": 1e300}, "/amount"),
        ({"amount": 0.5}, "/amount"),
        ({"amount": 0.3, "unit": "working_hour"}, "/amount"),
        ({"amount": "3"}, "/amount"),
        ({"unit": "fortnight"}, "/unit"),
        ({"convention": "guess"}, "/convention"),
        ({"agency": "x"}, "/agency"),
        ({"holiday": True}, "/holiday"),
        ({"pauses": [{"from": PAUSE["to"], "to": PAUSE["from"]}]}, "/pauses/0/to"),
        ({"pauses": [{"from": "2026-11-09T09:39:59+07:00", "to": PAUSE["to"]}]}, "/pauses/0/from"),
        ({"pauses": [PAUSE, PAUSE]}, "/pauses/1/from"),
        ({"pauses": [{"from": PAUSE["from"]}]}, "/pauses/0/to"),
        ({"pauses": [PAUSE] * 101}, "/pauses"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_nonsense_is_refused_with_the_field_named(client, change, pointer, language):
    status, problem = ask(client, language, **{**GOOD, **change})

    assert status == 422
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["errors"][0]["detail"]


@pytest.mark.parametrize("unit", ["working_hour", "working_day", "calendar_day", "month"])
def test_the_longest_term_from_the_last_year_is_answered(client, unit):
    status, answer = ask(client, start="2100-12-31T23:59:59+07:00", unit=unit, amount=3650)

    assert status == 200
    assert answer["provisional"] is True
    assert len(answer["lines"]) <= 400 or unit == "working_hour"
