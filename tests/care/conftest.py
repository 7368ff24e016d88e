"""A stack with a dossier in every state, as the service itself makes and follows them up."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.settings import settings
from ops.care.filling import Filling

# Made once, by the service; then put back as it was, which is quicker.
MADE: dict[str, Any] = {}
SHARED = {"agency", "catalogue_revision", "counter", "procedure_summary", "procedure_version"}


@pytest.fixture
def filling(table: None) -> Filling:
    boto3.client("sesv2").create_email_identity(EmailIdentity=settings().MAIL_FROM)
    return Filling(now())


class Healthy(dict[str, str]):
    """The ids of a dossier in each state, by the state. One that is named is there; `everything` is, when asked for."""

    def __init__(self) -> None:
        super().__init__(MADE["ids"])
        self.there: set[str] = set()

    def __getitem__(self, state: str) -> str:
        dossier_id = super().__getitem__(state)
        if dossier_id not in self.there:
            self.there.add(dossier_id)
            self._put(lambda text: dossier_id in text)
        return dossier_id

    def everything(self) -> "Healthy":
        self.there = set(self.values())
        self._put(lambda text: True)
        return self

    def _put(self, wanted: Callable[[str], bool]) -> None:
        for item in MADE["items"]:
            if wanted(str(item)) or item["kind"]["S"] == "counter":
                boto3.client("dynamodb").put_item(TableName=settings().TABLE, Item=item)
        for key, body in MADE["objects"].items():
            if wanted(key):
                boto3.client("s3").put_object(Bucket=settings().BUCKET, Key=key, Body=body)


@pytest.fixture
def healthy(table: None) -> Healthy:
    if not MADE:
        boto3.client("sesv2").create_email_identity(EmailIdentity=settings().MAIL_FROM)
        _make()
    versioned = {"Status": "Enabled"}
    boto3.client("s3").put_bucket_versioning(Bucket=settings().BUCKET, VersioningConfiguration=versioned)
    return Healthy()


def _make() -> None:
    """One by one in a small table: the mocked cloud copies all there is for every transaction."""
    s3, filling = boto3.client("s3"), Filling(now())
    MADE["ids"], MADE["items"], MADE["objects"] = {}, [], {}
    for state, story in filling.stories().items():
        MADE["ids"][state] = story()
        filling.follow(MADE["ids"][state])
        _take([item for item in items() if item["kind"]["S"] not in SHARED])
    for each in s3.list_objects_v2(Bucket=settings().BUCKET)["Contents"]:
        body = s3.get_object(Bucket=settings().BUCKET, Key=each["Key"])["Body"].read()
        MADE["objects"][each["Key"]] = body
        s3.delete_object(Bucket=settings().BUCKET, Key=each["Key"])
    _take(items())
    MADE["items"].sort(key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def _take(made: list[dict[str, Any]]) -> None:
    MADE["items"] += made
    for item in made:
        removed(item["pk"]["S"], item["sk"]["S"])


def items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName=settings().TABLE):
        found += page["Items"]
    return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def changed(pk: str, sk: str, **attributes: Any) -> None:
    """Past the service: the item's attributes set as DynamoDB writes them, or taken away (None)."""
    client, key = boto3.client("dynamodb"), {"pk": {"S": pk}, "sk": {"S": sk}}
    item = client.get_item(TableName=settings().TABLE, Key=key)["Item"]
    client.put_item(
        TableName=settings().TABLE,
        Item={name: value for name, value in (item | attributes).items() if value is not None},
    )


def removed(pk: str, sk: str) -> None:
    boto3.client("dynamodb").delete_item(TableName=settings().TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
