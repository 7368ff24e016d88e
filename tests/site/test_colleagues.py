"""Officers are shown by name where one is known, offered by name where an account is typed, and read once a minute."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.access import Caller
from chalicelib.clock.now import now
from chalicelib.site import colleagues, entering, officer_records
from tests.site.conftest import Browser, Pages, Shown
from tests.site.officers import BASE, filed, press
from tests.site.test_pages import HOSTILE, require_page

CHI = Caller("officer", "chi", "c" * 32, frozenset({"specialist"}), "H32.77", "Phạm Thị Chi")


def choices(page: Shown) -> dict[str, str]:
    (found,) = [each for each in page.document.iter("datalist") if each.get("id") == "colleagues"]
    return {str(each.get("value")): "".join(each.itertext()) for each in found.iter("option")}


def listening_fields(page: Shown) -> list[str]:
    return [str(each.get("name")) for each in page.document.iter("input") if each.get("list") == "colleagues"]


@pytest.fixture
def supervisor(pages: Pages) -> Browser:
    pages.browser("chi")
    return pages.browser("giang")


def test_the_assignment_offers_the_agencys_officers_and_takes_any_account(pages: Pages, supervisor: Browser) -> None:
    dossier = filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    page = supervisor.get(f"{BASE}/{dossier['id']}/phan-cong")
    require_page(page)
    assert listening_fields(page) == ["officer"]
    assert choices(page)["chi"] == "Phạm Thị Chi (chi)"
    assert "lan" not in choices(page), "an officer of another agency"

    assert press(supervisor, dossier["id"], "phan-cong", officer="chi").status == 303
    desk = supervisor.get("/can-bo?hang=in_progress")
    require_page(desk)
    rows = [" ".join(each.itertext()) for each in desk.document.iter("tr")]
    (row,) = [each for each in rows if dossier["code"] in each]
    assert "Phạm Thị Chi" in row
    history = supervisor.get(f"{BASE}/{dossier['id']}").words
    assert "giao cho: Phạm Thị Chi" in history
    assert "Trương Thu Giang" in history

    assert press(supervisor, dossier["id"], "phan-cong", officer="never-seen").status == 303
    assert "giao cho: never-seen" in supervisor.get(f"{BASE}/{dossier['id']}").words


def test_a_cover_and_the_desk_offer_them_too(supervisor: Browser) -> None:
    covers, desk = supervisor.get("/can-bo/lam-thay"), supervisor.get("/can-bo")
    require_page(covers)
    require_page(desk)
    assert set(listening_fields(covers)) == {"absent", "covering"}
    assert choices(covers)["chi"] == choices(desk)["chi"] == "Phạm Thị Chi (chi)"


def test_two_of_one_name_are_told_apart_and_who_is_barred_is_named_but_not_offered(pages: Pages) -> None:
    at, issuer = now(), "https://issuer.example"
    entering.enter(CHI, issuer, at)
    entering.enter(replace(CHI, subject="chi.pham", key="d" * 32), issuer, at)
    entering.enter(replace(CHI, subject="x", key="e" * 32, name=HOSTILE), issuer, at)
    entering.enter(replace(CHI, subject="y", key="f" * 32, name=""), issuer, at)
    known = colleagues.of("H32.77", at)
    assert known.name("chi") == "Phạm Thị Chi (chi)"
    assert known.name("chi.pham") == "Phạm Thị Chi (chi.pham)"
    assert (known.name("y"), known.name("nobody")) == ("y", "nobody")
    assert {account for account, _ in known.choices()} == {"chi", "chi.pham", "x", "y"}

    officer = officer_records.load("e" * 32)
    officer_records.keep(officer, officer.model_copy(update={"barred": True, "version": officer.version + 1}))
    colleagues.forget("H32.77")
    after = colleagues.of("H32.77", at)
    assert after.name("x") == HOSTILE
    assert "x" not in dict(after.choices())


def test_they_are_read_once_a_minute_and_anew_when_somebody_comes(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, page, at = [], officer_records.page, now()
    monkeypatch.setattr(officer_records, "page", lambda *asked: reads.append(asked) or page(*asked))
    for later in (0, 1, 59, 60, 61):
        colleagues.of("H32.78", at + timedelta(seconds=later))
    assert len(reads) == 2

    entering.enter(replace(CHI, agency="H32.78", key="a" * 32), "https://issuer.example", at)
    assert colleagues.of("H32.78", at + timedelta(seconds=62)).name("chi") == "Phạm Thị Chi"
    entering.enter(replace(CHI, agency="H32.78", key="a" * 32), "https://issuer.example", at)
    colleagues.of("H32.78", at + timedelta(seconds=63))
    assert len(reads) == 3, "who comes again under the same name is no news"
