"""The one way out to payment providers: TLS checked, short patience, no redirects, no repeats. Raises `Silent`."""

import json
from collections.abc import Mapping
from typing import Any, Final

import urllib3

from chalicelib.payments.protocol import Silent

LONGEST: Final = 4_000_000
http: Final = urllib3.PoolManager(
    timeout=urllib3.Timeout(connect=3, read=10), retries=False, cert_reqs="CERT_REQUIRED", maxsize=4
)


def asked(method: str, url: str, *, statuses: tuple[int, ...] = (200,), **what: Any) -> bytes:
    """The body of the answer. `what`: `json=`, `body=`, `fields=`, `headers=`, as urllib3 has them."""
    try:
        told = http.request(method, url, redirect=False, **what)
    except urllib3.exceptions.HTTPError as error:
        raise Silent(type(error).__name__) from None
    if told.status not in statuses or len(told.data) > LONGEST:
        raise Silent(f"HTTP {told.status}")
    return told.data


def asked_json(method: str, url: str, *, statuses: tuple[int, ...] = (200,), **what: Any) -> dict[str, Any]:
    """The answer, a JSON object."""
    try:
        fields = json.loads(asked(method, url, statuses=statuses, **what))
    except (ValueError, RecursionError) as error:
        raise Silent(type(error).__name__) from None
    if not isinstance(fields, dict):
        raise Silent("the answer is no object")
    return fields


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Every value as the text a signature covers: nothing for null."""
    return {name: "" if value is None else str(value) for name, value in fields.items()}
