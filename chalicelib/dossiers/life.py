"""The life of a dossier as one table: in this stage, this event leads there. A pair that is absent is refused. Pure."""

from enum import StrEnum
from typing import Final

from chalicelib.history.rules import EventType
from chalicelib.refusals import Conflict


class Stage(StrEnum):
    """Where a dossier is. The public status is the same word, except that `suspended` is shown as `processing`."""

    DRAFT = "draft"
    EXPIRED = "expired"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    PROCESSING = "processing"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    AWAITING_OBLIGATION = "awaiting_obligation"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    FINISHED = "finished"
    RETURNED = "returned"


S, E = Stage, EventType
# Where a pause ends: the stage it began in (a supplement asked before acceptance goes back to the desk).
BACK: Final = None
PAUSED: Final = frozenset({S.SUPPLEMENT_REQUESTED, S.AWAITING_OBLIGATION, S.SUSPENDED})
RUNNING: Final = frozenset({S.ACCEPTED, S.PROCESSING})

NEXT: Final[dict[tuple[Stage, EventType], Stage | None]] = {
    (S.DRAFT, E.EDITED): S.DRAFT,
    (S.DRAFT, E.SUBMITTED): S.SUBMITTED,
    (S.DRAFT, E.DRAFT_EXPIRING): S.DRAFT,
    (S.DRAFT, E.DRAFT_EXPIRED): S.EXPIRED,
    (S.DRAFT, E.DRAFT_DISCARDED): S.EXPIRED,
    (S.SUBMITTED, E.PAYMENT_STARTED): S.SUBMITTED,
    (S.SUBMITTED, E.COUNTER_PAID): S.SUBMITTED,
    (S.SUBMITTED, E.ACCEPTED): S.ACCEPTED,
    (S.SUBMITTED, E.REFUSED): S.NOT_ACCEPTED,
    (S.SUBMITTED, E.SUPPLEMENT_REQUESTED): S.SUPPLEMENT_REQUESTED,
    (S.SUBMITTED, E.ASSIGNED): S.SUBMITTED,
    (S.SUBMITTED, E.WITHDRAWN): S.WITHDRAWN,
    (S.SUBMITTED, E.ACCEPTANCE_OVERDUE): S.SUBMITTED,
    (S.ACCEPTED, E.PAYMENT_STARTED): S.ACCEPTED,
    (S.ACCEPTED, E.COUNTER_PAID): S.ACCEPTED,
    (S.ACCEPTED, E.ASSIGNED): S.PROCESSING,
    (S.ACCEPTED, E.SUPPLEMENT_REQUESTED): S.SUPPLEMENT_REQUESTED,
    (S.ACCEPTED, E.EXTENDED): S.ACCEPTED,
    (S.ACCEPTED, E.APOLOGISED): S.ACCEPTED,
    (S.ACCEPTED, E.STOPPED): S.STOPPED,
    (S.ACCEPTED, E.WITHDRAWN): S.WITHDRAWN,
    (S.ACCEPTED, E.PROPOSED): S.PROCESSING,
    (S.ACCEPTED, E.DECIDED): S.FINISHED,
    (S.ACCEPTED, E.DUE_SOON): S.ACCEPTED,
    (S.ACCEPTED, E.DUE_TODAY): S.ACCEPTED,
    (S.ACCEPTED, E.OVERDUE): S.ACCEPTED,
    (S.PROCESSING, E.PAYMENT_STARTED): S.PROCESSING,
    (S.PROCESSING, E.COUNTER_PAID): S.PROCESSING,
    (S.PROCESSING, E.ASSIGNED): S.PROCESSING,
    (S.PROCESSING, E.SUPPLEMENT_REQUESTED): S.SUPPLEMENT_REQUESTED,
    (S.PROCESSING, E.EXTENDED): S.PROCESSING,
    (S.PROCESSING, E.APOLOGISED): S.PROCESSING,
    (S.PROCESSING, E.STOPPED): S.STOPPED,
    (S.PROCESSING, E.WITHDRAWN): S.WITHDRAWN,
    (S.PROCESSING, E.PROPOSED): S.PROCESSING,
    (S.PROCESSING, E.DECIDED): S.FINISHED,
    (S.PROCESSING, E.DUE_SOON): S.PROCESSING,
    (S.PROCESSING, E.DUE_TODAY): S.PROCESSING,
    (S.PROCESSING, E.OVERDUE): S.PROCESSING,
    (S.SUPPLEMENT_REQUESTED, E.EDITED): S.SUPPLEMENT_REQUESTED,
    (S.SUPPLEMENT_REQUESTED, E.SUPPLEMENT_ANSWERED): BACK,
    (S.SUPPLEMENT_REQUESTED, E.PAYMENT_STARTED): S.SUPPLEMENT_REQUESTED,
    (S.SUPPLEMENT_REQUESTED, E.COUNTER_PAID): S.SUPPLEMENT_REQUESTED,
    (S.SUPPLEMENT_REQUESTED, E.ASSIGNED): S.SUPPLEMENT_REQUESTED,
    (S.SUPPLEMENT_REQUESTED, E.STOPPED): S.STOPPED,
    (S.SUPPLEMENT_REQUESTED, E.WITHDRAWN): S.WITHDRAWN,
    (S.FINISHED, E.PAYMENT_STARTED): S.FINISHED,
    (S.FINISHED, E.COUNTER_PAID): S.FINISHED,
    (S.FINISHED, E.HANDED_TO_POST): S.FINISHED,
    (S.FINISHED, E.DISPATCHED): S.FINISHED,
    (S.FINISHED, E.DELIVERY_FAILED): S.FINISHED,
    (S.FINISHED, E.DELIVERED): S.RETURNED,
    (S.FINISHED, E.RETURNED): S.RETURNED,
    (S.RETURNED, E.RATED): S.RETURNED,
    (S.NOT_ACCEPTED, E.RATED): S.NOT_ACCEPTED,
    (S.STOPPED, E.RATED): S.STOPPED,
}
# The two pauses live alike: the citizen owes something to the State, or the agency waits for another.
for paused in PAUSED - {S.SUPPLEMENT_REQUESTED}:
    NEXT[paused, E.RESUMED] = BACK
    NEXT[paused, E.STOPPED] = S.STOPPED
    NEXT[paused, E.WITHDRAWN] = S.WITHDRAWN
    for changing_nothing in (E.ASSIGNED, E.PAYMENT_STARTED, E.COUNTER_PAID):
        NEXT[paused, changing_nothing] = paused
