"""A sheet's table as XLSX, for those who go on working with it. Every cell is text: nothing in it is ever computed."""

import io
import itertools
from collections.abc import Sequence
from typing import Any, Final

from chalicelib.papers.blocks import Sheet, Table, Title

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet would take for a formula once the cell is edited, or saved as CSV and opened again.
TEMPTING: Final = ("=", "+", "-", "@", "\t", "\r")
WIDEST: Final = 60


def workbook(*sheets: Sheet) -> bytes:
    """A page for each sheet, in their order."""
    from openpyxl import Workbook

    book: Any = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title[:31]), sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _fill(page: Any, sheet: Sheet) -> None:  # noqa: ANN401 - openpyxl's
    down = itertools.count(1)
    for block in sheet.blocks:
        if isinstance(block, Title):
            _write(page, next(down), [block.text], bold=True)
            _write(page, next(down), [block.below])
        elif isinstance(block, Table):
            _write(page, head := next(down), [column.head for column in block.columns], bold=True)
            page.freeze_panes = f"A{head + 1}"
            _fit(page, block)
            for row in block.cells:
                _write(page, next(down), row)


def _write(page: Any, down: int, values: Sequence[str], *, bold: bool = False) -> None:  # noqa: ANN401
    from openpyxl.styles import Font

    font = Font(bold=bold)
    for across, value in enumerate(values, 1):
        cell = page.cell(down, across)
        cell.value, cell.data_type = value, "s"  # in this order: the value alone would be taken for a formula
        cell.quotePrefix = value.startswith(TEMPTING)
        cell.font = font


def _fit(page: Any, table: Table) -> None:  # noqa: ANN401
    from openpyxl.utils import get_column_letter

    for across, column in enumerate(table.columns, 1):
        longest = max([len(column.head), *(len(row[across - 1]) for row in table.cells)])
        page.column_dimensions[get_column_letter(across)].width = min(WIDEST, longest + 2)
