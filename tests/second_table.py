"""A second implementation of DynamoDB's interface, by others (dynoxide), in place of the mocked one."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import boto3
import pytest

from ops.local.cloud import LOOPBACK, REGION, free_port
from ops.local.template import ROOT

PACKAGE = "@dynoxide/linux-x64@1.2.1"  # MIT or Apache-2.0; a program in a package of npm's
FOLDER = ROOT / ".local" / "peers" / "dynoxide-1.2.1"
ADDRESS = "AWS_ENDPOINT_URL_DYNAMODB"  # botocore takes it before any other
PATIENCE = 10.0


@contextmanager
def serving() -> Iterator[str]:
    """Its address; what it holds is forgotten at the end. Skips where it cannot be had."""
    port = free_port()
    child = subprocess.Popen(
        [_program(), "--host", LOOPBACK, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield _answering(f"http://{LOOPBACK}:{port}", child)
    finally:
        child.terminate()
        child.wait(PATIENCE)


def emptied() -> None:
    """The table of the test before this one is gone, where the session uses this implementation."""
    if endpoint := os.environ.get(ADDRESS):
        client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION)
        with suppress(client.exceptions.ResourceNotFoundException):
            client.delete_table(TableName=os.environ["TABLE"])


def _program() -> Path:
    program = FOLDER / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
    if not program.exists():
        npm = shutil.which("npm")
        if not npm:
            pytest.skip(f"NOT RUN ON {PACKAGE}: npm is not on this machine")
        fetched = [npm, "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
        ran = subprocess.run([*fetched, PACKAGE], capture_output=True, text=True, timeout=300)
        if ran.returncode or not program.exists():
            pytest.skip(f"NOT RUN ON {PACKAGE}: it could not be fetched: {ran.stderr[-300:]}")
    return program


def _answering(endpoint: str, child: "subprocess.Popen[bytes]") -> str:
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            client.list_tables()
        except Exception:
            if child.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return endpoint