# Which of the two it is depends on the cause (see `suspend`); the table names the general one.
for running in RUNNING:
    NEXT[running, E.SUSPENDED] = S.SUSPENDED
    NEXT[running, E.RESULT_WRITTEN] = running
# The calendar may be amended under any clock, running or not.
for open_ in (S.SUBMITTED, *RUNNING, *PAUSED):
    NEXT[open_, E.CALENDAR_CHANGED] = open_
# Money that arrived is a fact whatever became of the dossier; so is what its people write, and take back.
for filed in Stage:
    if filed not in (S.DRAFT, S.EXPIRED):
        NEXT[filed, E.PAYMENT_RECORDED] = filed
        NEXT[filed, E.REFUND_RECORDED] = filed
        NEXT[filed, E.MESSAGED] = filed
        NEXT[filed, E.PAPER_REVOKED] = filed

CLOSED: Final = frozenset({S.EXPIRED, S.NOT_ACCEPTED, S.WITHDRAWN, S.STOPPED, S.RETURNED})

# The national portal's numbers (domain: TrangThaiHoSo).
NATIONAL: Final = {
    S.DRAFT: 0,
    S.EXPIRED: 0,
    S.SUBMITTED: 1,
    S.ACCEPTED: 2,
    S.NOT_ACCEPTED: 3,
    S.PROCESSING: 4,
    S.SUSPENDED: 4,
    S.SUPPLEMENT_REQUESTED: 5,
    S.AWAITING_OBLIGATION: 6,
    S.WITHDRAWN: 7,
    S.STOPPED: 8,
    S.FINISHED: 9,
    S.RETURNED: 10,
}
NAMES: Final = {
    S.DRAFT: ("Bản nháp", "Draft"),
    S.EXPIRED: ("Bản nháp đã bị xoá", "Erased draft"),
    S.SUBMITTED: ("Mới đăng ký", "Submitted"),
    S.ACCEPTED: ("Được tiếp nhận", "Accepted"),
    S.NOT_ACCEPTED: ("Không được tiếp nhận", "Not accepted"),
    S.PROCESSING: ("Đang xử lý", "Being processed"),
    S.SUSPENDED: ("Đang xử lý (tạm dừng)", "Being processed (clock stopped)"),
    S.SUPPLEMENT_REQUESTED: ("Yêu cầu bổ sung giấy tờ", "Supplement asked for"),
    S.AWAITING_OBLIGATION: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Awaiting a financial obligation"),
    S.WITHDRAWN: ("Công dân yêu cầu rút hồ sơ", "Withdrawn by the citizen"),
    S.STOPPED: ("Dừng xử lý", "Stopped"),
    S.FINISHED: ("Đã xử lý xong", "Finished"),
    S.RETURNED: ("Đã trả kết quả", "Result returned"),
}


class NotInThisStage(Conflict):
    code = "not_in_this_status"
    vi = "Hồ sơ đang ở trạng thái “{now_vi}” nên không thực hiện được việc này."
    en = "The dossier is “{now_en}”, which does not allow this."


def next_stage(stage: Stage, event: EventType, back: Stage | None = None) -> Stage:
    """Where the event leads; `back` is the stage in which the present pause began. Raises `NotInThisStage`."""
    try:
        return NEXT[stage, event] or back or S.PROCESSING
    except KeyError:
        now_vi, now_en = NAMES[stage]
        raise NotInThisStage(now_vi=now_vi, now_en=now_en) from None


def public_word(stage: Stage) -> str:
    """The contract's status: a suspended dossier is still being processed, an expired draft was never more."""
    return {Stage.SUSPENDED: Stage.PROCESSING, Stage.EXPIRED: Stage.DRAFT}.get(stage, stage).value
