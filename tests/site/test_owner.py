"""A dossier filed for somebody else: whose it is has a step of its own, and stands wherever the dossier is read."""

import pytest

from tests.dossiers.conftest import FREE
from tests.site.conftest import Browser, Pages
from tests.site.test_filing import ANSWERS, APPLICANT, begun, filled, sent
from tests.site.test_pages import HOSTILE, require_page

OWNER = {
    "owner.kind": "person",
    "owner.full_name": "Lê Văn Cụ",
    "owner.identity_number": "056040005678",
    "owner.phone": "0905999888",
    "owner.date_of_birth": "3/4/1940",
    "owner.address.line": "7 Trần Phú",
    "owner.address.commune": "Phường Nha Trang",
    "owner.address.province": "Khánh Hòa",
}


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    return pages.browser("binh")


def begun_for_another(browser: Browser) -> str:
    """The address of the owner's step of a new draft."""
    asked = browser.get(f"/nop/{FREE.code}/nguoi-nop?cho=khac")
    path = f"/nop/{FREE.code}/nguoi-nop"
    begun = browser.post(path, asked.form(path) | APPLICANT)
    assert begun.status == 303
    return begun.location


def test_it_is_asked_for_whom_before_anything_else(binh: Browser) -> None:
    start = binh.get(f"/nop/{FREE.code}")
    choices = [each.get("value") for each in start.document.iter("input") if each.get("name") == "cho"]
    chosen = [each.get("value") for each in start.document.iter("input") if "checked" in each.attrib]

    require_page(start)
    assert (choices, chosen) == (["minh", "khac"], ["minh"])


def test_for_oneself_there_is_no_such_step(binh: Browser) -> None:
    review = binh.get(f"{filled(binh)}/xem-lai")

    assert "Nộp cho chính mình" in review.words
    assert "Bước 4/4" in review.words


def test_a_dossier_is_filed_for_somebody_else(pages: Pages, binh: Browser) -> None:
    path = begun_for_another(binh)
    draft = path.removesuffix("/chu-ho-so")
    asked = binh.get(path)
    require_page(asked)
    assert "Bước 2/5" in asked.words
    first = binh.post(path, asked.form(path) | OWNER)
    assert first.status == 303
    part = binh.get(first.location).location
    assert binh.post(part, binh.get(part).form(part) | ANSWERS).status == 303
    assert sent(binh, f"{draft}/nhan-ket-qua", delivery__channel="online").status == 303
    review = binh.get(f"{draft}/xem-lai")
    require_page(review)
    for said in ("Chủ hồ sơ", "Lê Văn Cụ", "03/04/1940", "Trần Thị Bình", "Bước 5/5"):
        assert said in review.words
    assert sent(binh, f"{draft}/xem-lai").location == f"{draft}/da-nop"

    for page in (binh.get(draft), pages.browser("an").get(f"/can-bo{draft}")):
        require_page(page)
        assert "Lê Văn Cụ" in page.words
    told = pages.officer("clerk", "H32.10").get(f"/dossiers/{draft.removeprefix('/ho-so/')}").body
    assert (told["owner"]["full_name"], told["applicant"]["full_name"]) == ("Lê Văn Cụ", "Trần Thị Bình")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(binh: Browser) -> None:
    path = begun_for_another(binh)
    wrong = binh.post(path, binh.get(path).form(path) | OWNER | {"owner.phone": "12", "owner.full_name": HOSTILE})

    assert wrong.status == 422
    require_page(wrong)
    assert 'href="#owner.phone"' in wrong.text
    assert "<script>alert" not in wrong.text
    assert wrong.form(path)["owner.full_name"] == HOSTILE


def test_one_may_change_ones_mind_both_ways(binh: Browser) -> None:
    draft = filled(binh)
    path = f"{draft}/chu-ho-so?ve=xem-lai"
    given = binh.post(path, binh.get(path).form(path) | OWNER)
    assert given.location == f"{draft}/xem-lai"
    assert "Lê Văn Cụ" in binh.get(given.location).words

    page = binh.get(path)
    withdrawn = [
        each for each in page.document.iter("form") if any(f.get("value") == "self" for f in each.iter("input"))
    ]
    (form,) = ({each.get("name"): each.get("value") for each in found.iter("input")} for found in withdrawn)
    assert binh.post(path, form).location == f"{draft}/xem-lai"
    assert "Nộp cho chính mình" in binh.get(f"{draft}/xem-lai").words
    assert "Lê Văn Cụ" not in binh.get(f"{draft}/xem-lai").words


def test_what_was_changed_elsewhere_is_shown_and_what_was_typed_stays(pages: Pages, binh: Browser) -> None:
    draft, phone = begun(binh), pages.browser("binh")
    path = f"{draft}/chu-ho-so"
    first, second = binh.get(path).form(path), phone.get(path).form(path)
    assert binh.post(path, first | OWNER).status == 303
    late = phone.post(path, second | OWNER | {"owner.full_name": "Lê Thị Bà"})

    assert late.status == 409
    require_page(late)
    assert "Lê Văn Cụ" in late.words
    assert late.form(path)["owner.full_name"] == "Lê Thị Bà"
    assert phone.post(path, late.form(path) | {"owner.kind": "person"}).status == 303
