"""What `make bench` measures, in small: it asks the service as people do, and as often whatever the table holds."""

import json
import subprocess
import sys
from typing import Any

import pytest

from ops.bench.desk import ASKED, SWEEP, grown
from ops.bench.world import table
from ops.local.template import ROOT
from tests import second_table
from tests.bench import starts


def desk(size: int) -> dict[str, dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, "-m", "ops.bench.desk", str(size)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)


@pytest.mark.slow
@pytest.mark.peer
def test_the_desk_and_its_search_ask_as_often_whatever_the_table_holds() -> None:
    with second_table.serving():
        pass  # it can be had here
    few, many = desk(100), desk(2000)

    assert list(few) == [*ASKED, SWEEP]
    assert {name: each["requests"] for name, each in few.items()} == {
        name: each["requests"] for name, each in many.items()
    }
    assert all(each["ms"] > 0 for each in many.values())
    found = {name: many[name]["items"] for name in ("search by given name", "search by phone", "search for nobody")}
    assert found == {"search by given name": 6, "search by phone": 1, "search for nobody": 0}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"items": 52, "ms": 1.9}, []),  # within reason
        ({"requests": ["Query", "Query"]}, ["NOT THE SAME REQUESTS: desk"]),
        ({"items": 60}, ["MORE ITEMS READ: desk"]),
        ({"ms": 2.1}, ["SLOWER: desk"]),
    ],
)
def test_what_grows_with_the_table_is_named(changed: dict[str, Any], told: list[str]) -> None:
    few = {"desk": {"ms": 0.5, "requests": ["Query"], "items": 7}}
    full = {"desk": {"ms": 1.0, "requests": ["Query"], "items": 50}}

    assert grown([few, full, {"desk": full["desk"] | changed}]) == told


@pytest.mark.slow
@pytest.mark.stack
def test_pages_are_measured_beside_the_api() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ops.bench.pages"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )

    assert ran.returncode == 0, ran.stderr[-2000:]
    assert len(ran.stdout.splitlines()) == 9


@pytest.mark.slow
def test_a_start_takes_little_more_than_the_libraries_it_stands_on() -> None:
    """CPU of fresh processes, by turns, the quickest of eleven each: of a busy machine's noise that leaves little."""
    with starts.deployed() as folder:
        bare, libraries, ours = (each.seconds for each in starts.fastest(starts.standards(folder), 11))

    assert ours <= 1.3 * libraries
    assert ours <= 2 * bare


def test_a_table_is_as_wide_as_its_widest_cells() -> None:
    assert table(["", "ms"], [["one", "1.0"], ["a", "10.0"]]) == "       ms\n---------\none   1.0\na    10.0"
