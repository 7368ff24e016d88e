"""`/openapi.json`: OpenAPI 3.1 from the very models and refusals the routes use, never by hand."""

import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any, Final, cast

from chalice import Blueprint
from pydantic import Field
from pydantic.json_schema import models_json_schema

from chalicelib import refusals
from chalicelib.history.once import KeyMissing, KeyReused
from chalicelib.refusals import Refusal
from chalicelib.settings import settings
from chalicelib.shapes import Shape
from chalicelib.web.operations import OPERATIONS, Operation
from chalicelib.web.problems import status_of
from chalicelib.web.routes import App

PROBLEM: Final = "application/problem+json"
REF: Final = "#/components/schemas/{model}"


class FaultShown(Shape):
    """One thing wrong in a request."""

    pointer: str = Field(description="Where, as a JSON pointer (RFC 6901)")
    code: str
    detail: str


class Problem(Shape):
    """A refusal (RFC 9457), in Vietnamese, or in English when `Accept-Language` prefers it."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable; programs may rely on it")
    errors: list[FaultShown] | None = Field(default=None, description="Only for 422: all that is wrong, at once")


def whole_description(asked: Blueprint) -> dict[str, Any]:
    """Of all operations, those of rooms that nobody asked for yet too; `asked`: what of the application answers."""
    app = cast(App, asked.current_app)
    app.open(app.modules)
    return description()


@cache
def description() -> dict[str, Any]:
    models = {model for each in OPERATIONS for model in (each.body, each.query, each.answer) if model} | {Problem}
    pairs: list[Any] = [
        *((model, "validation") for model in models if model in {each.body for each in OPERATIONS}),
        *((model, "serialization") for model in models if model not in {each.body for each in OPERATIONS}),
    ]
    refs, schemas = models_json_schema(sorted(pairs, key=lambda pair: pair[0].__name__), ref_template=REF)
    named = {model: ref for (model, _), ref in refs.items()}
    paths: dict[str, Any] = {}
    for operation in sorted(OPERATIONS, key=lambda each: each.path):  # in whatever order rooms were opened
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Một Cửa · {settings().PROVINCE_NAME}", "version": settings().RELEASE},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(operation: Operation, named: dict[Any, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": {**_success(operation, named), **_refusals(operation)},
    }
    if operation.who not in ("anyone", "machine"):
        said["security"] = [{"bearer": []}]
    if operation.body:
        required = any(field.is_required() for field in operation.body.model_fields.values())
        said["requestBody"] = {"required": required, "content": {"application/json": {"schema": named[operation.body]}}}
    return said


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = {"type": "string", "pattern": f"^[A-Za-z0-9._-]{{1,{operation.longest}}}$"}
    names = re.findall(r"{(\w+)}", operation.path)
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template=REF)
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(facts, schema.get("$defs", {}))}
        for name, facts in schema.get("properties", {}).items()
    ]


def _inlined(facts: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON Schema
    if isinstance(facts, dict):
        if "$ref" in facts:
            return _inlined(definitions[facts["$ref"].rsplit("/", 1)[-1]], definitions)
        return {name: _inlined(value, definitions) for name, value in facts.items()}
    return [_inlined(each, definitions) for each in facts] if isinstance(facts, list) else facts


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    key = {"name": "Idempotency-Key", "in": "header", "required": True}
    seen = {"name": "If-Match", "in": "header", "required": operation.if_match == "required"}
    visible = {"type": "string", "pattern": "^[!-~]{1,255}$"}
    return [
        *([key | {"schema": visible}] if operation.once else []),
        *([seen | {"schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'}}] if operation.if_match else []),
    ]


def _success(operation: Operation, named: dict[Any, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.answer:
        answer["content"] = {"application/json": {"schema": named[operation.answer]}}
    return {str(operation.status): answer}


def _refusals(operation: Operation) -> dict[str, Any]:
    if operation.who == "machine":
        return {"default": {"description": "The provider's or carrier's own contract"}}
    codes: dict[int, set[str]] = {}
    for kind in (*operation.refuses, *_edge_refusals(operation)):
        codes.setdefault(status_of(kind), set()).add(kind.code)
    codes.setdefault(500, set()).add("internal_error")
    content = {PROBLEM: {"schema": {"$ref": REF.format(model="Problem")}}}
    return {
        str(status): {"description": ", ".join(sorted(names)), "content": content}
        for status, names in sorted(codes.items())
    }


def _edge_refusals(operation: Operation) -> Iterable[type[Refusal]]:
    """What the edge may say no with before, or around, the view."""
    yield from (refusals.TooMany, refusals.Unavailable)
    if operation.who != "anyone":
        yield refusals.Untrusted
    if operation.who in ("citizen", "officer"):
        yield refusals.Forbidden
    if "{" in operation.path:
        yield refusals.NotFound
    if operation.body:
        yield from (refusals.Malformed, refusals.Invalid, refusals.TooLarge, refusals.WrongMedia)
    if operation.query:
        yield from (refusals.Malformed, refusals.Invalid)
    if operation.once:
        yield from (KeyMissing, KeyReused, refusals.Conflict)
    if operation.if_match:
        yield refusals.Stale
    if operation.if_match == "required":
        yield refusals.Unseen
