"""Why a statement, or a line of it, cannot be read, and what to do, in both languages. Pure."""

from typing import Final

from chalicelib.payments.reconciling.sheets import MOST_ROWS, Unfit
from chalicelib.payments.reconciling.statement_formats import StatementFormat
from chalicelib.payments.reconciling.statements import UnreadableLine
from chalicelib.refusals import Fault, Invalid, Language

Words = tuple[str, str]
COLUMNS: Final[dict[str, Words]] = {
    "reference": ("mã giao dịch", "reference"),
    "order": ("mã đơn hàng", "order"),
    "kind": ("loại giao dịch", "kind"),
    "status": ("trạng thái", "status"),
    "amount": ("số tiền", "amount"),
    "at": ("thời gian", "time"),
    "fee": ("phí dịch vụ", "fee"),
}
LINES: Final[dict[str, Words]] = {
    "formula": ("ô là công thức; hãy thay bằng giá trị", "the cell is a formula; put its value instead"),
    "empty": ("ô để trống", "the cell is empty"),
    "unknown_word": (
        "từ này không có trong khuôn dạng của nhà cung cấp",
        "the provider's format does not know this word",
    ),
    "nothing_named": ("không có mã giao dịch lẫn mã đơn hàng", "there is neither a reference nor an order"),
    "not_an_amount": ("không phải số tiền nguyên đồng", "not a whole amount in đồng"),
    "negative": ("số tiền âm không rõ nghĩa", "a negative amount, whose meaning is not known"),
    "not_a_time": ("không phải ngày giờ theo khuôn dạng", "not a time in one of the format's ways"),
    "not_text": ("không phải mã", "not a name or number of a transaction"),
    "rounded": (
        "bảng tính đã làm tròn mã này; hãy định dạng cột là văn bản",
        "a spreadsheet has rounded it; format the column as text",
    ),
}
FILES: Final[dict[str, Words]] = {
    "not_base64": ("Tệp phải được mã hoá base64.", "The file must be base64."),
    "not_utf8": ("Tệp CSV phải ở dạng UTF-8.", "A CSV file must be UTF-8."),
    "not_text": ("Tệp CSV có ký tự không phải văn bản.", "The CSV file is not text."),
    "badly_quoted": (
        "Dấu ngoặc kép mở ra mà không khép lại.",
        "Quotation marks open and do not close.",
    ),
    "too_many_rows": (
        f"Sao kê có quá {MOST_ROWS} dòng. Hãy chia theo ngày.",
        f"The statement has more than {MOST_ROWS} lines. Divide it by days.",
    ),
    "not_xlsx": (
        "Tệp không phải bảng tính XLSX đọc được.",
        "This is no readable XLSX workbook.",
    ),
    "rows_out_of_order": (
        "Bảng tính có dòng hoặc ô bị lặp.",
        "The workbook has a row or cell twice.",
    ),
    "too_large_unpacked": ("Bảng tính quá lớn khi giải nén.", "The workbook is too large when unpacked."),
    "two_tables": (
        "Tệp có nhiều hơn một bảng sao kê. Chỉ để lại một bảng.",
        "The file has more than one table of transactions. Leave only one.",
    ),
    "columns_missing": (
        "Không tìm thấy dòng tiêu đề có đủ các cột: {columns}.",
        "No line of heads has all of these columns: {columns}.",
    ),
    "column_twice": ("Dòng tiêu đề có hai cột cùng nghĩa.", "Two columns of the heads mean the same."),
}


class StatementUnfit(Invalid):
    code = "statement_unfit"
    vi = "Không đọc được sao kê này."
    en = "This statement cannot be read."

    @classmethod
    def because(cls, unfit: Unfit, form: StatementFormat) -> "StatementUnfit":
        where = (f" Dòng {unfit.line}.", f" Line {unfit.line}.") if unfit.line else ("", "")
        vi, en = (
            text.format(columns=_wanted(form, place)) + where[place] for place, text in enumerate(FILES[unfit.reason])
        )
        return cls([Fault("/file", unfit.reason, vi, en)])


def told(line: UnreadableLine, language: Language) -> str:
    place = 0 if language == "vi" else 1
    column, reason = COLUMNS[line.column][place], LINES[line.reason][place]
    return (f"Dòng {line.number}, cột {column}: {reason}.", f"Line {line.number}, {column}: {reason}.")[place]


def _wanted(form: StatementFormat, place: int) -> str:
    """Each column by our name for it, with the names it may have in the file."""
    wanted = {str(field): names for field, names in form.columns.items() if field not in ("at", "fee")}
    wanted["amount"] = tuple(form.amounts)
    return "; ".join(f"{COLUMNS[field][place]} ({' / '.join(names)})" for field, names in wanted.items())
