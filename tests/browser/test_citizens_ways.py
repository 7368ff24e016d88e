"""The citizen's other ways: begun here and ended there, for somebody else, found by an event of life, withdrawn."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.browser.conftest import Street
from tests.browser.people import COPY
from tests.browser.test_citizen import begun, copies_asked
from tests.browser.test_journeys import CODE, FILES, find, open_mine
from tests.browser.window import PATIENCE, Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
OWNER: Final = {
    "owner.full_name": "Trần Văn Cụ",
    "owner.identity_number": "056040001111",
    "owner.phone": "0905000222",
    "owner.address.line": "5 Yersin",
    "owner.address.commune": "Phường Nha Trang",
}


def submitted(window: Window) -> str:
    """From the papers on; the code."""
    window.press("Tiếp tục")
    window.page.get_by_label("Bản điện tử trên trang này").check()
    window.press("Lưu và tiếp tục")
    window.press("Nộp hồ sơ")
    code = CODE.search(window.page.inner_text("main"))
    assert code
    return code[0]


def test_a_dossier_begun_on_a_phone_is_ended_on_another_machine(street: Street) -> None:
    phone = street.window("binh", phone=True)
    dossier = begun(phone, COPY)
    phone.page.get_by_label("Khai sinh", exact=True).check()
    phone.press("Lưu và tiếp tục")
    phone.fill("Họ, chữ đệm, tên", "Trần Thị Bình")
    assert phone.shows("Đã tự lưu lúc"), "without a button"
    elsewhere = street.window("binh")
    elsewhere.open("/ho-so")
    with elsewhere.leaving():
        elsewhere.page.locator(f'a[href="{dossier}"]').click()
    assert elsewhere.shows("Bản nháp được giữ 30 ngày")
    elsewhere.press("Người được đăng ký")
    assert elsewhere.named("form.subject.full_name").input_value() == "Trần Thị Bình"
    elsewhere.page.go_back()
    elsewhere.press("Việc hộ tịch")
    assert elsewhere.page.get_by_label("Khai sinh", exact=True).is_checked()
    copies_asked(elsewhere)
    code = submitted(elsewhere)
    phone.open("/ho-so")

    assert phone.shows(code)


def test_a_dossier_is_filed_for_somebody_else_whom_the_officer_sees(street: Street) -> None:
    window = street.window("hoa", phone=True)
    window.open(f"/thu-tuc/{COPY}")
    window.press("Nộp hồ sơ trực tuyến")
    window.page.get_by_label("Nơi giải quyết hồ sơ").select_option(label="Sở Tư pháp")
    window.page.get_by_label("Cho người khác", exact=False).check()
    window.press("Bắt đầu")
    window.fill("Số nhà, đường, thôn, tổ dân phố", "9 Trần Phú")
    window.fill("Xã, phường, đặc khu", "Phường Nha Trang")
    window.press("Lưu và tiếp tục")
    with window.answered(422):
        window.press("Lưu và tiếp tục")
    for name, text in OWNER.items():
        window.named(name).fill(text)
    if not window.named("owner.address.province").input_value():
        window.named("owner.address.province").fill("Khánh Hòa")
    window.press("Lưu và tiếp tục")
    copies_asked(window)
    window.press("Tiếp tục")
    window.page.get_by_label("Bản điện tử trên trang này").check()
    window.press("Lưu và tiếp tục")
    assert window.shows("Trần Văn Cụ", "Lê Văn Hoà")
    window.press("Nộp hồ sơ")
    code = CODE.search(window.page.inner_text("main"))
    assert code
    clerk = street.window("an")
    find(clerk, code[0])

    assert clerk.shows("Chủ hồ sơ", "Trần Văn Cụ", "Lê Văn Hoà")


def test_a_procedure_is_found_by_what_happens_in_a_life(street: Street) -> None:
    window = street.window(phone=True)
    window.open("/")
    window.press("Có con nhỏ", exact=False)
    assert window.shows("Đăng ký khai sinh")
    window.press("Đăng ký khai sinh")

    assert window.path == "/thu-tuc/1.001193"
    assert window.shows("Ai được làm", "Cần chuẩn bị", "Bao lâu", "Bao nhiêu tiền", "Mấy lần đi lại", "Căn cứ pháp lý")


def test_words_go_to_and_fro_and_the_dossier_is_withdrawn(street: Street) -> None:
    dossier = street.paid("binh")
    citizen, clerk = street.window("binh", phone=True), street.window("an")
    open_mine(citizen, dossier["code"])
    citizen.named("text").fill("Cho tôi hỏi: có cần bản chính không?\nTôi ở xa.")
    citizen.press("Gửi")
    find(clerk, dossier["code"])
    assert clerk.shows("Cho tôi hỏi: có cần bản chính không?")
    clerk.press("Nhắn người nộp")
    clerk.named("text").fill("Không cần, chị nhé.")
    with clerk.leaving():
        clerk.page.locator(".deed form").get_by_role("button", name="Nhắn người nộp").click()
    open_mine(citizen, dossier["code"])
    assert citizen.shows("Không cần, chị nhé.", "Tôi ở xa.")

    citizen.press("Rút hồ sơ")
    with citizen.answered(422):
        citizen.press("Rút hồ sơ")
    citizen.press_within("Hãy ghi lý do rút hồ sơ")
    citizen.fill("Lý do rút hồ sơ", "Đã tìm thấy bản cũ")
    citizen.press("Rút hồ sơ")
    assert citizen.shows("Đã tìm thấy bản cũ")
    assert citizen.page.get_by_role("link", name="Rút hồ sơ").count() == 0
    find(clerk, dossier["code"])
    assert clerk.shows("Đã tìm thấy bản cũ")
    assert clerk.page.get_by_role("button", name=re.compile("Tiếp nhận")).count() == 0


def test_what_was_typed_survives_a_line_that_is_cut_at_the_very_press(street: Street) -> None:
    window = street.window("binh", phone=True)
    dossier = begun(window, COPY)
    window.page.get_by_label("Kết hôn", exact=True).check()
    assert window.shows("Đã tự lưu lúc")
    window.press("Lưu và tiếp tục")
    go_on = window.page.get_by_role("button", name="Lưu và tiếp tục").last
    with window.offline():
        window.fill("Họ, chữ đệm, tên", "Trần Thị Bình")
        go_on.click()
        assert window.shows("Mất kết nối: chưa gửi được")
        assert window.named("form.subject.full_name").input_value() == "Trần Thị Bình"
    window.cut_off = True
    window.page.route("**/ho-so/**", lambda route: route.abort())  # as if there were a line, and nothing came through
    window.fill("Ngày sinh", "2/9/1990")
    go_on.click()
    assert window.shows("Chưa lưu được vì mất mạng")
    window.page.unroute_all()
    with window.leaving():
        go_on.click()
    window.cut_off = False
    other = street.window("binh")
    other.open(f"{dossier}/to-khai/2")

    kept = [other.named(f"form.subject.{name}").input_value() for name in ("full_name", "date_of_birth")]
    assert kept == ["Trần Thị Bình", "02/09/1990"]


def test_a_form_without_a_draft_stays_too_when_there_is_no_line(street: Street) -> None:
    window = street.window("binh", phone=True)
    window.open(f"/nop/{COPY}")
    window.page.get_by_label("Nơi giải quyết hồ sơ").select_option(label="Sở Tư pháp")
    window.press("Bắt đầu")
    with window.offline():
        window.fill("Số nhà, đường, thôn, tổ dân phố", "12 Lê Lợi")
        window.page.get_by_role("button", name="Lưu và tiếp tục").click()
        assert window.shows("Mất kết nối: chưa gửi được")
    window.fill("Xã, phường, đặc khu", "Phường Nha Trang")
    window.press("Lưu và tiếp tục")

    assert re.match(r"/ho-so/\w+/to-khai", window.path)


def test_the_result_is_taken_home_as_it_was_given(street: Street) -> None:
    dossier = street.paid("binh")
    assert street.person("an").decide(dossier["id"], "acceptance").status == 200
    approver, clerk, citizen = street.window("duyen"), street.window("an"), street.window("binh", phone=True)
    find(approver, dossier["code"])
    approver.press("Quyết định kết quả")
    approver.named("tep-result").set_input_files(FILES / "giay-to.pdf")
    approver.page.locator("#tep-ket-qua input[name=documents]").wait_for(timeout=PATIENCE * 1000)
    with approver.leaving():
        approver.page.locator(".deed form").get_by_role("button", name="Quyết định kết quả").click()
    find(clerk, dossier["code"])
    clerk.press("Trả kết quả")
    with clerk.leaving():
        clerk.page.locator(".deed form").get_by_role("button", name="Trả kết quả").click()
    open_mine(citizen, dossier["code"])
    assert citizen.shows("Đã giải quyết", "Tệp này không có chữ ký số.")
    with citizen.page.expect_download() as download:
        citizen.page.get_by_role("link", name=re.compile("Tải giay-to.pdf")).click()

    assert Path(download.value.path()).read_bytes() == (FILES / "giay-to.pdf").read_bytes()
    assert download.value.suggested_filename == "giay-to.pdf"


@pytest.mark.parametrize("phone", [True, False])
def test_a_draft_is_thrown_away_after_a_second_thought(street: Street, phone: bool) -> None:
    window = street.window("binh", phone=phone)
    dossier = begun(window, COPY)
    window.open(dossier)
    window.press("Xoá bản nháp này")
    assert window.shows("không lấy lại được")
    window.press("Giữ lại")
    assert window.shows("Bản nháp được giữ 30 ngày")
    window.press("Xoá bản nháp này")
    window.press("Xoá bản nháp")

    assert window.shows("Đã xoá bản nháp")
    assert window.page.locator(f'a[href="{dossier}"]').count() == 0
