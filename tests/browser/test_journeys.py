"""The main job as people do it on the pages: filed and paid on a phone, brought by officers into its owner's hands."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.browser.conftest import Street
from tests.browser.window import PATIENCE, Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
FILES: Final = Path(__file__).parents[2] / "examples" / "files"
PROCEDURE: Final = "1.005136"
PAPERS: Final = {"giay-to-quoc-tich": "giay-to.pdf", "anh-4x6": "anh-4x6.png"}
CODE: Final = re.compile(r"H32\.10-\d{6}-\d{4,}")
ANSWERS: Final = {
    "applicant.date_of_birth": "2/9/1990",
    "applicant.address.line": "12 Lê Lợi",
    "applicant.address.commune": "Phường Nha Trang",
    "applicant.address.province": "Khánh Hòa",
    "form.born_at": "Nha Trang, Khánh Hòa",
    "form.document.number": "C0451278",
    "form.document.issued_on": "10/05/2012",
    "form.document.issuer": "Cục Quản lý xuất nhập cảnh",
    "form.purpose": "Làm thủ tục mua nhà ở tại Việt Nam",
    "delivery.recipient": "Trần Thị Bình",
    "delivery.phone": "0905123456",
    "delivery.address.line": "12 Lê Lợi",
    "delivery.address.commune": "Phường Nha Trang",
    "delivery.address.province": "Khánh Hòa",
}
CHOSEN: Final = {"form.basis": "passport"}


def answer(window: Window) -> None:
    """What this page asks for, as far as somebody knows it."""
    for name, text in ANSWERS.items():
        if (field := window.named(name)).count() and field.is_visible():
            field.fill(text)
    for name, value in CHOSEN.items():
        if (choice := window.page.locator(f'input[name="{name}"][value="{value}"]')).count():
            choice.check()


def begin(window: Window) -> None:
    """From the procedure's page to the first question of its form."""
    window.open(f"/thu-tuc/{PROCEDURE}")
    window.press("Nộp hồ sơ trực tuyến")
    window.press("Bắt đầu")
    answer(window)
    window.press("Lưu và tiếp tục")


def go_on(window: Window, until: str) -> None:
    for _ in range(9):
        if window.path.endswith(until):
            return
        answer(window)
        window.press("Lưu và tiếp tục")
    raise AssertionError(f"the filing does not come to {until}: {window.page.url}")


def bring(window: Window) -> None:
    """With scripts a file is chosen on the page itself; without, on one of its own, and the page is looked at again."""
    for component, file in PAPERS.items():
        section = window.page.locator(f'[data-component="{component}"]')
        if window.script:
            section.locator(f"#tep-{component}").set_input_files(FILES / file)
            section.get_by_text("Đã nhận", exact=True).wait_for(timeout=PATIENCE * 1000)
            continue
        with window.leaving():
            section.get_by_role("button", name="Tải tệp lên").click()
        window.page.get_by_label("Tệp", exact=True).set_input_files(FILES / file)
        window.press("Tải lên")
    window.look_again_until("Đã nhận", len(PAPERS))
    window.press("Tiếp tục")


def submit(window: Window) -> str:
    """The code."""
    assert window.path.endswith("/xem-lai")
    assert window.shows("02/09/1990", "Hộ chiếu Việt Nam", "10/05/2012", "100.000")
    window.press("Nộp hồ sơ")
    code = CODE.search(window.page.inner_text("main"))
    assert code
    return code[0]


def pay(window: Window) -> None:
    window.press("Nộp phí, lệ phí")
    window.press("VNPAY", exact=False)
    window.press("Đến trang thanh toán")
    window.press("Thanh toán · Pay")
    window.look_again_until("Đã nộp đủ")


def file_and_pay(window: Window, channel: str = "post") -> str:
    """`channel`: how the result is to come."""
    begin(window)
    go_on(window, "/giay-to")
    bring(window)
    go_on(window, "/nhan-ket-qua")
    answer(window)
    window.page.locator(f'input[name="delivery.channel"][value="{channel}"]').check()
    window.press("Lưu và tiếp tục")
    code = submit(window)
    pay(window)
    return code


def find(window: Window, code: str) -> None:
    window.open("/can-bo")
    window.named("text").fill(code)
    window.press("Tìm")


def done(window: Window, code: str, deed: str, told: str) -> None:
    """An officer finds the dossier by its code, and does what its page offers."""
    find(window, code)
    window.press(deed)
    if window.page.get_by_text(told).count() == 0:
        window.page.locator(".deed form").get_by_role("button", name=deed).click()
    assert window.shows(told)
    window.look()


def give_result(window: Window, code: str) -> None:
    """The file of the result goes up, is checked, and is proposed."""
    find(window, code)
    window.press("Trình kết quả")
    window.named("tep-result").set_input_files(FILES / "giay-to.pdf")
    window.page.locator("#tep-ket-qua input[name=documents]").wait_for(timeout=PATIENCE * 1000)
    window.named("reason").fill("Đủ điều kiện")
    window.page.locator(".deed form").get_by_role("button", name="Trình kết quả").click()
    assert window.shows("Đã trình lãnh đạo.")
    window.look()


