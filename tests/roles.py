"""What a function asks of AWS while it runs in this process, in IAM's words; what its role lacks is refused."""

import ast
import atexit
import builtins
import functools
import importlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore import handlers
from botocore.signers import S3PostPresigner
from chalice.app import EventSourceHandler

from chalicelib.web import App
from ops import permissions
from ops.local import template
from ops.local.template import ROOT
from ops.vendor import LAYERS

API = "APIHandler"
NOWHERE = "-"  # a key under which nothing ever is
RECORD = "MOTCUA_RECORD_ROLES"  # the file into which a session writes what was used
INSIDE_TRANSACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
# `HeadObject` is no permission, and whoever may not list is told that a missing object is forbidden.
S3 = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "ListParts": "s3:ListMultipartUploadParts",
    "DeleteObject": "s3:DeleteObject",
    "PutObjectRetention": "s3:PutObjectRetention",
}


# What tests also call alone, of what a function does.
PARTS = [
    ("FollowMoney", ("chalicelib.payments.receipts.actions", "follow")),
    ("FollowMoney", ("chalicelib.payments.refund_actions", "propose")),
    ("APIHandler", ("chalicelib.site.entering", "enter")),
]


class Use(NamedTuple):
    """`place`: a resource of the template by its name, and what of it, as the permissions name it."""

    place: str
    action: str


class NotAllowed(BaseException):
    """AWS would refuse. Nothing of ours catches it, so that no test can pass over it."""


running: ContextVar[str | None] = ContextVar("running", default=None)
used: dict[str, set[Use]] = {}


def install(patched: pytest.MonkeyPatch) -> None:
    """For the whole session, before any client is made. Who records has every event meet a cold function."""
    if RECORD in os.environ:
        atexit.register(_write, Path(os.environ[RECORD]))
        patched.setattr(builtins, "__import__", _imported(builtins.__import__))
    handlers.BUILTIN_HANDLERS.append(("before-parameter-build", _asked))
    patched.setattr(S3PostPresigner, "generate_presigned_post", _promised(S3PostPresigner.generate_presigned_post))
    patched.setattr(App, "__call__", _within(App.__call__, lambda *_: API, enters=True))
    patched.setattr(EventSourceHandler, "__call__", _within(EventSourceHandler.__call__, _of_handler, enters=True))
    for function, (module, name) in [*what_events_do().items(), *PARTS]:
        action = getattr(importlib.import_module(module), name)
        patched.setattr(f"{module}.{name}", _within(action, lambda *_, function=function: function, enters=False))


def _write(record: Path) -> None:
    record.write_text(json.dumps({function: sorted(uses) for function, uses in used.items()}), encoding="utf-8")


def what_events_do() -> dict[str, tuple[str, str]]:
    """By function, the action that its handler in `app` imports: tests that call it so are that function too."""
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    return {
        logical(handler.name): (imported.module or "", imported.names[0].name)
        for handler in tree.body
        if isinstance(handler, ast.FunctionDef)
        for imported in handler.body
        if isinstance(imported, ast.ImportFrom)
    }


def logical(name: str) -> str:
    """What the template calls the function of a handler."""
    return "".join(part.capitalize() for part in name.split("_"))


@contextmanager
def somebody_else() -> Iterator[None]:
    """What others do meanwhile is not done by the function that runs."""
    token = running.set(None)
    try:
        yield
    finally:
        running.reset(token)


def reading_keys(keys: dict[str, Any]) -> dict[str, Any]:
    """For tests with keys of their own: as if they had been read."""
    _note([Use("Secrets", "secretsmanager:GetSecretValue")])
    return keys


def _forget() -> None:
    from tests.conftest import forget_values

    forget_values()


def _of_handler(handler: Any, *_: Any) -> str:
    return logical(handler.func.__name__)


def _within(call: Callable[..., Any], name: Callable[..., str], *, enters: bool) -> Callable[..., Any]:
    """`enters`: from outside, whoever else runs; an action that another function calls is part of that one."""

    @functools.wraps(call)
    def called(*arguments: Any, **options: Any) -> Any:
        function = name(*arguments)
        if running.get() is not None and not enters:
            return call(*arguments, **options)
        if RECORD in os.environ and function != API:
            _forget()
        token = running.set(function)
        try:
            return call(*arguments, **options)
        finally:
            running.reset(token)

    return called


def _promised(sign: Callable[..., Any]) -> Callable[..., Any]:
    """A form that lets somebody else put an object does so with the signer's permission."""

    def signed(self: Any, request_dict: Any, fields: Any, conditions: Any, *rest: Any, **options: Any) -> Any:
        (key,) = [each["key"] for each in conditions if isinstance(each, dict) and "key" in each]
        _note([Use(_object(key), "s3:PutObject")])
        return sign(self, request_dict, fields, conditions, *rest, **options)

    return signed


