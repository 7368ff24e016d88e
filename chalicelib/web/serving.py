"""A request served: here alone it becomes a call, its outcome a response, and a refusal a problem document."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from chalice import Blueprint, Response

from chalicelib import tokens
from chalicelib.access import Caller
from chalicelib.clock.now import now
from chalicelib.history.once import Once, Recorded
from chalicelib.history.rules import digest
from chalicelib.refusals import Conflict, Forbidden, Refusal, Unavailable, Untrusted
from chalicelib.table import Lost, is_throttled
from chalicelib.watching import logger
from chalicelib.web.call import Answer, Call, idempotency_key, ip_of, language_of, plain, query_pairs, seen_version
from chalicelib.web.defects import where
from chalicelib.web.facts import read_body, read_query
from chalicelib.web.operations import Operation, View
from chalicelib.web.problems import framework_problem, refused

JSON: Final = "application/json"
Headers = dict[str, str | list[str]]


def answered(routes: Blueprint, operation: Operation, view: View, **parameters: str) -> Response:
    call = bare_call(routes)
    # Chalice turns any other exception into a 500 before middleware can see it
    # (aws/chalice#1884), so translation has to happen inside the view.
    try:
        call = _read(routes, operation, call)
        named = {name: plain(value, operation.longest) for name, value in parameters.items()}
        return _attempted(operation, view, call, named)
    except Refusal as refusal:
        return refused(refusal, call.language)
    except Exception as error:  # noqa: BLE001 - the edge: a defect is logged without its data and told as one
        return _defect(error, call)


def machine_answered(routes: Blueprint, operation: Operation, view: View, **parameters: str) -> Response:
    call = bare_call(routes)
    try:
        answer: Response = view(call, **parameters)
        return answer
    except Refusal as refusal:
        return refused(refusal, call.language)
    except Exception as error:  # noqa: BLE001
        return _defect(error, call)


def _defect(error: Exception, call: Call) -> Response:
    """What we did wrong; a table that throttles beyond its client's patience is not that, only busy."""
    if is_throttled(error):
        return refused(Unavailable(), call.language)
    logger.error("defect", extra=where(error))
    return framework_problem(500, call.language)


def _attempted(operation: Operation, view: View, call: Call, parameters: dict[str, str]) -> Response:
    """The first answer to a repeated request is looked for only when something said no: the usual path pays no read."""
    try:
        outcome = view(call, **parameters)
    except (Refusal, Lost) as error:
        recorded = call.once.recorded() if call.once else None
        if recorded:
            return _replayed(recorded)
        if isinstance(error, Lost):
            raise Conflict from None
        raise
    return _shown(operation, call, outcome)


def bare_call(routes: Blueprint) -> Call:
    request = routes.current_request
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(
        method=request.method,
        path=request.context.get("path") or request.path,
        headers=headers,
        query_pairs=query_pairs(request),
        raw_body=_bytes(request.raw_body),
        ip=ip_of(request),
        now=now(),
        language=language_of(headers.get("accept-language", "")),
        caller=None,
    )


def _bytes(raw: str | bytes) -> bytes:
    return raw.encode() if isinstance(raw, str) else raw


def _read(routes: Blueprint, operation: Operation, call: Call) -> Call:
    """Who first, then what: nobody learns from a fault in the body what they may not do."""
    caller = _let_in(operation, tokens.caller_of(call.headers.get("authorization")))
    call = replace(call, caller=caller)
    once = idempotency_key(call.headers) if operation.once else None
    seen = seen_version(call.headers, required=operation.if_match == "required") if operation.if_match else None
    query = read_query(call.query_pairs, operation.query) if operation.query else None
    body, facts = read_body(call.raw_body, operation.body, operation.largest) if operation.body else (None, None)
    call = replace(call, body=body, query=query, seen=seen)
    return replace(call, once=_once(operation, call, once, facts)) if once and caller else call


def _let_in(operation: Operation, caller: Caller | None) -> Caller | None:
    if operation.who != "anyone" and caller is None:
        raise Untrusted
    if caller and operation.who in ("citizen", "officer") and caller.kind != operation.who:
        raise Forbidden
    return caller


def _once(operation: Operation, call: Call, key: str, facts: object) -> Once:
    assert call.caller is not None  # noqa: S101 - ⟳ routes are never for anyone
    return Once(
        caller=f"{call.caller.kind}:{call.caller.key}",
        key=key,
        fingerprint=digest([call.method, call.path, facts]),
        at=call.now,
        status=operation.status,
        shown=_rendering(operation, call),
    )


def _rendering(operation: Operation, call: Call) -> Callable[[Any], tuple[str, str | None]]:
    """What is kept to answer a repetition and what is sent are of one outcome: it is rendered once."""
    last: tuple[Any, tuple[str, str | None]] | None = None

    def rendered(outcome: Any) -> tuple[str, str | None]:  # noqa: ANN401
        nonlocal last
        if last is None or last[0] is not outcome:
            last = outcome, _rendered(operation, call, outcome)
        return last[1]

    return rendered


def _rendered(operation: Operation, call: Call, outcome: Any) -> tuple[str, str | None]:  # noqa: ANN401
    model = operation.show(outcome, call) if operation.show else outcome
    version = getattr(outcome, "version", None)
    return model.model_dump_json(by_alias=True), f'"{version}"' if isinstance(version, int) else None


def _shown(operation: Operation, call: Call, outcome: Any) -> Response:  # noqa: ANN401
    if isinstance(outcome, Response):
        return outcome
    answer = outcome if isinstance(outcome, Answer) else Answer(outcome)
    render = call.once.shown if call.once else _rendering(operation, call)
    body, etag = render(answer.body) if answer.body is not None else ("", None)
    headers: Headers = {"Content-Type": JSON, **dict(answer.headers), **_etag(etag)}
    return Response(body, status_code=answer.status or operation.status, headers=headers)


def _replayed(recorded: Recorded) -> Response:
    headers: Headers = {"Content-Type": JSON, "Idempotency-Replayed": "true", **_etag(recorded.etag)}
    return Response(recorded.body, status_code=recorded.status, headers=headers)


def _etag(version: str | None) -> dict[str, str]:
    return {"ETag": version} if version else {}
