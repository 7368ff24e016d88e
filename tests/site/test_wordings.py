"""An admin words letters: changes, previews, keeps, goes back; what cannot stand is refused where it was typed."""

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from chalicelib.clock.now import now
from chalicelib.documents.files import client
from chalicelib.notices import wording
from chalicelib.settings import settings
from chalicelib.site import asking
from chalicelib.wordings import actions
from tests.site.conftest import Browser, Pages, Shown
from tests.site.test_pages import HOSTILE, require_page

PLACE = "/can-bo/quan-tri/mau"
OWN = "Hồ sơ đã được nhận.\n{% if due_at %}Hẹn {{ due_at|when }}.{% else %}Chưa có ngày hẹn.{% endif %}"


@pytest.fixture(scope="module")
def quan(pages: Pages) -> Browser:
    return pages.browser("quan")


def of(name: str, family: str = "thu") -> str:
    return f"{PLACE}/loi/{family}/{name}"


def fields(page: Shown, action: str) -> dict[str, str]:
    """What the form would send, its text areas too."""
    forms = [each for each in page.document.iter("form") if each.get("action") == action]
    (form,) = forms
    typed = {each.get("name"): each.get("value") or "" for each in form.iter("input") if each.get("name")}
    return typed | {each.get("name"): "".join(each.itertext()) for each in form.iter("textarea")}


def begun(admin: Browser, home: str) -> dict[str, str]:
    page = admin.get(f"{home}?viec=sua")
    require_page(page)
    return fields(page, f"{home}/xem-truoc")


def previewed(admin: Browser, home: str, **typed: str) -> Shown:
    page = admin.post(f"{home}/xem-truoc", begun(admin, home) | typed)
    require_page(page)
    return page


def kept(admin: Browser, home: str, reason: str = "QĐ 12/QĐ-UBND", **typed: str) -> Shown:
    page = previewed(admin, home, **typed)
    assert page.status == 200, page.words
    return admin.post(f"{home}/giu", fields(page, f"{home}/giu") | {"reason": reason})


def shown(admin: Browser, home: str) -> Shown:
    page = admin.get(home)
    require_page(page)
    return page


def test_a_wording_is_begun_as_it_stands_beside_all_it_may_name(quan: Browser) -> None:
    home = of("supplement_requested.vi")
    page = quan.get(f"{home}?viec=sua")
    require_page(page)
    typed = fields(page, f"{home}/xem-truoc")
    assert typed["body"] == wording.shipped("supplement_requested", "body", "vi")
    for said in (
        "{% for each in items %}",
        "những mục cần bổ sung",
        "{{ code }}",
        "{{ at|when }}",
        "{{ each.reason }}",
    ):
        assert said in page.words
    assert "{{ tracking_code }}" not in page.words
    assert "Chưa ai sửa" in shown(quan, home).words


def test_a_preview_keeps_nothing_and_what_was_read_is_what_is_kept(quan: Browser) -> None:
    home = of("accepted.vi")
    page = previewed(quan, home, body=OWN.replace("\n", "\r\n"))
    for said in ("Kính gửi Ông/Bà Nguyễn Thị Ngọc Hằng", "Hẹn 09:30 27/11/2026.", "H32.10-261120-0001"):
        assert said in page.words
    assert "Bỏ:" in page.words
    assert "Thêm: Hồ sơ đã được nhận." in page.words
    assert actions.latest("letter/accepted.vi") is None

    sent = fields(page, f"{home}/giu") | {"reason": "QĐ 12/QĐ-UBND"}
    assert sent["body"] == OWN
    first, second = quan.post(f"{home}/giu", sent), quan.post(f"{home}/giu", sent)
    assert (first.status, first.location) == (second.status, second.location) == (303, f"{home}?xong=1")
    kept = actions.latest("letter/accepted.vi")
    assert kept
    assert (kept.number, kept.parts, kept.by, kept.reason) == (1, {"body": OWN}, "quan", "QĐ 12/QĐ-UBND")
    told = quan.get(first.location)
    require_page(told)
    for said in ("Của tỉnh, bản 1", "Lý Hồng Quân · QĐ 12/QĐ-UBND", "Chưa có ngày hẹn."):
        assert said in told.words
    assert "của tỉnh · vi 1" in quan.get(PLACE).words
    assert "v1/accepted.vi+1" in quan.get(f"{PLACE}/thu/accepted").words


