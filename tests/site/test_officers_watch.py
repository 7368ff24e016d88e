"""What waits above the desk: letters, what is late, parcels; the calendar and outages; who may see and change which."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access import Caller
from chalicelib.catalogue import actions as catalogue
from chalicelib.clock.now import now
from chalicelib.postal import records, rules, vnpost
from chalicelib.postal.rules import Trouble
from chalicelib.site import amending, session_records
from chalicelib.web import serving
from tests.site.conftest import Browser, Pages, Shown
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


def test_what_is_late_is_told_by_officer(pages: Pages, later: Any) -> None:
    dossier, unaccepted = filed(pages), filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    pages.officer("specialist", "H32.10", "chi").decide(dossier["id"], "assignment", {"officer": "chi"})
    pass_by = later
    pass_by(timedelta(hours=1))
    browser = pages.browser("giang")
    require_page(browser.get("/can-bo/giam-sat"))
    from chalicelib.dossiers import records as dossiers

    late = dossiers.load(dossier["id"]).due_at
    assert late
    pass_by(late - now() + timedelta(days=2))
    shown = pages.browser("giang").get("/can-bo/giam-sat")
    name = next(each.name for each in catalogue.agencies() if each.code == "H32.10")
    assert name in shown.words
    assert "H32.10 ·" not in shown.words
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
    name = next(each.name for each in catalogue.agencies() if each.code == "H32.11")
    assert f"{name} · sau lần sửa số" in shown.words
    assert "(ký hiệu ấn bản vn-" in shown.words, "only in a note"
    assert "Toàn tỉnh ·" in admin.get(place).words
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


def amended(pages: Pages, **typed: str) -> Shown:
    admin, action = pages.browser("quan"), "/can-bo/quan-tri/lich"
    told = {"source": "Quyết định 12", "announced_at": f"{now():%Y-%m-%d}", "agency": "H32.12", **typed}
    return admin.post(action, hidden(admin.get("/can-bo/quan-tri"), action) | told)


def test_the_admin_amends_working_hours_sees_them_and_takes_them_back(pages: Pages) -> None:
    season = {"change": "hours", "hours_from": "2027-05-03", "hours_to": "2027-08-27"}
    wrong = amended(pages, **season, week_mon="7h-11h30, 13h30", week_tue="17:00-08:00")
    require_page(wrong)
    assert wrong.status == 422
    assert 'href="#week_mon"' in wrong.text
    assert 'value="7h-11h30, 13h30"' in wrong.text

    done = amended(pages, **season, week_mon="6h15-11h30, 13h30-16:30", week_fri="nghỉ")
    assert done.status == 303, done.words
    shown = pages.browser("quan").get("/can-bo/quan-tri?nam=2027&co-quan=H32.12")
    require_page(shown)
    assert "06:15–11:30, 13:30–16:30" in shown.words
    assert "Thứ sáu nghỉ" in shown.words
    assert "06:15–11:30" not in pages.browser("quan").get("/can-bo/quan-tri?nam=2027&co-quan=H32.13").words

    link = re.findall(r"/can-bo/quan-tri\?bo=(\d+)#sua", shown.text)[0]
    filled = pages.browser("quan").get(f"/can-bo/quan-tri?bo={link}")
    require_page(filled)
    assert f'value="{link}"' in filled.text
    assert 'value="H32.12"' in filled.text
    assert amended(pages, change="replaces", replaces="99999").status == 422
    assert amended(pages, change="replaces", replaces=link).status == 303
    after = pages.browser("quan").get("/can-bo/quan-tri?nam=2027&co-quan=H32.12")
    assert "không còn hiệu lực" in after.words
    assert "06:15–11:30" not in after.words


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("7:30-11:30, 13:30-17:00", [["07:30", "11:30"], ["13:30", "17:00"]]),
        ("7h30 – 11h", [["07:30", "11:00"]]),
        ("nghỉ", []),
        ("sáng", [["sáng"]]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, sessions: list[list[str]]) -> None:
    assert amending.sessions(text) == sessions


def test_a_clerk_revokes_a_paper_with_its_reason_and_others_do_not(pages: Pages) -> None:
    dossier = filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    clerk = pages.browser("an")
    found = re.search(
        rf'href="(/can-bo/giay-to/{dossier["id"]}/[^"]*receipt/thu-hoi)"', clerk.get(f"{BASE}/{dossier['id']}").text
    )
    assert found
    action = found[1]
    page = clerk.get(action)
    require_page(page)
    assert clerk.post(action, hidden(page, action) | {"reason": ""}).status == 422
    sent = hidden(page, action) | {"reason": HOSTILE}
    assert [clerk.post(action, sent).status for _ in range(2)] == [303, 303], "sent twice, done once"
    shown = clerk.get(f"{BASE}/{dossier['id']}")
    require_page(shown)
    assert "đã thu hồi" in shown.words
    assert "<script>alert" not in shown.text
    assert action not in shown.text
    require_page(clerk.get(action))
    again = clerk.post(action, hidden(page, action) | {"once": "other", "seen": str(now().year), "reason": "x"})
    assert again.status in (409, 412)

    specialist = pages.browser("chi")
    assert "/thu-hoi" not in specialist.get(f"{BASE}/{dossier['id']}").text
    assert specialist.get(action).status == 403
    token = {"csrf": specialist.get("/can-bo").form("/dang-xuat")["csrf"], "once": "x", "seen": "1", "reason": "x"}
    assert specialist.post(action, token).status == 403
    other = filed(pages)
    assert clerk.get(action.replace(dossier["id"], other["id"], 1)).status == 404
    assert (
        clerk.post(action.replace(dossier["id"], other["id"], 1), hidden(page, action) | {"reason": "x"}).status == 404
    )
    assert pages.browser("lan").get(action).status == 403


def as_caller(pages: Pages, role: str, agency: str) -> Browser:
    """Signed in as somebody the provider does not know."""
    browser, caller = pages.browser(), Caller("officer", "x", "f" * 32, frozenset({role}), agency)
    browser.cookies["phien"] = session_records.open_session(caller, "issuer", serving.now())
    return browser


@pytest.mark.parametrize(
    ("role", "agency", "status", "opens"),
    [
        ("auditor", "", 200, True),
        ("auditor", "H32.11", 200, True),
        ("supervisor", "H32", 200, False),
        ("supervisor", "H32.10", 403, False),
        ("approver", "H32", 403, False),
        ("admin", "H32", 403, False),
    ],
)
def test_who_supervises_the_province_compares_its_agencies_and_only_an_auditor_goes_on_to_each(
    pages: Pages, role: str, agency: str, status: int, opens: bool
) -> None:
    browser = as_caller(pages, role, agency)
    shown = browser.get("/can-bo/giam-sat/co-quan")
    require_page(shown)
    assert shown.status == status
    assert ('href="/can-bo/giam-sat?co-quan=H32.10"' in shown.text) == opens
    assert browser.get("/can-bo/giam-sat?co-quan=H32.10").status == (200 if opens or agency == "H32.10" else 403)
    assert browser.get("/can-bo/giam-sat/co-quan?trang=99").status == (404 if status == 200 else 403)


def test_an_auditor_of_no_agency_begins_with_all_of_them(pages: Pages) -> None:
    assert as_caller(pages, "auditor", "").get("/can-bo/giam-sat").location == "/can-bo/giam-sat/co-quan"


def test_the_agencies_counts_are_what_is_late_there(pages: Pages, later: Any) -> None:
    before = counts_of(pages, "H32.10")
    dossier, _ = filed(pages), filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    later(timedelta(days=30))
    after = counts_of(pages, "H32.10")

    assert after[0] >= before[0] + 1, "overdue"
    assert after[2] >= before[2] + 1, "late to accept"
    assert counts_of(pages, "H32.11") == [0, 0, 0]


def counts_of(pages: Pages, agency: str) -> list[int]:
    browser = as_caller(pages, "auditor", "")
    rows = [row for row in browser.get("/can-bo/giam-sat/co-quan").document.iter("tr")]
    (row,) = [row for row in rows if agency in "".join(row.itertext()).split("\n")[0]]
    return [int("".join(cell.itertext())) for cell in list(row)[1:]]


def test_who_is_away_is_told_with_who_stands_in(pages: Pages, later: Any) -> None:
    dossier = filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    pages.officer("specialist", "H32.10", "away").decide(dossier["id"], "assignment", {"officer": "away"})
    later(timedelta(days=30))
    day = f"{now() + timedelta(days=30):%Y-%m-%d}"
    away = {"absent": "away", "covering": "stand-in", "from": day, "to": day}
    assert pages.officer("supervisor", "H32.10").post("/desk/covers", away).status == 201

    assert "away vắng, làm thay: stand-in" in pages.browser("giang").get("/can-bo/giam-sat").words
