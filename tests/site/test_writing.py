"""A result written by form: the template with the dossier's facts, a preview, and the file it becomes."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalogue import actions as catalogue
from chalicelib.clock.now import now
from chalicelib.documents import actions as documents
from chalicelib.wordings.rules import Edition
from tests.dossiers.conftest import FREE, an_applicant
from tests.dossiers.test_writing import OWN, text
from tests.papers.conftest import bytes_of
from tests.site.conftest import Pages, Shown
from tests.site.officers import BASE, filed, hidden, offered, press
from tests.site.test_filing import filed as filed_by_form
from tests.site.test_pages import HOSTILE, require_page
from tests.site.test_wordings import kept, of, previewed

DEED = "soan-ket-qua"
TYPED = {"texts.content": "Đồng ý cấp.\r\nTrả ngay.", "texts.grounds": "Điều 64"}


@pytest.fixture(scope="module", autouse=True)
def published(pages: Pages) -> None:
    catalogue.publish(OWN, OWN.valid_from)


def accepted(pages: Pages, procedure: str = FREE.code, **changes: Any) -> str:
    dossier_id: str = filed(pages, procedure, **changes)["id"]
    assert pages.officer("clerk", "H32.10").decide(dossier_id, "acceptance").status == 200
    return dossier_id


def address(dossier_id: str) -> str:
    return f"{BASE}/{dossier_id}/{DEED}"


def values(page: Shown) -> dict[str, str]:
    fields = [each for each in page.document.iter() if (each.get("name") or "").startswith("texts.")]
    return {each.get("name"): (each.text or each.get("value") or "").strip() for each in fields}


def results(pages: Pages, dossier_id: str) -> list[dict[str, Any]]:
    listed = pages.officer("specialist", "H32.10").get(f"/dossiers/{dossier_id}/documents").body["items"]
    return [each for each in listed if each["component"] == "result"]


def draft_in(page: Shown) -> str:
    frame = next(page.document.iter("iframe"))
    return text(bytes_of(frame.get("src")))


def test_from_the_template_to_the_citizen_purely_through_pages(pages: Pages) -> None:
    dossier_id = accepted(pages, OWN.code, form={"purpose": "Xin việc", "copies": 2})
    chi, duyen = pages.browser("chi"), pages.browser("duyen")
    assert DEED in offered(chi.get(f"{BASE}/{dossier_id}"))
    assert f'href="{address(dossier_id)}"' in chi.get(f"{BASE}/{dossier_id}/trinh").text
    page = chi.get(address(dossier_id))
    require_page(page)
    for words in ("Xét đơn của Trần Thị Bình", "Về việc cấp 2 bản sao", "Mục đích: Xin việc", "Điều 1. [Nội dung]"):
        assert words in page.words
    assert values(page) == {"texts.decision": "Cấp cho Trần Thị Bình.", "texts.note": ""}
    typed = {"texts.decision": "Cấp 02 bản sao."}

    preview = press(chi, dossier_id, DEED, viec="xem-truoc", **typed)
    require_page(preview)
    assert "DỰ THẢO" in draft_in(preview)
    assert "Cấp 02 bản sao." in draft_in(preview)
    assert values(preview) == {"texts.decision": "Cấp 02 bản sao.", "texts.note": ""}
    assert "đã thay đổi" not in preview.words
    assert results(pages, dossier_id) == []

    sent = chi.post(address(dossier_id), hidden(preview, address(dossier_id)) | typed)
    assert (sent.status, sent.location) == (303, f"{BASE}/{dossier_id}/trinh?xong={DEED}")
    shown = chi.get(sent.location)
    require_page(shown)
    assert "Đã lập văn bản kết quả." in shown.words
    (document,) = results(pages, dossier_id)
    assert document["file_name"] in shown.text
    assert "đang được kiểm tra; chọn được ở đây khi kiểm tra xong" in shown.words
    documents.arrived(f"quarantine/{dossier_id}/{document['document_id']}", now())
    assert press(chi, dossier_id, "trinh", outcome="granted", documents=document["document_id"]).status == 303
    decided = press(duyen, dossier_id, "quyet-dinh", outcome="granted", documents=document["document_id"])
    assert decided.status == 303
    history = duyen.get(f"{BASE}/{dossier_id}").words
    assert re.search(rf"Soạn văn bản kết quả .*Quyết định · số: \d+/{now().year}/QĐ-H32\.10", history)

    assert results(pages, dossier_id)[0]["state"] == "clean"
    binh = pages.citizen("binh-of-tests").get(f"/dossiers/{dossier_id}/documents/{document['document_id']}/content")
    assert "Điều 1. Cấp 02 bản sao." in text(bytes_of(binh.body["url"]))


def test_the_general_notice_may_be_used_instead_of_the_procedures_own(pages: Pages) -> None:
    dossier_id, chi = accepted(pages, OWN.code), pages.browser("chi")
    assert "?mau=chung" in chi.get(address(dossier_id)).text
    page = chi.get(f"{address(dossier_id)}?mau=chung")
    assert set(values(page)) == {"texts.content", "texts.grounds", "texts.next"}

    wrong = chi.post(address(dossier_id), hidden(page, address(dossier_id)) | {"texts.content": "Đồng ý"})
    assert set(values(wrong)) == {"texts.content", "texts.grounds", "texts.next"}, "it is still the general one"
    assert chi.post(address(dossier_id), hidden(wrong, address(dossier_id)) | TYPED).status == 303

    assert results(pages, dossier_id)[0]["file_name"].startswith("Thông báo ")
    free = accepted(pages)
    assert "?mau=chung" not in chi.get(address(free)).text, "where there is nothing else"


@pytest.mark.parametrize("viec", ["", "xem-truoc"])
@pytest.mark.parametrize(
    ("language", "told"),
    [("", ("Hãy nhập mục “Căn cứ”.",)), ("?lang=en", ("Fill in “Legal basis”.",))],
)
def test_what_is_missing_is_told_beside_its_field_and_what_was_typed_stays(
    pages: Pages, viec: str, language: str, told: tuple[str, ...]
) -> None:
    dossier_id, chi = accepted(pages), pages.browser("chi")
    page = chi.get(address(dossier_id) + language)
    sent = hidden(page, address(dossier_id)) | {"texts.content": "Đồng ý", "viec": viec}

    answer = chi.post(address(dossier_id), sent)

    assert answer.status == 422
    require_page(answer)
    for words in told:
        assert words in answer.words
    assert 'href="#texts.grounds"' in answer.text
    assert values(answer)["texts.content"] == "Đồng ý"
    assert results(pages, dossier_id) == []


def test_a_text_too_long_for_its_place_is_told_with_both_numbers(pages: Pages) -> None:
    dossier_id = accepted(pages)

    answer = press(pages.browser("chi"), dossier_id, DEED, **TYPED | {"texts.next": "x" * 1001})

    assert answer.status == 422
    assert "dài 1001 ký tự, tối đa 1000" in answer.words


def test_sent_twice_it_is_one_document_and_leads_to_the_same_page(pages: Pages) -> None:
    dossier_id, chi = accepted(pages), pages.browser("chi")
    sent = hidden(chi.get(address(dossier_id)), address(dossier_id)) | TYPED

    answers = [chi.post(address(dossier_id), sent) for _ in range(2)]

    assert [each.status for each in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(results(pages, dossier_id)) == 1


def test_the_second_of_two_officers_sees_what_the_first_did_and_keeps_what_they_wrote(pages: Pages) -> None:
    dossier_id = accepted(pages)
    chi, duyen = pages.browser("chi"), pages.browser("duyen")
    first, second = (hidden(each.get(address(dossier_id)), address(dossier_id)) | TYPED for each in (chi, duyen))
    assert chi.post(address(dossier_id), first).status == 303

    late = duyen.post(address(dossier_id), second | {"texts.content": "Bản của tôi"})

    assert late.status == 412
    require_page(late)
    assert "Soạn văn bản kết quả" in late.words
    assert values(late)["texts.content"] == "Bản của tôi"
    assert len(results(pages, dossier_id)) == 1
    assert duyen.post(address(dossier_id), hidden(late, address(dossier_id)) | TYPED).status == 303
    assert len(results(pages, dossier_id)) == 2


def test_who_was_writing_when_it_was_decided_keeps_their_words(pages: Pages) -> None:
    dossier_id, chi = accepted(pages), pages.browser("chi")
    sent = hidden(chi.get(address(dossier_id)), address(dossier_id)) | TYPED
    pages.officer("approver", "H32.10").decide(dossier_id, "result", {"outcome": "granted"})

    late = chi.post(address(dossier_id), sent)

    assert late.status == 412
    assert "Nay không còn thực hiện được việc “Soạn kết quả”" in late.words
    assert "Đồng ý cấp." in late.words


@pytest.mark.parametrize("who", ["an", "giang", "mai", "kiem", "quan", "lan"])
def test_nobody_else_writes_results(pages: Pages, who: str) -> None:
    dossier_id, browser = accepted(pages), pages.browser(who)
    page = browser.get(address(dossier_id))
    assert DEED not in offered(page)
    token = browser.get("/can-bo/quan-tri" if who == "quan" else "/can-bo").form("/dang-xuat")["csrf"]

    sent = browser.post(address(dossier_id), {"csrf": token, "once": "x", "seen": "3", **TYPED})
    preview = browser.post(address(dossier_id), {"csrf": token, "once": "y", "seen": "3", "viec": "xem-truoc", **TYPED})

    assert {sent.status, preview.status} == {403}
    assert results(pages, dossier_id) == []


def test_a_form_that_names_no_version_is_refused(pages: Pages) -> None:
    dossier_id, chi = accepted(pages), pages.browser("chi")
    sent = hidden(chi.get(address(dossier_id)), address(dossier_id)) | TYPED
    del sent["seen"]

    assert chi.post(address(dossier_id), sent).status == 428


def test_hostile_names_answers_and_words_are_shown_as_text(pages: Pages) -> None:
    dossier_id = accepted(pages, OWN.code, applicant=an_applicant(full_name=HOSTILE), form={"purpose": HOSTILE})
    chi = pages.browser("chi")

    shown = [
        chi.get(address(dossier_id)),
        press(chi, dossier_id, DEED, viec="xem-truoc", **{"texts.decision": HOSTILE, "texts.note": "<b>"}),
    ]

    for page in shown:
        require_page(page)
        assert HOSTILE in "".join(page.document.itertext())


def test_it_is_offered_in_english_while_the_paper_stays_vietnamese(pages: Pages) -> None:
    dossier_id, chi = accepted(pages, OWN.code), pages.browser("chi")

    page = chi.get(f"{address(dossier_id)}?lang=en")

    require_page(page)
    for words in ("Write the result", "Decision", "Preview", "Make the paper", "The procedure's own template."):
        assert words in page.words
    paper = next(each for each in page.document.iter("div") if each.get("class") == "paper-text")
    assert paper.get("lang") == "vi"


def decided(pages: Pages, dossier_id: str) -> str:
    """Written, checked and decided on; the paper's id."""
    chi, duyen = pages.browser("chi"), pages.browser("duyen")
    assert (
        chi.post(address(dossier_id), hidden(chi.get(address(dossier_id)), address(dossier_id)) | TYPED).status == 303
    )
    (document,) = results(pages, dossier_id)
    documents.arrived(f"quarantine/{dossier_id}/{document['document_id']}", now())
    assert "/thu-hoi" not in duyen.get(f"{BASE}/{dossier_id}").text.split('id="thanh-phan"')[1].split("</section>")[0]
    assert press(duyen, dossier_id, "quyet-dinh", outcome="granted", documents=document["document_id"]).status == 303
    paper: str = next(each["data"]["paper"] for each in history(pages, dossier_id) if each["type"] == "result_written")
    return paper


