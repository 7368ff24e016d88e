"""Single keys on officers' pages: listed by `?`, silent in fields, never doing anything by themselves, switched off."""

import pytest

from tests.browser.conftest import Street
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]


def focused(window: Window) -> str:
    found: str = window.page.evaluate("document.activeElement.innerText?.trim() || document.activeElement.id")
    return found


def opened(window: Window) -> int:
    return window.page.locator("dialog[open]").count()


def keys(window: Window, *pressed: str) -> None:
    for each in pressed:
        window.page.keyboard.press(each)


def test_the_desk_is_gone_through_and_ticked_by_single_keys(street: Street) -> None:
    codes = {street.paid("binh")["code"] for _ in range(2)}
    desk = street.window("an")
    desk.open("/can-bo?hang=to_accept")
    keys(desk, "j", "x", "j", "x")
    assert desk.shows("Đã chọn: 2")
    assert desk.page.locator("input[name=ho-so]:checked").count() == 2
    keys(desk, "k")
    assert focused(desk).startswith("H32.10-")
    keys(desk, "x", "a")
    assert desk.page.locator("input[name=ho-so]:not(:checked)").count() == 0
    keys(desk, "?")
    assert opened(desk) == 1
    assert desk.shows("Phím tắt của trang này", "Tìm hồ sơ", "Chọn hoặc bỏ chọn tất cả")
    desk.look()
    keys(desk, "Escape", "/")
    assert (opened(desk), focused(desk)) == (0, "text")
    desk.page.keyboard.type("j?a1")
    assert (desk.named("text").input_value(), opened(desk)) == ("j?a1", 0)
    assert desk.path == "/can-bo"
    desk.page.locator("h1").click()
    with desk.leaving():
        keys(desk, "8")
    assert desk.shows(codes.pop())
    assert "hang=all" in desk.page.url


def test_a_key_on_a_dossier_does_nothing_by_itself_and_the_keys_can_be_switched_off(street: Street) -> None:
    dossier = street.paid("binh")
    page = street.window("an")
    page.open(f"/can-bo/ho-so/{dossier['id']}/nhan-tin")
    page.named("text").fill("Xin chào")
    assert page.shows("Còn 1992 ký tự.")
    page.open(f"/can-bo/ho-so/{dossier['id']}")
    keys(page, "1")
    assert focused(page) == "Tiếp nhận hồ sơ"
    assert street.person("an").get(f"/dossiers/{dossier['id']}").body["status"] == "submitted"
    keys(page, "?")
    assert page.shows("Bàn làm việc")
    page.page.get_by_label("Dùng phím tắt").uncheck()
    page.page.get_by_role("button", name="Đóng").click()
    page.page.locator("h1").click()
    keys(page, "?", "u")
    assert (opened(page), page.path) == (0, f"/can-bo/ho-so/{dossier['id']}")
    page.open("/can-bo")
    keys(page, "?", "1")
    assert opened(page) == 0, "it is remembered"
    page.page.get_by_role("button", name="Phím tắt").click()
    page.page.get_by_label("Dùng phím tắt").check()
    keys(page, "Escape")
    page.page.locator("h1").click()
    keys(page, "?")
    assert opened(page) == 1


def test_without_scripts_nothing_is_promised(street: Street) -> None:
    page = street.window("an", script=False)
    page.open("/can-bo")

    assert page.page.get_by_text("Phím tắt").count() == 0
