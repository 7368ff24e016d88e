"""The words officers' pages have for queues, events, dates and money matters, in both languages. Pure."""

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from chalicelib.clock.rules import ZONE, PauseCause
from chalicelib.dossiers.life import PAUSED, RUNNING, Stage
from chalicelib.dossiers.queues import Queue
from chalicelib.dossiers.status import STEPS
from chalicelib.history.rules import EventType
from chalicelib.payments.attention import NeedKind
from chalicelib.payments.refunds import RefundState
from chalicelib.postal.rules import State, Trouble
from chalicelib.refusals import Language
from chalicelib.site.wording import Words, said

Kind = Literal["neutral", "waiting", "yours", "good", "late", "ended"]
E = EventType

QUEUES: Final[dict[Queue, Words]] = {
    "to_accept": ("Chờ tiếp nhận", "To accept"),
    "in_progress": ("Đang xử lý", "In progress"),
    "due_soon": ("Sắp đến hạn", "Due soon"),
    "overdue": ("Quá hạn", "Overdue"),
    "supplement": ("Chờ bổ sung", "Waiting for a supplement"),
    "paused": ("Tạm dừng", "Clock stopped"),
    "to_return": ("Chờ trả kết quả", "To return"),
    "all": ("Tất cả", "All"),
}
CAUSES: Final[dict[PauseCause, Words]] = {
    PauseCause.SUPPLEMENT: ("chờ người nộp bổ sung", "waiting for a supplement"),
    PauseCause.FINANCIAL_OBLIGATION: ("chờ thực hiện nghĩa vụ tài chính", "waiting for a financial obligation"),
    PauseCause.OTHER_AGENCY: ("chờ ý kiến cơ quan khác", "waiting for another agency"),
    PauseCause.FORCE_MAJEURE: ("bất khả kháng", "force majeure"),
}
EVENTS: Final[dict[EventType, Words]] = {
    E.CREATED: ("Lập hồ sơ", "Begun"),
    E.EDITED: ("Sửa thông tin", "Edited"),
    E.PAYMENT_STARTED: ("Bắt đầu thanh toán", "Payment begun"),
    E.REFUND_RECORDED: ("Ghi nhận hoàn tiền", "Refund recorded"),
    E.RESULT_WRITTEN: ("Soạn văn bản kết quả", "Result written"),
    E.PROPOSED: ("Trình kết quả", "Result proposed"),
    E.DELIVERY_FAILED: ("Bưu chính phát không thành công", "Delivery failed"),
    E.RATED: ("Người dân đánh giá", "Rated"),
    E.MESSAGED: ("Tin nhắn", "Message"),
    E.PAPER_REVOKED: ("Thu hồi giấy tờ", "Paper revoked"),
    E.DUE_SOON: ("Sắp đến hạn", "Due soon"),
    E.DUE_TODAY: ("Đến hạn hôm nay", "Due today"),
    E.OVERDUE: ("Quá hạn", "Overdue"),
    E.ACCEPTANCE_OVERDUE: ("Chậm tiếp nhận", "Late to accept"),
    E.DRAFT_EXPIRING: ("Bản nháp sắp hết hạn", "Draft expiring"),
    E.DRAFT_EXPIRED: ("Bản nháp hết hạn", "Draft expired"),
    E.DRAFT_DISCARDED: ("Bản nháp bị xoá theo yêu cầu", "Draft discarded"),
    **STEPS,
}
ACTORS: Final[dict[str, Words]] = {
    "citizen": ("người nộp", "the applicant"),
    "officer": ("cán bộ", "officer"),
    "system": ("hệ thống", "the system"),
    "provider": ("đơn vị thanh toán", "payment provider"),
    "carrier": ("bưu chính", "the post"),
}
# What of an event's facts an officer is told beside its name.
FACTS: Final[dict[str, Words]] = {
    "text": ("", ""),
    "title": ("", ""),
    "number": ("số", "no."),
    "texts": ("nội dung đã soạn", "what was written"),
    "reason": ("lý do", "reason"),
    "legal_basis": ("căn cứ", "legal basis"),
    "note": ("ghi chú", "note"),
    "officer": ("giao cho", "given to"),
    "due_at": ("hạn", "due"),
    "promised_at": ("hẹn lại", "promised by"),
    "days": ("số ngày", "days"),
    "amount": ("số tiền", "amount"),
    "provider": ("qua", "through"),
    "receipt_number": ("biên lai số", "receipt no."),
    "method": ("bằng", "by"),
    "status": ("tình trạng", "status"),
    "outcome": ("kết quả", "outcome"),
    "tracking_code": ("mã bưu gửi", "parcel"),
    "changed": ("đã sửa", "changed"),
    "on_behalf_of": ("thay cho", "standing in for"),
}
VALUES: Final[dict[str, Words]] = {
    "cash": ("tiền mặt", "cash"),
    "card": ("thẻ", "card"),
    "transfer": ("chuyển khoản", "bank transfer"),
    "granted": ("giải quyết", "granted"),
    "declined": ("không giải quyết", "declined"),
    "none": ("không phải nộp", "nothing to pay"),
    "due": ("chưa nộp", "to be paid"),
    "created": ("chờ người nộp trả", "begun"),
    "pending": ("chờ xác nhận", "waiting for confirmation"),
    "paid": ("đã nộp", "paid"),
    "failed": ("không thành công", "failed"),
    "expired": ("hết hạn", "expired"),
    "mismatched": ("không khớp", "mismatched"),
    "overpaid": ("nộp thừa", "overpaid"),
    "disputed": ("đang tra soát", "disputed"),
    "refund_pending": ("đang hoàn", "being refunded"),
    "refunded": ("đã hoàn", "refunded"),
    "part_refunded": ("đã hoàn một phần", "refunded in part"),
    "success": ("thành công", "succeeded"),
    "failure": ("không thành công", "failed"),
    "mismatch": ("không khớp", "mismatch"),
    "kept": ("giữ lại tiền", "the money stays"),
    "lost": ("mất tiền", "the money is gone"),
    "notification": ("tự thông báo", "notified"),
    "query": ("khi được hỏi", "when asked"),
    "finance": ("kế toán", "finance"),
    "counter": ("tại quầy", "at the desk"),
    "online": ("trực tuyến", "online"),
    "desk": ("tại quầy", "at the desk"),
    "post": ("qua bưu chính", "by post"),
}

