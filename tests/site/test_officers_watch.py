"""What waits above the desk: letters, what is late, parcels; the calendar and outages; who may see and change which."""

from datetime import timedelta

import pytest

from chalicelib.clock.now import now
from chalicelib.postal import records, rules, vnpost
from chalicelib.postal.rules import Trouble
from tests.site.conftest import Pages
from tests.site.officers import BASE, filed, hidden, press
from tests.site.test_pages import HOSTILE, require_page
from tests.towns import warned


def test_a_letter_waits_is_signed_and_waits_no_more(pages: Pages) -> None:
    dossier = filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    warned(dossier["id"])
    approver = pages.browser("duyen")
    page = approver.get("/can-bo/thu-xin-loi")
    require_page(page)
    assert f'href="{BASE}/{dossier["id"]}/thu-xin-loi"' in page.text
    day = now() + timedelta(days=20)
    day += timedelta(days=(1 - day.weekday()) % 7)
    signed = press(approver, dossier["id"], "thu-xin-loi", reason="Chờ xác minh", promised_date=f"{day:%Y-%m-%d}")
    assert signed.status == 303, signed.words
    assert dossier["code"] not in approver.get("/can-bo/thu-xin-loi").words


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("/can-bo/thu-xin-loi", {"duyen", "giang", "kiem"}),
        ("/can-bo/giam-sat", {"duyen", "giang", "kiem"}),
        ("/can-bo/buu-chinh", {"an", "phuc", "giang", "kiem"}),
        ("/can-bo/quan-tri", {"an", "chi", "duyen", "giang", "kiem", "quan"}),
        ("/can-bo", {"an", "chi", "duyen", "mai", "phuc", "giang", "kiem"}),
    ],
)
def test_each_place_is_for_some_and_shown_to_them_only(pages: Pages, address: str, may: set[str]) -> None:
    for who in ("an", "chi", "duyen", "mai", "phuc", "giang", "kiem", "quan"):
        browser = pages.browser(who)
        shown = browser.get(address)
        if address == "/can-bo" and who == "quan":
            assert shown.location == "/can-bo/quan-tri"
            continue
        require_page(shown)
        assert shown.status == (200 if who in may else 403), who
        home = browser.get("/can-bo/quan-tri" if who == "quan" else "/can-bo").text
        assert (f'<a href="{address}"' in home) == (who in may), who


def test_what_is_late_is_told_by_officer(pages: Pages, later: object) -> None:
    from typing import Any, cast

    dossier, unaccepted = filed(pages), filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    pages.officer("specialist", "H32.10", "chi").decide(dossier["id"], "assignment", {"officer": "chi"})
    pass_by = cast("Any", later)
    pass_by(timedelta(hours=1))
    browser = pages.browser("giang")
    require_page(browser.get("/can-bo/giam-sat"))
    from chalicelib.dossiers import records as dossiers

    late = dossiers.load(dossier["id"]).due_at
    assert late
    pass_by(late - now() + timedelta(days=2))
    shown = pages.browser("giang").get("/can-bo/giam-sat")
    require_page(shown)
    assert dossier["code"] in shown.words
    assert unaccepted["code"] in shown.words
    assert "Quá hạn 2 ngày" in shown.words
    assert 'href="/can-bo?hang=all&amp;nguoi=chi"' in shown.text


def test_a_parcel_that_needs_somebody_is_tried_again(pages: Pages) -> None:
    dossier = filed(pages)
    parcel = rules.new_shipment(dossier["id"], 3, dossier["code"], "H32.10", vnpost.NAME, now())
    records.create(parcel)
    kept = records.load(dossier["id"], 3)
    records.keep(rules.to_person(kept, Trouble.REFUSED, now(), HOSTILE))
    post = pages.browser("phuc")
    page, action = post.get("/can-bo/buu-chinh"), f"/can-bo/buu-chinh/{dossier['id']}/3"
    require_page(page)
    assert "<script>alert" not in page.text
    sent = hidden(page, action)
    assert f'action="{action}"' not in pages.browser("giang").get("/can-bo/buu-chinh").text
    assert post.post(action, sent).status == 303
    assert post.post(action, sent).status == 303, "sent twice, tried once"
    assert action not in post.get("/can-bo/buu-chinh").text
    assert post.get("/can-bo/buu-chinh?tt=delivered").status == 404


def test_the_admin_adds_a_day_off_and_declares_an_outage(pages: Pages) -> None:
    admin, place = pages.browser("quan"), "/can-bo/quan-tri"
    action = f"{place}/lich"
    typed = {"change": "day_off", "date": "2027-05-21", "name": HOSTILE, "source": HOSTILE, "agency": "H32.11"}
    wrong = admin.post(action, hidden(admin.get(place), action) | typed | {"date": ""})
    require_page(wrong)
    assert wrong.status == 422
    assert "&lt;script&gt;" in wrong.text
    done = admin.post(action, hidden(admin.get(place), action) | typed | {"announced_at": f"{now():%Y-%m-%d}"})
    assert done.status == 303, done.words
    shown = admin.get(f"{place}?nam=2027&co-quan=H32.11")
    require_page(shown)
    assert "21/05/2027" in shown.words
    assert "<script>alert" not in shown.text
    action = f"{place}/gian-doan"
    day = now() - timedelta(days=1)
    typed = {"from": f"{day:%Y-%m-%d}T08:00", "to": f"{day:%Y-%m-%d}T09:30", "outage_reason": "Mất điện"}
    assert admin.post(action, hidden(admin.get(place), action) | typed | {"to": ""}).status == 422
    assert admin.post(action, hidden(admin.get(place), action) | typed).status == 303
    clerk = pages.browser("an").get(place)
    assert "Mất điện" in clerk.words
    token = clerk.form("/dang-xuat")["csrf"]
    assert f'action="{action}"' not in clerk.text
    for path in (action, f"{place}/lich"):
        assert pages.browser("an").post(path, {"csrf": token, "once": "x", **typed}).status == 403
