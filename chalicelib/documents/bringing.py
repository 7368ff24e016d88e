"""Files brought by a script that may lose its line: the same file declared again is gone on with, not begun anew."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal

from chalicelib.documents import files, multipart, records
from chalicelib.documents.actions import registered
from chalicelib.documents.parts import LARGE, Bringing, Part, cuts, lacking
from chalicelib.documents.rules import FORM_LIFETIME, UPLOAD_GRACE, Document, State, UploadOver
from chalicelib.documents.uploads import NewDocument, require_taken
from chalicelib.table import Write

ARRIVED: Final = (State.CHECKING, State.CLEAN)


def bring(
    dossier_id: str,
    new: NewDocument,
    *,
    accepts: Collection[str],
    by: Literal["citizen", "officer"],
    since: datetime | None,
    now: datetime,
    also: Sequence[Write],
) -> Bringing:
    """A place for the file, or the one it has been given `since` then, with what still has to be sent to it.

    Asked again when every part was sent, it makes the file of the parts. `also`: that the dossier is open for it.
    """
    require_taken(new, accepts)
    before = _declared_before(dossier_id, new, by, since)
    if before and (before.is_assembled or before.state in ARRIVED):
        return _done(before)
    there = multipart.there(before) if before and before.parts_id else None
    if before and there is not None and not lacking(before.size, there):
        return _assembled(before)
    document = _open_again(before, now) if before else registered(dossier_id, new, by, now)
    if document.size > LARGE and there is None:
        document = document.model_copy(update={"parts_id": multipart.begin(document)})
    if before is None:
        records.add(document, also)
    elif not records.replace(before, document, also):
        raise UploadOver
    return _in_parts(document, there or {}) if document.size > LARGE else _in_one(document)


def _declared_before(
    dossier_id: str, new: NewDocument, by: Literal["citizen", "officer"], since: datetime | None
) -> Document | None:
    """The same content for the same component, which waits for its bytes or is well."""
    told = (new.sha256, new.size, new.component, by)
    known = [each for each in records.of_dossier(dossier_id) if since is None or each.registered_at >= since]
    same = [each for each in known if (each.sha256, each.size, each.component, each.by) == told]
    return next((each for each in same if each.state in (State.AWAITING_UPLOAD, *ARRIVED)), None)


def _assembled(document: Document) -> Bringing:
    if not multipart.complete(document):
        raise UploadOver
    # That it is one file now is only noted: where the note is lost, its check says so just as well.
    records.replace(document, document.model_copy(update={"is_assembled": True}))
    return _done(document)


def _done(document: Document) -> Bringing:
    return Bringing(document_id=document.id, expires_at=document.upload_expires_at, done=True)


def _open_again(document: Document, now: datetime) -> Document:
    ends = now + FORM_LIFETIME
    return document.model_copy(update={"upload_expires_at": ends, "watch_at": ends + UPLOAD_GRACE})


def _in_one(document: Document) -> Bringing:
    form = files.upload_form(document, FORM_LIFETIME)
    return Bringing(document_id=document.id, expires_at=document.upload_expires_at, upload=form)


def _in_parts(document: Document, there: dict[int, int]) -> Bringing:
    missing = lacking(document.size, there)
    parts = [
        Part(**each._asdict(), url=multipart.address(document, each, FORM_LIFETIME) if each in missing else "")
        for each in cuts(document.size)
    ]
    return Bringing(document_id=document.id, expires_at=document.upload_expires_at, parts=parts)
