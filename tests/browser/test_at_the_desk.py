"""Somebody at the desk with their papers: filed for, scanned, paid and gone with a receipt; found again later."""

import re
from io import BytesIO
from typing import Any, Final
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page
from pypdf import PageObject, PdfReader

from tests.browser.conftest import Street
from tests.browser.people import BINH
from tests.browser.test_journeys import CODE, FILES
from tests.browser.window import PATIENCE, Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
A5: Final = (420, 595)
COMPANY: Final = {
    "kind": "organisation",
    "full_name": "Công ty TNHH Yến sào Hòn Nội",
    "tax_code": "0100109106",
    "phone": "0258123456",
    "address": {"line": "248 Thống Nhất", "commune": "Phường Nha Trang", "province": "Khánh Hòa"},
}
TYPED: Final = {
    "applicant.full_name": "Nguyễn Thị Ái Vân",
    "applicant.identity_number": "056190009876",
    "applicant.phone": "0905 777 888",
    "applicant.address.line": "Tổ 4 Vĩnh Hải",
    "applicant.address.commune": "Phường Bắc Nha Trang",
    "form.passport.number": "PA1234567",
    "form.passport.issued_on": "2/2/2022",
    "form.passport.issuer": "Australia",
    "form.evidence.0.number": "221/1976",
    "form.evidence.0.issued_on": "1/8/1976",
    "form.evidence.0.issuer": "UBND xã Ninh Phụng",
}


def opened(window: Window, link: Any) -> list[PageObject]:
    """The pages of a PDF that opens in a tab of its own."""
    with window.page.context.expect_page() as tab:
        link.click()
    pages = shown(tab.value)
    tab.value.close()
    return pages


def shown(tab: Page) -> list[PageObject]:
    """The pages of the PDF that a tab comes to."""
    tab.wait_for_url(re.compile("X-Amz-|Signature="), wait_until="commit")
    with urlopen(tab.url) as answer:  # noqa: S310 - of the local store
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline")
        return list(PdfReader(BytesIO(answer.read())).pages)


def size(page: PageObject) -> tuple[int, int]:
    return round(float(page.mediabox.width)), round(float(page.mediabox.height))


def pressed(window: Window, deed: str) -> None:
    """The button of the open form."""
    with window.leaving():
        window.page.locator(".deed form").get_by_role("button", name=deed).last.click()


def test_who_comes_with_papers_is_filed_for_scanned_paid_and_leaves_with_a_receipt(street: Street) -> None:
    clerk = street.window("an")
    clerk.open("/can-bo")
    clerk.press("Nộp tại quầy")
    clerk.named("q").fill("phieu ly lich tu phap")
    clerk.press("Tìm thủ tục")
    assert clerk.shows("Không có thủ tục nào nộp được tại quầy"), "it was abolished"
    clerk.named("q").fill("nguoi goc viet nam")
    clerk.press("Tìm thủ tục")
    clerk.press("Cấp Giấy xác nhận là người gốc Việt Nam")
    with clerk.answered(422):
        clerk.press("Nộp hồ sơ")
    assert clerk.shows("Có mục chưa đúng")
    for name, text in TYPED.items():
        clerk.named(name).fill(text)
    clerk.named("form.current_nationality").select_option(label="Australia")
    clerk.page.get_by_label("Bản thân đã từng có quốc tịch Việt Nam").check()
    clerk.press("Thêm một mục nữa")
    clerk.named("form.evidence.1.number").fill("tạm")
    clerk.press("Bỏ mục này Giấy tờ 2", exact=False)
    assert clerk.named("form.evidence.0.number").input_value() == "221/1976", "the others stay"
    assert clerk.named("form.evidence.1.number").count() == 0
    for paper in ("giay-to-goc-viet", "anh-4x6"):
        clerk.named(f"documents.{paper}").check()
    clerk.page.locator('input[name="delivery.channel"][value="desk"]').check()
    clerk.press("Quét giấy tờ rồi nộp")

    clerk.named("tep-ho-chieu").set_input_files(FILES / "giay-to.pdf")
    clerk.page.locator("[data-files]").get_by_text("Đã nhận", exact=True).wait_for(timeout=PATIENCE * 1000)
    clerk.look()
    pressed(clerk, "Nộp hồ sơ")
    assert clerk.shows("Hồ sơ đã được nộp.", "Nguyễn Thị Ái Vân", "cán bộ tải lên")
    clerk.press("Thu phí tại quầy")
    assert clerk.named("amount").input_value() == "100000"
    clerk.named("receipt_number").fill("BL-000017")
    pressed(clerk, "Thu phí tại quầy")
    assert clerk.shows("Đã ghi nhận tiền thu.", "biên lai số: BL-000017")
    clerk.press("Tiếp nhận hồ sơ")
    code = CODE.search(clerk.page.inner_text("h1"))
    assert code
    receipt = opened(clerk, clerk.page.get_by_role("link", name=re.compile("[Tt]iếp nhận hồ sơ và hẹn")).first)
    words = " ".join(" ".join(each.extract_text() for each in receipt).split())

    assert {size(each) for each in receipt} == {A5}
    for each in ("Nguyễn Thị Ái Vân", "Nguyễn Văn An", code[0], "người gốc Việt Nam"):
        assert each in words, each


