"""The mocked cloud, in which a table is not copied whole for every write, nor sorted at length for every question."""

from collections import defaultdict
from copy import deepcopy
from functools import wraps
from typing import Any

from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

__all__ = ["mock_aws"]


def _as_it_stands(self: Table, _: dict[int, Any]) -> Table:
    """What a transaction that fails goes back to: the same items, since an item is never changed where it stands.

    Made past moto's own constructor, which remembers everything it ever made.
    """
    kept: Table = object.__new__(Table)
    kept.__dict__.update(self.__dict__)
    kept.items = defaultdict(dict, {name: dict(items) for name, items in self.items.items()})
    return kept


def _on_a_copy(update: Any) -> Any:
    @wraps(update)
    def updated(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *rest: Any, **options: Any) -> Any:
        table = self.get_table(table_name)
        pk, sk = DynamoType(key["pk"]), DynamoType(key["sk"])
        if item := table.get_item(pk, sk):
            table.items[pk][sk] = deepcopy(item)
        return update(self, table_name, key, *rest, **options)

    return updated


def _sorted_by_text(self: Table) -> list[Item]:
    """Every item in the order of its keys: ours are texts, which moto would cast anew for each comparison."""
    found = (item for items in self.items.values() for item in items.values())
    return sorted(found, key=lambda item: (item.hash_key.value, item.range_key.value))


Table.all_items = _sorted_by_text
Table.__deepcopy__ = _as_it_stands
DynamoDBBackend.update_item = _on_a_copy(DynamoDBBackend.update_item)
