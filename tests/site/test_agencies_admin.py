"""The admin adds, changes, ends and reopens agencies by form; others may look at most; what is in the way is told."""

from datetime import timedelta
from typing import Any

import pytest

from tests.dossiers.conftest import FREE
from tests.site.conftest import Browser, Pages, Shown
from tests.site.officers import filed
from tests.site.test_filing import filled, sent
from tests.site.test_pages import HOSTILE, require_page

PLACE = "/can-bo/quan-tri/co-quan"
NEW = {"code": "H32.15", "name": "Sở Y tế", "level": "department", "parent": "H32", "reason": "QĐ 12/QĐ-UBND"}


@pytest.fixture(scope="module")
def quan(pages: Pages) -> Browser:
    return pages.browser("quan")


def hidden(page: Shown, action: str) -> dict[str, str]:
    forms = [each for each in page.document.iter("form") if each.get("method") == "post"]
    form = next(each for each in forms if each.get("action") == action)
    return {each.get("name"): each.get("value") for each in form.iter("input") if each.get("type") == "hidden"}


def add(admin: Browser, **changes: str) -> Shown:
    page = admin.get(PLACE)
    require_page(page)
    return admin.post(PLACE, hidden(page, PLACE) | NEW | changes)


def do(admin: Browser, code: str, deed: str, **typed: str) -> Shown:
    action = f"{PLACE}/{code}/{deed}"
    page = admin.get(f"{PLACE}/{code}?viec={deed}")
    require_page(page)
    return admin.post(action, hidden(page, action) | typed)


def test_an_agency_is_added_once_however_often_the_form_is_sent(quan: Browser) -> None:
    page = quan.get(PLACE)
    sent = hidden(page, PLACE) | NEW | {"code": "H32.20", "name": "Sở Tài chính"}
    first, second = quan.post(PLACE, sent), quan.post(PLACE, sent)
    assert (first.status, second.status) == (303, 303), first.words
    assert first.location == second.location == f"{PLACE}/H32.20?xong=1"
    shown = quan.get(first.location)
    require_page(shown)

    for said in ("Sở Tài chính", "H32.20", "Sở, ban, ngành", "UBND tỉnh Khánh Hòa", "Lý Hồng Quân · QĐ 12/QĐ-UBND"):
        assert said in shown.words
    assert shown.words.count("Thêm vào danh mục") == 1
    assert "Sở Tài chính" in quan.get(PLACE).words


def test_everything_wrong_is_told_in_words_and_what_was_typed_stays(quan: Browser) -> None:
    told = add(quan, code="H99.1", name=HOSTILE, level="", reason="")
    require_page(told)
    assert told.status == 422
    for field in ("code", "level", "reason"):
        assert f'href="#{field}"' in told.text, field
    assert "bắt đầu bằng H32" in told.words
    assert "<script>alert" not in told.text
    (typed,) = [each.get("value") for each in told.document.iter("input") if each.get("name") == "name"]
    assert typed == HOSTILE
    again = add(quan, code="H32.10")
    require_page(again)
    assert "Mã này đã có trong danh mục" in again.words


def test_a_new_name_stands_everywhere_within_a_minute_and_the_old_one_in_the_history(
    pages: Pages, quan: Browser, later: Any
) -> None:
    add(quan, code="H32.21", name="Sở Xây")
    other = pages.browser("quan")
    later(timedelta(seconds=1))
    changed = do(
        quan, "H32.21", "sua", name="Sở  Công Thương", level="department", parent="H32", reason="Đổi tên theo QĐ 13"
    )
    assert changed.status == 303, changed.words
    shown = other.get(f"{PLACE}/H32.21")
    require_page(shown)
    assert "Tên: Sở Xây → Sở Công Thương" in shown.words
    assert "Đổi tên theo QĐ 13" in shown.words
    items = pages.officer("clerk", "H32.10").get("/agencies").body["items"]
    assert "Sở Công Thương" in {each["name"] for each in items}


def test_other_containers_read_the_names_again_after_a_minute(pages: Pages, later: Any) -> None:
    from chalicelib.catalogue import actions
    from chalicelib.clock.now import now
    from chalicelib.site import agencies

    renamed = next(each for each in actions.agencies() if each.code == "H32.11")
    assert agencies.name("H32.11", now()) == renamed.name
    actions.keep_agencies([renamed.model_copy(update={"name": "Sở Xây dựng và Giao thông"})])
    assert agencies.name("H32.11", now()) == renamed.name
    assert agencies.name("H32.11", now() + timedelta(minutes=1)) == "Sở Xây dựng và Giao thông"
    actions.keep_agencies([renamed])
    agencies.forget()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(pages: Pages, quan: Browser) -> None:
    add(quan, code="H32.22", name="Sở Khoa học")
    action, typed = f"{PLACE}/H32.22/sua", {"level": "department", "parent": "H32", "reason": "x"}
    first, second = (hidden(quan.get(f"{PLACE}/H32.22?viec=sua"), action) for _ in range(2))
    assert quan.post(action, first | typed | {"name": "Sở Khoa học và Công nghệ"}).status == 303
    late = quan.post(action, second | typed | {"name": "Sở KHCN"})
    require_page(late)

    assert late.status == 409
    assert "vừa được người khác thay đổi" in late.words
    assert "Sở Khoa học và Công nghệ" in quan.get(f"{PLACE}/H32.22").words


