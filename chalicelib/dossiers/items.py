"""The items of a dossier as the table holds them: its head and its indexes, its public status, its agency's counter."""

from typing import Any

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.table import Item, Json


class Desk(GlobalSecondaryIndex["HeadItem"]):
    """An agency's dossiers, queue by queue, what is due first at the top."""

    class Meta:
        index_name = "desk"
        projection = IncludeProjection(["card", "version"])

    desk_agency = UnicodeAttribute(hash_key=True)
    desk_order = UnicodeAttribute(range_key=True)


class Officer(GlobalSecondaryIndex["HeadItem"]):
    """The same for one officer of the agency."""

    class Meta:
        index_name = "officer"
        projection = IncludeProjection(["card", "version"])

    officer_key = UnicodeAttribute(hash_key=True)
    desk_order = UnicodeAttribute(range_key=True)


class Citizen(GlobalSecondaryIndex["HeadItem"]):
    """A citizen's own dossiers, newest change first."""

    class Meta:
        index_name = "citizen"
        projection = IncludeProjection(["card", "version"])

    citizen_key = UnicodeAttribute(hash_key=True)
    changed_at = UnicodeAttribute(range_key=True)


class Watch(GlobalSecondaryIndex["HeadItem"]):
    """Sparse: only what the clock will have to look at, by when. Other rooms keep to shards of their own."""

    class Meta:
        index_name = "watch"
        projection = KeysOnlyProjection()

    watch_shard = UnicodeAttribute(hash_key=True)
    watch_at = UnicodeAttribute(range_key=True)


class HeadItem(Item, discriminator="dossier"):
    body = UnicodeAttribute()
    version = NumberAttribute()
    card = Json()
    desk_agency = UnicodeAttribute(null=True)
    desk_order = UnicodeAttribute(null=True)
    officer_key = UnicodeAttribute(null=True)
    citizen_key = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute()
    watch_shard = UnicodeAttribute(null=True)
    watch_at = UnicodeAttribute(null=True)
    desk = Desk()
    officer = Officer()
    citizen = Citizen()
    watch = Watch()


class StatusItem(Item, discriminator="status"):
    """What the look-up reads, alone: the dossier as it stands, its steps, and the digests of its proofs."""

    body = UnicodeAttribute()
    proofs = Json()
    steps: ListAttribute[Any] = ListAttribute()


class CounterItem(Item, discriminator="counter"):
    value = NumberAttribute(default=0)
