"""What anyone may read without an account: procedures, where a dossier stands, whether a paper is genuine."""

from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.rules import Component
from chalicelib.site import wording
from tests.dossiers.conftest import WITH_PAPER, a_procedure, file
from tests.site.conftest import Browser, Pages, Shown

HERE = "H32.10"
ASKED = {"items": [{"field": "purpose", "reason": "Ghi rõ <b>mục đích</b>"}]}


def looked_up(browser: Browser, code: str, proof: str = "3456") -> Shown:
    form = browser.get("/tra-cuu").form("/tra-cuu") | {"code": code, "proof": proof}
    return browser.post("/tra-cuu", form)


def names_of(shown: Shown) -> list[str]:
    return ["".join(each.itertext()) for each in shown.document.iter("h3")]


@pytest.fixture(scope="module")
def filed(pages: Pages) -> dict[str, Any]:
    return file(pages.citizen("binh"))


def test_the_home_page_leads_to_every_field(pages: Pages) -> None:
    browser = pages.browser()
    links = [each.get("href") for each in browser.get("/").document.iter("a") if "field=" in each.get("href")]

    assert links
    for link in links:
        assert names_of(browser.get(link))


def test_the_lists_lead_to_every_field_and_agency(pages: Pages) -> None:
    browser = pages.browser()
    links = [each.get("href") for each in browser.get("/linh-vuc").document.iter("a") if "/tim?" in each.get("href")]

    assert {link.split("=")[0] for link in links} >= {"/tim?field"}
    for link in links:
        assert names_of(browser.get(link))


@pytest.mark.parametrize("page", ["/", "/linh-vuc"])
def test_an_event_of_life_leads_to_its_procedures(pages: Pages, page: str) -> None:
    catalogue.publish(a_procedure("1.000077", name="Đăng ký khai sinh", field="Hộ tịch"), date(2025, 7, 1))
    for language, event in (("vi", "Có con nhỏ"), ("en", "Having a child")):
        browser = pages.browser(Accept_Language=language)
        (link,) = [each for each in browser.get(page).document.iter("a") if each.text == event]
        found = browser.get(link.get("href"))
        assert names_of(found) == ["Đăng ký khai sinh"]
        assert event in found.words, "it is said within what one looks"
        (without,) = [each.get("href") for each in found.document.iter("a") if each.get("class") == "chip"]
        assert len(names_of(browser.get(without))) > 1


def test_an_event_nobody_knows_has_no_procedures(pages: Pages) -> None:
    shown = pages.browser().get(f"/tim?event={quote('<b>')}")

    assert shown.status == 200
    assert names_of(shown) == []


def test_a_procedure_is_found_without_accents_and_despite_a_slip(pages: Pages) -> None:
    name = WITH_PAPER.name
    browser = pages.browser()

    assert name in names_of(browser.get(f"/tim?q={quote(name)}"))
    assert name in browser.get("/tim").words


def test_what_is_not_found_is_said(pages: Pages) -> None:
    shown = pages.browser().get("/tim?q=zzzzqqqq")

    assert "Không tìm thấy thủ tục nào" in shown.words
    assert names_of(shown) == []


@pytest.mark.parametrize("query", ["tu=99999", "tu=-1", "tu=x", "agency=none", "field=%00", "q=" + "a" * 5000, "q=%E1"])
def test_a_question_that_makes_no_sense_is_answered(pages: Pages, query: str) -> None:
    assert pages.browser().get(f"/tim?{query}").status == 200


