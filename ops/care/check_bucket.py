"""Files in the bucket that nothing in the table refers to; read by ranges of keys, a page at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from chalicelib.documents.files import client
from chalicelib.documents.records import DocumentItem, document_of
from chalicelib.documents.rules import State
from chalicelib.dossiers.items import HeadItem
from chalicelib.dossiers.records import HEAD
from chalicelib.history.records import dossier_key
from chalicelib.settings import settings
from chalicelib.table import Item
from ops.care.findings import Finding

BEING_CHECKED: Final = timedelta(hours=1)  # a copy is made before the verdict is recorded
# Dossiers' ids are random letters and digits: these ranges are about as long as one another.
STARTS: Final = ("", "f", "m", "t")
RANGES: Final = tuple(zip(STARTS, (*STARTS[1:], "~"), strict=True))
PLACES: Final = ("kept/", "papers/")


def findings(first: str, last: str, now: datetime) -> Iterator[Finding]:
    """Of the dossiers whose id lies in the range."""
    for place in PLACES:
        for dossier_id, objects in groupby(
            _listed(place, first, last, now), key=lambda each: each["Key"].split("/")[1]
        ):
            keys = [each["Key"] for each in objects]
            known = _documents(dossier_id) if place == "kept/" else _papers(dossier_id, keys)
            yield from (Finding("object_without_document", key) for key in keys if key not in known)


def _listed(place: str, first: str, last: str, now: datetime) -> Iterator[dict[str, Any]]:
    after = f"{place}{first}"
    pages = client().get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=settings().BUCKET, Prefix=place, StartAfter=after):
        for each in page.get("Contents", ()):
            if each["Key"] >= f"{place}{last}":
                return
            if each["LastModified"] + BEING_CHECKED < now:
                yield each


def _documents(dossier_id: str) -> set[str]:
    """The keys under which the dossier's documents may be kept; one being erased is not lost."""
    items = Item.query(dossier_key(dossier_id), Item.sk.startswith("DOC#"), consistent_read=True)
    found = [document_of(item) for item in items if isinstance(item, DocumentItem)]
    return {document.kept_key for document in found if document.state in (State.CLEAN, State.REMOVED, State.CHECKING)}


def _papers(dossier_id: str, keys: list[str]) -> set[str]:
    """A paper can be made again from its dossier; only one whose dossier is gone is a loss."""
    return set(keys) if any(HeadItem.query(dossier_key(dossier_id), HeadItem.sk == HEAD, limit=1)) else set()
