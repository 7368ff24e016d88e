"""An act of a person on a dossier: who, having seen which version, when, and under which idempotency key."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.access import Caller
from chalicelib.history.once import Once
from chalicelib.history.rules import Actor


@dataclass(frozen=True)
class Act:
    caller: Caller
    at: datetime
    seen: int | None = None
    once: Once | None = None

    @property
    def actor(self) -> Actor:
        """The citizen is not named in the history: the dossier says whose it is."""
        officer = self.caller.kind == "officer"
        return Actor(kind=self.caller.kind, id=self.caller.subject if officer else "")
