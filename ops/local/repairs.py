"""What MiniStack's CloudFormation reads in a template and leaves out, set by the services' own interfaces."""

from collections.abc import Mapping
from typing import Any

from ops.local.cloud import client


def repair(wanted: dict[str, Any], found: Mapping[str, str]) -> None:
    """`wanted`: the template's resources; `found`: their names. Safe to repeat."""
    for part in (_table, _bucket, _functions):
        part(wanted, found)


def _table(wanted: dict[str, Any], found: Mapping[str, str]) -> None:
    properties = wanted["Table"]["Properties"]
    dynamodb, table = client("dynamodb"), found["Table"]
    if dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    recovery = properties["PointInTimeRecoverySpecification"]
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)


def _bucket(wanted: dict[str, Any], found: Mapping[str, str]) -> None:
    rules = wanted["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    if wanted["Bucket"]["Properties"]["ObjectLockEnabled"]:
        client("s3").put_object_lock_configuration(
            Bucket=found["Bucket"], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        )
    client("s3").put_bucket_lifecycle_configuration(
        Bucket=found["Bucket"], LifecycleConfiguration={"Rules": [_rule_for_s3(rule) for rule in rules]}
    )


def _rule_for_s3(rule: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle rule in the words of S3's interface, which are not CloudFormation's."""
    same = ("Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
    names = {"ExpirationInDays": "Days", "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker"}
    expiration = {theirs: rule[ours] for ours, theirs in names.items() if ours in rule}
    told = {"ID": rule["Id"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    told |= {name: rule[name] for name in same if name in rule}
    return told | ({"Expiration": expiration} if expiration else {})


def _functions(wanted: dict[str, Any], found: Mapping[str, str]) -> None:
    functions = client("lambda")
    for logical, resource in wanted.items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        properties, name = resource["Properties"], found[logical]
        if "ReservedConcurrentExecutions" in properties:
            functions.put_function_concurrency(
                FunctionName=name, ReservedConcurrentExecutions=properties["ReservedConcurrentExecutions"]
            )
        if "DeadLetterConfig" in properties:
            target = properties["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0]
            functions.update_function_configuration(
                FunctionName=name, DeadLetterConfig={"TargetArn": queue_arn(found[target])}
            )


def queue_arn(url: str) -> str:
    attributes: dict[str, str] = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])[
        "Attributes"
    ]
    return attributes["QueueArn"]
