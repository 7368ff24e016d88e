"""`make deploy`, `drift`, `destroy`: what is typed, and one clear line when it cannot be."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops import changes, provinces
from ops.local import cloud
from ops.package import PackageFailed, package
from ops.release.artefacts import Artefacts
from ops.release.deploying import NotDeployed, Wanted, deploy
from ops.release.destroying import NotDestroyed, destroy
from ops.release.drift import DriftUnknown, drifted
from ops.vendor import VendorFailed

OUT: Final = Path("out/package")


class Unsaid(Exception):
    """Something must be given; the message says what."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        province = provinces.of(given.province)
        _reached(given)
        return COMMANDS[given.command](province, given)
    except (ClientError, BotoCoreError) as error:
        print(f"{given.command}: AWS said no: {str(error)[-400:]}", file=sys.stderr)
    except (
        *(changes.DeployFailed, NotDeployed, NotDestroyed, DriftUnknown, Unsaid),
        *(PackageFailed, VendorFailed, provinces.UnknownProvince),
    ) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
    return 1


def _reached(given: argparse.Namespace) -> None:
    """The account of the profile, else the one that AWS's own tools would use; or a local cloud."""
    os.environ.setdefault("AWS_DEFAULT_REGION", cloud.REGION)
    if given.endpoint:
        os.environ.update(cloud.aws_environment(given.endpoint))
    elif given.profile:
        os.environ["AWS_PROFILE"] = given.profile


def _deploy(province: provinces.Province, given: argparse.Namespace) -> int:
    if not given.artefacts:
        raise Unsaid("Where are packages kept? ARTEFACTS= a private, versioned bucket of the account.")
    from ops.release.smoke import smoke

    release = given.release or provinces.release()
    template = package("production", given.out, with_requirements=not given.code_only)
    wanted = Wanted(province, release, template, given.out, _said(given.parameters))

    def tried(name: str) -> list[str]:
        return smoke(province.stack, province, name, _url(province.stack, given.endpoint), os.environ.get("TOKEN", ""))

    deploy(wanted, Artefacts(given.artefacts, province.stack), _yes if given.yes else _asked, tried)
    return 0


def _said(path: Path | None) -> dict[str, str]:
    """The file that `make package` began and the province filled in."""
    if path is None:
        return {}
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return {row["ParameterKey"]: row["ParameterValue"] for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unsaid(f"{path} is no file of parameters: {error}") from None


def _url(stack: str, endpoint: str) -> str:
    cloudformation = cloud.client("cloudformation")
    if endpoint:
        return f"{endpoint}/_aws/execute-api/{changes.resources(cloudformation, stack)['RestAPI']}/v1"
    return changes.outputs(cloudformation, stack)["EndpointURL"].rstrip("/")


def _yes(question: str) -> bool:
    return True


def _asked(question: str) -> bool:
    return _typed(f"{question} [y/N] ").lower() in ("y", "yes")


def _typed(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:  # nobody is there to answer
        return ""


def _drift(province: provinces.Province, given: argparse.Namespace) -> int:
    lines = drifted(province.stack)
    print("\n".join(lines) or f"{province.stack} is as its template says.")
    return 1 if lines else 0


def _destroy(province: provinces.Province, given: argparse.Namespace) -> int:
    for name, kept in destroy(province.stack, _typed).items():
        print(f"retained: {name} {kept}")
    return 0


COMMANDS: Final[dict[str, Callable[[provinces.Province, argparse.Namespace], int]]] = {
    "deploy": _deploy,
    "drift": _drift,
    "destroy": _destroy,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ops.release")
    parser.add_argument("--province", required=True, help="as `make provinces` lists it")
    parser.add_argument("--profile", default="", help="of an account, in the configuration of AWS's tools")
    parser.add_argument("--endpoint", default="", help="of a local cloud")
    commands = parser.add_subparsers(dest="command", required=True)
    deploying = commands.add_parser("deploy")
    deploying.add_argument("--artefacts", default="", help="the bucket that packages are kept in")
    deploying.add_argument("--parameters", type=lambda said: Path(said) if said else None, default=None)
    deploying.add_argument("--release", default="", help="its name; else the commit's")
    deploying.add_argument("--out", type=Path, default=OUT)
    deploying.add_argument(
        "--code-only", action="store_true", help="for a local cloud, whose workers have the libraries"
    )
    deploying.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("drift")
    commands.add_parser("destroy")
    return parser


if __name__ == "__main__":
    sys.exit(main())
