"""What the work on a dossier came to, and when it was finished, with what proves that. Pure."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from chalicelib.clock.outages import OUTAGE_ID
from chalicelib.dossiers.people import Facts, Given
from chalicelib.refusals import TellingError

EvidenceKind = Literal["outage", "document"]


class FinishEvidence(Given):
    """What proves that the work was finished before it was recorded: a declared outage, or a paper of the dossier."""

    outage: Annotated[str, Field(pattern=OUTAGE_ID)] | None = None
    document: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    @model_validator(mode="after")
    def one_of_the_two(self) -> Self:
        if bool(self.outage) == bool(self.document):
            raise TellingError(
                "outage_or_document",
                "Hãy nêu đúng một căn cứ: khoảng gián đoạn đã khai báo hoặc văn bản đã ký.",
                "Name one piece of evidence: a declared outage, or a signed paper.",
            )
        return self

    @property
    def kind(self) -> EvidenceKind:
        return "outage" if self.outage else "document"


class DeclaredFinish(Given):
    """When the work was finished, if that was before the result was entered."""

    at: AwareDatetime
    evidence: FinishEvidence


class Result(Facts):
    """`finished`: as declared. In a proposal it is for the approver to see, who states it again or does not."""

    outcome: Literal["granted", "declined"]
    documents: tuple[str, ...] = ()
    reason: str = ""
    finished: DeclaredFinish | None = None
