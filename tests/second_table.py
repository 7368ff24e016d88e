"""A second implementation of DynamoDB's interface, by others (dynoxide), in place of the mocked one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import boto3
import pytest

from ops.local import dynoxide
from ops.local.cloud import REGION, CloudFailed

ADDRESS = "AWS_ENDPOINT_URL_DYNAMODB"  # botocore takes it before any other


@contextmanager
def serving() -> Iterator[str]:
    """Its address; what it holds is forgotten at the end. Skips where it cannot be had."""
    try:
        dynoxide.program()
    except CloudFailed as no:
        pytest.skip(f"NOT RUN ON {no}")
    with dynoxide.serving() as address:
        yield address


def emptied() -> None:
    """The table of the test before this one is gone, where the session uses this implementation."""
    if endpoint := os.environ.get(ADDRESS):
        client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION)
        with suppress(client.exceptions.ResourceNotFoundException):
            client.delete_table(TableName=os.environ["TABLE"])
