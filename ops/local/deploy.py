"""Puts the packaged template on the local cloud by a change set, and repairs what its CloudFormation leaves out."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from ops import changes
from ops.local.cloud import client
from ops.local.repairs import repair

STACK_NAME: Final = "motcua"
CODE_BUCKET: Final = "motcua-code"
PATIENCE: Final = 60.0


def deploy(template: dict[str, Any], code: Path, parameters: Mapping[str, str], stack: str = STACK_NAME) -> bool:
    """Create or update the stack; whether it is new. Running it again without a change changes nothing."""
    key = _uploaded(code)
    native = expanded(template, lambda archive: (CODE_BUCKET, key))  # here libraries come with the machine
    _for_few_cores(native)
    is_new = _apply(stack, native, parameters) == "CREATE"
    repair(native["Resources"], resources(stack))
    return is_new


def expanded(template: dict[str, Any], stored: Callable[[str], tuple[str, str]]) -> dict[str, Any]:
    """The template in CloudFormation's own resources, as AWS's transform would make it.

    `stored`: the bucket and the key under which an archive of the package lies, by its path in the template.
    """
    from samtranslator.translator.transform import transform  # slow to import

    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it would count its own work at AWS, and cannot
    source = json.loads(json.dumps(template))
    for resource in source["Resources"].values():
        for holder in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            bucket, key = stored(resource["Properties"][holder])
            resource["Properties"][holder] = {"Bucket": bucket, "Key": key}
    native: dict[str, Any] = transform(source, {}, _NoManagedPolicies())
    api = native["Resources"]["RestAPI"]["Properties"]
    api["BinaryMediaTypes"] = api["Body"].get("x-amazon-apigateway-binary-media-types", [])
    return native


def _for_few_cores(native: dict[str, Any]) -> None:
    """On such a machine a second worker starts more slowly than the first is done. (AWS asks for two at least.)"""
    for resource in native["Resources"].values():
        if "ScalingConfig" in resource.get("Properties", {}):
            resource["Properties"]["ScalingConfig"] = {"MaximumConcurrency": 1}


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def outputs(stack: str = STACK_NAME) -> dict[str, str]:
    return changes.outputs(client("cloudformation"), stack)


def function_environment(logical: str, stack: str = STACK_NAME) -> dict[str, str]:
    """The variables of a function as deployed: what serves HTTP here runs under the same ones."""
    name = resources(stack)[logical]
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


def _apply(stack: str, native: dict[str, Any], parameters: Mapping[str, str]) -> str:
    cloudformation = client("cloudformation")
    body = json.dumps(native).encode()  # larger than CloudFormation takes in a call, so handed over by address
    address = f"{cloudformation.meta.endpoint_url}/{CODE_BUCKET}/{_stored('template.json', body)}"
    change = changes.proposed(cloudformation, stack, address, parameters)
    if change.differs:
        changes.executed(cloudformation, change, PATIENCE)
    return change.kind


def resources(stack: str = STACK_NAME) -> dict[str, str]:
    return changes.resources(client("cloudformation"), stack)
