"""VNPost's API for public-service parcels (bưu chính công ích): the only module that speaks to it.

The wire format is the one VNPost's NGSP client speaks. It is public for: the token (OAuth 2 client credentials), the
order (answered 201 with `Status` "100" when taken) and the tracking list (pulled, a hundred at a time, after a Mongo
ObjectId). Not public, so decided here:

- Whether one order can be asked for. We ask the tracking list with `OrderNumber` and look only at the entries that
  carry it, so a server that ignores the filter makes us see nothing, never somebody else's parcel.
- What a repeated order number is answered. Ours is the same at every try of a shipment, so the carrier can refuse the
  second; any refusal goes to a person, and the first tracking event of a refused order puts it right by itself.
- The status codes, except 4, delivered. The province's contract lists the others: the setting VNPOST_STATUSES.
- The numbers of provinces and districts. Ours are sent when they are numbers; the address as text always is.

An order is posted once per call and never repeated here: only the caller can ask first.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

import urllib3

from chalicelib.postal.tracking import Meaning
from chalicelib.postal.vnpost_format import Order, Page, order_body, page_of
from chalicelib.settings import secret, settings

NAME: Final = "vnpost"
FIRST: Final = "0" * 24
PAGE_SIZE: Final = 100
PATIENCE: Final = urllib3.Timeout(connect=3, read=8)
NO: Final = frozenset({400, 409, 422})  # any other error says nothing of the order itself
TAKEN: Final = "100"


class NoAnswer(Exception):
    """No clear answer came: whether the carrier acted is unknown. The text is ours and holds no personal data."""


class Refused(Exception):
    """The carrier said no to this order, in its own words."""


@dataclass(frozen=True)
class Known:
    item_code: str  # empty until a post office has taken the parcel in


_tokens: dict[str, tuple[str, datetime]] = {}


def meanings() -> Mapping[str, Meaning]:
    return {"4": Meaning.DELIVERED} | {code: Meaning(word) for code, word in settings().VNPOST_STATUSES.items()}


def place(order: Order, now: datetime) -> None:
    """Hands the order over. Raises `Refused` when the carrier says no, `NoAnswer` when it may have said anything."""
    body = order_body(order, secret(NAME))
    status, answer = _call("POST", "/order", now, body=body)
    if status in NO:
        raise Refused(str(answer.get("Message", "")))
    if status != 201 or "Status" not in answer:
        raise NoAnswer(f"the order was answered with {status}")
    if str(answer["Status"]) != TAKEN:
        raise Refused(str(answer.get("Message", "")))


def find(order_number: str, now: datetime) -> Known | None:
    """What the carrier knows of an order of ours; None when it has said nothing of it yet."""
    page = _tracking(FIRST, now, OrderNumber=order_number)
    mine = [event for event in page.events if event.order_number == order_number]
    return Known(next((event.item_code for event in mine if event.item_code), "")) if mine else None


def pull(after: str, now: datetime) -> Page:
    """The next tracking events after the entry `after`, of all of our orders."""
    return _tracking(after, now)


def _tracking(after: str, now: datetime, **filters: str) -> Page:
    status, answer = _call("GET", "/tracking", now, query={"pagesize": str(PAGE_SIZE), "lastId": after} | filters)
    if status != 200:
        raise NoAnswer(f"tracking was answered with {status}")
    try:
        return page_of(answer, after, PAGE_SIZE)
    except ValueError:
        raise NoAnswer("a tracking page could not be read") from None


def _call(
    method: str, path: str, now: datetime, *, query: Mapping[str, str] | None = None, body: object = None
) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {_token(now)}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    where = f"{path}?{urlencode(query)}" if query else path
    status, answer = _send(method, where, headers, json.dumps(body, ensure_ascii=False).encode() if body else None)
    if status == 401:
        _tokens.clear()
    return status, answer


def _token(now: datetime) -> str:
    """Kept until a minute before it expires."""
    keys = secret(NAME)
    kept = _tokens.get(keys["key"])
    if kept and now < kept[1]:
        return kept[0]
    headers = urllib3.make_headers(basic_auth=f"{keys['key']}:{keys['secret']}")
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    status, answer = _send("POST", "/token", headers, b"grant_type=client_credentials")
    try:
        token, lifetime = str(answer["access_token"]), timedelta(seconds=int(answer["expires_in"]))
    except (KeyError, TypeError, ValueError):
        raise NoAnswer(f"the token was answered with {status}") from None
    _tokens[keys["key"]] = token, now + lifetime - timedelta(minutes=1)
    return token


def _send(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, dict[str, Any]]:
    url, connections = _base() + path, _connections(settings().CARRIER_CA_FILE)
    try:
        answer = connections.request(
            method, url, headers=headers, body=body, timeout=PATIENCE, retries=False, redirect=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise NoAnswer(type(error).__name__) from None
    try:
        facts = json.loads(answer.data)
    except ValueError:
        facts = None
    return answer.status, facts if isinstance(facts, dict) else {}


def _base() -> str:
    url = settings().VNPOST_URL.rstrip("/")
    if not url.startswith("https://"):
        raise ValueError("VNPOST_URL must begin with https://")
    return url


@cache
def _connections(ca_file: str) -> urllib3.PoolManager:
    """Certificates are verified, always: against the system's authorities, or the one file configured."""
    return urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=ca_file or None))
