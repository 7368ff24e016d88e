"""What an officer asked for is put right from one page, with the officer's words beside it."""

import pytest

from tests.dossiers.conftest import FREE, PDF, WITH_PAPER
from tests.site.conftest import Browser, Pages
from tests.site.test_filing import ANSWERS, begun, filed, sent
from tests.site.test_pages import HOSTILE, require_page
from tests.site.test_papers import sent_to_the_store, uploaded


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    return pages.browser("binh")


def asked(pages: Pages, dossier: str, *items: dict[str, str], note: str = "") -> None:
    clerk, id_ = pages.officer("clerk", "H32.10"), dossier.removeprefix("/ho-so/")
    said = clerk.decide(id_, "supplement-requests", {"items": list(items), "note": note})
    assert said.status == 200, said


def test_a_wrong_answer_is_put_right(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh)
    asked(pages, dossier, {"field": "/purpose", "reason": f"Ghi rõ mục đích {HOSTILE}"}, note="Xin cảm ơn")
    whole = binh.get(dossier)
    require_page(whole)
    assert "Ghi rõ mục đích" in whole.words
    assert f"{dossier}/bo-sung" in whole.text

    shown = binh.get(f"{dossier}/bo-sung")
    require_page(shown)
    assert "Ghi rõ mục đích" in shown.words
    assert "Xin cảm ơn" in shown.words
    assert "<script>alert" not in shown.text
    form = shown.form(f"{dossier}/bo-sung")
    assert "form.copies" not in form, "only what was asked for"
    wrong = binh.post(f"{dossier}/bo-sung", form | {"form.purpose": "x"})
    assert wrong.status == 422
    require_page(wrong)
    right = wrong.form(f"{dossier}/bo-sung") | {"form.purpose": "Xin việc làm", "form.copies": "9"}
    assert binh.post(f"{dossier}/bo-sung", right).location == dossier

    after = binh.get(dossier).words
    assert "Xin việc làm" in after
    assert "Đã bổ sung" in after
    assert binh.get(f"{dossier}/bo-sung").location == dossier


def test_a_paper_is_brought_anew(pages: Pages, binh: Browser) -> None:
    draft = begun(binh, WITH_PAPER.code)
    first = binh.get(f"{draft}/tiep").location
    assert binh.post(first, binh.get(first).form(first) | ANSWERS).status == 303
    uploaded(binh, draft, PDF)
    assert sent(binh, f"{draft}/nhan-ket-qua", delivery__channel="online").status == 303
    assert sent(binh, f"{draft}/xem-lai").status == 303
    asked(pages, draft, {"component": "giay-to", "reason": "Ảnh bị mờ"})

    path = f"{draft}/bo-sung"
    assert "Ảnh bị mờ" in binh.get(path).words
    lacking = binh.post(path, binh.get(path).form(path))
    assert lacking.status == 422
    assert "#documents.giay-to" in lacking.text
    assert "Hãy tải lên tệp mới cho “" in lacking.words, "which one is said"
    action = f"{draft}/giay-to/giay-to"
    place = binh.get(binh.post(action, binh.get(path).form(action)).location)
    assert f'href="{path}"' in place.text
    sent_to_the_store(place, PDF)
    assert "Đã nhận" in binh.get(path).words
    assert binh.post(path, binh.get(path).form(path)).location == draft


def test_a_supplement_sent_twice_is_answered_once(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh)
    asked(pages, dossier, {"field": "purpose", "reason": "Ghi rõ"})
    form = binh.get(f"{dossier}/bo-sung").form(f"{dossier}/bo-sung") | {"form.purpose": "Đi học xa"}

    assert [binh.post(f"{dossier}/bo-sung", form).location for _ in range(2)] == [dossier, dossier]


def test_two_devices_answer_and_the_second_sees_what_changed_and_keeps_what_it_typed(
    pages: Pages, binh: Browser
) -> None:
    dossier = filed(binh)
    asked(pages, dossier, {"field": "purpose", "reason": "Ghi rõ"}, {"field": "copies", "reason": "Sửa số bản"})
    path, phone = f"{dossier}/bo-sung", pages.browser("binh")
    first, second = binh.get(path).form(path), phone.get(path).form(path)
    assert binh.post(path, first | {"form.purpose": "Xin việc làm", "form.copies": "x"}).status == 422, "kept, not sent"

    late = phone.post(path, second | {"form.purpose": "Đi học xa", "form.copies": "3"})
    assert late.status == 409
    require_page(late)
    assert "vừa được thay đổi ở nơi khác" in late.words
    assert "Xin việc làm" in late.words, "what is there now"
    kept = late.form(path)
    assert (kept["form.purpose"], kept["form.copies"]) == ("Đi học xa", "3"), "and what was typed"
    assert phone.post(path, kept).location == dossier
    assert "Đi học xa" in phone.get(dossier).words


def test_a_message_meanwhile_is_no_hindrance(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh)
    asked(pages, dossier, {"field": "purpose", "reason": "Ghi rõ"})
    path = f"{dossier}/bo-sung"
    form = binh.get(path).form(path) | {"form.purpose": "Đi học xa"}
    message = binh.get(dossier).form(f"{dossier}/tin-nhan") | {"text": "Tôi sẽ bổ sung"}
    assert binh.post(f"{dossier}/tin-nhan", message).status == 303

    assert binh.post(path, form).location == dossier
    assert "Đi học xa" in binh.get(dossier).words


def test_what_was_typed_for_a_supplement_handed_in_elsewhere_is_shown_and_not_lost(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh)
    asked(pages, dossier, {"field": "purpose", "reason": "Ghi rõ"})
    path, phone = f"{dossier}/bo-sung", pages.browser("binh")
    form = phone.get(path).form(path) | {"form.purpose": f"Đi học xa {HOSTILE}"}
    assert binh.post(path, binh.get(path).form(path) | {"form.purpose": "Xin việc làm"}).location == dossier

    late = phone.post(path, form)
    assert late.status == 409
    require_page(late)
    assert "Đi học xa" in late.words
    assert "<script>alert" not in late.text
    assert "Xin việc làm" in phone.get(dossier).words, "what was handed in stands"


def test_without_a_request_there_is_nothing_to_supply(pages: Pages, binh: Browser) -> None:
    dossier = filed(binh, FREE.code)

    assert binh.get(f"{dossier}/bo-sung").location == dossier
    assert pages.browser("hoa").get(f"{dossier}/bo-sung").status == 404
