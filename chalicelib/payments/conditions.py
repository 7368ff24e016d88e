"""Under which conditions money is taken, and how it is said when it is not. Pure."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from chalicelib.amounts import dong, vnd
from chalicelib.dossiers.rules import MONEY_IN, Dossier
from chalicelib.refusals import Conflict, Fault, Forbidden, Invalid, NotFound, Stale, Unavailable

LONGEST_RETURN_URL: Final = 255
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
NOT_HTTPS: Final = Fault(
    "/return_url",
    "wrong_return_url",
    "Địa chỉ quay lại phải là một URL https:// đầy đủ.",
    "The return address must be a complete https:// URL.",
)
TOO_LONG: Final = Fault(
    "/return_url",
    "too_long",
    "Địa chỉ quay lại dài tối đa 255 ký tự.",
    "The return address has at most 255 characters.",
)


class BadReturnUrl(Invalid):
    """Where the payer would be sent back to is no place we send people."""


class UnknownProvider(NotFound):
    code = "payment_provider_not_found"
    vi = "Không có nhà cung cấp dịch vụ thanh toán này."
    en = "There is no such payment provider."


class ProviderNotAccepted(Invalid):
    """Named in a request to pay: the request is at fault, not the address."""

    @classmethod
    def among(cls, accepted: Sequence[str]) -> "ProviderNotAccepted":
        names = ", ".join(accepted)
        return cls((Fault("/provider", "unknown_value", f"Hãy chọn một trong: {names}.", f"Choose one of: {names}."),))


class NothingDue(Conflict):
    code = "nothing_due"
    vi = "Hồ sơ này không phải nộp phí, lệ phí."
    en = "No fee is due for this dossier."


class AlreadyPaid(Conflict):
    code = "already_paid"
    vi = "Phí, lệ phí của hồ sơ này đã được nộp đủ."
    en = "The fee of this dossier has already been paid."


class PaidAtTheDesk(Conflict):
    code = "paid_at_the_desk"
    vi = "Phí, lệ phí của thủ tục này được nộp tại bộ phận một cửa, không nộp trực tuyến."
    en = "The fee of this procedure is paid at the desk, not online."


class NotTheAmountDue(Invalid):
    @classmethod
    def but(cls, due: int) -> "NotTheAmountDue":
        vi, en = f"Số tiền phải thu là {dong(due)}.", f"The amount due is {vnd(due)}."
        return cls((Fault("/amount", "not_the_amount_due", vi, en),))


class ReceiptNumberUsed(Conflict):
    code = "receipt_number_used"
    vi = "Số biên lai này đã được dùng. Hãy kiểm tra lại biên lai."
    en = "This receipt number has been used. Check the receipt."


def require_return_url(url: str, *, local: bool) -> None:
    """Payers are sent back over TLS; only the local stack may send them to its own machine without."""
    if len(url) > LONGEST_RETURN_URL:
        raise BadReturnUrl((TOO_LONG,))
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadReturnUrl((NOT_HTTPS,)) from None
    safe = parts.scheme == "https" or (local and parts.scheme == "http" and host in LOOPBACK)
    if not safe or not host or parts.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise BadReturnUrl((NOT_HTTPS,))


def require_due(dossier: Dossier) -> None:
    if not dossier.fee_due:
        raise NothingDue
    if dossier.payment_status in MONEY_IN:
        raise AlreadyPaid


def require_payable_online(dossier: Dossier) -> None:
    require_due(dossier)
    if not dossier.procedure.pay_online:
        raise PaidAtTheDesk


class ProviderSilent(Unavailable):
    code = "payment_provider_silent"
    vi = "Nhà cung cấp dịch vụ thanh toán chưa trả lời. Chưa có khoản tiền nào bị thu; hãy thử lại hoặc chọn cách khác."
    en = "The payment provider does not answer. No money was taken; try again or choose another."


class UnknownPayment(NotFound):
    code = "payment_not_found"
    vi = "Không có khoản thanh toán này."
    en = "There is no such payment."


class UnknownRefund(NotFound):
    code = "refund_not_found"
    vi = "Không có yêu cầu hoàn phí này."
    en = "There is no such refund."


class UnknownMoney(NotFound):
    code = "unmatched_money_not_found"
    vi = "Không có khoản tiền chưa khớp này."
    en = "There is no such unmatched money."


class PlacedAlready(Conflict):
    code = "money_placed_already"
    vi = "Khoản tiền này đã được người khác xử lý."
    en = "Somebody has dealt with this money already."


class NotWhatYouBelieve(Stale):
    """The caller has not seen what happened to the money since."""

    code = "refundable_changed"
    vi = "Số tiền còn có thể hoàn là {refundable:,} đồng, không phải {believed:,} đồng. Hãy xem lại rồi thực hiện lại."
    en = "What can still be refunded is VND {refundable:,}, not VND {believed:,}. Look again, then repeat."

    def __init__(self, current: str, refundable: int, believed: int) -> None:
        super().__init__(current)
        self.facts = {"refundable": refundable, "believed": believed}


class MoreThanRefundable(Invalid):
    @classmethod
    def than(cls, refundable: int) -> "MoreThanRefundable":
        vi, en = f"Chỉ còn có thể hoàn {dong(refundable)}.", f"Only {vnd(refundable)} can be refunded."
        return cls((Fault("/amount", "more_than_refundable", vi, en),))


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    vi = "Khoản thanh toán này không còn tiền để hoàn."
    en = "There is nothing left to refund of this payment."


class SamePerson(Forbidden):
    code = "second_person_needed"
    vi = "Khoản hoàn phí này phải do một người khác duyệt, không phải người đã đề nghị."
    en = "This refund must be approved by somebody other than who asked for it."


class NotInThisState(Conflict):
    code = "refund_not_in_this_state"
    vi = "Yêu cầu hoàn phí không còn ở trạng thái cho phép việc này."
    en = "The refund is no longer in a state that allows this."


class PaidOutByTheProvider(Conflict):
    code = "refund_is_sent_by_provider"
    vi = "Khoản hoàn này do nhà cung cấp dịch vụ thanh toán chi trả, không chi trả bằng tay."
    en = "The payment provider pays this refund out; it is not paid by hand."


class WrongDispute(Conflict):
    code = "no_such_dispute"
    vi = "Không có khiếu nại đang mở với mã tham chiếu này."
    en = "No dispute with this reference is open."


class DisputeKnown(Conflict):
    code = "dispute_known_already"
    vi = "Khiếu nại với mã tham chiếu này đã được ghi nhận."
    en = "The dispute with this reference has been noted already."


class OtherProvider(Conflict):
    """A refund would be sent through a provider that never had the money."""

    code = "money_of_another_provider"
    vi = "Khoản tiền này đến qua một nhà cung cấp khác. Hãy nêu mã hồ sơ thay cho khoản thanh toán."
    en = "This money came through another provider. Name the dossier instead of the payment."
