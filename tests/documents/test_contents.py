"""Files are judged by their bytes, whatever they are called."""

import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.documents.contents import CHECKS, fault_in
from chalicelib.documents.names import TYPES
from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Step
from tests.documents import samples
from tests.documents.samples import DOCX, JPEG, PDF, PNG, XLSX

LINEARIZED = b"%PDF-1.4\n1 0 obj<</Linearized 1/L 99999/H[1 2]>>endobj\n" + samples.pdf()[9:]

WHOLE = {
    "a PDF": (samples.pdf(), PDF),
    "a PDF of the newer kind": (samples.pdf_with_xref_stream(), PDF),
    "a PDF after a line of mail header": (b"Content-Type: application/pdf\r\n\r\n" + samples.pdf(), PDF),
    "a PDF with a newline too many at its end": (samples.pdf() + b"\r\n\r\n", PDF),
    "a PDF that speaks of /Encrypt 5 0 R": (samples.pdf(text="trailer <</Encrypt 5 0 R>> startxref"), PDF),
    "a PDF that speaks of JavaScript": (samples.pdf(text="/ObjStm JavaScript /JavaScripts XFA"), PDF),
    "a PDF with packed objects": (samples.pdf_with_packed(b"9 0 <</Type/Font/Name/JavaScripts>>"), PDF),
    "a JPEG with a thumbnail": (samples.jpeg(), JPEG),
    "a JPEG with a film after it": (samples.jpeg() + b"ftypmp42" * 9, JPEG),
    "a PNG": (samples.png(), PNG),
    "a Word file": (samples.office(), DOCX),
    "an Excel file": (samples.office("xl/workbook.xml"), XLSX),
}
FLOODS = {
    "slashes": b"/" * 20_000_000,
    "beginnings of scripts": b"/#4a#61" * 2_800_000,
    "forms that are none": b"/XFA 1 " * 2_800_000,
    "packed objects without end": b"/ObjStm stream\n" * 1_300_000,
    "small packed objects": (b"/ObjStm stream\n" + zlib.compress(b"x") + b"endstream") * 600_000,
    "a packed bomb": b"/ObjStm stream\n" + zlib.compress(bytes(300_000_000)) + b"endstream",
}
BROKEN = {
    "only zeros": (bytes(900), PDF, Reason.EMPTY, ""),
    "only blank lines": (b"\r\n" * 20, PDF, Reason.EMPTY, ""),
    "PDF without its end": (samples.pdf()[:-40], PDF, Reason.TRUNCATED, ""),
    "PDF of one line": (b"%PDF-1.7\n", PDF, Reason.TRUNCATED, ""),
    "PDF whose table is beyond its end": (b"%PDF-1.7\nstartxref\n900\n%%EOF", PDF, Reason.TRUNCATED, ""),
    "PDF for the web, cut in the middle": (LINEARIZED, PDF, Reason.TRUNCATED, ""),
    "PDF with a password": (samples.pdf("bí mật 1"), PDF, Reason.PASSWORD, ""),
    "PDF that may not be printed": (samples.pdf("chủ", owner_only=True), PDF, Reason.PASSWORD, ""),
    "newer PDF with a password": (samples.pdf_with_xref_stream(b"/Encrypt 9 0 R"), PDF, Reason.PASSWORD, ""),
    "PDF with scripts": (samples.pdf_with_scripts(), PDF, Reason.SCRIPTS, ""),
    "PDF with scripts by numbers": (
        samples.pdf_with_scripts().replace(b"/JavaScript", b"/#4Aava#53crip#74"),
        PDF,
        Reason.SCRIPTS,
        "",
    ),
    "PDF with packed scripts": (samples.pdf_with_packed(b"9 0 <</S/JavaScript/JS(1)>>"), PDF, Reason.SCRIPTS, ""),
    "PDF with a form of scripts": (samples.pdf_with_packed(b"9 0 <</XFA[(a) 7 0 R]>>"), PDF, Reason.SCRIPTS, ""),
    "PDF packed so that nobody can look": (
        samples.pdf_with_packed(b"9 0 <<>>").replace(b"stream\r\nx", b"stream\r\ny"),
        PDF,
        Reason.SCRIPTS,
        "",
    ),
    "JPEG cut in its picture": (samples.jpeg()[:-2], JPEG, Reason.TRUNCATED, ""),
    "JPEG cut in its thumbnail": (samples.jpeg()[:12], JPEG, Reason.TRUNCATED, ""),
    "JPEG of three bytes": (b"\xff\xd8\xff", JPEG, Reason.TRUNCATED, ""),
    "PNG without its end": (samples.png()[:-12], PNG, Reason.TRUNCATED, ""),
    "PNG cut in its last chunk": (samples.png()[:-3], PNG, Reason.TRUNCATED, ""),
    "Word without its directory": (samples.office()[:-60], DOCX, Reason.TRUNCATED, ""),
    "Word with macros": (samples.office("word/a.xml", "word/vbaProject.bin"), DOCX, Reason.MACROS, ""),
    "Word with a password": (samples.ole("EncryptionInfo", "EncryptedPackage"), DOCX, Reason.PASSWORD, ""),
    "locked parts": (samples.locked_zip(), DOCX, Reason.PASSWORD, ""),
    "Excel called Word": (samples.office("xl/workbook.xml"), DOCX, Reason.WRONG_TYPE, "Excel (.xlsx)"),
    "a ZIP called Word": (samples.office("a.txt", content_types=False), DOCX, Reason.WRONG_TYPE, "ZIP"),
    "old Word called new": (samples.ole("WordDocument"), DOCX, Reason.WRONG_TYPE, "Office 97–2003"),
    "PNG called PDF": (samples.png(), PDF, Reason.WRONG_TYPE, "PNG"),
    "PDF called JPEG": (samples.pdf(), JPEG, Reason.WRONG_TYPE, "PDF"),
    "JPEG called PNG": (samples.jpeg(), PNG, Reason.WRONG_TYPE, "JPEG"),
    "a telephone's HEIC called JPEG": (b"\0\0\0\x18ftypheic" + bytes(90), JPEG, Reason.WRONG_TYPE, "HEIC"),
    "a program called PDF": (b"MZ\x90\0" + bytes(90) + b"x", PDF, Reason.WRONG_TYPE, "EXE"),
    "a page called PDF": (b"\n<!DOCTYPE html><p>404", PDF, Reason.WRONG_TYPE, "HTML"),
    "words called PDF": ("Kính gửi Ủy ban".encode(), PDF, Reason.WRONG_TYPE, ""),
}


