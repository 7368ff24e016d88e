"""DynamoDB in memory, for what the service asks of it: thousands of times as quick as an emulator, whole or not at all.

It stands where pynamodb speaks with AWS. That it does what an emulator does is tested beside the model.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from pynamodb.exceptions import CancellationReason, VerboseClientError

from tests.payments.model.expressions import Image, acts, condition

RANGES: Final = {"watch": "watch_at", "desk": "desk_order", "by_day": "day_order"}
HASHES: Final = ("watch_shard", "desk_agency", "day_shard")


class Store:
    """`items`: each image under its key. A transaction's token that came before changes nothing again.
    `writes`: how many there were."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Image] = {}
        self.tokens: set[str] = set()
        self.writes = 0

    def __call__(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        return getattr(self, name)(asked)  # type: ignore[no-any-return]

    def GetItem(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = self.items.get(_key(asked["Key"]))
        return {"Item": deepcopy(found)} if found else {}

    def BatchGetItem(self, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = {table: [_key(each) for each in facts["Keys"]] for table, facts in asked["RequestItems"].items()}
        told = {t: [deepcopy(self.items[key]) for key in keys if key in self.items] for t, keys in wanted.items()}
        return {"Responses": told, "UnprocessedKeys": {}}

    def Query(self, asked: dict[str, Any]) -> dict[str, Any]:
        by = RANGES[asked["IndexName"]] if "IndexName" in asked else "sk"
        wanted, unless = asked["KeyConditionExpression"], asked.get("FilterExpression")
        found = sorted(self._holding(wanted, asked, by), key=lambda image: _place(image, by))
        if not asked.get("ScanIndexForward", True):
            found.reverse()
        if begin := asked.get("ExclusiveStartKey"):
            assert asked.get("ScanIndexForward", True)
            found = [image for image in found if _place(image, by) > _place(begin, by)]
        limit = asked.get("Limit", len(found))
        page, left = found[:limit], found[limit:]
        told = [deepcopy(image) for image in page if unless is None or self._holds(unless, asked, image)]
        last = {"LastEvaluatedKey": {n: page[-1][n] for n in (*_keys(asked, page[-1]), "pk", "sk")}} if left else {}
        if "ProjectionExpression" in asked:
            shown = [
                asked["ExpressionAttributeNames"][each.strip()] for each in asked["ProjectionExpression"].split(",")
            ]
            told = [{name: image[name] for name in shown if name in image} for image in told]
        return {"Items": told, "Count": len(told), "ScannedCount": len(page), **last}

    def PutItem(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._alone("Put", asked)

    def UpdateItem(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._alone("Update", asked)

    def DeleteItem(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._alone("Delete", asked)

    def TransactWriteItems(self, asked: dict[str, Any]) -> dict[str, Any]:
        token = asked["ClientRequestToken"]
        if token in self.tokens:
            return {}
        writes = [next(iter(each.items())) for each in asked["TransactItems"]]
        keys = [_key(facts.get("Key") or facts["Item"]) for _, facts in writes]
        assert len(set(keys)) == len(keys), "DynamoDB refuses two writes of one item in a transaction"
        if not all(held := [self._allowed(facts) for _, facts in writes]):
            raise _cancelled(held)
        for kind, facts in writes:
            self._write(kind, facts)
        self.tokens.add(token)
        return {}

    def _alone(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        if not self._allowed(asked):
            said = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"}}
            raise VerboseClientError(said, kind, {})
        self._write(kind, asked)
        return {"Attributes": deepcopy(self.items.get(_key(asked.get("Key") or asked["Item"]), {}))}

    def _allowed(self, facts: dict[str, Any]) -> bool:
        condition = facts.get("ConditionExpression")
        image = self.items.get(_key(facts.get("Key") or facts["Item"]), {})
        return condition is None or self._holds(condition, facts, image)

    def _write(self, kind: str, facts: dict[str, Any]) -> None:
        self.writes += 1
        if kind == "Put":
            self.items[_key(facts["Item"])] = deepcopy(facts["Item"])
        elif kind == "Delete":
            self.items.pop(_key(facts["Key"]), None)
        elif kind == "Update":
            image = self.items.setdefault(_key(facts["Key"]), dict(facts["Key"]))
            given = facts.get("ExpressionAttributeNames", {}), facts.get("ExpressionAttributeValues", {}), dict(image)
            for act in acts(facts["UpdateExpression"]):
                act(image, given)

    def _holding(self, wanted: str, asked: dict[str, Any], by: str) -> Iterator[Image]:
        """Only what has the index's keys stands in it."""
        return (image for image in self.items.values() if by in image and self._holds(wanted, asked, image))

    def _holds(self, expression: str, asked: dict[str, Any], image: Image) -> bool:
        values = asked.get("ExpressionAttributeValues", {})
        return bool(condition(expression)((asked.get("ExpressionAttributeNames", {}), values, image)))


def _key(image: Image) -> tuple[str, str]:
    return image["pk"]["S"], image["sk"]["S"]


def _place(image: Image, by: str) -> tuple[str, str, str]:
    return image[by]["S"], *_key(image)


def _keys(asked: dict[str, Any], image: Image) -> list[str]:
    """The names of the keys by which the query found it."""
    by = RANGES.get(asked.get("IndexName", ""), "sk")
    return [by, *(name for name in asked["ExpressionAttributeNames"].values() if name in image and name in HASHES)]


def _cancelled(held: list[bool]) -> Exception:
    said: Any = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}}
    reasons = [None if good else CancellationReason(code="ConditionalCheckFailed") for good in held]
    return VerboseClientError(said, "TransactWriteItems", {}, cancellation_reasons=reasons)
