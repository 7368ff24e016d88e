"""A whole month of one provider: exactly what was planted is found, in the time and memory a function has."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 30, 512
# Measured in a process of its own, and as VmHWM: the ru_maxrss of a child begins with what its parent held when it
# started it, so that it would tell of the whole test run instead.
RUN = """
import json, sys, time
from pathlib import Path
from chalicelib.papers.workbook import workbook
from chalicelib.payments.reconciling.rules import DifferenceKind, reconciled
from chalicelib.payments.reconciling.book import sheets
from chalicelib.payments.reconciling.statement_formats import statement_format
from chalicelib.payments.reconciling.statements import read_statement
from tests.payments.ledgers import JUNE, as_csv, as_xlsx, month, plant, written

kinds = [kind for kind in DifferenceKind if kind != DifferenceKind.OTHER_DAY]
planted = plant(month(20_000), 5, kinds=kinds)
data = {"csv": as_csv, "xlsx": as_xlsx}[sys.argv[1]](written(planted.lines))
began = time.monotonic()
statement = read_statement(data, sys.argv[1], statement_format("plain", "H32"))
found = reconciled("vnpay", planted.rows, statement.lines, JUNE)
workbook(*sheets("vnpay", JUNE, found.totals, found.differences, statement.unreadable))
told = sorted((each.kind, (each.ours or each.theirs).order) for each in found.differences)
memory = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({
    "payments": sum(row.kind == "payment" for row in planted.rows),
    "kinds": len(kinds),
    "unreadable": len(statement.unreadable),
    "found": told,
    "planted": sorted(planted.expected),
    "seconds": time.monotonic() - began,
    "megabytes": int(memory["VmHWM"].split()[0]) / 1024,
}))
"""


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_forty_faults_of_eight_kinds_among_twenty_thousand_payments_are_found_and_nothing_else(file_format: str):
    ran = subprocess.run(
        [sys.executable, "-c", RUN, file_format], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)

    assert (said["payments"], said["kinds"], said["unreadable"]) == (20_000, 8, 0)
    assert len(said["planted"]) == 40
    assert said["found"] == said["planted"]
    assert said["seconds"] < SECONDS
    assert said["megabytes"] < MEGABYTES
    print(f"{file_format}: {said['seconds']:.1f} s, {said['megabytes']:.0f} MB")
