"""Files brought to a dossier from its pages: by a browser without scripts, and by the script."""

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.documents.actions import arrived
from chalicelib.settings import settings
from tests.documents import samples
from tests.dossiers.conftest import PDF, WITH_PAPER
from tests.site.conftest import Browser, Pages, Shown
from tests.site.test_filing import ANSWERS, begun, sent
from tests.site.test_pages import HOSTILE, require_page

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    return pages.browser("binh")


def sent_to_the_store(page: Shown, data: bytes, back: str = "/ho-so/") -> None:
    """What the browser does with the form, and the store's event."""
    (form,) = (each for each in page.document.iter("form") if each.get("enctype"))
    fields = {each.get("name"): each.get("value") for each in form.iter("input")}
    assert fields["success_action_redirect"].startswith(f"http://127.0.0.1:8000{back}")
    assert list(form.iter("input"))[-1].get("type") == "file", "the store ignores what comes after the file"
    assert "csrf" not in fields
    boto3.client("s3").put_object(Bucket=settings().BUCKET, Key=fields["key"], Body=data)
    arrived(fields["key"], now())


def uploaded(browser: Browser, draft: str, data: bytes, code: str = "giay-to") -> str:
    """Without scripts; the address of the upload's page."""
    place = sent_from(browser, draft, code)
    page = browser.get(place)
    require_page(page)
    sent_to_the_store(page, data)
    return place


def sent_from(browser: Browser, draft: str, code: str = "giay-to") -> str:
    action = f"{draft}/giay-to/{code}"
    chosen = browser.post(action, browser.get(f"{draft}/giay-to").form(action))
    assert chosen.status == 303
    return chosen.location


def test_a_file_is_brought_without_scripts_and_its_check_is_told(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    empty = binh.get(f"{draft}/giay-to")
    require_page(empty)
    assert "Giấy tờ tuỳ thân" in empty.words
    uploaded(binh, draft, PDF)

    shown = binh.get(f"{draft}/giay-to")
    require_page(shown)
    assert "Giấy tờ tuỳ thân.pdf" in shown.words
    assert "Đã nhận" in shown.words


def test_the_whole_filing_without_scripts(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    first = binh.get(f"{draft}/tiep").location
    assert binh.post(first, binh.get(first).form(first) | ANSWERS).location == f"{draft}/giay-to"
    lacking = sent(binh, f"{draft}/xem-lai")
    assert f"{draft}/giay-to?ve=xem-lai#documents.giay-to" in lacking.text
    uploaded(binh, draft, PNG)
    assert sent(binh, f"{draft}/nhan-ket-qua", delivery__channel="online").status == 303
    assert "Giấy tờ tuỳ thân.png" in binh.get(f"{draft}/xem-lai").words
    assert sent(binh, f"{draft}/xem-lai").location == f"{draft}/da-nop"

    whole = binh.get(draft)
    (link,) = (each.get("href") for each in whole.document.iter("a") if "/tep/" in (each.get("href") or ""))
    assert binh.get(link).location.startswith("http")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"MZ not a paper", "EXE"), (b"\0" * 50, "không có nội dung"), (PDF[:300], "cắt cụt"), (b"text", "không nhận ra")],
)
def test_a_file_that_is_none_of_those_taken_says_so(binh: Browser, data: bytes, said: str) -> None:
    draft = begun(binh, WITH_PAPER.code)
    uploaded(binh, draft, data)
    shown = binh.get(f"{draft}/giay-to")

    require_page(shown)
    assert said in shown.words
    assert "Đã nhận" not in shown.words


