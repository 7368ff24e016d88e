"""Changes a stack by change sets: proposed, looked at, executed or taken back; the only module that asks for one."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from botocore.exceptions import ClientError

NOTHING_NEW: Final = re.compile("didn't contain changes|No updates are to be performed")
# A stack whose creation failed holds nothing that works and takes no change: it is removed first.
STILLBORN: Final = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}
NO_STACK: Final = {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}
BEING_MADE: Final = {"CREATE_PENDING", "CREATE_IN_PROGRESS"}  # a change set
HOLDING: Final = {
    *("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::SQS::Queue"),
    *("AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::ApiGateway::RestApi"),
}
Told = TypeVar("Told")


class DeployFailed(Exception):
    """CloudFormation refused the stack; the message is its reason."""


class Change(NamedTuple):
    """A change set. `differs`: whether it would change anything; `parts`: what, as CloudFormation tells it."""

    stack: str
    kind: str  # CREATE or UPDATE
    arn: str
    differs: bool
    parts: tuple[dict[str, Any], ...] = ()

    def told(self) -> Iterator[str]:
        """A line for each resource: added, changed, removed; what would lose what it holds stands first and is loud."""
        rows = [_row(each["ResourceChange"]) for each in self.parts if "ResourceChange" in each]
        yield from (row for _, row in sorted(rows))

    @property
    def endangered(self) -> list[str]:
        """The resources that hold something, or an address people know, and would be made anew or removed."""
        changes = [each["ResourceChange"] for each in self.parts if "ResourceChange" in each]
        return [each["LogicalResourceId"] for each in changes if _endangers(each)]


def _row(change: Mapping[str, Any]) -> tuple[int, str]:
    named = f"{change['LogicalResourceId']} ({change['ResourceType'].removeprefix('AWS::')})"
    if _endangers(change):
        return 0, f"  !! {_fate(change).upper()}  {named}: what it holds is not moved"
    order, sign = {"Remove": (1, "- removed "), "Modify": (2, "~ changed "), "Add": (3, "+ added   ")}.get(
        change["Action"], (1, f"? {change['Action']}")
    )
    facts = [*change.get("Scope", []), *([_fate(change)] if _is_anew(change) else [])]
    return order, f"  {sign} {named}{': ' if facts else ''}{', '.join(facts)}"


def _is_anew(change: Mapping[str, Any]) -> bool:
    return change["Action"] == "Modify" and change.get("Replacement") in ("True", "Conditional")


def _endangers(change: Mapping[str, Any]) -> bool:
    return change["ResourceType"] in HOLDING and (_is_anew(change) or change["Action"] == "Remove")


def _fate(change: Mapping[str, Any]) -> str:
    if change["Action"] == "Remove":
        return "removed"
    return "replaced" if change["Replacement"] == "True" else "perhaps replaced"


def proposed(cloudformation: Any, stack: str, template_url: str, parameters: Mapping[str, str | None]) -> Change:
    """A parameter that is None keeps the value that the stack has. Raises `DeployFailed` when it is refused."""
    standing = status(cloudformation, stack)
    if standing in STILLBORN:
        raise DeployFailed(f"{stack} is {standing}: its creation failed. Delete it, then deploy again.")
    if standing.endswith("IN_PROGRESS"):
        raise DeployFailed(f"{stack} is {standing}: somebody else is changing it.")
    kind = "UPDATE" if standing else "CREATE"
    arn = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=f"{kind.lower()}-{time.time_ns()}",
        ChangeSetType=kind,
        TemplateURL=template_url,
        Parameters=[_parameter(name, value) for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )["Id"]
    made = _until(lambda: _described(cloudformation, arn), lambda told: told["Status"] not in BEING_MADE, 300)
    change = Change(stack, kind, arn, made["ExecutionStatus"] == "AVAILABLE", tuple(_parts(cloudformation, arn)))
    if not change.differs:
        taken_back(cloudformation, change)
        if not NOTHING_NEW.search(made.get("StatusReason", "")):
            raise DeployFailed(f"{stack} cannot be changed: {made.get('StatusReason')}")
    return change


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    kept = {"UsePreviousValue": True} if value is None else {"ParameterValue": value}
    return {"ParameterKey": name, **kept}


def _parts(cloudformation: Any, arn: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = cloudformation.describe_change_set(ChangeSetName=arn, **token)
        yield from page.get("Changes", [])
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def taken_back(cloudformation: Any, change: Change) -> None:
    """Nothing of it remains, nor of a stack that it would have been the first of."""
    cloudformation.delete_change_set(ChangeSetName=change.arn)
    if change.kind == "CREATE":
        cloudformation.delete_stack(StackName=change.stack)


def executed(cloudformation: Any, change: Change, patience: float) -> None:
    """`patience`: seconds. Raises `DeployFailed` when CloudFormation went back, with the first reasons."""
    cloudformation.execute_change_set(ChangeSetName=change.arn)

    def ended() -> str:
        carried = _described(cloudformation, change.arn).get("ExecutionStatus", "")
        standing = status(cloudformation, change.stack)
        return "" if carried in ("AVAILABLE", "EXECUTE_IN_PROGRESS") or standing.endswith("IN_PROGRESS") else standing

    standing = _until(ended, bool, patience)
    if standing != f"{change.kind}_COMPLETE":
        raise DeployFailed(f"{change.stack} ended {standing}: {_first_failures(cloudformation, change.stack)}")


def _described(cloudformation: Any, arn: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=arn)
    except cloudformation.exceptions.ChangeSetNotFoundException:  # forgotten with the stack it was of
        return {}
    return told


def status(cloudformation: Any, stack: str) -> str:
    """Empty when there is none, or only a change set that nobody executed."""
    try:
        standing: str = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return ""
    return "" if standing in NO_STACK else standing


def deleted(cloudformation: Any, stack: str, patience: float) -> None:
    """Its resources with it, but for those that the template retains."""
    cloudformation.delete_stack(StackName=stack)
    standing = _until(lambda: status(cloudformation, stack), lambda told: told in ("", "DELETE_FAILED"), patience)
    if standing:
        raise DeployFailed(f"{stack} ended {standing}: {_first_failures(cloudformation, stack)}")


def _first_failures(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failures = [each for each in reversed(events) if each["ResourceStatus"].endswith("FAILED")]
    return "; ".join(f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}" for each in failures[:3])


def _until(asked: Callable[[], Told], good: Callable[[Told], bool], patience: float) -> Told:
    deadline, pause = time.monotonic() + patience, 0.05
    while not good(found := asked()):
        if time.monotonic() > deadline:
            raise DeployFailed(f"CloudFormation was not done within {patience:.0f} s.")
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
    return found


def resources(cloudformation: Any, stack: str) -> dict[str, str]:
    """What things are called, by their names in the template."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found if "PhysicalResourceId" in each}


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
