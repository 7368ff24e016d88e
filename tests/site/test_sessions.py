"""Sessions: whose they are, how they end, and that no form of another site or session is carried out."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import environment
from tests.site.conftest import Browser, Pages

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def is_signed_in(browser: Browser) -> bool:
    return "/dang-xuat" in browser.get("/").text


def signed_out_with(browser: Browser, **changed: str) -> int:
    """What a sign-out with this form, or these headers, answers."""
    headers = {name: value for name, value in changed.items() if name != "csrf"}
    form = browser.get("/").form("/dang-xuat") | {name: value for name, value in changed.items() if name == "csrf"}
    return browser.post("/dang-xuat", form, **headers).status


def test_signing_in_opens_a_session_of_ones_own(pages: Pages) -> None:
    binh, an = pages.browser("binh"), pages.browser("an")

    assert is_signed_in(binh)
    assert "Trần Thị Bình" in binh.get("/").text
    assert "Nguyễn Văn An" in an.get("/").text
    assert not is_signed_in(pages.browser())


def test_the_cookie_is_for_this_host_alone_and_for_no_script(pages: Pages) -> None:
    browser = pages.browser()
    set_by = pages.sign_in(browser, "binh").headers["set-cookie"]
    (session,) = [line for line in set_by if line.startswith("phien=")]

    assert set(session.split("; ")[1:]) == {"Path=/", "HttpOnly", "SameSite=Lax"}
    assert any(line.startswith("dang-nhap=;") and "Max-Age=0" in line for line in set_by)


def test_outside_the_local_stack_the_cookie_travels_over_tls_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.site import headers

    monkeypatch.setattr(headers, "_is_secure", lambda: True)
    line = headers.cookie(headers.SESSION, "v")

    assert line == "__Host-phien=v; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert headers.cookies_of("phien=planted; __Host-phien=ours") == {"phien": "ours"}
    assert "Strict-Transport-Security" in headers.security({}, personal=False)


def test_the_table_does_not_know_the_cookie(pages: Pages) -> None:
    from chalicelib.site.session_records import SessionItem
    from chalicelib.site.sessions import id_of

    value = pages.browser("binh").cookies["phien"]
    kept = SessionItem.get(f"SESSION#{id_of(value)}", "SESSION").to_simple_dict()

    assert "Trần Thị Bình" in kept["caller"]
    assert kept["ttl"] > 0
    assert value not in str(kept)


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(pages: Pages) -> None:
    """Session fixation: whoever planted it does not share the session."""
    victim, thief = pages.browser(), pages.browser()
    victim.cookies["phien"] = thief.cookies["phien"] = "planted-by-the-thief"
    pages.sign_in(victim, "binh")

    assert victim.cookies["phien"] != "planted-by-the-thief"
    assert is_signed_in(victim)
    assert not is_signed_in(thief)


def test_signing_in_again_ends_the_session_before(pages: Pages) -> None:
    browser, old = pages.browser("binh"), pages.browser()
    old.cookies = dict(browser.cookies)
    pages.sign_in(browser, "an")

    assert is_signed_in(browser)
    assert not is_signed_in(old)


def test_signing_out_ends_it_on_the_server_too(pages: Pages) -> None:
    browser, copy = pages.browser("binh"), pages.browser()
    copy.cookies = dict(browser.cookies)
    left = browser.post("/dang-xuat", browser.get("/").form("/dang-xuat"))

    assert (left.status, "phien" in browser.cookies) == (303, False)
    assert not is_signed_in(copy)
    assert "/_local/provider/logout?client_id=" in browser.get(left.location).text


def test_signing_out_without_a_session_is_no_trouble(pages: Pages) -> None:
    assert pages.browser().post("/dang-xuat", {}).location == "/dang-xuat"


def test_a_forms_token_is_asked_for(pages: Pages) -> None:
    other = pages.browser("an").get("/").form("/dang-xuat")["csrf"]

    for wrong in ("", "none", other, "ệ", "0" * 64):
        assert signed_out_with(pages.browser("binh"), csrf=wrong) == 403
    assert signed_out_with(pages.browser("binh")) == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.vn"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "http://127.0.0.1:8000.example.vn"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_right_token(pages: Pages, headers: dict[str, str]) -> None:
    assert signed_out_with(pages.browser("binh"), **headers) == 403


def test_a_refused_form_changes_nothing_and_says_what_to_do(pages: Pages) -> None:
    browser = pages.browser("binh")
    refused = browser.post("/dang-xuat", {"csrf": "wrong"})

    assert "tải lại trang" in refused.words
    assert is_signed_in(browser)


def test_an_old_browser_that_says_nothing_of_origins_is_believed_by_its_token(pages: Pages) -> None:
    browser = pages.browser("binh")
    form = browser.get("/").form("/dang-xuat")
    body = f"csrf={form['csrf']}".encode()

    answer = browser.ask("POST", "/dang-xuat", body, {"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.status == 303


@pytest.mark.parametrize("body", [b"\xff\xfe", b"csrf=%00", b"csrf=%ff", b"&" * 300_000, b"a=1&" * 3000])
def test_what_is_no_form_is_refused(pages: Pages, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert pages.browser("binh").ask("POST", "/dang-xuat", body, headers).status in (400, 403, 413)


def test_an_officers_day_ends_after_eight_hours_however_busy(pages: Pages, later: Any) -> None:
    an = pages.browser("an")
    for hours in range(1, 8):
        later(hours * HOUR)
        assert is_signed_in(an)
    later(8 * HOUR)

    assert not is_signed_in(an)


def test_a_citizens_session_ends_two_hours_after_they_stopped(pages: Pages, later: Any) -> None:
    binh, hoa = pages.browser("binh"), pages.browser("hoa")
    later(1.9 * HOUR)
    assert is_signed_in(binh)
    later(2.1 * HOUR)
    assert is_signed_in(binh)
    assert not is_signed_in(hoa)
    later(4.2 * HOUR)

    assert not is_signed_in(binh)


def test_a_citizens_session_lasts_twelve_hours_at_most(pages: Pages, later: Any) -> None:
    binh = pages.browser("binh")
    for hours in range(1, 12):
        later(hours * HOUR)
        assert is_signed_in(binh)
    later(12 * HOUR)

    assert not is_signed_in(binh)


def test_a_session_closed_elsewhere_is_not_revived_by_a_visit(pages: Pages, later: Any) -> None:
    from chalicelib.clock.now import now
    from chalicelib.site import session_records

    browser = pages.browser("binh")
    session = session_records.session_of(browser.cookies["phien"], now())
    assert session is not None
    session_records.close(session.id)
    session_records.prolong(session)

    assert session_records.session_of(browser.cookies["phien"], now()) is None


def test_reading_pages_costs_a_session_few_writes(pages: Pages, later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.site import session_records

    written: list[Any] = []
    monkeypatch.setattr(session_records, "prolong", written.append)
    binh = pages.browser("binh")
    for minutes in range(5):
        later(timedelta(minutes=minutes))
        binh.get("/")

    assert written == []


def test_the_api_believes_no_cookie(pages: Pages) -> None:
    """Pages of any origin may ask the API: what the browser brings by itself must not count there."""
    binh = pages.browser("binh")

    assert binh.get("/dossiers").status == 401
    assert binh.get("/dossiers", Authorization="Bearer " + binh.cookies["phien"]).status == 401


def test_nobody_is_trapped_by_cookies_that_are_none(pages: Pages) -> None:
    for value in ("", "x", "%00", "a" * 3000, "=;="):
        browser = pages.browser()
        browser.cookies["phien"] = value
        assert browser.get("/").status == 200


def test_production_refuses_a_local_provider(pages: Pages) -> None:
    import json

    from pydantic import ValidationError

    from chalicelib.settings import settings
    from ops.local.template import stage_environment

    real = {
        "issuer": "https://id.example.vn",
        "audience": "motcua",
        "holders": "both",
        "client_id": "pages",
        "authorize_url": "https://id.example.vn/a",
        "token_url": "https://id.example.vn/t",
    }
    production = stage_environment("production")
    links = {name: value for name, value in production.items() if name.endswith("_URL") or name == "PAYMENTS"}
    for name in ("authorize_url", "token_url", "logout_url"):
        local = json.dumps([real | {name: "http://127.0.0.1:8000/_local/provider"}])
        with environment(STAGE="production", ISSUERS=local, **links), pytest.raises(ValidationError, match="refused"):
            settings()
    with environment(STAGE="production", ISSUERS=json.dumps([real]), **links):
        assert settings().ISSUERS[0].client_id == "pages"