def test_going_back_is_an_edition_too_and_says_what_changed(quan: Browser) -> None:
    home = of("stopped.vi")
    for body in ("Một: {{ reason }}", "Hai: {{ reason }}"):
        assert kept(quan, home, body=body).status == 303
    page = quan.get(f"{home}?ban=1")
    require_page(page)
    bare = quan.post(f"{home}/tro-lai", fields(page, f"{home}/tro-lai"))
    require_page(bare)
    assert bare.status == 422
    assert 'href="#reason"' in bare.text
    again = fields(bare, f"{home}/tro-lai") | {"reason": "Bản trước rõ hơn"}
    assert quan.post(f"{home}/tro-lai", again).status == 303
    told = shown(quan, home).words
    assert "Bản 3 – trở lại bản 1" in told
    assert "Bỏ: Hai: {{ reason }}" in told
    assert "Thêm: Một: {{ reason }}" in told
    back = fields(quan.get(f"{home}?ban=0"), f"{home}/tro-lai") | {"reason": "x"}
    assert quan.post(f"{home}/tro-lai", back).status == 303
    after = shown(quan, home).words
    assert "Mẫu gốc" in after
    assert "trở lại mẫu gốc" in after
    same = fields(quan.get(f"{home}?ban=0"), f"{home}/tro-lai") | {"reason": "x"}
    nothing = quan.post(f"{home}/tro-lai", same)
    require_page(nothing)
    assert (nothing.status, "Chưa có gì thay đổi" in nothing.words) == (422, True)
    assert quan.post(f"{home}/tro-lai", same | {"ban": "77"}).status == 404
    assert quan.post(f"{home}/tro-lai", same | {"ban": ""}).status == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"body": "{{ ''.__class__ }}"}, "Dòng 1: không có dữ liệu tên “__class__”"),
        ({"body": "Lý do:\n{% include 'x' %}"}, "Dòng 2: không dùng được {% include %}"),
        ({"body": "{{ reason"}, "Dòng 1: không đọc được"),
        ({"body": "{{ 9**9**9 }}"}, "không dùng được phép tính"),
        ({"body": "Đã dừng."}, "Thư phải nói như mẫu gốc: {{ reason }}"),
        ({"body": ""}, "Hãy nhập nội dung"),
        ({"subject": HOSTILE + "{{ x }}"}, "không có dữ liệu tên “x”"),
    ],
)
def test_what_cannot_stand_is_told_where_it_was_typed_and_stays_typed(
    quan: Browser, typed: dict[str, str], told: str
) -> None:
    home = of("stopped.en")
    page = previewed(quan, home, **typed)
    ((part, text),) = typed.items()
    assert page.status == 422
    assert told in page.words
    assert f'href="#{part}"' in page.text
    assert fields(page, f"{home}/xem-truoc")[part] == text
    straight = begun(quan, home) | typed | {"reason": "x"}
    assert quan.post(f"{home}/giu", straight).status == 422
    assert actions.latest("letter/stopped.en") is None


def test_hostile_text_is_text_on_every_page(quan: Browser) -> None:
    home = of("withdrawn.vi")
    page = previewed(quan, home, subject="Rút", body=HOSTILE)
    assert "<script>alert" not in page.text
    assert quan.post(f"{home}/giu", fields(page, f"{home}/giu") | {"reason": HOSTILE}).status == 303
    for address in (home, f"{home}?viec=sua", f"{PLACE}/thu/withdrawn", PLACE):
        told = quan.get(address)
        require_page(told)
        assert "<script>alert" not in told.text


