"""What a file really is, told from its bytes, and whether it is whole and open to read. Pure."""

import hashlib
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Final

from chalicelib.documents.names import OFFICE, TYPES, safe_name
from chalicelib.documents.pdf_scripts import holds_scripts
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Document, Step, Verdict
from chalicelib.documents.signatures import MARGIN, OLE, kind_of

XREF: Final = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")
ENCRYPT: Final = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
LENGTH: Final = re.compile(rb"/Linearized\b[^>]*?/L\s+(\d+)")
PARTS: Final = {
    "word/": OFFICE + "wordprocessingml.document",
    "xl/": OFFICE + "spreadsheetml.sheet",
    "ppt/": OFFICE + "presentationml.presentation",
}
MOST_PARTS: Final = 10_000
# Far more than any picture has; a file made of nothing but empty pieces may not keep us busy.
MOST_STEPS: Final = 100_000


def described(document: Document, data: bytes) -> Document:
    """With what its bytes tell of a file of which nothing was declared; as it is when that is none of those taken."""
    real = _type_of(data)
    if real not in document.accepts or len(data) > document.most:
        return document
    return document.model_copy(
        update={
            "content_type": real,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "file_name": safe_name(document.file_name, real),
        }
    )


def _type_of(data: bytes) -> str:
    kind = kind_of(data)
    if kind != "ZIP":
        return next((type_ for type_, each in TYPES.items() if each.name == kind), "")
    try:
        names, _ = _listed(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""
    return next((type_ for part, type_ in PARTS.items() if any(name.startswith(part) for name in names)), "")


def fault_in(document: Document, data: bytes) -> Verdict | None:
    """The first thing wrong with the bytes that arrived for a document, or None."""
    if not document.is_declared:
        return _wrong_type(data) if data.strip(b"\0 \t\r\n") else _rejected(Reason.EMPTY)
    if len(data) != document.size:
        return _rejected(Reason.EMPTY if not data else Reason.SIZE_DIFFERS)
    if hashlib.sha256(data).hexdigest() != document.sha256:
        return _rejected(Reason.CONTENT_DIFFERS)
    if not data.strip(b"\0 \t\r\n"):
        return _rejected(Reason.EMPTY)
    return CHECKS[document.content_type](data, document.content_type)


def _pdf(data: bytes, declared: str) -> Verdict | None:
    if kind_of(data) != "PDF":
        return _wrong_type(data)
    ends = list(re.finditer(rb"startxref\s+(\d+)", data[-MARGIN:]))
    if not ends or b"%%EOF" not in data[-MARGIN:]:
        return _rejected(Reason.TRUNCATED)
    start, whole = int(ends[-1][1]), LENGTH.search(data[:MARGIN])
    if not 0 < start < len(data) or (whole and int(whole[1]) > len(data)):
        return _rejected(Reason.TRUNCATED)
    if ENCRYPT.search(_trailer(data, start)):
        return _rejected(Reason.PASSWORD)
    return _rejected(Reason.SCRIPTS) if holds_scripts(data) else None


def _trailer(data: bytes, start: int) -> bytes:
    """The dictionary that ends the file: after a table, or at the head of a cross-reference stream.

    Only there does `/Encrypt` mean anything; in a page's text it is a word.
    """
    start += max(data.find(b"%PDF-", 0, MARGIN), 0)  # offsets count from the mark, whatever stands before it
    if not XREF.match(data[start : start + 64]):
        start = max(data.rfind(b"trailer"), 0)
    ends = [end for mark in (b"startxref", b"stream") if (end := data.find(mark, start)) >= 0]
    return data[start : min(ends, default=len(data))]


def _png(data: bytes, declared: str) -> Verdict | None:
    if kind_of(data) != "PNG":
        return _wrong_type(data)
    at = 8
    for _ in range(MOST_STEPS):
        if at + 12 > len(data):
            break
        chunk, length = data[at + 4 : at + 8], int.from_bytes(data[at : at + 4], "big")
        at += 12 + length
        if chunk == b"IEND" and at <= len(data):
            return None
    return _rejected(Reason.TRUNCATED)


def _jpeg(data: bytes, declared: str) -> Verdict | None:
    """Walks to the picture itself: a thumbnail inside has an end mark of its own."""
    if kind_of(data) != "JPEG":
        return _wrong_type(data)
    at = 2
    for _ in range(MOST_STEPS):
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            break
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            return None if data.find(b"\xff\xd9", at) >= 0 else _rejected(Reason.TRUNCATED)
        at += 1 if marker == 0xFF else 2 + length
    return _rejected(Reason.TRUNCATED)


def _office(data: bytes, declared: str) -> Verdict | None:
    kind = kind_of(data)
    if kind == OLE and "EncryptedPackage".encode("utf-16-le") in data:
        return _rejected(Reason.PASSWORD)  # Office wraps an encrypted file in its old container
    if kind != "ZIP":
        return _wrong_type(data)
    try:
        names, locked = _listed(data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return _rejected(Reason.TRUNCATED)
    if locked:
        return _rejected(Reason.PASSWORD)
    real = next((type_ for part, type_ in PARTS.items() if any(name.startswith(part) for name in names)), "")
    if "[Content_Types].xml" not in names or real != declared:
        return _rejected(Reason.WRONG_TYPE, TYPES[real].name if real else "ZIP")
    return _rejected(Reason.MACROS) if any(name.endswith("vbaProject.bin") for name in names) else None


def _listed(data: bytes) -> tuple[list[str], bool]:
    if data.count(b"PK\x01\x02") > MOST_PARTS:
        raise ValueError("more parts than an office document has")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.namelist(), any(part.flag_bits & 1 for part in archive.infolist())


def _rejected(reason: Reason, found: str = "") -> Verdict:
    return Verdict(Step.REJECTED, reason, found)


def _wrong_type(data: bytes) -> Verdict:
    return _rejected(Reason.WRONG_TYPE, kind_of(data))


CHECKS: Final[dict[str, Callable[[bytes, str], Verdict | None]]] = {
    "application/pdf": _pdf,
    "image/jpeg": _jpeg,
    "image/png": _png,
    **dict.fromkeys(PARTS.values(), _office),
}
