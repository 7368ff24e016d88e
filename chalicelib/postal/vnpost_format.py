"""How an order and a page of tracking events are written in VNPost's format. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AliasPath, ConfigDict, Field, ValidationError

from chalicelib.clock.rules import ZONE
from chalicelib.postal.tracking import TrackingEvent
from chalicelib.shapes import Shape

ObjectId = Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
OVERLAP: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Order:
    """What is to be taken where. The sender's address and phone stand with the customer account, beside its keys."""

    number: str
    sender: str
    recipient: str
    phone: str
    line: str
    commune: str
    province: str
    description: str


@dataclass(frozen=True)
class Page:
    """`last_id` is where the next page begins; `unreadable` entries were passed over."""

    events: list[TrackingEvent]
    last_id: str
    is_full: bool
    unreadable: int = 0


class _Identified(Shape):
    id: ObjectId = Field(validation_alias=AliasPath("_id", "$oid"))


class _Entry(_Identified):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    order_number: str = Field(validation_alias="OrderNumber", min_length=1)
    at_ms: int = Field(validation_alias="EventTime", gt=0, lt=10**14)
    code: str = Field(validation_alias="StatusCode", min_length=1, max_length=20)
    text: str | None = Field(default=None, validation_alias="StatusMessage")
    place: str | None = Field(default=None, validation_alias="POSID")
    item_code: str | None = Field(default=None, validation_alias="ItemCode")


def order_body(order: Order, account: Mapping[str, str]) -> dict[str, Any]:
    address = ", ".join((order.line, order.commune, order.province))
    return {
        "CustomerCode": account["customer_code"],
        "OrderNumber": order.number,
        "CODAmount": 0,
        "SenderProvince": number_of(account.get("sender_province", "")),
        "SenderDistrict": number_of(account.get("sender_district", "")),
        "SenderAddress": account.get("sender_address", ""),
        "SenderName": order.sender,
        "SenderEmail": account.get("sender_email", ""),
        "SenderTel": account.get("sender_phone", ""),
        "SenderDesc": order.description,
        "Description": order.description,
        "ReceiverName": order.recipient,
        "ReceiverAddress": address,
        "ReceiverTel": order.phone,
        "ReceiverProvince": number_of(order.province),
        "ReceiverDistrict": 0,  # districts ended on 2025-07-01; the commune stands in the address
        "ReceiverEmail": "",
    }


def number_of(place: str) -> int:
    return int(place) if place.isascii() and place.isdigit() else 0


def page_of(answer: Mapping[str, Any], after: str, page_size: int) -> Page:
    """Raises ValueError when it is no page at all; an entry that cannot be read does not hold up the others."""
    try:
        entries = answer["_embedded"]["rh:doc"]
        ids = [_Identified.model_validate(entry).id for entry in entries]
    except (KeyError, TypeError):
        raise ValueError("no tracking page") from None
    read = [_event_of(entry) for entry in entries]
    events = [event for event in read if event]
    return Page(events, max([after, *ids]), len(ids) >= page_size, len(ids) - len(events))


def _event_of(entry: Any) -> TrackingEvent | None:
    try:
        seen = _Entry.model_validate(entry)
        at = datetime.fromtimestamp(seen.at_ms / 1000, ZONE)
    except (ValidationError, OverflowError):
        return None
    return TrackingEvent(
        id=seen.id,
        order_number=seen.order_number,
        code=seen.code,
        text=(seen.text or "")[:200],
        at=at,
        place=(seen.place or "")[:40],
        item_code=(seen.item_code or "").strip()[:40],
    )


def rewound(last_id: str) -> str:
    """Some minutes before the entry `last_id`.

    An ObjectId begins with the second it was made in, by the clock of whichever machine made it, so an entry
    may appear behind one already seen; reading a little again costs nothing, since every event is kept once.
    """
    second = int(last_id[:8], 16) - int(OVERLAP.total_seconds())
    return f"{max(second, 0):08x}" + "0" * 16
