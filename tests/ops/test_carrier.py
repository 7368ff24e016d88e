import json
import time

import pytest

from ops.local.carrier import KeptCarrier

KEYS = {"key": "k", "secret": "s", "customer_code": "LOCAL"}
ORDER = {"OrderNumber": "D1-1", "CustomerCode": "LOCAL", "ReceiverAddress": "Nha Trang"}


@pytest.fixture
def carrier(tmp_path):
    with KeptCarrier(tmp_path, 0, KEYS, step_seconds=0.05) as carrier:
        yield carrier


def placed(carrier):
    carrier._tokens.add("t")
    return carrier.answered("POST", "/order", "Bearer t", {}, json.dumps(ORDER).encode())


def test_a_parcel_travels_until_it_is_delivered(carrier):
    assert placed(carrier)[0] == 201

    deadline = time.monotonic() + 5
    while [event["StatusCode"] for event in carrier.events] != [1, 2, 4] and time.monotonic() < deadline:
        time.sleep(0.02)

    assert [event["StatusCode"] for event in carrier.events] == [1, 2, 4]


def test_an_order_that_was_answered_outlives_a_kill(carrier, tmp_path):
    placed(carrier)

    assert "D1-1" in json.loads((tmp_path / "vnpost.json").read_text())["orders"]


def test_a_restarted_carrier_knows_its_parcels(tmp_path):
    with KeptCarrier(tmp_path, 0, KEYS, step_seconds=60) as first:
        placed(first)

    with KeptCarrier(tmp_path, 0, KEYS, step_seconds=60) as second:
        assert second.events == first.events
        assert placed(second)[1]["Status"] == "102"
