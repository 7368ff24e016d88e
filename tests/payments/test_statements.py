"""Statements as finance officers upload them: read line by line, refused clearly, never guessed at."""

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from chalicelib.clock.rules import ZONE
from chalicelib.payments.reconciling import sheets, statement_formats
from chalicelib.payments.reconciling.movements import Kind, Status
from chalicelib.payments.reconciling.sheets import Unfit
from chalicelib.payments.reconciling.statement_formats import StatementFormat, plain_word, statement_format
from chalicelib.payments.reconciling.statement_words import COLUMNS, FILES, LINES, StatementUnfit, told
from chalicelib.payments.reconciling.statements import ReadStatement, UnreadableLine, read_statement
from tests.payments.ledgers import HEADS, a_line, a_refund, a_row, as_csv, as_xlsx, month, statement, written

FORMATS = sorted(Path(statement_formats.__file__).parent.glob("formats/*/*.json"))
PLAIN = statement_format("a-provider-without-one", "H32")
VNPAY = statement_format("vnpay", "H32")
LINES_SAID = statement([a_row(1), a_row(2, status=Status.FAILED), a_refund(3)])
GOOD = written(LINES_SAID)[0]


def read(data: bytes, form: StatementFormat = PLAIN) -> ReadStatement:
    return read_statement(data, "xlsx" if data.startswith(b"PK") else "csv", form)


def changed(**cells: str) -> list[str]:
    """A good row but for these cells, by the place of their head."""
    return [cells.get(f"c{place}", cell) for place, cell in enumerate(GOOD)]


def refused(data: bytes, form: StatementFormat = PLAIN, file_format: str | None = None) -> tuple[str, int]:
    with pytest.raises(Unfit) as unfit:
        read_statement(data, file_format or ("xlsx" if data.startswith(b"PK") else "csv"), form)
    return unfit.value.reason, unfit.value.line


def outcome(data: bytes, file_format) -> str:
    try:
        read_statement(data, file_format, PLAIN)
    except Unfit as unfit:
        return unfit.reason
    return "read"


# ——— what is read ———


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("dots", [True, False])
def test_a_csv_statement_says_what_it_says(separator: str, dots: bool):
    assert read(as_csv(written(LINES_SAID, dots), separator)) == ReadStatement(tuple(LINES_SAID), ())


def test_without_a_byte_order_mark_too():
    assert read(as_csv(written(LINES_SAID)).removeprefix(b"\xef\xbb\xbf")).lines == tuple(LINES_SAID)


def test_every_cell_may_stand_in_quotation_marks_and_a_line_may_break_within_them():
    quoted = "\n".join(";".join(f'"{cell}"' for cell in row) for row in [HEADS, changed(c3="Thành\ncông"), GOOD])

    assert [line.number for line in read(quoted.encode()).lines] == [2, 4]


def test_an_xlsx_statement_says_the_same_as_text_and_as_numbers_and_dates():
    numbers = [
        [*row[:4], line.amount, line.at.replace(tzinfo=None), 550]
        for row, line in zip(written(LINES_SAID), LINES_SAID, strict=True)
    ]

    assert read(as_xlsx(written(LINES_SAID))).lines == tuple(LINES_SAID)
    assert read(as_xlsx(numbers)).lines == tuple(LINES_SAID)


def test_a_title_above_and_sums_below_are_no_transactions():
    above = [["SAO KÊ GIAO DỊCH"], ["Từ ngày", "01/06/2026"], []]
    rows = [*written(LINES_SAID), [], ["Tổng cộng", "", "", "", "190.000", "", "1.650"], ["Tổng cộng:"]]
    found = read(as_xlsx(rows, above=above))

    assert [line.number for line in found.lines] == [5, 6, 7]
    assert found.unreadable == ()
    assert read(as_csv(rows)).unreadable == ()


def test_a_transaction_that_begins_like_a_footer_is_not_passed_over():
    assert read(as_csv([changed(c0="Tổng")])).lines[0].reference == "Tổng"


def test_heads_are_known_whatever_their_case_blanks_and_form_of_unicode():
    heads = ["  MÃ  GIAO DỊCH ", *HEADS[1:]]

    assert read(as_csv([GOOD], heads=heads)).lines == (LINES_SAID[0],)


