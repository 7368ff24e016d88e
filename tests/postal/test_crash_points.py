"""Dispatch and tracking, broken before and after every call they make of the outside, and then delivered again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Literal

import botocore.client
import pytest

from chalicelib.dossiers import records as dossiers
from chalicelib.history import records as history
from chalicelib.history.rules import broken_at
from chalicelib.postal import actions, heard, records, vnpost
from chalicelib.postal.rules import State
from ops.local.vnpost_double import VnpostDouble
from tests.postal.conftest import NOW, handed_to_post

pytestmark = pytest.mark.stack
MOMENTS: tuple[Literal["before", "after"], ...] = ("before", "after")


class Died(Exception):
    """Stands for a process that ends here."""


class Outside:
    """Every call of AWS and of the carrier, counted; the one chosen ends the process, before or after its effect."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.fatal, self.moment = 0, -1, "before"
        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", self.watched(_aws))
        monkeypatch.setattr(vnpost, "_send", self.watched(vnpost._send))

    def watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*args: Any, **kwargs: Any) -> Any:
            mine, self.calls = self.calls, self.calls + 1
            if mine == self.fatal and self.moment == "before":
                raise Died
            answer = call(*args, **kwargs)
            if mine == self.fatal:
                raise Died
            return answer

        return made

    @contextmanager
    def dying(self, at: int, moment: str) -> Iterator[None]:
        self.calls, self.fatal, self.moment = 0, at, moment
        with suppress(Died):
            yield
        self.fatal = -1


_aws = botocore.client.BaseClient._make_api_call


def forget(post: VnpostDouble) -> None:
    """Each point begins with a carrier that has done nothing yet."""
    post.orders.clear()
    post.events.clear()
    vnpost._tokens.clear()
    heard.CursorItem(f"CARRIER#{vnpost.NAME}", "CURSOR").delete()


def types_of(dossier_id: str) -> list[str]:
    return [event.type.value for event in history.events(dossier_id)]


def test_wherever_a_dispatch_dies_one_parcel_goes_out_and_the_dossier_is_told_once(
    post: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.takes_duplicates = True  # a carrier that would not notice
    outside, number, point = Outside(monkeypatch), 5000, 0
    while True:
        for moment in MOMENTS:
            number += 1
            forget(post)
            dossier_id, n = handed_to_post(number)
            with outside.dying(point, moment):
                actions.follow(dossier_id, n, NOW)
            reached = outside.calls
            for minute in (1, 2, 10):  # the queue delivers again, the schedule comes round
                actions.follow(dossier_id, n, NOW + timedelta(minutes=minute))
                actions.retry_due(NOW + timedelta(minutes=minute))

            shipment = records.load(dossier_id, n)
            assert shipment.state == State.DISPATCHED
            assert post.placed.count(shipment.order_number) == 1
            assert types_of(dossier_id).count("dispatched") == 1
            assert dossiers.load(dossier_id).shipping.tracking_code == shipment.tracking_code
        if reached <= point:
            break
        point += 1
    assert point > 10  # it was broken at every call of a whole dispatch


def test_wherever_the_pull_dies_each_parcel_ends_delivered_and_its_dossier_returned(
    post: VnpostDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.names_items_at_once = False
    outside, number, point = Outside(monkeypatch), 6000, 0
    while True:
        for moment in MOMENTS:
            number += 1
            forget(post)
            at = NOW + timedelta(hours=point)
            dossier_id, n = handed_to_post(number, at)
            actions.follow(dossier_id, n, at)
            order = records.load(dossier_id, n).order_number
            for status in (1, 2, 4):
                post.happened(order, status, at + timedelta(minutes=status))
            with outside.dying(point, moment):
                actions.pull_tracking(at + timedelta(minutes=9))
            reached = outside.calls
            actions.pull_tracking(at + timedelta(minutes=10))

            assert types_of(dossier_id)[-2:] == ["dispatched", "delivered"]
            assert records.load(dossier_id, n).state == State.DELIVERED
            assert dossiers.load(dossier_id).status == "returned"
            assert broken_at(history.events(dossier_id)) is None
        if reached <= point:
            break
        point += 1
    assert point > 10
