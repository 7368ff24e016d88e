"""An admin sees who has signed in, ends their sessions, bars them and lets them in again; who did, and why, is kept."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.access import Caller
from chalicelib.clock.now import now
from chalicelib.clock.rules import ZONE
from chalicelib.site import entering, officer_records, session_records
from chalicelib.site.officers import MOST_SESSIONS, AccountBarred, BarOfOneself, Officer, decided
from chalicelib.site.officers import entering as come
from chalicelib.site.sessions import begun
from tests.site.conftest import Browser, Pages, Shown
from tests.site.officers import hidden
from tests.site.test_pages import HOSTILE, require_page
from tests.site.test_sessions import is_signed_in

PLACE = "/can-bo/quan-tri/can-bo"
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZONE)
CHI = Caller("officer", "chi", "c" * 32, frozenset({"specialist"}), "H32.10", "Phạm Thị Chi")


def of(pages: Pages, admin: Browser, who: str) -> str:
    """The address of the officer's page, from the list of their agency."""
    shown = admin.get(f"{PLACE}?co-quan=H32.10")
    require_page(shown)
    rows = [row for row in shown.document.iter("tr") if who in " ".join(row.itertext())]
    (link,) = [each.get("href") for row in rows for each in row.iter("a")]
    return str(link)


def do(admin: Browser, address: str, deed: str, reason: str = "Nghỉ việc") -> Shown:
    action = f"{address}/{deed}"
    page = admin.get(f"{address}?viec={deed}")
    require_page(page)
    return admin.post(action, hidden(page, action) | {"reason": reason})


def test_sessions_are_ended_at_once_and_the_officer_may_sign_in_again(pages: Pages) -> None:
    phone, desk, admin = pages.browser("chi"), pages.browser("chi"), pages.browser("quan")
    address = of(pages, admin, "Phạm Thị Chi")
    shown = admin.get(address)
    require_page(shown)
    assert "chuyên viên" in shown.words
    assert "Phiên đang mở 2" in shown.words

    assert do(admin, address, "het-phien").status == 303
    assert not is_signed_in(phone)
    assert not is_signed_in(desk)
    assert is_signed_in(pages.browser("chi"))
    assert "Phiên đang mở 1" in admin.get(address).words


def test_who_is_barred_is_out_and_stays_out_until_let_in_again(pages: Pages) -> None:
    dung, admin = pages.browser("dung"), pages.browser("quan")
    address = of(pages, admin, "Võ Anh Dũng")
    assert do(admin, address, "chan", "").status == 422
    assert is_signed_in(dung)
    assert do(admin, address, "chan", HOSTILE).status == 303
    assert not is_signed_in(dung)

    refused = pages.sign_in(pages.browser(), "dung")
    require_page(refused)
    assert refused.status == 403
    assert "chặn đăng nhập" in refused.words
    shown = admin.get(address)
    require_page(shown)
    assert "<script>alert" not in shown.text
    assert "Bị chặn" in shown.words
    assert f"{address}?viec=chan" not in shown.text
    again = admin.post(f"{address}/chan", {**hidden(admin.get("/"), "/dang-xuat"), "once": "again", "reason": "x"})
    assert again.status == 409

    assert do(admin, address, "cho-vao", "Đi làm lại").status == 303
    assert is_signed_in(pages.browser("dung"))
    told = admin.get(address).words
    assert told.index("Cho đăng nhập lại") < told.index("Chặn đăng nhập Lý Hồng Quân")
    assert "Lý Hồng Quân · Đi làm lại" in told


def test_a_form_sent_twice_is_carried_out_once(pages: Pages) -> None:
    pages.browser("mai")
    admin = pages.browser("quan")
    address = of(pages, admin, "Hồ Thị Mai")
    sent = hidden(admin.get(f"{address}?viec=het-phien"), f"{address}/het-phien") | {"reason": "Mất điện thoại"}

    assert [admin.post(f"{address}/het-phien", sent).status for _ in range(2)] == [303, 303]
    assert admin.get(address).words.count("Mất điện thoại") == 1


