"""A result in the post: whose turn it is, and where it is, everywhere the citizen looks."""

import re
from datetime import timedelta

import pytest
from pydantic import ValidationError

from chalicelib.clock.now import now
from chalicelib.postal import heard, records, rules, vnpost
from chalicelib.postal.outcome import announce, settle
from chalicelib.postal.rules import Shipment
from chalicelib.postal.tracking import TrackingEvent
from chalicelib.settings import settings
from tests.conftest import environment
from tests.dossiers.conftest import FREE
from tests.site.conftest import Browser, Pages, Shown
from tests.site.test_filing import begun, filled, sent
from tests.site.test_pages import HOSTILE, require_page

ITEM = "RN473124829VN"


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


def handed_over(pages: Pages, binh: Browser) -> tuple[str, Shipment]:
    """A dossier in the post, and its parcel as the carrier took it."""
    dossier = decided(pages, binh, "post")
    id_ = dossier.removeprefix("/ho-so/")
    handed = pages.officer("clerk", "H32.10").decide(id_, "return", {"channel": "post"}).body
    parcel = rules.new_shipment(id_, handed["version"], handed["code"], "H32.10", vnpost.NAME, now())
    records.create(parcel)
    announce(rules.accepted(records.load(id_, parcel.n), ITEM, now()), now())
    return dossier, records.load(id_, parcel.n)


def told(parcel: Shipment, *codes: str) -> None:
    """The carrier tells of it, an hour apart, up to now."""
    events = [
        TrackingEvent(
            id=f"{number:024d}",
            order_number=parcel.order_number,
            code=code,
            text=f"{HOSTILE} chị Hoa nhận",
            at=now() - timedelta(hours=len(codes) - number),
            item_code=ITEM,
        )
        for number, code in enumerate(codes, 1)
    ]
    heard.keep_events(parcel.dossier_id, parcel.n, events)
    settle(parcel.dossier_id, parcel.n, now())


def looked_up(pages: Pages, binh: Browser, dossier: str) -> Shown:
    (code,) = re.findall(r'class="whole">(H32[^<]+)<', binh.get(dossier).text.split("</h1>")[0])
    asking = pages.browser()
    return asking.post("/tra-cuu", asking.get("/tra-cuu").form("/tra-cuu") | {"code": code, "proof": "3456"})


def test_before_it_is_in_the_post_there_is_no_parcel(pages: Pages, binh: Browser) -> None:
    assert 'id="buu-gui"' not in binh.get(decided(pages, binh, "post")).text


def test_the_parcels_way_is_shown_with_instants_and_its_code(pages: Pages, binh: Browser) -> None:
    dossier, parcel = handed_over(pages, binh)
    taken = binh.get(dossier)
    require_page(taken)
    assert "Bưu chính đã nhận" in taken.words
    assert ITEM in taken.words

    told(parcel, "1", "2")
    on_its_way = binh.get(dossier)
    require_page(on_its_way)
    assert "Đang trên đường" in on_its_way.words
    assert "Bưu điện Việt Nam (VNPost)" in on_its_way.words
    assert "chị Hoa nhận" in on_its_way.words
    assert "<script>alert" not in on_its_way.text


def test_who_only_has_the_code_sees_the_way_but_not_the_carriers_own_words(pages: Pages, binh: Browser) -> None:
    dossier, parcel = handed_over(pages, binh)
    told(parcel, "1", "2")
    public = looked_up(pages, binh, dossier)

    require_page(public)
    assert "Đang vận chuyển" in public.words
    assert ITEM in public.words
    assert "chị Hoa" not in public.words


def test_a_delivered_parcel_ends_the_way(pages: Pages, binh: Browser) -> None:
    dossier, parcel = handed_over(pages, binh)
    told(parcel, "1", "2", "4")

    assert "Không còn việc phải làm" in card(binh, dossier)
    for shown in (binh.get(dossier), looked_up(pages, binh, dossier)):
        assert "Đã phát" in shown.words


def test_the_carriers_own_page_is_linked_where_its_address_is_known(pages: Pages, binh: Browser) -> None:
    dossier, _ = handed_over(pages, binh)
    assert 'rel="external noreferrer"' not in binh.get(dossier).text

    with environment(VNPOST_TRACK_PAGE="https://example.vn/theo-doi?ma={code}"):
        assert f'href="https://example.vn/theo-doi?ma={ITEM}"' in binh.get(dossier).text


@pytest.mark.parametrize("page", ["http://example.vn/{code}", "https://example.vn/", "javascript:{code}"])
def test_no_other_kind_of_address_is_taken_for_it(page: str) -> None:
    with pytest.raises(ValidationError), environment(VNPOST_TRACK_PAGE=page):
        settings()
