"""The import from files: JSON lines, CSV and XLSX say the same; one bad record stops nothing else."""

import csv
import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from chalicelib.catalogue import actions, national, records
from ops import import_procedures, load_sample
from ops.columns import GROUPS, TABLES, UnreadableFile
from ops.tables import rows_of
from tests.catalogue.samples import AGENCIES, EXCERPT, TODAY, a_procedure
from tests.catalogue.samples import records as excerpt

ROOT = Path(__file__).parents[2]
REASONS = (
    r'Doubt\("([a-z_0-9]+)"',
    r'UnreadableRecord\([^\n]*, f?"([a-z_0-9]+)[":]',
    r'Row\([^\n]*None, f?"([a-z_0-9]+)[":]',
    r'"refused", \(\("([a-z_0-9]+)"',
)
TOP = ["thu_tuc_id", "source_file"]
TEXTS = [(group, name) for group, names in GROUPS.items() for name in names]


def folded_rows(dotted: bool) -> list[list[str]]:
    """One row per procedure, its tables as JSON in a cell."""
    prefix = {group: f"{group}." if dotted else "" for group in [*GROUPS, "tables"]}
    header = [*TOP, *(prefix[group] + name for group, name in TEXTS), *(prefix["tables"] + table for table in TABLES)]
    body = [
        [
            *(facts[name] for name in TOP),
            *(facts[group][name] for group, name in TEXTS),
            *(json.dumps(facts["tables"][table], ensure_ascii=False) for table in TABLES),
        ]
        for _, facts in excerpt(EXCERPT)
    ]
    return [header, *body]


def spread_rows() -> list[list[str]]:
    """As many rows per procedure as its longest table has."""
    columns = [(table, name) for table, names in TABLES.items() for name in names]
    rows = [[*TOP, *(name for _, name in TEXTS), *(name for _, name in columns)]]
    for _, facts in excerpt(EXCERPT):
        own = [*(facts[name] for name in TOP), *(facts[group][name] for group, name in TEXTS)]
        for place in range(max(1, *(len(table) for table in facts["tables"].values()))):
            lines = {table: (facts["tables"][table][place : place + 1] or [{}])[0] for table in TABLES}
            parts = [lines[table].get(name, "") for table, name in columns]
            rows.append([*(own if place == 0 else [""] * len(own)), *parts])
    return rows


def grouped_rows() -> list[list[str]]:
    """The export's own top level, each group as JSON in a cell."""
    names = ["metadata", "content", "tables"]
    body = [
        [*(facts[name] for name in TOP), *(json.dumps(facts[name]) for name in names)] for _, facts in excerpt(EXCERPT)
    ]
    return [[*TOP, *names], *body]


SHAPES = {
    "one row each": folded_rows(False),
    "dotted names": folded_rows(True),
    "a row per line": spread_rows(),
    "groups as JSON": grouped_rows(),
}


def as_csv(path: Path, rows: list[list[str]], **options: Any) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, **options).writerows(rows)
    return path


def as_xlsx(path: Path, rows: list[list[str]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def told(path: Path) -> list[import_procedures.Told]:
    importer = import_procedures.Importer(AGENCIES, "H32", TODAY, dry_run=False)
    return list(importer.take(rows_of(path)))


def contents(path: Path) -> list[dict[str, Any]]:
    read = (national.read(row.facts, row.line, AGENCIES, "H32", TODAY) for row in rows_of(path))
    return [procedure.content for procedure in read]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["csv", "semicolons", "xlsx"])
def test_the_same_procedures_come_from_every_kind_of_file(tmp_path: Path, shape: str, kind: str) -> None:
    rows = SHAPES[shape]
    path = tmp_path / f"tables.{'xlsx' if kind == 'xlsx' else 'csv'}"
    if kind == "xlsx":
        as_xlsx(path, rows)
    else:
        as_csv(path, rows, delimiter=";" if kind == "semicolons" else ",")
    assert contents(path) == contents(EXCERPT)


@pytest.mark.usefixtures("table")
def test_importing_twice_changes_nothing_and_a_change_is_a_new_version(tmp_path: Path) -> None:
    lines = EXCERPT.read_text(encoding="utf-8").splitlines()
    assert Counter(each.outcome for each in told(EXCERPT)) == {"imported": 18}
    revision = records.revision()
    reversed_file = tmp_path / "reversed.jsonl"
    reversed_file.write_text("\n".join(reversed(lines)), encoding="utf-8")
    assert {each.outcome for each in [*told(EXCERPT), *told(reversed_file)]} == {"unchanged"}
    assert records.revision() == revision
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join([lines[0].replace("20 Ngày làm việc", "15 Ngày làm việc"), *lines[1:]]), "utf-8")
    assert Counter(each.outcome for each in told(changed)) == {"unchanged": 17, "new_version": 1}
    assert records.latest("9.000001").version == 2


