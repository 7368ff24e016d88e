"""A paper as eyes and cameras see it."""

from typing import NamedTuple

import pypdfium2
from PIL import Image


def page(pdf: bytes, dots: int, number: int = 0) -> Image.Image:
    """In shades of grey, so many dots to an inch."""
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[number].render(scale=dots / 72, grayscale=True).to_pil()
    return picture.convert("L")


class Edges(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float


def edges(pdf: bytes) -> list[Edges]:
    """Of each piece of text on any page, in points from the lower left corner."""
    texts = [page.get_textpage() for page in pypdfium2.PdfDocument(pdf)]
    return [Edges(*text.get_rect(number)) for text in texts for number in range(text.count_rects())]
