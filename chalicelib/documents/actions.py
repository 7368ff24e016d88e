"""What can be done with a dossier's documents: register, check what arrived, hand out, remove, look again."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import unquote_plus

from chalicelib.documents import checking, files, records
from chalicelib.documents.names import LONGEST, TYPES, safe_name
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import (
    DOWNLOAD_LIFETIME,
    FORM_LIFETIME,
    UPLOAD_GRACE,
    Document,
    NotAvailable,
    State,
    Step,
    UnknownDocument,
    UploadOver,
    Verdict,
    moved,
)
from chalicelib.documents.shown import Download
from chalicelib.documents.uploads import NewDocument, Upload, UploadForm, require_taken
from chalicelib.history.once import Once
from chalicelib.table import Write, fresh_id

RESULT_LOCKED: Final = timedelta(days=3653)  # ten years; an archive may keep it longer
SHOWN_BY_BROWSERS: Final = ("application/pdf", "image/jpeg", "image/png")


def register(
    dossier_id: str,
    new: NewDocument,
    *,
    accepts: Collection[str],
    by: Literal["citizen", "officer"],
    now: datetime,
    once: Once | None = None,
    also: Sequence[Write] = (),
) -> UploadForm:
    """A place for one file and the form to upload it; `also` holds the check that the dossier is open for it."""
    require_taken(new, accepts)
    document = registered(dossier_id, new, by, now)
    upload = files.upload_form(document, FORM_LIFETIME)
    form = UploadForm(document_id=document.id, upload=upload, expires_at=document.upload_expires_at)
    records.add(document, [*also, *([once.write(form)] if once else [])])
    return form


def registered(dossier_id: str, new: NewDocument, by: Literal["citizen", "officer"], now: datetime) -> Document:
    """What was declared, not stored yet."""
    return Document(
        id=fresh_id(),
        dossier_id=dossier_id,
        by=by,
        **new.model_dump(exclude={"file_name"}),
        file_name=safe_name(new.file_name, new.content_type),
        registered_at=now,
        upload_expires_at=now + FORM_LIFETIME,
        watch_at=now + FORM_LIFETIME + UPLOAD_GRACE,
    )


def register_plain(
    dossier_id: str,
    component: str,
    name: str,
    *,
    accepts: Collection[str],
    by: Literal["citizen", "officer"],
    now: datetime,
    once: Once | None = None,
    also: Sequence[Write] = (),
) -> Document:
    """A place for one file of which nothing is known yet but what it is to be; it will be called `name`."""
    document = Document(
        id=fresh_id(),
        dossier_id=dossier_id,
        component=component,
        by=by,
        file_name=name[:LONGEST],
        content_type="",
        size=0,
        sha256="",
        accepts=tuple(each for each in accepts if each in TYPES),
        registered_at=now,
        upload_expires_at=now + FORM_LIFETIME,
        watch_at=now + FORM_LIFETIME + UPLOAD_GRACE,
    )
    records.add(document, [*also, *([once.write(document)] if once else [])])
    return document


def plain_form(document: Document, now: datetime, back: str) -> Upload:
    """The form for it; as often as asked for. Raises `UploadOver`."""
    if document.is_declared or document.state is not State.AWAITING_UPLOAD or now >= document.upload_expires_at:
        raise UploadOver
    return files.plain_form(document, document.upload_expires_at - now, back)


def arrived(key: str, now: datetime) -> None:
    """An object was created under this (URL-encoded) key. Safe to repeat, and for keys that are not ours."""
    place, _, rest = unquote_plus(key).partition("/")
    dossier_id, _, document_id = rest.partition("/")
    if place != "quarantine" or not dossier_id or not document_id:
        return
    # Not found is removed meanwhile: the item is older than any form, and the quarantine empties itself.
    with suppress(UnknownDocument):
        checking.look_at(records.find(dossier_id, document_id), now)


def download(dossier_id: str, document_id: str, now: datetime) -> Download:
    """A link to a checked document's bytes; made anew for each who asks and may."""
    document = records.find(dossier_id, document_id)
    if document.state is State.REMOVED:
        raise UnknownDocument
    if document.state is not State.CLEAN:
        raise NotAvailable
    return Download(url=files.download_url(document), expires_at=now + DOWNLOAD_LIFETIME)


def lock(documents: Iterable[Document], now: datetime) -> None:
    """The files of a result, before it is recorded: what is promised to stay is there from the first moment."""
    for document in documents:
        files.lock(document, now + RESULT_LOCKED)


def link_to_look(document: Document) -> str:
    """A link that shows a checked document, of a type browsers show by themselves; empty for any other."""
    shows = document.state is State.CLEAN and document.content_type in SHOWN_BY_BROWSERS
    return files.look_url(document) if shows else ""


def remove(dossier_id: str, document_id: str, now: datetime, also: Sequence[Write] = ()) -> None:
    """Out of the dossier at once, with `also` holding the check that it may still be changed; then erased."""
    document = records.find(dossier_id, document_id)
    if document.state is State.REMOVED:
        raise UnknownDocument
    removed = _removed(document, now)
    records.hide(removed, also)
    checking.finish_removal(removed)


def leaving(dossier_id: str, now: datetime) -> list[Document]:
    """All documents of a dossier that is itself at its end, as they will be once they have left it."""
    return [_removed(each, now) for each in records.of_dossier(dossier_id)]


def erase(removed: Iterable[Document]) -> None:
    """The bytes of what has left its dossier; who is cut off here has left it on watch."""
    for each in removed:
        checking.finish_removal(each)


def _removed(document: Document, now: datetime) -> Document:
    return moved(document, Verdict(Step.REMOVED, Reason.REMOVED), now)


def recheck_stuck(now: datetime) -> None:
    """Everything whose watch has come: lost events, checks cut short, a scanner that was away, unfinished removals.

    One document that cannot be looked at keeps no other waiting; all failures are raised at the end.
    """
    failures: list[Exception] = []
    for document in records.to_watch(now):
        try:
            after = checking.look_at(document, now)
        except Exception as failure:
            failures.append(failure)
            continue
        if after.reason is Reason.SCANNER_AWAY:
            break  # the rest would wait in vain; their watch stands
    if failures:
        raise ExceptionGroup("documents that could not be looked at", failures)
