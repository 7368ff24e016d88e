"""A scanner that answers as clamd does over TCP, or fails as it does."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.documents.samples import EICAR

HANGS = "hangs"
CLOSES = "closes"


@contextmanager
def clamd(answer: str | None = None, *, limit: int = 1 << 30) -> Iterator[str]:
    """Its address. Without an `answer` it finds EICAR and nothing else; past `limit` it stops reading."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, answer, limit, over), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            server.close()
            thread.join(5)


def _serve(server: socket.socket, answer: str | None, limit: int, over: threading.Event) -> None:
    server.settimeout(0.1)
    while not over.is_set():
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                _converse(connection, answer, limit, over)


def _converse(connection: socket.socket, answer: str | None, limit: int, over: threading.Event) -> None:
    if answer == CLOSES:
        return
    assert _exactly(connection, 10) == b"zINSTREAM\0"
    data = b""
    while size := struct.unpack("!L", _exactly(connection, 4))[0]:
        if len(data) + size > limit:
            connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
        data += _exactly(connection, size)
    if answer == HANGS:
        over.wait(5)
        return
    found = "Win.Test.EICAR_HDB-1 FOUND" if EICAR in data else "OK"
    connection.sendall(f"stream: {found if answer is None else answer}\0".encode())


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError
        data += part
    return data
