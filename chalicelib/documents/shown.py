"""How documents are shown to those who may see them."""

from datetime import datetime
from typing import Final, Literal

from chalicelib.documents.pdf_signature_words import standing_told, told
from chalicelib.documents.pdf_signatures import PdfSignature, Standing
from chalicelib.documents.rules import Document
from chalicelib.refusals import Language
from chalicelib.shapes import Shape


class SignatureShown(Shape):
    """`standing` is stable; `heading` says it in words, `detail` with all that is wrong, and who signed what when."""

    standing: Standing
    heading: str
    detail: str
    found: PdfSignature


class DocumentShown(Shape):
    """`reason` is stable, `detail` says it in words; `content` is where a fresh link to the bytes is given.

    `signatures`: the digital signatures in a PDF that passed, in the order of signing; empty when it bears none, null
    when nobody looked. Whether a certificate was revoked is not checked.
    """

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
    signatures: list[SignatureShown] | None


class DocumentList(Shape):
    """All documents of a dossier; there are never so many that a second page is needed."""

    items: list[DocumentShown]


class Download(Shape):
    """A link to the bytes that works for a few minutes, for whoever holds it."""

    url: str
    expires_at: datetime


OUR_OWN: Final = {"id", "dossier_id", "attempts", "watch_at", "parts_id", "is_assembled"}
UNTOLD: Final = OUR_OWN | {"found", "accepts", "signatures"}


def shown(document: Document, language: Language, now: datetime) -> DocumentShown:
    state = document.state.value
    return DocumentShown.model_validate(
        {
            **document.model_dump(exclude=UNTOLD),
            "document_id": document.id,
            "state": state,
            "reason": document.reason_at(now).value,
            "detail": document.told(language, now),
            "upload_expires_at": document.upload_expires_at if state == "awaiting_upload" else None,
            "signatures": signatures_shown(document, language),
            "content": f"/dossiers/{document.dossier_id}/documents/{document.id}/content" if state == "clean" else None,
        }
    )


def signatures_shown(document: Document, language: Language) -> list[SignatureShown] | None:
    if document.signatures is None:
        return None
    return [_signature(each, language) for each in document.signatures]


def _signature(each: PdfSignature, language: Language) -> SignatureShown:
    heading, detail = standing_told(each, language), told(each, language)
    return SignatureShown(standing=each.standing, heading=heading, detail=detail, found=each)


def all_shown(documents: list[Document], language: Language, now: datetime) -> DocumentList:
    return DocumentList(items=[shown(document, language, now) for document in documents])
