"""Every page there is, as it is without anything special behind it: on a phone, by keyboard, for every eye."""

import re

import pytest

import app  # noqa: F401 - registers the pages
from chalicelib.site import PAGES, Page
from tests.browser.conftest import Street
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
AS: dict[str, tuple[str, ...]] = {
    "anyone": ("",),
    "citizen": ("binh",),
    "officer": ("an",),
    "signed_in": ("binh", "an"),
}
# Where the clerk has no business, somebody who has.
MAY = {
    "/can-bo/tai-chinh": "mai",
    "/can-bo/tien-chua-ro": "mai",
    "/can-bo/doi-soat": "mai",
    "/can-bo/lam-thay": "giang",
    "/can-bo/thu-xin-loi": "duyen",
    "/can-bo/giam-sat": "giang",
    "/can-bo/giam-sat/co-quan": "kiem",
    "/can-bo/quan-tri": "quan",
    "/can-bo/quan-tri/mau": "quan",
    "/can-bo/quan-tri/mau/cau-mau": "quan",
    "/can-bo/quan-tri/can-bo": "quan",
    "/can-bo/quan-tri/co-quan": "quan",
}
# Answers no page of ours: the way to the provider, and back.
ELSEWHERE = {"/dang-nhap/di", "/dang-nhap/ve", "/assets/{name}"}
READ = [
    (who, each)
    for each in PAGES
    if each.method == "GET" and each.path not in ELSEWHERE
    for who in ((MAY[each.path],) if each.path in MAY else AS[each.who])
]
STOPS = 200


def named(case: object) -> str:
    return case.path if isinstance(case, Page) else str(case)


def walk(window: Window) -> None:
    """By keyboard through the whole page: each stop shows that it has the focus, and stands in sight."""
    first = window.tab()
    assert first is not None
    assert "#noi-dung" in first["what"], "the first stop is the way past the frame"
    for _ in range(STOPS):
        if window.tab() is None:
            return


@pytest.mark.parametrize(("who", "page"), READ, ids=named)
def test_a_page_fits_a_phone_and_keeps_nobody_out(street: Street, who: str, page: Page) -> None:
    """An address with a part that varies has nothing behind it here: its refusal is a page like any other."""
    window = street.window(who, phone=True)
    with window.answered(*((403, 404) if "{" in page.path else (404, 422))):
        window.open(re.sub(r"{\w+}", "none-such", page.path))
    walk(window)

    assert window.troubles == []


@pytest.mark.parametrize(
    "path", ["/", "/tim", "/linh-vuc", "/tra-cuu", "/dang-nhap", "/thu-tuc/1.005136", "/docs/begin_dossier"]
)
def test_a_public_page_is_for_every_eye_on_a_desktop_too_and_in_english(street: Street, path: str) -> None:
    window = street.window()
    window.open(path)
    walk(window)
    window.open(f"{path}?lang=en")

    assert window.page.locator("html").get_attribute("lang") == "en"
    assert window.troubles == []