def test_of_two_admins_the_second_is_told_who_kept_what_and_loses_nothing(pages: Pages, quan: Browser) -> None:
    home, other = of("refunded.vi"), pages.browser("quan")
    mine = begun(quan, home) | {"subject": "Của tôi {{ amount|dong }}"}
    late = previewed(quan, home, subject="Của tôi {{ amount|dong }}")
    assert kept(other, home, subject="Của họ {{ amount|dong }}", reason="Công văn 9").status == 303

    for refused in (
        quan.post(f"{home}/xem-truoc", mine),
        quan.post(f"{home}/giu", fields(late, f"{home}/giu") | {"reason": "x"}),
    ):
        require_page(refused)
        assert refused.status == 409
        assert "Có người vừa thay đổi mẫu này" in refused.words
        assert "Công văn 9" in refused.words
        assert "Thêm: Của họ {{ amount|dong }}" in refused.words
        again = fields(refused, f"{home}/xem-truoc")
        assert again["subject"] == "Của tôi {{ amount|dong }}"
        assert again["seen"] == "1"
    assert quan.post(f"{home}/xem-truoc", again).status == 200


def test_going_on_changing_after_a_preview_loses_nothing(quan: Browser) -> None:
    home = of("paused.vi")
    body = "{{ reason }}\n\n{% if obligation %}Nộp tiền.{% endif %}"
    page = previewed(quan, home, body=body)
    on = quan.post(f"{home}/sua", fields(page, f"{home}/sua"))
    require_page(on)
    assert fields(on, f"{home}/xem-truoc")["body"] == body


def test_every_wording_has_its_page_in_both_languages(quan: Browser) -> None:
    from chalicelib.notices.rules import Notice

    for name in (*Notice, "closing"):
        for language in ("vi", "en"):
            assert quan.get(of(f"{name}.{language}")).status == 200
    for home in (of("accepted.en"), of("closing.vi")):
        for address in (f"{home}?lang=en", f"{home}?viec=sua&lang=en"):
            page = quan.get(address)
            require_page(page)
            assert page.headers["content-language"] == "en"
    quan.get(f"{PLACE}?lang=vi")
    for none in (of("none.vi"), of("accepted"), of("accepted.fr"), of("accepted.vi", "none"), of("_frame.vi")):
        assert quan.get(none).status == 404, none


@pytest.mark.parametrize(("who", "sees"), [("kiem", True), ("an", False), ("giang", False), ("duyen", False)])
def test_only_the_admin_words_and_the_auditor_reads(pages: Pages, who: str, sees: bool) -> None:
    browser, home = pages.browser(who), of("accepted.vi")
    for address in (home, f"{home}?viec=sua", f"{home}?ban=0"):
        page = browser.get(address)
        assert (page.status == 200) == sees
        assert "/xem-truoc" not in page.text
        assert "/tro-lai" not in page.text
    token = browser.get("/").form("/dang-xuat")["csrf"]
    for deed in ("sua", "xem-truoc", "giu", "tro-lai", "none"):
        sent: dict[str, Any] = {"csrf": token, "once": f"{who}-{deed}", "seen": "0", "reason": "x", "ban": "0"}
        assert browser.post(f"{home}/{deed}", sent).status == 403


def test_a_deed_there_is_not_is_not_found(quan: Browser) -> None:
    token = quan.get("/").form("/dang-xuat")["csrf"]
    assert quan.post(f"{of('accepted.vi')}/none", {"csrf": token, "once": "n"}).status == 404


def drawn(page: Shown) -> str:
    """The text of the PDF the page leads to."""
    (address,) = [each.get("href") for each in page.document.iter("a") if "drafts/mau/" in (each.get("href") or "")]
    key = urlsplit(address).path.lstrip("/").removeprefix(f"{settings().BUCKET}/")
    body = client().get_object(Bucket=settings().BUCKET, Key=key)["Body"].read()
    return " ".join(" ".join(each.extract_text() for each in PdfReader(io.BytesIO(body)).pages).split())


