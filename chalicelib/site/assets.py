"""The pages' own style, script and pictures, under names that change with their content."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
ADDRESS: Final = re.compile(r"([a-z-]+)\.([0-9a-f]{12})(\.[a-z]+)")


class Asset(NamedTuple):
    text: str
    content_type: str
    is_current: bool


def address(name: str) -> str:
    """Where a file of `static` is found; a file that is not there is a defect of the page."""
    stem, suffix = Path(name).stem, Path(name).suffix
    return f"/assets/{stem}.{_digest(name)}{suffix}"


def found(asked: str) -> Asset | None:
    """The file of this address. Of an earlier release's address, today's file: better than a bare page."""
    parts = ADDRESS.fullmatch(asked)
    name = f"{parts[1]}{parts[3]}" if parts else ""
    if parts is None or parts[3] not in TYPES or not (FOLDER / name).is_file():
        return None
    return Asset(_text(name), TYPES[parts[3]], parts[2] == _digest(name))


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_text(name).encode()).hexdigest()[:12]
