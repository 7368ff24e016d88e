"""A procedure's form: what is wrong with the answers, what an edit changes, and what it may change. Pure."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from chalicelib.catalogue.countries import is_country
from chalicelib.catalogue.form_words import COUNTRY
from chalicelib.dossiers.rules import Dossier
from chalicelib.refusals import Fault, Invalid

# JSON Schema keyword -> our code and what to do.
SAID: Final = {
    "required": ("required", "Mục này là bắt buộc.", "This field is required."),
    "additionalProperties": ("unknown_field", "Biểu mẫu không có mục này.", "The form has no such field."),
    "unevaluatedProperties": ("unknown_field", "Biểu mẫu không có mục này.", "The form has no such field."),
    "type": (
        "wrong_type",
        "Giá trị không đúng kiểu mà biểu mẫu yêu cầu.",
        "This is not of the kind the form asks for.",
    ),
    "enum": ("unknown_value", "Hãy chọn một trong các giá trị của biểu mẫu.", "Choose one of the form's values."),
    "const": ("unknown_value", "Hãy chọn một trong các giá trị của biểu mẫu.", "Choose one of the form's values."),
    "oneOf": ("unknown_value", "Hãy chọn một trong các giá trị của biểu mẫu.", "Choose one of the form's values."),
    "anyOf": ("unknown_value", "Hãy chọn một trong các giá trị của biểu mẫu.", "Choose one of the form's values."),
    "pattern": ("wrong_form", "Giá trị không đúng dạng quy định.", "This is not of the required form."),
    "format": ("wrong_form", "Giá trị không đúng dạng quy định.", "This is not of the required form."),
    "minLength": ("too_short", "Nội dung quá ngắn.", "This is too short."),
    "maxLength": ("too_long", "Nội dung quá dài.", "This is too long."),
    "minimum": ("too_small", "Giá trị quá nhỏ.", "This is too small."),
    "maximum": ("too_large", "Giá trị quá lớn.", "This is too large."),
    "minItems": ("too_few", "Cần thêm ít nhất một mục.", "Add at least one more."),
    "maxItems": ("too_many", "Có quá nhiều mục.", "There are too many."),
}
NOT_ASKED: Final = (
    "not_asked_for",
    "Cơ quan không yêu cầu sửa mục này.",
    "The agency has not asked for this to be changed.",
)
# No JSON value, not even null.
ABSENT: Final = object()
OTHERWISE: Final = ("wrong_value", "Giá trị chưa đúng với biểu mẫu.", "This does not fit the form.")


def form_faults(schema: dict[str, Any], form: dict[str, Any]) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=_formats())
    for error in sorted(validator.iter_errors(form), key=lambda error: [str(part) for part in error.absolute_path]):
        code, vi, en = SAID.get(str(error.validator), OTHERWISE)
        path = "".join(f"/{_escaped(part)}" for part in ("form", *error.absolute_path))
        for name in _named(error) or [""]:
            yield Fault(path + (f"/{_escaped(name)}" if name else ""), code, vi, en)


@cache
def _formats() -> Any:  # noqa: ANN401 - jsonschema's, imported with the first form
    """Those of the draft, and ours."""
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(())
    checker.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)
    checker.checks(COUNTRY)(is_country)
    return checker


def _named(error: Any) -> list[str]:  # noqa: ANN401 - jsonschema's error
    """The property a fault is about, when the schema's complaint is about the object that holds it."""
    if error.validator == "required":
        return [name for name in error.validator_value if name not in error.instance and repr(name) in error.message]
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return [name for name in error.instance if name not in known]
    return []


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def require_asked_for(draft: Dossier, edited: dict[str, Any]) -> None:
    """While a supplement is open only the fields asked for may change."""
    asked = [
        item.field.strip("/").replace(".", "/")
        for item in (draft.supplement.items if draft.supplement else ())
        if item.field
    ]
    faults = [
        Fault(f"/form/{path}", *NOT_ASKED)
        for path in sorted(changed_paths(draft.form, edited))
        if not any(path == each or path.startswith(f"{each}/") or each.startswith(f"{path}/") for each in asked)
    ]
    if faults:
        raise Invalid(faults)


def changed_paths(before: Any, after: Any, at: str = "") -> set[str]:
    """Where two JSON values differ, as paths without a leading slash."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return set() if before == after else {at}
    return {
        path
        for name in before.keys() | after.keys()
        for path in changed_paths(
            before.get(name, ABSENT), after.get(name, ABSENT), f"{at}/{_escaped(name)}" if at else _escaped(name)
        )
    }


def merged(before: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON merge patch (RFC 7396): what is not named stays, null removes."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(before) if isinstance(before, dict) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = merged(kept.get(name), value)
    return kept


def compact(form: dict[str, Any]) -> str:
    return json.dumps(form, separators=(",", ":"), ensure_ascii=False)
