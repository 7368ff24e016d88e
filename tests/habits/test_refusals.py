import re
from collections import defaultdict
from string import Formatter

import pytest

from chalicelib.refusals import Refusal
from chalicelib.web.openapi import description
from ops import list_refusals

KINDS = sorted(set(list_refusals.kinds()), key=lambda kind: (kind.code, kind.__qualname__))
OWN = [kind for kind in KINDS if "code" in vars(kind)]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def listed() -> set[str]:
    operations = [operation for path in description()["paths"].values() for operation in path.values()]
    answers = [answer for operation in operations for answer in operation["responses"].items()]
    return {
        code for status, said in answers if status.startswith(("4", "5")) for code in said["description"].split(", ")
    }


def test_a_code_belongs_to_one_refusal():
    holders = defaultdict(set)
    for kind in OWN:
        holders[kind.code].add(kind)

    assert {code: kinds for code, kinds in holders.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.code)
def test_a_refusal_says_what_it_is_in_both_languages(kind: type[Refusal]):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)
    assert {"vi", "en"} <= vars(kind).keys(), "words of its own, in both languages"
    assert kind.vi != kind.en
    assert re.search(r"[^\x00-\x7f]", kind.vi), "Vietnamese is written with its marks"
    assert not re.search(r"[à-ỹđ]", kind.en.casefold())
    assert placeholders(kind.vi) <= placeholders(kind.en) or kind.code == "not_in_this_status"
    assert kind.vi[-1] in ".}"
    assert kind.en[-1] in ".}"


def test_every_refusal_is_listed_by_an_operation_or_said_to_be_met_elsewhere():
    codes = {kind.code for kind in KINDS}

    assert codes - listed() == set(list_refusals.NOT_LISTED)


def test_nothing_is_listed_that_nobody_says():
    assert listed() <= {said.code for said in list_refusals.every()}


def test_the_page_of_refusals_is_current():
    made = list_refusals.PAGE.read_text(encoding="utf-8")

    assert made == list_refusals.page(), "run: python -m ops.list_refusals"
