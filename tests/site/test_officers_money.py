"""Finance officers' pages: a payment refunded, disputed; money nobody knows; a statement reconciled."""

import base64
from typing import Any

import pytest

from chalicelib.clock.now import now
from chalicelib.payments import unmatched
from chalicelib.payments.rules import Statement, Verdict
from tests.dossiers.conftest import AT_DESK, PAID
from tests.site.conftest import Browser, Pages, Shown
from tests.site.officers import BASE, filed, hidden, offered, press
from tests.site.test_pages import HOSTILE, require_page

MONEY = "/can-bo/tai-chinh"


def sent(browser: Browser, page: str, action: str, **typed: str) -> Shown:
    return browser.post(action, hidden(browser.get(page), action) | typed)


@pytest.fixture
def paid(pages: Pages) -> tuple[str, str]:
    """A dossier whose fee was taken at the desk, and the payment."""
    dossier = filed(pages, AT_DESK.code, delivery={"channel": "desk"})
    clerk = pages.browser("an")
    assert "thu-tien" in offered(clerk.get(f"{BASE}/{dossier['id']}"))
    wrong = press(clerk, dossier["id"], "thu-tien", amount="nhiều", receipt_number=f"BL{dossier['id'][:6]}")
    assert (wrong.status, 'href="#amount"' in wrong.text) == (422, True)
    taken = press(clerk, dossier["id"], "thu-tien", amount="8.000", receipt_number=f"BL{dossier['id'][:6]}")
    assert taken.status == 303, taken.words
    assert "thu-tien" not in offered(clerk.get(f"{BASE}/{dossier['id']}"))
    found = pages.officer("finance", "H32.10").get(f"/dossiers/{dossier['id']}/payments").body["items"]
    return str(dossier["id"]), str(found[0]["payment_id"])


def test_money_taken_at_the_desk_is_refunded_by_hand(pages: Pages, paid: tuple[str, str]) -> None:
    mai, address = pages.browser("mai"), f"{MONEY}/{paid[1]}"
    page = mai.get(address)
    require_page(page)
    assert "8.000\u00a0₫" in page.text
    assert address in mai.get(f"{BASE}/{paid[0]}").text
    too_much = sent(mai, address, f"{address}/hoan", amount="9.000", reason="Nộp nhầm <b>x</b>")
    assert too_much.status in (409, 422)
    asked = sent(mai, address, f"{address}/hoan", amount="3.000", reason="Nộp nhầm thủ tục")
    assert asked.status == 303
    page = mai.get(address)
    require_page(page)
    assert "Nộp nhầm thủ tục" in page.text
    assert paid[1] in mai.get(MONEY).text
    believed = {"refundable": "8000", "amount": "1", "reason": "đã cũ"}
    stale = mai.post(f"{address}/hoan", hidden(page, f"{address}/hoan") | believed)
    assert (stale.status, "Chưa ghi nhận gì" in stale.words) == (412, True)
    done = sent(mai, address, f"{address}/da-chi", reference="FT26001")
    assert done.status == 303, done.words
    assert "FT26001" in mai.get(address).text
    dispute = {"state": "opened", "amount": "5.000", "reference": "TS-1", "reason": "Khách khiếu nại"}
    disputed = sent(mai, address, f"{address}/tra-soat", **dispute)
    assert disputed.status == 303, disputed.words
    assert "TS-1" in mai.get(address).words


def test_only_those_who_may_see_money_see_it(pages: Pages, paid: tuple[str, str]) -> None:
    address = f"{MONEY}/{paid[1]}"
    for who, status in {"an": 403, "chi": 403, "quan": 403, "lan": 403, "giang": 200, "kiem": 200}.items():
        assert pages.browser(who).get(MONEY).status == status, who
        assert pages.browser(who).get(address).status == status, who
    supervisor = pages.browser("giang")
    assert f'action="{address}/hoan"' not in supervisor.get(address).text
    token = supervisor.get(MONEY).form("/dang-xuat")["csrf"]
    asked = {"csrf": token, "once": "x", "amount": "1", "refundable": "8000", "reason": "xyz"}
    assert supervisor.post(f"{address}/hoan", asked).status == 403


