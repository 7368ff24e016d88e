"""A small drill: all is there again; and whatever a backup leaves out or alters is noticed, and named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.dossiers.life import Stage
from ops.care import backup, drill
from ops.care.backup import Incomplete
from ops.care.drill import Failed

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def test_everything_is_there_again_in_a_new_stack(tmp_path: Path) -> None:
    done = drill.drill(16, tmp_path)

    assert set(done.by_state) == set(Stage)
    assert done.compared["dossier"] == done.compared["history roots"] == 16
    assert done.compared["document hashes"] == done.compared["file"] == done.compared["document"] > 10
    assert {"payment", "payment_event", "shipment", "event", "status", "find", "note", "followed"} < set(done.compared)
    assert 0 < done.rpo < done.rto
    assert not (tmp_path / "before").exists(), "destroyed"


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text()))


def a_file(folder: Path) -> Path:
    return next(path.with_suffix("") for path in sorted((folder / backup.FILES).glob("*.json")))


def forgotten_document(folder: Path) -> None:
    """As if whoever made the backup had never seen it."""
    a_file(folder).with_suffix(".json").unlink()
    told = manifest(folder)
    (folder / "manifest.json").write_text(json.dumps(told | {"files": told["files"] - 1}))


def lost_document(folder: Path) -> None:
    a_file(folder).unlink()


def altered_document(folder: Path) -> None:
    a_file(folder).write_bytes(b"other bytes")


def torn_table(folder: Path) -> None:
    table = folder / backup.TABLE
    table.write_bytes(table.read_bytes()[:-40])


def forgotten_items(folder: Path) -> None:
    """The last dossier of the table's file, and a manifest that knows of nothing."""
    import gzip

    with gzip.open(folder / backup.TABLE, "rt") as kept:
        lines = kept.readlines()
    left = [line for line in lines if '"DOSSIER"' not in line]
    with gzip.open(folder / backup.TABLE, "wt") as kept:
        kept.writelines(left)
    told = manifest(folder) | {"items": len(left), "table": backup._sha256(folder / backup.TABLE)}
    (folder / "manifest.json").write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("spoil", "failure", "said"),
    [
        (forgotten_document, Failed, "file kept/.* is missing"),
        (forgotten_items, Failed, "dossier D#.* DOSSIER is missing"),
        (lost_document, Incomplete, "the file of kept/.* is missing"),
        (altered_document, Incomplete, "is not the one that was written"),
        (torn_table, Incomplete, "is not the one that was written"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_backup_that_is_not_whole_fails_the_drill(
    tmp_path: Path, spoil: Callable[[Path], object], failure: type[Exception], said: str
) -> None:
    with pytest.raises(failure, match=said):
        drill.drill(3, tmp_path, spoil)


def test_nothing_is_restored_over_what_is_there(tmp_path: Path) -> None:
    with drill.stack(tmp_path / "one"):
        from chalicelib.clock.now import now
        from ops.care.filling import Filling

        list(Filling(now()).fill(2))
        backup.back_up(tmp_path / "backup")
        with pytest.raises(Incomplete, match="not empty"):
            backup.restore(tmp_path / "backup")
