"""The page the gateway has for an address there is not: it never reaches the service, so it is data of the stack."""

import re
from typing import Any

import html5lib

from chalicelib.site import PAGES, assets
from ops.local.template import page_of_no_address


def test_the_page_is_well_formed_in_both_languages_and_leads_on() -> None:
    page: Any = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page_of_no_address())

    assert page.get("lang") == "vi"
    assert [each.get("lang") for each in page.iter("section")] == ["en"]
    ways = {each.get("href").split("?")[0] for each in page.iter("a")}
    assert ways <= {each.path for each in PAGES}
    assert not list(page.iter("script"))


def test_its_style_is_there_under_every_release() -> None:
    """A name of the content would go with the next change of it."""
    (address,) = re.findall(r'href="(/assets/[^"]+)"', page_of_no_address())

    assert re.sub(r"\.0{12}\.", ".", address).removeprefix("/assets/") in {
        each.name for each in assets.FOLDER.iterdir()
    }


def test_nothing_can_run_on_it():
    assert (
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'" in page_of_no_address()
    )
    assert not re.search(r"<script|style=|<style| on[a-z]+=", page_of_no_address())
