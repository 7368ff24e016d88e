"""What in a stack is not as its template says any more: somebody changed it by hand."""

import json
import time
from typing import Any, Final

from ops.local.cloud import client

PATIENCE: Final = 900.0


class DriftUnknown(Exception):
    """CloudFormation could not look; the message is its reason."""


def drifted(stack: str) -> list[str]:
    """A line for each resource that is gone or differs, and one for each property below it."""
    cloudformation = client("cloudformation")
    _looked(cloudformation, cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"])
    return [line for each in _found(cloudformation, stack) for line in _told(each)]


def _looked(cloudformation: Any, detection: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        told = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if told["DetectionStatus"] == "DETECTION_COMPLETE":
            return
        # It fails also when some resources alone could not be looked at: the others are told.
        if told["DetectionStatus"] == "DETECTION_FAILED" and not told.get("DriftedStackResourceCount"):
            raise DriftUnknown(told.get("DetectionStatusReason", "no reason given"))
        if told["DetectionStatus"] == "DETECTION_FAILED":
            print(f"Not everything could be looked at: {told.get('DetectionStatusReason', '')}")
            return
        if time.monotonic() > deadline:
            raise DriftUnknown(f"not done within {PATIENCE:.0f} s")
        time.sleep(0.5)


def _found(cloudformation: Any, stack: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = cloudformation.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **token
        )
        found += page["StackResourceDrifts"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def _told(drift: dict[str, Any]) -> list[str]:
    named = f"{drift['LogicalResourceId']} ({drift['ResourceType'].removeprefix('AWS::')})"
    if drift["StackResourceDriftStatus"] == "DELETED":
        return [f"{named} is gone"]
    differences = [
        f"    {each['PropertyPath']}: {_short(each['ActualValue'])}, not {_short(each['ExpectedValue'])}"
        for each in drift.get("PropertyDifferences", [])
    ]
    return [f"{named} differs", *differences]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
