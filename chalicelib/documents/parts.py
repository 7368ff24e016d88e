"""How a large file is cut into parts, so that a lost line costs one part and not the file. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.documents.uploads import Upload
from chalicelib.shapes import Shape

# What S3 takes as the least size of a part that is not the last one.
PART: Final = 5 * 1024 * 1024
# Below it a file is one part anyway, or almost; it is simply sent again.
LARGE: Final = 6 * 1024 * 1024


class Cut(NamedTuple):
    """Part `number` of a file, from 1, is its bytes from `start` to before `end`."""

    number: int
    start: int
    end: int


class Part(Shape):
    """`url`: where its bytes are PUT; empty when they are there already."""

    number: int
    start: int
    end: int
    url: str


class Bringing(Shape):
    """How one declared file is brought: by a form in one go, or, where it is large, part by part.

    `done`: all of it is there, nothing is left to be sent.
    """

    document_id: str
    expires_at: datetime
    upload: Upload | None = None
    parts: list[Part] = []
    done: bool = False


def cuts(size: int) -> list[Cut]:
    """All of the file, in order."""
    starts = range(0, size, PART)
    return [Cut(number, start, min(start + PART, size)) for number, start in enumerate(starts, 1)]


def lacking(size: int, there: Mapping[int, int]) -> list[Cut]:
    """What is not there, or not whole."""
    return [each for each in cuts(size) if there.get(each.number) != each.end - each.start]
