"""The licences of all that a deployed function carries, from the libraries' own metadata: docs/licences.md."""

import argparse
from email.message import Message
from importlib.metadata import metadata
from pathlib import Path
from typing import Final, NamedTuple, cast

from ops.local.template import ROOT
from ops.locked import locked

PAGE: Final = ROOT / "docs" / "licences.md"
FRAMEWORK: Final = "chalice"  # which Chalice's packager puts into every package by itself
CLASSIFIED: Final = "License :: OSI Approved :: "
# What classifiers and free words mean, in the names of SPDX.
SPDX: Final = {
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "MIT": "MIT",
}
# Copied into the package by us, with their licences beside them.
COPIED: Final = (("Tinos, as Motcua Serif", "chalicelib/papers/fonts/OFL.txt", "OFL-1.1"),)
HEAD: Final = """\
# Licences

What a deployed function carries, and under which licence; `python -m ops.licences` writes this page from the libraries'
own metadata, in the versions of `requirements.lock`. The service itself is [Apache-2.0](../LICENSE).

| Library | Version | Licence |
|---|---|---|
"""


class Licensed(NamedTuple):
    name: str
    version: str
    licence: str


class LicenceUnknown(Exception):
    """The library does not say, or in words that are not known here; the message names both."""


def carried() -> list[Licensed]:
    return [_of(cast(Message, metadata(name))) for name in sorted([*locked(), FRAMEWORK])]


def _of(said: Message) -> Licensed:
    return Licensed(said["Name"], said["Version"], licence(said))


def licence(said: Message) -> str:
    """As an SPDX expression."""
    expression = said.get("License-Expression")
    if expression:
        return str(expression)
    classified = [each.removeprefix(CLASSIFIED) for each in said.get_all("Classifier", []) if CLASSIFIED in each]
    for words in [*classified, str(said.get("License", "")).strip()]:
        if words in SPDX:
            return SPDX[words]
    raise LicenceUnknown(f"{said['Name']}: {classified or said.get('License')}")


def page() -> str:
    rows = [f"| {each.name} | {each.version} | {each.licence} |" for each in carried()]
    copied = [f"| {name} | [as it was](../{path}) | {licence} |" for name, path, licence in COPIED]
    return HEAD + "\n".join([*rows, *copied]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="licences", description=__doc__)
    parser.add_argument("page", nargs="?", type=Path, default=PAGE)
    parser.parse_args().page.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
