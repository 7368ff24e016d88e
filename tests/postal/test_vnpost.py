"""VNPost's client against a carrier on loopback: what is believed, what is not, and that nothing is repeated."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import trustme
import urllib3

from chalicelib.clock.rules import ZONE
from chalicelib.postal import vnpost
from chalicelib.postal.tracking import Meaning
from chalicelib.postal.vnpost_format import Order, order_body, page_of, rewound
from chalicelib.settings import settings
from ops.local.vnpost_double import VnpostDouble

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
ORDER = Order(
    number="H32.10-260601-0001-9",
    sender="UBND phường Vĩnh Hải",
    recipient="Người nhận thử",
    phone="+84912345678",
    line="12 Lê Lợi",
    commune="Vĩnh Hải",
    province="56",
    description="Kết quả giải quyết hồ sơ H32.10-260601-0001",
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vnpost, "PATIENCE", urllib3.Timeout(connect=1, read=0.2))


def test_an_order_is_placed_and_then_known_by_its_item_code(carrier: VnpostDouble) -> None:
    assert vnpost.find(ORDER.number, NOW) is None

    vnpost.place(ORDER, NOW)

    known = vnpost.find(ORDER.number, NOW)
    assert known is not None
    assert known.item_code == carrier.orders[ORDER.number]["ItemCode"]
    assert carrier.placed == [ORDER.number]


def test_the_order_says_what_the_carrier_expects(carrier: VnpostDouble) -> None:
    vnpost.place(ORDER, NOW)

    order = carrier.orders[ORDER.number]
    assert order["CustomerCode"] == carrier.customer_code
    assert (order["CODAmount"], order["ReceiverProvince"], order["SenderProvince"]) == (0, 56, 56)
    assert order["ReceiverAddress"] == "12 Lê Lợi, Vĩnh Hải, 56"
    assert order["SenderName"] == "UBND phường Vĩnh Hải"


def test_a_place_that_is_no_number_is_sent_as_text_alone() -> None:
    body = order_body(Order(**{**ORDER.__dict__, "province": "Khánh Hòa"}), {"customer_code": "X"})

    assert body["ReceiverProvince"] == 0
    assert body["ReceiverAddress"].endswith("Khánh Hòa")


def test_a_carrier_whose_authority_we_do_not_know_is_not_spoken_to(
    carrier: VnpostDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    monkeypatch.setenv("CARRIER_CA_FILE", str(stranger))
    settings.cache_clear()

    with pytest.raises(vnpost.NoAnswer, match="SSLError"):
        vnpost.place(ORDER, NOW)
    assert carrier.calls == {}


def test_without_a_file_of_its_own_the_systems_authorities_judge(
    carrier: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARRIER_CA_FILE", "")
    settings.cache_clear()

    with pytest.raises(vnpost.NoAnswer, match="SSLError"):
        vnpost.find(ORDER.number, NOW)


def test_an_address_that_is_not_https_is_not_called(carrier: VnpostDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VNPOST_URL", carrier.url.replace("https", "http"))
    settings.cache_clear()

    with pytest.raises(ValueError, match="https"):
        vnpost.find(ORDER.number, NOW)


def test_the_token_is_asked_for_once_until_it_expires(carrier: VnpostDouble) -> None:
    for minutes in (0, 30, 58):
        vnpost.find(ORDER.number, NOW + timedelta(minutes=minutes))
    assert carrier.calls["/token"] == 1

    vnpost.find(ORDER.number, NOW + timedelta(minutes=60))
    assert carrier.calls["/token"] == 2


def test_a_token_the_carrier_forgot_is_replaced_at_the_next_try(carrier: VnpostDouble) -> None:
    vnpost.find(ORDER.number, NOW)
    carrier.forget_tokens()

    with pytest.raises(vnpost.NoAnswer):
        vnpost.place(ORDER, NOW)
    vnpost.place(ORDER, NOW)
    assert carrier.placed == [ORDER.number]


@pytest.mark.parametrize("fault", ["error", "hang", "lose", "garbage"])
def test_anything_but_a_clear_answer_is_no_answer_and_the_order_is_not_repeated(
    carrier: VnpostDouble, impatient: None, fault: str
) -> None:
    carrier.break_next("/order", fault)  # type: ignore[arg-type]

    with pytest.raises(vnpost.NoAnswer):
        vnpost.place(ORDER, NOW)
    assert carrier.calls["/order"] == 1


@pytest.mark.parametrize("path", ["/token", "/tracking"])
@pytest.mark.parametrize("fault", ["error", "lose", "garbage"])
def test_a_failing_token_or_list_is_no_answer(carrier: VnpostDouble, path: str, fault: str) -> None:
    carrier.break_next(path, fault)  # type: ignore[arg-type]

    with pytest.raises(vnpost.NoAnswer):
        vnpost.find(ORDER.number, NOW)


def test_a_clear_no_is_told_in_the_carriers_words(carrier: VnpostDouble) -> None:
    vnpost.place(ORDER, NOW)
    with pytest.raises(vnpost.Refused, match="đã tồn tại"):
        vnpost.place(ORDER, NOW)

    carrier.break_next("/order", "refuse")
    with pytest.raises(vnpost.Refused, match="Địa chỉ"):
        vnpost.place(Order(**{**ORDER.__dict__, "number": "another"}), NOW)


def test_a_server_that_ignores_the_filter_shows_us_nobody_elses_parcel(
    carrier: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier.happened("somebody-else", 1, NOW, "EE999999994VN")
    unfiltered = carrier.tracking
    monkeypatch.setattr(
        carrier, "tracking", lambda query, now: unfiltered({k: v for k, v in query.items() if k != "OrderNumber"}, now)
    )

    assert vnpost.find(ORDER.number, NOW) is None


def test_the_tracking_is_read_page_by_page(carrier: VnpostDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vnpost, "PAGE_SIZE", 2)
    ids = [carrier.happened(f"order-{i}", 2, NOW + timedelta(minutes=i)) for i in range(3)]

    first = vnpost.pull(vnpost.FIRST, NOW)
    second = vnpost.pull(first.last_id, NOW)

    assert [event.id for event in first.events + second.events] == ids
    assert (first.is_full, second.is_full, second.last_id) == (True, False, ids[-1])
    assert first.events[1].at == NOW + timedelta(minutes=1)


def test_one_unreadable_entry_holds_up_no_other() -> None:
    good = {"_id": {"$oid": "a" * 24}, "OrderNumber": "x", "EventTime": 1_780_279_200_000, "StatusCode": "4"}
    bad = {"_id": {"$oid": "b" * 24}, "OrderNumber": None, "EventTime": "yesterday"}

    page = page_of({"_embedded": {"rh:doc": [good, bad]}}, "0" * 24, 100)

    assert ([event.id for event in page.events], page.unreadable, page.last_id) == (["a" * 24], 1, "b" * 24)


@pytest.mark.parametrize("answer", [{}, {"_embedded": {}}, {"_embedded": {"rh:doc": [{"OrderNumber": "x"}]}}])
def test_what_is_no_page_is_not_read_as_an_empty_one(answer: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        page_of(answer, "0" * 24, 100)


def test_reading_begins_some_minutes_before_the_last_entry_seen() -> None:
    seconds = int(NOW.timestamp())

    assert rewound(f"{seconds:08x}{7:016x}") == f"{seconds - 600:08x}" + "0" * 16
    assert rewound(vnpost.FIRST) == vnpost.FIRST


def test_only_delivered_is_known_of_the_real_carrier_the_contract_says_the_rest(
    carrier: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VNPOST_STATUSES", "{}")
    settings.cache_clear()
    assert vnpost.meanings() == {"4": Meaning.DELIVERED}

    monkeypatch.setenv("VNPOST_STATUSES", '{"70": "in_transit"}')
    settings.cache_clear()
    assert vnpost.meanings() == {"4": Meaning.DELIVERED, "70": Meaning.IN_TRANSIT}
