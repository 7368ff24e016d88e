"""The libraries a deployed function carries, each at one version and known by its hashes: `requirements.lock`."""

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Final, NamedTuple

from ops.local.template import ROOT

REQUIREMENTS: Final = ROOT / "requirements.txt"
LOCK: Final = ROOT / "requirements.lock"
UV: Final = ROOT / ".venv" / "audit" / "bin" / "uv"
# What these ask for is not carried. Lambda's runtime brings botocore; pynamodb would drag 16 MB of it into the package.
# pyHanko would drag 20 MB to fetch with and to read XML: we fetch nothing, and what it needs to check a signature is
# named beside it in requirements.txt. reportlab would drag 3 MB to draw pictures with: no paper has one.
ALONE: Final = frozenset({"pynamodb", "pyhanko", "pyhanko-certvalidator", "reportlab"})
HEAD: Final = """\
# What a deployed function carries, down to the last library: made by `make lock` from requirements.txt, in the versions
# that the tests ran with. The package is installed from this file alone; an archive with another hash is refused.
"""


class LockFailed(Exception):
    """The resolver refused; the message is its own."""


class Locked(NamedTuple):
    """`text`: the requirement with its hashes, as pip reads it. `by`: which of the others ask for it."""

    name: str
    version: str
    text: str
    by: frozenset[str]


def plain(name: str) -> str:
    """A project's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> dict[str, str]:
    """What requirements.txt asks for: versions by plain names."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    found = [re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    return {plain(each[1]): each[2] for each in found if each}


def locked(path: Path = LOCK) -> dict[str, Locked]:
    """By plain names."""
    return {each.name: each for each in map(_read, _stanzas(path.read_text(encoding="utf-8")))}


def _stanzas(text: str) -> list[str]:
    return re.findall(r"^[a-z0-9][^\s#]*==.+?(?=^[a-z0-9#]|\Z)", text, re.DOTALL | re.MULTILINE)


def _read(stanza: str) -> Locked:
    said = "\n".join(line for line in stanza.splitlines() if not line.lstrip().startswith("#"))
    name, _, version = said.split()[0].partition("==")
    by = re.findall(r"#\s+(?:via\s+)?([a-z0-9-]+)$", stanza, re.MULTILINE)
    return Locked(name, version, said.rstrip(" \\\n"), frozenset(by) - {"via"})


def closure(names: Iterable[str], known: Mapping[str, Locked]) -> list[Locked]:
    """The libraries of these names and what is carried for them, by name."""
    found, new = set[str](), {plain(name) for name in names}
    while new:
        found |= new
        new = {each.name for each in known.values() if each.by & (new - ALONE)} - found
    return [known[name] for name in sorted(found)]


def lock() -> str:
    """What requirements.txt comes to, in the versions installed here."""
    here = "".join(f"{each.name}=={each.version}\n" for each in distributions())
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write(here)
        constraints.flush()
        command = [str(UV), "pip", "compile", "-q", REQUIREMENTS.name, "-c", constraints.name, "--generate-hashes"]
        command += ["--no-header", "--python-version", "3.11", "--python-platform", "aarch64-manylinux2014"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LockFailed(done.stderr.strip())
    every = _stanzas(re.sub(r"^    #   -c .+\n", "", done.stdout, flags=re.MULTILINE))
    known = {each.name: each for each in map(_read, every)}
    carried = {each.name for each in closure(required(), known)}
    return HEAD + "".join(each for each in every if _read(each).name in carried)


def main() -> None:
    argparse.ArgumentParser(prog="locked", description=__doc__).parse_args()
    LOCK.write_text(lock(), encoding="utf-8")
    print(f"{LOCK.name}: {len(locked())} libraries")


if __name__ == "__main__":
    main()