def history(pages: Pages, dossier_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier_id}/history").body["items"]
    return events


def test_a_result_given_out_is_revoked_by_form_and_its_citizen_is_told(pages: Pages) -> None:
    dossier_id = filed_by_form(pages.browser("binh")).rsplit("/", 1)[1]
    assert pages.officer("clerk", "H32.10").decide(dossier_id, "acceptance").status == 200
    paper, duyen = decided(pages, dossier_id), pages.browser("duyen")
    place = f"/can-bo/giay-to/{dossier_id}/{paper}/thu-hoi"
    assert f'href="{place}"' in duyen.get(f"{BASE}/{dossier_id}").text
    page = duyen.get(place)
    require_page(page)
    assert "Thông báo" in page.words
    assert re.search(r"\d+/\d{4}/TB-H32\.10", page.words)

    assert duyen.post(place, hidden(page, place) | {"reason": "Sai họ tên"}).status == 303

    shown = duyen.get(f"{BASE}/{dossier_id}")
    require_page(shown)
    assert "Đã thu hồi Sai họ tên" in shown.words
    assert f'href="{place}"' not in shown.text
    require_page(duyen.get(place))
    theirs = pages.browser("binh").get(f"/ho-so/{dossier_id}")
    require_page(theirs)
    assert "Đã thu hồi Sai họ tên" in theirs.words


