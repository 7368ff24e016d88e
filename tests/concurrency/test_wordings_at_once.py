"""Many admins keep a wording at the same instant: one of them does, the others are told, no edition is lost."""

from collections import Counter
from datetime import datetime

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.history.once import Once
from chalicelib.table import Lost, fresh_id
from chalicelib.wordings import actions
from chalicelib.wordings.rules import Typed, WordingChangedMeanwhile, own
from tests.concurrency.conftest import at_once

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("stack")]
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)


def a_once(key: str) -> Once:
    return Once("officer:quan", key, "f", NOON, 303, lambda _: ("/", None))


def test_of_sixteen_who_saw_the_same_edition_one_keeps_the_next() -> None:
    slug = f"letter/{fresh_id()}"

    def keep(turn: int) -> str:
        try:
            actions.keep(slug, Typed({"body": str(turn)}, "x"), 0, f"admin-{turn}", NOON, a_once(f"{slug}{turn}"))
        except WordingChangedMeanwhile:
            return "told"
        return str(turn)

    outcomes = Counter(at_once(16, keep))
    assert outcomes.pop("told") == 15
    (winner,) = outcomes
    assert [(each.number, own(each)["body"]) for each in actions.history(slug)] == [(1, winner)]
    assert actions.latest(slug) == actions.find(slug, 1)


def test_one_form_sent_sixteen_times_is_one_edition() -> None:
    slug, once = f"letter/{fresh_id()}", a_once(fresh_id())

    def keep(_: int) -> str:
        try:
            actions.keep(slug, Typed({"body": "x"}, "x"), 0, "quan", NOON, once)
        except (Lost, WordingChangedMeanwhile):
            return "before"
        return "kept"

    assert Counter(at_once(16, keep)) == {"kept": 1, "before": 15}
    assert len(actions.history(slug)) == 1
    assert once.recorded() is not None
