"""What callers ask of a dossier: the bodies and queries of its routes, as in the contract."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.catalogue.rules import AgencyCode, ProcedureCode
from chalicelib.clock.rules import PauseCause
from chalicelib.dossiers.covers import Subject
from chalicelib.dossiers.people import Delivery, LongText, Person
from chalicelib.dossiers.queues import Queue
from chalicelib.dossiers.results import DeclaredFinish
from chalicelib.dossiers.rules import SupplementItem
from chalicelib.refusals import Fault, Invalid
from chalicelib.web import Query, Request

Cursor = Annotated[str, Field(max_length=2000)]
Limit = Annotated[int, Field(ge=1, le=100)]


class WrongAgency(Invalid):
    code = "agency_not_competent"
    vi = "Cơ quan này không giải quyết thủ tục đã chọn. Hãy chọn một cơ quan trong danh sách của thủ tục."
    en = "This agency does not handle the procedure. Choose one that the procedure lists."


class AgencyMissing(Invalid):
    code = "agency_required"
    vi = "Hãy chọn cơ quan cần xem."
    en = "Say which agency to look at."

    def __init__(self) -> None:
        super().__init__([Fault("/agency", self.code, self.vi, self.en)])


class Draft(Request):
    """`agency`: one of the procedure's, its first when absent. `paper`: components a clerk has seen on paper."""

    procedure: ProcedureCode
    applicant: Person
    owner: Person | None = None
    form: dict[str, Any]
    delivery: Delivery
    agency: AgencyCode | None = None
    language: Literal["vi", "en"] = "vi"
    paper: Annotated[tuple[str, ...], Field(max_length=50)] = ()


class Edit(Request):
    """What is named replaces what was there; `form` is merged (RFC 7396): what it does not name stays, null removes."""

    applicant: Person | None = None
    owner: Person | None = None
    form: dict[str, Any] | None = None
    delivery: Delivery | None = None
    language: Literal["vi", "en"] | None = None


class Nothing(Request):
    """An empty object."""


class Reason(Request):
    reason: LongText


class Withdrawal(Reason):
    """Why the citizen takes the dossier back."""


class Refusing(Reason):
    """Why it is not accepted, and under which provision."""

    legal_basis: LongText


class Message(Request):
    text: LongText


class SupplementAsked(Request):
    items: Annotated[list[SupplementItem], Field(min_length=1, max_length=50)]
    note: Annotated[str, Field(max_length=2000)] = ""


class Assignment(Request):
    """`step`: one of the procedure's, where it sets any a time of its own; its clock starts at this assignment."""

    officer: Subject
    step: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class Suspension(Reason):
    cause: PauseCause


class Extension(Reason):
    days: Annotated[int, Field(ge=1, le=365)]


class Apologising(Reason):
    """Why the result will be late, and the day by which it is now promised; no legal date moves."""

    promised_date: date


class ResultGiven(Request):
    """`finished`: when the work was finished, and what proves it, where that was before now."""

    outcome: Literal["granted", "declined"]
    documents: Annotated[list[str], Field(max_length=50)] = []
    reason: Annotated[str, Field(max_length=2000)] = ""
    finished: DeclaredFinish | None = None


class Returning(Request):
    channel: Literal["online", "desk", "post"]


class LookUp(Request):
    """`proof`: the last four digits of the applicant's phone or identity number."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    proof: Annotated[str, Field(min_length=1, max_length=16)]


class DeskQuery(Query):
    queue: Queue = "all"
    agency: AgencyCode | None = None
    officer: Subject | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class DeskSearch(Request):
    """`text`: a dossier code, or the applicant's name or a part of it, phone, tax code or identity number."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    agency: AgencyCode | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class ApologyQuery(Query):
    """`overdue`: only those whose due date has passed."""

    agency: AgencyCode | None = None
    overdue: bool = False
    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=300)] | None = None


class Paging(Query):
    limit: Limit = 50
    cursor: Cursor | None = None
