"""Whether a PDF bears digital signatures, and what a process of its own found of them. It alone starts that process."""

import json
import subprocess
import sys
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from chalicelib.documents.pdf_signatures import UNREADABLE, PdfSignature
from chalicelib.settings import settings

# A signature says in plain, unpacked letters over which bytes it was made: its gap is found by offset.
MARK: Final = b"/ByteRange"
PATIENCE: Final = 20.0
START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from chalicelib.documents.pdf_alone import main; main(*sys.argv[2:])"
)
FOUND: Final = TypeAdapter(tuple[PdfSignature, ...])


class NoReader(RuntimeError):
    """The process did not even start: a library or the list of roots is missing. No file can do that."""


def signatures_of(data: bytes, now: datetime) -> tuple[PdfSignature, ...]:
    """Of a PDF. What kills or outlasts the process that reads it is a signature nobody can read, never a good one."""
    if MARK not in data:
        return ()
    ready, _, found = _said(data, now).partition(b"\n")
    if ready != b"ready":
        raise NoReader
    try:
        return FOUND.validate_json(found)
    except ValidationError:
        return (UNREADABLE,)


def _said(data: bytes, now: datetime) -> bytes:
    asked = [sys.executable, "-c", START, json.dumps(sys.path), now.isoformat(), settings().SIGNATURE_ROOTS_FILE]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter; the file comes as bytes
            asked, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""
    return done.stdout