@pytest.mark.parametrize(("data", "declared"), WHOLE.values(), ids=WHOLE)
def test_a_whole_and_open_file_of_the_declared_type_passes(data, declared):
    assert fault_in(samples.document(data, declared), data) is None


@pytest.mark.parametrize(("data", "declared", "reason", "found"), BROKEN.values(), ids=BROKEN)
def test_a_file_nobody_could_read_is_rejected_with_its_reason(data, declared, reason, found):
    assert fault_in(samples.document(data, declared), data) == (Step.REJECTED, reason, found)


@pytest.mark.parametrize(
    ("arrived", "reason"),
    [(b"", Reason.EMPTY), (samples.pdf() + b" ", Reason.SIZE_DIFFERS), (samples.pdf()[::-1], Reason.CONTENT_DIFFERS)],
)
def test_other_bytes_than_declared_are_rejected(arrived, reason):
    verdict = fault_in(samples.document(samples.pdf()), arrived)

    assert verdict is not None
    assert verdict.reason is reason


def test_every_type_we_take_has_its_check():
    assert set(CHECKS) == set(TYPES)


def test_a_directory_of_countless_parts_is_not_even_listed():
    flood = b"PK\x03\x04" + b"PK\x01\x02" * 10_001

    verdict = fault_in(samples.document(flood, DOCX), flood)

    assert verdict is not None
    assert verdict.reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (b"\xff\xd8" + b"\xff" * 20_000_000, JPEG),
        (b"\xff\xd8" + b"\xff\xe1\0\0" * 5_000_000, JPEG),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0tEXt\0\0\0\0" * 1_600_000, PNG),
        (b"%PDF-1.7\n" + b"trailer<<" * 2_000_000 + b"startxref 9 %%EOF", PDF),
        (b"\0" * 20_000_000 + b"x", PDF),
        *((b"%PDF-1.7\n" + each + b"startxref 9 %%EOF", PDF) for each in FLOODS.values()),
    ],
    ids=["fill bytes", "empty segments", "empty chunks", "trailers", "zeros", *FLOODS],
)
def test_a_file_made_to_be_slow_is_judged_at_once(data, declared):
    document = samples.document(data, declared)
    started = time.process_time()

    fault_in(document, data)

    assert time.process_time() - started < 1


@pytest.mark.parametrize("data", [samples.pdf(), samples.jpeg(), samples.png(), samples.office()], ids=len)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_file_cut_anywhere_never_passes(data, kept):
    cut = data[: int(len(data) * kept)]

    assert all(fault_in(samples.document(cut, declared), cut) for declared in TYPES)


@settings(max_examples=150)
@given(st.sampled_from([data for data, _ in WHOLE.values()]), st.data(), st.sampled_from(sorted(TYPES)))
def test_no_bytes_make_the_check_itself_fail(data, draw, declared):
    at = draw.draw(st.integers(0, len(data)))
    damaged = data[:at] + draw.draw(st.binary(max_size=8)) + data[at + draw.draw(st.integers(0, 40)) :]

    verdict = fault_in(samples.document(damaged, declared), damaged)

    assert verdict is None or verdict.step is Step.REJECTED