def test_what_a_form_leaves_open_is_worded_with_its_pdf_to_look_at(quan: Browser, later: Any) -> None:
    home = of("receipt", "giay")
    page = previewed(quan, home, note="Tổng đài 1022. Tra cứu tại {{ page }}.")
    assert page.status == 200, page.words
    assert "Tổng đài 1022." in drawn(page)
    assert "DỰ THẢO" in drawn(page)
    assert actions.latest("paper/receipt") is None
    sent = fields(page, f"{home}/giu") | {"reason": "Công văn 5"}
    assert quan.post(f"{home}/giu", sent).status == 303
    told = shown(quan, home)
    assert "Tổng đài 1022." in drawn(told)
    assert "Mẫu số" not in told.words
    assert "chỉ thay đổi khi thông tư thay đổi" in told.words
    assert "của tỉnh, bản 1" in quan.get(PLACE).words


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"note": "Sở Tư pháp, {{ page }}"}, "Không ghi tên cơ quan hay địa danh"),
        ({"note": "Tổng đài 1022"}, "Phải nói như mẫu gốc: {{ page }}"),
        ({"unit": "{{ unit.__class__ }}"}, "không có dữ liệu tên “__class__”"),
    ],
)
def test_a_paper_that_would_say_less_or_name_somebody_is_refused(
    quan: Browser, typed: dict[str, str], told: str
) -> None:
    page = previewed(quan, of("refusal", "giay"), **typed)
    assert (page.status, told in page.words) == (422, True), page.words


def test_every_paper_has_its_page_and_says_what_stays(quan: Browser) -> None:
    listed = quan.get(PLACE)
    homes = {each.get("href") for each in listed.document.iter("a") if "/loi/giay/" in (each.get("href") or "")}
    assert len(homes) >= 8
    for home in homes:
        page = shown(quan, home)
        assert "danh mục cơ quan" in page.words
        assert drawn(page)
        require_page(quan.get(f"{home}?viec=sua"))
    for none in ("none", "receipt_phi", "_head"):
        assert quan.get(of(none, "giay")).status == 404


def test_the_phrases_of_an_agency_are_worded_line_by_line(quan: Browser) -> None:
    chosen = quan.get(f"{PLACE}/cau-mau?cua=H32.10")
    assert chosen.status == 303
    home = chosen.location
    before = asking.phrases("H32.10", "vi", now())
    assert begun(quan, home)["field"].splitlines()[0].split(" | ")[0] == before["field"][0]
    assert kept(quan, home, field="Ghi sai năm; đề nghị sửa. | The year is wrong; please correct it.").status == 303

    after = asking.phrases("H32.10", "vi", now())
    assert after["field"][0] == "Ghi sai năm; đề nghị sửa."
    assert asking.phrases("H32.10", "en", now())["field"][0] == "The year is wrong; please correct it."
    assert after["component"] == before["component"]
    assert asking.phrases("H32.11", "vi", now())["field"] == before["field"][-len(after["field"]) + 1 :]
    assert kept(quan, home, field="").status == 303
    assert asking.phrases("H32.10", "vi", now())["field"] == after["field"][1:]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Chỉ tiếng Việt.", "Dòng 1: hãy ghi cả hai thứ tiếng"),
        ("Được. | Fine.\n| English only.", "Dòng 2: hãy ghi cả hai thứ tiếng"),
        ("x" * 301 + " | x", "Dòng 1: một câu tối đa 300 ký tự"),
        ("a | b | c", "Dòng 1: một câu tối đa 300 ký tự"),
        ("a | b\n" * 41, "Tối đa 40 câu"),
    ],
)
def test_a_phrase_has_both_languages_and_a_bound(quan: Browser, typed: str, told: str) -> None:
    page = previewed(quan, of("H32.11", "cau-mau"), component=typed)
    assert (page.status, told in page.words) == (422, True), page.words


def test_phrases_are_of_an_agency_there_is(quan: Browser) -> None:
    for none in ("H32.98", "H99", "x"):
        assert quan.get(of(none, "cau-mau")).status == 404
        assert quan.get(f"{PLACE}/cau-mau?cua={none}").status == 404
    for whose in ("common", "H32"):
        for address in (of(whose, "cau-mau"), f"{of(whose, 'cau-mau')}?viec=sua"):
            require_page(quan.get(address))


def test_what_is_no_change_is_said_and_cannot_be_kept(quan: Browser) -> None:
    home = of("returned.vi")
    page = previewed(quan, home)
    assert "Chưa có gì thay đổi." in page.words
    assert f'action="{home}/giu"' not in page.text
    straight = quan.post(f"{home}/giu", begun(quan, home) | {"reason": "x"})
    require_page(straight)
    assert straight.status == 422
    assert actions.latest("letter/returned.vi") is None
