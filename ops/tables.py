"""Records of the national export as they stand in a file (JSON lines, CSV, XLSX), each with its line."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from ops.columns import CODES, Row, UnreadableFile, column, records

LARGEST_CELL: Final = 10_000_000


def rows_of(path: Path) -> list[Row]:
    if not path.is_file():
        raise UnreadableFile(f"Không có tệp {path}.")
    match path.suffix.lower():
        case ".csv":
            return list(records(_csv_lines(path)))
        case ".xlsx":
            return list(records(_xlsx_lines(path)))
        case ".jsonl" | ".ndjson" | ".json":
            return list(_json_lines(path.read_bytes()))
    raise UnreadableFile(f"Chỉ đọc được tệp .jsonl, .csv hoặc .xlsx; không đọc được {path.name}.")


def _json_lines(content: bytes) -> Iterator[Row]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield _json_line(number, line)


def _json_line(number: int, line: bytes) -> Row:
    try:
        return Row(number, json.loads(line.decode("utf-8")))
    except UnicodeDecodeError:
        return Row(number, None, "not_utf8")
    except (ValueError, RecursionError):
        return Row(number, None, "bad_json")


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LARGEST_CELL)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(f"{path.name} không phải UTF-8: hãy lưu lại dưới dạng CSV UTF-8.") from None
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    line = 1
    for cells in reader:
        yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _xlsx_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its parts raise
        raise UnreadableFile(f"{path.name} không mở được như một bảng tính XLSX ({type(error).__name__}).") from None
    names: list[str] = []
    with closing(book):
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            names = names or [column(str(cell or "")) for cell in cells]
            yield number, [_spoken(cell, name) for cell, name in zip(cells, names, strict=False)]


def _spoken(cell: object, name: str) -> str:
    """A spreadsheet turns codes into numbers and days into dates; here they are words again."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%d-%m-%Y")
    if isinstance(cell, float):
        return f"{cell:.6f}" if name in CODES else f"{cell:g}" if cell != int(cell) else str(int(cell))
    return str(cell).strip()
