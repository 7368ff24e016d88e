"""English is whole: a citizen who reads no Vietnamese meets it only as data, and marked as the language it is in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.site.rendering import TEMPLATES, environment
from tests.dossiers.conftest import FREE, OFFLINE, PAID, WITH_PAPER
from tests.site.conftest import Browser, Pages, Shown
from tests.site.test_filing import sent
from tests.site.test_pages import require_page
from tests.site.test_parcels import handed_over, told

VIETNAMESE: Final = re.compile(r"[À-ÖØ-öø-ỹ]")
# What people type stays as they typed it; here it is typed without accents, so that what remains is ours.
APPLICANT: Final = {
    "applicant.kind": "person",
    "applicant.full_name": "Tran Thi Binh",
    "applicant.identity_number": "056190001234",
    "applicant.phone": "0905123456",
    "applicant.date_of_birth": "2/9/1990",
    "applicant.address.line": "12 Le Loi",
    "applicant.address.commune": "Nha Trang",
    "applicant.address.province": "Khanh Hoa",
}
ANSWERS: Final = {"form.purpose": "To work", "form.copies": "2"}
SPOKEN: Final = ("aria-label", "alt", "placeholder")


def unmarked(element: Any, inside: str = "en") -> Iterator[str]:
    """Every text outside of what is marked as Vietnamese that has Vietnamese letters in it."""
    language = element.get("lang") or inside
    if language == "en" and isinstance(element.tag, str):
        yield from (text for name in SPOKEN if VIETNAMESE.search(text := element.get(name) or ""))
        if VIETNAMESE.search(element.text or ""):
            yield element.text.strip()
    for child in element:
        yield from unmarked(child, language)
        if language == "en" and VIETNAMESE.search(child.tail or ""):
            yield child.tail.strip()


def not_english(shown: Shown) -> list[str]:
    """What of the page is Vietnamese and does not say so."""
    require_page(shown)
    assert shown.headers["content-language"] == "en"
    return list(unmarked(shown.document.find("body")))


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    browser = pages.browser("binh")
    browser.get("/?lang=en")
    return browser


def filled(browser: Browser, code: str, *, walked: list[str]) -> str:
    """A draft that lacks nothing but being submitted; every page on the way is English."""
    path = f"/nop/{code}/nguoi-nop"
    begun = browser.post(path, browser.get(path).form(path) | APPLICANT)
    assert begun.status == 303, begun.words
    draft = begun.location.removesuffix("/tiep")
    first = browser.get(begun.location).location
    for each in (f"/nop/{code}", path, f"{draft}/nguoi-nop", first, draft, f"{draft}/nhan-ket-qua"):
        assert not_english(browser.get(each)) == []
        walked.append(each)
    assert browser.post(first, browser.get(first).form(first) | ANSWERS).status == 303
    assert sent(browser, f"{draft}/nhan-ket-qua", delivery__channel="online").status == 303
    assert not_english(browser.get(f"{draft}/xem-lai")) == []
    return draft


def filed(browser: Browser, code: str = FREE.code) -> str:
    draft = filled(browser, code, walked=[])
    assert sent(browser, f"{draft}/xem-lai").location == f"{draft}/da-nop"
    assert not_english(browser.get(f"{draft}/da-nop")) == []
    return draft


def decided(pages: Pages, dossier: str, what: str, body: Any = None, *, role: str = "clerk") -> None:
    told = pages.officer(role, "H32.10").decide(dossier.removeprefix("/ho-so/"), what, body)
    assert told.status == 200, told


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/tim",
            "/tim?q=zzzzqqqq",
            "/tim?agency=H32.10",
            "/linh-vuc",
            "/tra-cuu",
            "/dang-nhap",
            "/kiem-tra/none",
        ),
        *(f"/thu-tuc/{each.code}" for each in (FREE, PAID, WITH_PAPER, OFFLINE)),
        *("/thu-tuc/9.999999", "/assets/none.css"),
    ],
)
def test_what_anyone_reads(pages: Pages, path: str) -> None:
    assert not_english(pages.browser(Accept_Language="en").get(path)) == []


def test_a_wrong_look_up(pages: Pages) -> None:
    browser = pages.browser(Accept_Language="en")
    asking = browser.get("/tra-cuu").form("/tra-cuu")

    assert not_english(browser.post("/tra-cuu", asking)) == []
    assert not_english(browser.post("/tra-cuu", asking | {"code": "H32.10-000000-0000", "proof": "1234"})) == []


def test_every_fault_of_a_filing(binh: Browser) -> None:
    path = f"/nop/{FREE.code}/nguoi-nop"
    assert (
        not_english(
            binh.post(path, binh.get(path).form(path) | {"applicant.phone": "1", "applicant.date_of_birth": "x"})
        )
        == []
    )
    draft = binh.post(path, binh.get(path).form(path) | APPLICANT).location.removesuffix("/tiep")
    first = binh.get(f"{draft}/tiep").location
    assert (
        not_english(binh.post(first, binh.get(first).form(first) | {"form.purpose": "x", "form.copies": "many"})) == []
    )
    delivery = f"{draft}/nhan-ket-qua"
    nowhere = {"delivery.channel": "post", "delivery.address.line": "", "delivery.phone": "1"}
    assert not_english(binh.post(delivery, binh.get(delivery).form(delivery) | nowhere)) == []
    assert not_english(binh.post(f"{draft}/xem-lai", binh.get(f"{draft}/xem-lai").form(f"{draft}/xem-lai"))) == []
    owner = f"{draft}/chu-ho-so"
    assert not_english(binh.get(owner)) == []
    assert not_english(binh.post(owner, binh.get(owner).form(owner))) == []


def test_papers(binh: Browser) -> None:
    draft = filled(binh, WITH_PAPER.code, walked=[])
    assert not_english(binh.get(f"{draft}/giay-to")) == []
    action = f"{draft}/giay-to/giay-to"
    place = binh.post(action, binh.get(f"{draft}/giay-to").form(action)).location
    assert not_english(binh.get(place)) == []
    assert not_english(binh.get(f"{draft}/giay-to")) == []
    assert not_english(binh.get(f"{draft}/xem-lai")) == []


def test_a_dossier_from_its_filing_to_its_rating(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh)
    for path in (dossier, f"{dossier}/rut", "/ho-so"):
        assert not_english(binh.get(path)) == []
    assert not_english(binh.post(f"{dossier}/rut", binh.get(f"{dossier}/rut").form(f"{dossier}/rut"))) == []
    assert not_english(binh.post(f"{dossier}/tin-nhan", binh.get(dossier).form(f"{dossier}/tin-nhan"))) == []
    decided(pages, dossier, "supplement-requests", {"items": [{"field": "purpose", "reason": "Which"}], "note": ""})
    path = f"{dossier}/bo-sung"
    for each in (dossier, path, "/ho-so"):
        assert not_english(binh.get(each)) == []
    form = binh.get(path).form(path)
    assert not_english(binh.post(path, form | {"form.purpose": "x"})) == []
    again = binh.get(path).form(path)
    assert binh.post(path, again | {"form.purpose": "To study"}).location == dossier
    assert not_english(binh.post(path, again | {"form.purpose": "To rest"})) == []
    decided(pages, dossier, "acceptance")
    assert not_english(binh.get(dossier)) == []
    decided(pages, dossier, "result", {"outcome": "granted", "documents": []}, role="approver")
    assert not_english(binh.get(dossier)) == []
    assert not_english(binh.get("/ho-so")) == []
    decided(pages, dossier, "return", {"channel": "online"})
    assert not_english(binh.get(dossier)) == []
    rating = binh.get(dossier).form(f"{dossier}/danh-gia")
    assert not_english(binh.post(f"{dossier}/danh-gia", rating | {"attitude": "9", "timeliness": ""})) == []
    rated = rating | {"attitude": "5", "timeliness": "4", "comment": ""}
    assert binh.post(f"{dossier}/danh-gia", rated).status == 303
    assert not_english(binh.get(dossier)) == []


def test_the_fee(binh: Browser) -> None:
    dossier = filed(binh, PAID.code)
    for path in (dossier, f"{dossier}/thanh-toan", "/ho-so"):
        assert not_english(binh.get(path)) == []


def test_the_status_without_an_account(pages: Pages, binh: Browser) -> None:
    (code,) = re.findall(r'class="whole">(H32[^<]+)<', binh.get(filed(binh)).text.split("</h1>")[0])
    browser = pages.browser(Accept_Language="en")
    asking = browser.get("/tra-cuu").form("/tra-cuu")

    assert not_english(browser.post("/tra-cuu", asking | {"code": code, "proof": "3456"})) == []


def test_a_result_in_the_post(pages: Pages, binh: Browser) -> None:
    dossier, parcel = handed_over(pages, binh)
    told(parcel, "1", "2")

    assert not_english(binh.get(dossier)) == []
    assert not_english(binh.get("/ho-so")) == []


def test_a_transfer(pages: Pages, binh: Browser) -> None:
    path = f"{filed(binh, PAID.code)}/thanh-toan"
    form = binh.get(path).form(path)
    begun = [binh.post(path, form | {"provider": each}) for each in ("transfer", "vnpay")]
    for each in begun:
        assert not_english(binh.get(each.location) if each.status == 303 else each) == []


def test_what_nobody_may(binh: Browser) -> None:
    for path in ("/ho-so/none", "/can-bo"):
        assert not_english(binh.get(path)) == []


@pytest.mark.parametrize("template", sorted(each.name for each in TEMPLATES.glob("*.html")))
def test_a_template_says_nothing_in_one_language_only(template: str) -> None:
    """Our own words stand in `t(…, …)`, Vietnamese first; nothing Vietnamese stands outside or comes second."""
    text = re.sub(r"\{#.*?#\}", "", (TEMPLATES / template).read_text(encoding="utf-8"), flags=re.S)
    text = text.replace('"Tiếng Việt"', "")  # every language names itself
    pairs = re.findall(r'\bt\("([^"]*)",\s*"([^"]*)"\)', text)
    rest = re.sub(r'\bt\("[^"]*",\s*"[^"]*"(?: if [^"]*? else "[^"]*")?\)', "", text)

    assert [en for _, en in pairs if VIETNAMESE.search(en)] == []
    assert VIETNAMESE.findall(rest) == [], rest


def test_data_named_within_our_own_words_is_marked_alone() -> None:
    told = environment("en").from_string("{{ x|told }}").render

    assert told(x="“Giấy <b>” is missing. Send it.") == ('“<span lang="vi">Giấy &lt;b&gt;</span>” is missing. Send it.')
    assert told(x="Ngày sinh: this is no date.") == '<span lang="vi">Ngày sinh</span>: this is no date.'
    assert told(x="Purpose: too <short>.") == "Purpose: too &lt;short&gt;."
    assert environment("vi").from_string("{{ x|told }}").render(x="Mục này <b>") == "Mục này &lt;b&gt;"


def test_data_is_marked_as_vietnamese_where_it_is_and_only_in_english() -> None:
    template = "{{ x|vi }}"

    assert environment("en").from_string(template).render(x="Sở <b>") == '<span lang="vi">Sở &lt;b&gt;</span>'
    assert environment("en").from_string(template).render(x="Khanh <b>") == "Khanh &lt;b&gt;"
    assert environment("vi").from_string(template).render(x="Sở <b>") == "Sở &lt;b&gt;"


def pairs_of(module: Path) -> Iterator[tuple[str, str]]:
    """Words in both languages as modules have them: a pair of texts, or the two texts handed to `told`."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        both = node.elts if isinstance(node, ast.Tuple) else node.args if isinstance(node, ast.Call) else []
        texts = [each.value for each in both if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if len(texts) == len(both) == 2 and VIETNAMESE.search(texts[0]):
            yield texts[0], texts[1]


@pytest.mark.parametrize("module", sorted(TEMPLATES.parent.glob("*.py")), ids=lambda module: module.stem)
def test_a_module_of_pages_has_english_for_what_it_says(module: Path) -> None:
    assert [pair for pair in pairs_of(module) if VIETNAMESE.search(pair[1])] == []
