"""The record layer on another implementation of DynamoDB's interface: same tests, same answers (ADR 0019)."""

import os
import re
import subprocess
import sys

import pytest

from ops.local.template import ROOT
from tests import second_table

pytestmark = [pytest.mark.slow, pytest.mark.peer]

ROOMS = ("catalogue", "clock", "documents", "dossiers", "history", "notices", "papers", "payments", "postal")
FEWEST = 400


def test_what_uses_the_table_passes_on_another_implementation_of_it():
    with second_table.serving():
        pass  # it can be had here
    asked = [f"tests/{room}" for room in ROOMS]
    once = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MOTCUA_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *asked, "--second-table", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        + ["-m", "not stack and not slow and not peer"],
        cwd=ROOT,
        env=once,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    passed = re.search(r"(\d+) passed", ran.stdout)

    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert passed is not None
    assert int(passed[1]) >= FEWEST
