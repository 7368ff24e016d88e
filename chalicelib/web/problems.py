"""Refusals as problem documents (RFC 9457), in the person's language; here alone a kind of no has its number."""

import json
from http import HTTPStatus
from typing import Any, Final

from chalice import Response

from chalicelib import refusals
from chalicelib.refusals import Language, Refusal

STATUS: Final[dict[type[Refusal], int]] = {
    refusals.Malformed: 400,
    refusals.Untrusted: 401,
    refusals.Forbidden: 403,
    refusals.NotFound: 404,
    refusals.Conflict: 409,
    refusals.Gone: 410,
    refusals.Stale: 412,
    refusals.TooLarge: 413,
    refusals.WrongMedia: 415,
    refusals.Invalid: 422,
    refusals.Unseen: 428,
    refusals.TooMany: 429,
    refusals.Unavailable: 503,
}
TITLES: Final[dict[int, tuple[str, str]]] = {
    400: ("Yêu cầu không đọc được", "Unreadable request"),
    401: ("Chưa đăng nhập", "Not signed in"),
    403: ("Không có quyền", "Not allowed"),
    404: ("Không tìm thấy", "Not found"),
    405: ("Phương thức không được hỗ trợ", "Method not supported"),
    409: ("Trạng thái không cho phép", "The state does not allow it"),
    410: ("Không còn nữa", "Gone"),
    412: ("Đã có thay đổi mới", "Changed since you saw it"),
    413: ("Nội dung quá lớn", "Too large"),
    415: ("Loại nội dung không được hỗ trợ", "Unsupported media type"),
    422: ("Thông tin chưa đúng", "Something is not right"),
    428: ("Thiếu phiên bản đã xem", "The version seen is missing"),
    429: ("Quá nhiều lần", "Too many requests"),
    500: ("Lỗi hệ thống", "A fault of ours"),
    503: ("Tạm thời không phục vụ được", "Unavailable for now"),
}
# What the framework or the gateway says no to before a view is asked.
DETAILS: Final[dict[int, tuple[str, str, str]]] = {
    400: ("malformed_request", refusals.Malformed.vi, refusals.Malformed.en),
    403: ("not_allowed", refusals.Forbidden.vi, refusals.Forbidden.en),
    404: ("not_found", "Không có địa chỉ này.", "There is no such address."),
    405: ("method_not_allowed", "Địa chỉ này không nhận phương thức đó.", "This address does not take that method."),
    413: ("body_too_large", "Nội dung gửi lên quá lớn.", "The body is too large."),
    415: (refusals.WrongMedia.code, refusals.WrongMedia.vi, refusals.WrongMedia.en),
    429: ("too_many_requests", refusals.TooMany.vi, refusals.TooMany.en),
    500: (
        "internal_error",
        "Hệ thống gặp lỗi; sự việc đã được ghi nhận. Không có gì bị mất, hãy thử lại sau.",
        "Something went wrong on our side and has been recorded. Nothing is lost; try again later.",
    ),
}


def status_of(kind: type[Refusal]) -> int:
    return next(STATUS[each] for each in kind.__mro__ if each in STATUS)


def refused(refusal: Refusal, language: Language) -> Response:
    """The problem document of a refusal, with what helps to go on: the current ETag, when to come back, each fault."""
    headers, extra = {}, {}
    if isinstance(refusal, refusals.Stale):
        headers["ETag"] = refusal.current
    if isinstance(refusal, refusals.TooMany):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, refusals.Untrusted):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, refusals.Invalid):
        extra["errors"] = [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.told(language)} for fault in refusal.faults
        ]
    return problem(status_of(type(refusal)), refusal.code, refusal.told(language), language, headers, **extra)


def framework_problem(status: int, language: Language, headers: dict[str, str] | None = None) -> Response:
    """The problem document for what no view was asked about."""
    code, vi, en = DETAILS.get(status, DETAILS[500 if status >= 500 else 400])
    return problem(status, code, vi if language == "vi" else en, language, headers or {})


def problem(
    status: int,
    code: str,
    detail: str,
    language: Language,
    headers: dict[str, str],
    **extra: Any,  # noqa: ANN401
) -> Response:
    vi, en = TITLES.get(status, (HTTPStatus(status).phrase,) * 2)
    body = {
        "type": f"urn:motcua:problem:{code}",
        "title": vi if language == "vi" else en,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }
    return Response(
        json.dumps(body, ensure_ascii=False),
        status_code=status,
        headers={"Content-Type": "application/problem+json", "Content-Language": language, **headers},
    )
