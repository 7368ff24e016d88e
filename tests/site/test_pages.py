"""What every page owes: its markup, its frame, its headers, who may see it, and a refusal that a person can read."""

import gzip
import re
from typing import Any

import pytest

from chalicelib.site import PAGES, Page, assets
from chalicelib.site.rendering import day, dong, environment, when
from tests.site.conftest import Pages, Shown, path_of

READ = [each for each in PAGES if each.method == "GET" and not each.path.startswith("/assets/")]
SENT = [each for each in PAGES if each.method == "POST"]
HOSTILE = "\"><script>alert(1)</script>'&"


def named(page: Page) -> str:
    return f"{page.method} {page.path}"


def require_page(shown: Shown) -> None:
    """Well-formed, in a language, with a title, one first heading, a way past the frame, nothing inline."""
    root = shown.document
    assert root.get("lang") in ("vi", "en")
    assert root.get("lang") == shown.headers["content-language"]
    assert root.find("head/title").text.strip()
    assert len(list(root.iter("h1"))) == 1
    first = next(root.iter("a"))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert first.get("href") == "#noi-dung"
    assert "noi-dung" in ids
    assert len(ids) == len(set(ids))
    assert not [each for each in root.iter() if each.get("style") or any(name.startswith("on") for name in each.attrib)]
    assert not [each for each in root.iter("script") if not each.get("src")]
    assert not list(root.iter("style"))
    labelled = {each.get("for") for each in root.iter("label")}
    for field in [*root.iter("input"), *root.iter("select"), *root.iter("textarea")]:
        named = field.get("aria-label") or field.get("id") in labelled
        assert field.get("type") == "hidden" or named, field.attrib


