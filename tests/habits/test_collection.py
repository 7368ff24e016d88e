"""The tests have the same names in every process: workers that disagree about them run none."""

import os
import subprocess
import sys

import pytest

from ops.local.template import ROOT


def names(seed: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return [line for line in ran.stdout.splitlines() if "::" in line]


@pytest.mark.slow
def test_every_process_finds_the_same_tests():
    one, other = names("1"), names("2")

    assert sorted(set(one) ^ set(other)) == []
    assert one == other
    assert len(one) > 10_000
