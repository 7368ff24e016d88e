"""Why a document is in its state, in words that say what to do. Pure; `found` and `declared` fill the words."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    UPLOAD_AWAITED = "upload_awaited"
    UPLOAD_EXPIRED = "upload_expired"
    BEING_CHECKED = "being_checked"
    SCANNER_AWAY = "scanner_away"
    CHECKED = "checked"
    CHECKED_UNSCANNED = "checked_unscanned"
    INFECTED = "malware_found"
    UNSCANNABLE = "scanner_limits"
    WRONG_TYPE = "wrong_type"
    PASSWORD = "password_protected"  # noqa: S105 - a reason, not a secret
    MACROS = "has_macros"
    SCRIPTS = "has_scripts"
    EMPTY = "file_empty"
    TRUNCATED = "file_truncated"
    SIZE_DIFFERS = "size_differs"
    CONTENT_DIFFERS = "content_differs"
    LOST = "upload_lost"
    REMOVED = "removed"


# Read as: Vietnamese, English.
SAID: Final[dict[Reason, tuple[str, str]]] = {
    Reason.UPLOAD_AWAITED: (
        "Đang chờ bạn tải tệp lên.",
        "Waiting for you to upload the file.",
    ),
    Reason.UPLOAD_EXPIRED: (
        "Đã hết thời gian tải lên mà chưa nhận được tệp. Hãy xoá mục này rồi chọn lại tệp.",
        "The time to upload has ended and no file came. Remove this entry and choose the file again.",
    ),
    Reason.BEING_CHECKED: (
        "Tệp đang được kiểm tra, thường xong trong vòng một phút.",
        "The file is being checked; this usually takes less than a minute.",
    ),
    Reason.SCANNER_AWAY: (
        "Bộ quét mã độc tạm thời không trả lời. Tệp sẽ được tự động kiểm tra lại; bạn không cần tải lên lần nữa.",
        "The malware scanner does not answer for now. The file will be checked again; you need not upload it again.",
    ),
    Reason.CHECKED: (
        "Tệp đã được kiểm tra và chấp nhận.",
        "The file was checked and accepted.",
    ),
    Reason.CHECKED_UNSCANNED: (
        "Tệp đã được kiểm tra định dạng và chấp nhận; hệ thống này không quét mã độc.",
        "The file's format was checked and accepted; this service does not scan for malware.",
    ),
    Reason.INFECTED: (
        "Phát hiện mã độc trong tệp ({found}) nên tệp đã bị loại bỏ. Hãy quét mã độc trên máy rồi tải lên bản sạch.",
        "Malware was found in the file ({found}), so it was discarded. Scan your computer, then upload a clean copy.",
    ),
    Reason.UNSCANNABLE: (
        "Tệp vượt quá giới hạn của bộ quét mã độc nên không kiểm tra được. Hãy giảm dung lượng hoặc tách nhỏ tệp.",
        "The file exceeds what the malware scanner can look through. Make it smaller, or split it into several files.",
    ),
    Reason.WRONG_TYPE: (
        "Nội dung thật của tệp là {found}, không phải {declared} như đã khai. "
        "Hãy chuyển tệp sang {declared} bằng phần mềm phù hợp (không chỉ đổi tên) rồi tải lên lại.",
        "The file is really {found}, not {declared} as declared. "
        "Convert it to {declared} with a suitable program (renaming is not enough), then upload it again.",
    ),
    Reason.PASSWORD: (
        "Tệp được đặt mật khẩu hoặc hạn chế quyền. Hãy lưu một bản không có bảo vệ rồi tải lên lại.",
        "The file is protected by a password or restrictions. Save a copy without protection, then upload it again.",
    ),
    Reason.MACROS: (
        "Tệp có chứa macro. Hãy lưu lại thành {declared} không có macro, hoặc xuất ra PDF, rồi tải lên lại.",
        "The file contains macros. Save it as {declared} without macros, or export it as PDF, then upload it again.",
    ),
    Reason.SCRIPTS: (
        "Tệp PDF có mã lệnh (JavaScript hoặc biểu mẫu động). Hãy mở tệp, chọn in ra PDF, rồi tải bản vừa in lên.",
        "The PDF contains scripts (JavaScript or a dynamic form). Open it, print it to PDF, then upload what came out.",
    ),
    Reason.EMPTY: (
        "Tệp không có nội dung. Hãy mở thử tệp, lưu hoặc quét lại rồi tải lên.",
        "The file is empty. Open it to see, save or scan it again, then upload it.",
    ),
    Reason.TRUNCATED: (
        "Tệp bị hỏng hoặc bị cắt cụt, thiếu phần cuối. Hãy mở thử tệp, lưu hoặc quét lại rồi tải lên.",
        "The file is damaged or cut off: its end is missing. Open it to see, save or scan it again, then upload it.",
    ),
    Reason.SIZE_DIFFERS: (
        "Dung lượng tệp nhận được khác với dung lượng đã khai. Hãy chọn lại tệp và tải lên lần nữa.",
        "The file received is not as large as declared. Choose the file again and upload it once more.",
    ),
    Reason.CONTENT_DIFFERS: (
        "Nội dung tệp nhận được khác với mã SHA-256 đã khai. Hãy chọn lại tệp và tải lên lần nữa.",
        "The file received does not match the SHA-256 declared. Choose the file again and upload it once more.",
    ),
    Reason.LOST: (
        "Tệp đã tải lên không còn trong kho tạm trước khi kiểm tra xong. Hãy tải lên lại.",
        "The uploaded file was gone before its check was done. Upload it again.",
    ),
    Reason.REMOVED: (
        "Tài liệu đã được xoá.",
        "The document was removed.",
    ),
}
