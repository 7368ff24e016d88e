"""A file brought to a dossier from its pages, whoever brings it: declared, sent straight to the store, followed."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from chalicelib.catalogue.rules import Component
from chalicelib.documents.rules import Document, State
from chalicelib.documents.uploads import FileNotTaken, NewDocument, Upload
from chalicelib.dossiers import file_actions
from chalicelib.refusals import NotFound
from chalicelib.settings import settings
from chalicelib.site import wording
from chalicelib.site.visits import Facts, Html, See, Visit
from chalicelib.web.faults import faults_of

WORDS: Final[dict[State, tuple[wording.Words, str]]] = {
    State.AWAITING_UPLOAD: (("Chờ tải lên", "Not uploaded"), "neutral"),
    State.CHECKING: (("Đang kiểm tra", "Being checked"), "waiting"),
    State.CLEAN: (("Đã nhận", "Received"), "good"),
    State.INFECTED: (("Có mã độc", "Malware"), "late"),
    State.REJECTED: (("Không nhận được", "Not accepted"), "late"),
    State.UNSCANNABLE: (("Không kiểm tra được", "Cannot be checked"), "late"),
    State.REMOVED: (("Đã bỏ", "Removed"), "ended"),
}


class File(NamedTuple):
    """`open`: whether its state may still change by itself."""

    id: str
    name: str
    state: str
    kind: str
    detail: str
    open: bool
    waits: bool


class Wanted(NamedTuple):
    """A component to bring, with what is there of it. `reason`: an officer's words, where one asked for it."""

    code: str
    name: str
    required: bool
    note: str
    accept: str
    files: list[File]
    reason: str = ""


def wanted(components: Sequence[Component], files: Sequence[Document], visit: Visit) -> list[Wanted]:
    return [
        Wanted(
            code=each.code,
            name=each.name,
            required=each.required,
            note=" · ".join(part for part in (wording.copies(each, visit.language), each.note) if part),
            accept=",".join(each.accepts),
            files=[shown(file, visit) for file in files if file.component == each.code],
        )
        for each in components
    ]


def shown(document: Document, visit: Visit) -> File:
    words, kind = WORDS[document.state]
    return File(
        id=document.id,
        name=document.file_name,
        state=wording.said(words, visit.language),
        kind=kind,
        detail=_unfinished(document, visit) or document.told(visit.language, visit.now),
        open=document.state is State.CHECKING,
        waits=document.state is State.AWAITING_UPLOAD and not document.is_declared,
    )


def _unfinished(document: Document, visit: Visit) -> str:
    """Of a file a script declared, on this device or another, and did not bring to its end."""
    if document.state is not State.AWAITING_UPLOAD or not document.is_declared or document.is_assembled:
        return ""
    return visit.told(
        "Tệp chưa gửi xong. Hãy chọn lại đúng tệp này: phần đã gửi không phải gửi lại.",
        "The file has not come whole. Choose the same file again: what was sent already is not sent twice.",
    )


def begin(visit: Visit, dossier_id: str, component: str, place: str) -> See | Facts:
    """A script declares the file and gets what it is sent with; without one, a page below `place` holds it."""
    if visit.form["sha256"]:
        brought = file_actions.bring(dossier_id, _declared(visit, component), visit.person, visit.now)
        return Facts(brought.model_dump(mode="json"))
    once = visit.once(lambda made: f"{place}/tai-len/{made.id}")
    begun = file_actions.begin_plain_upload(dossier_id, component, visit.person, visit.now, once)
    return See(f"{place}/tai-len/{begun.id}")


def choose(visit: Visit, document: Document, name: str, back: str) -> Html:
    """The store's own form: the file goes there from the browser, and the store sends the browser `back`."""
    upload = file_actions.plain_upload(
        document.dossier_id, document.id, visit.person, visit.now, settings().PUBLIC_URL + back
    )
    facts = {"upload": upload, "back": back, "name": name, "accept": ",".join(document.accepts)}
    return Html("choose-file.html", visit.told("Tải tệp lên", "Upload a file"), facts, allow=_store(upload))


def the_file(visit: Visit, dossier_id: str, document_id: str) -> Document:
    """Raises `NotFound` for what this visitor may not see."""
    found = [each for each in file_actions.listed(dossier_id, visit.person) if each.id == document_id]
    if not found:
        raise NotFound
    return found[0]


def remove(visit: Visit, dossier_id: str, document_id: str) -> None:
    """Safe to repeat: what is gone is gone."""
    if any(each.id == document_id for each in file_actions.listed(dossier_id, visit.person)):
        file_actions.remove(dossier_id, document_id, visit.person, visit.now)


def told(visit: Visit, dossier_id: str) -> Facts:
    """Every file and what became of its check, for the script that shows it."""
    listed = file_actions.listed(dossier_id, visit.person)
    return Facts({"files": {each.id: shown(each, visit)._asdict() for each in listed}})


def to_the_store() -> dict[str, tuple[str, ...]]:
    """What a page's content policy lets its script speak to: where files are uploaded."""
    return {"connect-src": (_origin(file_actions.store()),)}


def _store(upload: Upload) -> dict[str, tuple[str, ...]]:
    return {"form-action": (_origin(upload.url),)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _declared(visit: Visit, component: str) -> NewDocument:
    """Raises `FileNotTaken` for what no file can be."""
    form = visit.form
    facts: dict[str, Any] = {name: form[name] for name in ("file_name", "content_type", "sha256")}
    size = int(form["size"]) if form["size"].isdecimal() and len(form["size"]) < 16 else -1
    try:
        return NewDocument.model_validate({**facts, "component": component, "size": size})
    except ValidationError as error:
        raise FileNotTaken(faults_of(error)) from None