def test_a_file_is_removed_and_removing_it_twice_is_no_error(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    place = uploaded(binh, draft, PDF)
    form = binh.get(f"{draft}/giay-to").form(place)
    for _ in range(2):
        assert binh.post(place, form).location == f"{draft}/giay-to"

    assert "Giấy tờ tuỳ thân.pdf" not in binh.get(f"{draft}/giay-to").words


def test_a_place_is_used_once(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    place = uploaded(binh, draft, PDF)
    again = binh.get(place)

    assert again.status == 409
    require_page(again)


def test_a_component_that_nobody_asked_for(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    form = binh.get(f"{draft}/giay-to").form(f"{draft}/giay-to/giay-to")

    assert binh.post(f"{draft}/giay-to/khac", form).status == 422


def asked_by_script(browser: Browser, draft: str, **changes: Any) -> Shown:
    action = f"{draft}/giay-to/giay-to"
    said = {
        "file_name": "giấy tờ.pdf",
        "content_type": "application/pdf",
        "size": str(len(PDF)),
        "sha256": hashlib.sha256(PDF).hexdigest(),
    }
    form = browser.get(f"{draft}/giay-to").form(action)
    return browser.post(action, form | said | changes, Accept="application/json")


def test_the_script_declares_a_file_and_follows_its_check(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    given = asked_by_script(binh, draft)
    assert given.status == 200
    form = json.loads(given.text)
    boto3.client("s3").put_object(Bucket=settings().BUCKET, Key=form["upload"]["fields"]["key"], Body=PDF)
    arrived(form["upload"]["fields"]["key"], now())

    told = json.loads(binh.get(f"{draft}/tinh-trang-tep", Accept="application/json").text)
    file = told["files"][form["document_id"]]
    assert (file["state"], file["open"]) == ("Đã nhận", False)


def test_a_large_file_is_told_what_is_left_to_send_and_seen_as_unfinished_until_it_is_whole(binh: Browser) -> None:
    draft, large = begun(binh, WITH_PAPER.code), samples.png(more=7_000_000)
    said = {
        "file_name": "lớn.png",
        "content_type": "image/png",
        "size": str(len(large)),
        "sha256": hashlib.sha256(large).hexdigest(),
    }
    told = json.loads(asked_by_script(binh, draft, **said).text)
    assert [(each["number"], each["start"]) for each in told["parts"]] == [(1, 0), (2, 5 * 1024 * 1024)]
    waiting = binh.get(f"{draft}/giay-to")
    require_page(waiting)
    assert "Hãy chọn lại đúng tệp này" in waiting.words

    for part in told["parts"]:
        upload = {name: found[0] for name, found in parse_qs(urlsplit(part["url"]).query).items()}
        key = urlsplit(part["url"]).path.split(f"{settings().BUCKET}/")[-1].lstrip("/")
        boto3.client("s3").upload_part(
            Bucket=settings().BUCKET,
            Key=key,
            UploadId=upload["uploadId"],
            PartNumber=part["number"],
            Body=large[part["start"] : part["end"]],
        )
    assert json.loads(asked_by_script(binh, draft, **said).text)["done"]
    arrived(key, now())
    whole = binh.get(f"{draft}/giay-to")
    assert "Đã nhận" in whole.words
    assert "chọn lại" not in whole.words


@pytest.mark.parametrize("changes", [{"size": "0"}, {"size": "x"}, {"sha256": "xyz"}, {"content_type": "text/html"}])
def test_what_the_script_cannot_bring_is_refused_in_words(binh: Browser, changes: dict[str, str]) -> None:
    refused = asked_by_script(binh, begun(binh, WITH_PAPER.code), **changes)

    assert refused.status == 422
    assert '"errors"' in refused.text


def test_a_hostile_file_name_is_only_text(binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    assert asked_by_script(binh, draft, file_name=f"{HOSTILE}.pdf").status == 200
    for path in (f"{draft}/giay-to", f"{draft}/xem-lai"):
        shown = binh.get(path)
        require_page(shown)
        assert "<script>alert" not in shown.text


def test_another_citizens_files_do_not_exist(pages: Pages, binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    place, hoa = uploaded(binh, draft, PDF), pages.browser("hoa")

    for path in (f"{draft}/giay-to", place, f"{draft}/tinh-trang-tep", place.replace("/tai-len/", "/tep/")):
        assert hoa.get(path).status == 404
