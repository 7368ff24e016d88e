"""Other people's packages that our messages are compared with: fetched once into `.local`, no part of the product."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[3] / ".local" / "peers"


def node(package: str, script: str, **given: object) -> object:
    """What a script prints as JSON, with the package (`name@version`) at hand and what it is given as `given`."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip(f"NOT COMPARED with {package}: npm and node are not on this machine")
    folder = PEERS / package.replace("/", "_")
    if not (folder / "node_modules").exists():
        fetched = [npm, "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
        _fetch(package, [*fetched, package])
    said = (
        f"const given = {json.dumps(given)};\n(async () => {{ {script} }})().then(r => console.log(JSON.stringify(r)))"
    )
    return _run(["node", "-e", said], folder)


def python(package: str, script: str, **given: object) -> object:
    """What a script prints as JSON, with the PyPI package (`name==version`) and its needs at hand, nothing of ours."""
    folder = PEERS / package
    if not folder.exists():
        _fetch(package, [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), package])
    said = f"import sys, json; sys.path.insert(0, {str(folder)!r}); given = json.loads({json.dumps(given)!r})\n{script}"
    return _run([sys.executable, "-c", said], folder)


def _fetch(package: str, command: list[str]) -> None:
    fetched = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if fetched.returncode:
        shutil.rmtree(PEERS / package, ignore_errors=True)
        pytest.skip(f"NOT COMPARED with {package}: it could not be fetched: {fetched.stderr[-300:]}")


def _run(command: list[str], folder: Path) -> object:
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
