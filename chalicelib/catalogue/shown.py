"""A procedure as the public contract shows it: one line in lists, everything on its own page."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from chalicelib.catalogue.publication import Summary
from chalicelib.catalogue.rules import Channels, Component, Fee, LegalBasis, Procedure, Review, Step
from chalicelib.clock.rules import Convention, PauseCause, Processing, Unit
from chalicelib.shapes import Shape


class ProcessingShown(Shape):
    """The legal deadline; `amount` has a half only for working hours."""

    unit: Unit
    amount: int | float
    convention: Convention

    @classmethod
    def of(cls, processing: Processing | None) -> Self | None:
        if processing is None:
            return None
        amount = processing.amount
        whole = int(amount) if amount == int(amount) else amount
        return cls(unit=processing.unit, amount=whole, convention=processing.convention)


class FeeShown(Shape):
    """One fee in VND. With a `condition`, it is due only in that case and not part of `fee_total`."""

    code: str
    name: str
    kind: Literal["phi", "le_phi"]
    amount: int
    condition: str

    @classmethod
    def of(cls, fee: Fee) -> Self:
        return cls(code=fee.code, name=fee.name, kind=fee.kind, amount=fee.amount, condition=fee.condition)


class ProcedureLine(Shape):
    """`processing` null: no deadline that a machine could count; `processing_note` says what was said instead."""

    code: str
    name: str
    agency: str
    field: str
    level: Literal[1, 2, 3, 4]
    service: Literal["full", "partial", "information"]
    fee_total: int
    processing: ProcessingShown | None
    processing_note: str
    channels: Channels
    status: Literal["in_force", "abolished"]
    under_review: bool


class ProcedureShown(ProcedureLine):
    """`needs_review`: why it cannot be filed online yet. `fee_notes`: what was said of fees in words."""

    model_config = ConfigDict(populate_by_name=True)

    agencies: tuple[str, ...]
    audience: tuple[str, ...]
    components: tuple[Component, ...]
    form: dict[str, Any] = Field(description="JSON Schema 2020-12; `examples` holds at least one valid instance")
    fees: tuple[FeeShown, ...]
    fee_notes: tuple[str, ...]
    pauses: tuple[PauseCause, ...]
    presence_required: bool
    visits: Literal[0, 1, 2]
    steps: tuple[Step, ...]
    legal_basis: tuple[LegalBasis, ...]
    results: tuple[str, ...]
    conditions: str
    needs_review: tuple[Review, ...]
    source: str
    version: int
    valid_from: date


def line(summary: Summary, wanted: str | None) -> ProcedureLine:
    """`wanted`: the agency whose procedures were asked for, named where there are several that may be competent."""
    agency = wanted if wanted in summary.agencies else summary.agency
    facts = _shared(summary, ProcedureLine) | {"agency": agency}
    return ProcedureLine(under_review=summary.needs_review, **facts)


def shown(procedure: Procedure) -> ProcedureShown:
    fees = tuple(FeeShown.of(fee) for fee in procedure.fees)
    return ProcedureShown(under_review=bool(procedure.needs_review), fees=fees, **_shared(procedure, ProcedureShown))


def _shared(source: Summary | Procedure, into: type[ProcedureLine]) -> dict[str, Any]:
    own = {"under_review", "fees", "processing"}
    shared = {name: getattr(source, name) for name in into.model_fields if name not in own}
    return shared | {"processing": ProcessingShown.of(source.processing)}
