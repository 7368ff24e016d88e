"""What pydantic found wrong, said to a person: where, which kind, what to do, in Vietnamese and English."""

from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.amounts import grouped
from chalicelib.refusals import Fault, Language, TellingError

# pydantic's kind of error -> our stable code and what to do; {limit} is filled from the error's context.
SAID: Final[dict[str, tuple[str, str, str]]] = {
    "missing": ("required", "Mục này là bắt buộc.", "This field is required."),
    "extra_forbidden": ("unknown_field", "Không có mục nào tên như vậy.", "There is no such field."),
    "string_too_short": ("too_short", "Hãy nhập ít nhất {limit} ký tự.", "Enter at least {limit} characters."),
    "string_too_long": ("too_long", "Hãy nhập tối đa {limit} ký tự.", "Enter at most {limit} characters."),
    "string_pattern_mismatch": ("wrong_form", "Giá trị không đúng dạng quy định.", "This is not of the required form."),
    "greater_than": ("too_small", "Giá trị phải lớn hơn {limit}.", "This must be greater than {limit}."),
    "greater_than_equal": ("too_small", "Giá trị phải từ {limit} trở lên.", "This must be {limit} or more."),
    "less_than_equal": ("too_large", "Giá trị không được quá {limit}.", "This must be {limit} or less."),
    "less_than": ("too_large", "Giá trị phải nhỏ hơn {limit}.", "This must be less than {limit}."),
    "too_short": ("too_few", "Cần ít nhất {limit} mục.", "At least {limit} are needed."),
    "too_long": ("too_many", "Tối đa {limit} mục.", "At most {limit} are taken."),
    "literal_error": ("unknown_value", "Hãy chọn một trong: {limit}.", "Choose one of: {limit}."),
    "enum": ("unknown_value", "Hãy chọn một trong: {limit}.", "Choose one of: {limit}."),
    "multiple_of": ("wrong_step", "Giá trị phải là bội của {limit}.", "This must be a multiple of {limit}."),
}
LIMITS: Final = ("min_length", "max_length", "gt", "ge", "le", "lt", "expected", "multiple_of")
KINDS: Final = {
    "string": ("văn bản", "text"),
    "int": ("số nguyên", "a whole number"),
    "float": ("số", "a number"),
    "bool": ("đúng hoặc sai", "true or false"),
    "date": ("ngày dạng YYYY-MM-DD", "a date, YYYY-MM-DD"),
    "datetime": ("thời điểm dạng RFC 3339", "an instant, RFC 3339"),
    "timezone": ("thời điểm có múi giờ", "an instant with its offset"),
    "list": ("danh sách", "a list"),
    "tuple": ("danh sách", "a list"),
    "dict": ("một đối tượng", "an object"),
    "model": ("một đối tượng", "an object"),
}


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    return tuple(_fault(each) for each in error.errors(include_url=False, include_input=False))


def pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _fault(error: ErrorDetails) -> Fault:
    context: dict[str, Any] = error.get("ctx", {})
    where = pointer(error["loc"])
    told = context.get("error")
    if isinstance(told, TellingError):
        return Fault(where + told.pointer, told.code, told.vi, told.en)
    if error["type"] in SAID:
        code, vi, en = SAID[error["type"]]
        limit = next((context[name] for name in LIMITS if name in context), "")
        if (code, limit) == ("too_short", 1):
            vi, en = SAID["missing"][1:]
        return Fault(where, code, vi.format(limit=_written(limit, "vi")), en.format(limit=_written(limit, "en")))
    vi, en = KINDS.get(error["type"].split("_")[0], ("giá trị hợp lệ", "a valid value"))
    return Fault(where, "wrong_type", f"Mục này phải là {vi}.", f"This must be {en}.")


def _written(limit: int | float | str, language: Language) -> str:
    """A large number is a sum of money. Values pydantic lists as "'a', 'b' or 'c'", with an English word in between."""
    if isinstance(limit, int) and limit >= 10_000:
        return grouped(limit, language)
    return str(limit).replace(" or ", ", ")
