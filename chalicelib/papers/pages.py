"""What every page of a paper has: its size and margins, embedded fonts, a footer, and a date that is not today's."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final, NamedTuple

from chalicelib.clock.rules import ZONE

MM: Final = 72 / 25.4
REGULAR, BOLD, ITALIC = "MotcuaSerif-Regular", "MotcuaSerif-Bold", "MotcuaSerif-Italic"
SIZES: Final = {"A4": (210 * MM, 297 * MM), "A5": (148 * MM, 210 * MM)}
MARGIN: Final = 10 * MM
FOOTER: Final = 8 * MM
RULED: Final = [
    ("GRID", (0, 0), (-1, -1), 0.5, "#000000"),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
]


class Page(NamedTuple):
    """`width` of what is printed; `whole` the sheet itself."""

    whole: tuple[float, float]
    width: float
    landscape: bool


def page(size: str, *, landscape: bool) -> Page:
    across, down = SIZES[size][::-1] if landscape else SIZES[size]
    return Page((across, down), across - 2 * MARGIN, landscape)


def document(into: Any, page: Page, title: str, author: str) -> Any:  # noqa: ANN401 - reportlab's
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    across, down = page.whole
    frame = Frame(MARGIN, FOOTER, across - 2 * MARGIN, down - MARGIN - FOOTER, 0, 6, 0, 0, id="body")
    told = {"title": title, "author": author, "subject": title, "creator": "motcua", "lang": "vi-VN"}
    template = BaseDocTemplate(into, pagesize=page.whole, invariant=1, **told)
    template.addPageTemplates(PageTemplate(id="page", frames=[frame], pagesize=page.whole))
    return template


@cache
def fonts() -> None:
    """Makes the embedded fonts known, once a container."""
    from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (REGULAR, BOLD, ITALIC):
        with as_file(files(__package__).joinpath("fonts", f"{name}.ttf")) as path:
            registerFont(TTFont(name, path))
        registerFontFamily(name, name, name, name, name)  # each is chosen by its own name


def unprintable(text: str) -> list[str]:
    """The characters, each once, of which the embedded fonts have no picture: a box would be printed for them."""
    from reportlab.pdfbase.pdfmetrics import getFont

    fonts()
    known = getFont(REGULAR).face.charToGlyph
    return [each for each in dict.fromkeys(text) if each != "\n" and ord(each) not in known]


def canvas_of(at: datetime, title: str, onto: str | None = None) -> Callable[..., Any]:
    """A canvas that dates its file `at`, numbers its pages once it knows how many there are, and enlarges them `onto`
    the size named."""
    from reportlab.pdfgen.canvas import Canvas

    class DatedCanvas(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self.kept: list[dict[str, Any]] = []
            said = at.astimezone(ZONE)
            stamp = self._doc._timeStamp
            stamp.YMDhms, stamp.dhh, stamp.dmm = said.timetuple()[:6], 7, 0

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, state in enumerate(self.kept, 1):
                self.__dict__.update(state)
                _footer(self, title, number, len(self.kept))
                if onto:
                    _enlarge(self, SIZES[onto])
                super().showPage()
            super().save()

    return DatedCanvas


def _footer(canvas: Any, title: str, number: int, of: int) -> None:  # noqa: ANN401
    if of > 1:
        canvas.setFont(ITALIC, 7.5)
        canvas.drawRightString(canvas._pagesize[0] - MARGIN, FOOTER / 2, f"{title} · Trang {number}/{of}")


def _enlarge(canvas: Any, onto: tuple[float, float]) -> None:  # noqa: ANN401
    """The sizes of a series have one shape: what was drawn fills the larger page as it filled its own."""
    across, down = canvas._pagesize
    canvas._code.insert(0, f"{onto[0] / across:.5f} 0 0 {onto[1] / down:.5f} 0 0 cm")
    canvas._pagesize = onto
