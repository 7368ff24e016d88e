"""Signing in and out by keyboard alone, from the way past the frame to the farewell."""

import pytest

from tests.browser.conftest import Street

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]


def test_the_first_stop_leads_past_the_frame(street: Street) -> None:
    window = street.window()
    window.open("/")
    window.tab_to("Đến nội dung chính", at_most=1)
    window.look()
    window.page.keyboard.press("Enter")
    window.tab()

    assert window.page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    ("name", "first"), [("Trần Thị Bình", "/ho-so"), ("Nguyễn Văn An", "/can-bo")], ids=["citizen", "officer"]
)
def test_one_signs_in_and_out_by_keyboard_alone(street: Street, name: str, first: str) -> None:
    window = street.window()
    window.open("/")
    for press in ("Đăng nhập", "Đăng nhập bằng", name):
        window.tab_to(press)
        window.enter()
    assert window.path == first

    window.tab_to("Đăng xuất")
    window.enter()
    assert window.shows("Bạn đã đăng xuất khỏi trang này.")
    window.open(first)
    assert window.path == "/dang-nhap"


def test_whoever_cancels_may_begin_again(street: Street) -> None:
    window = street.window(phone=True)
    window.open("/dang-nhap")
    window.press("Đăng nhập bằng", exact=False)
    with window.answered(403):
        window.press("Huỷ", exact=False)
    window.press("Đăng nhập")
    window.press("Đăng nhập bằng", exact=False)
    window.press("Trần Thị Bình", exact=False)
    assert window.path == "/ho-so"
