"""Editions of a wording: each kept once and for good, who comes second is told, and what was dated stays worded."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.history.once import Once
from chalicelib.refusals import Invalid
from chalicelib.table import Lost
from chalicelib.wordings import actions, records
from chalicelib.wordings.rules import SETTLES, Edition, Typed, UnknownEdition, WordingChangedMeanwhile, following, own

pytestmark = pytest.mark.usefixtures("table")
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)
SLUG = "letter/accepted.vi"
HELLO, BYE = {"body": "Xin chào"}, {"body": "Tạm biệt"}


def a_once(key: str) -> Once:
    return Once("officer:quan", key, "f", NOON, 303, lambda _: ("/", None))


def keep(parts: Any, seen: int | None, at: datetime = NOON, slug: str = SLUG, **more: Any) -> Edition:
    typed = Typed(parts, more.pop("reason", "QĐ 12/QĐ-UBND"), **more)
    return actions.keep(slug, typed, seen, "quan", at, a_once(f"{slug}-{seen}-{at}-{parts}"))


def test_without_an_edition_the_shipped_wording_is_in_force() -> None:
    assert actions.current(SLUG, NOON) is None
    assert own(actions.current(SLUG, NOON)) == {}
    assert actions.find(SLUG, 0) is None
    assert actions.history(SLUG) == []


def test_what_is_kept_is_in_force_and_says_who_when_and_why() -> None:
    kept = keep(HELLO, 0)

    assert actions.current(SLUG, NOON) == actions.latest(SLUG) == actions.find(SLUG, 1) == kept
    assert kept.model_dump() == {
        **{"number": 1, "parts": HELLO, "restores": None, "by": "quan", "at": NOON, "reason": "QĐ 12/QĐ-UBND"}
    }


def test_going_back_is_a_new_edition_and_nothing_is_lost() -> None:
    keep(HELLO, 0)
    keep(BYE, 1)
    keep(HELLO, 2, restores=1)
    keep(None, 3, restores=0)

    assert [(each.number, own(each), each.restores) for each in actions.history(SLUG)] == [
        (4, {}, 0),
        (3, HELLO, 1),
        (2, BYE, None),
        (1, HELLO, None),
    ]
    assert own(actions.current(SLUG, NOON)) == {}


def test_each_wording_has_editions_of_its_own() -> None:
    keep(HELLO, 0)
    other = keep(BYE, 0, slug="letter/accepted.en")

    assert actions.latest_of([SLUG, "letter/accepted.en", "letter/refused.vi"]).keys() == {SLUG, "letter/accepted.en"}
    assert actions.history("letter/accepted.en") == [other]


@pytest.mark.parametrize("seen", [None, -1, 0, 2])
def test_who_has_not_seen_the_last_edition_is_refused(seen: int | None) -> None:
    keep(HELLO, 0)
    with pytest.raises(WordingChangedMeanwhile):
        keep(BYE, seen)
    assert len(actions.history(SLUG)) == 1


def test_of_two_who_keep_at_the_same_moment_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "latest", lambda _: None)
    keep(HELLO, 0)
    with pytest.raises(WordingChangedMeanwhile):
        keep(BYE, 0)
    assert [own(each) for each in actions.history(SLUG)] == [HELLO]


def test_the_same_form_sent_twice_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    once = a_once("same")
    actions.keep(SLUG, Typed(HELLO, "x"), 0, "quan", NOON, once)
    with pytest.raises(Lost) as lost:
        actions.keep(SLUG, Typed(BYE, "x"), 1, "quan", NOON, once)
    assert lost.value.over(Once.KIND)
    assert len(actions.history(SLUG)) == 1


def test_who_dies_while_keeping_leaves_nothing_half_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(records, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        keep(HELLO, 0)
    monkeypatch.undo()
    assert actions.history(SLUG) == []
    assert keep(HELLO, 0).number == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (Typed(HELLO, "x"), ("/parts", "unchanged")),
        (Typed({"body": "x" * 20_001}, "x"), ("/parts", "too_long")),
        (Typed(BYE, ""), ("/reason", "required")),
        (Typed(BYE, "x" * 501), ("/reason", "required")),
    ],
)
def test_an_edition_changes_something_is_bounded_and_says_why(typed: Typed, told: tuple[str, str]) -> None:
    before = following(None, Typed(HELLO, "x"), "quan", NOON)
    with pytest.raises(Invalid) as no:
        following(before, typed, "quan", NOON)
    assert [(each.pointer, each.code) for each in no.value.faults] == [told]


def test_going_back_to_the_shipped_words_where_nothing_is_own_changes_nothing() -> None:
    with pytest.raises(Invalid):
        following(None, Typed(None, "x", restores=0), "quan", NOON)


def test_an_edition_nobody_kept_is_not_found() -> None:
    for number in (1, -1, 10**9):
        with pytest.raises(UnknownEdition):
            actions.find(SLUG, number)


def test_reading_what_is_in_force_costs_one_read_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []

    def counted(slug: str) -> None:
        reads.append(slug)

    monkeypatch.setattr(records, "current", counted)
    for second in range(60):
        actions.current(SLUG, NOON + timedelta(seconds=second))
    assert reads == [SLUG]
    actions.current(SLUG, NOON + SETTLES)
    assert reads == [SLUG] * 2


def test_other_containers_read_a_change_within_a_minute() -> None:
    actions.current(SLUG, NOON)
    records.keep(SLUG, following(None, Typed(HELLO, "x"), "quan", NOON))
    assert actions.current(SLUG, NOON + timedelta(seconds=59)) is None
    assert own(actions.current(SLUG, NOON + SETTLES)) == HELLO


def test_what_is_dated_is_worded_alike_whenever_and_wherever_it_is_made() -> None:
    """Also by a container that has not read the newest edition, and years later."""
    second = NOON + timedelta(hours=1)
    keep(HELLO, 0, NOON)
    actions.current(SLUG, second)
    records.keep(SLUG, following(actions.latest(SLUG), Typed(BYE, "x"), "quan", second))

    def words(at: datetime, made: datetime) -> Any:
        return own(actions.as_of(SLUG, at, made))

    stale = second + timedelta(seconds=59)
    for made in (stale, second + SETTLES, second + timedelta(days=900)):
        assert words(NOON, made) == {}
        assert words(NOON + SETTLES, made) == HELLO
        assert words(stale, made) == HELLO
    assert words(second + SETTLES, second + SETTLES) == BYE


@pytest.mark.parametrize("slug", ["", "a//b", "a#b", "../x", "x" * 101, "letter/ạ"])
def test_a_name_of_another_form_is_a_defect(slug: str) -> None:
    with pytest.raises(ValueError):
        actions.current(slug, NOON)
