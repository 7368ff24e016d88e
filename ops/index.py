"""The index of a package: which modules own each address, so that a function imports those, and no others, for it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from ops.local.template import stage_environment

PLACE: Final = Path("chalicelib", "web", "index.json")
NOTHING: Final = "{}"  # with this index no module is open at the start
OWNERS: Final = """
import json, sys
from app import app
owners = {}
for module in app.modules:
    before = {address: set(methods) for address, methods in app.routes.items()}
    app.open([module])
    for address, methods in app.routes.items():
        if methods.keys() != before.get(address, set()):
            owners.setdefault(address, []).append(module)
sys.stdout.write(json.dumps(owners, indent=0))
"""


def add_index(code: Path, sources: Path) -> None:
    """Write it into the unpacked package, as these very sources say when each module is opened after the other."""
    (sources / PLACE).write_text(NOTHING, encoding="utf-8")
    (code / PLACE).write_text(_owners(sources), encoding="utf-8")


def _owners(sources: Path) -> str:
    facts = {**stage_environment("local"), "AWS_DEFAULT_REGION": "ap-southeast-1", "PYTHONPATH": str(sources)}
    asked, environment = [sys.executable, "-c", OWNERS], {**os.environ, **facts}
    done = subprocess.run(asked, cwd=sources, env=environment, capture_output=True, text=True, check=True)
    return done.stdout
