"""What packaging makes ahead of every start: which modules own each address, and the pages' templates as Python."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from ops.local.template import stage_environment

INDEX: Final = Path("chalicelib", "web", "index.json")
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
PAGES: Final = "compiled_pages"  # found like a package, in the code or in the layer of the one function that shows any
# The languages differ in what templates call, not in what they are compiled to.
COMPILE: Final = """
import sys
from chalicelib.site.rendering import environment
environment("vi").compile_templates(sys.argv[1], zip=None, ignore_errors=False)
"""


def add_index(code: Path, sources: Path) -> None:
    """Write it into the unpacked package, as these very sources say when each module is opened after the other."""
    (sources / INDEX).write_text(NOTHING, encoding="utf-8")
    (code / INDEX).write_text(told(sources, OWNERS), encoding="utf-8")


def add_pages(folder: Path, sources: Path) -> None:
    """Where nothing can be written, each cold start would compile anew what it shows."""
    told(sources, COMPILE, str(folder / PAGES))


def told(sources: Path, script: str, *arguments: str) -> str:
    """What a script prints that imports these sources as a function of the local stage does; always in one order."""
    facts = {**stage_environment("local"), "AWS_DEFAULT_REGION": "ap-southeast-1", "PYTHONPATH": str(sources)}
    environment = {**os.environ, **facts, "PYTHONHASHSEED": "0"}
    asked = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(asked, cwd=sources, env=environment, capture_output=True, text=True, check=True)
    return done.stdout
