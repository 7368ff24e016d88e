"""What officers do for one another and for who waits: stand in, say sorry, ask once for all that is wrong."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from pypdf import PageObject, PdfReader

from chalicelib.clock.rules import ZONE
from tests.browser.conftest import Street
from tests.browser.test_at_the_desk import opened, pressed, size
from tests.browser.test_journeys import FILES, find, open_mine
from tests.browser.window import PATIENCE, Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
MONTH: Final = 30
A4: Final = (595, 842)


def saved(window: Window, link: Any) -> list[PageObject]:
    """The pages of a PDF that the browser puts among the downloads."""
    with window.page.expect_download() as download:
        link.click()
    return list(PdfReader(download.value.path()).pages)


def given_to(street: Street, who: str) -> dict[str, Any]:
    """A dossier in the hands of this specialist."""
    dossier = street.paid("binh")
    assert street.person("an").decide(dossier["id"], "acceptance").status == 200
    assert street.person("giang").decide(dossier["id"], "assignment", {"officer": who}).status == 200
    return dossier


def test_a_colleague_works_for_who_is_absent_until_that_ends(street: Street) -> None:
    dossier, today = given_to(street, "chi"), datetime.now(ZONE).date()
    street.window("chi").open("/can-bo")  # whoever has signed in is called by name
    colleague = street.window("an")
    colleague.open("/can-bo?toi=1&hang=in_progress")
    assert colleague.page.get_by_text(dossier["code"]).count() == 0
    colleague.open(f"/can-bo/ho-so/{dossier['id']}")
    assert colleague.page.get_by_role("link", name="Trình kết quả").count() == 0
    chief = street.window("giang")
    chief.open("/can-bo")
    chief.press("Làm thay")
    chief.named("absent").fill("chi")
    chief.named("covering").fill("chi")
    chief.named("to").fill(f"{today + timedelta(days=3):%Y-%m-%d}")
    with chief.answered(422):
        chief.press("Cử làm thay")
    assert chief.shows("Có mục chưa đúng")
    chief.named("covering").fill("an")
    chief.named("reason").fill("Nghỉ phép năm")
    chief.press("Cử làm thay")
    assert chief.shows("Đã cử người làm thay.", "Đang làm thay", "Nghỉ phép năm", f"{today:%d/%m/%Y}")

    colleague.open("/can-bo?toi=1&hang=in_progress")
    assert colleague.shows("Bạn đang làm thay cho", "Thay cho Phạm Thị Chi")
    colleague.press(dossier["code"])
    colleague.press("Trình kết quả")
    colleague.named("reason").fill("Đã đối chiếu sổ gốc")
    pressed(colleague, "Trình kết quả")
    assert colleague.shows("Đã trình lãnh đạo.", "Nguyễn Văn An", "thay cho: Phạm Thị Chi")

    chief.open("/can-bo/lam-thay")
    with chief.leaving():
        row = chief.page.locator("tr", has_text="Đang làm thay").filter(has_text="Phạm Thị Chi")
        row.get_by_role("button", name=re.compile("Kết thúc")).click()
    assert chief.shows("Đã kết thúc lượt làm thay.", "Đã kết thúc sớm")
    colleague.open("/can-bo?toi=1&hang=in_progress")
    assert colleague.page.get_by_text(dossier["code"]).count() == 0
    colleague.open(f"/can-bo/ho-so/{dossier['id']}")
    assert colleague.page.get_by_role("link", name="Trình kết quả").count() == 0


def test_who_waits_too_long_gets_a_letter_that_the_approver_signed(street: Street) -> None:
    dossier_id, code = street.earlier(MONTH)
    street.run("FlagDeadlines")
    approver = street.window("duyen")
    approver.open("/can-bo")
    approver.press("Thư xin lỗi")
    approver.press("Đã quá hạn")
    row = approver.page.locator("tr", has_text=code)
    assert row.get_by_text("Quá hạn").is_visible()
    with approver.leaving():
        row.get_by_role("link", name=re.compile("Xem và ký")).click()
    draft = opened(approver, approver.page.get_by_role("link", name="Xem dự thảo thư"))
    assert "DỰ THẢO" in draft[0].extract_text()
    with approver.answered(422):
        pressed(approver, "Ký thư xin lỗi")
    assert approver.shows("Có mục chưa đúng")
    later = (datetime.now(ZONE).date() + timedelta(days=days) for days in (9, 10, 11))
    promised = next(day for day in later if day.weekday() < 5)
    approver.named("reason").fill("Sổ gốc đang được tu bổ tại Trung tâm Lưu trữ")
    approver.named("promised_date").fill(f"{promised:%Y-%m-%d}")
    pressed(approver, "Ký thư xin lỗi")
    assert approver.shows("Đã ký thư xin lỗi.")
    approver.open("/can-bo/thu-xin-loi")
    assert approver.page.get_by_text(code).count() == 0

    citizen = street.window("binh", phone=True)
    open_mine(citizen, code)
    said = ("Quá hạn", "Xin lỗi vì trễ hẹn", "Sổ gốc đang được tu bổ", f"{promised:%d/%m/%Y}")
    assert citizen.shows(*said)
    papers = citizen.page.locator('a[href*="/van-ban/"]')
    letter = saved(citizen, papers.filter(has_text=re.compile("xin lỗi", re.IGNORECASE)))
    text = " ".join(letter[0].extract_text().split())

    assert {size(each) for each in letter} <= {A4, (420, 595)}
    for each in (code, "Trần Thị Bình", "Đặng Mỹ Duyên", "Sổ gốc đang được tu bổ"):
        assert each in text, each


def test_a_supplement_is_asked_for_once_with_reasons_that_help_and_only_that_is_open(street: Street) -> None:
    dossier = given_to(street, "chi")
    specialist = street.window("chi")
    find(specialist, dossier["code"])
    specialist.press("Yêu cầu bổ sung")
    paper, field = "c.uy-quyen", "f.registered_at"
    specialist.named(f"items.{paper}").check()
    specialist.named(f"items.{field}").check()
    specialist.named(f"reason.{field}").fill("Sai")
    with specialist.answered(422):
        pressed(specialist, "Yêu cầu bổ sung")
    assert specialist.shows(
        "Hãy nêu lý do cho mục này", "Hãy ghi rõ sai hoặc thiếu điều gì", "Hãy xác nhận đã kiểm tra hết hồ sơ"
    )
    phrase = specialist.named(f"phrase.{paper}").locator("option", has_text="Thiếu giấy tờ này").inner_text()
    specialist.named(f"phrase.{paper}").select_option(label=phrase)
    specialist.named(f"reason.{field}").fill("Đề nghị ghi tên cơ quan như trên Giấy khai sinh")
    specialist.page.get_by_label(re.compile("Tôi đã kiểm tra toàn bộ hồ sơ")).check()
    pressed(specialist, "Yêu cầu bổ sung")
    assert specialist.shows("Đã gửi yêu cầu bổ sung.", phrase, "đơn vị thanh toán VNPAY")

    citizen = street.window("binh", phone=True)
    open_mine(citizen, dossier["code"])
    citizen.press("Bổ sung hồ sơ")
    assert citizen.shows(phrase, "Đề nghị ghi tên cơ quan như trên Giấy khai sinh")
    assert citizen.page.get_by_text("(nếu có)").count() == 0, "what is asked for is not optional"
    asked = citizen.page.locator("main :is(input, select, textarea):not([type=hidden]):not([type=file])")
    assert [each.get_attribute("name") for each in asked.all()] == ["form.registered_at"]
    assert citizen.page.locator("[data-component]").count() == 1
    citizen.named("tep-uy-quyen").set_input_files(FILES / "giay-to.pdf")
    citizen.page.locator("[data-files]").get_by_text("Đã nhận", exact=True).wait_for(timeout=PATIENCE * 1000)
    citizen.named("form.registered_at").fill("Ủy ban nhân dân phường Nha Trang")
    citizen.press("Nộp bổ sung")
    assert citizen.shows("Đến lượt cơ quan")
    again(specialist, dossier)


def again(specialist: Window, dossier: dict[str, Any]) -> None:
    """The officer sees what came, beside the rest."""
    find(specialist, dossier["code"])
    assert specialist.shows("Ủy ban nhân dân phường Nha Trang", "giay-to.pdf")
    preview = specialist.page.locator("iframe.preview")
    assert preview.get_attribute("allow") == ""
    assert not str(preview.get_attribute("src")).startswith(specialist.origin)