def require_headers(shown: Shown) -> None:
    policy = dict(part.split(" ", 1) for part in shown.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in str(policy)
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("who", ["", "binh", "an"])
@pytest.mark.parametrize("page", READ, ids=named)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_is_a_page_for_everybody(pages: Pages, page: Page, who: str, language: str) -> None:
    """Also when it is a refusal: the addresses have nothing behind them here."""
    shown = pages.browser(who, Accept_Language=language).get(path_of(page.path))

    assert shown.status < 500
    require_headers(shown)
    if shown.status == 303:
        assert shown.location.startswith("/")
    else:
        require_page(shown)
        assert shown.headers["content-language"] == language
    assert shown.headers["cache-control"] == ("no-store" if who else "no-cache")


@pytest.mark.parametrize("page", [each for each in PAGES if each.who != "anyone"], ids=named)
def test_nobody_is_sent_to_sign_in_and_the_wrong_kind_is_refused(pages: Pages, page: Page) -> None:
    path, wrong = path_of(page.path), {"citizen": "an", "officer": "binh"}.get(page.who)
    form: dict[str, str] = {}
    asked = (lambda browser: browser.get(path)) if page.method == "GET" else (lambda browser: browser.post(path, form))

    shown = asked(pages.browser())
    assert (shown.status, shown.location.split("?")[0]) == (303, "/dang-nhap")
    assert not wrong or asked(pages.browser(wrong)).status == 403


@pytest.mark.parametrize("page", SENT, ids=named)
def test_no_form_is_carried_out_without_its_token(pages: Pages, page: Page) -> None:
    who = {"citizen": "binh", "officer": "an"}.get(page.who, "binh")

    assert pages.browser(who).post(path_of(page.path), {"csrf": "guessed"}).status == 403
    assert pages.browser().post(path_of(page.path), {}, Origin="https://example.vn").status in (303, 403)


def test_a_browser_that_is_sent_to_sign_in_comes_back(pages: Pages) -> None:
    browser = pages.browser()
    shown = pages.sign_in(browser, "binh", back="/?q=khai+sinh+%C4%91%C3%BAng&lang=vi")

    assert shown.location == "/?q=khai+sinh+%C4%91%C3%BAng&lang=vi"


def test_vietnamese_first_and_english_by_a_switch_that_is_remembered(pages: Pages) -> None:
    browser = pages.browser()
    assert browser.get("/").headers["content-language"] == "vi"
    switch = re.search(r'<a href="([^"]+)" hreflang="en"', browser.get("/").text)
    assert switch
    assert browser.get(switch[1]).headers["content-language"] == "en"
    assert browser.get("/").headers["content-language"] == "en"
    assert browser.get("/?lang=none").headers["content-language"] == "en"
    assert browser.get("/?lang=vi").headers["content-language"] == "vi"
    assert browser.get("/", Accept_Language="en").headers["content-language"] == "vi"


def test_the_switch_keeps_the_question_and_escapes_it(pages: Pages) -> None:
    from urllib.parse import quote

    text = pages.browser().get(f"/?q={quote(HOSTILE)}&lang=vi").text

    assert "<script>alert" not in text
    assert "?q=%22%3E%3Cscript%3E" in text


def test_an_address_that_names_nothing_is_a_page(pages: Pages) -> None:
    shown = pages.browser().get("/assets/none.css")

    assert shown.status == 404
    require_page(shown)


def test_a_defect_is_a_page_without_detail(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.site import signing_in

    def broken() -> Any:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(signing_in, "doors", broken)
    shown = pages.browser().get("/dang-nhap")

    assert shown.status == 500
    assert "secret" not in shown.text
    require_page(shown)


def test_a_script_that_asks_for_facts_is_refused_in_facts(pages: Pages) -> None:
    shown = pages.browser("binh").post("/dang-xuat", {"csrf": "wrong"}, Accept="application/json")

    assert shown.status == 403
    assert '"code": "form_not_ours"' in shown.text


def test_a_first_visit_is_light(pages: Pages) -> None:
    home = pages.browser().get("/").text
    files = [pages.browser().get(address).text for address in set(re.findall(r'"(/assets/[^"]+)"', home))]

    assert len(files) == 4
    assert sum(len(gzip.compress(text.encode(), 6)) for text in (home, *files)) <= 60_000


@pytest.mark.parametrize("file", sorted(each.name for each in assets.FOLDER.iterdir()))
def test_a_file_is_kept_for_ever_under_the_name_of_its_content(pages: Pages, file: str) -> None:
    address = assets.address(file)
    now, before = (
        pages.browser().get(address),
        pages.browser().get(re.sub(r"\.[0-9a-f]{12}\.", ".000000000000.", address)),
    )

    assert (now.status, now.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert (before.text, before.headers["cache-control"]) == (now.text, "no-cache")


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fpages.py", "site.000000000000.py", "site.css", "no.000000000000.css"])
def test_no_other_file_is_given_out(pages: Pages, name: str) -> None:
    assert pages.browser().get(f"/assets/{name}").status == 404


def test_what_a_macro_is_handed_is_escaped() -> None:
    template = """{% import "ui.html" as ui %}
    {{ ui.field("a", x, {"a": x}, {"a": x}, hint=x) }}{{ ui.textarea("b", x, {"b": x}, {"b": x}) }}
    {{ ui.select("c", x, [(x, x)], {"c": x}, {}) }}{{ ui.choose("d", x, [(x, x, x)], x, {"d": x}) }}
    {{ ui.button(x) }}{{ ui.button(x, href=x) }}{{ ui.tag(x) }}{{ ui.summary_list([(x, x, x)]) }}
    {{ ui.table(x, [x], [[x]]) }}{{ ui.next_page(x) }}{{ ui.error_summary([{"field": x, "told": x}]) }}
    {% call ui.banner(x) %}{{ x }}{% endcall %}"""
    made = environment("vi").from_string(template).render(x=HOSTILE)

    assert "<script" not in made
    assert made.count("&lt;script&gt;") > 30
    assert not re.search(r'="[^"]*"[^\s>/]', made), "no quote ends an attribute early"


def test_dates_and_money_read_as_people_write_them() -> None:
    from datetime import UTC, date, datetime

    assert when(datetime(2026, 9, 1, 18, 5, tzinfo=UTC)) == "01:05 02/09/2026"
    assert day(datetime(2026, 9, 1, 18, 5, tzinfo=UTC)) == "02/09/2026"
    assert day(date(2026, 9, 2)) == "02/09/2026"
    assert dong(1_500_000) == "1.500.000\u00a0₫"


def test_every_page_has_a_name_of_its_own() -> None:
    names = [page.name for page in PAGES]

    assert len(names) == len(set(names))


def test_pages_and_api_do_not_meet() -> None:
    from chalicelib.web import OPERATIONS

    taken = {operation.path.split("/")[1] for operation in OPERATIONS}

    assert not taken & {page.path.split("/")[1] for page in PAGES}
