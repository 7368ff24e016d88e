"""A whole local stack of the tests' own, started and stopped as a person does."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import urllib3

from ops.local.cloud import free_port
from ops.local.template import ROOT

http = urllib3.PoolManager(retries=False, timeout=20)


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "ops.local", "--data", str(data), *arguments]


def told(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(data, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=120)


@dataclass
class Started:
    """A running local stack: `url` is where it answers."""

    data: Path
    port: int
    process: "subprocess.Popen[str]"
    log: Path
    seconds: float = field(default=0.0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return http.request("GET", self.url + path, headers=headers)

    def post(self, path: str, body: bytes = b"", **headers: str) -> urllib3.BaseHTTPResponse:
        return http.request("POST", self.url + path, body=body, headers=headers, redirect=False)

    def stop(self, how: int = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


def processes_of(data: Path, also: str = "") -> list[int]:
    """Every process that was started for this folder, however it is related to us; with `also` in its environment."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            environment = (each / "environ").read_bytes()
            state = (each / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if str(data).encode() in environment and also.encode() in environment and state != "Z":
            found.append(int(each.name))
    return found


@contextmanager
def started(data: Path, port: int = 0) -> Iterator[Started]:
    port = port or free_port()
    log = data.with_suffix(".log")
    began = time.monotonic()
    with log.open("a") as output:
        process = subprocess.Popen(
            command(data, "run", "--port", str(port)), cwd=ROOT, stdout=output, stderr=output, text=True
        )
    stack = Started(data, port, process, log)
    try:
        _wait_until_ready(stack)
        stack.seconds = time.monotonic() - began
        yield stack
    finally:
        if process.poll() is None:
            stack.stop(signal.SIGTERM)


def _wait_until_ready(stack: Started) -> None:
    for _ in range(600):
        if stack.process.poll() is not None:
            break
        try:
            if stack.get("/health").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"the local stack did not start:\n{stack.log.read_text()[-3000:]}")
