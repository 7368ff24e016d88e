"""ClamAV's clamd, asked over TCP whether bytes carry malware. The only module that talks to it."""

import socket
import struct
from contextlib import suppress
from typing import Final

from chalicelib.documents.reasons import Reason
from chalicelib.documents.rules import Step, Verdict
from chalicelib.settings import settings

CHUNK: Final = 256 * 1024
CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 30.0
LONGEST_ANSWER: Final = 4096
# clamd reports what it could not look through as if it had found it; none of these is malware.
NOT_FOUND_BUT_UNSEEN: Final = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")
LIMITS: Final = ("size limit exceeded", "Time limit reached")

UNSCANNABLE: Final = Verdict(Step.TOO_MUCH, Reason.UNSCANNABLE)
AWAY: Final = Verdict(Step.POSTPONED, Reason.SCANNER_AWAY)


def scanned(data: bytes, patience: float = ANSWER_SECONDS) -> Verdict:
    """Whether the bytes pass. Anything that is not a plain yes or no of the scanner postpones the verdict."""
    address = settings().CLAMD
    if not address:
        return Verdict(Step.PASSED, Reason.CHECKED_UNSCANNED)
    host, _, port = address.rpartition(":")
    try:
        return _understood(_asked(host.strip("[]"), int(port), data, patience))
    except OSError:
        return AWAY


def _asked(host: str, port: int, data: bytes, patience: float) -> str:
    with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as connection:
        connection.settimeout(patience)
        # Past its limit clamd answers and closes while we still send: the answer waits to be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            _send(connection, data)
        return _answer(connection)


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(b"zINSTREAM\0")
    view = memoryview(data)
    for start in range(0, len(view), CHUNK):
        chunk = view[start : start + CHUNK]
        connection.sendall(struct.pack("!L", len(chunk)))
        connection.sendall(chunk)
    connection.sendall(struct.pack("!L", 0))


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.decode("utf-8", "replace").strip("\0\n ")


def _understood(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(Step.PASSED, Reason.CHECKED)
    if said.endswith(" FOUND"):
        name = said.removesuffix(" FOUND")
        unseen = name.startswith(NOT_FOUND_BUT_UNSEEN)
        return UNSCANNABLE if unseen else Verdict(Step.FOUND_INFECTED, Reason.INFECTED, name[:100])
    return UNSCANNABLE if any(limit in said for limit in LIMITS) else AWAY
