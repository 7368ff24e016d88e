"""When the work on a dossier was finished, where that was before it was entered: judged by its evidence. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Self

from chalicelib.clock.events import ClockEvent
from chalicelib.clock.outages import Outage
from chalicelib.clock.rules import ZONE
from chalicelib.documents.rules import Document, State
from chalicelib.dossiers import clockwork, stepwork
from chalicelib.dossiers.results import DeclaredFinish
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event
from chalicelib.refusals import Fault, Invalid


class FinishInvalid(Invalid):
    """Any declared finish that cannot have been, or that nothing proves."""

    code = "finish_invalid"
    vi = "Thời điểm hoàn thành được khai không hợp lệ."
    en = "The finish declared is not valid."

    @classmethod
    def at(cls, pointer: str, **facts: object) -> Self:
        return cls([Fault(pointer, cls.code, cls.vi.format(**facts), cls.en.format(**facts))], **facts)


class FinishInFuture(FinishInvalid):
    code = "finish_in_the_future"
    vi = "Thời điểm hoàn thành không được ở tương lai."
    en = "The work cannot have been finished in the future."


class FinishBeforeAcceptance(FinishInvalid):
    code = "finish_before_acceptance"
    vi = "Thời điểm hoàn thành không được trước khi tiếp nhận hồ sơ ({accepted})."
    en = "The work cannot have been finished before the dossier was accepted ({accepted})."


class FinishBeforeClockEvent(FinishInvalid):
    code = "finish_before_clock_event"
    vi = "Thời hạn của hồ sơ còn thay đổi lúc {changed}; thời điểm hoàn thành không được trước lúc đó."
    en = "The dossier's clock still changed at {changed}; the work cannot have been finished before."


class OutageNotThere(FinishInvalid):
    code = "outage_not_there"
    vi = "Không có khoảng gián đoạn nào mang số này được khai báo cho cơ quan giải quyết hồ sơ."
    en = "No outage of this number was declared for the agency of the dossier."


class FinishOutsideOutage(FinishInvalid):
    code = "finish_outside_outage"
    vi = "Thời điểm hoàn thành phải nằm trong khoảng gián đoạn đã nêu, từ {begin} đến {to}."
    en = "The finish lies outside the outage named, which lasted from {begin} to {to}."


class EvidenceNotClean(FinishInvalid):
    code = "evidence_not_clean"
    vi = "Văn bản làm căn cứ phải là tài liệu do cán bộ tải lên hồ sơ này và đã kiểm tra xong."
    en = "The paper that proves it must be one an officer put into this dossier, and found clean."


REFUSED: Final = (
    FinishInFuture,
    FinishBeforeAcceptance,
    FinishBeforeClockEvent,
    OutageNotThere,
    FinishOutsideOutage,
    EvidenceNotClean,
)
AT: Final = "/finished/at"


def declared(said: DeclaredFinish, dossier: Dossier, history: Sequence[Event], now: datetime) -> DeclaredFinish:
    """The finish as declared, in the zone of the law, once it can have been. What proves it is judged apart."""
    if said.at > now:
        raise FinishInFuture.at(AT)
    if dossier.accepted_at is None or said.at < dossier.accepted_at:
        raise FinishBeforeAcceptance.at(AT, accepted=_told(dossier.accepted_at))
    changed = max(tick.at for tick in (*clockwork.settlement_events(history), *_step_starts(history)))
    if said.at < changed:
        raise FinishBeforeClockEvent.at(AT, changed=_told(changed))
    return said.model_copy(update={"at": said.at.astimezone(ZONE)})


def _step_starts(history: Sequence[Event]) -> list[ClockEvent]:
    """A step begun afterwards would have been begun on finished work."""
    return [run.ticks[0] for run in stepwork.runs(history)]


def require_outage(found: Outage | None, agency: str, at: datetime) -> None:
    """The work was finished while the agency could not use the service."""
    if found is None or not found.concerns(agency):
        raise OutageNotThere.at("/finished/evidence/outage")
    if not found.lasted_at(at):
        raise FinishOutsideOutage.at(AT, begin=_told(found.begin), to=_told(found.to))


def require_paper(documents: Iterable[Document], document_id: str | None) -> Document:
    """A signed paper among the dossier's documents, put there by an officer: nobody else's proves an officer's work."""
    for each in documents:
        if each.id == document_id and each.by == "officer" and each.state == State.CLEAN:
            return each
    raise EvidenceNotClean.at("/finished/evidence/document")


def _told(instant: datetime | None) -> str:
    return f"{instant.astimezone(ZONE):%H:%M:%S %d/%m/%Y}" if instant else "–"
