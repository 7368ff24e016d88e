"""What every route says of itself: what it takes, answers and refuses, and for whom. `/openapi.json` tells it on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel

from chalicelib.refusals import Refusal
from chalicelib.web.call import LONGEST_NAME, Call
from chalicelib.web.facts import LARGEST_BODY

View = Callable[..., Any]
Show = Callable[[Any, Call], BaseModel]


@dataclass(frozen=True)
class Operation:
    """What `/openapi.json` says of a route, and what the edge does for it."""

    method: str
    path: str
    name: str
    summary: str
    who: Literal["anyone", "citizen", "officer", "caller", "machine"]
    answer: type[BaseModel] | None
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    once: bool = False
    if_match: Literal["required", "optional"] | None = None
    refuses: tuple[type[Refusal], ...] = ()
    show: Show | None = None
    longest: int = LONGEST_NAME  # of a path parameter
    largest: int = LARGEST_BODY  # bytes


OPERATIONS: Final[list[Operation]] = []
