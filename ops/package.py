"""Makes what is deployed: Chalice's package of app.py, `.chalice/stack.yaml` merged in, the same for all provinces."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import yaml

from ops.permissions import add_roles

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ("app.py", "chalicelib", ".chalice")
REGION: Final = "ap-southeast-1"
# Lambda's runtime brings botocore; pynamodb would drag 16 MB of it into the package.
WITHOUT_THEIR_REQUIREMENTS: Final = ("pynamodb",)
# Of the page that shows the description only these are served; the package brings an editor, 20 MB, beside it.
SHOWN: Final = {"swagger-ui.css", "swagger-ui-bundle.js", "LICENSE"}
PLATFORMS: Final = ("manylinux2014_x86_64", "manylinux_2_26_x86_64")  # the oldest that a Lambda runtime has


class PackageFailed(Exception):
    """Chalice, or the installer of the requirements, refused; the message is theirs."""


def package(stage: str, out: Path, *, with_requirements: bool = True) -> dict[str, Any]:
    """Write `template.json` and `deployment.zip` to the folder, and return the template.

    Without requirements the archive holds the code only, and needs no network: enough for a cloud
    whose workers run in this same environment.
    """
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        _copy_sources(project)
        (project / "requirements.txt").touch()  # Chalice would build from source what it does not know as a wheel
        if with_requirements:
            _vendor(project)
        _run(
            [
                "-c",
                "import sys; from chalice.cli import main; sys.exit(main())",
                "package",
                "--stage",
                stage,
                "--merge-template",
                ".chalice/stack.yaml",
                "out",
            ],
            project,
        )
        template: dict[str, Any] = yaml.safe_load((project / "out" / "sam.yaml").read_text(encoding="utf-8"))
        add_roles(template)
        out.mkdir(parents=True, exist_ok=True)
        shutil.move(project / "out" / "deployment.zip", out / "deployment.zip")
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


def _vendor(project: Path) -> None:
    """The requirements as wheels for Lambda's machines, whatever this one is; never built here."""
    alone = re.compile(rf"({'|'.join(WITHOUT_THEIR_REQUIREMENTS)})\b")
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (project / "whole.txt").write_text("\n".join(line for line in lines if not alone.match(line)), encoding="utf-8")
    (project / "alone.txt").write_text("\n".join(line for line in lines if alone.match(line)), encoding="utf-8")
    platforms = [word for name in PLATFORMS for word in ("--platform", name)]
    install = ["-m", "pip", "install", "-qq", "--no-compile", "--only-binary=:all:", "--target", "vendor", *platforms]
    _run([*install, "-r", "whole.txt"], project)
    _run([*install, "--no-deps", "-r", "alone.txt"], project)
    for unused in (project / "vendor" / "swagger_ui" / "static").iterdir():
        if unused.name not in SHOWN:
            unused.unlink()


def _run(arguments: list[str], folder: Path) -> None:
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION, "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PackageFailed((done.stderr or done.stdout).strip())


def main() -> None:
    parser = argparse.ArgumentParser(prog="package")
    parser.add_argument("out", type=Path)
    parser.add_argument("--code-only", action="store_true", help="leave the requirements out: quick, needs no network")
    given = parser.parse_args()
    package("production", given.out, with_requirements=not given.code_only)
    size = (given.out / "deployment.zip").stat().st_size / 1_000_000
    print(f"{given.out / 'template.json'} and {given.out / 'deployment.zip'} ({size:.1f} MB)")


if __name__ == "__main__":
    main()
