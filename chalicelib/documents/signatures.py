"""What bytes look like from their first few: the types we take, and those that are sent instead. Pure."""

import re
from typing import Final

OLE: Final = "Office 97–2003"
# Readers look for a PDF's marks within the first and the last kilobyte; some writers put a little around them.
MARGIN: Final = 1024
# Read as: bytes found at this offset mean this. The first match counts.
SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"MZ", "EXE"),
    (0, b"\x7fELF", "ELF"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"{\\rtf", "RTF"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (8, b"WEBP", "WebP"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftyp", "video"),
)


def kind_of(data: bytes) -> str:
    """What the bytes look like, in a word for people; empty when nothing known."""
    for offset, mark, name in SIGNATURES:
        if data.startswith(mark, offset):
            return name
    if b"%PDF-" in data[:MARGIN]:
        return "PDF"
    return "HTML" if re.match(rb"\s*<(?:!doctype html|html)\b", data[:MARGIN], re.IGNORECASE) else ""
