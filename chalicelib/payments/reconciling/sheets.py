"""The rows of a file that somebody uploads, CSV or XLSX: read a row at a time, within bounds, never computed. Pure.

Whoever sends the file may mean harm: what is too large when unpacked, declares entities, or is not what it says it is
is refused before it is read.
"""

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 64
MOST_PARTS: Final = 200
MOST_UNPACKED: Final = 32 * 1024 * 1024
MOST_TAGS: Final = 3_000_000  # what makes a parser's memory grow is not the text but the elements
LOOKED_AT_ONCE: Final = 64 * 1024
SEPARATORS: Final = (";", ",", "\t")


class Formula(NamedTuple):
    """A cell that would have to be computed; what it showed when it was saved may be anything."""

    text: str


class Unfit(Exception):
    """The file cannot be read: `reason` is a stable word, `line` where it was noticed (0: the file as a whole)."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


class NumberedRow(NamedTuple):
    """`number` as a person sees it in an editor or a spreadsheet."""

    number: int
    cells: tuple[Any, ...]


Sheet = Iterator[NumberedRow]


def csv_readings(data: bytes) -> list[Sheet]:
    """The file read with each separator it may have; whoever knows the heads knows which is right."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unfit("not_utf8", data[: error.start].count(b"\n") + 1) from None
    if "\x00" in text:
        raise Unfit("not_text", text[: text.index("\x00")].count("\n") + 1)
    return [_csv_rows(text, separator) for separator in SEPARATORS if separator in text]


def _csv_rows(text: str, separator: str) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            _require_few(before + 1, before + 1)
            yield NumberedRow(before + 1, tuple(cells[:MOST_COLUMNS]))
            before = reader.line_num
    except csv.Error:
        raise Unfit("badly_quoted", before + 1) from None


def xlsx_readings(data: bytes) -> list[Sheet]:
    """Each sheet of the workbook; hidden ones too, since hiding is no reason not to be read."""
    from openpyxl import load_workbook

    _require_harmless(data)
    try:
        with _unwarned():
            book: Any = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a broken part makes it stumble over
        raise Unfit("not_xlsx") from None
    return [_xlsx_rows(page) for page in book.worksheets]


def _xlsx_rows(page: Any) -> Sheet:
    """By openpyxl's own parser, since its sheets leave out, unsaid, a row that bears the number of one before."""
    before = 0
    try:
        rows = _parsed(page)
        for place in range(1, MOST_ROWS + 2):
            with _unwarned():
                number, cells = next(rows, (0, []))
            if not number:
                return
            _require_few(place, number)
            columns = [cell["column"] for cell in cells]
            if number <= before or len(set(columns)) < len(columns):
                raise Unfit("rows_out_of_order", number)
            yield NumberedRow(number, _cells(cells))
            before = number
    except Unfit:
        raise
    except Exception:  # noqa: BLE001
        raise Unfit("not_xlsx", before + 1) from None


def _parsed(page: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    from openpyxl.worksheet._reader import WorkSheetParser

    book = page.parent
    with page._get_source() as source:
        parser = WorkSheetParser(
            source,
            page._shared_strings,
            data_only=False,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        yield from parser.parse()


def _cells(cells: list[dict[str, Any]]) -> tuple[Any, ...]:
    held = {
        cell["column"]: Formula(str(cell["value"])) if cell["data_type"] == "f" else cell["value"] for cell in cells
    }
    width = min(max(held, default=0), MOST_COLUMNS)
    return tuple(held.get(column) for column in range(1, width + 1))


@contextmanager
def _unwarned() -> Iterator[None]:
    """openpyxl warns of what it leaves out; what a statement needs, it does not leave out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _require_few(number: int, line: int) -> None:
    if number > MOST_ROWS:
        raise Unfit("too_many_rows", line)


def _require_harmless(data: bytes) -> None:
    """Small enough when unpacked (no part yields more than it declares), plain XML without declarations of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Unfit("too_large_unpacked")
            if "[Content_Types].xml" not in archive.namelist() or len(set(archive.namelist())) < len(parts):
                raise Unfit("not_xlsx")
            if sum(_plain_tags(archive, part) for part in parts) > MOST_TAGS:
                raise Unfit("too_large_unpacked")
    except Unfit:
        raise
    except Exception:  # noqa: BLE001 - zipfile and zlib raise many things over a broken or encrypted archive
        raise Unfit("not_xlsx") from None


def _plain_tags(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many tags the part has, if it is XML.

    An entity that multiplies, or one that names a file, needs a DOCTYPE: no spreadsheet program writes any.
    """
    if not part.filename.endswith((".xml", ".rels")):
        return 0
    tags, tail = 0, b""
    with archive.open(part) as unpacked:
        while piece := unpacked.read(LOOKED_AT_ONCE):
            if b"<!" in tail + piece or b"\x00" in piece:
                raise Unfit("not_xlsx")
            tags, tail = tags + piece.count(b"<"), piece[-1:]
    return tags
