"""Migrations on a table filled by an earlier release: cut short, gone on with, beside old code."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.clock.now import now
from chalicelib.dossiers import desk_search, finding, records
from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.records import dossier_key
from chalicelib.settings import settings
from chalicelib.table import Item, Put, commit
from ops.care import migrations, scan
from ops.care.check_desk import found_wrongly, refreshed
from ops.care.migrations import MIGRATIONS, AlreadyRunning, Migration
from tests.care.conftest import MADE, Healthy, changed, items, removed

CARDS, SEARCH = MIGRATIONS
SHOWN_SINCE = ("accepted_at", "step")  # what cards did not say in the first release


@pytest.fixture
def older(healthy: Healthy) -> Healthy:
    """As releases before cards and search wrote it."""
    for state in ("draft", "accepted", "processing", "returned"):
        as_of_old(healthy[state])
    return healthy


def as_of_old(dossier_id: str) -> None:
    dossier = records.load(dossier_id)
    for entry in dossier.found_by:
        removed(f"FIND#{dossier.agency}", f"{entry}#{dossier_id}")
    body = json.loads(dossier.model_dump_json())
    del body["found_by"]
    card = {name: value for name, value in records.head_of(dossier).card.items() if name not in SHOWN_SINCE}
    changed(dossier_key(dossier_id), "DOSSIER", body={"S": json.dumps(body)}, card={"S": json.dumps(card)})


def heads() -> list[HeadItem]:
    return [item for item in Item.scan(consistent_read=True) if isinstance(item, HeadItem)]


def migrated() -> bool:
    return all(refreshed(head) is None and not found_wrongly(records.dossier_of(head)) for head in heads())


def run_all(**how: Any) -> int:
    return migrations.main("Khánh Hòa", now, **{"dry": False, "again": "", **how})


def meant(item: dict[str, Any]) -> dict[str, Any]:
    """A body by what it says: what it leaves out is empty."""
    if item["sk"]["S"] != "DOSSIER":
        return item
    return item | {"body": Dossier.model_validate_json(item["body"]["S"])}


def data() -> list[dict[str, Any]]:
    return [item for item in items() if item["pk"]["S"] != "MIGRATIONS"]


def test_what_an_earlier_release_wrote_is_brought_to_this_ones_shape(older: Healthy, capsys: Any) -> None:
    assert not migrated()

    assert run_all() == 0
    assert migrated()
    # Exactly what this release would have written in the first place, of all that is of these dossiers.
    theirs, never_older = (
        [meant(item) for item in found if any(each in str(item) for each in older.there)]
        for found in (data(), MADE["items"])
    )
    assert theirs == never_older, "exactly what this release would have written in the first place"

    after = items()
    capsys.readouterr()
    assert run_all() == 0
    assert items() == after
    assert "0001-cards: done, " in capsys.readouterr().out


def test_a_dossier_filed_before_there_was_a_search_is_found_by_its_name(older: Healthy) -> None:
    dossier = records.load(older["processing"])
    (entry, *_) = finding.entries(dossier)
    assert not list(desk_search.matches(dossier.agency, entry, 50, None, newest_first=False))
    run_all()
    found = desk_search.matches(dossier.agency, entry, 50, None, newest_first=False)
    assert dossier.id in {each.dossier_id for each in found}


def test_a_dry_run_counts_and_writes_nothing_at_all(older: Healthy, capsys: Any) -> None:
    before = items()
    assert run_all(dry=True) == 0
    assert items() == before
    said = capsys.readouterr().out
    assert "would change 4 of 4 items" in said
    assert "nothing was written" in said


def test_one_that_is_cut_short_goes_on_where_it_was(older: Healthy, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, pages = migrations._kept, []

    def dying(record: Any, clock: Any) -> None:
        if len(pages) == 3:
            raise KeyboardInterrupt  # the writes of this page are made, the word of it is not
        pages.append(record.after)
        kept(record, clock)

    monkeypatch.setattr(migrations, "_kept", dying)
    with pytest.raises(KeyboardInterrupt):
        migrations.run(CARDS, now, page=10)
    monkeypatch.undo()
    assert migrations.standing(CARDS).after == pages[2]

    asked: list[Any] = []
    read = scan.pages
    monkeypatch.setattr(scan, "pages", lambda *a, start=None: asked.append(start) or read(*a, start=start))
    with pytest.raises(AlreadyRunning):
        migrations.run(CARDS, now, page=10)
    outcome = migrations.run(CARDS, lambda: now() + migrations.HELD, page=10)
    assert outcome.done
    assert asked[0] == pages[2], "not from the beginning"
    assert all(refreshed(head) is None for head in heads())
    assert migrations.standing(CARDS).state == "done"


def test_two_at_once_are_one(older: Healthy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is taken over while it slept notices before it says another word."""
    late: list[str] = []

    def meanwhile(stored: HeadItem) -> list[Any]:
        if not late:
            late.append("once")
            assert migrations.run(CARDS, lambda: now() + migrations.HELD * 2, page=5).done
        return list(CARDS.writes(stored))

    with pytest.raises(AlreadyRunning):
        migrations.run(CARDS._replace(writes=meanwhile), now, page=5)
    assert migrations.standing(CARDS).state == "done"


