"""What is drawn rather than written: the QR code (ISO/IEC 18004) as dark rectangles, and the rule below a heading."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from chalicelib.papers.pages import MM

SIZE: Final = 29 * MM


def code(content: str) -> Any:  # noqa: ANN401 - reportlab's flowable
    from reportlab.platypus import Flowable

    dark = matrix(content)

    class Code(Flowable):  # type: ignore[misc]
        def wrap(self, across: float, down: float) -> tuple[float, float]:
            return SIZE, SIZE

        def draw(self) -> None:
            module = SIZE / len(dark)
            path = self.canv.beginPath()
            for down, row in enumerate(dark, 1):
                for first, last in runs(row):
                    path.rect(first * module, SIZE - down * module, (last - first) * module, module)
            self.canv.drawPath(path, stroke=0, fill=1)

    return Code()


def rule(width: float) -> Any:  # noqa: ANN401 - reportlab's flowable
    """Centred, wherever it stands."""
    from reportlab.platypus import Flowable

    class Rule(Flowable):  # type: ignore[misc]
        def wrap(self, across: float, down: float) -> tuple[float, float]:
            self.across = across
            return across, 3

        def draw(self) -> None:
            self.canv.setLineWidth(0.6)
            self.canv.line((self.across - width) / 2, 1, (self.across + width) / 2, 1)

    return Rule()


def matrix(content: str) -> tuple[bytes, ...]:
    """Row by row, 1 for a dark module. Error correction M: a stamp over a corner does not spoil it."""
    import segno

    return tuple(bytes(row) for row in segno.make_qr(content, error="m", boost_error=False).matrix)


def runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Its dark stretches, each one rectangle: neighbouring modules show no seam."""
    place = 0
    for dark, run in groupby(row):
        first, place = place, place + len(list(run))
        if dark:
            yield first, place
