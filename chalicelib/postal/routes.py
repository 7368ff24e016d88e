"""The post over HTTP: the parcels that wait for a person, another try, and the address for carriers that push."""

from datetime import datetime
from typing import Final, Literal

from chalice import Response
from pydantic import Field

from chalicelib.access import Desk, require
from chalicelib.dossiers.asked import AgencyMissing
from chalicelib.postal import actions, rules, s10
from chalicelib.postal.rules import Shipment, State, Trouble
from chalicelib.refusals import NotFound
from chalicelib.shapes import Shape
from chalicelib.web import Call, Listed, Query, Request, Routes
from chalicelib.web.cursors import CursorUnreadable, cursor_after, position_of

routes: Final = Routes(__name__)


class ShipmentShown(Shape):
    dossier_id: str
    shipment: int
    carrier: str
    order_number: str
    state: State
    since: datetime
    trouble: Trouble | None
    carrier_said: str
    attempts: int
    next_look_at: datetime | None
    tracking_code: str | None
    tracking_code_is_s10: bool | None
    version: int


class ShipmentList(Listed):
    items: list[ShipmentShown]


class WaitingQuery(Query):
    state: Literal["needs_person", "returned_to_sender", "failed"] = "needs_person"
    agency: str | None = Field(default=None, max_length=35)
    cursor: str | None = Field(default=None, max_length=300)
    limit: int = Field(default=50, ge=1, le=100)


class Nothing(Request):
    """An empty object."""


def shown(shipment: Shipment, _call: Call | None = None) -> ShipmentShown:
    code = shipment.tracking_code
    facts = shipment.model_dump(include=set(ShipmentShown.model_fields))
    return ShipmentShown(
        **facts,
        shipment=shipment.n,
        next_look_at=shipment.watch_at,
        tracking_code_is_s10=s10.is_item_number(code) if code else None,
    )


@routes.on(
    "GET",
    "/desk/shipments",
    answer=ShipmentList,
    query=WaitingQuery,
    who="officer",
    refuses=(AgencyMissing, CursorUnreadable),
)
def list_waiting_shipments(call: Call) -> ShipmentList:
    """The shipments of an agency that wait for a person, the longest waiting first."""
    query: WaitingQuery = call.query
    caller = require(call.caller, "see_shipments")
    agency = query.agency or caller.agency
    if not agency:
        raise AgencyMissing
    require(caller, "see_shipments", Desk(agency))
    after = position_of(query.cursor)
    page, following = actions.waiting(State(query.state), agency, after, query.limit)
    return ShipmentList(items=[shown(each) for each in page], next=cursor_after(following) or None)


@routes.on(
    "POST",
    "/shipments/{dossier_id}/{number}/retry",
    body=Nothing,
    answer=ShipmentShown,
    who="officer",
    once=True,
    show=shown,
    refuses=(rules.UnknownShipment, rules.NotWaitingForRetry),
)
def retry_shipment(call: Call, dossier_id: str, number: str) -> Shipment:
    """Try a shipment that needs a person again; the carrier is asked before anything is ordered."""
    n = int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 0
    return actions.retry_now(call.caller, dossier_id, n, call.now, call.once)


@routes.machine("POST", "/webhooks/post/{carrier}/{secret}")
def carrier_pushed(call: Call, carrier: str, secret: str) -> Response:
    """A carrier says that something moved. What it sends could be forged, so its tracking is pulled instead."""
    if not actions.is_carriers_secret(carrier, secret):
        raise NotFound
    actions.pull_tracking(call.now)
    return Response("", status_code=204)
