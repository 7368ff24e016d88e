"""A dossier filed from page to page as a browser without scripts sends the forms, and what is said when it is wrong."""

import re

import pytest

from tests.dossiers.conftest import FREE, OFFLINE, PAID
from tests.site.conftest import Browser, Pages, Shown
from tests.site.test_pages import HOSTILE, require_page

APPLICANT = {
    "applicant.kind": "person",
    "applicant.full_name": "Trần Thị Bình",
    "applicant.identity_number": "056190001234",
    "applicant.phone": "0905123456",
    "applicant.date_of_birth": "2/9/1990",
    "applicant.address.line": "12 Lê Lợi",
    "applicant.address.commune": "Phường Nha Trang",
    "applicant.address.province": "Khánh Hòa",
}
ANSWERS = {"form.purpose": "Bổ túc hồ sơ", "form.copies": "2"}


def begun(browser: Browser, code: str = FREE.code, **changes: str) -> str:
    """The address of a new draft."""
    asked = browser.get(f"/nop/{code}/nguoi-nop")
    require_page(asked)
    sent = browser.post(f"/nop/{code}/nguoi-nop", asked.form(f"/nop/{code}/nguoi-nop") | APPLICANT | changes)
    assert sent.status == 303, sent.words
    return sent.location.removesuffix("/tiep")


def sent(browser: Browser, path: str, **said: str) -> Shown:
    """The page's form as shown, with these answers, sent."""
    shown = browser.get(path)
    assert shown.status == 200, shown.words
    require_page(shown)
    return browser.post(path, shown.form(path) | {name.replace("__", "."): value for name, value in said.items()})


def filled(browser: Browser, code: str = FREE.code) -> str:
    """A draft that lacks nothing but being submitted."""
    draft = begun(browser, code)
    first = browser.get(f"{draft}/tiep").location
    assert browser.post(first, browser.get(first).form(first) | ANSWERS).status == 303
    assert sent(browser, f"{draft}/nhan-ket-qua", delivery__channel="online").location == f"{draft}/xem-lai"
    return draft


def filed(browser: Browser, code: str = FREE.code) -> str:
    draft = filled(browser, code)
    assert sent(browser, f"{draft}/xem-lai").location == f"{draft}/da-nop"
    return draft


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    return pages.browser("binh")


def test_a_dossier_is_filed_from_the_first_page_to_its_code(binh: Browser) -> None:
    start = binh.get(f"/nop/{FREE.code}")
    require_page(start)
    assert FREE.name in start.words
    draft = begun(binh)

    first = binh.get(f"{draft}/tiep").location
    assert first == f"{draft}/to-khai/1"
    asked = binh.get(first)
    assert "Bước 2/4" in asked.words
    following = binh.post(first, asked.form(first) | ANSWERS).location
    assert following == f"{draft}/nhan-ket-qua"
    assert sent(binh, following, delivery__channel="desk").location == f"{draft}/xem-lai"

    review = binh.get(f"{draft}/xem-lai")
    require_page(review)
    for said in (
        "Trần Thị Bình",
        "02/09/1990",
        "0905123456",
        "12 Lê Lợi, Phường Nha Trang",
        "Bổ túc hồ sơ",
        "Tại quầy",
    ):
        assert said in review.words
    assert sent(binh, f"{draft}/xem-lai").location == f"{draft}/da-nop"
    done = binh.get(f"{draft}/da-nop")
    require_page(done)
    code = re.search(r"H32\.10-\d{6}-\d{4,}", done.words)
    assert code
    assert code[0] in binh.get("/ho-so").words
    whole = binh.get(draft)
    require_page(whole)
    assert "Kiểm tra và tiếp nhận hồ sơ" in whole.words
    assert "Đến lượt cơ quan" in whole.words


def test_what_the_sign_in_told_is_not_asked_again(binh: Browser) -> None:
    form = binh.get(f"/nop/{FREE.code}/nguoi-nop").form(f"/nop/{FREE.code}/nguoi-nop")

    assert form["applicant.full_name"] == "Trần Thị Bình"
    assert form["applicant.identity_number"] == "056190001234"
    assert form["applicant.phone"] == "0905123456"


