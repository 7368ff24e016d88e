"""How a document that was uploaded is brought to its verdict; each step is safe to repeat and to be cut short."""

from datetime import datetime

from chalicelib.documents import contents, files, pdf_checks, records, scanner
from chalicelib.documents.names import PDF
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Document, State, Step, UnknownDocument, Verdict, moved


def look_at(document: Document, now: datetime) -> Document:
    """Brings a document as far as it can go now."""
    if document.state is State.REMOVED:
        finish_removal(document)
    elif document.is_open:
        return _examined(document, now)
    else:
        files.discard_upload(document)  # settled: what arrived is a repetition
    return document


def finish_removal(document: Document) -> None:
    files.erase(document)
    records.forget(document)


def _examined(document: Document, now: datetime) -> Document:
    stored = files.read(document)
    if stored is None and document.state is State.AWAITING_UPLOAD:
        return _never_came(document, now)
    taken = moved(document, Verdict(Step.TAKEN_UP, Reason.BEING_CHECKED), now)
    if not records.replace(document, taken):
        return document  # somebody else is at it
    if stored and not taken.is_declared:
        taken = contents.described(taken, stored.data)
    verdict = _verdict(taken, stored)
    if stored and verdict.step is Step.PASSED and not files.admit(taken, stored.etag):
        return taken  # replaced under our hands: its own event follows, and the watch stands
    if stored and verdict.step is Step.PASSED and taken.content_type == PDF:
        taken = taken.model_copy(update={"signatures": pdf_checks.signatures_of(stored.data, now)})
    return _settled(taken, moved(taken, verdict, now))


def _verdict(document: Document, stored: files.Stored | None) -> Verdict:
    if stored is None:
        return Verdict(Step.REJECTED, Reason.LOST)
    return contents.fault_in(document, stored.data) or scanner.scanned(stored.data)


def _settled(before: Document, after: Document) -> Document:
    if not records.replace(before, after):
        return _overtaken(before)
    if not after.is_open:
        files.discard_upload(after)
    return after


def _overtaken(document: Document) -> Document:
    """Somebody else settled or removed it while we checked: what we copied may stay only if it is clean."""
    try:
        current = records.find(document.dossier_id, document.id)
    except UnknownDocument:
        files.erase(document)
        return document
    if current.state is State.REMOVED:
        finish_removal(current)
    elif not current.is_open and current.state is not State.CLEAN:
        files.erase(current)
    return current


def _never_came(document: Document, now: datetime) -> Document:
    """An event without an object says nothing; a watch that found nothing after the form ended is over."""
    if document.watch_at and now >= document.watch_at:
        records.replace(document, document.model_copy(update={"watch_at": None}))
    return document
