"""What officers and citizens are shown of the digital signatures in uploaded files; the API says the same."""

from typing import Any

import pytest

from chalicelib.documents.pdf_reading import signatures_in
from chalicelib.documents.pdf_signatures import UNREADABLE, PdfSignature
from tests.documents import signing
from tests.documents.samples import NOW
from tests.site.conftest import Pages, Shown
from tests.site.officers import BASE, press
from tests.site.test_filing import filed
from tests.site.test_pages import HOSTILE, require_page
from tests.towns import a_clean_file

GOOD = signing.signed(signing.plain())
SOUND = signatures_in(GOOD, [signing.ROOT.asn1], NOW)
BROKEN = signatures_in(signing.altered(GOOD), [signing.ROOT.asn1], NOW)
UNVERIFIED = signatures_in(GOOD, [], NOW)
TWICE = signatures_in(signing.signed(GOOD, signing.LEADER, field="ChuKy2"), [signing.ROOT.asn1], NOW)
WARNING = "Chữ ký số cần xem lại trước khi quyết định"
NOT_ASKED = "Chưa kiểm tra chứng thư có bị thu hồi hay không."


def with_result(pages: Pages, signatures: tuple[PdfSignature, ...] | None) -> tuple[str, str]:
    """A dossier that the citizen Bình filed, accepted, with one file of a result: both their identifiers."""
    dossier = filed(pages.browser("binh")).rpartition("/")[2]
    pages.officer("clerk", "H32.10").decide(dossier, "acceptance")
    return dossier, a_clean_file(dossier, "result", "officer", signatures=signatures)


def forms(pages: Pages, dossier: str) -> list[Shown]:
    """The pages on which a result is proposed and decided."""
    asked = (("chi", "trinh"), ("duyen", "quyet-dinh"))
    return [pages.browser(who).get(f"{BASE}/{dossier}/{deed}") for who, deed in asked]


@pytest.mark.parametrize(
    ("signatures", "words"),
    [
        (
            SOUND,
            "Chữ ký số nguyên vẹn, chuỗi tin cậy Đã ký số bởi Nguyễn Văn An (Sở Tư pháp tỉnh Khánh Hòa) · toàn văn tệp",
        ),
        (UNVERIFIED, "Chữ ký số nguyên vẹn, chuỗi chưa xác minh Đã ký số bởi Nguyễn Văn An"),
        (BROKEN, "NỘI DUNG KHÔNG KHỚP chữ ký: đã bị sửa sau khi ký"),
        (TWICE, "Đã ký số bởi Trần Thị Duyên (UBND tỉnh Khánh Hòa) · toàn văn tệp"),
        ((UNREADABLE,), "Không đọc được chữ ký số tệp có dấu vết của chữ ký số"),
        ((), "Tệp này không có chữ ký số."),
    ],
)
def test_officer_and_citizen_are_told_the_same_in_words(pages: Pages, signatures: Any, words: str) -> None:
    dossier, document = with_result(pages, signatures)
    officer = pages.browser("duyen")
    seen = [officer.get(f"{BASE}/{dossier}")]
    assert press(officer, dossier, "quyet-dinh", outcome="granted", documents=document).status == 303
    seen.append(pages.browser("binh").get(f"/ho-so/{dossier}"))

    for page in seen:
        require_page(page)
        assert words in page.words
        assert (NOT_ASKED in page.words) == bool(signatures)


def test_of_a_file_nobody_looked_into_nothing_is_said(pages: Pages) -> None:
    dossier, _ = with_result(pages, None)

    assert "chữ ký số" not in pages.browser("duyen").get(f"{BASE}/{dossier}").words


@pytest.mark.parametrize("signatures", [BROKEN, (UNREADABLE,), (*SOUND, *BROKEN)])
def test_who_proposes_or_decides_is_warned_of_a_broken_signature_and_may_still_decide(
    pages: Pages, signatures: Any
) -> None:
    dossier, document = with_result(pages, signatures)

    for form in forms(pages, dossier):
        require_page(form)
        assert WARNING in form.words
        assert "a.pdf" in form.words
    done = press(pages.browser("duyen"), dossier, "quyet-dinh", outcome="granted", documents=document)
    assert done.status == 303, done.words


@pytest.mark.parametrize("signatures", [SOUND, UNVERIFIED, TWICE, (), None])
def test_nobody_is_warned_of_what_is_not_broken(pages: Pages, signatures: Any) -> None:
    dossier, _ = with_result(pages, signatures)

    assert all(WARNING not in form.words for form in forms(pages, dossier))


def test_a_file_the_citizen_filed_is_no_ground_for_the_warning_of_the_result(pages: Pages) -> None:
    dossier, _ = with_result(pages, SOUND)
    a_clean_file(dossier, "giay-to", signatures=BROKEN)

    for form in forms(pages, dossier):
        assert WARNING not in form.words
        assert "NỘI DUNG KHÔNG KHỚP" in form.words, "it stands with the file all the same"


def test_a_hostile_name_in_a_certificate_is_escaped(pages: Pages) -> None:
    dossier, _ = with_result(pages, (BROKEN[0].model_copy(update={"signer": HOSTILE, "chain": (HOSTILE,)}),))

    for form in forms(pages, dossier):
        require_page(form)
        assert "<script>alert" not in form.text


def test_the_api_lists_the_same_facts(pages: Pages) -> None:
    dossier, document = with_result(pages, BROKEN)
    a_clean_file(dossier, "result", "officer")

    listed = pages.officer("approver", "H32.10").get(f"/dossiers/{dossier}/documents").body["items"]

    (broken,) = next(each for each in listed if each["document_id"] == document)["signatures"]
    assert (broken["standing"], broken["heading"]) == ("flawed", "Chữ ký số có lỗi")
    assert broken["found"]["flaws"] == ["altered"]
    assert broken["found"]["chain"] == ["Nguyễn Văn An", "CA cấp dưới của các bài thử", "Root CA của các bài thử"]
    assert broken["found"]["claimed_at"] == "2026-03-02T00:15:00Z"
    assert {each["document_id"]: each["signatures"] for each in listed if each["document_id"] != document} != {}
    assert [each["signatures"] for each in listed if each["document_id"] != document] == [None]
