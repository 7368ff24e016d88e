"""Breaks the service's calls to the outside, AWS and carriers alike: before they are sent, or after their effect.

Every botocore client sends through `Endpoint`, whoever made it, and every call of ours to others through urllib3's
`PoolManager`; taking hold of these two, nothing is listed by hand and nothing can be forgotten.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import botocore.endpoint
import pytest
import urllib3
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError

from chalicelib import table


class Died(BaseException):
    """The process ends here. Nothing of ours catches it, as nothing of ours survives."""


class When(StrEnum):
    BEFORE = "before it is sent"
    AFTER = "after its effect"


class Fault(NamedTuple):
    """`how`: `death`, `reset`, `500`, or the code of an AWS error; `reasons` are those of a cancelled transaction."""

    how: str
    when: When = When.BEFORE
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attempt:
    """One request of a call; `again` counts the repetitions that the client makes by itself."""

    number: int
    name: str
    again: int
    body: bytes

    @property
    def token(self) -> str:
        return str(json.loads(self.body)["ClientRequestToken"])


Plan = Callable[[Attempt], Fault | None]


@dataclass
class Outside:
    """What was asked of the outside, and how long the service would have waited between its tries."""

    attempts: list[Attempt] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    _numbers: dict[Any, int] = field(default_factory=dict)

    @property
    def calls(self) -> list[str]:
        return [attempt.name for attempt in self.attempts if not attempt.again]

    def asked(self, call: object, name: str, body: object) -> Attempt:
        number = self._numbers.setdefault(call, len(self._numbers))
        again = sum(earlier.number == number for earlier in self.attempts)
        raw = body if isinstance(body, bytes) else str(body or "").encode()
        self.attempts.append(Attempt(number, name, again, raw))
        return self.attempts[-1]


@contextmanager
def outside(plan: Plan = lambda attempt: None) -> Iterator[Outside]:
    """Records the calls made within, and breaks those the plan names. Waiting between tries takes no time."""
    seen = Outside()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Endpoint, "_do_get_response", _through_botocore(seen, plan, Endpoint._do_get_response))
        patched.setattr(urllib3.PoolManager, "urlopen", _through_urllib3(seen, plan, urllib3.PoolManager.urlopen))
        for module in (botocore.endpoint, table):
            patched.setattr(module, "time", SimpleNamespace(sleep=seen.waited.append))
        yield seen


def _through_botocore(seen: Outside, plan: Plan, send: Callable[..., Any]) -> Callable[..., Any]:
    def sent(endpoint: Any, request: Any, operation: Any, context: Any) -> Any:
        name = f"{operation.service_model.service_id}.{operation.name}"
        attempt = seen.asked(context["retries"]["invocation-id"], name, request.body)
        fault = plan(attempt)
        if fault is None:
            return send(endpoint, request, operation, context)
        if fault.when is When.AFTER:
            send(endpoint, request, operation, context)
        if fault.how == "death":
            raise Died(attempt)
        if fault.how == "reset":
            return None, ConnectionClosedError(request=request, endpoint_url=request.url)
        return _refused(request.url, fault), None

    return sent


def _refused(url: str, fault: Fault) -> tuple[AWSResponse, dict[str, Any]]:
    """An error as AWS answers it, raw and read."""
    code, status = ("InternalServerError", 500) if fault.how == "500" else (fault.how, 400)
    said: dict[str, Any] = {
        "Error": {"Code": code, "Message": f"injected [{', '.join(fault.reasons)}]"},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}, "RequestId": "injected"},
    }
    if fault.reasons:
        said["CancellationReasons"] = [{"Code": reason} for reason in fault.reasons]
    return AWSResponse(url, status, {}, SimpleNamespace(stream=lambda: iter([b""]))), said


def _through_urllib3(seen: Outside, plan: Plan, send: Callable[..., Any]) -> Callable[..., Any]:
    def sent(pool: Any, method: str, url: str, *args: Any, **options: Any) -> Any:
        name = f"{method} {urlsplit(url).path}"
        fault = plan(seen.asked(object(), name, options.get("body")))
        if fault is None or fault.when is When.AFTER:
            answer = send(pool, method, url, *args, **options)
        if fault is None:
            return answer
        if fault.how == "death":
            raise Died(name)
        if fault.how == "reset":
            raise urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
        return urllib3.HTTPResponse(body=b"{}", status=500)

    return sent


def at(number: int, fault: Fault, tries: int | None = None) -> Plan:
    """Breaks the call of that number: its first `tries` attempts, or all of them."""
    return lambda attempt: fault if attempt.number == number and (tries is None or attempt.again < tries) else None
