"""Papers of many dossiers printed at once: one file, an outcome for each, in bounded time."""

import io
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from pypdf import PdfReader

from chalicelib.papers import actions as papers
from chalicelib.settings import settings
from tests.site.conftest import FORM, OWN, Browser, Pages, Shown
from tests.site.officers import filed
from tests.site.test_pages import require_headers, require_page

A5 = (419.53, 595.28)


def accepted(pages: Pages) -> dict[str, Any]:
    dossier = filed(pages)
    assert pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance").status == 200
    return dossier


def printed(browser: Browser, rows: list[str], kind: str = "receipt") -> Shown:
    said = [("csrf", browser.get("/tra-cuu").form("/dang-xuat")["csrf"]), ("giay", kind), ("hang", "to_accept")]
    sent = urlencode([*said, *(("ho-so", each) for each in rows)]).encode()
    return browser.ask("POST", "/can-bo/in", sent, {"Content-Type": FORM, "Origin": OWN})


def row(dossier: dict[str, Any]) -> str:
    return f"{dossier['id']}:{dossier['version']}:{dossier['code']}"


def file_of(shown: Shown) -> PdfReader:
    """What is behind the link, as the store has it; the link says how a browser takes it."""
    (link,) = (each.get("href") for each in shown.document.iter("a") if "prints/" in (each.get("href") or ""))
    assert "response-content-disposition=inline" in link
    assert "response-content-type=application%2Fpdf" in link
    key = urlsplit(link).path.partition(f"{settings().BUCKET}/")[2] or urlsplit(link).path.lstrip("/")
    data = boto3.client("s3").get_object(Bucket=settings().BUCKET, Key=key)["Body"].read()
    return PdfReader(io.BytesIO(data))


def test_the_receipts_of_those_ticked_are_one_file_on_a5_and_what_is_missing_is_named(pages: Pages) -> None:
    first, second, waiting = accepted(pages), accepted(pages), filed(pages)
    shown = printed(pages.browser("an"), [row(second), row(waiting), row(first), "x" * 3000, "none-such:1:<i>x</i>"])

    require_page(shown)
    require_headers(shown)
    assert "2/5" in shown.words
    assert "Hồ sơ chưa có “Giấy tiếp nhận hồ sơ và hẹn trả kết quả”." in shown.words
    assert "<i>x" not in shown.text
    reader = file_of(shown)
    texts = [page.extract_text() for page in reader.pages]
    assert [code for code in (second["code"], first["code"]) for text in texts if code in text][0] == second["code"]
    assert all(code in "".join(texts) for code in (first["code"], second["code"]))
    sizes = {(round(float(page.mediabox.width), 2), round(float(page.mediabox.height), 2)) for page in reader.pages}
    assert sizes == {A5}


def test_what_is_printed_again_is_the_very_paper_that_is_kept(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier, clerk = accepted(pages), pages.browser("an")
    before = printed(clerk, [row(dossier)])

    def never(*_: Any) -> bytes:
        raise AssertionError("it is kept already")

    monkeypatch.setattr(papers, "made", never)
    after = printed(clerk, [row(dossier), row(dossier)])
    assert "1/1" in after.words
    assert len(file_of(before).pages) == len(file_of(after).pages) == 1


@pytest.mark.parametrize("kind", ["control_slip", "supplement_request"])
def test_other_papers_are_printed_too(pages: Pages, kind: str) -> None:
    dossier = accepted(pages)
    what = {"items": [{"field": "/purpose", "reason": "Ghi rõ"}]}
    pages.officer("specialist", "H32.10").decide(dossier["id"], "supplement-requests", what)
    shown = printed(pages.browser("an"), [row(dossier)], kind)

    assert "1/1" in shown.words
    assert dossier["code"] in file_of(shown).pages[0].extract_text()


def test_a_revoked_paper_is_not_printed_and_another_agency_prints_nothing(pages: Pages) -> None:
    dossier, clerk = accepted(pages), pages.officer("clerk", "H32.10")
    (paper,) = (
        each["paper_id"]
        for each in clerk.get(f"/dossiers/{dossier['id']}/papers").body["items"]
        if each["kind"] == "receipt"
    )
    assert clerk.post(f"/papers/{paper}/revocation", {"reason": "Ghi sai"}).status == 200
    shown = printed(pages.browser("an"), [row(dossier)])

    require_page(shown)
    assert "0/1" in shown.words
    assert "đã bị thu hồi" in shown.words
    assert "prints/" not in shown.text
    assert "prints/" not in printed(pages.browser("lan"), [row(accepted(pages))]).text


def test_what_there_is_no_time_for_is_said_and_printed_by_the_next_press(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, clerk, ticking = [row(accepted(pages)) for _ in range(3)], pages.browser("an"), iter(range(0, 1000, 9))
    monkeypatch.setattr("chalicelib.site.print_pages.monotonic", lambda: next(ticking))
    shown = printed(clerk, rows)

    require_page(shown)
    assert "1/3" in shown.words
    assert shown.words.count("Chưa kịp in trong lần này.") == 2
    monkeypatch.undo()
    left = [
        each.get("value")
        for form in shown.document.iter("form")
        if form.get("action") == "/can-bo/in"
        for each in form.iter("input")
        if each.get("name") == "ho-so"
    ]
    assert left == rows[1:]
    assert "2/2" in printed(clerk, left).words


def test_nothing_too_much_or_no_such_form_is_refused(pages: Pages) -> None:
    clerk = pages.browser("an")

    assert printed(clerk, []).status == 422
    assert printed(clerk, [f"x{n}:1:x" for n in range(101)]).status == 422
    assert printed(clerk, ["x:1:x"], "register").status == 400
    assert printed(clerk, ["x:1:x"], "none").status == 400
    assert printed(pages.browser("quan"), ["x:1:x"]).status == 403


def test_a_page_of_the_desk_is_ticked_whole_and_may_hold_a_hundred(pages: Pages) -> None:
    accepted(pages)
    clerk = pages.browser("an")
    plain, ticked = clerk.get("/can-bo?hang=all"), clerk.get("/can-bo?hang=all&chon=1&so=100")

    def boxes(page: Shown) -> list[bool]:
        return [each.get("checked") is not None for each in page.document.iter("input") if each.get("name") == "ho-so"]

    for page in (plain, ticked):
        require_page(page)
    assert boxes(plain)
    assert not any(boxes(plain))
    assert all(boxes(ticked))
    assert 'href="/can-bo?hang=all&amp;so=100"' in ticked.text, "ticked by nobody again, as many"
    assert clerk.get("/can-bo?so=101").status == 422