def test_what_people_change_meanwhile_is_never_overwritten(older: Healthy) -> None:
    """The page was read; before its turn somebody rates, and that stays."""
    dossier_id, overtaken = older["accepted"], []

    def meanwhile(stored: HeadItem) -> list[Any]:
        writes = list(CARDS.writes(stored))
        if stored.pk == dossier_key(dossier_id) and not overtaken:
            overtaken.append(1)
            dossier = records.load(dossier_id)
            newer = dossier.model_copy(update={"version": dossier.version + 1, "closed_reason": "changed meanwhile"})
            commit(Put(records.head_of(newer)))
        return writes

    assert migrations.run(CARDS._replace(writes=meanwhile), now).done
    assert overtaken
    assert records.load(dossier_id).closed_reason == "changed meanwhile"


@pytest.mark.parametrize("for_ever", [False, True])
def test_old_code_that_still_writes_is_waited_for(older: Healthy, for_ever: bool, capsys: Any) -> None:
    """An item written in the old shape behind the scan is found by the next pass; only a clean pass is the end."""
    first: list[str] = []

    def old_code_writes(stored: HeadItem) -> list[Any]:
        writes = list(CARDS.writes(stored))
        if not first:
            first.append(stored.pk)
        elif stored.pk != first[0] and (for_ever or len(first) == 1):
            first.append(stored.pk)
            as_of_old(first[0].removeprefix("D#"))
        return writes

    outcome = migrations.run(CARDS._replace(writes=old_code_writes), now)
    if for_ever:
        assert not outcome.done
        assert migrations.standing(CARDS).state == "running"
        assert migrations.run(CARDS, lambda: now() + timedelta(minutes=6)).done, "after the old code is gone"
    assert migrations.standing(CARDS).state == "done"
    assert all(refreshed(head) is None for head in heads())


def test_after_the_next_deployment_it_looks_once_more(
    older: Healthy, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """What the earlier release wrote when the last pass had gone by is found when that release is gone."""
    assert run_all() == 0
    as_of_old(older["accepted"])
    assert run_all() == 0
    assert not migrated(), "under the same release it is over"

    later = settings().model_copy(update={"RELEASE": "2"})
    monkeypatch.setattr(migrations, "settings", lambda: later)
    assert run_all() == 0
    assert migrated()


def test_an_item_that_cannot_be_read_is_named_and_keeps_no_other_waiting(older: Healthy, capsys: Any) -> None:
    torn = older["draft"]
    changed(dossier_key(torn), "DOSSIER", body={"S": "{"})
    assert run_all() == 1
    said = capsys.readouterr().out
    assert f"NOT done: these cannot be read or written: D#{torn} DOSSIER" in said
    assert "0002" not in said, "the next waits for it"
    assert all(refreshed(head) is None for head in heads() if head.pk != dossier_key(torn))


def test_names_say_the_order(table: None) -> None:
    names = [migration.name for migration in MIGRATIONS]
    assert names == sorted(names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(isinstance(migration, Migration) and migration.why for migration in MIGRATIONS)


def test_what_a_later_release_added_is_read_and_kept_by_this_one(healthy: Healthy) -> None:
    """Two releases run side by side for a while, and a deployment that fails goes back."""
    dossier_id = healthy["accepted"]
    head = HeadItem.get(dossier_key(dossier_id), "DOSSIER")
    changed(head.pk, head.sk, body={"S": json.dumps({**json.loads(head.body), "of_a_later_release": {"a": 1}})})

    read = records.load(dossier_id).model_copy(update={"closed_reason": "written by this one"})
    assert json.loads(records.head_of(read).body)["of_a_later_release"] == {"a": 1}