def found(window: Window, text: str) -> str:
    """What the desk's search says; one dossier found is opened."""
    window.open("/can-bo")
    window.named("text").fill(text)
    window.press("Tìm")
    return window.page.inner_text("main")


def test_a_dossier_is_found_by_code_name_phone_tax_code_and_never_by_an_address(street: Street) -> None:
    clerk = street.person("an")
    form = clerk.get("/procedures/2.000635").body["form"]["examples"][0]
    draft = {"procedure": "2.000635", "agency": "H32.10", "form": form, "delivery": {"channel": "desk"}}
    codes = {}
    for applicant in (COMPANY, {**BINH, "full_name": "Huỳnh Thị Kim Ngân", "phone": "0935000111"}):
        begun = clerk.post("/dossiers", draft | {"applicant": applicant})
        assert begun.status == 201, begun.body
        codes[applicant["full_name"]] = clerk.post(f"/dossiers/{begun.body['id']}/submission").body["code"]
    window = street.window("an")
    for asked, whose in (
        (codes[COMPANY["full_name"]], COMPANY["full_name"]),
        ("yen sao hon noi", COMPANY["full_name"]),
        ("0100109106", COMPANY["full_name"]),
        ("0935000111", "Huỳnh Thị Kim Ngân"),
        ("kim ngan", "Huỳnh Thị Kim Ngân"),
    ):
        shown = found(window, asked)
        assert (codes[whose] in shown, whose in shown) == (True, True), asked
        assert asked not in window.page.url
    assert "Không có hồ sơ đã nộp nào" in found(window, "khong co ai ten nay")
    elsewhere = street.window("lan")

    assert "Không có hồ sơ đã nộp nào" in found(elsewhere, "0100109106")


def tick(window: Window, *codes: str) -> None:
    for each in codes:
        window.page.get_by_label(f"Chọn {each}").check()


def outcomes(window: Window) -> dict[str, str]:
    """What became of each."""
    rows = window.page.locator("table.cards tbody tr")
    return {row.locator("td").first.inner_text(): row.locator("td").last.inner_text() for row in rows.all()}


def test_many_are_accepted_assigned_and_printed_at_once_and_one_that_cannot_be_says_why(street: Street) -> None:
    dossiers = [street.paid("hoa") for _ in range(3)]
    first, second, late = (each["code"] for each in dossiers)
    clerk = street.window("an")
    clerk.open("/can-bo?hang=to_accept")
    assert street.person("an").decide(dossiers[2]["id"], "acceptance").status == 200
    tick(clerk, first, second, late)
    clerk.look()
    clerk.press("Tiếp nhận")
    told = outcomes(clerk)
    assert clerk.shows("Đã thực hiện 2/3")
    assert (told[first], told[second]) == ("Xong", "Xong")
    assert re.match(r"Chưa .{10}", told[late])

    chief = street.window("giang")
    chief.open("/can-bo?hang=in_progress&so=100")
    tick(chief, first, second)
    chief.page.get_by_label("Tài khoản cán bộ").fill("dung")
    chief.press("Phân công cho")
    assert outcomes(chief) == {first: "Xong", second: "Xong"}
    specialist = street.window("dung")
    specialist.open("/can-bo?toi=1&hang=in_progress")
    assert specialist.shows(first, second)
    specialist.open("/can-bo?hang=in_progress&so=100")
    tick(specialist, late)
    specialist.press("Nhận xử lý")
    assert outcomes(specialist) == {late: "Xong"}

    unaccepted = street.paid("hoa")["code"]
    clerk.open("/can-bo?hang=all&so=100")
    tick(clerk, first, second, unaccepted)
    clerk.named("giay").select_option(label="Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    clerk.press("In")
    told = outcomes(clerk)
    assert (told[first], told[second]) == ("Xong", "Xong")
    assert told[unaccepted].startswith("Chưa ")
    pages = opened(clerk, clerk.page.get_by_role("link", name="Mở tệp để in"))

    assert [size(each) for each in pages] == [A5, A5]
    assert {found[0] for each in pages if (found := CODE.search(each.extract_text()))} == {first, second}
