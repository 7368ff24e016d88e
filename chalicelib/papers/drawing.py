"""A sheet drawn as PDF: each block as it stands on paper, the QR code upper left. Same sheet, same bytes."""

import io
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from chalicelib.papers import marks, pages
from chalicelib.papers.blocks import Body, Head, Line, Sheet, Signatures, Table, Text, Title
from chalicelib.papers.pages import BOLD, ITALIC, MM, REGULAR, Page

MOTTO: Final = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
STATE_WIDTH: Final = 60 * MM
SIGNING_SPACE: Final = 13 * MM
BODY: Final = 9.8
TITLE: Final = 12.5
INDENT: Final = 7 * MM


def drawn(sheet: Sheet, at: datetime, qr: str | None = None) -> bytes:
    """`at`: the date the file says it was made, that of the event it tells of; `qr`: what its QR code says."""
    pages.fonts()
    page = pages.page("A5" if sheet.enlarged else sheet.size, landscape=sheet.landscape)
    story = [flowable for block in sheet.blocks for flowable in DRAW[type(block)](block, page, qr)]
    made = io.BytesIO()
    author = next((block.unit for block in sheet.blocks if isinstance(block, Head)), "")
    document = pages.document(made, page, sheet.title, author)
    document.build(story, canvasmaker=pages.canvas_of(at, sheet.title, sheet.size if sheet.enlarged else None))
    return made.getvalue()


def _paragraph(text: str, font: str = REGULAR, size: float = BODY, align: str = "left", **style: Any) -> Any:  # noqa: ANN401
    """Text is text: whatever looks like markup in it is shown as it was written."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    facts = {"fontName": font, "fontSize": size, "leading": size * 1.22, "alignment": ALIGN[align], **style}
    return Paragraph(escape(text).replace("\n", "<br/>"), ParagraphStyle("", **facts))


ALIGN: Final = {"left": 0, "center": 1, "right": 2, "justify": 4}


def _head(head: Head, page: Page, qr: str | None) -> list[Any]:
    units = [_paragraph(head.superior.upper(), size=8, align="center")] if head.superior else []
    units += [_paragraph(head.unit.upper(), BOLD, 8, "center"), marks.rule(12 * MM)]
    if head.number:
        units.append(_paragraph(head.number, size=8, align="center", spaceBefore=2))
    state = [
        _paragraph(MOTTO[0], BOLD, 8, "center"),
        _paragraph(MOTTO[1], BOLD, 9.5, "center"),
        marks.rule(36 * MM),
        _paragraph(head.place, ITALIC, 9.5, "center", spaceBefore=6),
    ]
    if qr is None:
        return [_grid([[units, state]], [page.width / 2] * 2)]
    code = marks.SIZE + 1 * MM
    rest = page.width - code - STATE_WIDTH
    apart = [("LEFTPADDING", (1, 0), (1, 0), 6), ("RIGHTPADDING", (1, 0), (1, 0), 6)]
    return [_grid([[marks.code(qr), units, state]], [code, rest, STATE_WIDTH], *apart)]


def _grid(rows: list[list[Any]], widths: list[float], *more: Any) -> Any:  # noqa: ANN401
    from reportlab.platypus import Table

    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
    return Table(rows, colWidths=widths, style=[*style, *more])


def _title(title: Title, page: Page, qr: str | None) -> list[Any]:
    below = [_paragraph(title.below, BOLD, BODY, "center", spaceAfter=4)] if title.below else []
    text = title.text.upper()
    return [_paragraph(text, BOLD, _fitting(text, page), "center", spaceBefore=6, spaceAfter=2), *below]


def _fitting(text: str, page: Page) -> float:
    """The size at which a title stands on one line, within reason."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    needed: float = stringWidth(text, BOLD, TITLE)
    return max(TITLE * 0.8, min(TITLE, TITLE * 0.99 * page.width / needed))


def _line(line: Line, page: Page, qr: str | None) -> list[Any]:
    from reportlab.platypus import Paragraph

    paragraph = _paragraph(f"{line.label}: ", spaceAfter=1.4)
    font = BOLD if line.strong else REGULAR
    value = escape(line.value).replace("\n", "<br/>")
    return [Paragraph(f'{escape(line.label)}: <font name="{font}">{value}</font>', paragraph.style)]


def _text(text: Text, page: Page, qr: str | None) -> list[Any]:
    if text.style == "note":
        return [_paragraph(text.text, ITALIC, 8.5, "justify", spaceBefore=3, spaceAfter=3)]
    return [_paragraph(text.text, align="justify", spaceAfter=1.4)]


def _body(body: Body, page: Page, qr: str | None) -> list[Any]:
    heading: dict[str, Any] = {"font": BOLD, "align": "center", "spaceBefore": 4, "spaceAfter": 4, "keepWithNext": 1}
    plain: dict[str, Any] = {"align": "justify", "firstLineIndent": INDENT, "spaceAfter": 4}
    return [_paragraph(each.text, **(heading if each.style == "heading" else plain)) for each in body.said]


def _table(table: Table, page: Page, qr: str | None) -> list[Any]:
    from reportlab.platypus import Spacer
    from reportlab.platypus import Table as Drawn

    size = 7.5 if page.landscape else 9
    heads = [_paragraph(column.head, BOLD, size, "center") for column in table.columns]
    rows = [
        [_paragraph(cell, size=size, align=column.align) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.cells
    ]
    total = sum(column.width for column in table.columns)
    widths = [page.width * column.width / total for column in table.columns]
    # A reason may be longer than a page: a row then goes on upon the next.
    drawn = Drawn([heads, *rows], colWidths=widths, repeatRows=1, splitInRow=1, style=pages.RULED)
    return [Spacer(0, 2), drawn, Spacer(0, 4)]


def _signatures(signatures: Signatures, page: Page, qr: str | None) -> list[Any]:
    from reportlab.platypus import KeepTogether, Spacer

    share = page.width / max(2, len(signatures.of))
    cells = [
        [
            _paragraph(each.role, BOLD, 9.5, "center"),
            _paragraph(each.hint, ITALIC, 8.5, "center"),
            Spacer(0, SIGNING_SPACE),
            _paragraph(each.name, BOLD, 9.5, "center"),
        ]
        for each in signatures.of
    ]
    padded = [[]] * (2 - len(cells)) + cells  # one alone signs at the right
    return [KeepTogether([Spacer(0, 5), _grid([padded], [share] * len(padded))])]


DRAW: Final[dict[type, Any]] = {
    Head: _head,
    Title: _title,
    Line: _line,
    Text: _text,
    Body: _body,
    Table: _table,
    Signatures: _signatures,
}
