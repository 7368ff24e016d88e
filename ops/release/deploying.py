"""A release onto a province's stack: shown, confirmed, executed, tried; back to the one before when it fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from ops import changes, provinces
from ops.local.cloud import client
from ops.rehearse.journey import Unexpected
from ops.release.artefacts import Artefacts, Parameters, Release

PATIENCE: Final = 3600.0
Smoke = Callable[[str], list[str]]  # of a release's name


class NotDeployed(Exception):
    """The stack is as it was, or as the message says."""


class Wanted(NamedTuple):
    """`given`: parameters that the province says now; what it does not say stays as it is."""

    province: provinces.Province
    release: str
    template: dict[str, Any]
    folder: Path
    given: Parameters


def deploy(wanted: Wanted, artefacts: Artefacts, confirmed: Callable[[str], bool], smoke: Smoke) -> bool:
    """Whether anything was deployed. Raises `NotDeployed`, also when it went back to the release before."""
    stack, cloudformation = wanted.province.stack, client("cloudformation")
    is_new = not changes.status(cloudformation, stack)
    parameters = _parameters(wanted, is_new=is_new)
    key = artefacts.packaged(wanted.template, wanted.folder, wanted.release)
    change = changes.proposed(cloudformation, stack, artefacts.address(key), parameters)
    if change.differs:
        _shown(change)
        if not confirmed(f"Change {stack} like this?"):
            changes.taken_back(cloudformation, change)
            raise NotDeployed(f"{stack}: not confirmed, nothing was changed.")
        changes.executed(cloudformation, change, PATIENCE)
    new = Release(wanted.release, key, standing_parameters(stack))
    if not change.differs and artefacts.standing() == new:
        print(f"{stack} stands at {new.name} already: nothing to deploy.")
        return False
    _tried(new, artefacts, smoke, is_new=is_new)  # also when who executed it did not live to try it
    return True


def _parameters(wanted: Wanted, *, is_new: bool) -> dict[str, str | None]:
    """None keeps what the stack has, else the template's default."""
    declared, release = wanted.template["Parameters"], {"Release": wanted.release}
    known = {"Province": wanted.province.code, "ProvinceName": wanted.province.name}
    said = {name: value for name, value in wanted.given.items() if value and name in declared} | known | release
    missing = [name for name, facts in declared.items() if "Default" not in facts and name not in said]
    if is_new and missing:
        raise NotDeployed(f"{wanted.province.stack} is new: the parameters file must also say {', '.join(missing)}.")
    has = set() if is_new else standing_parameters(wanted.province.stack).keys()
    kept: dict[str, str | None] = {name: None for name in declared if name in has}
    return kept | said


def standing_parameters(stack: str) -> Parameters:
    told = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {each["ParameterKey"]: each["ParameterValue"] for each in told.get("Parameters", [])}


def _shown(change: changes.Change) -> None:
    print(f"{change.kind.title()} of {change.stack}:")
    print("\n".join(change.told()))
    if change.endangered:
        print(f"\n!!!! REPLACED OR REMOVED: {', '.join(change.endangered)} !!!!\n")


def _tried(new: Release, artefacts: Artefacts, smoke: Smoke, *, is_new: bool) -> None:
    try:
        for line in smoke(new.name):
            print(f"✓ {line}")
    except Exception as error:
        print(f"✗ {error}")
        before = artefacts.standing()
        if is_new or before is None:
            raise NotDeployed(
                f"{artefacts.stack} does not work, and there is no release before to go back to."
            ) from error
        _back(before, artefacts, smoke)
        raise NotDeployed(f"{new.name} does not work: {artefacts.stack} is back at {before.name}.") from error
    artefacts.stands(new)
    print(f"{artefacts.stack} stands at {new.name}.")


def _back(before: Release, artefacts: Artefacts, smoke: Smoke) -> None:
    print(f"Going back to {before.name}:")
    cloudformation = client("cloudformation")
    address, stack = artefacts.address(before.template), artefacts.stack
    change = changes.proposed(cloudformation, stack, address, dict(before.parameters))
    if change.differs:
        changes.executed(cloudformation, change, PATIENCE)
    try:
        smoke(before.name)
    except Unexpected as error:
        raise NotDeployed(f"{stack} is back at {before.name}, and does not work either: {error}") from error
