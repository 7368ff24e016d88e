"""Which set of forms when, what each holds, and that no template speaks in another's name."""

import json
from datetime import date

import pytest

from chalicelib.history.rules import GENESIS, SYSTEM, Event, EventType
from chalicelib.papers import blocks
from chalicelib.papers.blocks import Template
from chalicelib.papers.forms import PaperKind, set_of, set_on, sets
from chalicelib.papers.lint import problems
from chalicelib.papers.rules import PaperName, UnknownPaper, named, number, paper_id, stated_by, superseding
from ops import lint_papers
from tests.papers.examples import AT, COMMON, facts

K, E = PaperKind, EventType
RECEIPT = sets()[-1].form(K.RECEIPT)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2018, 6, 21), "TT-01-2018"),
        (date(2019, 1, 8), "TT-01-2018"),
        (date(2025, 6, 30), "TT-01-2018"),
        (date(2025, 7, 1), "TT-03-2025"),
        (date(2031, 1, 1), "TT-03-2025"),
    ],
)
def test_the_set_in_force_is_chosen_by_the_day(day: date, code: str) -> None:
    assert set_on(day).code == code


def test_a_pinned_set_outlives_its_circular_and_an_unpinned_dossier_takes_the_days() -> None:
    assert set_of("TT-01-2018", date(2025, 8, 1)).code == "TT-01-2018"
    assert set_of("", date(2025, 8, 1)).code == "TT-03-2025"
    assert set_of("TT-99-2099", date(2025, 6, 1)).code == "TT-01-2018"


def test_the_forms_of_both_sets_have_their_legal_numbers() -> None:
    old, new = ([(form.number, kind.value) for kind, form in each.forms.items()] for each in sets())

    assert old == [
        ("01", "receipt"), ("02", "supplement_request"), ("03", "refusal"), ("04", "apology"),
        ("05", "control_slip"), ("06", "register"),
    ]  # fmt: skip
    assert new == [
        ("01", "receipt"), ("02", "supplement_request"), ("03", "refusal"), ("04", "apology"),
        ("05", "stop_notice"), ("06", "control_slip"), ("07", "register"),
    ]  # fmt: skip
    assert {form.size for each in sets() for form in each.forms.values() if form.kind != K.REGISTER} == {"A5"}
    assert {each.form(K.REGISTER).size for each in sets()} == {"A4"}
    assert K.STOP_NOTICE not in sets()[0].forms


def test_the_examples_of_these_tests_fill_every_field() -> None:
    for each in sets():
        for form in each.forms.values():
            for name, told in form.fields.items():
                if not isinstance(told, str):
                    assert set(COMMON[name][0]) == set(told)
            assert facts(form)


def test_every_packaged_template_is_clean() -> None:
    assert list(lint_papers.found(lint_papers.names(sorted(lint_papers.SAMPLES.glob("*/agencies.json"))))) == []
    assert lint_papers.main([]) == 0
    assert len(blocks.known_templates()) == len(PaperKind)


def test_a_provinces_own_template_is_taken_before_the_common_one(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, title in (("common", "Chung"), ("H32", "Riêng")):
        folder = tmp_path / "templates" / place
        folder.mkdir(parents=True)
        told = {"kind": "receipt", "blocks": [{"block": "title", "text": title}]}
        (folder / "receipt.json").write_text(json.dumps(told))
    monkeypatch.setattr(blocks, "files", lambda _: tmp_path)

    assert [blocks.template(K.RECEIPT, each).blocks[0].text for each in ("H32", "H56")] == ["Riêng", "Chung"]


CELL = {"cell": "{{ row.name }}", "width": 1}


def spoilt(block: dict) -> list[str]:
    """What the linter says of the common receipt with one block more."""
    common = blocks.template(K.RECEIPT, "common")
    more = Template.model_validate({"kind": "receipt", "blocks": [block]})
    template = common.model_copy(update={"blocks": (*common.blocks, *more.blocks)})
    return problems(template, RECEIPT, ["Trung tâm Phục vụ hành chính công", "Khánh Hòa"])


@pytest.mark.parametrize(
    "text",
    [
        "Sở Tư pháp đã tiếp nhận",
        "SỞ XÂY DỰNG",
        "UBND tỉnh",
        "Ủy ban nhân dân",
        "ỦY BAN NHÂN DÂN",
        "Uỷ ban nhân dân xã",
        "tỉnh Bắc Giang",
        "TRUNG TÂM  PHỤC VỤ hành chính công",
        "tại khánh hòa",
        "Tra cứu ở Khánh Ho\u0300a",
        "phường Nha Trang",
    ],
)
@pytest.mark.parametrize("where", ["text", "label", "signature", "cell"])
def test_a_name_written_into_a_template_is_refused_wherever_it_stands(text: str, where: str) -> None:
    block = {
        "text": {"block": "text", "text": text},
        "label": {"block": "line", "label": text, "value": "{{ code }}"},
        "signature": {"block": "signatures", "of": [{"role": text, "hint": ""}]},
        "cell": {"block": "table", "rows": "components", "columns": [CELL | {"head": text}]},
    }[where]  # fmt: skip

    assert [each for each in spoilt(block) if each.startswith("hard-codes a name")]


@pytest.mark.parametrize(
    "text", ["Cơ sở dữ liệu quốc gia", "CƠ SỞ DỮ LIỆU", "xã hội chủ nghĩa", "cơ quan cấp tỉnh", "trụ sở tiếp công dân"]
)
def test_what_only_looks_like_a_name_is_let_be(text: str) -> None:
    assert spoilt({"block": "text", "text": text}) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ applicant_mother }}", "unknown field 'applicant_mother'"),
        ("{{ row.name }}", "unknown field 'row'"),
        ("{{ code", "cannot be read"),
        ("{{ code | shout }}", "cannot be read"),
    ],
)
def test_a_field_the_form_has_not_or_a_text_that_cannot_be_read_is_refused(text: str, said: str) -> None:
    assert any(said in each for each in spoilt({"block": "text", "text": text}))


