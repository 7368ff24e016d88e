"""The 34 provinces, with whom each succeeded, and the parameters of a province's stack; read from `provinces.json`."""

import argparse
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

PROVINCES: Final = Path(__file__).with_name("provinces.json")


class UnknownProvince(Exception):
    """There is no province of that name; the message says how to see those there are."""


class Unit(NamedTuple):
    """A province as it was: its level-1 code, and its name."""

    code: str
    name: str


class Province(NamedTuple):
    """`slug` names it in commands and in its stack's name; `merged`: the provinces it took in on 01/07/2025."""

    slug: str
    code: str
    name: str
    merged: tuple[Unit, ...]

    @property
    def stack(self) -> str:
        return f"motcua-{self.slug}"


@cache
def every() -> tuple[Province, ...]:
    read = json.loads(PROVINCES.read_text(encoding="utf-8"))
    return tuple(
        Province(each["slug"], each["code"], each["name"], tuple(Unit(**unit) for unit in each["merged"]))
        for each in read["provinces"]
    )


def of(slug: str) -> Province:
    for each in every():
        if each.slug == slug:
            return each
    raise UnknownProvince(f"There is no province {slug!r}: `make provinces` lists them.")


def parameters(province: Province, release: str, template: dict[str, Any]) -> dict[str, str]:
    """What the province's stack is given. Empty where only the province itself can say; a default is left out."""
    known = {"Province": province.code, "ProvinceName": province.name, "Release": release}
    asked = [name for name, facts in template["Parameters"].items() if "Default" not in facts]
    return {name: known.get(name, "") for name in asked}


def write(province: Province, template: dict[str, Any], folder: Path) -> Path:
    """The parameters as CloudFormation takes them, beside the package that is the same for all provinces."""
    given = parameters(province, release(), template)
    path = folder / f"{province.slug}.parameters.json"
    rows = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def release() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=PROVINCES.parent, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unversioned"


def main() -> None:
    argparse.ArgumentParser(prog="provinces", description=__doc__).parse_args()
    for each in every():
        merged = ", ".join(f"{unit.name} {unit.code}" for unit in each.merged)
        print(f"{each.slug:<16} {each.code}  {each.stack:<23} {each.name}{merged and f' (with {merged})'}")


if __name__ == "__main__":
    main()