def ask_for_a_supplement(window: Window, code: str) -> None:
    find(window, code)
    window.press("Yêu cầu bổ sung")
    window.page.get_by_label("Tờ khai: Mục đích sử dụng", exact=True).check()
    window.named("reason.f.purpose").fill("Ghi rõ nộp cho cơ quan nào")
    window.page.get_by_label(re.compile("Tôi đã kiểm tra toàn bộ hồ sơ")).check()
    window.page.locator(".deed form").get_by_role("button", name="Yêu cầu bổ sung").click()
    assert window.shows("Đã gửi yêu cầu bổ sung.")
    window.look()


def open_mine(window: Window, code: str) -> None:
    """Their own dossier, from the list of theirs."""
    window.open("/ho-so")
    with window.leaving():
        window.page.locator("li", has_text=code).get_by_role("link").first.click()


def supply(window: Window, code: str) -> None:
    """Only what was asked for, with the officer's words beside it."""
    open_mine(window, code)
    window.press("Bổ sung hồ sơ")
    assert window.shows("Ghi rõ nộp cho cơ quan nào")
    assert window.named("form.born_at").count() == 0
    window.named("form.purpose").fill("Nộp Ủy ban nhân dân phường Nha Trang để mua nhà ở")
    window.press("Nộp bổ sung")
    assert window.shows("Đến lượt cơ quan")


def wait_for_the_post(window: Window, street: Street) -> None:
    """The carrier is asked every ten minutes; here, at once."""
    for _ in range(PATIENCE):
        street.run("PullTracking")
        window.page.reload()
        if window.page.get_by_role("heading", name="Đã trả kết quả").count():
            window.look()
            return
        window.page.wait_for_timeout(500)
    raise AssertionError("the post never delivers")


def rate(window: Window) -> None:
    for question in ("attitude", "timeliness"):
        window.page.locator(f'input[name="{question}"][value="5"]').check()
    window.named("comment").fill("Các cô chú rất tận tình")
    window.press("Gửi đánh giá")


def test_from_the_filing_on_a_phone_to_the_result_in_its_owners_hands(street: Street) -> None:
    phone = street.window("binh", phone=True)
    clerk, specialist, approver = (street.window(who) for who in ("an", "chi", "duyen"))
    code = file_and_pay(phone)
    done(clerk, code, "Tiếp nhận hồ sơ", "Hồ sơ đã được tiếp nhận.")
    done(specialist, code, "Nhận xử lý", "Bạn đã nhận xử lý hồ sơ.")
    ask_for_a_supplement(specialist, code)
    supply(phone, code)
    give_result(specialist, code)
    done(approver, code, "Quyết định kết quả", "Đã quyết định kết quả.")
    done(clerk, code, "Gửi kết quả qua bưu chính", "Kết quả đã chuyển bưu chính.")
    open_mine(phone, code)
    assert phone.shows(code, "Đến lượt bưu chính")
    wait_for_the_post(phone, street)
    rate(phone)

    assert phone.shows("thái độ 5/5, đúng hẹn 5/5. Các cô chú rất tận tình")


def test_from_a_cheap_phone_over_a_bad_line_a_dossier_is_filed_and_paid_for(street: Street) -> None:
    phone, clerk = street.window("binh", phone=True, slow=True), street.window("an")
    code = file_and_pay(phone)
    clerk.open("/can-bo")

    assert clerk.shows(code)


def test_without_scripts_from_the_filing_to_the_handing_over_at_the_desk(street: Street) -> None:
    citizen = street.window("hoa", phone=True, script=False)
    code = file_and_pay(citizen, "desk")
    assert citizen.shows("Đã nộp đủ")
    dossier = street.dossier("hoa", code)
    assert street.person("an").decide(dossier["id"], "acceptance").status == 200
    assert street.person("duyen").decide(dossier["id"], "result", {"outcome": "granted"}).status == 200
    clerk = street.window("an", script=False)
    done(clerk, code, "Trả kết quả", "Đã trả kết quả.")
    open_mine(citizen, code)

    assert citizen.shows("Đã trả kết quả")


def test_who_comes_second_sees_who_did_what_and_keeps_what_was_typed(street: Street) -> None:
    dossier = street.paid("binh")
    assert street.person("an").decide(dossier["id"], "acceptance").status == 200
    first, second = street.window("chi"), street.window("duyen")
    second.open(f"/can-bo/ho-so/{dossier['id']}/gia-han")
    second.named("days").fill("1")
    second.named("reason").fill("Chờ xác minh <b>sổ gốc</b>")
    done(first, dossier["code"], "Nhận xử lý", "Bạn đã nhận xử lý hồ sơ.")
    send = second.page.locator(".deed form").get_by_role("button")
    with second.answered(412), second.leaving():
        send.click()
    assert second.shows("Hồ sơ đã thay đổi sau khi bạn mở", "Phạm Thị Chi")
    assert second.named("reason").input_value() == "Chờ xác minh <b>sổ gốc</b>"
    with second.leaving():
        send.click()

    assert second.shows("Đã gia hạn.")
