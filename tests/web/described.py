"""Whether an answer is one that `/openapi.json` describes: its status, its kind, its body, the code of its refusal."""

import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

import app  # noqa: F401 - fills the list of operations
from chalicelib.web import OPERATIONS, Operation
from tests.people import Reply, Send

PROBLEM = "application/problem+json"
PROBLEM_FIELDS = {"type", "title", "status", "detail", "code"}


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that answers, a fixed address before one with parameters, as the gateway chooses."""
    bare = path.partition("?")[0]
    found = [each for each in OPERATIONS if each.method == method and _address(each.path).fullmatch(bare)]
    return min(found, key=lambda each: each.path.count("{"), default=None)


@cache
def _address(template: str) -> "re.Pattern[str]":
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "/?")


def require_described(method: str, path: str, reply: Reply) -> None:
    """Fails when the description does not know of this answer. What no operation answers is not described."""
    if reply.status >= 400:
        require_problem(reply)
    operation = operation_of(method, path)
    if operation is None or operation.who == "machine":
        return
    told = _description()["paths"][operation.path][method.lower()]["responses"]
    assert str(reply.status) in told, f"{operation.name} does not say that it answers {reply.status}: {reply.body}"
    content = told[str(reply.status)].get("content", {})
    media = reply.headers.get("content-type", "").partition(";")[0]
    assert media in content or (not content and not reply.body), f"{operation.name} answered {media}"
    if content:
        faults = [
            error.message for error in _validator(operation.path, method.lower(), reply.status).iter_errors(reply.body)
        ]
        assert not faults, f"{operation.name}: {faults}"
    if reply.status >= 400:
        codes = told[str(reply.status)]["description"].split(", ")
        assert reply.body["code"] in codes, f"{operation.name} does not say that it refuses with {reply.body['code']}"


def require_problem(reply: Reply) -> None:
    assert reply.headers.get("content-type") == PROBLEM, reply
    assert set(reply.body) >= PROBLEM_FIELDS, reply
    assert reply.body["status"] == reply.status
    assert reply.body["type"].endswith(reply.body["code"])
    assert re.fullmatch(r"[a-z][a-z0-9_]*", reply.body["code"])
    assert reply.body["title"].strip()
    assert reply.body["detail"].strip()
    assert "{" not in reply.body["detail"]
    assert ("errors" in reply.body) == (reply.status == 422)
    for fault in reply.body.get("errors", []):
        assert set(fault) == {"pointer", "code", "detail"}
        assert fault["pointer"] == "" or fault["pointer"].startswith("/")


def described(send: Send) -> Send:
    """The same line, on which nothing is said that is not described."""

    def judged(method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        reply = send(method, path, headers, body)
        require_described(method, path, reply)
        return reply

    return judged


def _description() -> dict[str, Any]:
    from chalicelib.web.openapi import description

    return description()


@cache
def _validator(path: str, method: str, status: int) -> Draft202012Validator:
    (media,) = _description()["paths"][path][method]["responses"][str(status)]["content"].values()
    schema = {"$ref": media["schema"]["$ref"], "components": _description()["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
