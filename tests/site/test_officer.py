"""The officer's dossier page: who may do what next, one way from filing to the post, the conflict, hostile words."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.clock.rules import ZONE
from chalicelib.documents.actions import SHOWN_BY_BROWSERS
from chalicelib.dossiers.life import NEXT, Stage
from chalicelib.history.rules import EventType
from chalicelib.site.choices import CHOICES
from chalicelib.site.deciding import DEEDS
from chalicelib.site.desk_words import EVENTS, due_in
from tests.dossiers.conftest import FREE, WITH_PAPER, a_draft, an_applicant
from tests.site.conftest import OWN, Browser, Pages, Shown
from tests.site.officers import BASE, filed, hidden, offered, press, to_post
from tests.site.test_pages import HOSTILE, require_headers, require_page
from tests.towns import a_clean_file, warned


def require_done(shown: Shown) -> None:
    assert shown.status == 303, shown.words
    assert "xong=" in shown.location


def test_every_event_has_its_words_and_every_choice_its_deed() -> None:
    assert set(EVENTS) == set(EventType)
    assert {each.slug for each in CHOICES} == set(DEEDS)
    assert {each.event for each in CHOICES} <= {event for _, event in NEXT}


def test_from_filing_to_the_post_purely_through_pages(pages: Pages, later: Any) -> None:
    dossier = to_post(pages)
    clerk, specialist, approver = (pages.browser(who) for who in ("an", "chi", "duyen"))
    desk = clerk.get("/can-bo")
    require_page(desk)
    assert dossier["code"] in desk.words
    require_done(press(clerk, dossier["id"], "tiep-nhan"))
    require_done(press(specialist, dossier["id"], "nhan-viec"))
    assert dossier["code"] in specialist.get("/can-bo?toi=1").words
    place = f"/can-bo/nop-tep/{dossier['id']}/giay-to/result"
    said = hidden(specialist.get(f"{BASE}/{dossier['id']}/trinh"), place) | {
        "file_name": "kq.pdf",
        "content_type": "application/pdf",
        "size": "9",
        "sha256": "0" * 64,
    }
    answer = specialist.post(place, said, Accept="application/json")
    assert (answer.status, '"upload"' in answer.text) == (200, True)
    document = a_clean_file(dossier["id"], "result", "officer")
    require_done(
        press(specialist, dossier["id"], "trinh", outcome="granted", documents=document, reason="Đủ điều kiện")
    )
    page = approver.get(f"{BASE}/{dossier['id']}/quyet-dinh")
    require_page(page)
    assert "Đủ điều kiện" in page.text
    require_done(press(approver, dossier["id"], "quyet-dinh", outcome="granted", documents=document))
    require_done(press(clerk, dossier["id"], "gui-buu-dien"))

    shown = pages.citizen("binh-of-tests").get(f"/dossiers/{dossier['id']}").body
    assert (shown["status"], shown["shipping"]["status"]) == ("finished", "to_dispatch")
    last = clerk.get(f"{BASE}/{dossier['id']}?xong=gui-buu-dien")
    assert "Kết quả đã chuyển bưu chính." in last.words
    assert "gui-buu-dien" not in offered(last)


ROLES = {
    "an": ({"tiep-nhan", "tu-choi", "bo-sung", "nhan-tin"}, {"nhan-tin"}, {"tra", "nhan-tin"}),
    "chi": (
        {"nhan-viec", "nhan-tin"},
        {"nhan-viec", "trinh", "soan-ket-qua", "bo-sung", "tam-dung", "nhan-tin"},
        {"nhan-tin"},
    ),
    "duyen": ({"nhan-tin"}, {"quyet-dinh", "soan-ket-qua", "gia-han", "dung", "nhan-tin"}, {"nhan-tin"}),
    "giang": ({"nhan-viec", "phan-cong"}, {"nhan-viec", "phan-cong"}, set()),
    "mai": (set(), set(), set()),
    "kiem": (set(), set(), set()),
}


@pytest.mark.parametrize("who", ROLES)
def test_only_what_the_role_and_the_stage_allow_is_offered(pages: Pages, who: str) -> None:
    dossier, browser = filed(pages), pages.browser(who)
    stages = []
    for move in (None, "acceptance", "result"):
        if move == "acceptance":
            pages.officer("clerk", "H32.10").decide(dossier["id"], move)
        if move == "result":
            pages.officer("approver", "H32.10").decide(dossier["id"], move, {"outcome": "granted"})
        page = browser.get(f"{BASE}/{dossier['id']}")
        require_page(page)
        stages.append(offered(page))
        others = {each.slug for each in CHOICES} - stages[-1]
        token = page.form("/dang-xuat")["csrf"]
        seen = pages.officer("clerk", "H32.10").get(f"/dossiers/{dossier['id']}").body["version"]
        for deed in others:
            sent = browser.post(f"{BASE}/{dossier['id']}/{deed}", {"csrf": token, "once": deed, "seen": str(seen)})
            assert sent.status in (403, 409, 422), deed

    assert tuple(stages) == ROLES[who]


def test_another_agencys_dossier_is_nobodys_business(pages: Pages) -> None:
    dossier = filed(pages)

    assert pages.browser("lan").get(f"{BASE}/{dossier['id']}").status == 403


SEARCH = "/can-bo/tim"


def searched(browser: Browser, text: str, **typed: str) -> Shown:
    return browser.post(SEARCH, browser.get(SEARCH).form(SEARCH) | {"text": text} | typed)


def test_the_search_opens_the_one_dossier_it_finds_and_lists_several(pages: Pages) -> None:
    who = an_applicant(full_name="Phan Thị Ngọc Lan", phone="0905777001", identity_number="056190007001")
    dossier = filed(pages, applicant=who)
    desk = pages.browser("an")
    for text in (dossier["code"].lower(), "phan thi ngoc lan", "ngoc lan", "0905 777 001", "056190007001"):
        assert searched(desk, text).location == f"{BASE}/{dossier['id']}", text
    assert desk.post(SEARCH, desk.get("/can-bo").form(SEARCH) | {"text": "ngoc lan"}).status == 303
    second = filed(pages, applicant=who)

    several = searched(desk, "ngoc lan")
    require_page(several)
    assert {dossier["code"], second["code"]} <= set(several.words.split())
    assert several.form(SEARCH)["text"] == "ngoc lan"


def test_the_search_goes_on_page_by_page_in_no_address(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.site.search_pages.PAGE", 1)
    who = an_applicant(full_name="Phan Thị Ngọc Mai")
    codes = {filed(pages, applicant=who)["code"], filed(pages, applicant=who)["code"]}
    desk = pages.browser("an")
    first = searched(desk, "ngoc mai")
    require_page(first)
    (more,) = [each for each in first.document.iter("form") if each.get("class") == "pages"]
    last = desk.post(SEARCH, {each.get("name"): each.get("value") for each in more.iter("input")})

    require_page(last)
    assert {word for page in (first, last) for word in page.words.split()} >= codes
    assert 'class="pages"' not in last.text
    assert "?" not in "".join(each.get("action") for each in first.document.iter("form"))


def test_the_search_tells_nothing_of_another_agency_and_says_what_is_wrong(pages: Pages) -> None:
    dossier = filed(pages, applicant=an_applicant(full_name="Phan Thị Ngọc Hà"))
    for browser, text in ((pages.browser("lan"), dossier["code"]), (pages.browser("lan"), "ngoc ha")):
        shown = searched(browser, text)
        require_page(shown)
        assert (shown.status, "Không có hồ sơ đã nộp nào" in shown.words) == (200, True)
    desk = pages.browser("an")
    hostile = searched(desk, HOSTILE)
    require_page(hostile)
    assert (hostile.status, "<script>alert" in hostile.text) == (200, False)
    for typed in ({"text": ""}, {"text": "x" * 201}, {"text": "ngoc ha", "sau": "guessed"}):
        wrong = searched(desk, **typed)
        require_page(wrong)
        assert wrong.status == 422
        assert "Không có hồ sơ đã nộp nào" not in wrong.words
    assert searched(pages.browser("kiem"), "ngoc ha", **{"co-quan": "H32.10"}).status == 303
    assert searched(desk, "ngoc ha", **{"co-quan": "H32.11"}).status == 403


def test_who_comes_second_sees_who_changed_what_and_keeps_what_they_typed(pages: Pages) -> None:
    dossier, address = filed(pages), ""
    first, second = pages.browser("duyen"), pages.browser("duyen")
    require_done(press(pages.browser("an"), dossier["id"], "tiep-nhan"))
    address = f"{BASE}/{dossier['id']}/gia-han"
    sent = hidden(second.get(address), address) | {"days": "4", "reason": "Chờ xác minh <b>thực địa</b>"}
    require_done(press(first, dossier["id"], "nhan-tin", text="Đã gọi điện cho người nộp"))

    shown = second.post(address, sent)

    require_page(shown)
    assert shown.status == 412
    assert "Đặng Mỹ Duyên" in shown.words or "duyen" in shown.words
    assert "Đã gọi điện cho người nộp" in shown.words
    assert "Chờ xác minh <b>thực địa</b>" in shown.words
    again = hidden(shown, address) | {"days": "4", "reason": "Chờ xác minh"}
    assert again["seen"] != sent["seen"]
    require_done(second.post(address, again))
    shown = second.post(address, sent)
    assert shown.status == 412, "it can be extended once: what was typed is shown, the form no more"
    assert "Nay không còn thực hiện được" in shown.words
    assert "Chờ xác minh <b>thực địa</b>" in shown.words
    assert "Lý do" in shown.words


def test_who_sends_something_wrong_is_told_what_changed_meanwhile_before_sending_it_again(pages: Pages) -> None:
    dossier, clerk = filed(pages), pages.browser("an")
    address = f"{BASE}/{dossier['id']}/tu-choi"
    sent = hidden(clerk.get(address), address) | {"reason": "Không thuộc thẩm quyền", "legal_basis": ""}
    assert "đã thay đổi" not in clerk.post(address, sent).words
    pages.officer("clerk", "H32.10", "an-2").post(f"/dossiers/{dossier['id']}/messages", {"text": "Đã gọi điện"})

    shown = clerk.post(address, sent)
    require_page(shown)
    assert (shown.status, "Căn cứ: Mục này là bắt buộc." in shown.words) == (422, True)
    assert 'href="#legal_basis"' in shown.text
    assert "Hồ sơ đã thay đổi sau khi bạn mở" in shown.words
    assert "Đã gọi điện" in shown.words
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    shown = clerk.post(address, sent)
    require_page(shown)
    assert "Nay không còn thực hiện được việc “Từ chối tiếp nhận”" in shown.words
    assert "Không thuộc thẩm quyền" in shown.words
    assert 'href="#legal_basis"' not in shown.text, "there is no such field any more"


def test_a_form_sent_twice_is_carried_out_once(pages: Pages) -> None:
    dossier, clerk = filed(pages), pages.browser("an")
    address = f"{BASE}/{dossier['id']}/tiep-nhan"
    sent = hidden(clerk.get(f"{BASE}/{dossier['id']}"), address)

    first, second = clerk.post(address, sent), clerk.post(address, sent)

    assert (
        (first.status, first.location)
        == (second.status, second.location)
        == (303, f"{BASE}/{dossier['id']}?xong=tiep-nhan")
    )
    assert clerk.post(address, {**sent, "once": "another"}).status == 412
    assert clerk.post(address, {name: sent[name] for name in ("csrf", "once")}).status == 428


def test_a_supplement_is_asked_once_with_a_reason_for_each(pages: Pages) -> None:
    draft = pages.citizen("binh-of-tests").post("/dossiers", a_draft(WITH_PAPER.code)).body
    a_clean_file(draft["id"], "giay-to")
    pages.citizen("binh-of-tests").post(f"/dossiers/{draft['id']}/submission")
    clerk = pages.browser("an")

    page = clerk.get(f"{BASE}/{draft['id']}/bo-sung")
    require_page(page)
    assert {"c.giay-to", "f.purpose", "f.copies"} == set(re.findall(r'name="items" value="([^"]+)"', page.text))
    nothing = press(clerk, draft["id"], "bo-sung", note="x")
    assert (nothing.status, "Hãy chọn ít nhất một mục" in nothing.words) == (422, True)
    bare = press(clerk, draft["id"], "bo-sung", items="c.giay-to", note="Giữ <i>lại</i>")
    require_page(bare)
    assert bare.status == 422
    assert 'href="#reason.c.giay-to"' in bare.text
    assert "Giữ &lt;i&gt;lại&lt;/i&gt;" in bare.text
    foreign = press(clerk, draft["id"], "bo-sung", **{"items": "c.khong-co", "reason.c.khong-co": "x"})
    assert foreign.status == 422
    vague = {"items": "c.giay-to", "reason.c.giay-to": "Sai", "complete": "1"}
    unclear = press(clerk, draft["id"], "bo-sung", **vague)
    assert (unclear.status, "Hãy ghi rõ sai hoặc thiếu điều gì" in unclear.words) == (422, True)
    typed = {"items": "c.giay-to", "phrase.c.giay-to": "Thiếu trang.", "reason.c.giay-to": "Trang 2."}
    unsure = press(clerk, draft["id"], "bo-sung", **typed)
    require_page(unsure)
    assert (unsure.status, 'href="#complete"' in unsure.text) == (422, True)
    typed["complete"] = "1"
    require_done(press(clerk, draft["id"], "bo-sung", **typed))
    asked = pages.citizen("binh-of-tests").get(f"/dossiers/{draft['id']}").body["supplement"]["items"]
    assert [(each["component"], each["reason"]) for each in asked] == [("giay-to", "Thiếu trang. Trang 2.")]


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(pages: Pages) -> None:
    dossier = filed(pages)
    shown = press(pages.browser("an"), dossier["id"], "tu-choi", reason="Không thuộc thẩm quyền", legal_basis="")

    require_page(shown)
    assert shown.status == 422
    assert 'href="#legal_basis"' in shown.text
    assert "Không thuộc thẩm quyền" in shown.text


def test_the_history_names_what_was_edited_and_asked_as_the_form_does(pages: Pages) -> None:
    dossier = filed(pages)
    what = {"items": [{"field": "/purpose", "reason": "Ghi rõ"}]}
    pages.officer("clerk", "H32.10").decide(dossier["id"], "supplement-requests", what)
    citizen = pages.citizen("binh-of-tests")
    seen = citizen.get(f"/dossiers/{dossier['id']}").etag
    edited = citizen.patch(f"/dossiers/{dossier['id']}", {"form": {"purpose": "Xin việc"}}, seen)
    assert edited.status == 200, edited
    words = pages.browser("an").get(f"{BASE}/{dossier['id']}").words

    assert "đã sửa: Mục đích" in words
    assert "Mục đích: Ghi rõ" in words
    assert "form/purpose" not in words


def test_the_letter_of_apology_is_read_and_signed(pages: Pages) -> None:
    from datetime import timedelta

    from chalicelib.clock.now import now

    dossier = filed(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    warned(dossier["id"])
    approver = pages.browser("duyen")
    assert "thu-xin-loi" in offered(approver.get(f"{BASE}/{dossier['id']}"))
    assert approver.get(f"/can-bo/du-thao/{dossier['id']}").status == 303
    sunday = now() + timedelta(days=30)
    sunday += timedelta(days=6 - sunday.weekday())
    wrong = press(approver, dossier["id"], "thu-xin-loi", reason="Chậm", promised_date=f"{sunday:%Y-%m-%d}")
    assert (wrong.status, 'href="#promised_date"' in wrong.text) == (422, True)


@pytest.fixture(scope="module")
def hostile(pages: Pages) -> str:
    """A dossier whose every field and file name is hostile, in every corner of its life that holds words."""
    from chalicelib.clock.now import now
    from chalicelib.documents import records
    from chalicelib.documents.rules import Document, State

    address = {"line": HOSTILE, "commune": HOSTILE, "province": HOSTILE}
    applicant = an_applicant(full_name=HOSTILE, address=address)
    post = {"channel": "post", "address": address, "recipient": HOSTILE, "phone": "0905123456"}
    dossier = filed(pages, FREE.code, applicant=applicant, owner=applicant, form={"purpose": HOSTILE}, delivery=post)
    instant = now()
    facts = {"component": HOSTILE, "by": "citizen", "file_name": HOSTILE, "content_type": "image/png", "size": 3}
    facts |= {"sha256": "0" * 64, "registered_at": instant, "upload_expires_at": instant}
    records.add(Document(id="hostile1", dossier_id=dossier["id"], state=State.CLEAN, **facts))
    records.add(Document(id="hostile2", dossier_id=dossier["id"], state=State.REJECTED, found=HOSTILE, **facts))
    pages.citizen("binh-of-tests").post(f"/dossiers/{dossier['id']}/messages", {"text": HOSTILE})
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    what = {"items": [{"field": "purpose", "reason": HOSTILE}], "note": HOSTILE}
    pages.officer("specialist", "H32.10").decide(dossier["id"], "supplement-requests", what)
    return str(dossier["id"])


def test_every_word_of_a_hostile_dossier_is_escaped(pages: Pages, hostile: str) -> None:
    approver = pages.browser("duyen")
    for shown in (
        approver.get(f"{BASE}/{hostile}"),
        approver.get(f"{BASE}/{hostile}/dung"),
        press(approver, hostile, "dung", reason=HOSTILE * 100),
        approver.get("/can-bo?hang=supplement"),
        pages.browser("an").get(f"{BASE}/{hostile}"),
    ):
        require_page(shown)
        require_headers(shown)
        assert "<script>alert" not in shown.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.text
        scripts = [each.get("src") for each in shown.document.iter("script")]
        assert all(each and each.startswith("/assets/") for each in scripts)


def test_a_preview_runs_no_script_and_only_the_bucket_is_let_in(pages: Pages) -> None:
    dossier = to_post(pages)
    pages.officer("clerk", "H32.10").decide(dossier["id"], "acceptance")
    file = a_clean_file(dossier["id"], "result", "officer")
    page = pages.browser("chi").get(f"{BASE}/{dossier['id']}")
    frame = next(page.document.iter("iframe"))
    assert (frame.get("allow"), frame.get("credentialless"), frame.get("referrerpolicy")) == ("", "", "no-referrer")
    assert set(SHOWN_BY_BROWSERS) == {"application/pdf", "image/jpeg", "image/png"}, "of which no page can be made"
    link = urlsplit(frame.get("src"))
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))

    assert page.headers["content-security-policy"].count(link.netloc) == 3, "to frame, to show, to upload to; no script"
    assert f"{link.scheme}://{link.netloc}" != OWN
    assert policy["frame-src"] == f"{link.scheme}://{link.netloc}"
    assert policy["script-src"] == "'self'"
    assert "response-content-type=application%2Fpdf" in link.query
    assert "response-content-disposition=inline" in link.query
    assert file in link.path
    assert "frame-src" not in pages.browser("chi").get("/can-bo").headers["content-security-policy"]
    saved = pages.browser("chi").get(f"/can-bo/tep/{dossier['id']}/{file}")
    assert (saved.status, "response-content-disposition=attachment" in saved.location) == (303, True)


def many(browser: Browser, rows: list[str], **typed: str) -> Shown:
    from urllib.parse import urlencode

    token = browser.get("/can-bo").form("/dang-xuat")["csrf"]
    said = [("csrf", token), ("once", typed.pop("once", "k")), *(("ho-so", each) for each in rows), *typed.items()]
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://127.0.0.1:8000"}
    return browser.ask("POST", "/can-bo/nhieu", urlencode(said).encode(), sent)


def test_many_are_accepted_at_once_each_with_its_own_outcome(pages: Pages) -> None:
    good, stale = filed(pages), filed(pages)
    rows = [
        f"{good['id']}:{good['version']}:{good['code']}",
        f"{stale['id']}:1:{stale['code']}",
        "<b>:1:<i>x</i>",
        "x" * 3000,
    ]
    clerk = pages.browser("an")

    shown = many(clerk, rows, viec="tiep-nhan", once="m1")
    require_page(shown)
    assert "Đã thực hiện 1/4" in shown.words
    assert "<i>x" not in shown.text
    assert "Đã thực hiện 1/4" in many(clerk, rows, viec="tiep-nhan", once="m1").words, "sent twice, done once"
    assert "Đã thực hiện 0/4" in many(clerk, rows, viec="tiep-nhan", once="m2").words
    assert (
        "Đã thực hiện 0/1" in many(pages.browser("chi"), rows[:1], viec="phan-cong", officer="chi-2", once="m3").words
    )
    assert many(clerk, [], viec="tiep-nhan").status == 422
    assert many(clerk, [f"x{n}:1:x" for n in range(101)], viec="tiep-nhan").status == 422
    version = pages.officer("clerk", "H32.10").get(f"/dossiers/{good['id']}").body["version"]
    given = many(pages.browser("giang"), [f"{good['id']}:{version}:x"], viec="phan-cong", officer="dung", once="m4")
    assert "Đã thực hiện 1/1" in given.words
    assert good["code"] in pages.browser("dung").get("/can-bo?toi=1").words


def test_a_queue_is_a_page_of_fifty_and_its_filters_stay(pages: Pages) -> None:
    shown = pages.browser("an").get("/can-bo?hang=supplement&nguoi=nobody-here")

    require_page(shown)
    assert "Không có hồ sơ nào" in shown.words
    assert 'href="/can-bo?hang=overdue&amp;nguoi=nobody-here"' in shown.text
    assert pages.browser("an").get("/can-bo?hang=none").status == 422
    assert pages.browser("an").get("/can-bo?co-quan=H32.11").status in (403, 422)
    assert pages.browser("kiem").get("/can-bo?co-quan=H32.11").status == 200


def test_the_life_has_no_stage_the_desk_cannot_show(pages: Pages) -> None:
    from chalicelib.clock.now import now

    assert all(due_in(stage, now(), now(), now(), "vi").words for stage in Stage)


@pytest.mark.parametrize(
    ("stage", "days", "words", "kind"),
    [
        (Stage.PROCESSING, -2, "Quá hạn 2 ngày", "late"),
        (Stage.PROCESSING, 0, "Hôm nay, trước 11:00", "yours"),
        (Stage.SUBMITTED, 1, "Ngày mai, trước 11:00", "yours"),
        (Stage.ACCEPTED, 3, "Còn 3 ngày, đến 04/06", "yours"),
        (Stage.ACCEPTED, 4, "Còn 4 ngày, đến 05/06", "good"),
        (Stage.SUBMITTED, None, "Chờ nộp phí", "waiting"),
        (Stage.ACCEPTED, None, "Không có thời hạn", "neutral"),
        (Stage.SUSPENDED, 4, "Tạm dừng tính hạn", "neutral"),
        (Stage.RETURNED, 4, "Không tính hạn nữa", "neutral"),
    ],
)
def test_when_a_dossier_is_due_is_said_in_words_and_the_colour_is_that_of_its_queue(
    stage: Stage, days: int | None, words: str, kind: str
) -> None:
    now = datetime(2026, 6, 1, 10, tzinfo=ZONE)
    by = None if days is None else now + timedelta(days=days, hours=1)

    assert due_in(stage, by, now, now + timedelta(days=3, hours=2), "vi") == (words, kind)
