"""What an agency, a procedure and its published versions are; what a filing costs. Pure."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, NonNegativeInt, model_validator

from chalicelib.catalogue.result_templates import ResultTemplate
from chalicelib.clock.rules import PauseCause, Processing
from chalicelib.refusals import TellingError
from chalicelib.shapes import Shape

PROCEDURE_CODE = r"^[0-9]\.[0-9]{6}(?:\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[HG][0-9]{2})?$"
AGENCY_CODE = r"^[A-Z][0-9]{2}(?:\.[0-9]{2,3}){0,8}$"

AgencyCode = Annotated[str, Field(pattern=AGENCY_CODE, max_length=35)]
ProcedureCode = Annotated[str, Field(pattern=PROCEDURE_CODE)]
Level = Literal["province", "department", "district", "commune"]


class Facts(Shape):
    """Facts entered or imported: unknown fields are a mistake, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Agency(Facts):
    """Cơ quan. `level`: province, department, (abolished) district, commune."""

    code: AgencyCode
    name: str
    level: Level
    parent: AgencyCode | None = None


class Component(Facts):
    """Thành phần hồ sơ: one paper of the dossier, how many originals and copies, which files are taken."""

    code: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    name: str
    original: NonNegativeInt
    copy_: NonNegativeInt = Field(alias="copy")
    required: bool
    accepts: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png")
    note: str = ""

    model_config = ConfigDict(populate_by_name=True)


class Fee(Facts):
    """Phí or lệ phí, in whole VND. With `when` (a JSON Schema) it is due only from filings whose form satisfies it."""

    code: str
    name: str
    kind: Literal["phi", "le_phi"]
    amount: NonNegativeInt
    condition: str = ""
    when: dict[str, Any] | None = None


class Channels(Facts):
    submit: tuple[Literal["online", "desk", "post"], ...]
    pay: tuple[Literal["online", "desk"], ...] = ()
    return_: tuple[Literal["online", "desk", "post"], ...] = Field(alias="return")

    model_config = ConfigDict(populate_by_name=True)


class RefundRule(Facts):
    """What of the fee is proposed to be paid back when the dossier ends before the work is done."""

    not_accepted: Literal["whole", "nothing"] = "whole"
    withdrawn_before_acceptance: Literal["whole", "nothing"] = "whole"
    withdrawn_after_acceptance: Literal["whole", "nothing"] = "nothing"
    stopped: Literal["whole", "nothing"] = "nothing"


class LegalBasis(Facts):
    number: str
    name: str
    issued_on: date | None = None
    issuer: str = ""


class Step(Facts):
    """A step of the way, and whose it is; `processing`: a time of its own, where the procedure sets one."""

    name: str
    by: str = ""
    processing: Processing | None = None
    agency: AgencyCode | None = None


class Review(Facts):
    """Why a person must look at an imported procedure before it can be filed online."""

    code: str
    line: int
    text: str


class Procedure(Facts):
    """One version of a procedure (thủ tục hành chính), in force from `valid_from` until the next one is.

    `level` 1–4 as in NĐ 43/2011; `service` as in NĐ 42/2022 (`full` toàn trình, `partial` một phần, `information`).
    `agencies` are all that may be competent; the first is the default. `processing` None: no deadline set by law.
    `fees` hold what can be computed; `fee_notes` what was said of fees otherwise.
    `pay_with`: the payment providers it may be paid through; empty: all of the province's.
    `visits`: how often the citizen must come, 0, 1 or 2. `pauses`: the causes for which the clock may stop.
    `result_template`: what its result may be written from, beside the province's general notice.
    """

    code: ProcedureCode
    name: str = Field(min_length=3)
    agencies: tuple[AgencyCode, ...] = Field(min_length=1)
    field: str
    level: Literal[1, 2, 3, 4]
    service: Literal["full", "partial", "information"]
    audience: tuple[Literal["person", "organisation", "household"], ...] = ("person", "organisation", "household")
    components: tuple[Component, ...]
    form: dict[str, Any]
    fees: tuple[Fee, ...] = ()
    fee_notes: tuple[str, ...] = ()
    processing: Processing | None
    processing_note: str = ""
    pauses: tuple[PauseCause, ...] = (PauseCause.SUPPLEMENT,)
    resume: Literal["continue", "restart"] = "continue"
    channels: Channels
    pay_with: tuple[str, ...] = ()
    refund: RefundRule = RefundRule()
    presence_required: bool
    visits: Literal[0, 1, 2]
    steps: tuple[Step, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    results: tuple[str, ...] = ()
    result_template: ResultTemplate | None = None
    conditions: str = ""
    status: Literal["in_force", "abolished"] = "in_force"
    needs_review: tuple[Review, ...] = ()
    source: str
    version: int = Field(default=1, ge=1)
    valid_from: date

    @model_validator(mode="after")
    def steps_fit_into_the_whole(self) -> Self:
        """Steps with times of their own are told apart by name; those in the unit of the whole fit into it."""
        own = [step.processing for step in self.steps if step.processing]
        if own and len({step.name for step in self.steps}) < len(self.steps):
            raise TellingError(
                "step_named_twice",
                "Các bước có thời hạn riêng phải có tên khác nhau.",
                "Steps with times of their own must have different names.",
                "/steps",
            )
        whole = self.processing
        if whole and sum(each.amount for each in own if each.unit == whole.unit) > whole.amount:
            raise TellingError(
                "steps_exceed_the_whole",
                "Tổng thời hạn của các bước vượt quá thời hạn giải quyết của thủ tục.",
                "The steps together take longer than the procedure allows.",
                "/steps",
            )
        return self

    @property
    def agency(self) -> str:
        return self.agencies[0]

    @property
    def fee_total(self) -> int:
        """What every filing pays, in VND: the fees without a condition of their own."""
        return sum(fee.amount for fee in self.fees if fee.when is None)

    @property
    def key(self) -> str:
        """Names this version; sorts as versions come into force. What a dossier pins."""
        return f"{self.valid_from.isoformat()}#{self.version:04d}"

    @property
    def content(self) -> dict[str, Any]:
        """What makes one version differ from another: all but its number, its first day, and the lines of a file."""
        unsaid: Any = {"version": True, "valid_from": True, "needs_review": {"__all__": {"line"}}}
        return self.model_dump(mode="json", by_alias=True, exclude=unsaid)


def fees_due(procedure: Procedure, form: dict[str, Any]) -> tuple[Fee, ...]:
    """The fees this filing pays: those without a condition, and those whose condition the form satisfies."""
    from jsonschema import Draft202012Validator

    return tuple(fee for fee in procedure.fees if fee.when is None or Draft202012Validator(fee.when).is_valid(form))
