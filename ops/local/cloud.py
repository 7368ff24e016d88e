"""The local cloud: MiniStack as a child process on loopback, and what may be asked of it directly."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3

from ops.local import template

REGION: Final = "ap-southeast-1"
LOOPBACK: Final = "127.0.0.1"
PATIENCE: Final = 20.0
# A killed parent cannot tell its child to stop; on Linux the kernel does (1 is PR_SET_PDEATHSIG).
CHILD: Final = """
import ctypes, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
from ministack.app import main
main()
"""


class CloudFailed(Exception):
    """The local cloud did not start; the message says where to look."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as listener:
        # As a server would: a port whose last connections are still fading away is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


@contextmanager
def running(folder: Path, *, keep: bool, port: int | None = None, guarded: bool = False) -> Iterator[str]:
    """A MiniStack whose state is kept in the folder, or forgotten; it ends with the block, or with us.

    `guarded`: it asks of every call whether the caller's role, or the bucket's or queue's policy, allows it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    endpoint = f"http://{LOOPBACK}:{port}"
    with (folder / "cloud.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", CHILD],
            env=_environment(folder, port, keep) | ({"AUTH": "true"} if guarded else {}),
            cwd=folder,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us only: we end it when we are done with it
        )
    try:
        _wait_until_ready(child, endpoint, folder / "cloud.log")
        yield endpoint
    finally:
        stop(child)


def _environment(folder: Path, port: int, keep: bool) -> dict[str, str]:
    kept = {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
    }
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_", "PYTHON"))
    }
    return {
        **inherited,
        **aws_environment(f"http://{LOOPBACK}:{port}"),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(_made(folder / "tmp")),
        **(kept if keep else {}),
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def aws_environment(endpoint: str) -> dict[str, str]:
    """What makes any AWS client of this machine talk to the local cloud, and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def stand_alone() -> None:
    """No AWS account, profile or proxy of this machine has a say: nothing here leaves loopback."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(aws_environment("http://127.0.0.1:9"))  # nobody, until the local cloud stands
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    os.environ.update(template.stage_environment("local"))  # chalicelib can be imported; the stack's own values follow


def _wait_until_ready(child: "subprocess.Popen[bytes]", endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise CloudFailed(f"The local cloud ended at once (exit code {child.returncode}); see {log}.")
        try:
            urllib.request.urlopen(f"{endpoint}/_ministack/ready", timeout=1).close()  # noqa: S310 - loopback
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise CloudFailed(f"The local cloud did not answer within {PATIENCE:.0f} s; see {log}.")


def stop(child: "subprocess.Popen[bytes]") -> None:
    """Ask it to write its state and end; then make sure that it and its workers are gone."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def client(service: str, endpoint: str | None = None) -> Any:
    """Of the cloud at the endpoint, or the one the environment names, for this service or for all."""
    named = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    return _client(service, endpoint or named)


@cache
def _client(service: str, endpoint: str | None) -> Any:
    return boto3.client(service, region_name=REGION, endpoint_url=endpoint)  # type: ignore[call-overload]


def create_bare(environment: Mapping[str, str], secrets: Mapping[str, Any]) -> None:
    """The template's table, bucket, queues and secret under the names of this environment, without the functions."""
    client("dynamodb").create_table(**template.table_request(environment["TABLE"]))
    client("s3").create_bucket(
        Bucket=environment["BUCKET"],
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
    for queue in ("NOTICES_QUEUE", "POST_QUEUE", "MONEY_QUEUE"):
        client("sqs").create_queue(QueueName=environment[queue].rsplit("/", 1)[-1])
    client("secretsmanager").create_secret(Name=environment["SECRETS"], SecretString=json.dumps(secrets))
