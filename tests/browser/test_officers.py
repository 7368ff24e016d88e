"""What officers do who decide no dossier: money put right and reconciled, work given out, the calendar amended."""

import re
from datetime import datetime
from typing import Final

import pytest

from chalicelib.clock.rules import ZONE
from tests.browser.conftest import Street
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
TOO_MUCH_FOR_ONE: Final = 1_500_000  # of these, a refund needs a second person
STATEMENT: Final = """vnp_TxnRef;vnp_TransactionNo;vnp_TransactionType;vnp_TransactionStatus;vnp_PayDate;vnp_Amount
KHONGRO1;987;01;00;{day:%Y%m%d}101500;2000000
"""


def unfold(window: Window, name: str) -> None:
    window.page.locator("summary", has_text=name).click()


def test_a_wrong_amount_is_sent_back_by_two_people(street: Street) -> None:
    code = street.transferred("binh", TOO_MUCH_FOR_ONE)["code"]
    first, second = street.window("mai"), street.window("nam", phone=True)
    first.open("/can-bo/tai-chinh")
    assert first.page.locator("tr", has_text=code).get_by_text("Không khớp số tiền").is_visible()
    first.press(code)
    unfold(first, "Đề nghị hoàn tiền")
    first.page.locator('input[name="amount"]').first.fill("1.500.000")
    first.page.locator('input[name="reason"]').first.fill("Chuyển nhầm số tiền")
    first.press("Đề nghị hoàn")
    assert first.shows("chờ người thứ hai duyệt", "Bạn là người đề nghị")
    assert first.page.get_by_role("button", name="Duyệt hoàn").count() == 0
    second.open("/can-bo/tai-chinh?can=refund_to_approve")
    second.press(code)
    second.press("Duyệt hoàn")
    second.fill("Số giao dịch chi hoàn", "FT26112200017")
    second.press("Đã chi hoàn")

    assert second.shows("1.500.000", "đã hoàn", "FT26112200017")
    citizen = street.window("binh", phone=True)
    citizen.open("/ho-so")
    with citizen.leaving():
        citizen.page.locator("li", has_text=code).get_by_role("link").first.click()
    assert citizen.shows("đã hoàn 1.500.000")


