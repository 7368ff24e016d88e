"""A result written from a template in a real browser: looked at before it is made, decided with, downloaded."""

import io
import re

import pytest
from pypdf import PdfReader

from tests.browser.conftest import Street
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]


@pytest.mark.parametrize("script", [True, False], ids=["", "without-javascript"])
def test_a_result_is_written_decided_on_and_reaches_its_citizen(street: Street, script: bool) -> None:
    dossier = street.paid("binh")
    assert street.person("an").decide(dossier["id"], "acceptance").status == 200
    window = street.window("duyen", phone=not script, script=script)
    window.open(f"/can-bo/ho-so/{dossier['id']}")
    window.press("Soạn kết quả")
    assert window.shows("Kính gửi: Trần Thị Bình", "[Nội dung kết quả]")
    with window.answered(422):
        window.press("Lập văn bản")
    assert window.shows("Hãy nhập mục “Nội dung kết quả”.", "Hãy nhập mục “Căn cứ”.")
    window.named("texts.content").fill("Đồng ý cấp 01 bản sao.\nTrả trực tuyến.")
    window.named("texts.grounds").fill("Điều 64 Luật Hộ tịch")
    window.press("Xem trước")
    assert window.shows("Bản xem trước")
    assert window.named("texts.content").input_value() == "Đồng ý cấp 01 bản sao.\nTrả trực tuyến."
    window.press("Lập văn bản")
    assert window.shows("Đã lập văn bản kết quả.")

    _chosen(window)
    window.press("Quyết định kết quả")
    assert window.shows("Đã quyết định kết quả.")

    citizen = street.window("binh", phone=True)
    citizen.open(f"/ho-so/{dossier['id']}")
    link = citizen.page.get_by_role("link", name=re.compile(r"Tải Thông báo \d+-\d{4}-TB-H32\.10\.pdf"))
    data = citizen.page.request.get(f"{citizen.origin}{link.get_attribute('href')}").body()
    said = " ".join(PdfReader(io.BytesIO(data)).pages[0].extract_text().split())
    assert "Đồng ý cấp 01 bản sao. Trả trực tuyến." in said
    assert "Đặng Mỹ Duyên" in said
    assert window.troubles == citizen.troubles == []


def _chosen(window: Window) -> None:
    """The file can be chosen once it was checked; with scripts by itself, without when the page is looked at again."""
    for _ in range(60):
        if window.page.locator("[name=documents]").count():
            return
        window.page.wait_for_timeout(1000)
        if not window.script:
            window.open(window.path)
    raise AssertionError("the file never became clean")
