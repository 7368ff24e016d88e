"""What is asked of AWS meanwhile: requests of each service, DynamoDB's capacity units, and the CPU spent inside."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import handlers
from botocore.client import BaseClient

from chalicelib.web.routes import App

READS = {"GetItem", "Query", "BatchGetItem", "TransactGetItems", "Scan"}


@dataclass
class Meter:
    """`requests`: by service and operation. `handled`, `inside`: CPU seconds in the API's function, in AWS's client."""

    requests: Counter[str] = field(default_factory=Counter)
    read_units: float = 0.0
    write_units: float = 0.0
    handled: float = 0.0
    inside: float = 0.0

    def of(self, service: str) -> int:
        return sum(count for name, count in self.requests.items() if name.startswith(f"{service}."))


@contextmanager
def metering() -> Iterator[list[Meter]]:
    """Clients made inside are metered by the last meter of the list; to be entered before the cloud is."""
    meters = [Meter()]
    events = [
        ("provide-client-params.dynamodb", _with_capacity),
        ("request-created", lambda event_name, **_: _note_request(meters[-1], event_name)),
        ("after-call.dynamodb", lambda model, parsed, **_: _note_units(meters[-1], model.name, parsed)),
    ]
    handlers.BUILTIN_HANDLERS.extend(events)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(App, "__call__", _timed(App.__call__, meters, "handled"))
        patched.setattr(BaseClient, "_make_api_call", _timed(BaseClient._make_api_call, meters, "inside"))
        try:
            yield meters
        finally:
            for each in events:
                handlers.BUILTIN_HANDLERS.remove(each)


def _with_capacity(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any] | None:  # noqa: ANN401
    has_one = "ReturnConsumedCapacity" in model.input_shape.members
    return {**params, "ReturnConsumedCapacity": "TOTAL"} if has_one else None


def _note_request(meter: Meter, event_name: str) -> None:
    meter.requests[event_name.split(".", 1)[1]] += 1


def _note_units(meter: Meter, operation: str, parsed: dict[str, Any]) -> None:
    said = parsed.get("ConsumedCapacity") or []
    units = sum(float(each["CapacityUnits"]) for each in (said if isinstance(said, list) else [said]))
    if operation in READS:
        meter.read_units += units
    else:
        meter.write_units += units


def _timed(call: Any, meters: list[Meter], what: str) -> Any:  # noqa: ANN401
    """Of this thread alone: in others are the providers' and carriers' doubles."""

    def timed(*given: Any) -> Any:  # noqa: ANN401
        began = time.thread_time()
        try:
            return call(*given)
        finally:
            setattr(meters[-1], what, getattr(meters[-1], what) + time.thread_time() - began)

    return timed
