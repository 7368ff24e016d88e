"""A judged template made into text, within bounds; and what to say to its author when it cannot be. Pure."""

import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from chalicelib.refusals import Fault
from chalicelib.wordings.grammar import fault

if TYPE_CHECKING:
    from jinja2 import Environment, Template

LONGEST_RENDERED: Final = 12_000  # characters: about four pages
COMPILED: Final = 128
OURS: Final = ("<template>", "<unknown>")

NOT_TEXT: Final[tuple[tuple[tuple[type, ...], str, str], ...]] = (
    (
        (datetime,),
        "một thời điểm phải viết kèm |when (giờ và ngày) hoặc |day (ngày)",
        "a moment is written with |when (time and day) or |day (day)",
    ),
    (
        (bool,),
        "dữ liệu có/không chỉ dùng trong {% if … %}",
        "a yes or no is only for {% if … %}",
    ),
    (
        (type(None),),
        "dữ liệu này có khi trống: hãy đặt trong {% if … %}",
        "this fact is sometimes empty: put it inside {% if … %}",
    ),
    ((list, dict, tuple), "đây là danh sách: hãy dùng {% for … %}", "this is a list: use {% for … %}"),
)


class NotText(Exception):
    """A fact that would print as Python writes it."""

    def __init__(self, value: object) -> None:
        super().__init__(type(value).__name__)
        self.value = value


class TooMuch(Exception):
    """More than anybody reads."""


def environment(filters: Mapping[str, Callable[..., Any]]) -> "Environment":
    """Lets nothing out of the sandbox, and nothing but text and numbers into the text."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, finalize=_as_text
    )
    made.globals.clear()
    made.filters = {"indent": made.filters["indent"], "upper": made.filters["upper"]}
    made.filters |= {name: _of_something(each) for name, each in filters.items()}
    return made


def _of_something(written: Callable[..., Any]) -> Callable[..., Any]:
    """The author of a text hears that a fact may be empty, instead of how that breaks the filter."""

    def given(value: Any, *rest: Any) -> Any:  # noqa: ANN401
        if value is None:
            raise NotText(value)
        return written(value, *rest)

    return given


def _as_text(value: Any) -> Any:  # noqa: ANN401 - whatever an expression came to
    from jinja2 import Undefined

    if isinstance(value, Undefined):
        return str(value)  # which raises
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise NotText(value)
    return value


def rendered(source: str, facts: Mapping[str, Any], within: "Environment") -> str:
    """Raises whatever goes wrong, `TooMuch` before it grows large."""
    found, length = [], 0
    for piece in _compiled(within, source).generate(facts):
        length += len(piece)
        if length > LONGEST_RENDERED:
            raise TooMuch
        found.append(piece)
    return "".join(found)


@lru_cache(maxsize=COMPILED)
def _compiled(within: "Environment", source: str) -> "Template":
    return within.from_string(source)


def told(part: str, error: Exception) -> Fault:
    """What went wrong in the text of this part, in words for its author."""
    from jinja2 import UndefinedError

    line = next((each.lineno or 0 for each in traceback.extract_tb(error.__traceback__) if each.filename in OURS), 0)
    if isinstance(error, NotText):
        kinds = ((vi, en) for types, vi, en in NOT_TEXT if isinstance(error.value, types))
        return fault(part, "not_text", line, *next(kinds, ("không phải chữ", "this is no text")))
    if isinstance(error, UndefinedError):
        vi = f"dữ liệu không phải lúc nào cũng có ({error.message})"
        return fault(part, "not_always_there", line, vi, f"a fact that is not always there ({error.message})")
    if isinstance(error, TooMuch):
        vi, en = f"Kết quả dài quá {LONGEST_RENDERED} ký tự.", f"It becomes more than {LONGEST_RENDERED} characters."
        return fault(part, "too_much", 0, vi, en)
    kind = type(error).__name__
    return fault(part, "cannot_be_made", line, f"không tính được ({kind})", f"cannot be worked out ({kind})")
