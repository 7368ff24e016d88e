"""Real files, made here byte by byte or by their own libraries, whole and broken."""

import hashlib
import struct
import zipfile
import zlib
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from chalicelib.clock.rules import ZONE
from chalicelib.documents.names import OFFICE
from chalicelib.documents.rules import Document
from chalicelib.documents.uploads import NewDocument

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=ZONE)
PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = OFFICE + "wordprocessingml.document"
XLSX = OFFICE + "spreadsheetml.sheet"
ORDINARY = (PDF, JPEG, PNG)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(password: str | None = None, *, owner_only: bool = False, text: str = "") -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if text:
        writer.add_metadata({"/Title": text})
    if password:
        writer.encrypt("" if owner_only else password, owner_password=password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_xref_stream(extra: bytes = b"") -> bytes:
    """A PDF 1.5, whose cross-reference is a stream with the trailer's entries in its own dictionary."""
    body = (
        b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"
    )
    table = zlib.compress(bytes(4 * 4))
    head = b"<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R" + extra + b"/Filter/FlateDecode/Length %d>>" % len(table)
    stream = b"3 0 obj\n" + head + b"stream\n" + table + b"\nendstream\nendobj\n"
    return body + stream + b"startxref\n%d\n%%%%EOF\n" % len(body)


def pdf_with_scripts() -> bytes:
    """It asks its reader to run something when it is opened."""
    from pypdf import PdfWriter
    from pypdf.actions import JavaScript

    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(width=200, height=200)
    writer.add_open_action(JavaScript("app.alert('ran');"))
    writer.write(out)
    return out.getvalue()


def pdf_with_packed(inside: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """A PDF one of whose objects is packed; `inside`: its content before that."""
    packed = zlib.compress(inside)
    head = b"8 0 obj\n<</Type/ObjStm/N 1/First 4/Filter%s/Length %d>>" % (filters, len(packed))
    stream = head + b"stream\r\n" + packed + b"\nendstream\nendobj\n"
    whole = pdf_with_xref_stream()
    start = whole.index(b"1 0 obj")
    moved = int(whole[whole.rindex(b"startxref") + 10 :].split()[0]) + len(stream)
    return whole[:start] + stream + whole[start : whole.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % moved


def png(side: int = 2, more: int = 0) -> bytes:
    """`more`: so many bytes of something beside the picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))

    head = struct.pack("!LLBBBBB", side, side, 8, 0, 0, 0, 0)
    beside = chunk(b"tEXt", hashlib.shake_256(b"more").digest(more)) if more else b""
    rows = zlib.compress(b"".join(b"\0" + bytes(side) for _ in range(side)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + beside + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The segments of a camera's JPEG; its thumbnail, inside the first, ends with a mark of its own."""
    thumbnail = b"Exif\0\0\xff\xd8\xff\xdb\0\x04ab\xff\xd9"
    first = b"\xff\xe1" + struct.pack("!H", len(thumbnail) + 2) + thumbnail
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\x12\x34\xff\x00\x56" * 20
    return b"\xff\xd8" + first + scan + b"\xff\xd9"


def office(part: str = "word/document.xml", *more: str, content_types: bool = True) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*(["[Content_Types].xml"] if content_types else []), part, *more):
            archive.writestr(name, "<a/>" * 50)
    return out.getvalue()


def locked_zip() -> bytes:
    """As `zip -e` marks its parts: bit 0 of the flags, in the central directory and before each part."""
    data = bytearray(office())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def ole(*streams: str) -> bytes:
    names = b"".join(name.encode("utf-16-le").ljust(64, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names


def new(data: bytes, content_type: str = PDF, file_name: str = "Đơn đề nghị.pdf", **changes: Any) -> NewDocument:
    facts = {"component": "don", "file_name": file_name, "content_type": content_type, "size": len(data)}
    return NewDocument.model_validate(facts | {"sha256": hashlib.sha256(data).hexdigest()} | changes)


def document(data: bytes, content_type: str = PDF, **changes: Any) -> Document:
    facts = {"id": "abc", "dossier_id": "d1", "by": "citizen", **new(data, content_type).model_dump()}
    times = {"registered_at": NOW, "upload_expires_at": NOW + timedelta(minutes=30), "watch_at": NOW}
    return Document.model_validate(facts | times | changes)
