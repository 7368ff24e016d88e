"""What payers' banks claim back: told to the province by letter, as in the world, and kept with its number."""

import json
import threading
from pathlib import Path
from typing import Any, Final

from ops.local.data import write_whole

STATES: Final = {
    "opened": "đang tra soát · under dispute",
    "kept": "tiền ở lại · the money stays",
    "lost": "tiền mất · the money is gone",
}


class Disputes:
    def __init__(self, memory: Path) -> None:
        self.memory = memory
        self._lock = threading.Lock()
        self.kept: dict[str, list[dict[str, Any]]] = json.loads(memory.read_text()) if memory.exists() else {}

    def of(self, provider: str, reference: str) -> list[dict[str, Any]]:
        return self.kept.get(f"{provider}/{reference}", [])

    def opened(self, provider: str, reference: str, amount: int) -> None:
        with self._lock:
            number = f"TS-{sum(map(len, self.kept.values())) + 1:04d}"
            claim = {"number": number, "amount": amount, "state": "opened"}
            self.kept.setdefault(f"{provider}/{reference}", []).append(claim)
            self._keep()

    def ended(self, provider: str, reference: str, state: str) -> None:
        """The oldest that is still open."""
        with self._lock:
            claim = next((each for each in self.of(provider, reference) if each["state"] == "opened"), None)
            if claim and state in STATES:
                claim["state"] = state
                self._keep()

    def _keep(self) -> None:
        write_whole(self.memory, json.dumps(self.kept))
