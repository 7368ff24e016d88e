"""Standing in for an absent colleague, on pages: declared, seen at the desk, worked under, ended."""

from datetime import timedelta

import pytest

from chalicelib.catalogue import actions as catalogue
from chalicelib.clock.now import now
from chalicelib.dossiers.covers import day_of
from chalicelib.history.records import events
from tests.dossiers.test_steps import APPRAISE, APPROVE, STEPPED
from tests.site.conftest import Browser, Pages, Shown
from tests.site.officers import BASE, filed, hidden, offered, press
from tests.site.test_pages import HOSTILE, require_page

PLACE = "/can-bo/lam-thay"


def declare(browser: Browser, covering: str, days: int = 2, **typed: str) -> Shown:
    today = day_of(now())
    dates = {"from": f"{today}", "to": f"{today + timedelta(days=days)}"}
    return browser.post(PLACE, hidden(browser.get(PLACE), PLACE) | {"covering": covering, **dates, **typed})


def end(browser: Browser, who: str) -> None:
    page = browser.get(PLACE)
    for form in page.document.iter("form"):
        action = form.get("action") or ""
        if action.startswith(f"{PLACE}/"):
            assert browser.post(action, hidden(page, action)).status == 303, who


def test_a_colleague_works_in_the_absent_ones_place_and_the_history_says_so(pages: Pages) -> None:
    dossier = filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    pages.officer("supervisor", "H32.10").decide(dossier["id"], "assignment", {"officer": "chi"})
    clerk = pages.browser("an")
    assert "tam-dung" not in offered(clerk.get(f"{BASE}/{dossier['id']}"))
    assert dossier["code"] not in clerk.get("/can-bo?hang=in_progress&toi=1").words

    assert declare(pages.browser("chi"), "an", reason=HOSTILE).status == 303
    desk = clerk.get("/can-bo?hang=in_progress&toi=1")
    require_page(desk)
    assert dossier["code"] in desk.words
    assert "Thay cho Phạm Thị Chi" in desk.words
    shown = clerk.get(f"{BASE}/{dossier['id']}")
    require_page(shown)
    assert "Thay cho Phạm Thị Chi" in shown.words
    assert {"tam-dung", "trinh", "bo-sung"} & offered(shown) >= {"tam-dung", "trinh"}
    assert not {"nhan-viec", "phan-cong", "quyet-dinh"} & offered(shown)
    assert press(clerk, dossier["id"], "tam-dung", cause="other_agency", reason="Chờ ý kiến").status == 303
    after = clerk.get(f"{BASE}/{dossier['id']}")
    assert "thay cho: Phạm Thị Chi" in after.words
    assert events(dossier["id"])[-1].actor.id == "an"

    end(pages.browser("chi"), "chi")
    assert "Thay cho" not in clerk.get("/can-bo?hang=paused&toi=1").words
    assert "tiep-tuc" not in offered(clerk.get(f"{BASE}/{dossier['id']}"))


def test_who_stands_in_begins_a_step_by_form(pages: Pages) -> None:
    catalogue.publish(STEPPED, STEPPED.valid_from)
    dossier = filed(pages, STEPPED.code)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    pages.officer("supervisor", "H32.10").decide(dossier["id"], "assignment", {"officer": "chi", "step": APPRAISE})
    clerk = pages.browser("an")
    assert "buoc" not in offered(clerk.get(f"{BASE}/{dossier['id']}"))
    assert declare(pages.browser("chi"), "an").status == 303

    require_page(clerk.get(f"{BASE}/{dossier['id']}/buoc"))
    assert press(clerk, dossier["id"], "buoc", step="").status == 422
    assert press(clerk, dossier["id"], "buoc", step=APPROVE).status == 303
    shown = clerk.get(f"{BASE}/{dossier['id']}")
    assert "thay cho: Phạm Thị Chi" in shown.words
    assert pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier['id']}").body["officer"] == "chi"
    end(pages.browser("chi"), "chi")


def test_a_supervisor_says_it_for_others_and_sees_why_not(pages: Pages) -> None:
    giang = pages.browser("giang")
    assert declare(giang, "dung", absent="chi", reason=HOSTILE).status == 303
    page = giang.get(PLACE)
    require_page(page)
    assert "<script>alert" not in page.text
    again = declare(giang, "an", absent="chi")
    require_page(again)
    assert again.status == 422
    assert "chi đã có dung làm thay từ" in again.words
    assert 'value="chi"' in again.text, "what was typed is still there"
    assert declare(giang, "dung", absent="dung").status == 422
    assert declare(giang, "dung", absent="an", days=-1).status == 422
    assert declare(giang, "dung", absent="an", to="").status == 422
    end(giang, "giang")


@pytest.mark.parametrize(
    ("who", "declares", "names_others"),
    [("an", False, False), ("chi", True, False), ("giang", True, True), ("kiem", False, False), ("lan", False, False)],
)
def test_each_is_offered_what_they_may(pages: Pages, who: str, declares: bool, names_others: bool) -> None:
    browser = pages.browser(who)
    page = browser.get(PLACE)
    require_page(page)
    assert (f'action="{PLACE}"' in page.text) == declares
    assert ('name="absent"' in page.text) == names_others
    sent = {"csrf": page.form("/dang-xuat")["csrf"], "once": "x", "covering": "an", "absent": "dung"}
    dates = {"from": f"{day_of(now())}", "to": f"{day_of(now())}"}
    assert names_others or browser.post(PLACE, sent | dates).status == 403


def test_a_form_sent_twice_is_carried_out_once(pages: Pages) -> None:
    dung = pages.browser("dung")
    sent = hidden(dung.get(PLACE), PLACE) | {"covering": "chi", "from": f"{day_of(now())}", "to": f"{day_of(now())}"}

    assert [dung.post(PLACE, sent).status for _ in range(2)] == [303, 303]
    assert dung.get(PLACE).text.count(f'action="{PLACE}/') == 1
    end(dung, "dung")
    assert pages.browser("chi").get(f"{PLACE}?sau=x").status == 422
