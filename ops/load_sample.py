"""Loads the sample province into the table the environment names: its agencies and its procedures.

    python -m ops.load_sample [FOLDER] [--update]

Safe to repeat. Procedures that are there already are left as they are, since somebody may have published a newer
version; with --update, what has changed in the folder becomes the next version. An agency an admin changed by hand is
left as the admin left it, and named; a procedure of an agency that has ended is not published.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from chalicelib.catalogue import actions
from chalicelib.catalogue.rules import Agency, Procedure
from chalicelib.catalogue.search import Wanted
from chalicelib.clock.now import now

SAMPLE: Final = Path(__file__).parent / "sample" / "khanh-hoa"
AGENCIES: Final = "agencies.json"


def agencies(folder: Path) -> list[Agency]:
    """The file holds the list beside a word on where its facts come from."""
    return TypeAdapter(list[Agency]).validate_python(json.loads((folder / AGENCIES).read_bytes())["agencies"])


def procedures(folder: Path) -> Iterator[Procedure]:
    """Every other JSON file of the folder holds one procedure or a list of them."""
    for path in sorted(folder.rglob("*.json")):
        if path.name != AGENCIES:
            facts: Any = json.loads(path.read_text(encoding="utf-8"))
            for each in facts if isinstance(facts, list) else [facts]:
                yield Procedure.model_validate_json(json.dumps(each))


def load(folder: Path, on: date, *, update: bool = False) -> Counter[str]:
    """How many procedures were imported, made a new version, unchanged, kept as they are, or of an ended agency."""
    if left := actions.keep_agencies(agencies(folder)):
        print(f"Giữ nguyên cơ quan đã được sửa trên trang quản trị: {', '.join(left)}")
    ended = {each.agency.code for each in actions.every_agency() if not each.stands}
    standing = {summary.code for summary in actions.find(Wanted(), now())}
    outcomes: Counter[str] = Counter()
    for procedure in procedures(folder):
        if procedure.code in standing and not update:
            outcomes["kept"] += 1
            continue
        if procedure.status == "in_force" and ended & set(procedure.agencies):
            outcomes["agency_ended"] += 1
            continue
        since = on if procedure.code in standing else procedure.valid_from
        outcomes[actions.publish(procedure, since).outcome] += 1
    return outcomes


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="load_sample", description="Nạp danh mục mẫu của một tỉnh.")
    parser.add_argument("folder", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--update", action="store_true", help="công bố phiên bản mới cho thủ tục đã thay đổi")
    given = parser.parse_args(arguments)
    outcomes = load(given.folder, now().date(), update=given.update)
    print("Danh mục mẫu: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