def test_every_fault_of_the_applicant_is_named_beside_its_field_and_nothing_is_lost(binh: Browser) -> None:
    path = f"/nop/{FREE.code}/nguoi-nop"
    wrong = {"applicant.phone": "12", "applicant.identity_number": "7", "applicant.address.line": ""}
    shown = binh.post(path, binh.get(path).form(path) | APPLICANT | wrong | {"applicant.date_of_birth": "hôm qua"})

    assert shown.status == 422
    require_page(shown)
    links = {each.get("href") for each in shown.document.iter("a")}
    for name in (*wrong, "applicant.date_of_birth"):
        assert f"#{name}" in links
    listed = next(each for each in shown.document.iter("div") if each.get("id") == "loi")
    said = " ".join("".join(listed.itertext()).split())
    for label in ("Số điện thoại: ", "Số định danh: ", "Số nhà, đường, thôn, tổ dân phố: ", "Ngày sinh: "):
        assert label in said
    assert shown.form(path)["applicant.date_of_birth"] == "hôm qua"
    assert shown.form(path)["applicant.address.commune"] == "Phường Nha Trang"


def test_a_draft_sent_twice_is_begun_once(binh: Browser) -> None:
    path = f"/nop/{FREE.code}/nguoi-nop"
    form = binh.get(path).form(path) | APPLICANT

    assert binh.post(path, form).location == binh.post(path, form).location


def test_wrong_answers_are_kept_and_told(binh: Browser) -> None:
    draft = begun(binh)
    path = f"{draft}/to-khai/1"
    shown = sent(binh, path, form__purpose="ab", form__copies="hai")

    assert shown.status == 422
    require_page(shown)
    links = [each.get("href") for each in shown.document.iter("a")]
    assert "#form.purpose" in links
    assert "#form.copies" in links
    assert "Hãy nhập một số nguyên." in shown.words
    again = binh.get(path).form(path)
    assert (again["form.purpose"], again["form.copies"]) == ("ab", "hai")


def test_a_draft_goes_on_from_another_device(pages: Pages, binh: Browser) -> None:
    draft = begun(binh)
    assert sent(binh, f"{draft}/to-khai/1", form__purpose="Đi học").status == 303
    other = pages.browser("binh")

    assert draft in other.get(f"/nop/{FREE.code}").text
    assert other.get(f"{draft}/to-khai/1").form(f"{draft}/to-khai/1")["form.purpose"] == "Đi học"
    require_page(other.get(draft))


def test_what_changed_elsewhere_is_shown_and_what_was_typed_stays(pages: Pages, binh: Browser) -> None:
    draft, other = begun(binh), pages.browser("binh")
    path = f"{draft}/to-khai/1"
    mine = binh.get(path).form(path) | {"form.purpose": "Của tôi"}
    assert sent(other, path, form__purpose="Nơi khác").status == 303

    shown = binh.post(path, mine)
    assert shown.status == 409
    require_page(shown)
    assert "Nơi khác" in shown.words
    assert shown.form(path)["form.purpose"] == "Của tôi"
    assert binh.post(path, shown.form(path)).status == 303
    assert other.get(path).form(path)["form.purpose"] == "Của tôi"


def test_what_changed_elsewhere_in_another_step_is_no_hindrance(pages: Pages, binh: Browser) -> None:
    draft, other = begun(binh), pages.browser("binh")
    path = f"{draft}/to-khai/1"
    mine = binh.get(path).form(path) | ANSWERS
    assert sent(other, f"{draft}/nguoi-nop", applicant__full_name="Trần Bình").status == 303

    assert binh.post(path, mine).status == 303
    assert "Trần Bình" in binh.get(f"{draft}/xem-lai").words


def test_an_unfinished_draft_is_not_filed_and_each_lack_leads_to_its_step(binh: Browser) -> None:
    draft = begun(binh)
    shown = sent(binh, f"{draft}/xem-lai")

    assert shown.status == 422
    require_page(shown)
    assert f"{draft}/to-khai/1?ve=xem-lai#form.purpose" in shown.text
    back = binh.get(f"{draft}/to-khai/1?ve=xem-lai")
    action = f"{draft}/to-khai/1?ve=xem-lai"
    assert binh.post(action, back.form(action) | ANSWERS).location == f"{draft}/xem-lai"


