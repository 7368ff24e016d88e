"""The local stack's carrier: VNPost's double with a memory on disk, whose parcels travel while nobody watches."""

import json
import threading
from pathlib import Path
from typing import Any, Final

from ops.local.data import write_whole
from ops.local.vnpost_double import VnpostDouble

SECONDS_PER_STEP: Final = 3.0


class KeptCarrier(VnpostDouble):
    """Every few seconds each parcel moves one step on: order taken in, in transit, delivered."""

    def __init__(self, folder: Path, port: int, keys: dict[str, str], step_seconds: float = SECONDS_PER_STEP) -> None:
        names = ("key", "secret", "customer_code")
        super().__init__(folder / "carrier", port=port, **{name: keys[name] for name in names})  # type: ignore[arg-type]
        self.memory = folder / "vnpost.json"
        self.step_seconds = step_seconds
        self._kept = ""
        self._mover = threading.Thread(target=self._keep_moving, daemon=True)
        self._recall()

    def start(self) -> "KeptCarrier":
        super().start()
        self._mover.start()
        return self

    def stop(self) -> None:
        super().stop()
        self._mover.join(self.step_seconds + 1)
        self._keep()

    def _keep_moving(self) -> None:
        while not self._stopping.wait(self.step_seconds):
            with self._lock:
                self._move_on(self.clock())
                self._keep()

    def _recall(self) -> None:
        if self.memory.exists():
            kept: dict[str, Any] = json.loads(self.memory.read_text(encoding="utf-8"))
            self.orders, self.events, self.placed = kept["orders"], kept["events"], kept["placed"]

    def _keep(self) -> None:
        text = json.dumps({"orders": self.orders, "events": self.events, "placed": self.placed}, ensure_ascii=False)
        if text != self._kept:
            write_whole(self.memory, text)
            self._kept = text

    def _effect(self, *call: Any) -> tuple[int, object]:
        answer = super()._effect(*call)
        self._keep()  # an order that was answered is never forgotten, even by a hard kill
        return answer

    def __enter__(self) -> "KeptCarrier":
        return self.start()
