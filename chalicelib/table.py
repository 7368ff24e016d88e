"""The province's one DynamoDB table: its items, and the one way in which they are changed together."""

import base64
import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final, TypeVar

from pydantic import BaseModel
from pydantic_core import from_json
from pynamodb.attributes import DiscriminatorAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.constants import ATTR_DEFINITIONS, GLOBAL_SECONDARY_INDEXES, INDEX_NAME, KEY_SCHEMA, NULL
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.refusals import Unavailable
from chalicelib.settings import settings

TRIES: Final = 8
PASSING: Final = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
# What the client has waited out several times by itself before we hear of it.
THROTTLED: Final = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}


Kept = TypeVar("Kept", bound="Item")


class Kind(DiscriminatorAttribute):
    """Which class an item is of. What is asked through `Item` may be of any; those we do not know are plain `Item`s.

    pynamodb would name every kind there is in each such query: more work than all the rest of it.
    """

    def get_registered_subclasses(self, cls: type[Any]) -> list[type[Any]]:
        return [] if cls is Item else super().get_registered_subclasses(cls)

    def is_in(self, *kinds: type[Any]) -> Any:  # noqa: ANN401 - pynamodb's conditions
        return super().is_in(*kinds) if kinds else self.exists()

    def deserialize(self, value: str) -> type[Any]:
        return self._discriminator_map.get(value, Item)


class Json(JSONAttribute):
    """As pynamodb keeps it, read ten times as quickly."""

    def deserialize(self, value: str) -> Any:  # noqa: ANN401
        return from_json(value)


class Item(Model):
    """What every item has: its key, its kind, and optionally the epoch second at which it may vanish."""

    class Meta:
        table_name = settings().TABLE
        region = settings().AWS_REGION
        # Three tries of these, twice over, end before the gateway gives up (29 s).
        connect_timeout_seconds = 1
        read_timeout_seconds = 3
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = Kind()
    ttl = NumberAttribute(null=True)

    _has_grown: ClassVar = False  # there are kinds whose indexes the connection does not know

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Item._has_grown = True

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """One client for every kind of item: each costs a tenth of a second of cold start.

        It knows the indexes of the kinds there were when it opened; those of rooms imported since are told to it.
        """
        if cls is not Item:
            return Item._get_connection()
        connection = super()._get_connection()
        if Item._has_grown:
            Item._has_grown = False
            connection.get_meta_table().data.update(_keys_and_indexes())
        return connection

    def _set_defaults(self, _user_instantiated: bool = True) -> None:
        self.attribute_values.update(_defaults(type(self)))

    @classmethod
    def _instantiate(cls: type[Kept], attribute_values: dict[str, dict[str, Any]]) -> Kept:
        """As pynamodb does it, but looking once at each attribute: a dossier's whole history is read to move it."""
        kind: type[Kept] = cls._get_discriminator_class(attribute_values) or cls
        if not issubclass(kind, cls):
            raise ValueError(f"a {kind.__name__} where a {cls.__name__} was asked for")
        item = object.__new__(kind)
        item.attribute_values = dict(_defaults(kind))
        for name, stored_as, of_type, read in _readers(kind):
            value = attribute_values.get(stored_as)
            if value and NULL not in value:
                item.attribute_values[name] = read(value[of_type])
        return item


@cache
def _defaults(kind: type[Item]) -> Mapping[str, Any]:
    return {name: each.default for name, each in kind.get_attributes().items() if each.default is not None}


@cache
def _readers(kind: type[Item]) -> Sequence[tuple[str, str, str, Callable[[Any], Any]]]:
    named = kind.get_attributes().items()
    return [(name, each.attr_name, each.attr_type, each.deserialize) for name, each in named]


def _keys_and_indexes() -> dict[str, Any]:
    """Of all kinds of item there are by now, as pynamodb keeps them."""
    schema = Item._get_schema()
    indexes = [
        {INDEX_NAME: each["index_name"], KEY_SCHEMA: each["key_schema"]} for each in schema["global_secondary_indexes"]
    ]
    return {ATTR_DEFINITIONS: schema["attribute_definitions"], GLOBAL_SECONDARY_INDEXES: indexes}


