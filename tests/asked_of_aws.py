"""Every request the service makes to AWS, of any service, as botocore itself tells it; retries count."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore import handlers


class Asked(list[str]):
    """The requests in order, as `dynamodb.Query`. `read`: items queries read; `dropped`: those filtered away."""

    read: int = 0
    dropped: int = 0
    total: int = 0

    def scans(self) -> int:
        return self.count("dynamodb.Scan")


@contextmanager
def listening() -> Iterator[Asked]:
    """What is asked by clients made inside; to be entered before the cloud is mocked and connections are dropped.

    Fails at the end when anything scanned the table.
    """
    asked, scanned = Asked(), []

    def note(event_name: str, **_: Any) -> None:
        _, service, operation = event_name.split(".", 2)
        asked.append(f"{service}.{operation}")
        asked.total += 1
        scanned.extend(["scan"] if operation == "Scan" else [])

    def note_answer(parsed: Any, **_: Any) -> None:
        asked.read += parsed.get("ScannedCount", 0)
        asked.dropped += parsed.get("ScannedCount", 0) - parsed.get("Count", 0)

    ours = [("request-created", note), ("after-call.dynamodb.Query", note_answer)]
    handlers.BUILTIN_HANDLERS.extend(ours)
    try:
        yield asked
    finally:
        for each in ours:
            handlers.BUILTIN_HANDLERS.remove(each)
    assert not scanned, "no Scan outside ops/"
