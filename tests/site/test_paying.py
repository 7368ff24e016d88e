"""The fee paid from the pages: each provider's button, the waiting, what came of it; and what the pages refuse."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.payments import records
from tests.dossiers.conftest import AT_DESK, FREE, PAID
from tests.payments.conftest import FAILED, notification, vnpay_hears
from tests.site.conftest import Browser, Pages, Shown
from tests.site.test_filing import filed
from tests.site.test_pages import require_page


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    return pages.browser("binh")


def begun(browser: Browser, dossier: str, provider: str = "vnpay") -> Shown:
    path = f"{dossier}/thanh-toan"
    shown = browser.get(path)
    require_page(shown)
    assert f'value="{provider}"' in shown.text
    started = browser.post(path, shown.form(path) | {"provider": provider})
    assert started.status == 303
    return browser.get(started.location)


def link(shown: Shown) -> str:
    return next(each.get("href") for each in shown.document.iter("a") if "/_local/vnpay" in (each.get("href") or ""))


def test_the_payer_is_led_to_the_provider_and_the_page_waits(binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    waiting = begun(binh, dossier)

    require_page(waiting)
    assert "20.000 ₫" in waiting.words
    assert 'http-equiv="refresh"' in waiting.text
    assert "vnp_ReturnUrl" in link(waiting)
    back = binh.get(f"{dossier}/thanh-toan?ve=1")
    require_page(back)
    assert "Đang chờ xác nhận" in back.words
    assert 'http-equiv="refresh"' in back.text


def test_pressing_twice_begins_one_payment(binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    path = f"{dossier}/thanh-toan"
    form = binh.get(path).form(path) | {"provider": "vnpay"}

    assert binh.post(path, form).location == binh.post(path, form).location
    assert binh.get(path).text.count("VNPAY · ") <= 1


def test_nobody_can_make_our_page_lead_elsewhere(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    path = f"{dossier}/thanh-toan"
    address = binh.post(path, binh.get(path).form(path) | {"provider": "vnpay"}).location
    bare = address.split("?")[0]
    seal = re.search(r"dau=(\w+)", address)
    assert seal

    for query in ("?di=https://evil.example", f"?di=https://evil.example&dau={seal[1]}", "?qr=00020101", ""):
        shown = binh.get(bare + query)
        require_page(shown)
        assert "evil.example" not in shown.text.split("<main")[1]
        assert "<svg" not in shown.text
    assert "/_local/vnpay" not in pages.browser("binh").get(address).text.split("<main")[1]


def test_money_that_came_is_told_with_its_receipt(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    waiting_at = begun(binh, dossier)
    assert waiting_at.status == 200
    clerk, id_ = pages.officer("clerk", "H32.10"), dossier.removeprefix("/ho-so/")
    taken = clerk.post(f"/dossiers/{id_}/counter-payments", {"amount": 20_000, "receipt_number": f"BL-{id_[:8]}"})
    assert taken.status == 201, taken

    shown = binh.get(f"{dossier}/thanh-toan")
    require_page(shown)
    assert "Đã nộp đủ" in shown.words
    assert 'http-equiv="refresh"' not in shown.text
    assert 'name="provider"' not in shown.text
    assert "Đang chờ bạn thanh toán" not in shown.words, "the attempt that was left alone"
    assert "không cần trả nữa" in shown.words
    desk = pages.browser("an").get(f"/can-bo{dossier}").words
    assert "không dùng" in desk
    assert "chờ người nộp trả" not in desk
    assert "Đã nộp" in binh.get(dossier).words


def test_who_comes_back_from_a_payment_that_failed_is_told_so(binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    begun(binh, dossier, "vnpay")
    begun(binh, dossier, "vnpay")
    last = max(records.ledger(dossier.removeprefix("/ho-so/")).payments.values(), key=lambda each: each.created_at)
    vnpay_hears(notification(last, **FAILED), datetime.now(ZONE))

    shown = binh.get(f"{dossier}/thanh-toan?ve=1")
    require_page(shown)
    assert "Chưa nhận được tiền" in shown.words
    assert "Nếu bạn vừa trả tiền" not in shown.words
    assert "Nếu bạn vừa trả tiền" in binh.get(f"{dossier}/thanh-toan").words, "the other attempt may still come"
    assert "Ghi nhận thanh toán" not in binh.get(dossier).words, "nothing that its citizen need know"


def test_officers_read_the_providers_name_not_its_word_of_ours(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    begun(binh, dossier)

    shown = pages.browser("an").get(f"/can-bo{dossier}")
    require_page(shown)
    assert "VNPAY" in shown.words
    assert "vnpay" not in shown.words
    (folded,) = [
        each for each in shown.document.iter("details") if "Các lần sửa trước khi nộp" in "".join(each.itertext())
    ]
    assert "".join(folded.itertext()).count("Sửa thông tin") == len(list(folded.iter("li"))) > 0
    assert shown.words.count("Lập hồ sơ") == 1


def test_an_attempt_that_ran_out_can_be_tried_again(binh: Browser, later: Any) -> None:
    dossier = filed(binh, PAID.code)
    begun(binh, dossier)
    later(timedelta(minutes=20))
    shown = binh.get(f"{dossier}/thanh-toan?ve=1")

    require_page(shown)
    assert "Chưa nhận được tiền" in shown.words
    assert "chung-minh" in shown.text
    assert 'value="vnpay"' in shown.text


def test_a_code_to_scan_is_drawn_with_what_it_says(binh: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.payments import vietqr
    from chalicelib.site.pay_pages import picture

    text = vietqr.code(vietqr.Transfer("970436", "0011000000123", 20_000, "MC23456789AB"))
    drawn = picture(text)
    assert drawn["size"] >= 33 + 8
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", drawn["path"])


@pytest.mark.parametrize("provider", ["", "vietqr", "nobody", "counter"])
def test_a_provider_that_is_not_offered(binh: Browser, provider: str) -> None:
    path = f"{filed(binh, PAID.code)}/thanh-toan"
    shown = binh.post(path, binh.get(path).form(path) | {"provider": provider})

    assert shown.status == 422
    require_page(shown)


@pytest.mark.parametrize(("code", "said"), [(FREE.code, "không phải nộp phí"), (AT_DESK.code, "tại bộ phận một cửa")])
def test_what_is_not_paid_online_offers_no_button(binh: Browser, code: str, said: str) -> None:
    from tests.site.test_filing import ANSWERS, begun, sent

    draft = begun(binh, code)
    assert sent(binh, f"{draft}/to-khai/1", **{f"form__{k[5:]}": v for k, v in ANSWERS.items()}).status == 303
    assert sent(binh, f"{draft}/nhan-ket-qua", delivery__channel="desk").status == 303
    assert sent(binh, f"{draft}/xem-lai").status == 303
    shown = binh.get(f"{draft}/thanh-toan")

    require_page(shown)
    assert said in shown.words
    assert 'name="provider"' not in shown.text


def test_another_citizens_payments_do_not_exist(pages: Pages, binh: Browser) -> None:
    dossier, hoa = filed(binh, PAID.code), pages.browser("hoa")

    assert hoa.get(f"{dossier}/thanh-toan").status == 404
    assert binh.get(f"{dossier}/thanh-toan/none").status == 404
