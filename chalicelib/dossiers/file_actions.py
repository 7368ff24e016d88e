"""A dossier's files as its people reach them: who may upload what, when; who may see, fetch and remove."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from chalicelib import access
from chalicelib.access import Caller
from chalicelib.documents import actions as documents
from chalicelib.documents import bringing, files
from chalicelib.documents import records as document_records
from chalicelib.documents.parts import Bringing
from chalicelib.documents.rules import Document, UnknownDocument
from chalicelib.documents.shown import Download
from chalicelib.documents.uploads import NewDocument, Upload, UploadForm
from chalicelib.dossiers import cover_actions, records
from chalicelib.dossiers.filing import RESULT
from chalicelib.dossiers.life import NAMES, RUNNING, NotInThisStage, Stage
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.once import Once
from chalicelib.refusals import Fault, Forbidden, Invalid

RESULT_TYPES: Final = ("application/pdf", "image/jpeg", "image/png")
RESULT_NAME: Final = "Kết quả"


@again_if_overtaken
def request_upload(dossier_id: str, new: NewDocument, caller: Caller, now: datetime, once: Once | None) -> UploadForm:
    """A form for one file; nothing of the dossier's head changes, so many may be asked for at once."""
    dossier = records.load(dossier_id)
    accepts = _accepts(dossier, new.component, caller, now)
    also = [records.unchanged(dossier)]
    return documents.register(dossier_id, new, accepts=accepts, by=caller.kind, now=now, once=once, also=also)


@again_if_overtaken
def begin_plain_upload(dossier_id: str, component: str, caller: Caller, now: datetime, once: Once | None) -> Document:
    """A place for a file that a browser without scripts will send; called as the component is."""
    dossier = records.load(dossier_id)
    accepts = _accepts(dossier, component, caller, now)
    name = RESULT_NAME if _is_result(component, caller) else dossier.procedure.components[component].name
    also = [records.unchanged(dossier)]
    return documents.register_plain(
        dossier_id, component, name, accepts=accepts, by=caller.kind, now=now, once=once, also=also
    )


@again_if_overtaken
def bring(dossier_id: str, new: NewDocument, caller: Caller, now: datetime) -> Bringing:
    """For a script that tells what it sends: the same file asked for again is gone on with where the line was lost.

    What was filed before a supplement was asked for is no answer to it, though it be the same.
    """
    dossier = records.load(dossier_id)
    accepts, also = _accepts(dossier, new.component, caller, now), [records.unchanged(dossier)]
    since = dossier.supplement.at if dossier.supplement else None
    return bringing.bring(dossier_id, new, accepts=accepts, by=caller.kind, since=since, now=now, also=also)


def plain_upload(dossier_id: str, document_id: str, caller: Caller, now: datetime, back: str) -> Upload:
    """The form of that place; `back`: where the store sends the browser afterwards."""
    dossier, document = records.load(dossier_id), document_records.find(dossier_id, document_id)
    _require_may_upload(dossier, document.component, caller, now)
    return documents.plain_form(document, now, back)


def store() -> str:
    """The address uploads go to, for pages that must name it to the browser."""
    return files.store()


def _require_may_upload(dossier: Dossier, component: str, caller: Caller, now: datetime) -> None:
    """A result also by whoever stands in for the officer it is assigned to."""
    action = "upload_result" if _is_result(component, caller) else "upload"
    access.require(cover_actions.on(dossier, caller, now), action, dossier)


def _accepts(dossier: Dossier, component: str, caller: Caller, now: datetime) -> Collection[str]:
    """Which types of file this caller may upload for the component now; refuses what nobody asked for."""
    _require_may_upload(dossier, component, caller, now)
    if _is_result(component, caller):
        _require_stage(dossier, RUNNING)
        return RESULT_TYPES
    _require_stage(dossier, {Stage.DRAFT, Stage.SUPPLEMENT_REQUESTED})
    listed = dossier.procedure.components
    asked = {item.component for item in dossier.supplement.items} if dossier.supplement else listed.keys()
    if component not in listed or component not in asked:
        raise Invalid(
            [
                Fault(
                    "/component",
                    "component_not_asked_for",
                    "Thủ tục không có thành phần này, hoặc cơ quan không yêu cầu bổ sung thành phần này.",
                    "The procedure lists no such component, or the agency has not asked for it.",
                )
            ]
        )
    return listed[component].accepts


def _is_result(component: str, caller: Caller) -> bool:
    return component == RESULT and caller.kind == "officer"


def _require_stage(dossier: Dossier, stages: Collection[Stage]) -> None:
    if dossier.stage not in stages:
        now_vi, now_en = NAMES[dossier.stage]
        raise NotInThisStage(now_vi=now_vi, now_en=now_en)


def listed(dossier_id: str, caller: Caller | None) -> list[Document]:
    dossier, found = records.load_with_documents(dossier_id)
    access.require(caller, "read", dossier)
    return sorted((each for each in found if _may_see(dossier, each, caller)), key=lambda each: each.registered_at)


def _may_see(dossier: Dossier, document: Document, caller: Caller | None) -> bool:
    """The citizen sees a result's files once the dossier is finished, not while they are being prepared."""
    citizens = caller is not None and caller.kind == "citizen"
    return not (citizens and document.component == RESULT and dossier.result is None)


def fetch(dossier_id: str, document_id: str, caller: Caller | None, now: datetime) -> Download:
    """A link to the bytes, for five minutes."""
    dossier = records.load(dossier_id)
    access.require(caller, "read", dossier)
    if not _may_see(dossier, document_records.find(dossier_id, document_id), caller):
        raise UnknownDocument
    return documents.download(dossier_id, document_id, now)


@again_if_overtaken
def remove(dossier_id: str, document_id: str, caller: Caller, now: datetime) -> None:
    """Only from a draft, or what was uploaded since a supplement was asked: what was filed, or decided, stays."""
    dossier = records.load(dossier_id)
    caller = cover_actions.on(dossier, caller, now)
    access.require(caller, "upload_result" if caller.kind == "officer" else "upload", dossier)
    document = document_records.find(dossier_id, document_id)
    if document.by != caller.kind:
        raise Forbidden
    result = _is_result(document.component, caller)
    access.require(caller, "upload_result" if result else "upload", dossier)
    _require_stage(dossier, RUNNING if result else {Stage.DRAFT, Stage.SUPPLEMENT_REQUESTED})
    if dossier.supplement and document.registered_at < dossier.supplement.at:
        raise Forbidden
    documents.remove(dossier_id, document_id, now, also=[records.unchanged(dossier)])
