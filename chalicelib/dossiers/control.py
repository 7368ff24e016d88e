"""The way of a dossier from hand to hand, as its control slip (phiếu kiểm soát) shows it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from chalicelib.dossiers.clockwork import finish_of
from chalicelib.dossiers.paper_words import recorded, step_assigned
from chalicelib.dossiers.results import EvidenceKind, FinishEvidence
from chalicelib.dossiers.stepwork import runs
from chalicelib.history.rules import Event, EventType

E = EventType
APPLICANT: Final = "Người nộp hồ sơ"
DESK: Final = "Bộ phận một cửa"
OFFICER: Final = ""  # whoever did it
# Who gives it to whom, and what for; events that leave it where it is are not among them.
HANDS: Final[dict[EventType, tuple[str, str, str]]] = {
    E.ACCEPTED: (APPLICANT, OFFICER, "Tiếp nhận hồ sơ"),
    E.ASSIGNED: (OFFICER, "", "Phân công giải quyết"),
    E.SUPPLEMENT_REQUESTED: (OFFICER, APPLICANT, "Yêu cầu bổ sung"),
    E.SUPPLEMENT_ANSWERED: (APPLICANT, DESK, "Đã bổ sung"),
    E.PROPOSED: (OFFICER, "Người phê duyệt", "Trình kết quả"),
    E.DECIDED: (OFFICER, DESK, "Có kết quả giải quyết"),
    E.STOPPED: (OFFICER, DESK, "Dừng giải quyết"),
    E.HANDED_TO_POST: (OFFICER, "Bưu chính", "Chuyển trả kết quả"),
    E.DELIVERED: ("Bưu chính", APPLICANT, "Đã phát kết quả"),
    E.RETURNED: (OFFICER, APPLICANT, "Trả kết quả"),
}
ASKED_AGAIN: Final = "lần nữa sau khi tiếp nhận, tính là chậm"  # bộ chỉ số 766: asked more than once, it counts as late


def steps(history: Sequence[Event], due_at: datetime | None) -> list[dict[str, Any]]:
    known, within = names(history), _within_steps(history)
    return [_step(event, due_at, known) | within.get(event.seq, {}) for event in history if event.type in HANDS]


def names(history: Sequence[Event]) -> dict[str, str]:
    """By account the name under which an officer last acted, of those whose tokens carried one."""
    return {event.actor.id: event.data["by_name"] for event in history if "by_name" in event.data}


def _step(event: Event, due_at: datetime | None, known: Mapping[str, str]) -> dict[str, Any]:
    giver, receiver, note = HANDS[event.type]
    if event.type == E.ASSIGNED:
        receiver = event.data["officer"]
    ends = event.type in (E.DECIDED, E.STOPPED) and due_at is not None
    done = finish_of(event)
    return {
        "giver": giver or known.get(event.actor.id, event.actor.id),
        "receiver": known.get(receiver, receiver) or known.get(event.actor.id, event.actor.id),
        "at": event.at.isoformat(),
        "outcome": kept(done.date(), due_at.date()) if ends and due_at else "",
        "note": _note(event, note),
    }


def _note(event: Event, note: str) -> str:
    if evidence := _evidence(event):
        return f"{note}; {recorded(finish_of(event), event.at, evidence)}"
    asked_again = event.type == E.SUPPLEMENT_REQUESTED and event.data.get("late")
    return f"{note} {ASKED_AGAIN}" if asked_again else note


def _within_steps(history: Sequence[Event]) -> dict[int, dict[str, str]]:
    """By event, each hand-over within a step of the procedure: the step's own date, and whether it was kept by then."""
    said: dict[int, dict[str, str]] = {}
    for run in runs(history):
        given_on = [*(at for _, at in run.hands[1:]), run.ended_at]
        for (seq, _), end in zip(run.hands, given_on, strict=True):
            outcome = _step_kept(end or run.until(history[-1].at), run.due_at, over=end is not None)
            said[seq] = {"note": step_assigned(run.name, run.due_at), "outcome": outcome}
    return said


def _step_kept(end: datetime, due_at: datetime | None, *, over: bool) -> str:
    """To the instant, not by date: steps are measured in hours. Of one that goes on only that it is late."""
    if due_at is not None and end > due_at:
        return "Quá hạn"
    return "Đúng hạn" if due_at is not None and over else ""


def _evidence(event: Event) -> EvidenceKind | None:
    """What an earlier finish rests on; None when it was entered as it happened."""
    told = event.data.get("evidence") if event.type == E.DECIDED else None
    return FinishEvidence(**told).kind if told else None


def kept(done: date, due: date) -> str:
    """By date, as the statistics compare."""
    if done == due:
        return "Đúng hạn"
    return "Trước hạn" if done < due else "Quá hạn"
