"""Batches of messages and stream records worked off one by one: what fails is reported alone and comes again."""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.watching import following, logger, thread
from chalicelib.web.defects import where

Failures = dict[str, list[dict[str, str]]]


def each_message(event: Any, handle: Callable[[dict[str, Any]], object]) -> Failures:  # noqa: ANN401 - Chalice's event
    """SQS messages with a JSON body each."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def handled(record: Any) -> object:  # noqa: ANN401
        message = json.loads(record["body"])
        return _told(handle, message, message.get("thread"))

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer: Any = process_partial_response(event.to_dict(), handled, processor)
    return {"batchItemFailures": answer["batchItemFailures"]}


def each_insert(event: Any, kind: str, handle: Callable[[dict[str, Any]], object]) -> Failures:  # noqa: ANN401
    """New items of one kind from the table's stream, as plain values; in order, up to the first failure."""
    for record in event.to_dict()["Records"]:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] != "INSERT" or image.get("kind", {}).get("S") != kind:
            continue
        try:
            facts = {name: next(iter(value.values())) for name, value in image.items()}
            _told(handle, facts, facts.get("thread"))
        except Exception:  # noqa: BLE001 - reported: the stream comes back to it, and to all after it
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _told(handle: Callable[[dict[str, Any]], object], facts: dict[str, Any], follows: str | None) -> object:
    """Handles one, in the thread it follows from; a failure is logged by its kind and place, never by its content."""
    with following(follows or thread()):
        try:
            return handle(facts)
        except Exception as error:
            logger.error("follow-up failed", extra=where(error))
            raise