@pytest.mark.parametrize("seq", ["1", "3", "99"])
def test_only_a_result_that_was_given_out_has_a_page_to_revoke_it(pages: Pages, seq: str) -> None:
    dossier_id = accepted(pages)
    chi, duyen = pages.browser("chi"), pages.browser("duyen")
    assert (
        chi.post(address(dossier_id), hidden(chi.get(address(dossier_id)), address(dossier_id)) | TYPED).status == 303
    )

    for each in (seq, "4"):
        assert duyen.get(f"/can-bo/giay-to/{dossier_id}/{dossier_id}-{each}-result/thu-hoi").status == 404


# ——— the general notice in the province's own words ———

HOME = of("chung", "ket-qua")
OWN_BODY = (
    "Gửi {{ applicant }}\n# KẾT QUẢ\nHồ sơ {{ code }}: {{ content }}\nCăn cứ {{ grounds }}.\n{{ next }}\nHotline 1900."
)


def test_the_admin_words_the_general_notice_and_officers_write_with_it(pages: Pages, later: Any) -> None:
    quan, chi = pages.browser("quan"), pages.browser("chi")
    before = accepted(pages)
    assert chi.post(address(before), hidden(chi.get(address(before)), address(before)) | TYPED).status == 303
    assert f'href="{HOME}"' in quan.get("/can-bo/quan-tri/mau").text
    begun = quan.get(f"{HOME}?viec=sua")
    require_page(begun)
    assert "{{ owner.address }}" in begun.words
    assert "{% if" not in begun.words, "there is no such thing here"
    preview = previewed(quan, HOME, body=OWN_BODY.replace("\n", "\r\n"))
    drawn = text(bytes_of(next(each.get("href") for each in preview.document.iter("a") if ".pdf" in each.get("href"))))
    for words in ("DỰ THẢO", "Gửi Nguyễn Thị Ngọc Hằng", "[Nội dung kết quả]", "Hotline 1900."):
        assert words in drawn

    assert kept(quan, HOME, body=OWN_BODY).status == 303

    later(timedelta(minutes=2))  # every container knows it by then
    dossier_id = accepted(pages)
    page = chi.get(address(dossier_id))
    assert "Hotline 1900." in page.words
    assert set(values(page)) == {"texts.content", "texts.grounds", "texts.next"}, "what officers add stays"
    assert chi.post(address(dossier_id), hidden(page, address(dossier_id)) | TYPED).status == 303
    shown = []
    for each in (before, dossier_id):
        (document,) = results(pages, each)
        documents.arrived(f"quarantine/{each}/{document['document_id']}", now())
        shown.append(text(bytes_of(content(pages, each, document["document_id"]))))
    assert ["Hotline" in each for each in shown] == [False, True], "what was written before keeps its words"
    assert "của tỉnh, bản 1" in quan.get("/can-bo/quan-tri/mau").words


