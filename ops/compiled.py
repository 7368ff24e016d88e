"""Python compiled ahead for the functions: nothing can be written there, so each cold start would compile it anew."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ops.ahead import PAGES, told
from ops.local.template import ROOT
from ops.vendor import RUNTIME

# Every module of ours, and so everything of others that they load, then what some work loads later.
ALL_OF_OURS: Final = """
import importlib, json, pkgutil, sys
import app, chalicelib
for each in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(each.name)
for name in sys.argv[1:]:
    importlib.import_module(name)
sys.stdout.write(json.dumps(sorted(sys.modules)))
"""
LATER: Final = (
    *("aws_lambda_powertools.utilities.batch", "aws_lambda_powertools.utilities.parameters"),
    *("et_xmlfile.xmlfile", "jinja2.sandbox", "jsonschema", "jwt", "openpyxl.packaging.extended"),
    *("phonenumbers.data.region_VN", "pypdf._codecs._codecs", "pypdf.filters", "rapidfuzz.distance", "rapidfuzz.fuzz"),
    *("reportlab.pdfbase.ttfonts", "reportlab.pdfgen.canvas", "reportlab.platypus", "segno", "stdnum.vn.mst"),
)


def compile_for_the_runtime(folders: Iterable[Path]) -> bool:
    """Whether it could be done: only the runtime's own Python can.

    What is compiled takes the place of its source: both would double what a cold start has to fetch.
    """
    if f"python{sys.version_info.major}.{sys.version_info.minor}" != RUNTIME:
        return False
    loaded = {place for name in _loaded() for place in _places(name)}
    for folder in folders:
        sources = [path for path in folder.rglob("*.py") if path.relative_to(folder).as_posix() in loaded]
        _compile([*sources, *(folder / PAGES).glob("*.py")], folder)
    return True


def _compile(sources: list[Path], folder: Path) -> None:
    """The same sources give the same bytes: no times, no paths of this machine, no order that a process chose."""
    command = [sys.executable, "-m", "compileall", "-q", "-b", "-s", str(folder), "-i", "-"]
    done = subprocess.run(
        [*command, "--invalidation-mode", "unchecked-hash"],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        input="\n".join(map(str, sources)),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr  # noqa: S101 - every module was loaded a moment ago
    for source in sources:
        source.unlink()


def _places(module: str) -> tuple[str, str]:
    path = module.replace(".", "/")
    return f"{path}.py", f"{path}/__init__.py"


def _loaded() -> list[str]:
    names: list[str] = json.loads(told(ROOT, ALL_OF_OURS, *LATER))
    return names
