"""What the province's admin keeps: agencies, who may sign in, how letters and papers are worded."""

import re

import pytest

from tests.browser.conftest import Street
from tests.browser.test_at_the_desk import A5, shown, size

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
CODE, NAME = "H32.77", "Trung tâm Phục vụ hành chính công đặc khu"
SIZES = {A5, (595, 842), (842, 595), (595, 420)}


def test_an_agency_is_added_renamed_and_ended_each_with_its_reason(street: Street) -> None:
    window = street.window("quan", phone=True)
    window.open("/can-bo/quan-tri")
    window.press("Cơ quan")
    window.page.locator("summary", has_text="Thêm cơ quan").click()
    with window.answered(422):
        window.press("Thêm cơ quan")
    assert window.shows("Có mục chưa đúng")
    window.named("code").fill(CODE)
    window.named("name").fill("Trung tâm Phục vụ hành chính công")
    window.named("level").select_option("department")
    window.named("parent").select_option("H32")
    window.named("reason").fill("Quyết định 12/QĐ-UBND")
    window.press("Thêm cơ quan")
    assert window.path == f"/can-bo/quan-tri/co-quan/{CODE}"
    assert window.shows("Đã ghi nhận.", "Hoạt động")

    window.press("Sửa", exact=False)
    window.named("name").fill(NAME)
    window.named("reason").fill("Quyết định 15/QĐ-UBND")
    with window.leaving():
        window.page.locator("main form button").last.click()
    assert window.shows("Đã ghi nhận.", NAME, "Quyết định 15/QĐ-UBND")
    window.press("Kết thúc", exact=False)
    window.named("reason").fill("Sáp nhập")
    with window.leaving():
        window.page.locator("main form button").last.click()

    assert window.shows("Đã kết thúc", "Sáp nhập", "Lý Hồng Quân")


def test_who_is_barred_is_out_at_once_and_comes_back_when_let_in(street: Street) -> None:
    officer, admin = street.window(), street.window("quan")

    def enters(*statuses: int) -> None:
        officer.open("/dang-nhap")
        officer.press("Đăng nhập bằng", exact=False)
        with officer.answered(*statuses):
            officer.press("Cao Thị Lan", exact=False)

    enters()
    officer.open("/can-bo")
    admin.open("/can-bo/quan-tri/can-bo?co-quan=H32.11")
    admin.press("Cao Thị Lan")
    admin.press("Chặn", exact=False)
    admin.named("reason").fill("Mất điện thoại công vụ")
    with admin.leaving():
        admin.page.locator("main form button").last.click()
    assert admin.shows("Bị chặn đăng nhập", "Mất điện thoại công vụ")
    officer.open("/can-bo")
    assert officer.path == "/dang-nhap", "the session is over"
    enters(403)
    assert officer.shows("đã bị quản trị viên chặn đăng nhập")

    admin.press("Cho", exact=False)
    admin.named("reason").fill("Đã tìm thấy")
    with admin.leaving():
        admin.page.locator("main form button").last.click()
    assert admin.shows("Được đăng nhập")
    enters()
    officer.open("/can-bo")
    assert officer.path == "/can-bo"


def test_every_paper_is_looked_at_as_it_would_be_printed(street: Street) -> None:
    window = street.window("quan")
    window.open("/can-bo/quan-tri")
    window.press("Mẫu thư và giấy tờ")
    papers = window.page.locator('a[href^="/can-bo/quan-tri/mau/giay/"]').filter(has_text=re.compile(r"\(PDF\)"))
    assert papers.count() >= 6
    papers.first.click()
    pages = shown(window.page)

    assert {size(each) for each in pages} <= SIZES
    assert "DỰ THẢO" in pages[0].extract_text()
