"""What fresh processes answer: each group of requests is the first that its process ever sees, over the same table.

Run where `app` is to come from, the sources or an unpacked package. Time and chance are the same in every run.
"""

import base64
import json
import os
import random
import sys
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Any

import boto3

import chalicelib.clock.now as clock
from ops.local import cloud
from tests.mocked import mock_aws


def main() -> None:
    given = json.load(sys.stdin)
    at = datetime.fromisoformat(given["at"])
    clock.now = lambda: at
    with mock_aws():
        cloud.create_bare(os.environ, given["secrets"])
        table, bucket = boto3.client("dynamodb"), boto3.client("s3")
        for item in given["items"]:
            table.put_item(TableName=os.environ["TABLE"], Item=item)
        for key, content in given["objects"].items():
            bucket.put_object(Bucket=os.environ["BUCKET"], Key=key, Body=base64.b64decode(content))
        import app

        told = [in_a_process_of_its_own(lambda group=group: answers(app.app, group)) for group in given["groups"]]
    json.dump({"app": app.__file__, "before": ours(), "told": told}, sys.stdout)


def ours() -> list[str]:
    return sorted(name for name in sys.modules if name.partition(".")[0] == "chalicelib")


def answers(app: Any, events: list[Any]) -> dict[str, Any]:
    told = []
    for event in events:
        same_chance()
        told.append(app(event, None))
        if len(told) == 1:
            first = ours()
    return {"answers": told, "loaded": first}


def same_chance() -> None:
    """Of ids and tokens: what differs between two runs is then how the service came to its answer."""
    drawn = (sha256(str(number).encode()).digest() for number in count())

    def urandom(wanted: int) -> bytes:
        return b"".join(next(drawn) for _ in range(wanted // 32 + 1))[:wanted]

    random._urandom = urandom  # type: ignore[attr-defined]


def in_a_process_of_its_own(answer: Callable[[], dict[str, Any]]) -> Any:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer(), pipe)
            pipe.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    assert not status, "a process that answered ended badly"
    return json.loads(told)


if __name__ == "__main__":
    main()
