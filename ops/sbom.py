"""The list of what is deployed, as CycloneDX: every library with its hashes and its licence, and the service itself."""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from ops.licences import FRAMEWORK, Licensed, carried
from ops.local.template import ROOT
from ops.locked import LOCK, plain
from ops.provinces import release

CYCLONEDX: Final = ROOT / ".venv" / "audit" / "bin" / "cyclonedx-py"
Json = dict[str, Any]


class SbomFailed(Exception):
    """The maker of the list refused; the message is its own."""


def sbom() -> Json:
    libraries = carried()
    (framework,) = [each for each in libraries if each.name == FRAMEWORK]
    made = _made(f"{LOCK.read_text(encoding='utf-8')}{framework.name}=={framework.version}\n")
    return licensed(made, libraries)


def licensed(made: Json, libraries: Iterable[Licensed]) -> Json:
    """With what each is licensed under, and what it is the list of."""
    under = {plain(each.name): each.licence for each in libraries}
    components = [each | {"licenses": [_licence(under[plain(each["name"])])]} for each in made["components"]]
    subject = {
        **{"type": "application", "name": "motcua", "version": release(), "bom-ref": "motcua"},
        "licenses": [_licence("Apache-2.0")],
    }
    return made | {"components": components, "metadata": made.get("metadata", {}) | {"component": subject}}


def _licence(expression: str) -> Json:
    return {"expression": expression} if " " in expression else {"license": {"id": expression}}


def _made(requirements: str) -> Json:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "requirements.txt")
        source.write_text(requirements, encoding="utf-8")
        command = [str(CYCLONEDX), "requirements", str(source), "--sv", "1.6", "--of", "JSON", "--output-reproducible"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SbomFailed(done.stderr.strip())
    made: Json = json.loads(done.stdout)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="sbom", description=__doc__)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    whole = sbom()
    out.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{out}: {len(whole['components'])} libraries, CycloneDX {whole['specVersion']}")


if __name__ == "__main__":
    main()
