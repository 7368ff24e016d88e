"""Filing at the desk for somebody present: on one page, all that is wrong at once, then accepted with its receipt."""

import io
import re
from urllib.parse import urlsplit

import boto3
from pypdf import PdfReader

from chalicelib.settings import settings
from tests.dossiers.conftest import AT_DESK, FREE, WITH_PAPER, a_draft
from tests.site.conftest import Pages
from tests.site.officers import hidden, offered, press
from tests.site.test_desk_files import uploaded
from tests.site.test_owner import OWNER
from tests.site.test_pages import HOSTILE, require_page

PLACE = "/can-bo/quay"
TYPED = {
    "applicant.full_name": "Trần Thị Bình",
    "applicant.identity_number": "056190001234",
    "applicant.phone": "0905123456",
    "applicant.address.line": "12 Lê Lợi",
    "applicant.address.commune": "Nha Trang",
    "applicant.address.province": "Khánh Hòa",
    "applicant.kind": "person",
    "delivery.channel": "desk",
    "form.purpose": "Bổ túc hồ sơ",
}


def test_a_clerk_files_and_accepts_for_somebody_present_and_prints_the_receipt(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{WITH_PAPER.code}"
    found = clerk.get(f"{PLACE}?q={WITH_PAPER.code}")
    require_page(found)
    assert f'href="{address}"' in found.text
    page = clerk.get(address)
    require_page(page)
    sent = hidden(page, address)
    filed = clerk.post(address, sent | TYPED | {"paper": "giay-to"})
    assert filed.status == 303, filed.words
    dossier_id = filed.location.split("/")[3].split("?")[0]
    again = clerk.post(address, sent | TYPED | {"paper": "giay-to"})
    assert (again.status, again.location) == (303, f"/can-bo/ho-so/{dossier_id}"), "sent twice, begun once"
    shown = clerk.get(filed.location)
    require_page(shown)
    assert "Giấy tờ tuỳ thân" in shown.words
    assert "tiep-nhan" in offered(shown)
    assert press(clerk, dossier_id, "tiep-nhan").status == 303
    text = clerk.get(f"/can-bo/ho-so/{dossier_id}").text
    (receipt,) = re.findall(rf'href="(/can-bo/giay-to/{dossier_id}/[^"]+receipt)"', text)
    link = clerk.get(receipt).location
    assert "response-content-disposition=inline" in link, "shown, to be printed"
    key = urlsplit(link).path.removeprefix(f"/{settings().BUCKET}").lstrip("/")
    pdf = boto3.client("s3").get_object(Bucket=settings().BUCKET, Key=key)["Body"].read()
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (420, 595), "A5"


def test_everything_wrong_is_told_at_once_and_nothing_is_begun(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{WITH_PAPER.code}"
    bare = clerk.post(address, hidden(clerk.get(address), address) | {"applicant.full_name": HOSTILE})
    require_page(bare)
    assert bare.status == 422
    for field in ("applicant.phone", "form.purpose", "documents.giay-to", "delivery.channel"):
        assert f'href="#{field}"' in bare.text, field
    assert "<script>alert" not in bare.text
    assert "&lt;script&gt;" in bare.text


def test_the_dossier_of_somebody_who_is_not_there_names_its_owner(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{FREE.code}"
    page = clerk.get(address)
    chosen = [each.get("value") for each in page.document.iter("input") if "checked" in each.attrib]
    assert "minh" in chosen
    filed = clerk.post(address, hidden(page, address) | TYPED | OWNER | {"cho": "khac"})
    assert filed.status == 303, filed.words
    shown = clerk.get(filed.location)
    require_page(shown)
    dossier_id = filed.location.split("/")[3].split("?")[0]
    told = pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier_id}").body

    assert "Lê Văn Cụ" in shown.words
    assert (told["owner"]["full_name"], told["applicant"]["full_name"]) == ("Lê Văn Cụ", "Trần Thị Bình")
    assert told["owner"]["date_of_birth"] == "1940-04-03"


def test_what_is_wrong_with_the_owner_is_told_with_the_rest_and_what_was_typed_stays(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{FREE.code}"
    wrong = {"cho": "khac", "owner.phone": "12", "form.purpose": "", "owner.full_name": HOSTILE}
    told = clerk.post(address, hidden(clerk.get(address), address) | TYPED | OWNER | wrong)
    require_page(told)
    assert told.status == 422
    for field, label in (("owner.phone", "Số điện thoại: "), ("form.purpose", "Mục đích: ")):
        assert f">{label}" in told.text.split('id="loi"')[1].split("</ul>")[0], field
        assert f'href="#{field}"' in told.text, field
    assert "<script>alert" not in told.text
    assert told.form(address)["owner.full_name"] == HOSTILE
    assert clerk.post(address, hidden(clerk.get(address), address) | TYPED | {"cho": "khac"}).status == 422


def test_an_owner_who_is_named_is_never_passed_over(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{FREE.code}"
    told = clerk.post(address, hidden(clerk.get(address), address) | TYPED | OWNER | {"cho": "minh"})
    require_page(told)
    assert told.status == 422
    assert 'href="#cho"' in told.text
    own = clerk.post(address, hidden(told, address) | TYPED | {"cho": "minh"})
    assert own.status == 303, own.words
    dossier_id = own.location.split("/")[3].split("?")[0]
    assert pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier_id}").body["owner"] is None


def test_papers_are_scanned_into_the_draft_before_it_is_filed(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{WITH_PAPER.code}"
    sent = hidden(clerk.get(address), address) | TYPED | {"act": "scan"}
    assert clerk.post(address, sent | {"form.purpose": ""}).status == 422, "but for the papers all must be right"
    begun = clerk.post(address, sent)
    dossier_id = begun.location.split("/")[3]
    assert (begun.status, begun.location) == (303, f"/can-bo/ho-so/{dossier_id}/nop")
    draft = clerk.get(begun.location)
    require_page(draft)
    assert "Được tính khi nộp hồ sơ." in draft.words, "its fee is not known yet, and never said to be none"
    assert "Không phải nộp" not in draft.words
    refused = press(clerk, dossier_id, "nop")
    require_page(refused)
    assert (refused.status, 'href="#documents.giay-to"' in refused.text) == (422, True)
    shown = uploaded(clerk, dossier_id, "giay-to", clerk.get(begun.location))
    require_page(shown)
    assert "Đã nhận" in shown.words
    assert offered(shown) >= {"nop"}
    filed = press(clerk, dossier_id, "nop")
    assert filed.status == 303, filed.words
    told = pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier_id}").body
    files = pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier_id}/documents").body["items"]

    assert told["status"] == "submitted"
    assert [(each["component"], each["by"]) for each in files] == [("giay-to", "officer")]


def test_what_was_seen_on_paper_need_not_be_scanned(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{WITH_PAPER.code}"
    begun = clerk.post(address, hidden(clerk.get(address), address) | TYPED | {"act": "scan", "paper": "giay-to"})
    assert "Đã xem bản giấy tại quầy." in clerk.get(begun.location).words

    assert press(clerk, begun.location.split("/")[3], "nop").status == 303


def test_a_scan_is_taken_out_of_the_draft_again(pages: Pages) -> None:
    clerk, address = pages.browser("an"), f"{PLACE}/{WITH_PAPER.code}"
    begun = clerk.post(address, hidden(clerk.get(address), address) | TYPED | {"act": "scan"})
    dossier_id = begun.location.split("/")[3]
    shown = uploaded(clerk, dossier_id, "giay-to", clerk.get(begun.location))
    (action,) = set(re.findall(rf'"(/can-bo/nop-tep/{dossier_id}/tai-len/[^"]+)"', shown.text))
    gone = clerk.post(action, hidden(shown, action))

    assert (gone.status, gone.location) == (303, begun.location)
    assert press(clerk, dossier_id, "nop").status == 422


def test_only_clerks_of_an_agency_that_handles_it_file_at_its_desk(pages: Pages) -> None:
    assert pages.browser("chi").get(PLACE).status == 403
    assert pages.browser("lan").get(f"{PLACE}/{FREE.code}").status == 403
    assert pages.browser("an").get(f"{PLACE}/{AT_DESK.code}").status == 200
    assert pages.browser("an").get(f"{PLACE}/9.999999").status == 404


def test_a_draft_whose_filing_was_cut_short_is_filed_from_its_own_page(pages: Pages) -> None:
    draft = pages.officer("clerk", "H32.10").post("/dossiers", a_draft(delivery={"channel": "desk"})).body
    clerk = pages.browser("an")
    page = clerk.get(f"/can-bo/ho-so/{draft['id']}")
    require_page(page)
    assert offered(page) == {"nop"}
    assert press(clerk, draft["id"], "nop").status == 303
    assert "tiep-nhan" in offered(clerk.get(f"/can-bo/ho-so/{draft['id']}"))
