"""A file that the service itself has drawn for a dossier: it lies where uploads lie, and is checked as they are."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chalicelib.documents import files
from chalicelib.documents.names import PDF, safe_name
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Document, State
from chalicelib.table import Lost, fresh_id


def laid_down(dossier_id: str, component: str, file_name: str, data: bytes, now: datetime) -> Document:
    """A PDF of an officer's, in quarantine and in no dossier yet; unless it is recorded, that empties itself of it."""
    document = Document(
        id=fresh_id(),
        dossier_id=dossier_id,
        component=component,
        by="officer",
        file_name=safe_name(file_name.replace("/", "-"), PDF),
        content_type=PDF,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        state=State.CHECKING,
        reason=Reason.BEING_CHECKED,
        registered_at=now,
        upload_expires_at=now,
        watch_at=now,
    )
    files.put(document, data)
    return document


def told_of(document: Document, data: bytes) -> None:
    """Once more, now that it is recorded: whoever checks, and heard of it before there was a document, passed it by.

    Where this is left out, because the process ended, the watch finds the document.
    """
    files.put(document, data)


@contextmanager
def taken_back_if_lost(document: Document) -> Iterator[None]:
    """Somebody else was faster: it is not recorded after all."""
    try:
        yield
    except Lost:
        files.discard_upload(document)
        raise
