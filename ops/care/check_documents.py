"""Whether each document has its bytes, and whoever should look at it again will."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from chalicelib.documents import records
from chalicelib.documents.files import client
from chalicelib.documents.records import DocumentCount, DocumentItem
from chalicelib.documents.rules import Document, State
from chalicelib.history.records import dossier_key
from chalicelib.settings import settings
from chalicelib.table import Put, commit
from ops.care.findings import Finding
from ops.care.partition import Partition

PATIENCE: Final = timedelta(hours=2)  # looked at every five minutes, a hundred of a shard at a time


def findings(found: Partition, now: datetime) -> Iterator[Finding]:
    sizes = _sizes(found)
    for item, document in found.documents:
        if document.state is State.CLEAN:
            yield from _kept(document, sizes.get(document.kept_key))
        yield from _watched(item, document, now)
    there = sum(document.state is not State.REMOVED for _, document in found.documents)
    counted = int(found.documents_counted.number) if found.documents_counted else 0
    if there != counted:
        facts = f"{there} there, {counted} counted"
        yield Finding(
            "documents_miscounted", found.id, facts, partial(_count, found.id, there, found.documents_counted)
        )


def _sizes(found: Partition) -> dict[str, int]:
    """What the bucket holds of the dossier's checked documents: one request for each place they are kept in."""
    clean = (document for _, document in found.documents if document.state is State.CLEAN)
    places = {document.kept_key.rsplit("/", 1)[0] for document in clean}
    pages = [client().list_objects_v2(Bucket=settings().BUCKET, Prefix=f"{place}/") for place in sorted(places)]
    return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", ())}


def _kept(document: Document, size: int | None) -> Iterator[Finding]:
    about = f"{document.dossier_id}/{document.id}"
    if size is None:
        marker = _deleted(document)
        if marker:
            yield Finding("document_deleted", about, document.by, partial(_undelete, document, marker))
        else:
            yield Finding("document_without_object", about, f"from the {document.by}, {document.size} bytes")
    elif size != document.size:
        yield Finding("document_of_other_size", about, f"{document.size} bytes checked, {size} there")


def _deleted(document: Document) -> str:
    """The marker that hides exactly the bytes that were checked; empty when they cannot be had back."""
    bucket, key = settings().BUCKET, document.kept_key
    versions = client().list_object_versions(Bucket=bucket, Prefix=key)
    marker = [each for each in versions.get("DeleteMarkers", ()) if each["Key"] == key and each["IsLatest"]]
    older = sorted((each for each in versions.get("Versions", ()) if each["Key"] == key), key=_age, reverse=True)
    if not marker or not older:
        return ""
    with client().get_object(Bucket=bucket, Key=key, VersionId=older[0]["VersionId"])["Body"] as body:
        same = hashlib.sha256(body.read()).hexdigest() == document.sha256
    return str(marker[0]["VersionId"]) if same else ""


def _age(version: dict[str, Any]) -> datetime:
    at: datetime = version["LastModified"]
    return at


def _undelete(document: Document, marker: str) -> None:
    client().delete_object(Bucket=settings().BUCKET, Key=document.kept_key, VersionId=marker)


def _watched(item: DocumentItem, document: Document, now: datetime) -> Iterator[Finding]:
    about, facts = f"{document.dossier_id}/{document.id}", f"{document.state}, tried {document.attempts} times"
    if document.watch_at and item.watch_shard and document.watch_at + PATIENCE < now:
        yield Finding("document_unchecked", about, f"{facts}, since {document.watch_at.isoformat()[:16]}")
    if _off_watch(item, document):
        again = document.model_copy(update={"watch_at": now})
        yield Finding("document_off_watch", about, facts, partial(records.replace, document, again))


def _off_watch(item: DocumentItem, document: Document) -> bool:
    if document.state is State.AWAITING_UPLOAD and document.watch_at is None:
        return _is_uploaded(document)  # nobody came, or the word that somebody did was lost
    waits = document.is_open or document.state is State.REMOVED
    return waits and not (document.watch_at and item.watch_shard)


def _is_uploaded(document: Document) -> bool:
    listed = client().list_objects_v2(Bucket=settings().BUCKET, Prefix=document.key, MaxKeys=1)
    return any(each["Key"] == document.key for each in listed.get("Contents", ()))


def _count(dossier_id: str, there: int, seen: DocumentCount | None) -> None:
    as_seen = DocumentCount.number == seen.number if seen else DocumentCount.number.does_not_exist()
    commit(Put(DocumentCount(dossier_key(dossier_id), "DOCS", number=there), as_seen))
