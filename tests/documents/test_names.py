"""File names keep their Vietnamese and lose what could mislead or harm."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.names import LONGEST, TYPES, safe_name
from tests.documents.samples import DOCX, JPEG, PDF

CASES = {
    "Đơn đề nghị.pdf": "Đơn đề nghị.pdf",
    unicodedata.normalize("NFD", "Giấy khai sinh.PDF"): "Giấy khai sinh.pdf",
    "C:\\Users\\An\\đơn.pdf": "đơn.pdf",
    "../../etc/passwd": "passwd.pdf",
    "đơn.exe": "đơn.exe.pdf",
    "hóa đơn\u202efdp.exe": "hóa đơnfdp.exe.pdf",
    "a\r\nSet-Cookie: x.pdf": "a Set-Cookie_ x.pdf",
    'tờ "khai" <1>|?*.pdf': "tờ _khai_ _1____.pdf",
    "  nhiều   khoảng\ttrắng .pdf": "nhiều khoảng trắng.pdf",
    "...": "tai-lieu.pdf",
    "/": "tai-lieu.pdf",
    ".pdf": "tai-lieu.pdf",
    "a" * 400 + ".pdf": "a" * (LONGEST - 4) + ".pdf",
}


@pytest.mark.parametrize(("given_name", "kept"), CASES.items())
def test_a_name_is_kept_as_far_as_it_is_safe(given_name, kept):
    assert safe_name(given_name, PDF) == kept


def test_the_extension_is_that_of_the_declared_type():
    assert safe_name("ảnh.JPEG", JPEG) == "ảnh.jpeg"
    assert safe_name("ảnh", JPEG) == "ảnh.jpg"
    assert safe_name("đơn.doc", DOCX) == "đơn.doc.docx"


@given(st.text(max_size=300), st.sampled_from(sorted(TYPES)))
def test_whatever_is_given_the_name_is_short_normal_and_free_of_tricks(name, content_type):
    kept = safe_name(name, content_type)

    assert kept.endswith(TYPES[content_type].extensions)
    assert len(kept) <= LONGEST
    assert kept == unicodedata.normalize("NFC", kept)
    assert not set(kept) & set('/\\<>:"|?*\r\n\0\u202e')
    assert not any(unicodedata.category(c).startswith("C") for c in kept)
    assert safe_name(kept, content_type) == kept
