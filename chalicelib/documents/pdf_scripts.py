"""Whether a PDF brings scripts, or a form that is one (XFA), for whoever opens it to run: told from its bytes. Pure.

A browser's reader runs them when a page shows the file, and a dialog of theirs looks like one of ours. ISO 32000-2,
12.6.4.17 (an action whose type is `JavaScript`), 7.3.5 (names may be written with `#xx`), 7.5.7 (packed objects).
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

MOST_UNPACKED: Final = 64 * 1024 * 1024  # bytes, of all packed objects together
MOST_PACKED: Final = 20_000
FARTHEST: Final = 2_000  # bytes between the name of a packed object and its content


def _name(letters: str) -> bytes:
    """A pattern of this name, each letter as it is or as its number."""
    each = (rb"(?:%c|#%x%s)" % (ord(c), ord(c) >> 4, _digit(ord(c) & 15)) for c in letters)
    return b"/" + b"".join(each)


def _digit(value: int) -> bytes:
    digit = f"{value:x}"
    return f"[{digit}{digit.upper()}]".encode() if digit.isalpha() else digit.encode()


SCRIPT: Final = re.compile(_name("JavaScript") + rb"\b|" + _name("XFA") + rb"\s*(?:\[|\d+\s+\d+\s+R)")
PACKED: Final = re.compile(_name("ObjStm") + rb"\b")
CONTENT: Final = re.compile(rb"stream\r?\n")


def holds_scripts(data: bytes) -> bool:
    """Packed objects that cannot be looked into are taken to hold some: no honest writer packs them otherwise."""
    if SCRIPT.search(data):
        return True
    try:
        return any(SCRIPT.search(each) for each in _unpacked(data))
    except zlib.error:
        return True


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Raises `zlib.error` for what is packed in another way, or is more than a document has."""
    room, unread = MOST_UNPACKED, 2 * len(data)
    for number, found in enumerate(PACKED.finditer(data)):
        content = CONTENT.search(data, found.end(), found.end() + FARTHEST)
        packed = data[content.end() : data.find(b"endstream", content.end())] if content else b""
        unread -= len(packed)
        if unread < 0 or number > MOST_PACKED:
            raise zlib.error("too much")
        if content:  # else it is a word in a text
            inside = zlib.decompressobj().decompress(packed, room)
            room -= len(inside)
            yield inside
        if room <= 0:
            raise zlib.error("too much")
