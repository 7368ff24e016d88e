"""How a finished dossier's result reaches the citizen: online, at the desk, or by post until it is delivered. Pure."""

from datetime import datetime
from typing import Literal

from chalicelib.dossiers.change import Change, moved
from chalicelib.dossiers.rules import Dossier, Shipping
from chalicelib.history.rules import EventType
from chalicelib.refusals import Conflict, Fault, Invalid

E = EventType


class ChannelNotOffered(Invalid):
    code = "channel_not_chosen"
    vi = "Người nộp đã chọn nhận kết quả theo cách khác; trả qua bưu chính cần địa chỉ, người nhận và số điện thoại."
    en = "The applicant chose another way; returning by post needs an address, a recipient and a phone."


def return_result(dossier: Dossier, channel: Literal["online", "desk", "post"], at: datetime) -> Change:
    """Handed over online or at the desk; by post it is on its way, and returned when delivered."""
    if channel == "post":
        return _hand_to_post(dossier, at)
    after = moved(dossier, E.RETURNED, at, returned_at=at)
    return Change(after, E.RETURNED, {"channel": channel})


def _hand_to_post(dossier: Dossier, at: datetime) -> Change:
    to = dossier.delivery
    after = moved(dossier, E.HANDED_TO_POST, at, shipping=Shipping(status="to_dispatch"), turn_since=at)
    if to.channel != "post" or not (to.address and to.recipient and to.phone):
        raise ChannelNotOffered([Fault("/channel", "channel_not_chosen", ChannelNotOffered.vi, ChannelNotOffered.en)])
    if dossier.shipping.status not in ("none", "failed"):
        raise Conflict
    return Change(after, E.HANDED_TO_POST, {"channel": "post"})


def dispatched(dossier: Dossier, tracking_code: str | None, at: datetime) -> Change:
    shipping = Shipping(status="dispatched", tracking_code=tracking_code)
    after = moved(dossier, E.DISPATCHED, at, shipping=shipping, turn_since=at)
    return Change(after, E.DISPATCHED, {"tracking_code": tracking_code})


def delivered(dossier: Dossier, at: datetime) -> Change:
    shipping = dossier.shipping.model_copy(update={"status": "delivered"})
    after = moved(dossier, E.DELIVERED, at, shipping=shipping, returned_at=at)
    return Change(after, E.DELIVERED, {"tracking_code": dossier.shipping.tracking_code})


def delivery_failed(dossier: Dossier, reason: str, at: datetime) -> Change:
    shipping = dossier.shipping.model_copy(update={"status": "failed"})
    return Change(moved(dossier, E.DELIVERY_FAILED, at, shipping=shipping), E.DELIVERY_FAILED, {"reason": reason})