def test_a_field_left_out_is_refused_also_of_a_table() -> None:
    common = blocks.template(K.RECEIPT, "common")
    tables = [block for block in common.blocks if block.block == "table"]
    without = common.model_copy(update={"blocks": tuple(each for each in common.blocks if each not in tables)})
    one_short = tables[0].model_copy(update={"columns": tables[0].columns[1:]})

    assert "field 'components.name' is not bound" in problems(without, RECEIPT, [])
    template = without.model_copy(update={"blocks": (*without.blocks, one_short)})
    assert problems(template, RECEIPT, []) == ["field 'components.number' is not bound"]


def event(seq: int, kind: EventType, **data: object) -> Event:
    return Event(dossier_id="d", seq=seq, type=kind, at=AT, actor=SYSTEM, data=data, prev=GENESIS)


ACCEPTED, EXTENDED = event(4, E.ACCEPTED, due_at="b"), event(7, E.EXTENDED, due_at="d", due_before="b")
RESUMED, NOT_MOVED = event(6, E.RESUMED, due_at="c", due_before="b"), event(6, E.RESUMED, due_at="b", due_before="b")
BEFORE = event(3, E.SUPPLEMENT_ANSWERED, acceptance_due_at="a")


def test_which_events_have_papers() -> None:
    assert [stated_by(each) for each in (ACCEPTED, EXTENDED, RESUMED, NOT_MOVED, BEFORE)] == [
        K.RECEIPT, K.APOLOGY, K.RECEIPT, None, None,
    ]  # fmt: skip
    told = {stated_by(event(1, each, due_at="x")) for each in EventType} - {None}
    assert told == set(PaperKind) - {K.CONTROL_SLIP, K.REGISTER}


def test_the_last_promise_is_the_one_that_holds() -> None:
    past = [BEFORE, ACCEPTED, RESUMED, EXTENDED]
    receipt, again, apology = (PaperName(dossier_id="d", seq=seq, kind=kind) for seq, kind in (
        (4, K.RECEIPT), (6, K.RECEIPT), (7, K.APOLOGY)))  # fmt: skip

    assert superseding(receipt, past) == EXTENDED
    assert superseding(again, past) == EXTENDED
    assert superseding(apology, past) is None
    assert superseding(receipt, past[:3]) == RESUMED
    assert superseding(PaperName(dossier_id="d", seq=3, kind=K.SUPPLEMENT_REQUEST), past) is None


@pytest.mark.parametrize("kind", PaperKind)
def test_a_papers_name_tells_what_it_is_of(kind: PaperKind) -> None:
    told = named(paper_id("a2b3", 12, kind))

    assert told == PaperName(dossier_id="a2b3", seq=12, kind=kind)


@pytest.mark.parametrize("name", ["", "x", "a-0-receipt", "a-01-receipt", "a-1-", "a-1-passport", "a-1-receipt-2"])
def test_what_is_no_papers_name_is_refused(name: str) -> None:
    with pytest.raises(UnknownPaper):
        named(name)


def test_a_papers_number_follows_from_the_dossiers() -> None:
    assert number("H32.10-261120-0001", 7, sets()[1].form(K.APOLOGY)) == "H32.10-261120-0001/XL-7"
