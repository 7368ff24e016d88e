"""What post clerks see and may do, and what a carrier's push is worth."""

from typing import Any

import pytest

from chalicelib.postal import actions, heard, records, vnpost
from chalicelib.postal.rules import State
from ops.local.vnpost_double import VnpostDouble
from tests.people import Town
from tests.postal.conftest import NOW, handed_to_post


@pytest.fixture
def post(table: None, carrier: VnpostDouble, monkeypatch: pytest.MonkeyPatch) -> VnpostDouble:
    """In the mocked cloud, where the town is."""
    monkeypatch.setattr(actions, "secret", lambda name: {vnpost.NAME: carrier.keys}[name])
    return carrier


@pytest.fixture
def refused(post: VnpostDouble) -> tuple[str, int]:
    """A parcel the carrier refused: it waits for a person."""
    dossier_id, n = handed_to_post()
    post.break_next("/order", "refuse")
    actions.follow(dossier_id, n, NOW)
    return dossier_id, n


@pytest.mark.parametrize("role", ["clerk", "post_clerk", "supervisor", "auditor"])
def test_what_waits_for_a_person_is_seen_by_the_people_it_waits_for(
    town: Town, refused: tuple[str, int], role: str
) -> None:
    reply = town.officer(role, "H32.10").get("/desk/shipments")

    assert reply.status == 200
    assert "next" not in reply.body
    (item,) = reply.body["items"]
    assert (item["dossier_id"], item["shipment"]) == refused
    assert (item["state"], item["trouble"]) == ("needs_person", "refused")
    assert item["carrier_said"] == "Địa chỉ người nhận chưa đúng"
    assert item["attempts"] == 1


def test_a_list_longer_than_a_page_goes_on_where_it_stopped(town: Town, post: VnpostDouble) -> None:
    sent = [handed_to_post(number) for number in range(1, 4)]
    post.break_next("/order", *["refuse"] * 3)
    for dossier_id, n in sent:
        actions.follow(dossier_id, n, NOW)
    clerk = town.officer("post_clerk", "H32.10")

    first = clerk.get("/desk/shipments?limit=2").body
    second = clerk.get(f"/desk/shipments?limit=2&cursor={first['next']}").body

    assert [item["dossier_id"] for item in first["items"] + second["items"]] == ["d1", "d2", "d3"]
    assert "next" not in second


@pytest.mark.parametrize(
    ("role", "agency", "query", "status"),
    [
        ("post_clerk", "H32.11", "", 200),  # their own desk, which is empty
        ("post_clerk", "H32.11", "?agency=H32.10", 403),
        ("auditor", "H32", "?agency=H32.10", 200),
        ("auditor", "", "", 422),
        ("specialist", "H32.10", "", 403),
        ("post_clerk", "H32.10", "?state=delivered", 422),
        ("post_clerk", "H32.10", "?cursor=_w", 422),
        ("post_clerk", "H32.10", "?other=1", 422),
    ],
)
def test_an_agencys_parcels_are_its_own(
    town: Town, refused: tuple[str, int], role: str, agency: str, query: str, status: int
) -> None:
    reply = town.officer(role, agency).get(f"/desk/shipments{query}")

    assert reply.status == status
    if status == 200:
        assert len(reply.body["items"]) == (1 if query else 0)


@pytest.mark.parametrize(("path", "method"), [("/desk/shipments", "GET"), ("/shipments/d1/2/retry", "POST")])
def test_citizens_and_strangers_have_no_business_at_the_post_desk(
    town: Town, refused: tuple[str, int], path: str, method: str
) -> None:
    body = {} if method == "POST" else None

    assert town.anyone.ask(method, path, body).status == 401
    assert town.citizen().ask(method, path, body).status == 403


