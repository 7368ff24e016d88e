"""Which questions an officer may ask to be put right, and the reasons that are used again."""

import json
from datetime import datetime

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.site.asking import FOLDER, KINDS, fields, phrases
from chalicelib.site.questions import questions
from tests.conftest import environment
from tests.site.test_questions import PEOPLE, TITLED

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)
EVERY = sorted(FOLDER.glob("*.json"))


def test_of_a_group_each_question_is_asked_by_itself_and_of_a_list_the_whole() -> None:
    found = dict(fields(questions(TITLED, {"members": [{"full_name": "An"}]}, "vi")))

    assert found == {
        "purpose": "Mục đích",
        "mother.full_name": "Mẹ – Họ và tên",
        "members": "Thành viên",
        "a/b~c": "Lạ",
    }


def test_what_is_not_asked_of_this_applicant_cannot_be_asked_for() -> None:
    assert "certificate" not in dict(fields(questions(PEOPLE, {"married": False}, "vi")))
    assert "certificate" in dict(fields(questions(PEOPLE, {"married": True}, "vi")))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_reason_says_in_both_languages_what_is_wrong_and_what_to_do(path: object) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]

    assert told.keys() <= set(KINDS)
    for each in (reason for own in told.values() for reason in own):
        assert each.keys() == {"vi", "en"}
        assert "đề nghị" in each["vi"], "what to do"
        assert each["vi"].endswith(".")
        assert len(each["vi"]) <= 300


@pytest.mark.usefixtures("table")
def test_an_agencys_own_reasons_come_first_then_its_provinces_then_everybodys() -> None:
    with environment(PROVINCE="H32"):
        own, other = phrases("H32.10", "vi", NOON), phrases("H32.11", "vi", NOON)
    with environment(PROVINCE="H99"):
        elsewhere = phrases("H99.10", "vi", NOON)

    assert own["component"][-len(other["component"]) :] == other["component"]
    assert other["component"][-len(elsewhere["component"]) :] == elsewhere["component"]
    assert len(own["field"]) > len(other["field"]) > len(elsewhere["field"]) >= 5
    assert len(elsewhere["component"]) >= 10
