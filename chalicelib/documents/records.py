"""Each document as one item of its dossier's partition, changed only from the state it was read in."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from chalicelib.documents.rules import MOST, Document, State, TooManyDocuments, UnknownDocument
from chalicelib.history.records import dossier_key
from chalicelib.table import Check, Delete, Item, Lost, Put, Update, Write, absent, commit

SHARDS: Final = 4
AT_ONCE: Final = 100


class Watched(GlobalSecondaryIndex["DocumentItem"]):
    """Only the documents somebody must look at again, by when."""

    class Meta:
        index_name = "watch"
        projection = IncludeProjection(["kind"])

    watch_shard = UnicodeAttribute(hash_key=True)
    watch_at = UnicodeAttribute(range_key=True)


class DocumentItem(Item, discriminator="document"):
    component = UnicodeAttribute()
    by = UnicodeAttribute()
    file_name = UnicodeAttribute()
    content_type = UnicodeAttribute()
    size = NumberAttribute()
    sha256 = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute()
    found = UnicodeAttribute()
    registered_at = UnicodeAttribute()
    upload_expires_at = UnicodeAttribute()
    checked_at = UnicodeAttribute(null=True)
    attempts = NumberAttribute()
    watch_shard = UnicodeAttribute(null=True)
    watch_at = UnicodeAttribute(null=True)
    accepts = UnicodeAttribute(null=True)
    signatures = UnicodeAttribute(null=True)
    parts_id = UnicodeAttribute(null=True)
    is_assembled = BooleanAttribute(null=True)
    watch = Watched()


class DocumentCount(Item, discriminator="document_count"):
    """How many documents a dossier has, so that many registered at once still respect the limit."""

    number = NumberAttribute()


def add(document: Document, also: Sequence[Write] = ()) -> None:
    with within_the_limit():
        commit(*added(document), *also)


def added(document: Document) -> list[Write]:
    """The writes that add it, for a transaction of somebody else's."""
    return [Put(item_of(document), absent()), _counted(document.dossier_id, 1)]


@contextmanager
def within_the_limit() -> Iterator[None]:
    """What is lost here because the dossier is full is told so: raises `TooManyDocuments`."""
    try:
        yield
    except Lost as lost:
        if lost.over(DocumentCount):
            raise TooManyDocuments(most=MOST) from None
        raise


def replace(before: Document, after: Document, also: Sequence[Write] = ()) -> bool:
    """Stores the change; False when somebody else changed or removed the document first."""
    try:
        commit(Put(item_of(after), _as_read(before)), *also)
    except Lost as lost:
        if not lost.over(DocumentItem):
            raise
        return False
    return True


def hide(removed: Document, also: Sequence[Write] = ()) -> None:
    """The document leaves its dossier, whatever a check is doing; it stays on watch until its bytes are erased."""
    try:
        commit(_hidden(removed), _counted(removed.dossier_id, -1), *also)
    except Lost as lost:
        if lost.over(DocumentItem):
            raise UnknownDocument from None
        raise


def all_hidden(dossier_id: str, removed: Sequence[Document]) -> list[Write]:
    """The writes that hide all the documents a dossier has, for a transaction of somebody else's.

    Lost when the dossier has got another one meanwhile, or somebody has removed one of these.
    """
    count, number = DocumentCount(dossier_key(dossier_id), "DOCS"), DocumentCount.number
    no_more = number.does_not_exist() | (number <= len(removed))
    if not removed:
        return [Check(count, no_more)]
    return [*map(_hidden, removed), Update(count, [number.add(-len(removed))], no_more)]


def _hidden(removed: Document) -> Put:
    return Put(item_of(removed), DocumentItem.state.exists() & (DocumentItem.state != State.REMOVED.value))


def forget(document: Document) -> None:
    with suppress(Lost):
        commit(Delete(item_of(document), DocumentItem.state == State.REMOVED.value))


def find(dossier_id: str, document_id: str) -> Document:
    """The document as it is now, even when removed; raises `UnknownDocument`."""
    try:
        return document_of(DocumentItem.get(dossier_key(dossier_id), f"DOC#{document_id}", consistent_read=True))
    except DoesNotExist:
        raise UnknownDocument from None


def of_dossier(dossier_id: str) -> list[Document]:
    """Those that were not removed, in the order in which they were registered; one strongly consistent query."""
    place, documents = dossier_key(dossier_id), DocumentItem.sk.startswith("DOC#")
    return documents_in(DocumentItem.query(place, documents, consistent_read=True))


def documents_in(items: Iterable[Item]) -> list[Document]:
    """The documents among the items of a dossier's partition, those removed left out."""
    found = [document_of(item) for item in items if isinstance(item, DocumentItem)]
    seen = [document for document in found if document.state is not State.REMOVED]
    return sorted(seen, key=lambda document: (document.registered_at, document.id))


def still(document: Document) -> Check:
    """For a change that rests on the document: it is still in the state it was read in."""
    item = DocumentItem(dossier_key(document.dossier_id), f"DOC#{document.id}")
    return Check(item, DocumentItem.state == document.state.value)


def to_watch(until: datetime) -> Iterator[Document]:
    """Those that are due to be looked at, as they are now; of each shard the longest due first."""
    for shard in range(SHARDS):
        due = DocumentItem.watch.query(f"doc#{shard}", DocumentItem.watch_at <= until.isoformat(), limit=AT_ONCE)
        for key in list(due):
            with suppress(UnknownDocument):
                yield find(key.pk[2:], key.sk[4:])


def _as_read(document: Document) -> Condition:
    unmoved: Condition = DocumentItem.state == document.state.value
    unmoved &= DocumentItem.attempts == document.attempts
    return unmoved


def _counted(dossier_id: str, by: int) -> Update:
    item = DocumentCount(dossier_key(dossier_id), "DOCS")
    room = DocumentCount.number.does_not_exist() | (DocumentCount.number < MOST)
    actions = [DocumentCount.number.add(by), DocumentCount.kind.set(DocumentCount)]
    return Update(item, actions, room if by > 0 else None)


def item_of(document: Document) -> DocumentItem:
    facts: dict[str, Any] = document.model_dump(mode="json", exclude={"id", "dossier_id"})
    facts["accepts"] = " ".join(document.accepts) or None
    facts["signatures"] = None if document.signatures is None else json.dumps(facts["signatures"], ensure_ascii=False)
    facts |= {"parts_id": document.parts_id or None, "is_assembled": document.is_assembled or None}
    for instant in ("registered_at", "upload_expires_at", "checked_at", "watch_at"):
        value = getattr(document, instant)
        facts[instant] = value and value.isoformat()
    shard = f"doc#{zlib.crc32(document.id.encode()) % SHARDS}" if document.watch_at else None
    return DocumentItem(dossier_key(document.dossier_id), f"DOC#{document.id}", **facts, watch_shard=shard)


def document_of(item: DocumentItem) -> Document:
    own: dict[str, Any] = {"id": item.sk[4:], "dossier_id": item.pk[2:], "accepts": (item.accepts or "").split()}
    own |= {"signatures": json.loads(item.signatures) if item.signatures else None}
    own |= {"parts_id": item.parts_id or "", "is_assembled": bool(item.is_assembled)}
    return Document.model_validate(item.attribute_values | own)
