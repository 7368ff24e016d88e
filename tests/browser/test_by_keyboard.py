"""A whole dossier filed and followed by keyboard alone: no mouse, no finger, nothing but what the keys reach."""

import re
from typing import Final

import pytest

from tests.browser.conftest import Street
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
CODE: Final = re.compile(r"H32\.10-\d{6}-\d{4}")


def enter(window: Window, start: str) -> None:
    """To the next thing so called, and Enter."""
    window.tab_to(start)
    window.enter()


def typed(window: Window, label: str, text: str) -> None:
    window.tab_to(label)
    window.page.keyboard.press("Control+A")
    window.page.keyboard.type(text)


def chosen(window: Window, label: str, option: str) -> None:
    """Of a list, by the arrow."""
    window.tab_to(label)
    window.page.keyboard.press("Home")
    for _ in range(200):
        window.page.keyboard.press("ArrowDown")
        if window.page.evaluate("document.activeElement.selectedOptions[0].innerText") == option:
            return
    raise AssertionError(f"{label!r} does not come to {option!r}")


def test_a_dossier_is_filed_found_again_and_followed_by_keyboard_alone(street: Street) -> None:
    window = street.window()
    window.open("/")
    for press in ("Đăng nhập", "Đăng nhập bằng", "Trần Thị Bình"):
        enter(window, press)
    window.open("/")
    window.tab_to("Tìm thủ tục")
    while not window.page.evaluate("document.activeElement.matches('input')"):  # the menu has a link of that name
        window.tab_to("Tìm thủ tục")
    window.page.keyboard.type("cap ban sao trich luc ho tich")
    window.enter()
    enter(window, "Cấp bản sao trích lục")
    enter(window, "Nộp hồ sơ trực tuyến")
    chosen(window, "Nơi giải quyết", "Sở Tư pháp")
    enter(window, "Bắt đầu")

    typed(window, "Số nhà", "12 Lê Lợi")
    typed(window, "Xã, phường", "Phường Nha Trang")
    enter(window, "Lưu và tiếp tục")
    window.tab_to("Khai sinh")
    window.page.keyboard.press("Space")
    enter(window, "Lưu và tiếp tục")
    typed(window, "Họ, chữ đệm", "Trần Thị Bình")
    typed(window, "Ngày sinh", "2/9/1990")
    enter(window, "Lưu và tiếp tục")
    typed(window, "Cơ quan đã đăng ký", "UBND phường Nha Trang")
    chosen(window, "Quan hệ", "Bản thân")
    typed(window, "Số bản sao", "1")
    enter(window, "Lưu và tiếp tục")
    enter(window, "Tiếp tục")
    window.tab_to("Bản điện tử")
    window.page.keyboard.press("Space")
    enter(window, "Lưu và tiếp tục")
    assert window.shows("12 Lê Lợi, Phường Nha Trang, Khánh Hòa", "02/09/1990")
    enter(window, "Nộp hồ sơ")
    assert window.shows("Đã nộp hồ sơ")
    found = CODE.search(window.page.inner_text("main"))
    assert found

    enter(window, "Hồ sơ của tôi")
    assert window.shows(found[0])
    enter(window, "Cấp bản sao trích lục")
    assert window.shows(found[0])