def test_a_person_has_it_tried_again_and_it_goes_out_once(
    town: Town, post: VnpostDouble, refused: tuple[str, int]
) -> None:
    dossier_id, n = refused
    clerk = town.officer("post_clerk", "H32.10")

    reply = clerk.post(f"/shipments/{dossier_id}/{n}/retry", key="again")
    repeated = clerk.post(f"/shipments/{dossier_id}/{n}/retry", key="again")

    assert (reply.status, reply.body["state"]) == (200, "to_dispatch")
    assert (repeated.status, repeated.body) == (200, reply.body)
    assert repeated.headers["idempotency-replayed"] == "true"
    shipment = records.load(dossier_id, n)
    assert shipment.watch_at is not None
    actions.retry_due(shipment.watch_at)
    assert records.load(dossier_id, n).state == State.DISPATCHED
    assert len(post.placed) == 1


@pytest.mark.parametrize(
    ("role", "agency", "path", "status", "code"),
    [
        ("post_clerk", "H32.11", "d1/2", 403, "not_allowed"),
        ("supervisor", "H32.10", "d1/2", 403, "not_allowed"),
        ("auditor", "H32.10", "d1/2", 403, "not_allowed"),
        ("post_clerk", "H32.10", "d1/3", 404, "unknown_shipment"),
        ("post_clerk", "H32.10", "d1/two", 404, "unknown_shipment"),
        ("post_clerk", "H32.10", "nowhere/2", 404, "unknown_shipment"),
    ],
)
def test_who_may_not_or_asks_for_nothing_is_told_so(
    town: Town, refused: tuple[str, int], role: str, agency: str, path: str, status: int, code: str
) -> None:
    reply = town.officer(role, agency).post(f"/shipments/{path}/retry")

    assert (reply.status, reply.body["code"]) == (status, code)
    assert records.load(*refused).state == State.NEEDS_PERSON


def test_a_parcel_on_its_way_cannot_be_tried_again(town: Town, post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, n, NOW)

    reply = town.officer("post_clerk", "H32.10").post(f"/shipments/{dossier_id}/{n}/retry")

    assert (reply.status, reply.body["code"]) == (409, "shipment_not_waiting")


def forged(order_number: str) -> dict[str, Any]:
    return {"OrderNumber": order_number, "StatusCode": 4, "EventTime": 1_780_279_200_000}


def test_a_push_is_only_a_reason_to_ask_the_carrier(town: Town, post: VnpostDouble) -> None:
    dossier_id, n = handed_to_post()
    actions.follow(dossier_id, n, NOW)
    order = records.load(dossier_id, n).order_number
    address = f"/webhooks/post/vnpost/{post.keys['webhook_secret']}"

    assert town.anyone.post(address, forged(order)).status == 204
    assert records.load(dossier_id, n).state == State.DISPATCHED

    post.happened(order, 4, NOW)
    assert town.anyone.post(address, forged(order)).status == 204
    assert records.load(dossier_id, n).state == State.DELIVERED


@pytest.mark.parametrize(
    "address", ["vnpost/guessed", "vnpost/", "vnpost/local-webhook-secre", "ghn/local-webhook-secret", "vnpost/%C3%A9"]
)
def test_whoever_does_not_know_the_address_finds_nothing_there(town: Town, post: VnpostDouble, address: str) -> None:
    reply = town.anyone.post(f"/webhooks/post/{address}", {})

    assert reply.status in (403, 404)  # 403: no such route, as API Gateway says it
    assert post.calls == {}
    assert heard.cursor(vnpost.NAME, vnpost.FIRST) == vnpost.FIRST


def test_a_carrier_without_such_a_secret_has_no_such_address(
    town: Town, post: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {**post.keys, "webhook_secret": ""}
    monkeypatch.setattr(actions, "secret", lambda _name: keys)

    assert not actions.is_carriers_secret("vnpost", "")


def test_a_silent_carrier_makes_the_push_come_again(town: Town, post: VnpostDouble) -> None:
    post.break_next("/tracking", "error")

    reply = town.anyone.post(f"/webhooks/post/vnpost/{post.keys['webhook_secret']}", {})

    assert (reply.status, reply.body["code"]) == (503, "unavailable")
