"""What each difference between our ledger and a provider's statement means, and what to do, in both languages. Pure."""

from typing import Final, NamedTuple

from chalicelib.payments.reconciling.movements import Kind, Status
from chalicelib.payments.reconciling.rules import Difference, DifferenceKind
from chalicelib.refusals import Language


class Said(NamedTuple):
    vi: str
    en: str

    def told(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


class Meaning(NamedTuple):
    """`title`: in a few words; `why`: what is the matter; `todo`: what a person does about it."""

    title: Said
    why: Said
    todo: Said


KINDS: Final = {Kind.PAYMENT: Said("Thanh toán", "Payment"), Kind.REFUND: Said("Hoàn trả", "Refund")}
STATUSES: Final = {
    Status.SUCCESS: Said("Thành công", "Succeeded"),
    Status.REVERSED: Said("Đã đảo giao dịch", "Reversed"),
    Status.PENDING: Said("Đang xử lý", "Pending"),
    Status.FAILED: Said("Không thành công", "Failed"),
    Status.UNHEARD: Said("Chưa có phản hồi", "Not heard of"),
}
MEANINGS: Final = {
    DifferenceKind.MISSING_WITH_US: Meaning(
        Said("Sổ của ta thiếu", "Missing with us"),
        Said(
            "Sao kê có khoản tiền của một lần thanh toán mà hệ thống chưa ghi nhận là đã thu.",
            "The statement has money for a payment that our ledger does not know as received.",
        ),
        Said(
            "Truy vấn lại giao dịch này ở nhà cung cấp. Nếu đúng là đã thu, kết quả truy vấn được ghi nhận thành sự"
            " kiện và hồ sơ tự cập nhật; nếu không truy vấn được, lập yêu cầu tra soát.",
            "Query this transaction with the provider again. If the money did arrive, its answer is recorded as an"
            " event and the dossier follows; if it cannot be queried, open an inquiry.",
        ),
    ),
    DifferenceKind.MISSING_WITH_THEM: Meaning(
        Said("Sao kê thiếu", "Missing with them"),
        Said(
            "Hệ thống đã ghi nhận khoản thu này nhưng sao kê không có.",
            "Our ledger has received this money, the statement does not have it.",
        ),
        Said(
            "Gửi nhà cung cấp yêu cầu tra soát theo mã giao dịch. Không hoàn trả và không sửa sổ khi chưa có kết quả.",
            "Send the provider an inquiry under the transaction's number. Refund and correct nothing before it"
            " answers.",
        ),
    ),
    DifferenceKind.OTHER_STATUS: Meaning(
        Said("Lệch trạng thái", "Other status"),
        Said(
            "Trạng thái của cùng một giao dịch ở hai bên khác nhau.",
            "The two sides give the same transaction different statuses.",
        ),
        Said(
            "Truy vấn lại giao dịch ở nhà cung cấp để kết quả được ghi nhận thành sự kiện. Nếu họ đã đảo giao dịch,"
            " kiểm tra phí, lệ phí của hồ sơ có còn đủ không trước khi trả kết quả.",
            "Query the transaction with the provider again, so that the outcome is recorded as an event. If they"
            " reversed it, check that the dossier's fee is still covered before its result is handed over.",
        ),
    ),
    DifferenceKind.OTHER_AMOUNT: Meaning(
        Said("Lệch số tiền", "Other amount"),
        Said("Số tiền của cùng một giao dịch ở hai bên khác nhau.", "The two sides give different amounts."),
        Said(
            "Đối chiếu với chứng từ gốc của nhà cung cấp. Thu thừa thì hoàn trả phần thừa; thu thiếu thì đề nghị nộp"
            " bổ sung.",
            "Compare with the provider's own voucher. What was paid too much is refunded; what is missing is asked"
            " for.",
        ),
    ),
    DifferenceKind.REFUND_MISSING_WITH_US: Meaning(
        Said("Sổ của ta thiếu khoản hoàn trả", "Refund missing with us"),
        Said(
            "Sao kê có khoản hoàn trả mà hệ thống không yêu cầu hoặc chưa ghi nhận là đã trả.",
            "The statement has a refund that we did not ask for, or do not know as paid out.",
        ),
        Said(
            "Kiểm tra yêu cầu hoàn trả của hồ sơ. Nếu không có, hỏi nhà cung cấp ai đã yêu cầu và vì sao; phí, lệ phí"
            " của hồ sơ có thể không còn đủ.",
            "Look at the dossier's refunds. If there is none, ask the provider who requested it and why; the"
            " dossier's fee may no longer be covered.",
        ),
    ),
    DifferenceKind.REFUND_MISSING_WITH_THEM: Meaning(
        Said("Sao kê thiếu khoản hoàn trả", "Refund missing with them"),
        Said(
            "Hệ thống ghi nhận đã hoàn trả nhưng sao kê không có.",
            "Our ledger says that money was sent back, the statement does not have it.",
        ),
        Said(
            "Truy vấn trạng thái hoàn trả ở nhà cung cấp. Người dân có thể chưa nhận được tiền; không gửi yêu cầu mới"
            " khi chưa có kết quả.",
            "Ask the provider what became of the refund. The payer may not have the money yet; request no other"
            " refund before it answers.",
        ),
    ),
    DifferenceKind.UNKNOWN_ORDER: Meaning(
        Said("Không rõ đơn hàng", "Unknown order"),
        Said(
            "Sao kê có khoản tiền không thuộc lần thanh toán nào của hệ thống.",
            "The statement has money that belongs to no payment of ours.",
        ),
        Said(
            "Không gán vào hồ sơ nào. Hỏi nhà cung cấp nguồn của khoản tiền; nếu chuyển nhầm thì trả lại theo quy"
            " trình của họ.",
            "Place it on no dossier. Ask the provider where it comes from; what was sent by mistake goes back the"
            " provider's way.",
        ),
    ),
    DifferenceKind.TOLD_TWICE: Meaning(
        Said("Sao kê lặp lại", "Told twice"),
        Said("Sao kê ghi cùng một giao dịch nhiều lần.", "The statement tells of the same transaction again."),
        Said(
            "Đề nghị nhà cung cấp xác nhận chỉ có một giao dịch và sửa sao kê; tổng của họ đang thừa khoản này.",
            "Have the provider confirm that there is only one transaction and correct the statement; its total is"
            " too high by this line.",
        ),
    ),
    DifferenceKind.OTHER_DAY: Meaning(
        Said("Khác ngày", "Other day"),
        Said(
            "Một bên ghi giao dịch vào ngày ngoài kỳ đối soát.",
            "One of the two sides has the transaction on a day outside these.",
        ),
        Said(
            "Tìm giao dịch trong đối soát của ngày liền kề. Có ở đó thì không phải làm gì; không có thì tra soát như"
            " khoản thiếu.",
            "Look for it in the reconciliation of the neighbouring days. If it is there nothing is to be done; if"
            " not, inquire as for a missing one.",
        ),
    ),
}


def meaning(difference: Difference) -> Meaning:
    return MEANINGS[difference.kind]