PARCELS: Final[dict[State, Words]] = {
    State.NEEDS_PERSON: ("Chờ người xử lý", "Needs somebody"),
    State.RETURNED_TO_SENDER: ("Bưu chính hoàn về", "Came back"),
    State.FAILED: ("Phát hỏng", "Failed"),
}
TROUBLES: Final[dict[Trouble, Words]] = {
    Trouble.NO_ANSWER: ("Bưu chính không trả lời rõ trong một ngày", "The carrier gave no clear answer for a day"),
    Trouble.REFUSED: ("Bưu chính từ chối", "The carrier refused"),
    Trouble.NO_ADDRESS: ("Hồ sơ không có địa chỉ nhận", "The dossier has no address"),
    Trouble.SILENT: ("Bưu chính đã nhận nhưng nhiều ngày không có tin", "The carrier has it and is silent"),
    Trouble.DOSSIER_CHANGED: ("Hồ sơ đã đổi trạng thái", "The dossier has changed"),
}
NEEDS: Final[dict[NeedKind, Words]] = {
    NeedKind.DISPUTED: ("Đang tra soát", "Disputed"),
    NeedKind.MISMATCHED: ("Không khớp số tiền", "Wrong amount"),
    NeedKind.REFUND_FAILED: ("Hoàn tiền không thành", "Refund failed"),
    NeedKind.APPROVE: ("Chờ duyệt hoàn tiền", "Refund to approve"),
    NeedKind.PAY_OUT: ("Chờ chi hoàn bằng tay", "Refund to pay out"),
    NeedKind.OVERPAID: ("Nộp thừa", "Overpaid"),
    NeedKind.ON_ITS_WAY: ("Đang hoàn", "Refund on its way"),
}
# What every bank's word of a transfer holds; a provider's other facts keep the provider's own names.
TOLD_OF_MONEY: Final[dict[str, Words]] = {
    "memo": ("nội dung chuyển khoản", "message"),
    "at": ("lúc", "at"),
    "bank": ("ngân hàng", "bank"),
    "account": ("tài khoản nhận, 4 số cuối", "into the account ending in"),
    "reference": ("số giao dịch", "reference"),
    "service_id": ("mã báo có", "notification"),
}
REFUNDS: Final[dict[RefundState, Words]] = {
    RefundState.PROPOSED: ("theo quy định, chờ duyệt", "by the rule, to be approved"),
    RefundState.WAITING: ("chờ người thứ hai duyệt", "waits for a second person"),
    RefundState.APPROVED: ("đã duyệt", "approved"),
    RefundState.TAKEN_ON: ("đơn vị thanh toán đang hoàn", "the provider is sending it"),
    RefundState.REJECTED: ("không hoàn", "rejected"),
    RefundState.FAILED: ("hoàn không thành", "failed"),
    RefundState.DONE: ("đã hoàn", "paid back"),
}


class Due(NamedTuple):
    """When something is due, in words, and how that looks."""

    words: str
    kind: Kind


def value(word: str, language: Language) -> str:
    return said(VALUES.get(word, (word, word)), language)


def due_of_card(card: dict[str, Any], now: datetime, soon: datetime, language: Language) -> Due:
    """Of a card as the lists hold it: by when to accept it, or to have it done."""
    stage = Stage(card["stage"])
    by = card["acceptance_due_at"] if stage == Stage.SUBMITTED else card["due_at"]
    return due_in(stage, datetime.fromisoformat(by) if by else None, now, soon, language)


def due_in(stage: Stage, by: datetime | None, now: datetime, soon: datetime, language: Language) -> Due:
    """`soon`: what is due until then is due soon, as in the queue of that name."""
    if stage not in (*RUNNING, Stage.SUBMITTED):
        stopped = (
            ("Tạm dừng tính hạn", "The clock is stopped")
            if stage in PAUSED
            else ("Không tính hạn nữa", "No clock runs")
        )
        return Due(said(stopped, language), "neutral")
    if by is None and stage == Stage.SUBMITTED:
        return Due(said(("Chờ nộp phí", "Waiting for the fee"), language), "waiting")
    if by is None:
        return Due(said(("Không có thời hạn", "No date"), language), "neutral")
    days = (by.astimezone(ZONE).date() - now.astimezone(ZONE).date()).days
    clock = f"{by.astimezone(ZONE):%H:%M}"
    if now > by:
        late = (f"Quá hạn {-days} ngày", f"{-days} days late") if days else ("Quá hạn hôm nay", "Late today")
        return Due(said(late, language), "late")
    if days == 0:
        return Due(said((f"Hôm nay, trước {clock}", f"Today by {clock}"), language), "yours")
    if days == 1:
        return Due(said((f"Ngày mai, trước {clock}", f"Tomorrow by {clock}"), language), "yours")
    day = f"{by.astimezone(ZONE):%d/%m}"
    return Due(
        said((f"Còn {days} ngày, đến {day}", f"In {days} days, {day}"), language), "yours" if by <= soon else "good"
    )
