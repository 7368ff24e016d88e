"""A result in the post: whose turn it is, everywhere the citizen looks."""

import pytest

from tests.dossiers.conftest import FREE
from tests.site.conftest import Browser, Pages
from tests.site.test_filing import begun, filled, sent


@pytest.fixture(scope="module")
def binh(pages: Pages) -> Browser:
    return pages.browser("binh")


def decided(pages: Pages, binh: Browser, channel: str) -> str:
    """The address of a dossier that has its result, which is to come by this channel."""
    dossier = filled(binh)
    assert sent(binh, f"{dossier}/nhan-ket-qua", delivery__channel=channel).status == 303
    assert sent(binh, f"{dossier}/xem-lai").status == 303
    id_, granted = dossier.removeprefix("/ho-so/"), {"outcome": "granted", "documents": []}
    assert pages.officer("clerk", "H32.10").decide(id_, "acceptance").status == 200
    assert pages.officer("approver", "H32.10").decide(id_, "result", granted).status == 200
    return dossier


def card(browser: Browser, dossier: str) -> str:
    """What the list says of it."""
    lines = [each for each in browser.get("/ho-so").document.iter("li") if each.find("h2") is not None]
    found = next(each for each in lines if each.find("h2/a").get("href") == dossier)
    return " ".join(" ".join(found.itertext()).split())


@pytest.mark.parametrize(
    ("channel", "turn"),
    [
        ("post", "Đến lượt cơ quan nhà nước : Trả kết quả"),
        ("online", "Đến lượt cơ quan nhà nước : Trả kết quả"),
        ("desk", "Đến lượt bạn : Đến nhận kết quả tại quầy"),
    ],
)
def test_a_result_waits_for_whoever_is_to_move_it(pages: Pages, binh: Browser, channel: str, turn: str) -> None:
    dossier = decided(pages, binh, channel)

    assert turn in card(binh, dossier)
    assert turn.split(" : ")[1] in binh.get(dossier).words


def test_the_list_says_that_the_post_has_it(pages: Pages, binh: Browser) -> None:
    dossier = decided(pages, binh, "post")
    clerk = pages.officer("clerk", "H32.10")
    handed = clerk.decide(dossier.removeprefix("/ho-so/"), "return", {"channel": "post"})
    assert handed.status == 200, handed

    assert "Đến lượt bưu chính : Chuyển phát kết quả" in card(binh, dossier)
    assert "Đến lượt bưu chính" in binh.get(dossier).words


def test_the_list_and_the_page_of_a_draft_agree(binh: Browser) -> None:
    draft = begun(binh, FREE.code)

    assert "Đến lượt bạn : Hoàn thiện và nộp hồ sơ" in card(binh, draft)