def test_a_long_list_goes_on_page_by_page(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.site import catalogue_pages

    every = names_of(pages.browser().get("/tim"))
    monkeypatch.setattr(catalogue_pages, "ON_A_PAGE", 1)
    seen, address = [], "/tim"
    while address:
        shown = pages.browser().get(address)
        seen += names_of(shown)
        after = [each.get("href") for each in shown.document.iter("a") if each.get("rel") == "next"]
        address = after[0] if after else ""

    assert len(every) > 1
    assert seen == every


def test_a_procedures_page_answers_in_the_order_people_ask(pages: Pages) -> None:
    shown = pages.browser().get(f"/thu-tuc/{WITH_PAPER.code}")
    asked = ["".join(each.itertext()) for each in shown.document.iter("dt")]
    order = ["Ai được làm", "Cần chuẩn bị", "Bao lâu", "Bao nhiêu tiền", "Mấy lần đi lại", "Ở đâu", "Căn cứ pháp lý"]

    assert [each for each in asked if each in order] == order
    assert WITH_PAPER.components[0].name in shown.words
    buttons = [each.get("href") for each in shown.document.iter("a") if "button" in (each.get("class") or "")]
    assert buttons == [f"/nop/{WITH_PAPER.code}"]


def test_what_cannot_be_filed_online_has_no_button_and_says_why(pages: Pages) -> None:
    from datetime import date

    from chalicelib.catalogue import actions
    from chalicelib.catalogue.rules import Channels

    desk = WITH_PAPER.model_copy(
        update={"code": "1.000099", "channels": Channels.model_validate({"submit": ["desk"], "return": ["desk"]})}
    )
    gone = WITH_PAPER.model_copy(update={"code": "1.000098", "status": "abolished"})
    for each in (desk, gone):
        actions.publish(each, date(2026, 1, 1))
        shown = pages.browser().get(f"/thu-tuc/{each.code}")
        assert "/nop/" not in shown.text
    assert "Thủ tục này đã bị bãi bỏ" in shown.words
    assert "không tiếp nhận hồ sơ theo hình thức này" in pages.browser().get("/thu-tuc/1.000099").words


@pytest.mark.parametrize("code", ["9.999999", "none", "1.0000010"])
def test_an_unknown_procedure_is_a_page(pages: Pages, code: str) -> None:
    shown = pages.browser().get(f"/thu-tuc/{code}")

    assert shown.status == 404
    assert "Không có thủ tục hành chính nào mang mã này" in shown.words


def test_a_dossier_is_shown_to_whoever_has_its_code_and_four_digits(pages: Pages, filed: dict[str, Any]) -> None:
    shown = looked_up(pages.browser(), filed["code"].lower())

    assert shown.status == 200
    for told in ("Đến lượt cơ quan nhà nước", "Kiểm tra và tiếp nhận hồ sơ", "chậm nhất", "Nộp hồ sơ", filed["code"]):
        assert told in shown.words
    for personal in ("Bình", "0905123456", "056190001234", "binh@example.vn", "Lê Lợi", filed["id"]):
        assert personal not in shown.text
    assert shown.headers["cache-control"] == "no-store"


def test_what_is_missing_stands_in_the_officers_words_escaped(pages: Pages) -> None:
    asked = file(pages.citizen("binh"))
    assert pages.officer("clerk", HERE).decide(asked["id"], "supplement-requests", ASKED).status == 200
    shown = looked_up(pages.browser(), asked["code"])

    assert "Đến lượt bạn" in shown.words
    assert "Mục đích : Ghi rõ <b>mục đích</b>" in shown.words  # an element ends before the colon


def test_the_date_is_explained_day_by_day(pages: Pages) -> None:
    accepted = file(pages.citizen("binh"))
    assert pages.officer("clerk", HERE).decide(accepted["id"], "acceptance").status == 200
    shown = looked_up(pages.browser(), accepted["code"])

    assert "Vì sao hẹn ngày này?" in shown.words
    assert len(list(shown.document.iter("tr"))) > 2


def test_a_wrong_proof_and_an_unknown_code_look_alike(pages: Pages) -> None:
    code = file(pages.citizen("binh"))["code"]
    wrong, unknown = looked_up(pages.browser(), code, "0000"), looked_up(pages.browser(), f"{HERE}-260101-9999", "0000")

    assert wrong.status == unknown.status == 404
    assert wrong.text.replace(code, "") == unknown.text.replace(f"{HERE}-260101-9999", "")
    assert 'role="alert"' in wrong.text
    assert wrong.form("/tra-cuu")["code"] == code


def test_what_was_left_out_is_named_by_its_field(pages: Pages) -> None:
    shown = looked_up(pages.browser(), "", "")

    assert shown.status == 422
    assert [each.get("href") for each in shown.document.iter("a") if each.get("href") in ("#code", "#proof")] == [
        "#code",
        "#proof",
    ]


def test_whoever_guesses_is_stopped(pages: Pages) -> None:
    code = file(pages.citizen("binh"))["code"]
    browser = pages.browser()
    for _ in range(5):
        assert looked_up(browser, code, "0000").status == 404
    stopped = looked_up(browser, code)

    assert stopped.status == 429
    assert int(stopped.headers["retry-after"]) > 0


def test_the_code_of_a_letter_may_stand_in_the_address_and_the_proof_may_not(pages: Pages) -> None:
    form = pages.browser().get("/tra-cuu?ma=H32.10-260101-0001&proof=3456").form("/tra-cuu")

    assert (form["code"], form["proof"]) == ("H32.10-260101-0001", "")


def test_a_genuine_paper_says_what_it_states(pages: Pages) -> None:
    dossier = file(pages.citizen("binh"))
    assert pages.officer("clerk", HERE).decide(dossier["id"], "acceptance").status == 200
    papers = pages.citizen("binh").get(f"/dossiers/{dossier['id']}/papers").body["items"]
    (receipt,) = [each for each in papers if each["kind"] == "receipt"]
    link = pages.citizen("binh").get(f"/dossiers/{dossier['id']}/papers/{receipt['paper_id']}").body
    shown = pages.browser().get(f"/kiem-tra/{link['token']}")

    assert "Giấy thật và còn hiệu lực" in shown.words
    assert dossier["code"] in shown.words


def test_a_forged_paper_is_said_to_be_none_of_ours(pages: Pages) -> None:
    shown = pages.browser().get("/kiem-tra/eyJhbGciOiJub25lIn0.e30.AAAA")

    assert "Không phải giấy của chúng tôi" in shown.words


@pytest.mark.parametrize(
    ("original", "copy", "vi", "en"),
    [
        (1, 0, "1 bản chính", "1 original"),
        (2, 1, "2 bản chính, 1 bản sao", "2 originals, 1 copy"),
        (0, 3, "3 bản sao", "3 copies"),
    ],
)
def test_how_many_of_a_paper_is_said_as_people_count(original: int, copy: int, vi: str, en: str) -> None:
    paper = Component(code="giay-to", name="Giấy tờ", original=original, copy_=copy, required=True)

    assert (wording.copies(paper, "vi"), wording.copies(paper, "en")) == (vi, en)