def test_columns_may_stand_in_any_order_among_others():
    heads = ["Ghi chú", *reversed(HEADS)]

    assert read(as_csv([["x", *reversed(GOOD)]], heads=heads)).lines == (LINES_SAID[0],)


def test_an_empty_statement_is_a_statement():
    assert read(as_csv([])) == ReadStatement((), ())


AMOUNTS = {
    **{"120000": 120_000, "120.000": 120_000, "120,000": 120_000, "1.250.000": 1_250_000, "1,250,000": 1_250_000},
    **{"120.000 đ": 120_000, "120.000đ": 120_000, "120000 VND": 120_000, "120.000 ₫": 120_000, "0": 0},
    **{"120000.00": 120_000, "120,000.00": 120_000, "120.000,00": 120_000, "120000.0": 120_000, "12.000": 12_000},
}


@pytest.mark.parametrize(("said", "amount"), AMOUNTS.items(), ids=AMOUNTS.keys())
def test_amounts_as_they_are_written_in_vietnam_and_elsewhere(said: str, amount: int):
    assert read(as_csv([changed(c4=said)])).lines[0].amount == amount


NO_AMOUNTS = (
    *("-", "12.50", "12,5", "1.2000", "12.00.000", "1.000.00", "1,000,00", "1.000,000", "1e5", "١٢٣", "NaN", "inf"),
    *("0x10", "1_000", "1 000", "+5", "--5", "12đ5", "9" * 13, "1" * 200, "True"),
)


@pytest.mark.parametrize("said", NO_AMOUNTS)
def test_what_is_no_whole_amount_is_told_and_not_guessed(said: str):
    found = read(as_csv([changed(c4=said), GOOD]))

    assert found.unreadable == (UnreadableLine(2, "not_an_amount", "amount"),)
    assert [line.number for line in found.lines] == [3]


@given(st.integers(0, 10**12 - 1))
def test_an_amount_comes_back_however_it_was_written(amount: int):
    for said in (str(amount), f"{amount:,}", f"{amount:,}".replace(",", "."), f"{amount:,}.00"):
        assert read(as_csv([changed(c4=said)])).lines[0].amount == amount


def test_vnpays_own_amounts_are_hundredfold_and_its_portals_are_not():
    heads = ["vnp_TransactionNo", "vnp_TxnRef", "vnp_TransactionType", "vnp_TransactionStatus", "vnp_Amount"]
    row = ["14226112", "d1-abc234", "01", "00", "12000000"]
    (line,) = read(as_csv([[*row, "20260601090512"]], heads=[*heads, "vnp_PayDate"]), VNPAY).lines
    odd = read(as_csv([[*row[:4], "12000001"]], heads=heads), VNPAY)

    assert (line.amount, line.at) == (120_000, datetime(2026, 6, 1, 9, 5, 12, tzinfo=ZONE))
    assert (line.kind, line.status) == (Kind.PAYMENT, Status.SUCCESS)
    assert odd.unreadable == (UnreadableLine(2, "not_an_amount", "amount"),)
    portal = as_csv([row], heads=[*heads[:4], "Số tiền"])
    assert read(portal, VNPAY).lines[0].amount == 12_000_000


UNREADABLE = {
    "no name": (changed(c0="", c1=""), "nothing_named", "order"),
    "a strange kind": (changed(c2="Khác"), "unknown_word", "kind"),
    "no kind": (changed(c2=""), "empty", "kind"),
    "a strange status": (changed(c3="Ổn"), "unknown_word", "status"),
    "no status": (changed(c3=""), "empty", "status"),
    "a negative amount": (changed(c4="-20.000"), "negative", "amount"),
    "a strange time": (changed(c5="hôm qua"), "not_a_time", "at"),
    "an impossible day": (changed(c5="31/02/2026 08:00:00"), "not_a_time", "at"),
    "a year long gone": (changed(c5="01/01/0001"), "not_a_time", "at"),
    "a stamp cut short": (changed(c5="2026060109051"), "not_a_time", "at"),
    "a strange fee": (changed(c6="ít"), "not_an_amount", "fee"),
    "a name without end": (changed(c1="x" * 129), "not_text", "order"),
    "a name with a control character": (changed(c0="a\x07b"), "not_text", "reference"),
    "no amount": (changed(c4=""), "empty", "amount"),
    "a row cut short": (GOOD[:3], "empty", "amount"),
}