def test_the_days_statement_is_handed_in_as_a_file_and_says_what_to_do(street: Street) -> None:
    today = datetime.now(ZONE).date()
    window = street.window("mai")
    window.open("/can-bo/doi-soat")
    if not window.page.locator("#sao-ke").is_visible():
        unfold(window, "Đối soát một sao kê")
    for name in ("from", "to"):
        window.named(name).fill(f"{today:%Y-%m-%d}")
    statement = {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": STATEMENT.format(day=today).encode()}
    window.named("tep").set_input_files(statement)  # type: ignore[arg-type]
    window.page.get_by_role("status").get_by_text("sao-ke.csv").wait_for()
    with window.leaving():
        window.page.locator("#sao-ke button").click()

    assert window.shows("Kết quả đối soát", f"VNPAY · {today:%d/%m/%Y}", "Không rõ đơn hàng (1)", "KHONGRO1")
    assert window.page.get_by_role("link", name="Tải bảng tính XLSX").is_visible()


def test_the_supervisor_gives_work_to_a_specialist(street: Street) -> None:
    dossier = street.paid("binh")
    assert street.person("an").decide(dossier["id"], "acceptance").status == 200
    window = street.window("giang")
    window.open("/can-bo/giam-sat")
    assert window.shows("Giám sát thời hạn", "Chậm tiếp nhận")
    window.open(f"/can-bo/ho-so/{dossier['id']}")
    window.press("Phân công")
    window.named("officer").fill("dung")
    with window.leaving():
        window.page.locator(".deed form").get_by_role("button", name="Phân công").click()
    assert window.shows("Đã phân công.")
    specialist = street.window("dung", phone=True)
    specialist.open("/can-bo?toi=1&hang=all")

    assert specialist.shows(dossier["code"])


def test_on_a_phone_a_dossier_of_the_desk_is_ticked_and_opened_by_touch_and_by_keyboard(street: Street) -> None:
    code = street.paid("binh")["code"]
    window = street.window("an", phone=True)
    window.open("/can-bo?so=100")  # many may wait beside it
    window.tab_to(code)
    window.page.get_by_label(f"Chọn {code}").tap()
    assert window.page.get_by_label(f"Chọn {code}").is_checked()
    with window.leaving():
        window.page.get_by_role("link", name=code).tap()

    assert code in window.page.inner_text("main")
    assert window.path.startswith("/can-bo/ho-so/")


def test_on_a_phone_the_desks_filter_waits_behind_a_link_and_no_other_place_loses_its_own(street: Street) -> None:
    desk = street.window("an", phone=True)
    desk.open("/can-bo")
    assert not desk.page.get_by_label("Chỉ việc của tôi").is_visible()
    desk.press_within("Lọc danh sách")
    desk.page.get_by_label("Chỉ việc của tôi").check()
    desk.press("Lọc")
    assert desk.page.get_by_label("Chỉ việc của tôi").is_visible(), "what is filtered by is said"
    admin = street.window("quan", phone=True)
    admin.open("/can-bo/quan-tri")
    assert admin.page.get_by_label("Năm", exact=True).is_visible()


def test_the_admin_adds_a_day_off_and_takes_it_back(street: Street) -> None:
    window = street.window("quan")
    window.open("/can-bo/quan-tri")
    window.named("date").fill("2029-05-21")
    window.named("name").fill("Nghỉ theo thông báo của Ủy ban nhân dân tỉnh")
    window.named("source").fill("Thông báo 12/TB-UBND")
    window.press("Sửa lịch")
    assert window.shows("Đã ghi nhận.", "nghỉ 21/05/2029")
    with window.leaving():
        window.page.get_by_role("link", name=re.compile("Bỏ lần sửa này")).first.click()
    window.named("source").fill("Thông báo 13/TB-UBND")
    window.press("Sửa lịch")

    assert window.shows("Đã ghi nhận.", "không còn hiệu lực")


@pytest.mark.parametrize(("phone", "script"), [(True, False), (False, True)], ids=["phone-without-scripts", "desktop"])
def test_the_admin_words_a_letter_sees_it_keeps_it_and_goes_back(street: Street, phone: bool, script: bool) -> None:
    window = street.window("quan", phone=phone, script=script)
    home = f"/can-bo/quan-tri/mau/loi/thu/{'paused' if phone else 'stopped'}.vi"
    window.open(home)
    window.press("Sửa")
    written = window.named("body").input_value()
    window.named("body").fill("{{ ''.__class__ }}")
    with window.answered(422):
        window.press("Xem trước")
    assert window.shows("Dòng 1: không có dữ liệu tên “__class__”")
    window.named("body").fill(f"Kính thưa {{{{ you }}}}.\n{written}")
    window.press("Xem trước")
    assert window.shows("Kính thưa Ông/Bà.", "Thêm:")
    window.named("reason").fill("Công văn 12/VPUB")
    window.press("Giữ bản này")
    assert window.shows("Đã ghi nhận.", "Công văn 12/VPUB")
    window.press("Trở lại mẫu gốc")
    window.named("reason").fill("Thử xong")
    window.press("Trở lại")
    assert window.shows("Đã ghi nhận.", "trở lại mẫu gốc")

    assert window.troubles == []


def test_the_admin_sees_a_paper_and_the_phrases_before_they_are_kept(street: Street) -> None:
    window = street.window("quan", phone=True)
    window.open("/can-bo/quan-tri/mau/loi/giay/receipt?viec=sua")
    window.named("note").fill("Tổng đài 1022. Tra cứu tại {{ page }}.")
    window.press("Xem trước")
    assert window.shows("Xem PDF (dữ liệu mẫu)")
    address = window.page.get_by_role("link", name="Xem PDF (dữ liệu mẫu)").get_attribute("href")
    assert window.page.request.get(str(address)).body().startswith(b"%PDF")
    window.open("/can-bo/quan-tri/mau")
    window.page.get_by_label("Của", exact=True).select_option("H32.10")
    window.press("Xem")
    window.press("Sửa")
    window.press("Xem trước")
    assert window.shows("Chưa có gì thay đổi.")

    assert window.troubles == []
