"""The folder that keeps the local stack's state between runs: whose it is, whether it is whole, what it remembers."""

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from ops.local.cloud import LOOPBACK, free_port, is_free

FORMAT: Final = 1
QUEUE_ADDRESS: Final = re.compile(rf"http://{re.escape(LOOPBACK)}:\d+(/\d{{12}}/)")
OURS: Final = (
    *("cloud", "package", "mail", "keys.json", "issuer.pem", "carrier", "vnpost.json"),
    *("vnpay.json", "momo.json", "payos.json", "bank.json", "disputes.json"),
)


class Unusable(Exception):
    """The folder cannot be used; the message says why and what to do, in one line."""


class Data:
    """`stack.json` is written first and last: a folder without it, or one that never got ready, is not whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.marker = self.folder / "stack.json"

    @property
    def cloud(self) -> Path:
        return self.folder / "cloud"

    @contextmanager
    def held(self) -> Iterator[dict[str, Any]]:
        """The folder for ourselves: what it remembers, checked whole and brought up to date; kept at the end."""
        self._make()
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Unusable(f"{self.folder} is in use by another `make run`.") from None
            memory = self._read()
            memory["cloud_port"] = _kept_port(memory)
            _mend_saved_state(self.cloud / "state", memory["cloud_port"])
            self.remember(memory)
            yield memory

    def recalled(self) -> dict[str, Any]:
        """What the folder remembers, for those who only look; nothing when it is not whole."""
        try:
            memory: dict[str, Any] = json.loads(self.marker.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return memory

    def remember(self, memory: dict[str, Any]) -> None:
        write_whole(self.marker, json.dumps(memory, indent=1))

    def saved_since(self, moment: float) -> bool:
        """Whether the local cloud wrote its state since: it does so when it ends, unless it is killed itself."""
        saved = self.cloud / "state" / "dynamodb.json"
        return saved.exists() and saved.stat().st_mtime >= moment

    def _make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unusable(f"{self.folder} cannot be made: {error.strerror}.") from None
        if not os.access(self.folder, os.W_OK):
            raise Unusable(f"{self.folder} cannot be written to.")

    def _read(self) -> dict[str, Any]:
        if not self.marker.exists():
            return self._fresh()
        try:
            memory: dict[str, Any] = json.loads(self.marker.read_text(encoding="utf-8"))
            known = (memory["format"], memory["cloud"], memory["state"])
        except (ValueError, KeyError, TypeError):
            raise self._half_written("stack.json cannot be read") from None
        if known[:2] != (FORMAT, version("ministack")):
            raise Unusable(
                f"{self.folder} was written by another version (MiniStack {known[1]}, format {known[0]}): "
                "choose another DATA, or remove it."
            )
        if known[2] == "preparing":  # nothing was kept yet: begin again
            return self._fresh()
        if known[2] == "running" and not self.saved_since(0):
            # Killed before it ever wrote its state: files alone, whose buckets nobody remembers, are worth nothing.
            shutil.rmtree(self.cloud, ignore_errors=True)
        self._check_state_files()
        return memory

    def _fresh(self) -> dict[str, Any]:
        strangers = {each.name for each in self.folder.iterdir()} - {"lock", "stack.json"}
        if strangers and not self.marker.exists():
            raise self._half_written("it has files but no stack.json")
        for name in OURS:
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        memory = {"format": FORMAT, "cloud": version("ministack"), "state": "preparing"}
        self.remember(memory)
        return memory

    def _check_state_files(self) -> None:
        for path in sorted((self.cloud / "state").glob("*.json")):
            try:
                json.loads(path.read_text(encoding="utf-8"))
            except (ValueError, OSError):
                raise self._half_written(f"cloud/state/{path.name} cannot be read") from None
        if not (self.folder / "keys.json").exists():
            raise self._half_written("keys.json is missing")

    def _half_written(self, why: str) -> Unusable:
        return Unusable(f"{self.folder} is half written ({why}): choose another DATA, or remove it.")


def _kept_port(memory: dict[str, Any]) -> int:
    port = memory.get("cloud_port")
    return port if isinstance(port, int) and is_free(port) else free_port()


def _mend_saved_state(state: Path, port: int) -> None:
    """MiniStack's saved state names its port in every queue, and counts stream records it does not keep."""
    for path in state.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        mended = QUEUE_ADDRESS.sub(rf"http://{LOOPBACK}:{port}\1", text)
        if mended != text:
            write_whole(path, mended)
    functions = state / "lambda.json"
    if functions.exists():
        saved = json.loads(functions.read_text(encoding="utf-8"))
        # The stream's records begin anew with each start; the mapping must not wait behind a count of the old ones.
        saved["payload"]["dynamodb_stream_positions"] = {"__account_region_scoped__": True, "data": {}}
        write_whole(functions, json.dumps(saved))


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """All of it or nothing, whenever the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