@dataclass(frozen=True)
class Put:
    item: Item
    only_if: Condition | None = None


@dataclass(frozen=True)
class Update:
    item: Item
    actions: Sequence[Action]
    only_if: Condition | None = None


@dataclass(frozen=True)
class Delete:
    item: Item
    only_if: Condition | None = None


@dataclass(frozen=True)
class Check:
    item: Item
    only_if: Condition


Write = Put | Update | Delete | Check


class Lost(Exception):
    """A write's condition did not hold: somebody was there before. `writes` are those refused."""

    def __init__(self, writes: Sequence[Write]) -> None:
        super().__init__(", ".join(type(write.item).__name__ for write in writes))
        self.writes = tuple(writes)

    def over(self, kind: type[Item]) -> bool:
        return any(isinstance(write.item, kind) for write in self.writes)


M = TypeVar("M", bound=BaseModel)


def as_kept(model: type[M], kept: str | bytes | dict[str, Any]) -> M:
    """What we kept, read back: what a later release added to it, however deep, is no mistake and is passed over.

    So two releases run side by side, or one goes back. A model that itself allows it also keeps what it does not know.
    """
    if isinstance(kept, dict):
        return model.model_validate(kept, extra="allow")
    return model.model_validate_json(kept, extra="allow")


def fresh_id() -> str:
    """An unguessable id of 26 plain characters (130 bits)."""
    return base64.b32encode(secrets.token_bytes(17)).decode()[:26].lower()


def absent() -> Condition:
    return Item.pk.does_not_exist()


def commit(*writes: Write) -> None:
    """All of the writes, or none.

    DynamoDB cancels transactions that touch the same item at the same instant, and pynamodb does
    not repeat them: we do, with jitter and the same token, so a write whose answer was lost is not made twice.

    Raises `Lost` when a condition does not hold, `Unavailable` when conflicts or throttling do not end.
    """
    token = secrets.token_hex(16)
    for attempt in range(TRIES):
        try:
            return _transact(writes, token)
        except TransactWriteError as error:
            lost = _lost(writes, error)
            if lost:
                raise Lost(lost) from None
            if is_throttled(error):
                raise Unavailable from None  # going on would outlast whoever waits, and feed what throttles us
            if not _passing(error):
                raise
        time.sleep(random.uniform(0, min(0.02 * 2**attempt, 0.6)))  # noqa: S311 - jitter, not a secret
    raise Unavailable


def _transact(writes: Sequence[Write], token: str) -> None:
    with TransactWrite(connection=Item._get_connection().connection, client_request_token=token) as transaction:
        for write in writes:
            match write:
                case Put(item, only_if):
                    transaction.save(item, condition=only_if)
                case Update(item, actions, only_if):
                    transaction.update(item, actions=list(actions), condition=only_if)
                case Delete(item, only_if):
                    transaction.delete(item, condition=only_if)
                case Check(item, only_if):
                    transaction.condition_check(type(item), item.pk, item.sk, condition=only_if)


def is_throttled(error: Exception) -> bool:
    """Whether a call was turned away, again and again, because the table had too much to do."""
    return isinstance(error, PynamoDBException) and error.cause_response_code in THROTTLED


def _lost(writes: Sequence[Write], error: TransactWriteError) -> list[Write]:
    # pynamodb sends condition checks, deletes, puts, updates, in this order, whatever ours was.
    sent = [write for kind in (Check, Delete, Put, Update) for write in writes if isinstance(write, kind)]
    reasons = _reasons(error)
    return [write for write, reason in zip(sent, reasons, strict=False) if reason == "ConditionalCheckFailed"]


def _reasons(error: TransactWriteError) -> list[str | None]:
    cause: Any = error.cause
    return [reason and reason.code for reason in getattr(cause, "cancellation_reasons", [])]


def _passing(error: TransactWriteError) -> bool:
    """A conflict, or our own try of a moment ago, whose answer was lost, still being carried out."""
    reasons = {reason for reason in _reasons(error) if reason}
    return error.cause_response_code == "TransactionInProgressException" or bool(reasons) and reasons <= PASSING