def test_an_agency_with_work_is_not_ended_and_what_is_in_the_way_is_counted(pages: Pages, quan: Browser) -> None:
    filed(pages)
    asked = quan.get(f"{PLACE}/H32.10?viec=ket-thuc")
    require_page(asked)
    assert "hồ sơ đang mở" in asked.words
    assert "thủ tục đang có hiệu lực" in asked.words
    refused = do(quan, "H32.10", "ket-thuc", reason="Sáp nhập")
    require_page(refused)

    assert refused.status == 409
    assert "Chưa thể kết thúc cơ quan này" in refused.words
    assert "Hoạt động" in quan.get(f"{PLACE}/H32.10").words
    top = do(quan, "H32", "ket-thuc", reason="x")
    require_page(top)
    assert top.status == 409


def test_one_without_work_is_ended_with_its_reason_and_can_be_reopened(pages: Pages, quan: Browser) -> None:
    add(quan, code="H32.23", name="Ban Quản lý dự án")
    bare = do(quan, "H32.23", "ket-thuc", reason="")
    require_page(bare)
    assert bare.status == 422
    assert 'href="#reason"' in bare.text
    assert do(quan, "H32.23", "ket-thuc", reason="Giải thể theo QĐ 14").status == 303
    shown = quan.get(f"{PLACE}/H32.23")
    require_page(shown)
    assert "Đã kết thúc" in shown.words
    assert "?viec=ket-thuc" not in shown.text
    codes = {each["code"] for each in pages.officer("clerk", "H32.10").get("/agencies").body["items"]}
    assert "H32.23" not in codes
    assert "Ban Quản lý dự án" in quan.get(f"{PLACE}?q=ban quan ly").words

    assert do(quan, "H32.23", "mo-lai", reason="Ghi nhầm").status == 303
    told = quan.get(f"{PLACE}/H32.23").words
    assert told.index("Mở lại") < told.index("Kết thúc hoạt động Lý Hồng Quân")


def test_the_admin_keeps_the_directory_the_auditor_reads_it_and_nobody_else(pages: Pages, quan: Browser) -> None:
    for who, may in (("kiem", True), ("an", False), ("giang", False), ("duyen", False)):
        browser = pages.browser(who)
        shown = browser.get(PLACE)
        require_page(shown)
        assert (shown.status == 200, browser.get(f"{PLACE}/H32.10").status == 200) == (may, may), who
        assert "<details id=" not in shown.text
        assert "?viec=" not in browser.get(f"{PLACE}/H32.10").text
        assert f'action="{PLACE}/H32.10/sua"' not in browser.get(f"{PLACE}/H32.10?viec=sua").text
        sent = {"csrf": browser.get("/").form("/dang-xuat")["csrf"], "once": f"x-{who}", "seen": "0", "reason": "x"}
        for path in (PLACE, f"{PLACE}/H32.10/sua", f"{PLACE}/H32.10/ket-thuc", f"{PLACE}/H32.10/mo-lai"):
            assert browser.post(path, sent | NEW).status == 403, (who, path)
    token = quan.get("/").form("/dang-xuat")["csrf"]
    assert quan.post(f"{PLACE}/H32.10/none", {"csrf": token, "once": "n"}).status == 404
    assert quan.get(f"{PLACE}/H32.98").status == 404
    assert quan.get(f"{PLACE}/H32.98?viec=ket-thuc").status == 404
    assert quan.get(f"{PLACE}?sau=é").status == 422


def test_the_directory_goes_on_page_by_page(quan: Browser) -> None:
    from chalicelib.catalogue import actions
    from chalicelib.catalogue.rules import Agency

    many = [Agency(code=f"H32.{500 + n}", name=f"Xã số {n}", level="commune", parent="H32") for n in range(60)]
    actions.keep_agencies(many)
    first = quan.get(f"{PLACE}?q=xa so")
    require_page(first)
    link = next(each.get("href") for each in first.document.iter("a") if "sau=" in (each.get("href") or ""))
    second = quan.get(link)
    require_page(second)
    assert "Xã số 49</a>" in first.text
    assert "Xã số 50</a>" not in first.text
    assert "Xã số 59</a>" in second.text


def test_a_draft_is_not_filed_at_an_agency_its_procedure_no_longer_names(pages: Pages) -> None:
    from chalicelib.catalogue import actions
    from chalicelib.clock.now import now
    from tests.dossiers.conftest import a_draft

    citizen, binh = pages.citizen("binh-of-tests"), pages.browser("binh")
    draft, own = citizen.post("/dossiers", a_draft(FREE.code)).body, filled(binh)
    standing = actions.latest(FREE.code)
    assert standing
    try:
        actions.publish(standing.model_copy(update={"agencies": ("H32.11",)}), now().date())
        refused = citizen.post(f"/dossiers/{draft['id']}/submission")
        assert (refused.status, refused.body["code"]) == (422, "agency_not_competent")
        told = sent(binh, f"{own}/xem-lai")
        require_page(told)
        assert told.status == 422
        assert "Cơ quan này không giải quyết thủ tục đã chọn" in told.words
    finally:
        actions.publish(standing, now().date())
    assert citizen.post(f"/dossiers/{draft['id']}/submission").status == 200
