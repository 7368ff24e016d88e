"""What a dossier (hồ sơ) is: whose, about what, where it stands, what it promised. Pure."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from chalicelib.catalogue.rules import Fee, RefundRule
from chalicelib.clock.events import ResumeMode
from chalicelib.clock.rules import PauseCause, Processing
from chalicelib.dossiers.life import CLOSED, NATIONAL, RUNNING, Stage, public_word
from chalicelib.dossiers.people import Delivery, Facts, Given, LongText, Person
from chalicelib.dossiers.results import EvidenceKind, Result
from chalicelib.history.rules import GENESIS, EventType
from chalicelib.refusals import Conflict, Gone, NotFound, TellingError


class UnknownDossier(NotFound):
    """In the very words in which `access` refuses another citizen's dossier: they do not tell which of them exist."""


class DraftExpired(Gone):
    code = "draft_expired"
    vi = "Bản nháp này đã bị xoá: theo yêu cầu của bạn, hoặc vì 30 ngày không được sửa. Hãy lập hồ sơ mới."
    en = "This draft was erased: because you asked for it, or after 30 days without a change. Begin a new one."


class SomebodyElseWasFaster(Conflict):
    code = "changed_meanwhile"
    vi = "Hồ sơ vừa được thay đổi bởi một thao tác khác. Hãy thử lại."
    en = "The dossier has just been changed by something else. Try again."


class SupplementItem(Given):
    """One thing to put right: a component of the procedure, or a field of the form (JSON pointer), and why."""

    component: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    field: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    reason: LongText

    @model_validator(mode="after")
    def one_of_the_two(self) -> Self:
        if bool(self.component) == bool(self.field):
            raise TellingError(
                "component_or_field",
                "Mỗi mục bổ sung nêu đúng một thành phần hồ sơ hoặc một trường của biểu mẫu.",
                "Name either one component or one field of the form.",
            )
        return self


class SupplementRequest(Facts):
    items: tuple[SupplementItem, ...]
    note: str = ""
    at: datetime
    by: str
    late: bool = False


class Shipping(Facts):
    """Where the result is on its way; `status` none, to_dispatch, dispatched, delivered, failed."""

    status: Literal["none", "to_dispatch", "dispatched", "delivered", "failed"] = "none"
    tracking_code: str | None = None


class Apology(Facts):
    """A signed letter of apology (form 04) for the date `due_at`: until when the result is now promised, and by whom.

    The promise moves no legal date.
    """

    due_at: datetime
    promised_at: datetime
    reason: str
    signed_at: datetime
    by: str


class Rating(Given):
    attitude: int = Field(ge=1, le=5)
    timeliness: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=2000)


class PinnedComponent(Facts):
    name: str
    accepts: tuple[str, ...]


class PinnedStep(Facts):
    name: str
    processing: Processing | None = None


class OpenStep(Facts):
    """The step being worked on: since when, and by when where the procedure sets it a time of its own."""

    name: str
    started_at: datetime
    due_at: datetime | None


class Pinned(Facts):
    """What the dossier keeps of its procedure, whatever becomes of the procedure afterwards.

    `steps`: all of them, where any has a time of its own; else none.
    """

    code: str
    name: str
    version: int
    valid_from: date
    key: str
    level: int
    field: str
    processing: Processing | None
    pauses: tuple[PauseCause, ...]
    resume: ResumeMode
    pay_online: bool
    pay_with: tuple[str, ...] = ()
    refund: RefundRule = RefundRule()
    components: dict[str, PinnedComponent] = {}
    questions: tuple[str, ...] = ()
    steps: tuple[PinnedStep, ...] = ()


PaymentStatus = Literal[
    "none",
    "due",
    "pending",
    "paid",
    "failed",
    "mismatched",
    "overpaid",
    "disputed",
    "refund_pending",
    "refunded",
    "part_refunded",
]
# The fee is covered, as far as anyone knows today.
MONEY_IN: Final = ("paid", "overpaid", "disputed")


class Dossier(Facts):
    """The head of a dossier. `version` is the number of its last event; `officer` a subject, empty while nobody's.

    `finished_at`: when the work was finished, which counts; `finish_recorded_at`: when that was entered.
    `flagged`: by each date that was due, to accept or to settle, the furthest flag raised for it; `warned_for`: when a
    draft was warned of; `flagged_for`, `acceptance_flagged_for`: in older heads, the date last flagged as overdue.
    `found_by`: the entries by which its agency's desk finds it, as they stand in the table.
    """

    id: str
    version: int = 0
    last_hash: str = GENESIS
    stage: Stage = Stage.DRAFT
    back: Stage | None = None
    code: str | None = None
    procedure: Pinned
    agency: str
    officer: str = ""
    citizen_key: str
    channel: Literal["online", "desk"] = "online"
    language: Literal["vi", "en"] = "vi"
    applicant: Person | None
    owner: Person | None = None
    form: dict[str, Any] = {}
    delivery: Delivery
    paper: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    fee_due: int = 0
    payment_status: PaymentStatus = "none"
    paid_amount: int = 0
    submission_receipt: str | None = None
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None
    acceptance_due_at: datetime | None = None
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    first_due_at: datetime | None = None
    provisional: bool = False
    calendar_edition: str = ""
    form_set: str = ""
    step: OpenStep | None = None
    paused_since: datetime | None = None
    pause_cause: PauseCause | None = None
    finished_at: datetime | None = None
    finish_recorded_at: datetime | None = None
    finish_evidence: EvidenceKind | None = None
    returned_at: datetime | None = None
    closed_reason: str = ""
    legal_basis: str = ""
    extended: bool = False
    apologies: tuple[Apology, ...] = ()
    supplement: SupplementRequest | None = None
    supplements_after_acceptance: int = 0
    proposal: Result | None = None
    result: Result | None = None
    shipping: Shipping = Shipping()
    rating: Rating | None = None
    turn_since: datetime
    flagged: dict[datetime, EventType] = {}
    acceptance_flagged_for: datetime | None = None
    warned_for: datetime | None = None
    flagged_for: datetime | None = None
    found_by: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        return public_word(self.stage)

    @property
    def national_status(self) -> int:
        return NATIONAL[self.stage]

    @property
    def is_private(self) -> bool:
        """A citizen's draft is nobody else's business; one begun at the desk is the desk's too."""
        return self.stage in (Stage.DRAFT, Stage.EXPIRED) and self.channel == "online"

    @property
    def furthest_flag(self) -> EventType | None:
        """The last flag raised for the date that is now due; heads written before `flagged` say it of one date only."""
        if self.due_at is None or self.due_at in self.flagged:
            return self.flagged.get(self.due_at) if self.due_at else None
        older = {self.warned_for: EventType.DUE_SOON, self.flagged_for: EventType.OVERDUE}
        return older.get(self.due_at)

    @property
    def apology(self) -> Apology | None:
        """The letter signed for the date that is now due, if any."""
        return next((each for each in self.apologies if each.due_at == self.due_at), None)

    @property
    def apology_open(self) -> bool:
        """Whether a letter waits for the approver: the running clock was flagged for its date, and none is signed.

        A date that moves, by an extension or otherwise, has to be flagged again first; a clock that stops needs none.
        """
        return self.stage in RUNNING and self.furthest_flag is not None and self.apology is None

    @property
    def is_closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def awaits_payment(self) -> bool:
        """Level 4 with a fee: paid online before it is accepted."""
        unpaid = self.fee_due > 0 and self.payment_status not in MONEY_IN
        return unpaid and self.stage == Stage.SUBMITTED and self.procedure.level == 4 and self.procedure.pay_online
