"""The citizen's way in a real browser: on a phone, with the line cut, without scripts."""

import re
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Request

from chalicelib.payments import vietqr
from tests.browser.conftest import Street
from tests.browser.window import Window
from tests.conftest import ROOT
from tests.documents import samples

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
COPY = "2.000635"
BIRTH = "1.001193"
PAPER = ROOT / "examples" / "files" / "giay-to.pdf"
PART: Final = re.compile(r"partNumber=(\d)")


def put_part(asked: Request) -> list[str]:
    """Which part of a file was sent by it, if any."""
    return PART.findall(asked.url) if asked.method == "PUT" else []


def begun(window: Window, procedure: str, agency: str = "Sở Tư pháp") -> str:
    """A draft with its applicant; the address of the dossier."""
    window.open(f"/thu-tuc/{procedure}")
    window.press("Nộp hồ sơ trực tuyến")
    if agency:
        window.page.get_by_label("Nơi giải quyết hồ sơ").select_option(label=agency)
    window.press("Bắt đầu")
    window.fill("Số nhà, đường, thôn, tổ dân phố", "12 Lê Lợi")
    window.fill("Xã, phường, đặc khu", "Phường Nha Trang")
    window.press("Lưu và tiếp tục")
    found = re.match(r"/ho-so/\w+", window.path)
    assert found
    return found[0]


def copies_asked(window: Window) -> None:
    """The three pages of the form of a copy."""
    page = window.page
    page.get_by_label("Khai sinh", exact=True).check()
    window.press("Lưu và tiếp tục")
    window.fill("Họ, chữ đệm, tên", "Trần Thị Bình")
    window.fill("Ngày sinh", "2/9/1990")
    window.press("Lưu và tiếp tục")
    window.fill("Cơ quan đã đăng ký", "UBND phường Nha Trang")
    page.get_by_label(re.compile("Quan hệ với người")).select_option(label="Bản thân")
    window.fill("Số bản sao đề nghị cấp", "1")
    window.press("Lưu và tiếp tục")


def test_a_dossier_is_filed_and_may_be_paid_in_any_way(street: Street) -> None:
    window = street.window("binh", phone=True)
    dossier = begun(window, COPY)
    copies_asked(window)
    assert window.path == f"{dossier}/giay-to"
    window.press("Tiếp tục")
    window.page.get_by_label("Bản điện tử trên trang này").check()
    window.press("Lưu và tiếp tục")
    assert window.shows("12 Lê Lợi, Phường Nha Trang, Khánh Hòa", "02/09/1990", "8.000")
    window.press("Nộp hồ sơ")
    assert window.shows("Đã nộp hồ sơ", "Mã hồ sơ của bạn")
    window.press("Nộp phí, lệ phí")
    window.press("Chuyển khoản ngân hàng (VietQR)")
    picture = window.page.get_by_role("img", name="Mã VietQR để chuyển khoản").screenshot()
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    transfer = vietqr.read(code.text)
    assert transfer.amount == 8_000
    assert window.shows(transfer.account_number, transfer.memo)
    window.press("Chọn cách trả khác", exact=False)
    assert window.shows("Đang chờ xác nhận của nhà cung cấp")
    window.press("VNPAY (thẻ, ngân hàng, VNPAY-QR)")
    assert window.shows("Trả chậm nhất")
    window.press("Đến trang thanh toán")
    assert window.path.startswith("/_local/vnpay")


def test_a_file_is_brought_while_the_line_is_cut_and_comes_back(street: Street) -> None:
    window = street.window("binh", phone=True)
    dossier = begun(window, BIRTH, "Ủy ban nhân dân phường Nha Trang")
    window.open(f"{dossier}/giay-to")
    chooser = window.page.locator("#tep-giay-chung-sinh")
    with window.offline():
        chooser.set_input_files(PAPER)
        assert window.shows("Mất kết nối")
    assert window.shows("Đã nhận")
    window.open(f"{dossier}/giay-to")
    assert window.shows("giay-to.pdf", "Đã nhận")


def test_a_large_file_goes_on_where_the_line_was_lost_even_after_a_reload(street: Street, tmp_path: Path) -> None:
    large = tmp_path / "giay-to-lon.png"
    large.write_bytes(samples.png(more=11_000_000))
    window = street.window("binh", phone=True)
    dossier = begun(window, BIRTH, "Ủy ban nhân dân phường Nha Trang")
    window.open(f"{dossier}/giay-to")
    sent: list[str] = []
    window.page.on("requestfinished", lambda asked: sent.extend(put_part(asked)))
    window.cut_off = True
    window.page.route(re.compile("partNumber=2"), lambda route: route.abort())
    window.page.locator("#tep-giay-chung-sinh").set_input_files(large)
    assert window.shows("Mất kết nối")
    assert sent == ["1"]
    window.page.unroute_all()
    window.cut_off = False

    window.open(f"{dossier}/giay-to")
    assert window.shows("giay-to-lon.png", "Tệp chưa gửi xong")
    window.page.locator("#tep-giay-chung-sinh").set_input_files(large)
    assert window.shows("Đã nhận")
    assert sent == ["1", "2", "3"], "no part went twice"
    assert window.page.get_by_text("giay-to-lon.png").count() == 1
    window.open(f"{dossier}/giay-to")
    assert window.shows("giay-to-lon.png", "Đã nhận")


def test_what_was_typed_is_kept_though_the_page_is_left_and_the_line_cut(street: Street) -> None:
    window = street.window("binh", phone=True)
    dossier = begun(window, BIRTH, "Ủy ban nhân dân phường Nha Trang")
    name = "Họ, chữ đệm, tên của trẻ"
    with window.offline():
        window.fill(name, "Trần Bảo An")
        assert window.shows("mất mạng")
    assert window.shows("Đã tự lưu lúc")
    other = street.window("binh")
    other.open(f"{dossier}/to-khai/1")

    assert other.page.get_by_label(name).input_value() == "Trần Bảo An"


def test_a_question_raised_by_an_answer_appears_at_once(street: Street) -> None:
    window = street.window("binh")
    dossier = begun(window, BIRTH, "Ủy ban nhân dân phường Nha Trang")
    window.open(f"{dossier}/to-khai/6")
    reason = window.page.get_by_label(re.compile("Lý do đăng ký quá hạn"))
    assert not reason.is_visible()
    window.page.get_by_label("Quá hạn", exact=True).check()
    reason.wait_for(state="visible")
    window.page.get_by_label(re.compile("Đúng hạn")).check()
    reason.wait_for(state="hidden")


def test_without_scripts_a_file_goes_straight_to_the_store_and_the_browser_comes_back(street: Street) -> None:
    window = street.window("binh", phone=True, script=False)
    dossier = begun(window, BIRTH, "Ủy ban nhân dân phường Nha Trang")
    window.open(f"{dossier}/giay-to")
    window.press("Tải tệp lên", exact=False)
    window.page.get_by_label("Tệp", exact=True).set_input_files(PAPER)
    window.press("Tải lên")
    assert window.path == f"{dossier}/giay-to"
    for _ in range(20):
        if window.page.get_by_text("Đã nhận").count():
            break
        window.page.wait_for_timeout(1000)
        window.open(f"{dossier}/giay-to")
    assert window.shows("Đã nhận")
