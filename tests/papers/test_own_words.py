"""Papers in the province's own words: what a form leaves open, what stays, and that what was issued never changes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.history.once import Once
from chalicelib.papers import actions, blocks, drawing, judging, layout, own_words
from chalicelib.papers.blocks import Template
from chalicelib.papers.forms import Form, PaperKind, set_on
from chalicelib.papers.lint import problems
from chalicelib.papers.preview import facts_of
from chalicelib.papers.rules import Paper
from chalicelib.papers.sample import AT
from chalicelib.payments.receipts import papers as money_papers
from chalicelib.wordings import actions as wordings
from chalicelib.wordings.rules import SETTLES, Typed
from tests.papers.examples import STATEMENT, read

DESK = [(form, blocks.HERE) for form in set_on(AT.date()).forms.values()]
MONEY = [(form, money_papers.ROOM) for form in money_papers.forms()]
RECEIPT = set_on(AT.date()).form(PaperKind.RECEIPT)
NOTE = "Tổng đài 1022. Tra cứu tại {{ page }}."
OWN = {
    "unit": "{{ unit }}\nBộ phận Tiếp nhận và Trả kết quả",
    "number": "Số: {{ number }}/TNHS",
    "note": NOTE,
}


def packaged(form: Form, room: str = blocks.HERE) -> Template:
    return blocks.template(form.kind, "H32", room)


def faults(parts: dict[str, str], form: Form = RECEIPT, names: tuple[str, ...] = ("Trung tâm Phục vụ",)) -> set[str]:
    found = judging.faults(form, packaged(form), parts, facts_of(form), names)
    assert all(each.pointer.strip("/") in parts for each in found)
    return {each.code for each in found}


def keep(parts: dict[str, str] | None, at: datetime, seen: int = 0, kind: str = "receipt") -> None:
    once = Once("officer:quan", f"{kind}{seen}", "f", at, 303, lambda _: ("/", None))
    wordings.keep(own_words.slug(kind), Typed(parts, "QĐ 12"), seen, "quan", at, once)


def a_paper(at: datetime, dossier_id: str = "d" * 26) -> Paper:
    return Paper(
        kind=PaperKind.RECEIPT,
        form_set=set_on(at.date()).code,
        dossier_id=dossier_id,
        seq=4,
        at=at,
        facts=facts_of(RECEIPT),
        statement=STATEMENT,
    )


@pytest.mark.parametrize(("form", "room"), DESK + MONEY, ids=lambda each: getattr(each, "title", ""))
def test_the_shipped_words_typed_again_pass_and_change_nothing(form: Form, room: str) -> None:
    template = packaged(form, room)
    parts = own_words.shipped(template)
    assert parts["unit"] == "{{ unit }}"
    assert judging.faults(form, template, parts, facts_of(form), []) == []
    assert own_words.worded(template, parts) == template
    notes = [each for each in template.blocks if isinstance(each, blocks.Text) and each.style == "note"]
    assert len(notes) <= 1, "one note is what a province words"


def test_what_the_form_leaves_open_is_worded_and_the_rest_stands() -> None:
    template = own_words.worded(packaged(RECEIPT), OWN)
    assert faults(OWN) == set()
    assert problems(template, RECEIPT, []) == []
    text = read(drawing.drawn(layout.put(template, RECEIPT, facts_of(RECEIPT)), AT))
    for said in ("BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ", "TN-4/TNHS", "Tổng đài 1022.", "NGƯỜI TIẾP NHẬN HỒ SƠ"):
        assert said in text
    assert "giấy ủy quyền" not in text


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"note": ""}, "required"),
        ({"note": "x" * 1_201}, "too_long"),
        ({"note": NOTE + "{{ page }}" * 100}, "too_much"),
        ({"note": "Tổng đài 1022."}, "says_less"),  # where the dossier is looked up
        ({"note": "{% if email %}{{ page }}{% endif %}"}, "says_less"),
        ({"unit": "Bộ phận một cửa"}, "says_less"),  # whose paper it is
        ({"number": "Số: 1"}, "says_less"),
        ({"note": NOTE + " Sở Tư pháp"}, "names_somebody"),
        ({"note": NOTE + " UBND"}, "names_somebody"),
        ({"unit": "{{ unit }}\nTrung tâm phục vụ"}, "names_somebody"),
        ({"note": "{{ page }} {{ mother }}"}, "unknown_name"),
        ({"note": "{{ page }} {{ components }}"}, "unknown_name"),
        ({"note": "{{ page }} {{ ''.__class__ }}"}, "unknown_name"),
        ({"note": "{{ page }} {{ page.upper() }}"}, "not_allowed"),
        ({"note": "{{ page }} {% for x in range(9) %}{% endfor %}"}, "not_allowed"),
        ({"note": "{{ page }} {{ page * 9999 }}"}, "not_allowed"),
        ({"note": "{{ page }} {% include 'x' %}"}, "not_allowed"),
        ({"note": "{{ page"}, "syntax"),
        ({"note": "{{ page }} {{ page|in_words }}"}, "cannot_be_made"),
    ],
)
def test_what_would_fail_fool_or_leave_out_is_refused(parts: dict[str, str], code: str) -> None:
    assert code in faults(parts)


def test_markup_is_printed_as_it_was_typed() -> None:
    own = {"note": NOTE + ' <b>&</b> <a href="x">'}
    assert faults(own) == set()
    text = read(drawing.drawn(layout.put(own_words.worded(packaged(RECEIPT), own), RECEIPT, facts_of(RECEIPT)), AT))
    assert '<b>&</b> <a href="x">' in text


@pytest.mark.usefixtures("table")
class TestIssuing:
    def test_a_paper_is_worded_by_its_own_date_whenever_it_is_made(self) -> None:
        keep(OWN, AT)
        later = AT + timedelta(days=900)

        def note(at: datetime, made: datetime) -> Any:
            return own_words.shipped(own_words.template(RECEIPT, facts_of(RECEIPT), at, made))["note"]

        shipped = own_words.shipped(packaged(RECEIPT))["note"]
        for made in (AT, AT + SETTLES, later):
            assert note(AT - timedelta(days=1), made) == shipped
            assert note(AT + SETTLES - timedelta(seconds=1), made) == shipped
        assert note(AT + SETTLES, AT + SETTLES) == note(AT + SETTLES, later) == NOTE

    def test_what_was_issued_is_never_made_again_differently(self) -> None:
        paper = a_paper(AT)
        before = actions.bytes_of(paper, AT)
        keep(OWN, AT + timedelta(hours=1))
        later = AT + timedelta(days=1)
        assert actions.bytes_of(paper, later) == before
        assert actions.made(paper, actions.token_of(paper.statement), later) == before, "not even after it was lost"
        assert "Tổng đài 1022" in read(actions.bytes_of(a_paper(later, "e" * 26), later))

    @pytest.mark.parametrize("note", ["{{ gone }}", "{{ page", "{{ ''.__class__.__mro__ }}"])
    def test_when_own_words_fail_the_paper_is_made_in_the_shipped_ones(self, note: str, caplog: Any) -> None:
        keep({"note": note}, AT - timedelta(days=1))
        assert "giấy ủy quyền" in read(actions.bytes_of(a_paper(AT), AT))
        (record,) = [each for each in caplog.records if each.message == wordings.FAILED]
        assert (record.levelname, record.wording) == ("ERROR", "paper/receipt+1")

    def test_going_back_words_later_papers_as_shipped(self) -> None:
        keep(OWN, AT - timedelta(days=2))
        keep(None, AT - timedelta(days=1), seen=1)
        assert "giấy ủy quyền" in read(actions.bytes_of(a_paper(AT), AT))
