"""`make run`: from a folder to the whole product on one port, and back to nothing when asked to stop."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from ops.local import cloud, deploy, keys, provider
from ops.local.carrier import KeptCarrier
from ops.local.data import Data, Unusable
from ops.local.simulators import simulators
from ops.local.stack import deployed
from ops.local.template import scheduled
from ops.package import package


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM: unwind, ending everything on the way."""


def run(folder: Path, port: int) -> None:
    with stoppable(), Data(folder).held() as memory:
        try:
            _run(Data(folder), memory, port)
        except Stopped:
            print("Stopped.", flush=True)


def join(folder: Path) -> None:
    """This process's environment becomes that of the functions of the stack that runs in the folder."""
    memory = Data(folder).recalled()
    port = memory.get("cloud_port", 0)
    if memory.get("state") != "running" or cloud.is_free(port):
        raise Unusable(f"No local stack is running in {folder}: start it with `make run`.")
    os.environ.update(cloud.aws_environment(f"http://{cloud.LOOPBACK}:{port}"))
    os.environ.update(deploy.function_environment("APIHandler"))


@contextmanager
def stoppable() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # once is enough: what follows writes the state
        raise Stopped

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(data: Data, memory: dict[str, Any], port: int) -> None:
    began = time.monotonic()
    if not cloud.is_free(port):
        raise Unusable(f"Port {port} is in use: choose another with PORT=.")
    if memory["state"] == "running" and not data.saved_since(memory.get("since", 0)):
        print("The last run was killed: what it wrote to the table and queues is lost.", flush=True)
    keys.make(data.folder)
    template = package("local", data.folder / "package", with_requirements=False)
    with (
        KeptCarrier(data.folder, _carrier_port(memory), keys.credentials(data.folder)["vnpost"]) as carrier,
        cloud.running(data.cloud, keep=True, port=memory["cloud_port"]) as endpoint,
    ):
        os.environ.update(cloud.aws_environment(endpoint))
        os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # nobody counts them here, and people read what is printed
        memory["carrier_port"] = int(carrier.url.rsplit(":", 1)[1])
        functions = deployed(data, template, carrier, port)
        schedules = {name: functions[name] for name in scheduled(template)}
        try:
            with _serving(data, endpoint, schedules, port):
                data.remember(memory | {"state": "running", "since": time.time()})
                here = f"http://127.0.0.1:{port}"
                print(f"Ready on {here} after {time.monotonic() - began:.1f} s", flush=True)
                print(f"  API /docs · simulated payments, mail and schedules {here}/_local/", flush=True)
                print(f"  sign in as anybody: {here}/dang-nhap", flush=True)
                _watch(data, memory["cloud_port"])
        except Stopped:  # from the moment it answers: whoever saw it answer may stop it
            print("Stopping…", flush=True)
    data.remember(memory | {"state": "stopped"})


def _watch(data: Data, port: int) -> None:
    """Until somebody stops us."""
    while not cloud.is_free(port):
        time.sleep(1)
    raise cloud.CloudFailed(f"The local cloud ended by itself; see {data.cloud / 'cloud.log'}.")


def _carrier_port(memory: Mapping[str, Any]) -> int:
    port = memory.get("carrier_port", 0)
    return port if port and cloud.is_free(port) else 0


@contextmanager
def _serving(data: Data, endpoint: str, schedules: dict[str, str], port: int) -> Iterator[None]:
    from app import app
    from chalicelib.settings import settings
    from ops.local.pages import Pages  # the table it looks into has its name by now
    from ops.local.server import listening

    here, account = f"http://127.0.0.1:{port}", settings().PAYMENTS["vietqr"]["account_number"]
    providers = simulators(data.folder, keys.credentials(data.folder), account, here)
    server = listening(app, port, Pages(*providers, endpoint, schedules, provider.at(data.folder, port)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