def test_delivery_by_post_needs_where_to(binh: Browser) -> None:
    draft = begun(binh)
    path = f"{draft}/nhan-ket-qua"
    known = binh.get(path).form(path)
    assert known["delivery.recipient"] == "Trần Thị Bình"
    assert known["delivery.address.line"] == "12 Lê Lợi"

    shown = binh.post(path, known | {"delivery.channel": "post", "delivery.address.line": "", "delivery.recipient": ""})
    assert shown.status == 422
    require_page(shown)
    assert "#delivery.address.line" in shown.text
    assert binh.post(path, shown.form(path) | known | {"delivery.channel": "post"}).status == 303


def test_submitting_twice_files_once(binh: Browser) -> None:
    draft = filled(binh)
    form = binh.get(f"{draft}/xem-lai").form(f"{draft}/xem-lai")
    first, second = (binh.post(f"{draft}/xem-lai", form) for _ in range(2))

    assert first.location == second.location == f"{draft}/da-nop"


def test_going_back_into_a_filed_dossier_leads_to_its_page(binh: Browser) -> None:
    draft = filed(binh)

    for step in ("nguoi-nop", "to-khai/1", "nhan-ket-qua", "xem-lai", "tiep"):
        assert binh.get(f"{draft}/{step}").location == draft


def test_a_fee_is_told_before_and_asked_for_after(binh: Browser) -> None:
    draft = filled(binh, PAID.code)
    assert "20.000 ₫" in binh.get(f"{draft}/xem-lai").words
    sent(binh, f"{draft}/xem-lai")

    assert f"{draft}/thanh-toan" in binh.get(f"{draft}/da-nop").text
    assert f"{draft}/thanh-toan" in binh.get(draft).text


@pytest.mark.parametrize("code", [OFFLINE.code, "1.999999", "x"])
def test_what_cannot_be_filed_online_says_why(binh: Browser, code: str) -> None:
    for path in (f"/nop/{code}", f"/nop/{code}/nguoi-nop"):
        shown = binh.get(path)
        assert shown.status in (404, 409)
        require_page(shown)


def test_another_citizens_draft_does_not_exist(pages: Pages, binh: Browser) -> None:
    draft, hoa = begun(binh), pages.browser("hoa")

    for step in ("", "/nguoi-nop", "/to-khai/1", "/nhan-ket-qua", "/xem-lai", "/da-nop", "/rut", "/xoa"):
        assert hoa.get(f"{draft}{step}").status == 404


def test_a_step_that_there_is_not(binh: Browser) -> None:
    assert binh.get(f"{begun(binh)}/to-khai/9").status == 404


def test_hostile_answers_are_only_text(binh: Browser) -> None:
    hostile = HOSTILE[:60]
    draft = begun(binh, **{"applicant.full_name": hostile, "applicant.address.line": hostile})
    assert sent(binh, f"{draft}/to-khai/1", form__purpose=hostile, form__copies=hostile).status == 422

    for path in (draft, f"{draft}/nguoi-nop", f"{draft}/to-khai/1", f"{draft}/nhan-ket-qua", f"{draft}/xem-lai"):
        shown = binh.get(path)
        require_page(shown)
        assert "<script>alert" not in shown.text
    assert sent(binh, f"{draft}/to-khai/1", form__purpose=hostile, form__copies="1").status == 303
    assert sent(binh, f"{draft}/xem-lai").status == 303
    for path in ("/ho-so", draft, f"{draft}/rut"):
        assert "<script>alert" not in binh.get(path).text
        require_page(binh.get(path))


def test_autosave_answers_the_version_and_what_is_asked(binh: Browser) -> None:
    draft = begun(binh)
    path = f"{draft}/to-khai/1"
    form = binh.get(path).form(path) | {"form.purpose": "a", "act": "save"}
    saved = binh.post(path, form, Accept="application/json")

    assert saved.status == 200
    assert f'"version": {int(form["seen"]) + 1}' in saved.text
    late = binh.post(path, form | {"form.purpose": "b", "once": "other"}, Accept="application/json")
    assert late.status == 409


