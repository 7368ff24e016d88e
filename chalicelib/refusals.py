"""
What the service may decline to do: the kinds of "no", each told in Vietnamese and English.

    Refusal
    ├── Malformed     the request cannot be read                        400
    ├── Untrusted     the caller did not prove who they are             401
    ├── Forbidden     the caller is known and may not                   403
    ├── NotFound      there is no such thing, or not for this caller    404
    ├── Conflict      the thing is not in a state that allows this      409
    ├── Gone          it was here and is no longer                      410
    ├── Stale         the caller has not seen the current version       412
    ├── TooLarge      more was sent than is taken                       413
    ├── WrongMedia    the body is of a kind that is not taken           415
    ├── Invalid       the request says something impossible             422
    ├── Unseen        the caller must say which version they saw        428
    ├── TooMany       asked too often                                   429
    └── Unavailable   something outside does not answer; try again      503

A refusal is an expected answer, written for the person who asked. Anything else that is
raised is a defect: it is logged, alarms, and answers 500 without detail.
Capabilities add leaves next to their rules: a class with `code`, `vi` and `en`.
"""

from collections.abc import Sequence
from string import Formatter
from typing import Any, ClassVar, Final, Literal, NamedTuple

from chalicelib.amounts import grouped

Language = Literal["vi", "en"]


class Fault(NamedTuple):
    """One thing wrong in a request: where (a JSON pointer), which kind, and what to do, in both languages."""

    pointer: str
    code: str
    vi: str
    en: str

    def told(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


class TellingError(ValueError):
    """Raised by a validator that knows what to say; `pointer` is relative to the validated value."""

    def __init__(self, code: str, vi: str, en: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code, self.vi, self.en, self.pointer = code, vi, en, pointer


class Refusal(Exception):
    """`facts` fill the placeholders of `vi` and `en` (`{amount:,}` as sums are written); never personal data."""

    code: ClassVar[str]
    vi: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, faults: Sequence[Fault] = (), **facts: object) -> None:
        super().__init__(self.code)
        self.faults = tuple(faults)
        self.facts = facts

    def told(self, language: Language) -> str:
        return filled(self.vi if language == "vi" else self.en, language, **self.facts)


class _Words(Formatter):
    def __init__(self, language: Language) -> None:
        self.language: Final = language

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401
        return grouped(value, self.language) if format_spec == "," else str(super().format_field(value, format_spec))


def filled(words: str, language: Language, **facts: object) -> str:
    """`{amount:,}` is a number in groups, as the language writes it."""
    return _Words(language).vformat(words, (), facts)


class Malformed(Refusal):
    code = "malformed_request"
    vi = "Yêu cầu không đọc được. Hãy gửi JSON đúng định dạng, mã hoá UTF-8."
    en = "The request cannot be read. Send well-formed JSON in UTF-8."


class Untrusted(Refusal):
    code = "not_signed_in"
    vi = "Bạn chưa đăng nhập hoặc phiên đã hết hạn. Hãy đăng nhập lại."
    en = "You are not signed in, or the session has ended. Sign in again."


class Forbidden(Refusal):
    code = "not_allowed"
    vi = "Tài khoản của bạn không có quyền thực hiện việc này."
    en = "Your account may not do this."


class NotFound(Refusal):
    code = "not_found"
    vi = "Không tìm thấy nội dung này."
    en = "There is no such thing here."


class Conflict(Refusal):
    code = "conflict"
    vi = "Trạng thái hiện tại không cho phép thực hiện việc này."
    en = "The current state does not allow this."


class Gone(Refusal):
    code = "gone"
    vi = "Nội dung này không còn nữa."
    en = "This is no longer here."


class Stale(Refusal):
    """`current`: the ETag of what is there now."""

    code = "stale_version"
    vi = "Hồ sơ đã thay đổi sau khi bạn xem. Hãy tải lại rồi thực hiện lại."
    en = "The dossier has changed since you saw it. Load it again, then repeat."

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current


class TooLarge(Refusal):
    code = "body_too_large"
    vi = "Nội dung gửi lên quá lớn (tối đa {limit:,} byte)."
    en = "The body is too large (at most {limit:,} bytes)."


class WrongMedia(Refusal):
    code = "unsupported_media_type"
    vi = "Hãy gửi nội dung dạng application/json."
    en = "Send the body as application/json."


class Invalid(Refusal):
    code = "invalid"
    vi = "Thông tin gửi lên chưa đúng. Hãy sửa những mục được nêu rồi gửi lại."
    en = "Something in the request is not right. Correct the fields named and send it again."


class Unseen(Refusal):
    code = "if_match_required"
    vi = "Hãy gửi kèm If-Match với ETag của phiên bản bạn đã xem."
    en = "Send If-Match with the ETag of the version you have seen."


class TooMany(Refusal):
    """`retry_after`: seconds until asking again makes sense."""

    code = "too_many_requests"
    vi = "Bạn đã thử quá nhiều lần. Hãy thử lại sau ít phút."
    en = "Too many tries. Try again in a few minutes."

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Unavailable(Refusal):
    code = "unavailable"
    vi = "Hệ thống đang bận hoặc một dịch vụ liên quan không trả lời. Hãy thử lại sau."
    en = "The service is busy, or one it needs does not answer. Try again later."
