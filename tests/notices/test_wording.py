import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.history.rules import EventType
from chalicelib.notices import wording
from chalicelib.notices.facts import facts_of
from chalicelib.notices.rules import Notice, notice_of
from tests.notices.examples import APPLICANT, CODE, DOSSIER, EXAMPLES, ORGANISATION, PAGE, PRIVATE, TELLING, happened

V1 = Path(wording.__file__).parent / "templates" / "v1"
LANGUAGES = ["vi", "en"]
DRAFTS = (Notice.DRAFT_EXPIRING,)


def written(event, language="vi", **changes):
    dossier = DOSSIER.model_copy(update=changes)
    notice = notice_of(event)
    return wording.letter(notice, language, facts_of(notice, event, dossier, PAGE, "Khánh Hòa"))


def spoken(event):
    return f"{event.type}-{'-'.join(str(v) for v in event.data.values() if isinstance(v, str | bool))}"


def test_exactly_one_template_per_notice_and_language():
    assert {path.name for path in V1.iterdir()} == {
        f"{name}.{language}.txt" for name in [*Notice, "_frame"] for language in LANGUAGES
    }


@pytest.mark.parametrize("path", sorted(V1.iterdir()), ids=lambda path: path.name)
def test_templates_are_composed_unicode(path):
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not re.search(r"[^\S\n]+$|\t|\r", text, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EXAMPLES, ids=spoken)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"applicant": ORGANISATION},
        {"applicant": APPLICANT.model_copy(update={"full_name": "http://bait.example"})},
        {"applicant": None},
        {"fee_due": 150_000, "stage": "submitted"},
        {"delivery": DOSSIER.delivery.model_copy(update={"channel": "online"})},
        {"delivery": DOSSIER.delivery.model_copy(update={"channel": "desk"})},
    ],
    ids=["person", "organisation", "bait", "erased", "unpaid", "online", "desk"],
)
def test_every_letter_is_whole_short_and_says_nothing_private(event, language, changes):
    draft = notice_of(event) in DRAFTS
    letter = written(event, language, **changes, **({"code": None} if draft else {}))

    assert 15 <= len(letter.subject) <= 78
    assert "\n" not in letter.subject
    assert 200 <= len(letter.text) <= 2_500
    assert max(map(len, letter.text.splitlines())) <= 400
    assert (CODE in letter.subject) != draft
    assert (CODE in letter.text) != draft
    assert "Đăng ký khai sinh" in letter.text
    assert PAGE in letter.text
    whole = f"{letter.subject}\n{letter.text}"
    assert unicodedata.is_normalized("NFC", whole)
    assert not re.search(r"[{}]|None|True|False|bait|\n\n\n| $| [,.;:]", whole, re.MULTILINE)
    assert not [datum for datum in PRIVATE if datum in whole]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EXAMPLES, ids=spoken)
def test_no_template_runs_with_a_fact_missing(event, language):
    """What a letter leaves out it leaves out on purpose: no fact is absent without a template noticing."""
    from jinja2 import UndefinedError

    notice = notice_of(event)
    facts = facts_of(notice, event, DOSSIER, PAGE, "Khánh Hòa")
    for name in ("procedure", "page", "province", "code"):
        with pytest.raises(UndefinedError):
            wording.letter(notice, language, {key: value for key, value in facts.items() if key != name})


def test_the_accepted_letter_tells_the_promised_date_in_local_time():
    letter = written(happened(EventType.ACCEPTED, {"due_at": "2026-06-26T09:30:00+00:00"}))

    assert letter.subject == f"Hồ sơ {CODE}: hẹn trả kết quả 16:30 26/06/2026"
    assert letter.text.startswith("Kính gửi Ông/Bà Trần Thị Ánh,\n\nHồ sơ của Ông/Bà đã được tiếp nhận lúc 09:40")


def test_a_procedure_without_a_deadline_promises_none():
    letter = written(happened(EventType.ACCEPTED, {"due_at": None}))

    assert letter.subject == f"Hồ sơ {CODE} đã được tiếp nhận"
    assert "không quy định thời hạn" in letter.text


def test_the_supplement_letter_lists_every_item_by_its_name_with_its_reason():
    text = written(happened(EventType.SUPPLEMENT_REQUESTED)).text

    assert "1. Giấy chứng sinh\n   Lý do: Bản chụp bị mờ.\n   Hãy chụp lại.\n2. Mục “full_name” trong tờ khai\n" in text


def test_a_signed_apology_is_told_with_the_new_date_and_the_late_result_recalls_it():
    letter = written(happened(EventType.APOLOGISED))
    assert letter.subject == f"Hồ sơ {CODE}: xin lỗi và hẹn lại 16:30 01/07/2026"
    assert "Lý do: Chờ xác minh." in letter.text
    assert "16:30 26/06/2026" in letter.text

    unsigned, signed = (written(happened(EventType.OVERDUE, data)) for data in TELLING[EventType.OVERDUE][1:])
    assert "01/07/2026" not in unsigned.text
    assert "chậm nhất 16:30 01/07/2026" in signed.text
    assert (
        "at the latest by 16:30 01/07/2026"
        in written(happened(EventType.OVERDUE, TELLING[EventType.OVERDUE][2]), "en").text
    )


def test_an_amended_calendar_is_told_with_the_announcements_it_rests_on():
    event = happened(EventType.CALENDAR_CHANGED, TELLING[EventType.CALENDAR_CHANGED][1])

    vi, en = written(event).text, written(event, "en").text
    assert "Căn cứ: Công điện 01/CĐ-UBND, công bố ngày 11/06/2026 (nghỉ do bão).\n" in vi
    assert "Căn cứ: Quyết định 7/QĐ-UBND, công bố ngày 11/06/2026.\n" in vi
    assert "Announced by: Urgent dispatch 01/CĐ-UBND, on 11/06/2026 (storm).\n" in en
    assert "Announced by: Decision 7/QĐ-UBND, on 11/06/2026.\n" in en
    assert "Căn cứ: Công văn 9/VPCP.\n" in vi
    assert "Announced by: Dispatch 9/VPCP.\n" in en


@pytest.mark.parametrize(
    ("type_", "data"), [(EventType.OVERDUE, None), (EventType.EXTENDED, None), (EventType.APOLOGISED, None)]
)
def test_being_late_is_told_with_an_apology(type_, data):
    assert "xin lỗi" in written(happened(type_, data)).text
    assert "apologise" in written(happened(type_, data), "en").text


def test_money_reads_as_each_language_writes_it():
    paid = happened(EventType.COUNTER_PAID, {"amount": 1_250_000, "status": "paid"})
    assert "1.250.000 đồng" in written(paid).text
    assert "VND 1,250,000" in written(paid, "en").text


def test_a_draft_is_told_the_instant_at_which_it_will_be_deleted():
    letter = written(happened(EventType.DRAFT_EXPIRING), code=None)
    assert letter.subject == "Bản nháp hồ sơ sẽ hết hạn lúc 09:40 15/06/2026"


@given(st.text(max_size=200))
def test_whatever_an_officer_writes_is_text_and_never_a_template(reason):
    letter = written(happened(EventType.STOPPED, {"reason": reason + "{{ 7 * 7 }}{% raw %}"}))

    assert letter.subject == f"Hồ sơ {CODE} đã dừng giải quyết"
    assert "{{ 7 * 7 }}" in letter.text
    assert all(c == "\n" or c.isprintable() for c in letter.text)
