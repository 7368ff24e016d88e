"""How documents are shown to those who may see them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from chalicelib.documents.rules import Document
from chalicelib.refusals import Language


class DocumentShown(BaseModel):
    """`reason` is stable, `detail` says it in words; `content` is where a fresh link to the bytes is given."""

    document_id: str
    component: str
    by: Literal["citizen", "officer"]
    file_name: str
    content_type: str
    size: int
    sha256: str
    state: Literal["awaiting_upload", "checking", "clean", "infected", "rejected", "unscannable"]
    reason: str
    detail: str
    registered_at: datetime
    upload_expires_at: datetime | None
    checked_at: datetime | None
    content: str | None


class DocumentList(BaseModel):
    """All documents of a dossier; there are never so many that a second page is needed."""

    items: list[DocumentShown]


class Download(BaseModel):
    """A link to the bytes that works for a few minutes, for whoever holds it."""

    url: str
    expires_at: datetime


def shown(document: Document, language: Language, now: datetime) -> DocumentShown:
    state = document.state.value
    return DocumentShown.model_validate(
        {
            **document.model_dump(exclude={"id", "dossier_id", "found", "attempts", "watch_at", "accepts"}),
            "document_id": document.id,
            "state": state,
            "reason": document.reason_at(now).value,
            "detail": document.told(language, now),
            "upload_expires_at": document.upload_expires_at if state == "awaiting_upload" else None,
            "content": f"/dossiers/{document.dossier_id}/documents/{document.id}/content" if state == "clean" else None,
        }
    )


def all_shown(documents: list[Document], language: Language, now: datetime) -> DocumentList:
    return DocumentList(items=[shown(document, language, now) for document in documents])
