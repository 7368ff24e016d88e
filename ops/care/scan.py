"""Reading a whole table or bucket in parallel, a page at a time: what is found goes on at once, nothing is gathered."""

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from queue import Queue
from typing import Any, Final, NamedTuple, TypeVar

from chalicelib.settings import settings
from chalicelib.table import Item

SEGMENTS: Final = 4
WAITING: Final = 100  # what was found and not yet taken: whoever reads waits for whoever is told
T = TypeVar("T")


class Page(NamedTuple):
    """`after`: where the next page begins; None on the last."""

    items: list[dict[str, Any]]
    after: dict[str, Any] | None


def keys(segment: int, segments: int = SEGMENTS, page: int | None = None) -> Iterator[str]:
    """The partitions of one segment of the table, each once: a partition's items lie together."""
    for pk, _ in groupby(each["pk"]["S"] for read in pages(segment, segments, page, "pk") for each in read.items):
        yield pk


def pages(
    segment: int,
    segments: int = SEGMENTS,
    page: int | None = None,
    attributes: str = "",
    start: dict[str, Any] | None = None,
) -> Iterator[Page]:
    """The items of one segment as DynamoDB writes them, page by page, after `start`; strongly consistent."""
    table, name = client(), settings().TABLE
    asked: dict[str, Any] = {"Segment": segment, "TotalSegments": segments, "ConsistentRead": True}
    asked |= {"Limit": page} if page else {}
    asked |= {"ProjectionExpression": attributes} if attributes else {}
    while True:
        asked |= {"ExclusiveStartKey": start} if start else {}
        told = table.scan(TableName=name, **asked)
        start = told.get("LastEvaluatedKey")
        yield Page(told["Items"], start)
        if not start:
            return


def client() -> Any:
    """The one client of the table, as all of the service uses it."""
    return Item._get_connection().connection.client


def together(work: Iterable[Callable[[], Iterator[T]]]) -> Iterator[T]:
    """What all of the work finds, as it is found; the first failure of any is raised here, and ends the others."""
    found: Queue[tuple[str, Any]] = Queue(WAITING)
    stopped = threading.Event()

    def run(one: Callable[[], Iterator[T]]) -> None:
        try:
            for each in one():
                if stopped.is_set():
                    return
                found.put(("found", each))
        except BaseException as failure:  # noqa: BLE001 - raised where it is waited for
            found.put(("failed", failure))
        finally:
            found.put(("ended", None))

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield from _until_ended(found, len(threads))
    finally:
        stopped.set()
        while not found.empty():  # whoever waits for room may end
            found.get()


def _until_ended(found: "Queue[tuple[str, Any]]", running: int) -> Iterator[Any]:
    while running:
        what, each = found.get()
        if what == "failed":
            raise each
        if what == "found":
            yield each
        running -= what == "ended"
