"""How the running of the service is told: one log, the thread from a request to all that follows from it, and metrics.

Logs and metrics name operations, ids and kinds; never a person, a text of theirs, or a secret.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from chalice.app import Request

from chalicelib.settings import settings

NAMESPACE: Final = "motcua"
OUR_FAULT: Final = 500
LONGEST: Final = 64  # of the name of a thread that comes from outside

logger: Final = Logger(service="motcua")
_thread: ContextVar[str] = ContextVar("thread", default="")


def thread() -> str:
    """The name of what is going on: of the request, or of the one it follows from; empty outside of both."""
    return _thread.get()


@contextmanager
def following(name: str) -> Iterator[None]:
    """What is logged inside carries the name as `correlation_id`, and so does all that follows from what is done."""
    before = _thread.set(name[:LONGEST])
    logger.thread_safe_append_keys(correlation_id=thread())
    try:
        yield
    finally:
        _thread.reset(before)
        if thread():
            logger.thread_safe_append_keys(correlation_id=thread())
        else:
            logger.thread_safe_remove_keys(["correlation_id"])


def measure(name: str, unit: MetricUnit, value: float, **dimensions: str) -> None:
    """One line in CloudWatch's embedded format. Each combination of dimensions is paid for: they must be few."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for dimension, said in {"province": settings().PROVINCE, **dimensions}.items():
        metrics.add_dimension(name=dimension, value=said)
    metrics.add_metric(name=name, unit=unit, value=value)
    metrics.flush_metrics()


def watched(event: Any, answer: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - Chalice's middleware
    """A request, or a run by a queue, the stream or the clock: a thread of its own until a message says more."""
    if isinstance(event, Request):
        return _answered(event, answer)
    with following(getattr(event.context, "aws_request_id", "")):
        return answer(event)


def _answered(request: Request, answer: Callable[[Any], Any]) -> Any:  # noqa: ANN401
    """Named by its route, never by the address that was asked for."""
    began, facts = time.perf_counter(), request.context
    with following(str(facts.get("requestId") or secrets.token_hex(8))):
        response = answer(request)
        try:
            _measured(f"{facts.get('httpMethod', '')} {facts.get('resourcePath', '')}", response.status_code, began)
        except Exception as error:  # noqa: BLE001 - what was done is done, and is answered whether it is counted or not
            logger.error("not measured", extra={"kind": type(error).__name__})
    return response


def _measured(operation: str, status: int, began: float) -> None:
    measure("Milliseconds", MetricUnit.Milliseconds, (time.perf_counter() - began) * 1000, operation=operation)
    if status >= OUR_FAULT:
        measure("Defects", MetricUnit.Count, 1, operation=operation)
