"""Makes what is deployed: Chalice's package of app.py, `.chalice/stack.yaml` merged in, the same for all provinces."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from ops import provinces
from ops.ahead import add_index, add_pages
from ops.alarms import add_alarms
from ops.compiled import compile_for_the_runtime
from ops.local.template import ROOT
from ops.permissions import add_roles
from ops.vendor import EDGE, LAYERS, add_layers, vendor, zip_of, zipped

SOURCES: Final = ("app.py", "chalicelib", ".chalice")
REGION: Final = "ap-southeast-1"


class PackageFailed(Exception):
    """Chalice refused; the message is its own."""


def package(stage: str, out: Path, *, with_requirements: bool = True) -> dict[str, Any]:
    """Write `template.json`, `deployment.zip` and the layers to the folder, and return the template.

    Without requirements the archives hold the code only, and need no network: enough for a cloud
    whose workers run in this same environment.
    """
    with tempfile.TemporaryDirectory() as name:
        project, libraries = Path(name, "project"), Path(name, "libraries")
        project.mkdir()
        _copy_sources(project)
        (project / "requirements.txt").touch()  # Chalice would build from source what it does not know as a wheel
        if with_requirements:
            vendor(libraries)
            shutil.move(libraries / "base", project / "vendor")
        _chalice(["package", "--stage", stage, "--merge-template", ".chalice/stack.yaml", "out"], project)
        template: dict[str, Any] = yaml.safe_load((project / "out" / "sam.yaml").read_text(encoding="utf-8"))
        add_roles(template)
        add_layers(template)
        add_alarms(template)
        out.mkdir(parents=True, exist_ok=True)
        code = project / "code"
        shutil.unpack_archive(project / "out" / "deployment.zip", code)
        add_index(code, project)
        add_pages(libraries / EDGE if with_requirements else code, project)
        if with_requirements:
            compile_for_the_runtime([code, *(libraries / layer for layer in LAYERS)])
        zipped(_below(code), out / "deployment.zip")
        for layer in LAYERS:
            zipped(_layered(libraries / layer), out / zip_of(layer))
    # CloudFormation does not know YAML's aliases, which the merge leaves behind; JSON has none.
    (out / "template.json").write_text(json.dumps(template, indent=1, ensure_ascii=False), encoding="utf-8")
    return template


def _copy_sources(project: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", "deployments", "deployed")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=unwanted)
        else:
            shutil.copy2(source, project / name)


def _below(folder: Path) -> Iterator[tuple[str, bytes]]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    yield from ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in found)


def _layered(folder: Path) -> Iterator[tuple[str, bytes]]:
    """As Lambda unpacks a layer: libraries under `python/`. Without any there is a note, since an archive is needed."""
    yield from ((f"python/{name}", content) for name, content in _below(folder))
    if not folder.exists():
        yield "python/README", b"Packaged without requirements.\n"


def _chalice(arguments: list[str], folder: Path) -> None:
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION, "PYTHONPATH": ""}
    command = [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackageFailed((done.stderr or done.stdout).strip())


def main() -> None:
    parser = argparse.ArgumentParser(prog="package")
    parser.add_argument("out", type=Path)
    parser.add_argument("--code-only", action="store_true", help="leave the requirements out: quick, needs no network")
    parser.add_argument("--province", default="", help="also write the parameters of this province's stack")
    given = parser.parse_args()
    try:
        province = provinces.of(given.province) if given.province else None
    except provinces.UnknownProvince as no:
        sys.exit(f"package: {no}")
    template = package("production", given.out, with_requirements=not given.code_only)
    for name in ("deployment.zip", *(zip_of(layer) for layer in LAYERS)):
        print(f"{given.out / name}  {(given.out / name).stat().st_size / 1_000_000:.1f} MB")
    print(given.out / "template.json")
    if province:
        path = provinces.write(province, template, given.out)
        open_ones = [name for name, value in provinces.parameters(province, "-", template).items() if not value]
        print(f"{path}\n  for {province.stack}; the province fills in: {', '.join(open_ones)}")


if __name__ == "__main__":
    main()
