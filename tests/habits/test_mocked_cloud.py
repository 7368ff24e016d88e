"""The mocked cloud undoes a transaction that fails, though it copies no table for it."""

import os
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError


def key(sk: str) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "sk": {"S": sk}}


def test_a_transaction_that_fails_leaves_every_item_as_it_was(table: None) -> None:
    dynamodb, name = boto3.client("dynamodb"), os.environ["TABLE"]
    before = [key("1") | {"n": {"N": "1"}, "l": {"L": [{"S": "x"}]}}, key("2")]
    for item in before:
        dynamodb.put_item(TableName=name, Item=item)
    more = {":one": {"N": "1"}, ":y": {"L": [{"S": "y"}]}}
    change = {"UpdateExpression": "SET l = list_append(l, :y) ADD n :one", "ExpressionAttributeValues": more}
    never = {"ConditionExpression": "attribute_exists(pk)"}
    writes = [
        {"Update": {"TableName": name, "Key": key("1"), **change}},
        {"Delete": {"TableName": name, "Key": key("2")}},
        {"Put": {"TableName": name, "Item": key("3")}},
        {"ConditionCheck": {"TableName": name, "Key": key("9"), **never}},
    ]
    with pytest.raises(ClientError, match="TransactionCanceled"):
        dynamodb.transact_write_items(TransactItems=writes)
    own = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}

    assert dynamodb.query(TableName=name, **own)["Items"] == before