@pytest.mark.parametrize(("row", "reason", "column"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_line_that_cannot_be_read_is_listed_with_its_number_and_keeps_no_other(row, reason: str, column: str):
    found = read(as_csv([GOOD, row, GOOD]))

    assert found.unreadable == (UnreadableLine(3, reason, column),)
    assert [line.number for line in found.lines] == [2, 4]


CELLS = {
    "a formula": ("=1+1", 4, "formula", "amount"),
    "a formula for a name": ('=HYPERLINK("http://x","14000001")', 0, "formula", "reference"),
    "yes": (True, 4, "not_an_amount", "amount"),
    "yes for a name": (True, 0, "not_text", "reference"),
    "a fraction": (20_000.5, 4, "not_an_amount", "amount"),
    "a name that was rounded": (2026060109051234567.0, 0, "rounded", "reference"),
    "a day for an amount": (datetime(2026, 6, 1), 4, "not_an_amount", "amount"),
    "a number for a time": (12, 5, "not_a_time", "at"),
}


@pytest.mark.parametrize(("cell", "place", "reason", "column"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_of_another_type_is_told_and_not_guessed(cell, place: int, reason: str, column: str):
    row = [cell if here == place else said for here, said in enumerate(GOOD)]
    found = read(as_xlsx([GOOD, row]))

    assert found.unreadable == (UnreadableLine(3, reason, column),)


def test_a_name_that_a_spreadsheet_made_a_number_is_still_the_name():
    assert read(as_xlsx([[14_000_001, *GOOD[1:]]])).lines == (LINES_SAID[0],)
    assert read(as_xlsx([[14_000_001.0, *GOOD[1:]]])).lines == (LINES_SAID[0],)


def test_negative_amounts_are_refunds_where_the_format_says_so():
    without = {"columns": {k: v for k, v in PLAIN.columns.items() if k != "kind"}}
    form = PLAIN.model_copy(update=without | {"kind_without_column": Kind.PAYMENT, "negative": Kind.REFUND})
    heads = [head for head in HEADS if head != "Loại giao dịch"]
    rows = [[cell for cell in changed(c4=said) if cell != "Thanh toán"] for said in ("20.000", "-20.000")]

    lines = read(as_csv(rows, heads=heads), form).lines
    assert [(line.kind, line.amount) for line in lines] == [(Kind.PAYMENT, 20_000), (Kind.REFUND, 20_000)]
    assert refused(as_csv(rows, heads=heads)) == ("columns_missing", 0)


# ——— what is refused ———


BOM16 = "a;b\n".encode("utf-16")
LONG_QUOTE = as_csv([GOOD]) + b'"never closed;'
CSV = {
    "nothing": (b"", ("columns_missing", 0)),
    "no table": ("Xin chào\n".encode(), ("columns_missing", 0)),
    "UTF-16": (BOM16, ("not_utf8", 1)),
    "an old code page": ("Mê".encode("cp1252"), ("not_utf8", 1)),
    "bytes in the third line": (as_csv([GOOD]) + b"\xff", ("not_utf8", 3)),
    "NUL": (as_csv([GOOD]) + b"a\x00b", ("not_text", 3)),
    "a quotation without end": (LONG_QUOTE, ("badly_quoted", 3)),
    "a column twice": (as_csv([[*GOOD, "1"]], heads=[*HEADS, "amount"]), ("column_twice", 1)),
    "no amount": (as_csv([GOOD], heads=[*HEADS[:4], "Giá", *HEADS[5:]]), ("columns_missing", 0)),
    "no name": (as_csv([GOOD], heads=["a", "b", *HEADS[2:]]), ("columns_missing", 0)),
    "no status": (as_csv([GOOD], heads=[*HEADS[:3], "x", *HEADS[4:]]), ("columns_missing", 0)),
    "a picture": (b"\x89PNG\r\n\x1a\n", ("not_utf8", 1)),
}


@pytest.mark.parametrize(("data", "expected"), CSV.values(), ids=CSV.keys())
def test_what_is_no_csv_statement_is_refused_with_the_line(data: bytes, expected: tuple[str, int]):
    assert refused(data) == expected


def test_more_lines_than_a_month_can_have_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)

    assert len(read(as_csv([GOOD] * 2)).lines) == 2
    assert refused(as_csv([GOOD] * 3)) == ("too_many_rows", 4)
    assert refused(as_xlsx([GOOD] * 3)) == ("too_many_rows", 4)


def archive(**parts: bytes) -> bytes:
    """The good workbook with these parts put in or changed (`__` for a slash, `_xml` for the ending)."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx([GOOD]))) as good, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        named = {name.replace("__", "/").removesuffix("_xml") + ".xml": data for name, data in parts.items()}
        for name in {*good.namelist(), *named}:
            new.writestr(name, named.get(name) or good.read(name))
    return made.getvalue()


def sheet_of(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    heads = "".join(f'<c t="inlineStr"><is><t>{head}</t></is></c>' for head in HEADS)
    return archive(
        xl__worksheets__sheet1_xml=(
            f'<worksheet xmlns="{space}"><sheetData><row r="1">{heads}</row>{rows}</sheetData></worksheet>'.encode()
        )
    )


def row_of(number: int, cells=GOOD) -> str:
    return f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in cells) + "</row>"


BOMB = b"<a>" + b"0" * (40 * 1024 * 1024) + b"</a>"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><sst>&c;</sst>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst>&x;</sst>'
XLSX = {
    "a bomb": (archive(xl__bomb_xml=BOMB), ("too_large_unpacked", 0)),
    "too many elements": (archive(xl__many_xml=b"<a>" + b"<b/>" * 3_000_001 + b"</a>"), ("too_large_unpacked", 0)),
    "too many parts": (archive(**{f"x{n}_xml": b"<a/>" for n in range(201)}), ("too_large_unpacked", 0)),
    "entities that multiply": (archive(xl__sharedStrings_xml=LAUGHS), ("not_xlsx", 0)),
    "an entity from outside": (archive(xl__sharedStrings_xml=OUTSIDE), ("not_xlsx", 0)),
    "entities in UTF-16": (archive(xl__sharedStrings_xml=LAUGHS.decode().encode("utf-16")), ("not_xlsx", 0)),
    "no workbook": (archive(xl__workbook_xml=b"<a/>"), ("columns_missing", 0)),
    "broken XML": (sheet_of("<row"), ("not_xlsx", 0)),
    "a line that bears the number of another": (sheet_of(row_of(2) + row_of(2)), ("rows_out_of_order", 2)),
    "lines that go backwards": (sheet_of(row_of(3) + row_of(2)), ("rows_out_of_order", 2)),
    "a text that is not there": (sheet_of('<row r="2"><c t="s"><v>99999</v></c></row>'), ("not_xlsx", 2)),
    "another archive": (b"PK\x03\x04 and then nothing", ("not_xlsx", 0)),
    "cut short": (as_xlsx([GOOD])[:-200], ("not_xlsx", 0)),
}


@pytest.mark.parametrize(("data", "expected"), XLSX.values(), ids=XLSX.keys())
def test_what_is_no_harmless_workbook_is_refused(data: bytes, expected: tuple[str, int]):
    assert refused(data) == expected


def test_lines_of_a_workbook_keep_the_numbers_a_person_sees():
    assert [line.number for line in read(sheet_of(row_of(7) + row_of(1_048_576))).lines] == [7, 1_048_576]


def test_of_two_tables_none_is_chosen():
    book = load_workbook(io.BytesIO(as_xlsx([GOOD])))
    book.copy_worksheet(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)

    assert refused(made.getvalue()) == ("two_tables", 0)
    book.worksheets[1].delete_rows(1)
    book.save(made := io.BytesIO())
    assert len(read(made.getvalue()).lines) == 1


def test_a_workbook_sent_as_csv_and_a_csv_sent_as_workbook_are_refused():
    assert refused(as_xlsx([GOOD]), file_format="csv")[0] in ("not_utf8", "not_text")
    assert refused(as_csv([GOOD]), file_format="xlsx") == ("not_xlsx", 0)


def test_an_empty_workbook_is_refused():
    Workbook().save(made := io.BytesIO())

    assert refused(made.getvalue()) == ("columns_missing", 0)


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_whatever_is_sent_is_read_or_refused(data: bytes):
    for file_format in ("csv", "xlsx"):
        assert outcome(data, file_format) in ("read", *FILES)


@given(st.integers(0, 3000), st.integers(0, 255))
@settings(max_examples=200)
def test_a_damaged_workbook_is_read_or_refused(place: int, byte: int):
    whole = as_xlsx([GOOD])
    damaged = whole[: place % len(whole)] + bytes([byte]) + whole[place % len(whole) + 1 :]
    assert outcome(damaged, "xlsx") in ("read", *FILES)


# ——— the formats and the words ———


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_packaged_format_is_one(path: Path):
    form = StatementFormat.model_validate(json.loads(path.read_text(encoding="utf-8")))

    assert Status.UNHEARD not in form.statuses
    assert {Status.SUCCESS, Status.FAILED} <= set(form.statuses)
    assert set(form.kinds) == set(Kind) or form.kind_without_column
    assert path.stem == "plain" or "check" in form.note
    for pattern in form.times:
        datetime.strptime(datetime(2026, 6, 1, 9, 5, 12, tzinfo=ZONE).strftime(pattern), pattern)


def test_a_word_that_stands_for_two_things_is_no_format():
    told_twice = {**PLAIN.statuses, Status.FAILED: ("Thành  Công",)}

    with pytest.raises(ValueError, match="two things"):
        StatementFormat.model_validate(PLAIN.model_dump() | {"statuses": told_twice})
    with pytest.raises(ValueError, match="two things"):
        StatementFormat.model_validate(PLAIN.model_dump() | {"amounts": {"Trạng thái": 1}})


def test_a_format_that_names_neither_transaction_nor_order_is_none():
    with pytest.raises(ValueError, match="needs a status"):
        StatementFormat.model_validate(PLAIN.model_dump() | {"columns": {"status": ("x",)}})


def test_words_are_compared_composed():
    assert plain_word("Ma\u0303  Giao ") == plain_word("Mã giao")


def test_the_province_may_have_a_format_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for place, note in (("common", "common"), ("H32", "ours")):
        (tmp_path / "formats" / place).mkdir(parents=True)
        text = json.dumps(PLAIN.model_dump(mode="json") | {"note": note})
        (tmp_path / "formats" / place / "vnpay.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(statement_formats, "files", lambda _: tmp_path)

    assert statement_format("vnpay", "H32").note == "ours"
    assert statement_format("vnpay", "H33").note == "common"


@pytest.mark.parametrize("reason", sorted(FILES))
def test_a_refused_file_is_told_why_in_both_languages(reason: str):
    (fault,) = StatementUnfit.because(Unfit(reason, 7), PLAIN).faults

    assert (fault.pointer, fault.code) == ("/file", reason)
    assert fault.vi != fault.en
    assert "{" not in fault.vi + fault.en
    assert (fault.vi.endswith(" Dòng 7."), fault.en.endswith(" Line 7.")) == (True, True)
    if reason == "columns_missing":
        assert "Mã giao dịch / reference" in fault.vi


@pytest.mark.parametrize("reason", sorted(LINES))
@pytest.mark.parametrize("column", sorted(COLUMNS))
def test_an_unreadable_line_is_told_with_its_number_and_column(reason: str, column: str):
    line = UnreadableLine(12, reason, column)

    assert told(line, "vi").startswith(f"Dòng 12, cột {COLUMNS[column][0]}: ")
    assert told(line, "en").startswith(f"Line 12, {COLUMNS[column][1]}: ")


def test_what_is_written_of_a_ledger_is_read_back():
    lines = statement(month(50))

    assert read(as_csv(written(lines))).lines == tuple(lines)
    assert read(as_xlsx(written(lines))).lines == tuple(lines)
    assert a_line(a_row(1)).at.date() == date(2026, 6, 15)
