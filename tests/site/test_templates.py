"""The templates in force can be looked at, with facts of nobody, by those who answer for them."""

import io

import pytest
from pypdf import PdfReader

from chalicelib.documents.files import client
from chalicelib.notices.rules import Notice
from chalicelib.settings import settings
from tests.site.conftest import Pages
from tests.site.test_pages import require_page

PLACE = "/can-bo/quan-tri/mau"


def papers(pages: Pages) -> list[str]:
    page = pages.browser("quan").get(PLACE)
    require_page(page)
    links = [each.get("href") or "" for each in page.document.iter("a")]
    return [each for each in links if each.startswith(f"{PLACE}/giay/")]


def test_each_letter_is_shown_in_both_languages_as_it_would_be_sent(pages: Pages) -> None:
    admin = pages.browser("quan")
    listed = admin.get(PLACE)
    for notice in Notice:
        assert f'href="{PLACE}/thu/{notice}"' in listed.text
        shown = admin.get(f"{PLACE}/thu/{notice}")
        require_page(shown)
        assert f"v1/{notice}.vi" in shown.words
        assert f"v1/{notice}.en" in shown.words
        assert settings().PROVINCE_NAME in shown.words
    assert admin.get(f"{PLACE}/thu/none").status == 404


def test_each_paper_is_drawn_as_a_draft(pages: Pages) -> None:
    admin, found = pages.browser("quan"), papers(pages)
    assert len(found) == len(set(found)) >= 9
    for address in found:
        assert admin.get(address).status == 303
    kept = client().list_objects_v2(Bucket=settings().BUCKET, Prefix="drafts/mau/")["Contents"]
    assert len(kept) == len(found)
    for each in kept:
        read = PdfReader(io.BytesIO(client().get_object(Bucket=settings().BUCKET, Key=each["Key"])["Body"].read()))
        assert "DỰ THẢO" in read.pages[0].extract_text()
    assert admin.get(f"{PLACE}/giay/none").status == 404


@pytest.mark.parametrize(("who", "may"), [("quan", True), ("kiem", True), ("an", False), ("giang", False)])
def test_only_those_who_answer_for_them_look_at_them(pages: Pages, who: str, may: bool) -> None:
    browser = pages.browser(who)
    for path in (PLACE, f"{PLACE}/thu/accepted", f"{PLACE}/giay/receipt"):
        assert (browser.get(path).status in (200, 303)) == may
    assert (f'href="{PLACE}"' in browser.get("/can-bo/quan-tri").text) == may
