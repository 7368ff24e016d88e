"""Every form of both sets as it comes out of the printer: its size, its words, its code, and nothing over the edge."""

import io
import unicodedata

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageFilter
from pypdf import PdfReader

from chalicelib.papers import marks
from chalicelib.papers.forms import Form, FormSet, PaperKind, sets
from tests import seen
from tests.papers.examples import AT, COMMON, FORMS, QR, drawn, named, read, sheet

pytestmark = pytest.mark.slow

A5, A4 = (419.53, 595.28), (841.89, 595.28)  # the register lies on its side
LATEST = sets()[-1]
RECEIPT = LATEST.form(PaperKind.RECEIPT)


def words(form: Form) -> list[str]:
    """What must be readable on the form: all the text that was given."""
    table = {name for name, told in form.fields.items() if not isinstance(told, str)}
    plain = [COMMON[name] for name in form.fields if name in COMMON and name not in table]
    rows = [value for name in table for row in COMMON[name] for value in row.values()]
    return [each for each in (*plain, *rows) if isinstance(each, str) and each and not each.startswith("2026-11")]


@pytest.mark.parametrize("pair", FORMS, ids=named)
def test_each_form_says_all_it_was_given_on_paper_of_its_size(pair: tuple[FormSet, Form]) -> None:
    form = pair[1]
    pdf = drawn(form)
    text = read(pdf)

    for page in PdfReader(io.BytesIO(pdf)).pages:
        size = (round(float(page.mediabox.width), 2), round(float(page.mediabox.height), 2))
        assert size == (A5 if form.size == "A5" else A4)
    assert form.title.upper() in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc" in text
    joined = text.replace(" ", "").casefold()
    missing = [each for each in words(form) if each.replace(" ", "").casefold() not in joined]
    assert not missing


@pytest.mark.parametrize("pair", FORMS, ids=named)
def test_the_same_facts_give_the_same_bytes_and_other_facts_others(pair: tuple[FormSet, Form]) -> None:
    form = pair[1]

    assert drawn(form) == drawn(form)
    assert drawn(form) != drawn(form, unit="Sở Xây dựng")


def test_the_file_is_dated_by_what_it_tells_of_not_by_when_it_was_made() -> None:
    told = PdfReader(io.BytesIO(drawn(RECEIPT))).metadata

    assert told is not None
    assert (told.creation_date, told.modification_date) == (AT, AT)
    assert (told.title, told.author) == (RECEIPT.title, "Sở Tư pháp")


def test_an_ordinary_receipt_is_one_page_and_its_fonts_are_in_it() -> None:
    reader = PdfReader(io.BytesIO(drawn(RECEIPT)))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]

    assert len(reader.pages) == 1
    used = [font for font in fonts if "MotcuaSerif" in font["/BaseFont"]]
    assert len(used) >= 3
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)


def test_decomposed_text_comes_out_composed() -> None:
    name = "Nguyễn Thị Phượng Ờ"
    text = read(drawn(RECEIPT, applicant=unicodedata.normalize("NFD", name)))

    assert name in text
    assert unicodedata.is_normalized("NFC", text)


LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def test_every_vietnamese_letter_is_printed_in_every_style() -> None:
    text = read(drawn(RECEIPT, unit=LETTERS, applicant=LETTERS.upper(), place=LETTERS, address=LETTERS.upper()))
    joined = text.replace(" ", "")

    assert joined.count(LETTERS) >= 1
    assert joined.count(LETTERS.upper()) >= 2


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>đậm</b> & <font size=90>to</font>",
        "</para><para>",
        "{{ code }} {% raw %}",
        "<img src='file:///etc/passwd'/>",
        "<a href='javascript:x'>bấm</a>",
        "&lt;&#60;<!-- -->]]>",
        "%PDF-1.4 endobj (\\)",
    ],
)
def test_hostile_text_is_text(hostile: str) -> None:
    text = read(drawn(RECEIPT, applicant=hostile, content=hostile))

    assert text.replace(" ", "").count(hostile.replace(" ", "")) >= 2


def test_characters_no_font_has_and_none_can_see_do_no_harm() -> None:
    pdf = drawn(RECEIPT, applicant="Lý 李 🙂 \u202egnp.exe\x07\u200b", content="a\r\n\n\nb")

    assert "Lý" in read(pdf)
    assert "\u202e" not in read(pdf)


@pytest.mark.parametrize("pair", FORMS, ids=named)
def test_long_names_wrap_and_nothing_runs_over_the_edge(pair: tuple[FormSet, Form]) -> None:
    form = pair[1]
    long = "Công-ty-trách-nhiệm-hữu-hạn-một-thành-viên" * 5 + " " + "Nguyễn Thị Ngọc " * 20
    reason = "Lý do rất dài. " * 400
    row = {"number": 1, "name": long, "reason": reason, "originals": 1, "copies": 1, "files": 1}
    pdf = drawn(
        form, applicant=long, unit=long[:300], superior=long[:300], content=long, address=long, reason=reason,
        items=[row, row], components=[row], steps=[COMMON["steps"][0] | {"giver": long, "note": long}] * 3,
        entries=[COMMON["entries"][0] | {"owner": long, "content": long}],
    )  # fmt: skip
    width, height = A5 if form.size == "A5" else A4

    edges = seen.edges(pdf)
    assert min(each.left for each in edges) >= 20
    assert max(each.right for each in edges) <= width - 20
    assert min(each.bottom for each in edges) >= 0
    assert max(each.top for each in edges) <= height


def test_a_paper_of_several_pages_numbers_them() -> None:
    text = read(drawn(LATEST.form(PaperKind.REFUSAL), reason="Lý do rất dài. " * 600))

    assert "Trang 1/3" in text
    assert "Trang 3/3" in text


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_at_all_can_be_printed(long: str, short: str) -> None:
    assert drawn(RECEIPT, content=long, applicant=short).startswith(b"%PDF")


@pytest.mark.parametrize("form", [RECEIPT, LATEST.form(PaperKind.REFUSAL)], ids=lambda form: form.kind)
def test_a_camera_reads_the_code_at_the_upper_left_of_a_sheet_held_askew(form: Form) -> None:
    sheet = seen.page(drawn(form), dots=200)
    photo = sheet.rotate(4, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(0.8))
    [code] = zxingcpp.read_barcodes(photo)
    assert code.text == QR
    [code] = zxingcpp.read_barcodes(sheet)
    assert max(code.position.top_left.x, code.position.top_left.y) < 12 * marks.MM / 72 * 200


def test_a_line_without_anything_to_say_is_left_out_but_a_missing_fact_is_a_defect() -> None:
    from jinja2 import UndefinedError

    labels = [block.label for block in sheet(RECEIPT, owner="", due_before=None).blocks if block.block == "line"]
    assert "Chủ hồ sơ" not in labels
    assert "Thay cho lần hẹn trước" not in labels
    assert "Không có ngày hẹn trả cụ thể" in str(sheet(RECEIPT, due_at=None))

    from chalicelib.papers import blocks, layout

    with pytest.raises(UndefinedError):
        layout.put(blocks.template(RECEIPT.kind, "H32"), RECEIPT, {"unit": "Sở Tư pháp"})
