"""The files of a dossier over HTTP; the bytes themselves never pass here."""

from chalicelib.documents.rules import NotAvailable, TooManyDocuments, UnknownDocument
from chalicelib.documents.shown import DocumentList, Download, all_shown
from chalicelib.documents.uploads import FileNotTaken, NewDocument, UploadForm
from chalicelib.dossiers import file_actions
from chalicelib.dossiers.life import NotInThisStage
from chalicelib.dossiers.rules import SomebodyElseWasFaster, UnknownDossier
from chalicelib.refusals import Forbidden
from chalicelib.web import Answer, Call, Routes

routes = Routes(__name__)
CHANGING = (UnknownDossier, NotInThisStage, SomebodyElseWasFaster, Forbidden)


@routes.on(
    "POST",
    "/dossiers/{dossier_id}/documents",
    body=NewDocument,
    answer=UploadForm,
    status=201,
    who="caller",
    once=True,
    refuses=(*CHANGING, FileNotTaken, TooManyDocuments),
)
def request_upload(call: Call, dossier_id: str) -> UploadForm:
    """Ask for the form with which one file is uploaded straight to the store."""
    return file_actions.request_upload(dossier_id, call.body, call.person, call.now, call.once)


@routes.on(
    "GET", "/dossiers/{dossier_id}/documents", answer=DocumentList, who="caller", refuses=(UnknownDossier, Forbidden)
)
def list_documents(call: Call, dossier_id: str) -> DocumentList:
    """Every file of the dossier, its state and why."""
    return all_shown(file_actions.listed(dossier_id, call.caller), call.language, call.now)


@routes.on(
    "GET",
    "/dossiers/{dossier_id}/documents/{document_id}/content",
    answer=Download,
    who="caller",
    refuses=(UnknownDossier, UnknownDocument, NotAvailable, Forbidden),
)
def fetch_document(call: Call, dossier_id: str, document_id: str) -> Download:
    """A link to the bytes of a clean file, good for five minutes."""
    return file_actions.fetch(dossier_id, document_id, call.caller, call.now)


@routes.on(
    "DELETE",
    "/dossiers/{dossier_id}/documents/{document_id}",
    answer=None,
    status=204,
    who="caller",
    refuses=(*CHANGING, UnknownDocument),
)
def remove_document(call: Call, dossier_id: str, document_id: str) -> Answer:
    """Take a file out of a draft, or out of what is being supplied."""
    file_actions.remove(dossier_id, document_id, call.person, call.now)
    return Answer(None)