def _asked(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    if running.get() is not None:
        service = model.service_model.service_name
        _note(list(READERS[service](model.name, params, bool(context.get("is_presign_request")))))


def _note(uses: list[Use]) -> None:
    function = running.get()
    if function is None:
        return
    used.setdefault(function, set()).update(uses)
    for use in uses:
        if not permissions.allows(function, *use):
            raise NotAllowed(f"{function} may not {use.action} on {use.place}: see .chalice/permissions.yaml")


def _dynamodb(operation: str, params: dict[str, Any], _: bool) -> Iterator[Use]:
    match operation:
        case "TransactWriteItems":
            for item in params["TransactItems"]:
                ((kind, write),) = item.items()
                yield Use(_items(write.get("Item") or write["Key"]), INSIDE_TRANSACTIONS[kind])
        case "BatchGetItem":
            for key in (key for asked in params["RequestItems"].values() for key in asked["Keys"]):
                yield Use(_items(key), "dynamodb:BatchGetItem")
        case "BatchWriteItem":
            for write in (write for asked in params["RequestItems"].values() for write in asked):
                ((kind, facts),) = write.items()
                yield Use(_items(facts.get("Item") or facts["Key"]), "dynamodb:BatchWriteItem")
        case "Query" if "IndexName" in params:
            yield Use(f"Table index/{params['IndexName']}", "dynamodb:Query")
        case "Query":
            named = re.search(r"=\s*(:\w+)", params["KeyConditionExpression"])
            assert named
            yield Use(_items({"pk": params["ExpressionAttributeValues"][named[1]]}), "dynamodb:Query")
        case _:
            yield Use(_items(params.get("Item") or params["Key"]), f"dynamodb:{operation}")


def _items(key: dict[str, Any]) -> str:
    """The items whose partition keys begin alike: `Table D#*`."""
    family, more, _ = key["pk"]["S"].partition("#")
    return f"Table {family}{more and '#*'}"


def _s3(operation: str, params: dict[str, Any], promised: bool) -> Iterator[Use]:
    if promised and (operation == "CreateBucket" or params["Key"] == NOWHERE):
        return  # botocore's way to a form's address, and ours to the bucket's
    if operation == "CopyObject":
        yield Use(_object(params["CopySource"].partition("/")[2]), "s3:GetObject")
        yield Use(_object(params["Key"]), "s3:PutObject")
    else:
        yield Use(_object(params["Key"]), S3[operation])
    if operation in ("CopyObject", "GetObject", "HeadObject") and not promised:
        yield Use("Bucket", "s3:ListBucket")


def _object(key: str) -> str:
    return f"Bucket {key.partition('/')[0]}/*"


def _sqs(operation: str, params: dict[str, Any], _: bool) -> Iterator[Use]:
    yield Use(_named(params["QueueUrl"]), f"sqs:{operation}")


def _secret(operation: str, params: dict[str, Any], _: bool) -> Iterator[Use]:
    yield Use(_named(params["SecretId"]), f"secretsmanager:{operation}")


def _mail(operation: str, params: dict[str, Any], _: bool) -> Iterator[Use]:
    yield Use("MailFrom", f"ses:{operation}")


READERS = {"dynamodb": _dynamodb, "s3": _s3, "sqs": _sqs, "secretsmanager": _secret, "sesv2": _mail}


def _imported(import_: Callable[..., Any]) -> Callable[..., Any]:
    """Refuses a library that the running function's package does not carry, though this machine has it."""
    carried = {module: layer.functions for layer in LAYERS.values() for module in layer.libraries.values()}

    def imported(name: str, *rest: Any, **options: Any) -> Any:
        function = running.get()
        if function and function not in carried.get(name.partition(".")[0], (function,)):
            raise NotAllowed(f"{function} has no {name} in its package: see ops/vendor.py")
        return import_(name, *rest, **options)

    return imported


def _named(value: str) -> str:
    """The resource whose name or address a setting holds, as the template fills it in."""
    from chalicelib.settings import settings

    plain = value.rpartition("/")[2]
    (name,) = [name for name, given in settings().model_dump().items() if str(given).rpartition("/")[2] == plain]
    return _filled()[name]


@cache
def _filled() -> dict[str, str]:
    variables = template.read()["Resources"][API]["Properties"]["Environment"]["Variables"]
    return {name: value["Ref"] for name, value in variables.items()}
