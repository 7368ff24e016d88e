"""The words pages have for the values of the domain, in both languages. Pure."""

from collections.abc import Sequence
from typing import Final

from chalicelib.catalogue.publication import Summary
from chalicelib.catalogue.rules import Component, Procedure
from chalicelib.clock.rules import Processing, Unit
from chalicelib.dossiers.status import PublicStatus
from chalicelib.refusals import Language

Words = tuple[str, str]

UNITS: Final[dict[Unit, Words]] = {
    Unit.WORKING_HOUR: ("giờ làm việc", "working hours"),
    Unit.WORKING_DAY: ("ngày làm việc", "working days"),
    Unit.CALENDAR_DAY: ("ngày", "days"),
    Unit.MONTH: ("tháng", "months"),
}
AUDIENCE: Final[dict[str, Words]] = {
    "person": ("Cá nhân", "People"),
    "household": ("Hộ gia đình, hộ kinh doanh", "Households and household businesses"),
    "organisation": ("Tổ chức, doanh nghiệp", "Organisations and companies"),
}
CHANNELS: Final[dict[str, Words]] = {
    "online": ("trực tuyến", "online"),
    "desk": ("tại quầy", "at the desk"),
    "post": ("qua bưu chính", "by post"),
}
VISITS: Final[dict[int, Words]] = {
    0: ("Không phải đến lần nào: nộp trực tuyến, nhận kết quả tại nhà.", "None: file online, get the result at home."),
    1: ("Phải đến 1 lần.", "Come once."),
    2: ("Phải đến 2 lần.", "Come twice."),
}
PAYMENT: Final[dict[str, Words]] = {
    "none": ("Không phải nộp", "Nothing to pay"),
    "due": ("Chưa nộp", "To be paid"),
    "pending": ("Đang chờ xác nhận", "Waiting for confirmation"),
    "paid": ("Đã nộp", "Paid"),
    "failed": ("Thanh toán không thành công, có thể nộp lại", "The payment failed; it can be paid again"),
    "mismatched": ("Số tiền nhận được chưa khớp, đang kiểm tra", "The amount received differs; it is being checked"),
    "overpaid": ("Đã nộp thừa, phần thừa sẽ được hoàn", "Paid too much; the rest will be refunded"),
    "disputed": ("Đã nộp, đang được tra soát", "Paid; under dispute"),
    "refund_pending": ("Đang hoàn tiền", "Being refunded"),
    "refunded": ("Đã hoàn tiền", "Refunded"),
    "part_refunded": ("Đã hoàn một phần", "Refunded in part"),
}
TURNS: Final[dict[str, tuple[Words, str]]] = {
    "agency": (("Đến lượt cơ quan nhà nước", "It is the agency's turn"), "waiting"),
    "citizen": (("Đến lượt bạn", "It is your turn"), "yours"),
    "post": (("Đến lượt bưu chính", "It is the post's turn"), "waiting"),
    "nobody": (("Không còn việc phải làm", "Nothing is left to do"), "ended"),
}


# What an answer of a kind is to look like, told to whoever gave another.
WANTED: Final[dict[str, Words]] = {
    "date": ("Hãy nhập ngày dạng ngày/tháng/năm, ví dụ 02/09/1990.", "Enter a date as 02/09/1990."),
    "integer": ("Hãy nhập một số nguyên.", "Enter a whole number."),
    "number": ("Hãy nhập một số.", "Enter a number."),
}


def said(words: Words, language: Language) -> str:
    return words[0] if language == "vi" else words[1]


def term(processing: Processing | None, note: str, language: Language) -> str:
    """`5 ngày làm việc`; for what no machine can count, what the law says instead."""
    if processing is None:
        return note or said(("Theo quy định pháp luật", "As the law provides"), language)
    amount = f"{processing.amount:g}"
    unit = said(UNITS[processing.unit], language)
    if language == "en":
        return f"{amount} {unit.removesuffix('s') if amount == '1' else unit}"
    return f"{amount.replace('.', ',')} {unit}"


def ways(channels: Sequence[str], language: Language) -> str:
    return ", ".join(said(CHANNELS[each], language) for each in channels)


def copies(component: Component, language: Language) -> str:
    """How many of a paper: `1 bản chính, 2 bản sao`."""
    counts = (
        (component.original, ("bản chính", "original" if component.original == 1 else "originals")),
        (component.copy_, ("bản sao", "copy" if component.copy_ == 1 else "copies")),
    )
    return ", ".join(f"{count} {said(words, language)}" for count, words in counts if count)


def can_be_filed_online(procedure: Procedure | Summary) -> bool:
    return procedure.status == "in_force" and not procedure.needs_review and "online" in procedure.channels.submit


def tag_of(status: PublicStatus) -> str:
    """The kind of tag for where a dossier stands."""
    if status.overdue and status.finished_at is None:
        return "late"
    return "good" if status.status == "returned" else TURNS[status.turn.who][1]
