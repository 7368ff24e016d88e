"""What a document of a dossier is, and which states it passes through. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from pydantic import ConfigDict

from chalicelib.documents.names import TYPES
from chalicelib.documents.pdf_signatures import PdfSignature
from chalicelib.documents.reasons import SAID, Reason
from chalicelib.refusals import Conflict, Language, NotFound
from chalicelib.shapes import Shape

MOST: Final = 50
LARGEST: Final = 20 * 1024 * 1024
FORM_LIFETIME: Final = timedelta(minutes=30)
DOWNLOAD_LIFETIME: Final = timedelta(minutes=5)
# An upload begun in the form's last second may still take a while on a slow line.
UPLOAD_GRACE: Final = timedelta(minutes=15)
FIRST_RETRY: Final = timedelta(minutes=2)
LAST_RETRY: Final = timedelta(hours=1)


class UnknownDocument(NotFound):
    code = "document_not_found"
    vi = "Không tìm thấy tài liệu này trong hồ sơ."
    en = "There is no such document in this dossier."


class TooManyDocuments(Conflict):
    code = "too_many_documents"
    vi = "Mỗi hồ sơ có tối đa {most} tài liệu. Hãy xoá tài liệu không cần hoặc gộp nhiều trang vào một tệp."
    en = "A dossier holds at most {most} documents. Remove what is not needed, or put several pages into one file."


class NotAvailable(Conflict):
    code = "document_not_available"
    vi = "Chỉ tải về được tài liệu đã kiểm tra xong và được chấp nhận."
    en = "Only a document that has been checked and accepted can be downloaded."


class UploadOver(Conflict):
    code = "upload_over"
    vi = "Chỗ tải lên này đã dùng hoặc đã hết hạn. Hãy quay lại trang giấy tờ và chọn tệp lần nữa."
    en = "This place to upload has been used or has expired. Go back to the papers and choose the file again."


class State(StrEnum):
    AWAITING_UPLOAD = "awaiting_upload"
    CHECKING = "checking"
    CLEAN = "clean"
    INFECTED = "infected"
    REJECTED = "rejected"
    UNSCANNABLE = "unscannable"
    REMOVED = "removed"  # nobody sees it any more; its bytes are being erased


class Step(StrEnum):
    TAKEN_UP = "taken_up"
    POSTPONED = "postponed"
    PASSED = "passed"
    FOUND_INFECTED = "found_infected"
    REJECTED = "rejected"
    TOO_MUCH = "too_much"
    REMOVED = "removed"


# Read as: in this state, this step leads there. A pair that is absent is refused.
NEXT: Final[dict[tuple[State, Step], State]] = {
    (State.AWAITING_UPLOAD, Step.TAKEN_UP): State.CHECKING,
    (State.CHECKING, Step.TAKEN_UP): State.CHECKING,
    (State.CHECKING, Step.POSTPONED): State.CHECKING,
    (State.CHECKING, Step.PASSED): State.CLEAN,
    (State.CHECKING, Step.FOUND_INFECTED): State.INFECTED,
    (State.CHECKING, Step.REJECTED): State.REJECTED,
    (State.CHECKING, Step.TOO_MUCH): State.UNSCANNABLE,
    **{(state, Step.REMOVED): State.REMOVED for state in State if state is not State.REMOVED},
}


class Verdict(NamedTuple):
    """What a check came to. `found`: the real type, or the scanner's name for what is in the file."""

    step: Step
    reason: Reason
    found: str = ""


class Document(Shape):
    """`attempts` counts how often a check was begun; `watch_at` is when somebody must look again.

    `accepts`: of a file that a browser without scripts sends, and of which therefore nothing was declared, the types
    it may have; its own type, size and digest are found when it is checked.
    `parts_id`: of a large file, the store's name for its upload in parts; `is_assembled` once these became the file.

    `signatures`: those in a PDF, found when it passed; None of anything else, and where nobody looked.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    dossier_id: str
    component: str
    by: Literal["citizen", "officer"]
    file_name: str
    content_type: str
    size: int
    sha256: str
    state: State = State.AWAITING_UPLOAD
    reason: Reason = Reason.UPLOAD_AWAITED
    found: str = ""
    registered_at: datetime
    upload_expires_at: datetime
    checked_at: datetime | None = None
    attempts: int = 0
    watch_at: datetime | None = None
    accepts: tuple[str, ...] = ()
    signatures: tuple[PdfSignature, ...] | None = None
    parts_id: str = ""
    is_assembled: bool = False

    @property
    def doubtful_signatures(self) -> list[PdfSignature]:
        return [each for each in self.signatures or () if each.is_doubtful]

    @property
    def is_declared(self) -> bool:
        return bool(self.sha256)

    @property
    def most(self) -> int:
        """How many bytes there may be of it."""
        return self.size if self.is_declared else LARGEST

    @property
    def key(self) -> str:
        """Where it is uploaded to, and stays until it has been checked."""
        return f"quarantine/{self.dossier_id}/{self.id}"

    @property
    def kept_key(self) -> str:
        return f"kept/{self.dossier_id}/{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether its state still depends on an upload or a check."""
        return self.state in {State.AWAITING_UPLOAD, State.CHECKING}

    def reason_at(self, now: datetime) -> Reason:
        """An upload form that ran out writes nothing; it is noticed when somebody looks."""
        late = self.state is State.AWAITING_UPLOAD and now >= self.upload_expires_at
        return Reason.UPLOAD_EXPIRED if late else self.reason

    def told(self, language: Language, now: datetime) -> str:
        """Why it is in its state, and what to do."""
        vi, en = SAID[self.reason_at(now)]
        declared = ", ".join(TYPES[each].name for each in (self.accepts or (self.content_type,)))
        if language == "vi":
            return vi.format(found=self.found or "một định dạng không nhận ra được", declared=declared)
        return en.format(found=self.found or "of a format that is not known here", declared=declared)


def moved(document: Document, verdict: Verdict, at: datetime) -> Document:
    state = NEXT.get((document.state, verdict.step))
    if state is None:
        raise Conflict
    changes: dict[str, object] = {"state": state, "reason": verdict.reason, "found": verdict.found}
    if verdict.step is Step.TAKEN_UP:
        changes |= {"attempts": document.attempts + 1, "watch_at": at + retry_after(document.attempts)}
    elif state is State.REMOVED:
        changes |= {"watch_at": at}
    elif verdict.step is not Step.POSTPONED:
        changes |= {"checked_at": at, "watch_at": None}
    return document.model_copy(update=changes)


def retry_after(attempts: int) -> timedelta:
    """Longer each time, so that a scanner which comes back is not met by everything at once."""
    return min(FIRST_RETRY * (1 << min(attempts, 8)), LAST_RETRY)
