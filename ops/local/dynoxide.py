"""A second implementation of DynamoDB's interface, by others (dynoxide): fetched once, served on loopback."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import boto3

from ops.local.cloud import LOOPBACK, REGION, CloudFailed, free_port
from ops.local.template import ROOT

PACKAGE: Final = "@dynoxide/linux-x64@1.2.1"  # MIT or Apache-2.0; a program in a package of npm's
FOLDER: Final = ROOT / ".local" / "peers" / "dynoxide-1.2.1"
PATIENCE: Final = 10.0


@contextmanager
def serving(*arguments: str, patience: float = PATIENCE) -> Iterator[str]:
    """Its address; what it holds is forgotten at the end. Raises `CloudFailed` where it cannot be had.

    `arguments`: of its command line, before host and port.
    """
    port = free_port()
    child = subprocess.Popen(
        [program(), *arguments, "--host", LOOPBACK, "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _answering(f"http://{LOOPBACK}:{port}", child, patience)
    finally:
        child.terminate()
        child.wait(PATIENCE)


def program() -> Path:
    """Fetched from npm's registry the first time, at the version pinned here, without running its scripts."""
    found = FOLDER / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
    if not found.exists():
        npm = shutil.which("npm")
        if not npm:
            raise CloudFailed(f"{PACKAGE}: npm is not on this machine")
        fetched = [npm, "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
        ran = subprocess.run([*fetched, PACKAGE], capture_output=True, text=True, timeout=300)
        if ran.returncode or not found.exists():
            raise CloudFailed(f"{PACKAGE}: it could not be fetched: {ran.stderr[-300:]}")
    return found


def _answering(endpoint: str, child: "subprocess.Popen[bytes]", patience: float) -> str:
    nobody = boto3.Session("test", "test", region_name=REGION)
    client = nobody.client("dynamodb", endpoint_url=endpoint)
    deadline = time.monotonic() + patience
    while True:
        try:
            client.list_tables()
        except Exception:
            if child.poll() is not None or time.monotonic() > deadline:
                raise CloudFailed(f"{PACKAGE} did not answer within {patience:.0f} s") from None
            time.sleep(0.02)
        else:
            return endpoint