def test_signing_out_leaves_nothing_open(pages: Pages) -> None:
    phuc, admin = pages.browser("phuc"), pages.browser("quan")
    address = of(pages, admin, "Đỗ Minh Phúc")
    assert phuc.post("/dang-xuat", phuc.get("/").form("/dang-xuat")).status == 303

    assert "Phiên đang mở 0" in admin.get(address).words


def test_an_admin_cannot_bar_themselves_and_others_can_bar_nobody(pages: Pages) -> None:
    admin, auditor, clerk = pages.browser("quan"), pages.browser("kiem"), pages.browser("an")
    address = of(pages, admin, "Nguyễn Văn An")
    rows = admin.get(f"{PLACE}?co-quan=H32").document.iter("a")
    own = next(each.get("href") for each in rows if (each.get("href") or "").startswith(f"{PLACE}/"))
    assert do(admin, own, "chan").status == 409

    require_page(auditor.get(address))
    assert "?viec=" not in auditor.get(address).text
    for browser, may_see in ((auditor, True), (clerk, False)):
        token = browser.get("/").form("/dang-xuat")["csrf"]
        assert browser.post(f"{address}/chan", {"csrf": token, "once": "x", "reason": "x"}).status == 403
        assert (browser.get(address).status == 200) == may_see
        assert (browser.get(PLACE).status == 200) == may_see
    assert is_signed_in(clerk)
    token = admin.get("/").form("/dang-xuat")["csrf"]
    sent = {"csrf": token, "once": "y", "reason": "x"}
    assert admin.post(f"{address}/none", sent).status == 404
    assert admin.post(f"{PLACE}/{'0' * 32}/chan", sent).status == 404
    for path in (f"{PLACE}/none", f"{PLACE}/{'0' * 32}", f"{PLACE}?co-quan=%23"):
        assert admin.get(path).status == 404
    assert admin.get(f"{PLACE}?sau=eA").status == 422


def test_who_moves_to_another_agency_is_listed_there_and_stays_barred(pages: Pages) -> None:
    there = replace(CHI, key="d" * 32, agency="H32.77")
    entering.enter(replace(there, agency="H32.78"), "issuer", now())
    entering.enter(there, "issuer", now())

    assert not officer_records.page("H32.78", 10, "").officers
    (found,) = officer_records.page("H32.77", 10, "").officers
    officer_records.keep(found, decided(found, "barred", "quan", "q", "x", now()))
    with pytest.raises(AccountBarred):
        entering.enter(replace(there, agency="H32.78"), "issuer", now())


def test_who_is_barred_while_signing_in_gets_no_session(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = replace(CHI, key="e" * 32)
    entering.enter(somebody, "issuer", now())
    find, opened = officer_records.find, []

    def overtaken(key: str) -> Officer | None:
        found = find(key)
        if found and not found.barred:
            officer_records.keep(found, decided(found, "barred", "quan", "q", "x", now()))
        return found

    def noted(*arguments: object) -> object:
        made = session_records_made(*arguments)
        opened.append(made[0])
        return made

    session_records_made = session_records.made
    monkeypatch.setattr(officer_records, "find", overtaken)
    monkeypatch.setattr(session_records, "made", noted)
    with pytest.raises(AccountBarred):
        entering.enter(somebody, "issuer", now())
    assert opened
    assert [session_records.session_of(value, now()) for value in opened] == [None] * len(opened)


def test_the_list_goes_on_page_by_page(pages: Pages) -> None:
    for number in range(3):
        entering.enter(replace(CHI, key=f"{number}" * 32, agency="H32.79"), "issuer", now())
    first = officer_records.page("H32.79", 2, "")

    assert [each.key[0] for each in first.officers] == ["0", "1"]
    assert [each.key[0] for each in officer_records.page("H32.79", 2, first.position).officers] == ["2"]


def test_only_so_many_sessions_are_open_and_the_oldest_gives_way() -> None:
    known: Officer | None = None
    for number in range(MOST_SESSIONS + 5):
        at = NOON + timedelta(minutes=number)
        known = come(known, begun(f"v{number}", CHI, "issuer", at), at)

    assert known
    assert len(known.sessions) == MOST_SESSIONS
    assert known.first_seen_at == NOON
    assert known.open_at(NOON + timedelta(hours=9)) == ()
    with pytest.raises(BarOfOneself):
        decided(known, "barred", "chi", CHI.key, "x", NOON)
