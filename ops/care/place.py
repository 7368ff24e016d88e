"""Which stack is tended: the local one of a folder, or a province's in an account; its names, and its environment."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ops import provinces
from ops.local import cloud
from ops.local.data import Unusable
from ops.local.deploy import STACK_NAME


@dataclass(frozen=True)
class Place:
    """`resources`: what things are called, by their name in the template."""

    stack: str
    province: str
    resources: dict[str, str]

    def __str__(self) -> str:
        return f"{self.province} ({self.stack})"


def enter(province: str, data: Path, profile: str = "", endpoint: str = "") -> Place:
    """From here on this process's environment is that of the stack's functions. Before chalicelib is imported.

    Without a profile or an endpoint it is the stack that `make run` serves from the folder, and no account has a say.
    Raises `Unusable` when there is no such stack, or it is another province's.
    """
    wanted = provinces.of(province) if province else None
    if not (profile or endpoint):
        return _local(data, wanted)
    if wanted is None:
        raise Unusable("Which province's stack? Name it with PROVINCE=.")
    os.environ.pop("AWS_ENDPOINT_URL", None)
    os.environ.update(cloud.aws_environment(endpoint) if endpoint else {"AWS_PROFILE": profile})
    os.environ.setdefault("AWS_DEFAULT_REGION", cloud.REGION)
    try:
        return _entered(wanted.stack, wanted)
    except (ClientError, BotoCoreError) as error:
        raise Unusable(f"{wanted.stack} cannot be looked at: {str(error)[:300]}") from None


def _local(data: Path, wanted: provinces.Province | None) -> Place:
    cloud.stand_alone()
    from ops.local.run import join

    join(data)
    return _entered(STACK_NAME, wanted)


def _entered(stack: str, wanted: provinces.Province | None) -> Place:
    resources = _resources(stack)
    told: dict[str, str] = boto3.client("lambda").get_function_configuration(FunctionName=resources["APIHandler"])[
        "Environment"
    ]["Variables"]
    if wanted and told["PROVINCE"] != wanted.code:
        raise Unusable(f"{stack} is the stack of {told['PROVINCE_NAME']}, not of {wanted.name}.")
    os.environ.update(told)
    return Place(stack, told["PROVINCE_NAME"], resources)


def _resources(stack: str) -> dict[str, str]:
    found: list[dict[str, Any]] = []
    for page in boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack):
        found += page["StackResourceSummaries"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}