@pytest.mark.usefixtures("table")
def test_a_bad_record_is_refused_with_its_line_and_stops_nothing_else(tmp_path: Path) -> None:
    good = EXCERPT.read_bytes().splitlines()
    lines = [b"\xef\xbb\xbf" + good[0], b"{half", b"", b"[1]", b"\xff\xfe", b'{"thu_tuc_id": "1.2"}', good[0], good[1]]
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(b"\r\n".join(lines))
    refused = {each.line: (each.code, each.reasons[0][0]) for each in told(path) if each.outcome == "refused"}
    assert refused == {
        2: ("—", "bad_json"),
        4: ("—", "not_an_object"),
        5: ("—", "not_utf8"),
        6: ("1.2", "code_malformed"),
        7: ("9.000001", "code_twice"),
    }
    assert {summary.code for summary in records.listing().summaries} == {"9.000001", "9.000002"}


@pytest.mark.usefixtures("table")
def test_a_row_without_a_code_is_refused_and_not_added_to_the_one_above(tmp_path: Path) -> None:
    rows = spread_rows()
    rows[2] = ["", "", "", "Thủ tục không có mã", *rows[2][4:]]
    found = told(as_xlsx(tmp_path / "t.xlsx", rows))
    assert [(each.line, each.reasons[0][0]) for each in found if each.outcome == "refused"] == [(3, "code_missing")]


@pytest.mark.usefixtures("table")
def test_a_spreadsheet_that_made_numbers_and_dates_of_words_is_read_back(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["mã_thủ_tục", "tên_thủ_tục", "hinh_thuc", "so_ky_hieu", "ngay_ban_hanh"]]
    rows.append([1.01313, "Thủ tục thử", "Trực tiếp", 12, datetime(2021, 3, 24)])
    assert told(as_xlsx(tmp_path / "t.xlsx", rows))[0].outcome == "imported"
    basis = records.latest("1.013130").legal_basis[0]
    assert (basis.number, str(basis.issued_on)) == ("12", "2021-03-24")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"\xff\xfe"),
        ("a.csv", b"ten,tuoi\nAn,3\n"),
        ("a.csv", b""),
        ("a.xlsx", b"PK"),
        ("a.pdf", b""),
        ("a", b""),
    ],
)
def test_a_file_that_holds_no_records_is_one_clear_line(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        rows_of(path)
    with pytest.raises(UnreadableFile):
        rows_of(tmp_path / "absent.jsonl")


@pytest.mark.usefixtures("table")
def test_the_command_tells_each_record_and_the_totals(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    actions.keep_agencies(AGENCIES)
    assert import_procedures.main([str(EXCERPT), "--dry-run"]) == 0
    assert records.revision() == 0
    capsys.readouterr()
    assert import_procedures.main([str(EXCERPT)]) == 0
    shown = capsys.readouterr().out
    assert "9.000007" in shown
    assert "deadline_unreadable" in shown
    assert records.revision() == 18
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("{}\n", encoding="utf-8")
    assert import_procedures.main([str(nothing)]) == 1
    assert import_procedures.main([str(tmp_path / "absent.csv")]) == 1


@pytest.mark.usefixtures("table")
def test_the_sample_is_loaded_once_and_never_takes_back_what_was_published_since(tmp_path: Path) -> None:
    agencies = [agency.model_dump(mode="json") for agency in AGENCIES]
    (tmp_path / "agencies.json").write_text(json.dumps({"agencies": agencies}), encoding="utf-8")
    (tmp_path / "births.json").write_text(f"[{a_procedure().model_dump_json(by_alias=True)}]", encoding="utf-8")
    on = TODAY
    assert load_sample.load(tmp_path, on) == {"imported": 1}
    assert records.latest("1.000001").valid_from == a_procedure().valid_from
    assert actions.publish(a_procedure(visits=2), on).outcome == "new_version"
    assert load_sample.load(tmp_path, on) == {"kept": 1}
    assert load_sample.load(tmp_path, on, update=True) == {"new_version": 1}
    assert records.latest("1.000001").visits == 1


def test_every_reason_is_told_in_the_documentation() -> None:
    documented = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    sources = [*(ROOT / "chalicelib" / "catalogue" / "national").glob("*.py"), *(ROOT / "ops").glob("*.py")]
    said = "".join(path.read_text(encoding="utf-8") for path in sources)
    told = {code for pattern in REASONS for code in re.findall(pattern, said)}
    assert {"fee_conditional", "code_missing", "bad_json", "code_twice", "not_text", "deadline_zero"} <= told
    assert {code for code in told if f"`{code}`" not in documented} == set()
