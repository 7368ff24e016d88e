"""A call as the views see it: who, what, when, in which language; read from Chalice's request and nowhere else."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from chalicelib.access import Caller
from chalicelib.history.once import KeyMissing, Once
from chalicelib.refusals import Language, NotFound, Unseen, Untrusted
from chalicelib.shapes import Shape

PLAIN: Final = re.compile(r"[A-Za-z0-9._-]+")
LONGEST_NAME: Final = 128
VISIBLE_ASCII: Final = re.compile(r"[!-~]{1,255}")
ETAG: Final = re.compile(r'(?:W/)?"?(\d{1,9})"?')
LANGUAGE: Final = re.compile(r"(vi|en)(?:-[a-z0-9-]+)?(?:\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?))?", re.IGNORECASE)


class Request(Shape):
    """A JSON body: unknown fields and loose types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)


class Query(Shape):
    """The query of a URL: unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(Shape):
    """One page of a list: `next`, the cursor of the following page, is absent on the last."""

    next: str | None = None

    @model_serializer(mode="wrap")
    def without_next_on_the_last_page(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        shown: dict[str, Any] = handler(self)
        if self.next is None:
            shown.pop("next", None)
        return shown


@dataclass(frozen=True)
class Answer:
    """What a view answers when the model alone does not say it all."""

    body: BaseModel | None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    headers: dict[str, str]
    query_pairs: list[tuple[str, str]]
    raw_body: bytes
    ip: str
    now: datetime
    language: Language
    caller: Caller | None
    body: Any = None
    query: Any = None
    once: Once | None = None
    seen: int | None = None

    @property
    def person(self) -> Caller:
        """Whoever calls; raises `Untrusted` for nobody."""
        if self.caller is None:
            raise Untrusted
        return self.caller


def language_of(header: str) -> Language:
    """Vietnamese unless the caller prefers English (RFC 9110 §12.5.4, by weight)."""
    best = {"vi": 0.0, "en": 0.0}
    for part in header.split(","):
        if found := LANGUAGE.fullmatch(part.strip()):
            tag = found[1].lower()
            best[tag] = max(best[tag], float(found[2] or 1))
    return "en" if best["en"] > best["vi"] else "vi"


def ip_of(request: Any) -> str:  # noqa: ANN401 - Chalice's request
    return str((request.context.get("identity") or {}).get("sourceIp") or "127.0.0.1")


def query_pairs(request: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Names and values decoded once, duplicates kept: a notification that repeats a name must be seen to."""
    params = request.query_params
    return [(name, value) for name in params for value in params.getlist(name)] if params else []


def plain(value: str, longest: int = LONGEST_NAME) -> str:
    """A path parameter of ours has a plain alphabet and is not long; anything else names nothing."""
    if len(value) > longest or not PLAIN.fullmatch(value):
        raise NotFound
    return value


def idempotency_key(headers: dict[str, str]) -> str:
    key = headers.get("idempotency-key", "")
    if not VISIBLE_ASCII.fullmatch(key):
        raise KeyMissing
    return key


def seen_version(headers: dict[str, str], *, required: bool) -> int | None:
    """The version in If-Match; one that is no version of ours matches nothing (-1)."""
    given = headers.get("if-match")
    if given is None:
        if required:
            raise Unseen
        return None
    found = ETAG.fullmatch(given.strip())
    return int(found[1]) if found else -1


def form_pairs(raw: bytes) -> list[tuple[str, str]]:
    return parse_qsl(raw.decode("utf-8", "strict"), keep_blank_values=True)
