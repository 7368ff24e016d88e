"""What an import leaves as a person has settled it: everything the national export does not say."""

from typing import Any, Final

from chalicelib.catalogue.rules import Channels, Procedure

UNSAID: Final = ("form", "pauses", "resume", "result_template", "status")
# How one pays and is served follows from how one may file: settled anew when that changes.
SERVICE: Final = ("level", "service", "presence_required", "visits")
UNMATCHED: Final = "agency_unmatched"


def keeping(read: Procedure, standing: Procedure | None) -> Procedure:
    """The record as read, with what the standing version says beyond any record."""
    if standing is None:
        return read
    kept: dict[str, Any] = {name: getattr(standing, name) for name in UNSAID}
    if standing.channels.submit == read.channels.submit:
        kept |= {name: getattr(standing, name) for name in SERVICE}
        kept["channels"] = _channels(read, standing)
    if _agencies_settled(read, standing):
        kept["agencies"] = standing.agencies
        kept["needs_review"] = tuple(review for review in read.needs_review if review.code != UNMATCHED)
    if read.processing and standing.processing and read.processing.unit == standing.processing.unit:
        convention = standing.processing.convention
        kept["processing"] = read.processing.model_copy(update={"convention": convention})
    return read.model_copy(update=kept)


def _channels(read: Procedure, standing: Procedure) -> Channels:
    """A procedure that begins to cost something is paid for at the desk, until a person says more."""
    pay = standing.channels.pay or read.channels.pay
    return Channels(submit=read.channels.submit, pay=pay, return_=standing.channels.return_)


def _agencies_settled(read: Procedure, standing: Procedure) -> bool:
    def unmatched(procedure: Procedure) -> bool:
        return any(review.code == UNMATCHED for review in procedure.needs_review)

    return unmatched(read) and not unmatched(standing)