def unknown(reference: str, **facts: str) -> str:
    said = Statement(
        order=f"khong-{reference}",
        verdict=Verdict.SUCCESS,
        money_taken=True,
        amount=20_000,
        provider_reference=reference,
        facts={"memo": HOSTILE, **facts},
    )
    unmatched.keep("vnpay", said, now())
    return next(each["id"] for each in unmatched.waiting(100, "")[0] if each["reference"] == reference)


def test_money_nobody_knows_is_given_its_place_or_sent_back(pages: Pages) -> None:
    first, second = unknown("111"), unknown("222")
    dossier, mai, list_ = filed(pages, PAID.code), pages.browser("mai"), "/can-bo/tien-chua-ro"
    page = mai.get(list_)
    require_page(page)
    assert "<script>alert" not in page.text
    nothing = sent(mai, list_, f"{list_}/{first}")
    assert nothing.status == 422
    assert sent(mai, list_, f"{list_}/{first}", dossier_code="H32.10-000000-0000").status == 404
    assert sent(mai, list_, f"{list_}/{first}", dossier_code=dossier["code"].lower()).status == 303
    assert sent(mai, list_, f"{list_}/{second}", reference="FT 2").status == 303
    assert {first, second}.isdisjoint(each["id"] for each in unmatched.waiting(100, "")[0])
    shown = pages.citizen("binh-of-tests").get(f"/dossiers/{dossier['id']}").body
    assert shown["payment"]["status"] == "paid"
    assert pages.browser("an").get(list_).status == 403


def test_a_statement_is_reconciled_pasted_or_as_a_file(pages: Pages) -> None:
    mai, list_ = pages.browser("mai"), "/can-bo/doi-soat"
    require_page(mai.get(list_))
    heads = "vnp_TxnRef;vnp_TransactionNo;vnp_TransactionType;vnp_TransactionStatus;vnp_PayDate;vnp_Amount"
    text = f"{heads}\r\nKHONGRO1;987;01;00;20260601101500;2000000\r\n"
    days = {"provider": "vnpay", "from": "2026-06-01", "to": "2026-06-02"}
    wrong = sent(mai, list_, list_, **days, pasted="chẳng phải; sao kê")
    require_page(wrong)
    assert wrong.status == 422
    assert "chẳng phải; sao kê" in wrong.text
    whole = base64.b64encode(text.encode()).decode()
    for typed in ({"pasted": text}, {"content": whole, "name": "sao-ke.CSV"}):
        made = sent(mai, list_, list_, **days, **typed)
        assert made.status == 303, made.words
        page = mai.get(made.location)
        require_page(page)
        assert "KHONGRO1" in page.text
        assert "Việc phải làm" in page.words
        book = mai.get(f"{made.location}/bang")
        assert (book.status, "doi-soat" in book.location) == (303, True)
    assert mai.get(list_).text.count(list_ + "/") >= 2
    assert pages.browser("kiem").get(list_).status == 200
    assert pages.browser("an").get(list_).status == 403
    token = pages.browser("kiem")
    assert f'action="{list_}"' not in token.get(list_).text


def test_a_large_statement_fits_its_form_and_a_larger_one_does_not(pages: Pages) -> None:
    mai: Any = pages.browser("mai")
    facts = {"provider": "vnpay", "from": "2026-06-01", "to": "2026-06-02", "name": "x.csv"}
    large = base64.b64encode(b"a;b\r\n" * 200_000).decode()

    assert sent(mai, "/can-bo/doi-soat", "/can-bo/doi-soat", **facts, content=large).status == 422, "read, and unfit"
    larger = "A" * (9 * 1024 * 1024)
    assert sent(mai, "/can-bo/doi-soat", "/can-bo/doi-soat", **facts, content=larger).status == 413
