"""The end of a stack: refused while it holds filed dossiers, and only for who types its name; its data is retained."""

from collections.abc import Callable
from typing import Final

from ops import changes
from ops.local.cloud import client
from ops.release.deploying import PATIENCE

FILED: Final = "STATUS"  # each filed dossier has one such item, by which the public follows it; a draft has none
RETAINED: Final = ("Table", "Bucket", "Secrets", "Key")


class NotDestroyed(Exception):
    """The stack is as it was."""


def destroy(stack: str, typed: Callable[[str], str]) -> dict[str, str]:
    """What is retained, by its name in the template."""
    cloudformation = client("cloudformation")
    if not changes.status(cloudformation, stack):
        raise NotDestroyed(f"There is no {stack}.")
    resources = changes.resources(cloudformation, stack)
    if _holds_dossiers(resources["Table"]):
        raise NotDestroyed(f"{stack} holds filed dossiers: it is not destroyed.")
    if typed(f"Type {stack} to destroy it: ") != stack:
        raise NotDestroyed(f"{stack} was not typed: nothing was destroyed.")
    changes.deleted(cloudformation, stack, PATIENCE)
    return {name: resources[name] for name in RETAINED}


def _holds_dossiers(table: str) -> bool:
    pages = (
        client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            ConsistentRead=True,
            ProjectionExpression="sk",
            FilterExpression="sk = :filed",
            ExpressionAttributeValues={":filed": {"S": FILED}},
        )
    )
    return any(page["Items"] for page in pages)