def content(pages: Pages, dossier_id: str, document_id: str) -> str:
    chi = pages.officer("specialist", "H32.10")
    return str(chi.get(f"/dossiers/{dossier_id}/documents/{document_id}/content").body["url"])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"body": OWN_BODY + "\n{{ nobody }}"}, "Không có dữ kiện nào mang tên này: nobody."),
        ({"body": OWN_BODY + "\n{{ form.purpose }}"}, "form.purpose"),
        ({"body": OWN_BODY + "\n{% if code %}"}, "Không có dữ kiện nào mang tên này"),
        ({"body": OWN_BODY.replace("{{ grounds }}", "")}, "Mẫu không dùng mục: grounds."),
        ({"body": OWN_BODY + "\nUBND tỉnh Khánh Hòa"}, "Không ghi tên cơ quan hay địa danh"),
        ({"body": OWN_BODY + "\nSở Tư pháp"}, "Không ghi tên cơ quan hay địa danh"),
        ({"subject": "Về {{ code"}, "Không có dữ kiện nào mang tên này"),
        ({"body": ""}, "Hãy nhập nội dung."),
        ({"body": OWN_BODY + "x" * 8000}, "Tối đa 8000 ký tự."),
    ],
)
def test_words_that_no_officer_could_fill_in_are_not_kept(pages: Pages, typed: dict[str, str], told: str) -> None:
    page = previewed(pages.browser("quan"), HOME, **typed)

    assert page.status == 422
    assert told in page.words


def test_own_words_that_no_longer_fit_hold_no_result_up(
    pages: Pages, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept by another release, which knew more."""
    told: list[str] = []
    monkeypatch.setattr("chalicelib.wordings.actions.failed", lambda wording, why: told.append(f"{wording} {why}"))
    edition = Edition(number=7, parts={"body": "{{ tomorrow }}"}, by="quan", at=now(), reason="x")
    monkeypatch.setattr("chalicelib.wordings.actions.current", lambda slug, at: edition)

    page = pages.browser("chi").get(address(accepted(pages)))

    assert "thông báo kết quả giải quyết như sau" in page.words
    assert set(told) == {"result/general+7 unknown_place"}
