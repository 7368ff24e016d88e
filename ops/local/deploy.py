"""Puts the packaged template on the local cloud by a change set, and repairs what its CloudFormation leaves out."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from ops.local.cloud import client
from ops.local.repairs import repair

STACK_NAME: Final = "motcua"
CODE_BUCKET: Final = "motcua-code"
PATIENCE: Final = 60.0
NOTHING_NEW: Final = re.compile("didn't contain changes|No updates are to be performed")


class DeployFailed(Exception):
    """The local cloud refused the stack; the message is its reason."""


def deploy(template: dict[str, Any], code: Path, parameters: Mapping[str, str]) -> bool:
    """Create or update the stack; whether it is new. Running it again without a change changes nothing."""
    native = expanded(template, _uploaded(code))
    is_new = _apply(native, parameters) == "CREATE"
    repair(native["Resources"], resources())
    return is_new


def expanded(template: dict[str, Any], code_key: str) -> dict[str, Any]:
    """The template in CloudFormation's own resources, as AWS's transform would make it."""
    from samtranslator.translator.transform import transform  # slow to import

    source = json.loads(json.dumps(template))
    for resource in source["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": code_key}
        if resource["Type"] == "AWS::Serverless::LayerVersion":  # here libraries come with the machine
            resource["Properties"]["ContentUri"] = {"Bucket": CODE_BUCKET, "Key": code_key}
    native: dict[str, Any] = transform(source, {}, _NoManagedPolicies())
    for resource in native["Resources"].values():
        if "ScalingConfig" in resource.get("Properties", {}):
            # On a machine of few cores a second worker starts more slowly than the first is done. (AWS asks for two.)
            resource["Properties"]["ScalingConfig"] = {"MaximumConcurrency": 1}
    api = native["Resources"]["RestAPI"]["Properties"]
    api["BinaryMediaTypes"] = api["Body"].get("x-amazon-apigateway-binary-media-types", [])
    return native


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def outputs() -> dict[str, str]:
    stack = client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def function_environment(logical: str) -> dict[str, str]:
    """The variables of a function as deployed: what serves HTTP here runs under the same ones."""
    name = resources()[logical]
    variables: dict[str, str] = client("lambda").get_function_configuration(FunctionName=name)["Environment"][
        "Variables"
    ]
    return variables


def _uploaded(code: Path) -> str:
    content = code.read_bytes()
    return _stored(f"{hashlib.sha256(content).hexdigest()[:32]}.zip", content)


def _stored(key: str, content: bytes) -> str:
    s3 = client("s3")
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
    s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=content)
    return key


def _apply(native: dict[str, Any], parameters: Mapping[str, str]) -> str:
    cloudformation = client("cloudformation")
    kind = "UPDATE" if _status(cloudformation) else "CREATE"
    name = f"{kind.lower()}-{time.time_ns()}"
    body = json.dumps(native).encode()  # larger than CloudFormation takes in a call, so handed over by address
    cloudformation.create_change_set(
        StackName=STACK_NAME,
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateURL=f"{cloudformation.meta.endpoint_url}/{CODE_BUCKET}/{_stored('template.json', body)}",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    made = cloudformation.describe_change_set(StackName=STACK_NAME, ChangeSetName=name)
    if made["ExecutionStatus"] != "AVAILABLE":
        cloudformation.delete_change_set(StackName=STACK_NAME, ChangeSetName=name)
        if not NOTHING_NEW.search(made.get("StatusReason", "")):
            raise DeployFailed(f"The stack cannot be changed: {made.get('StatusReason')}")
        return kind
    cloudformation.execute_change_set(StackName=STACK_NAME, ChangeSetName=name)
    _wait(lambda: not _status(cloudformation).endswith("IN_PROGRESS"))
    status = _status(cloudformation)
    if status != f"{kind}_COMPLETE":
        raise DeployFailed(f"The stack ended {status}: {_first_failure(cloudformation)}")
    return kind


def _status(cloudformation: Any) -> str:
    try:
        status: str = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackStatus"]
    except ClientError:
        return ""
    return "" if status in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS") else status


def _first_failure(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    failures = [each for each in reversed(events) if each["ResourceStatus"].endswith("FAILED")]
    return "; ".join(f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', '')}" for each in failures[:3])


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise DeployFailed(f"The local cloud did not finish the stack within {PATIENCE:.0f} s.")
        time.sleep(0.05)


def resources() -> dict[str, str]:
    found = client("cloudformation").describe_stack_resources(StackName=STACK_NAME)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}
