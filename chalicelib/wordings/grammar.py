"""What a template typed by a person may contain, judged before anything of it is compiled or run. Pure.

Names of given facts, their parts, a few filters, conditions and one loop: no calls, no arithmetic, no other template.
So no text of a bounded length can reach beyond its facts, or grow beyond their number times its own length.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chalicelib.refusals import Fault

if TYPE_CHECKING:
    from jinja2 import Environment

DEEPEST: Final = 40  # of what stands within each other
WIDEST: Final = 20  # a number given to a filter: of spaces it may set in
OF_LOOPS: Final = frozenset({"index", "first", "last"})
ALLOWED: Final = frozenset(
    {
        *("Template", "Output", "TemplateData", "Name", "Const", "If", "For", "CondExpr", "Filter", "Getattr"),
        *("Compare", "Operand", "And", "Or", "Not", "Concat"),
    }
)
CALLED: Final[Mapping[str, tuple[str, str]]] = {
    "Call": ("lời gọi hàm (…)", "a call (…)"),
    "Getitem": ("phần tử […]", "an item […]"),
    "Assign": ("{% set %}", "{% set %}"),
    "AssignBlock": ("{% set %}", "{% set %}"),
    "Include": ("{% include %}", "{% include %}"),
    "Extends": ("{% extends %}", "{% extends %}"),
    "Import": ("{% import %}", "{% import %}"),
    "FromImport": ("{% from %}", "{% from %}"),
    "Block": ("{% block %}", "{% block %}"),
    "Macro": ("{% macro %}", "{% macro %}"),
    "CallBlock": ("{% call %}", "{% call %}"),
    "FilterBlock": ("{% filter %}", "{% filter %}"),
    "With": ("{% with %}", "{% with %}"),
    "Test": ("phép thử “is”", "the test “is”"),
}
OTHERWISE: Final = ("phép tính hay cách viết này", "this operation or notation")


class Vocabulary(NamedTuple):
    """What a text may name: facts, the parts of those that have parts, and filters."""

    names: frozenset[str]
    parts: frozenset[str]
    filters: frozenset[str]


def of_facts(facts: Mapping[str, Any], filters: frozenset[str]) -> Vocabulary:
    return Vocabulary(frozenset(facts), frozenset(_parts(list(facts.values()))), filters)


def _parts(value: Any) -> Iterator[str]:  # noqa: ANN401 - facts of any shape
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from each if isinstance(each, dict) else ()
        yield from _parts(each)


def faults(part: str, source: str, longest: int, words: Vocabulary, read: "Environment") -> list[Fault]:
    """Everything that may not stand there, each with its line; empty for a text that may be compiled."""
    from jinja2 import TemplateSyntaxError

    if len(source) > longest:
        return [fault(part, "too_long", 0, f"Tối đa {longest} ký tự.", f"At most {longest} characters.")]
    try:
        parsed = read.parse(source)
    except TemplateSyntaxError as error:
        vi = f"không đọc được; hãy xem lại các dấu {{{{ }}}}, {{% %}}, endif, endfor ({error.message})"
        return [fault(part, "syntax", error.lineno, vi, f"cannot be read: {error.message}")]
    except RecursionError:
        return [fault(part, "too_deep", 0, "Mẫu lồng nhau quá sâu.", "The text is nested too deeply.")]
    return list(dict.fromkeys(_judged(part, parsed, words)))


def fault(part: str, code: str, line: int, vi: str, en: str) -> Fault:
    at = (f"Dòng {line}: ", f"Line {line}: ") if line else ("", "")
    return Fault(f"/{part}", code, at[0] + vi, at[1] + en)


def _judged(part: str, parsed: Any, words: Vocabulary) -> Iterator[Fault]:  # noqa: ANN401 - Jinja's
    from jinja2 import nodes

    targets = {each.target.name for each in parsed.find_all(nodes.For) if isinstance(each.target, nodes.Name)}
    known = words._replace(names=words.names | targets | {"loop"}, parts=words.parts | OF_LOOPS)
    yield from _walked(part, parsed, known, 0, in_loop=False)


def _walked(part: str, node: Any, words: Vocabulary, depth: int, *, in_loop: bool) -> Iterator[Fault]:  # noqa: ANN401
    kind = type(node).__name__
    if depth > DEEPEST:
        yield fault(part, "too_deep", node.lineno, "lồng nhau quá sâu", "nested too deeply")
        return
    if kind not in ALLOWED:
        yield _barred(part, node.lineno, *CALLED.get(kind, OTHERWISE))
        return
    yield from CHECKS.get(kind, _nothing)(part, node, words)
    if kind == "For" and (in_loop or node.recursive):
        yield _barred(part, node.lineno, "vòng lặp trong vòng lặp", "a loop within a loop")
    for child in node.iter_child_nodes():
        yield from _walked(part, child, words, depth + 1, in_loop=in_loop or kind == "For")


def _barred(part: str, line: int, vi: str, en: str) -> Fault:
    return fault(part, "not_allowed", line, f"không dùng được {vi}", f"{en} may not be used here")


def _unknown(part: str, line: int, name: str) -> Fault:
    shown = name[:40]
    vi = f"không có dữ liệu tên “{shown}”; hãy xem danh sách dữ liệu"
    return fault(part, "unknown_name", line, vi, f"there is no fact named “{shown}”; see the list of facts")


def _nothing(part: str, node: Any, words: Vocabulary) -> Iterator[Fault]:  # noqa: ANN401
    yield from ()


def _name(part: str, node: Any, words: Vocabulary) -> Iterator[Fault]:  # noqa: ANN401
    if node.name not in words.names or node.name.startswith("_"):
        yield _unknown(part, node.lineno, node.name)


def _attribute(part: str, node: Any, words: Vocabulary) -> Iterator[Fault]:  # noqa: ANN401
    if node.attr not in words.parts or node.attr.startswith("_"):
        yield _unknown(part, node.lineno, node.attr)
    elif type(node.node).__name__ not in ("Name", "Getattr"):
        yield _barred(part, node.lineno, *OTHERWISE)


def _filter(part: str, node: Any, words: Vocabulary) -> Iterator[Fault]:  # noqa: ANN401
    if node.name not in words.filters:
        known = ", ".join(sorted(words.filters))
        vi, en = f"không có “|{node.name[:40]}”; dùng được: {known}", f"no “|{node.name[:40]}”; there are: {known}"
        yield fault(part, "unknown_filter", node.lineno, vi, en)
    given = [*node.args, *node.kwargs]
    if any(not _is_small(each) for each in given) or node.dyn_args or node.dyn_kwargs:
        yield _barred(part, node.lineno, f"giá trị đó sau “|{node.name[:40]}”", "such a value for a filter")


def _is_small(node: Any) -> bool:  # noqa: ANN401
    value = getattr(node, "value", None)
    return type(node).__name__ == "Const" and isinstance(value, int) and 0 <= value <= WIDEST


def _loop(part: str, node: Any, words: Vocabulary) -> Iterator[Fault]:  # noqa: ANN401
    if type(node.iter).__name__ not in ("Name", "Getattr") or type(node.target).__name__ != "Name":
        yield _barred(
            part, node.lineno, "vòng lặp trên thứ không phải danh sách dữ liệu", "a loop over what is no list"
        )


CHECKS: Final = {"Name": _name, "Getattr": _attribute, "Filter": _filter, "For": _loop}
