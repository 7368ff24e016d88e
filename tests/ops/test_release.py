"""A release onto a stack: shown and confirmed, tried, taken back when it fails; drift told; its end."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from ops.changes import Change, DeployFailed, proposed
from ops.local import cloud, keys
from ops.local.template import ROOT, stage_environment
from tests.people import Reply, over_http

PROVINCE, STACK, BUCKET = "khanh-hoa", "motcua-khanh-hoa", "packages-of-the-tests"


class Account:
    """A local cloud in the place of an account, and who deploys to it."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.endpoint, self.folder = endpoint, folder
        keys.make(folder)
        self.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": cloud.REGION}
        )  # fmt: skip

    def client(self, service: str) -> Any:
        access = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, region_name=cloud.REGION, endpoint_url=self.endpoint, **access)

    def told(self, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        citizen = keys.token(self.folder, "citizen", "thu", {})
        command = [sys.executable, "-m", "ops.release", "--province", PROVINCE, "--endpoint", self.endpoint]
        return subprocess.run(
            [*command, *arguments],
            cwd=ROOT,
            env={**os.environ, "TOKEN": citizen},
            input=typed,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def deploy(
        self, release: str, *more: str, typed: str = "", **parameters: str
    ) -> "subprocess.CompletedProcess[str]":
        rows = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
        path = self.folder / "parameters.json"
        path.write_text(json.dumps(rows))
        said = ["--artefacts", BUCKET, "--parameters", str(path), "--release", release, "--code-only"]
        return self.told("deploy", *said, "--out", str(self.folder / "out"), *more, typed=typed)

    def stacks(self) -> list[str]:
        return [
            each["StackName"]
            for each in self.client("cloudformation").describe_stacks()["Stacks"]
            if each["StackStatus"] != "DELETE_COMPLETE"
        ]

    def resource(self, logical: str) -> str:
        found = self.client("cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=logical)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    def health(self) -> Reply:
        return over_http(f"{self.endpoint}/_aws/execute-api/{self.resource('RestAPI')}/v1")("GET", "/health", {}, b"")

    def load_the_sample(self) -> None:
        function = self.client("lambda").get_function_configuration(FunctionName=self.resource("APIHandler"))
        environment = os.environ | function["Environment"]["Variables"] | cloud.aws_environment(self.endpoint)
        subprocess.run([sys.executable, "-m", "ops.load_sample"], cwd=ROOT, env=environment, check=True, timeout=120)

    def first_parameters(self) -> dict[str, str]:
        stage = stage_environment("local")
        return {
            "Stage": "local",
            "PublicUrl": self.endpoint,
            "Issuers": keys.issuers(self.folder),
            "VnpostUrl": stage["VNPOST_URL"],
            "MailFrom": stage["MAIL_FROM"],
        }


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("account")
    with cloud.running(folder / "cloud", keep=False) as endpoint:
        yield Account(endpoint, folder)


@pytest.mark.stack
@pytest.mark.slow
def test_a_stack_is_deployed_taken_back_looked_at_and_ended(account: Account) -> None:
    """One story, since each part needs the stack of the one before."""
    incomplete = account.deploy("r1", "--yes", Stage="local")
    assert (incomplete.returncode, account.stacks()) == (1, [])
    assert "MailFrom" in incomplete.stderr

    unconfirmed = account.deploy("r1", typed="no\n", **account.first_parameters())
    assert unconfirmed.returncode == 1, unconfirmed.stdout
    assert "not confirmed" in unconfirmed.stderr
    assert "+ added    Table (DynamoDB::Table)" in unconfirmed.stdout
    assert STACK not in account.stacks()

    first = account.deploy("r1", typed="y\n", **account.first_parameters())
    assert first.returncode == 0, first.stdout + first.stderr
    assert "stands at r1" in first.stdout
    assert "NO DRAFT WAS TRIED: no procedure is filed online yet" in first.stdout
    assert account.health().body["version"] == "r1"

    again = account.deploy("r1", "--yes")
    assert (again.returncode, "nothing to deploy" in again.stdout) == (0, True), again.stdout + again.stderr

    account.load_the_sample()
    second = account.deploy("r2", "--yes")  # what is not said again stays as it is
    assert second.returncode == 0, second.stdout + second.stderr
    assert "begun, read again, and discarded" in second.stdout
    assert "~ changed  APIHandler (Lambda::Function)" in second.stdout
    assert account.health().body["version"] == "r2"

    broken = account.deploy("r3", "--yes", Issuers="no JSON")
    assert broken.returncode == 1, broken.stdout
    assert "r3 does not work: motcua-khanh-hoa is back at r2" in broken.stderr
    assert account.health().body["version"] == "r2"

    assert account.told("drift").returncode == 0
    queue = account.resource("NoticesQueue")
    account.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "7"})
    drift = account.told("drift")
    assert (drift.returncode, "NoticesQueue (SQS::Queue) differs" in drift.stdout) == (1, True), drift.stdout
    assert "VisibilityTimeout: 7, not 180" in drift.stdout

    table, filed = account.resource("Table"), {"pk": {"S": "C#H32.10-261122-0001"}, "sk": {"S": "STATUS"}}
    account.client("dynamodb").put_item(TableName=table, Item=filed)
    refused = account.told("destroy", typed=f"{STACK}\n")
    assert (refused.returncode, STACK in account.stacks()) == (1, True)
    assert "holds filed dossiers" in refused.stderr
    account.client("dynamodb").delete_item(TableName=table, Key=filed)

    assert account.told("destroy", typed="khanh-hoa\n").returncode == 1
    assert STACK in account.stacks()
    ended = account.told("destroy", typed=f"{STACK}\n")
    assert (ended.returncode, f"retained: Table {table}" in ended.stdout) == (0, True), ended.stderr
    assert STACK not in account.stacks()
    assert account.client("dynamodb").describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"


def part(action: str, name: str, kind: str, **facts: Any) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": name, "ResourceType": f"AWS::{kind}", **facts}
    return {"Type": "Resource", "ResourceChange": change}


def test_what_would_lose_what_it_holds_stands_first_and_is_named() -> None:
    change = Change(
        STACK, "UPDATE", "arn", True,
        (
            part("Add", "More", "SQS::Queue"),
            part("Modify", "APIHandler", "Lambda::Function", Replacement="False", Scope=["Properties"]),
            part("Modify", "Table", "DynamoDB::Table", Replacement="True", Scope=["Properties"]),
            part("Modify", "Bucket", "S3::Bucket", Replacement="Conditional"),
            part("Modify", "ApiFaults", "CloudWatch::Alarm", Replacement="Conditional"),
            part("Remove", "PostQueue", "SQS::Queue"),
            part("Remove", "OldRole", "IAM::Role"),
        ),
    )  # fmt: skip

    assert list(change.told()) == [
        "  !! PERHAPS REPLACED  Bucket (S3::Bucket): what it holds is not moved",
        "  !! REMOVED  PostQueue (SQS::Queue): what it holds is not moved",
        "  !! REPLACED  Table (DynamoDB::Table): what it holds is not moved",
        "  - removed  OldRole (IAM::Role)",
        "  ~ changed  APIHandler (Lambda::Function): Properties",
        "  ~ changed  ApiFaults (CloudWatch::Alarm): perhaps replaced",
        "  + added    More (SQS::Queue)",
    ]
    assert change.endangered == ["Table", "Bucket", "PostQueue"]


class Slow:
    """CloudFormation as AWS has it: nothing is done when it answers, and lists come in pages."""

    def __init__(self, *told: dict[str, Any]) -> None:
        self.told = list(told)

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}

    def create_change_set(self, **asked: Any) -> dict[str, str]:
        self.asked = asked
        return {"Id": "arn"}

    def describe_change_set(self, ChangeSetName: str, NextToken: str = "") -> dict[str, Any]:
        return self.told.pop(0)

    def delete_change_set(self, ChangeSetName: str) -> None:
        self.told.append({"deleted": ChangeSetName})


