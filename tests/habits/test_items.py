"""An item is read with one look at each attribute, and comes out exactly as pynamodb itself would read it."""

import importlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.attributes import Attribute, AttributeContainer, JSONAttribute

from chalicelib.dossiers.items import HeadItem
from chalicelib.history.records import EventItem
from chalicelib.table import Item
from tests.habits.test_source import SERVICE, named

for path in (*map(named, SERVICE), "ops/care/migrations.py"):
    if path.endswith(("records.py", "items.py", "migrations.py")):
        importlib.import_module(path.removesuffix(".py").replace("/", "."))
KINDS = sorted(set(Item.kind._discriminator_map.values()) - {Item}, key=lambda kind: kind.__name__)
TEXTS = st.text(max_size=12)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "S": TEXTS,
    "N": st.integers().map(str) | st.floats(-1e9, 1e9).map(repr),
    "BOOL": st.booleans(),
    "L": st.lists(TEXTS.map(lambda text: {"S": text}), max_size=3),
}


def stored(attribute: Attribute[Any]) -> st.SearchStrategy[dict[str, Any] | None]:
    """What the table may hold for the attribute, or that it holds nothing."""
    values = JSON.map(json.dumps) if isinstance(attribute, JSONAttribute) else VALUES[attribute.attr_type]
    return values.map(lambda value: {attribute.attr_type: value}) | st.sampled_from([{"NULL": True}, None])


def raw_of(kind: type[Item]) -> st.SearchStrategy[dict[str, Any]]:
    """An item of the kind as the table answers it, with something in it of which this release does not know."""
    attributes = [each for name, each in kind.get_attributes().items() if name != "kind"]
    told = {"kind": {"S": kind.kind.get_discriminator(kind)}, "of_a_later_release": {"S": "x"}}
    drawn = st.fixed_dictionaries({each.attr_name: stored(each) for each in attributes})
    return drawn.map(lambda raw: {name: value for name, value in raw.items() if value is not None} | told)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_item_of_any_kind_is_read_as_pynamodb_reads_it(kind: type[Item]):
    @settings(max_examples=30)
    @given(raw_of(kind))
    def is_read_alike(raw: dict[str, Any]) -> None:
        read = kind.from_raw_data(raw)

        assert type(read) is kind
        assert read.attribute_values == as_pynamodb_reads(kind, raw).attribute_values

    is_read_alike()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_attribute_has_a_default_that_would_have_to_be_computed(kind: type[Item]):
    """Such defaults pynamodb asks for at each making of an item; ours are looked up once."""
    attributes = kind.get_attributes().values()

    assert not any(callable(each.default) or each.default_for_new is not None for each in attributes)


def as_pynamodb_reads(kind: type[Item], raw: dict[str, Any]) -> Item:
    item = kind(_user_instantiated=False)
    AttributeContainer._container_deserialize(item, raw)
    return item


def test_what_is_of_a_kind_nobody_knows_is_a_plain_item():
    raw = {"pk": {"S": "D#a"}, "sk": {"S": "X"}, "kind": {"S": "of_a_later_release"}}

    assert type(Item.from_raw_data(raw)) is Item


def test_an_item_of_another_kind_than_was_asked_for_is_none_of_it():
    raw = {"pk": {"S": "D#a"}, "sk": {"S": "DOSSIER"}, "kind": {"S": "dossier"}}

    assert type(Item.from_raw_data(raw)) is HeadItem
    with pytest.raises(ValueError, match="HeadItem"):
        EventItem.from_raw_data(raw)
