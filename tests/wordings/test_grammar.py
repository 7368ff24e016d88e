"""A text that a person types into a template: what it may name and do; nothing else is ever compiled or run."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.refusals import Fault
from chalicelib.wordings import grammar, rendering
from chalicelib.wordings.grammar import DEEPEST, of_facts

FACTS: dict[str, Any] = {
    "code": "H32.10",
    "late": False,
    "none": None,
    "items": [{"name": "một", "reason": "mờ"}, {"name": "hai", "reason": "cũ"}],
}
WITHIN = rendering.environment({})
WORDS = of_facts(FACTS, frozenset(WITHIN.filters))


def judged(source: str, longest: int = 20_000) -> list[Fault]:
    return grammar.faults("body", source, longest, WORDS, WITHIN)


def codes(source: str) -> set[str]:
    return {each.code for each in judged(source)}


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("Mã {{ code }}", "Mã H32.10"),
        ("{% if late %}trễ{% elif code == 'x' %}x{% else %}đúng hẹn{% endif %}", "đúng hẹn"),
        ("{% for each in items %}{{ loop.index }}. {{ each.name }} {% endfor %}", "1. một 2. hai "),
        ("{{ 'trễ' if late else 'đúng' }} {{ code|upper }} {{ 'a' ~ code }}", "đúng H32.10 aH32.10"),
        ("{# lời nhắc #}{{ code|indent(3) }}", "H32.10"),
        ("{% raw %}{{ 7 * 7 }}{% endraw %}", "{{ 7 * 7 }}"),
        ("<b>&</b>", "<b>&</b>"),
    ],
)
def test_names_conditions_lists_and_filters_are_enough(source: str, made: str) -> None:
    assert judged(source) == []
    assert rendering.rendered(source, FACTS, WITHIN) == made


@pytest.mark.parametrize(
    ("source", "code"),
    [
        # out of the sandbox
        ("{{ ''.__class__ }}", "unknown_name"),
        ("{{ code.__class__.__mro__ }}", "unknown_name"),
        ("{{ code['__class__'] }}", "not_allowed"),
        ("{{ code|attr('__class__') }}", "unknown_filter"),
        ("{{ code.format }}", "unknown_name"),
        ("{{ '{0.__class__}'.format(code) }}", "not_allowed"),
        ("{{ '%s'|format(code) }}", "unknown_filter"),
        ("{{ self }}", "unknown_name"),
        ("{{ self._TemplateReference__context }}", "unknown_name"),
        ("{{ cycler.__init__.__globals__ }}", "unknown_name"),
        ("{{ namespace() }}", "not_allowed"),
        ("{{ config }}", "unknown_name"),
        ("{% set x = code.__class__ %}", "not_allowed"),
        ("{% for __x in items %}{{ __x }}{% endfor %}", "unknown_name"),
        # other templates
        ("{% include 'v1/accepted.vi.txt' %}", "not_allowed"),
        ("{% extends 'v1/accepted.vi.txt' %}", "not_allowed"),
        ("{% import 'x' as x %}", "not_allowed"),
        ("{% from 'x' import y %}", "not_allowed"),
        ("{% block body %}{% endblock %}", "not_allowed"),
        ("{% endblock %}{% block subject %}", "syntax"),
        ("{% macro m() %}{% endmacro %}", "not_allowed"),
        # without an end, or without bounds
        ("{% for x in range(10**9) %}x{% endfor %}", "not_allowed"),
        ("{% for a in items %}{% for b in items %}x{% endfor %}{% endfor %}", "not_allowed"),
        ("{% for a in items recursive %}x{% endfor %}", "not_allowed"),
        ("{% for c in 'abc' %}x{% endfor %}", "not_allowed"),
        ("{{ 9**9**9**9 }}", "not_allowed"),
        ("{{ 'x' * 10**9 }}", "not_allowed"),
        ("{{ lipsum(n=10**9) }}", "not_allowed"),
        ("{{ code|indent(999999999) }}", "not_allowed"),
        ("{{ code|indent(width=999999999) }}", "not_allowed"),
        ("{{ code|center(999999999) }}", "unknown_filter"),
        ("{% if late %}" * (DEEPEST + 1) + "{% endif %}" * (DEEPEST + 1), "too_deep"),
        ("{{ " + "(" * 5_000 + "code" + ")" * 5_000 + " }}", "too_deep"),
        ("{{ " + "not " * 4_000 + "late }}", "too_deep"),
        # mistakes
        ("{{ codee }}", "unknown_name"),
        ("{% for each in items %}{{ each.nam }}{% endfor %}", "unknown_name"),
        ("{{ code|when }}", "unknown_filter"),
        ("{{ code", "syntax"),
        ("{% if late %}", "syntax"),
        ("{% unless late %}", "syntax"),
    ],
)
def test_whatever_reaches_further_is_refused_before_it_is_compiled(
    source: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(WITHIN), "compile", lambda *_: pytest.fail("compiled"))
    assert code in codes(source)


def test_a_fault_names_its_line_and_what_is_wrong_in_both_languages() -> None:
    (told,) = judged("Xin chào\n\n{{ mã_số }}")
    assert told == Fault(
        "/body",
        "unknown_name",
        "Dòng 3: không có dữ liệu tên “mã_số”; hãy xem danh sách dữ liệu",
        "Line 3: there is no fact named “mã_số”; see the list of facts",
    )


def test_a_text_is_bounded() -> None:
    assert [each.code for each in judged("x" * 11, 10)] == ["too_long"]


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("\n{{ none }}", "not_text", 0),  # a constant of the language, not the fact
        ("\n{{ late }}", "not_text", 2),
        ("\n{{ items }}", "not_text", 2),
        ("{{ code.name }}", "not_always_there", 1),
        ("\n\n{{ loop.index }}", "not_always_there", 3),
        ("{% if items > 3 %}x{% endif %}", "cannot_be_made", 1),
        ("{% for each in items %}" + "x" * 11_000 + "{% endfor %}", "too_much", 0),
    ],
)
def test_what_goes_wrong_only_with_facts_is_told_with_its_line(source: str, code: str, line: int) -> None:
    assert judged(source) == []
    with pytest.raises(Exception) as wrong:  # noqa: PT011, B017 - whatever it is, it is told
        rendering.rendered(source, FACTS, WITHIN)
    told = rendering.told("body", wrong.value)
    assert (told.pointer, told.code) == ("/body", code)
    assert not line or told.vi.startswith(f"Dòng {line}: ")


def test_large_output_is_cut_off_while_it_is_made() -> None:
    facts = FACTS | {"items": [{"name": "x" * 1_000, "reason": ""}] * 1_000_000}
    with pytest.raises(rendering.TooMuch):
        rendering.rendered("{% for each in items %}{{ each.name }}{% endfor %}", facts, WITHIN)


PIECES = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "code",
            "items",
            "late",
            "each",
            ".",
            "|",
            "(",
            ")",
            "[",
            "]",
            "'",
            "for",
            "in",
            "if",
        ),
        *(
            "endfor",
            "endif",
            "else",
            "__class__",
            "range",
            "upper",
            "indent",
            "**",
            "*",
            "9",
            "~",
            "set",
            "=",
            " ",
            "\n",
        ),
        *("block", "include", "macro", "not", "and", "is", "loop", "raw", "#", "Xin chào", "-"),
    ]
)


@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_whatever_is_typed_is_judged_and_what_passes_is_bounded_text(source: str) -> None:
    if judged(source):
        return
    try:
        made = rendering.rendered(source, FACTS, WITHIN)
    except Exception as error:  # noqa: BLE001 - told, like everything that goes wrong
        made = rendering.told("body", error).vi
    assert 0 <= len(made) <= rendering.LONGEST_RENDERED
    assert "<class" not in made
    assert "object at" not in made
