"""The service in this process over an emulator of AWS, people signed in to API and pages, and what asking it costs.

An environment must be entered (`over`) before anything of the service is imported.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from botocore import handlers

from ops.local import cloud, keys
from ops.local.template import stage_environment

WARM: Final = 3
FORM: Final = "application/x-www-form-urlencoded"


class Ask(NamedTuple):
    """`sent`: JSON of a call, the fields of a form, nothing of a GET. `who`: empty for nobody."""

    method: str
    path: str
    sent: dict[str, Any] | None = None
    who: str = ""


class Answered(Exception):
    """The service said no: what was to be measured is not what was measured."""


@dataclass
class Person:
    token: str
    cookie: str
    csrf: str


@dataclass
class Service:
    """`asked`: the requests to AWS since it was last cleared; `read`: the items that queries went through."""

    http: Any
    people: dict[str, Person] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    read: int = 0

    def sign_in(self, name: str, caller: Any, token: str) -> None:  # noqa: ANN401 - chalicelib may not be imported yet
        from chalicelib.clock.now import now
        from chalicelib.site import session_records
        from chalicelib.site.sessions import form_token_of

        value = session_records.open_session(caller, keys.ISSUER, now())
        self.people[name] = Person(token, value, form_token_of(value))

    def api(self, ask: Ask) -> Any:  # noqa: ANN401 - JSON
        headers = {"Content-Type": "application/json"} if ask.sent is not None else {}
        if ask.who:
            headers["Authorization"] = f"Bearer {self.people[ask.who].token}"
        return json.loads(self._answer(ask, headers, json.dumps(ask.sent).encode() if ask.sent is not None else b""))

    def page(self, ask: Ask) -> str:
        headers = {"Content-Type": FORM} if ask.sent is not None else {}
        form = dict(ask.sent or {})
        if ask.who:
            person = self.people[ask.who]
            headers["Cookie"] = f"phien={person.cookie}"
            form |= {"csrf": person.csrf}
        return self._answer(ask, headers, urlencode(form).encode() if ask.sent is not None else b"").decode()

    def _answer(self, ask: Ask, headers: dict[str, str], body: bytes) -> bytes:
        answer = self.http.request(ask.method, ask.path, headers, body)
        if answer.status_code not in (200, 303):
            raise Answered(f"{ask.method} {ask.path}: {answer.status_code} {answer.body[:300]!r}")
        return bytes(answer.body)


@contextmanager
def over(folder: Path, endpoint: str) -> Iterator[None]:
    """This process's environment is that of the local stage over the emulator, whose table it makes."""
    keys.make(folder)
    os.environ.update(stage_environment("local") | cloud.aws_environment(endpoint))
    os.environ["ISSUERS"] = keys.issuers(folder)
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # a line for each request, in a table that people read
    yield


@contextmanager
def served() -> Iterator[Service]:
    from chalice.test import Client

    from app import app

    service = Service(None)

    def note(event_name: str, **_: Any) -> None:
        service.asked.append(event_name.rpartition(".")[2])

    def note_answer(parsed: dict[str, Any], **_: Any) -> None:
        service.read += int(parsed.get("ScannedCount", 0))

    handlers.BUILTIN_HANDLERS.extend([("request-created", note), ("after-call.dynamodb.Query", note_answer)])
    with Client(app, stage_name="bench") as client:
        service.http = client.http
        yield service


class Taken(NamedTuple):
    """Milliseconds: by the clock on the wall, and of this process's own CPU, without the emulator's."""

    wall: float
    cpu: float


def least(times: int, *acts: Callable[[], object]) -> list[Taken]:
    """Of each at its quickest, taken by turns: whatever else the machine does only makes it slower."""
    taken: list[list[Taken]] = [[] for _ in acts]
    for turn in range(WARM + times):
        for place, act in enumerate(acts):
            wall, cpu = time.perf_counter(), time.process_time()
            act()
            if turn >= WARM:
                taken[place].append(Taken((time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3))
    return [Taken(min(each.wall for each in some), min(each.cpu for each in some)) for some in taken]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, all others to the right."""
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) if not place else cell.rjust(width) for place, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in [heads, *rows])
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
