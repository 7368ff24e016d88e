"""An act of a person on a dossier: who, having seen which version, when, and under which idempotency key."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.access import Caller
from chalicelib.dossiers.change import Change
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

    def signed(self, change: Change) -> Change:
        """With the officer's name as their token carries it, for the papers that tell of the change; and with the
        officer to whom it is assigned, when whoever acts stands in for them: the actor is who acted."""
        named = self.caller.kind == "officer" and self.caller.name
        who = {"by_name": self.caller.name} if named else {}
        officer = change.after.officer
        whose = {"on_behalf_of": officer} if officer in self.caller.covers else {}
        return change._replace(data={**change.data, **who, **whose})
