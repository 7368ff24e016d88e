"""What a dossier (hồ sơ) is: whose, about what, where it stands, what it promised. Pure."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.catalogue.rules import Fee
from chalicelib.clock.events import ResumeMode
from chalicelib.clock.rules import PauseCause, Processing
from chalicelib.dossiers.life import CLOSED, NATIONAL, Stage, public_word
from chalicelib.history.rules import GENESIS
from chalicelib.refusals import Conflict, Gone, NotFound, TellingError

MAIL: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")


class UnknownDossier(NotFound):
    """In the very words in which `access` refuses another citizen's dossier: they do not tell which of them exist."""


class DraftExpired(Gone):
    code = "draft_expired"
    vi = "Bản nháp này đã hết hạn lưu giữ 30 ngày và thông tin trong đó đã được xoá. Hãy lập hồ sơ mới."
    en = "This draft was kept for 30 days and has been erased. Begin a new one."


class SomebodyElseWasFaster(Conflict):
    code = "changed_meanwhile"
    vi = "Hồ sơ vừa được thay đổi bởi một thao tác khác. Hãy thử lại."
    en = "The dossier has just been changed by something else. Try again."


def _phone(given: str) -> str:
    """E.164 of a phone number, Vietnamese when it carries no country."""
    try:
        number = phonenumbers.parse(given, "VN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise TellingError(
            "wrong_phone", "Số điện thoại chưa đúng, ví dụ 0912345678.", "This is no phone number; e.g. 0912345678."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _mail(given: str) -> str:
    if not MAIL.fullmatch(given) or not given.isascii():
        raise TellingError(
            "wrong_email", "Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn.", "This is no e-mail address."
        )
    return given


def _tax_code(given: str) -> str:
    from stdnum.vn import mst

    if not mst.is_valid(given) and not re.fullmatch(r"\d{12}", given):
        raise TellingError("wrong_tax_code", "Mã số thuế chưa đúng.", "This is no Vietnamese tax code.")
    return given


def _identity(given: str) -> str:
    if not re.fullmatch(r"\d{12}|\d{9}|[A-Z]\d{7,8}", given):
        raise TellingError(
            "wrong_identity_number",
            "Số định danh gồm 12 chữ số (CCCD), 9 chữ số (CMND) hoặc số hộ chiếu.",
            "An identity number has 12 digits (or 9, or is a passport number).",
        )
    return given


Phone = Annotated[str, Field(max_length=20), AfterValidator(_phone)]
Mail = Annotated[str, Field(max_length=254), AfterValidator(_mail)]
TaxCode = Annotated[str, Field(max_length=14), AfterValidator(_tax_code)]
IdentityNumber = Annotated[str, Field(max_length=12), AfterValidator(_identity)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=2000)]


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Given(Facts):
    """What a caller gives: loose types are refused."""

    model_config = ConfigDict(strict=True)


class Address(Given):
    line: Text
    commune: Text
    province: Text


class Person(Given):
    """The applicant (người nộp) or the owner (chủ hồ sơ)."""

    kind: Literal["person", "organisation", "household"]
    full_name: Text
    identity_number: IdentityNumber | None = None
    tax_code: TaxCode | None = None
    date_of_birth: date | None = None
    phone: Phone
    email: Mail | None = None
    address: Address

    @model_validator(mode="after")
    def named_by_a_number(self) -> Self:
        if self.kind != "organisation" and not (self.identity_number or self.tax_code):
            raise TellingError(
                "required", "Hãy nhập số định danh cá nhân.", "Enter the identity number.", "/identity_number"
            )
        if self.kind == "organisation" and not self.tax_code:
            raise TellingError("required", "Hãy nhập mã số thuế của tổ chức.", "Enter the tax code.", "/tax_code")
        return self


class Delivery(Given):
    """How the result is to be returned; by post it needs an address, a recipient and a phone."""

    channel: Literal["online", "desk", "post"]
    address: Address | None = None
    recipient: Text | None = None
    phone: Phone | None = None


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


class Result(Facts):
    outcome: Literal["granted", "declined"]
    documents: tuple[str, ...] = ()
    reason: str = ""


class Shipping(Facts):
    """Where the result is on its way; `status` none, to_dispatch, dispatched, delivered, failed."""

    status: Literal["none", "to_dispatch", "dispatched", "delivered", "failed"] = "none"
    tracking_code: str | None = None


class Rating(Given):
    attitude: int = Field(ge=1, le=5)
    timeliness: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=2000)


class PinnedComponent(Facts):
    name: str
    accepts: tuple[str, ...]


class Pinned(Facts):
    """What the dossier keeps of its procedure, whatever becomes of the procedure afterwards."""

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
    components: dict[str, PinnedComponent] = {}
    questions: tuple[str, ...] = ()


PaymentStatus = Literal["none", "due", "pending", "paid", "failed", "mismatched", "overpaid"]


class Dossier(Facts):
    """The head of a dossier. `version` is the number of its last event; `officer` a subject, empty while nobody's."""

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
    paused_since: datetime | None = None
    pause_cause: PauseCause | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    closed_reason: str = ""
    legal_basis: str = ""
    extended: bool = False
    supplement: SupplementRequest | None = None
    supplements_after_acceptance: int = 0
    proposal: Result | None = None
    result: Result | None = None
    shipping: Shipping = Shipping()
    rating: Rating | None = None
    turn_since: datetime
    warned_for: datetime | None = None
    flagged_for: datetime | None = None
    acceptance_flagged_for: datetime | None = None

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
    def is_closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def awaits_payment(self) -> bool:
        """Level 4 with a fee: paid online before it is accepted."""
        unpaid = self.fee_due > 0 and self.payment_status not in ("paid", "overpaid")
        return unpaid and self.stage == Stage.SUBMITTED and self.procedure.level == 4 and self.procedure.pay_online
