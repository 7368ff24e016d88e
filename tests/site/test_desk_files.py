"""Files as officers bring them, without scripts too: a result's; and a supplement received at the desk."""

from typing import Any

import pytest

from chalicelib.history import records as history
from chalicelib.history.rules import EventType
from tests.dossiers.conftest import FREE, PDF, WITH_PAPER, a_draft
from tests.site.conftest import Browser, Pages, Shown
from tests.site.officers import BASE, filed, hidden, offered, press
from tests.site.test_pages import HOSTILE, require_page
from tests.site.test_papers import sent_to_the_store
from tests.towns import a_clean_file

PLACE = "/can-bo/nop-tep"


def uploaded(browser: Browser, dossier_id: str, component: str, page: Shown) -> Shown:
    """Without scripts: a place is made, the browser sends the file to the store and is led back."""
    action = f"{PLACE}/{dossier_id}/giay-to/{component}"
    begun = browser.post(action, hidden(page, action))
    assert begun.status == 303, begun.words
    assert browser.post(action, hidden(page, action)).location == begun.location, "sent twice, begun once"
    chosen = browser.get(begun.location)
    require_page(chosen)
    back = next(each.get("href") for each in chosen.document.iter("a") if each.get("class") == "back")
    sent_to_the_store(chosen, PDF, back)
    return browser.get(back)


def test_a_result_is_uploaded_and_taken_out_again_without_scripts(pages: Pages) -> None:
    dossier, specialist = filed(pages), pages.browser("chi")
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    form = specialist.get(f"{BASE}/{dossier['id']}/trinh")
    require_page(form)
    shown = uploaded(specialist, dossier["id"], "result", form)

    require_page(shown)
    assert "Kết quả.pdf" in shown.words
    assert "Đã nhận" in shown.words
    (document,) = {each.get("value") for each in shown.document.iter("input") if each.get("name") == "documents"}
    action = f"{PLACE}/{dossier['id']}/tai-len/{document}"
    taken_out = specialist.post(action, hidden(shown, action))
    assert (taken_out.status, taken_out.location) == (303, f"{BASE}/{dossier['id']}/trinh")
    assert "Kết quả.pdf" not in specialist.get(taken_out.location).words
    again = uploaded(specialist, dossier["id"], "result", specialist.get(taken_out.location))
    (document,) = {each.get("value") for each in again.document.iter("input") if each.get("name") == "documents"}
    done = press(specialist, dossier["id"], "trinh", outcome="granted", documents=document, reason="Đủ")
    assert done.status == 303, done.words
    approver = pages.browser("duyen")
    theirs = uploaded(approver, dossier["id"], "result", approver.get(f"{BASE}/{dossier['id']}/quyet-dinh"))
    assert theirs.words.count("Kết quả.pdf") >= 2


@pytest.mark.parametrize("who", ["mai", "kiem", "lan"])
def test_who_may_not_bring_a_result_is_refused_a_place_for_it(pages: Pages, who: str) -> None:
    dossier, browser = filed(pages), pages.browser(who)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    sent = {"csrf": browser.get("/can-bo").form("/dang-xuat")["csrf"], "once": "k"}

    assert browser.post(f"{PLACE}/{dossier['id']}/giay-to/result", sent).status == 403
    assert browser.get(f"{PLACE}/{dossier['id']}/tai-len/none").status in (403, 404)


def waiting(pages: Pages, *, at_desk: bool = False) -> str:
    """A dossier whose people were asked for a paper and an answer."""
    if at_desk:
        clerk = pages.officer("clerk", "H32.10")
        draft = clerk.post("/dossiers", a_draft(WITH_PAPER.code, delivery={"channel": "desk"}, paper=["giay-to"])).body
        person: Any = clerk
    else:
        person = pages.citizen("binh-of-tests")
        draft = person.post("/dossiers", a_draft(WITH_PAPER.code)).body
        a_clean_file(draft["id"], "giay-to")
    assert person.post(f"/dossiers/{draft['id']}/submission").status == 200
    items = [{"component": "giay-to", "reason": "Ảnh mờ"}, {"field": "/purpose", "reason": f"Ghi rõ {HOSTILE}"}]
    asked = pages.officer("clerk", "H32.10").decide(draft["id"], "supplement-requests", {"items": items, "note": "Sớm"})
    assert asked.status == 200, asked
    return str(draft["id"])


@pytest.mark.parametrize("at_desk", [True, False])
def test_a_supplement_is_received_at_the_desk(pages: Pages, at_desk: bool) -> None:
    dossier_id, clerk = waiting(pages, at_desk=at_desk), pages.browser("an")
    assert "nhan-bo-sung" in offered(clerk.get(f"{BASE}/{dossier_id}"))
    page = clerk.get(f"{BASE}/{dossier_id}/nhan-bo-sung")
    require_page(page)
    assert "Ảnh mờ" in page.words
    assert "<script>alert" not in page.text
    assert "form.copies" not in hidden(page, f"{BASE}/{dossier_id}/nhan-bo-sung")

    lacking = press(clerk, dossier_id, "nhan-bo-sung", **{"form.purpose": "Xin việc làm mới"})
    require_page(lacking)
    assert lacking.status == 422
    assert 'href="#documents.giay-to"' in lacking.text
    assert "Xin việc làm mới" in lacking.text
    assert "Hồ sơ đã thay đổi sau khi bạn mở" not in lacking.words
    back = uploaded(clerk, dossier_id, "giay-to", lacking)
    require_page(back)
    action = f"{BASE}/{dossier_id}/nhan-bo-sung"
    sent = hidden(back, action) | {"form.purpose": "Xin việc làm mới"}
    done = clerk.post(action, sent)
    assert (done.status, done.location) == (303, f"{action.rpartition('/')[0]}?xong=nhan-bo-sung"), done.words
    assert clerk.post(action, sent).location == done.location, "sent twice, answered once"
    after = clerk.get(done.location)
    require_page(after)
    assert "Đã nhận bổ sung." in after.words
    assert "đã sửa: Mục đích" in after.words
    read = pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier_id}").body
    assert (read["status"], read["form"]["purpose"]) == ("submitted", "Xin việc làm mới")
    last = history.events(dossier_id)[-1]
    assert (last.type, last.actor.kind, last.actor.id) == (EventType.SUPPLEMENT_ANSWERED, "officer", "an")
    assert last.data["by_name"]


@pytest.mark.parametrize(("who", "status"), [("chi", 403), ("duyen", 403), ("lan", 403), ("kiem", 403)])
def test_only_a_clerk_of_the_agency_receives_a_supplement(pages: Pages, who: str, status: int) -> None:
    dossier_id, browser = waiting(pages), pages.browser(who)
    sent = {"csrf": browser.get("/can-bo").form("/dang-xuat")["csrf"], "once": "k", "seen": "3"}

    assert browser.post(f"{BASE}/{dossier_id}/nhan-bo-sung", sent | {"form.purpose": "x y z"}).status == status
    assert browser.post(f"{PLACE}/{dossier_id}/giay-to/giay-to", sent).status == status


def test_nothing_is_received_for_a_dossier_of_which_nothing_was_asked(pages: Pages) -> None:
    dossier, clerk = filed(pages, FREE.code), pages.browser("an")
    sent = {"csrf": clerk.get("/can-bo").form("/dang-xuat")["csrf"], "once": "k", "seen": "2"}

    assert "nhan-bo-sung" not in offered(clerk.get(f"{BASE}/{dossier['id']}"))
    assert clerk.post(f"{BASE}/{dossier['id']}/nhan-bo-sung", sent).status == 409