def test_a_dossier_is_withdrawn_after_a_reason(binh: Browser) -> None:
    dossier = filed(binh)
    assert sent(binh, f"{dossier}/rut").status == 422
    assert sent(binh, f"{dossier}/rut", reason="Nộp nhầm").location == dossier

    shown = binh.get(dossier)
    require_page(shown)
    assert "Nộp nhầm" in shown.words
    assert "/rut" not in shown.text


def test_a_draft_is_discarded_on_a_page_of_its_own_and_the_list_says_so(binh: Browser) -> None:
    draft = begun(binh)
    assert f"{draft}/xoa" in binh.get(draft).text
    asked = binh.get(f"{draft}/xoa")
    require_page(asked)
    form = asked.form(f"{draft}/xoa")

    done = [binh.post(f"{draft}/xoa", form) for _ in range(2)]

    assert [(each.status, each.location) for each in done] == [(303, "/ho-so?da-xoa=co")] * 2, "pressed twice"
    shown = binh.get("/ho-so?da-xoa=co")
    require_page(shown)
    assert "Đã xoá bản nháp" in shown.words
    assert f'{draft}"' not in shown.text
    assert binh.get(draft).status == 410


def test_a_draft_changed_elsewhere_is_not_discarded_unseen(binh: Browser) -> None:
    draft = begun(binh)
    form = binh.get(f"{draft}/xoa").form(f"{draft}/xoa")
    sent(binh, f"{draft}/to-khai/1", form__purpose="Xin việc", form__copies="1")

    late = binh.post(f"{draft}/xoa", form)

    require_page(late)
    assert late.status in (409, 412)
    assert binh.get(draft).status == 200


def test_what_was_filed_cannot_be_discarded(binh: Browser) -> None:
    draft = begun(binh)
    form = binh.get(f"{draft}/xoa").form(f"{draft}/xoa")
    dossier = filed(binh)

    assert binh.get(f"{dossier}/xoa").location == dossier
    assert binh.post(f"{dossier}/xoa", form).status in (409, 412)
    assert binh.get(dossier).status == 200


def test_messages_are_written_and_shown(binh: Browser) -> None:
    dossier = filed(binh)
    page = binh.get(dossier)
    empty = binh.post(f"{dossier}/tin-nhan", page.form(f"{dossier}/tin-nhan"))
    assert empty.status == 422
    require_page(empty)
    written = binh.post(f"{dossier}/tin-nhan", page.form(f"{dossier}/tin-nhan") | {"text": f"Khi nào xong? {HOSTILE}"})

    assert written.location == f"{dossier}#tin-nhan"
    assert "Khi nào xong?" in binh.get(dossier).words
    assert "<script>alert" not in binh.get(dossier).text


def test_a_dossier_is_rated_once_after_its_end(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh)
    clerk = pages.officer("clerk", "H32.10")
    assert "danh-gia" not in binh.get(dossier).text
    clerk.decide(dossier.removeprefix("/ho-so/"), "refusal", {"reason": "Không đúng nơi", "legal_basis": "NĐ 61"})

    shown = binh.get(dossier)
    require_page(shown)
    assert "Không đúng nơi" in shown.words
    form = shown.form(f"{dossier}/danh-gia")
    lacking = {name: value for name, value in form.items() if name not in ("attitude", "timeliness")}
    assert binh.post(f"{dossier}/danh-gia", lacking).status == 422
    assert binh.post(f"{dossier}/danh-gia", lacking | {"attitude": "5", "timeliness": "4"}).status == 303
    assert "thái độ 5/5" in binh.get(dossier).words


def test_no_dossier_yet_is_said(pages: Pages) -> None:
    shown = pages.browser("hoa").get("/ho-so")

    require_page(shown)
    assert "chưa có hồ sơ nào" in shown.words


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_speak_both_languages(pages: Pages, binh: Browser, language: str) -> None:
    draft, filed_one = begun(binh), filed(binh)
    browser = pages.browser("binh", Accept_Language=language)
    for path in (
        f"/nop/{FREE.code}",
        f"{draft}/nguoi-nop",
        f"{draft}/to-khai/1",
        f"{draft}/xem-lai",
        filed_one,
        "/ho-so",
    ):
        shown = browser.get(path)
        require_page(shown)
        assert shown.document.get("lang") == language