def test_a_change_set_is_waited_for_and_read_page_by_page() -> None:
    made = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}
    slow = Slow(
        {"Status": "CREATE_PENDING", "ExecutionStatus": "UNAVAILABLE"},
        {"Status": "CREATE_IN_PROGRESS", "ExecutionStatus": "UNAVAILABLE"},
        made,
        made | {"Changes": [part("Add", "One", "SQS::Queue")], "NextToken": "more"},
        made | {"Changes": [part("Add", "Two", "SQS::Queue")]},
    )
    change = proposed(slow, STACK, "https://template", {"Release": "r2", "MailFrom": None})

    assert (change.kind, change.differs, len(change.parts)) == ("UPDATE", True, 2)
    assert slow.asked["Parameters"] == [
        {"ParameterKey": "Release", "ParameterValue": "r2"},
        {"ParameterKey": "MailFrom", "UsePreviousValue": True},
    ]


def test_a_change_set_that_cannot_be_made_is_refused_and_removed() -> None:
    failed = {"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": "Template error: Key"}
    slow = Slow(failed, failed)
    with pytest.raises(DeployFailed, match="Template error: Key"):
        proposed(slow, STACK, "https://template", {})

    assert slow.told == [{"deleted": "arn"}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--province", "nowhere", "drift"], "nowhere"), (["--province", PROVINCE, "deploy"], "ARTEFACTS=")],
)
def test_what_is_not_given_is_asked_for_before_anything_is_called(arguments: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ops.release", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, said in done.stderr) == (1, True)
