"""How a draft ends that is never filed: discarded by whose it is, or erased by the clock, with all its documents."""

from datetime import datetime
from typing import Any

from chalicelib import access
from chalicelib.documents import actions as documents
from chalicelib.documents.records import all_hidden
from chalicelib.dossiers import records
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.change import Change, moved
from chalicelib.dossiers.life import Stage, next_stage
from chalicelib.dossiers.people import Delivery
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier, DraftExpired
from chalicelib.history.rules import Actor, EventType


@again_if_overtaken
def discard(dossier_id: str, act: Act) -> None:
    """At once, and for good. Raises `DraftExpired` when it is gone already, `NotInThisStage` for what was filed."""
    draft = records.load(dossier_id)
    access.require(act.caller, "discard", draft)
    if draft.stage == Stage.EXPIRED:
        raise DraftExpired
    next_stage(draft.stage, EventType.DRAFT_DISCARDED)
    records.require_seen(draft, act.seen)
    erase(draft, EventType.DRAFT_DISCARDED, act.actor, act.at)


def erase(draft: Dossier, event: EventType, actor: Actor, at: datetime) -> None:
    """The documents leave in the transaction in which the draft ends: what is filed at that instant keeps them all.

    Raises `Lost` when the draft, or its documents, have changed since they were read; nothing is gone then.
    """
    leaving = documents.leaving(draft.id, at)
    records.keep(draft, _erased(draft, event, at), actor, at, also=all_hidden(draft.id, leaving))
    documents.erase(leaving)


def _erased(draft: Dossier, event: EventType, at: datetime) -> Change:
    """A draft at its end, expired or discarded: that there was one stays in its history, of its people nothing."""
    nothing: dict[str, Any] = {"applicant": None, "owner": None, "form": {}, "paper": ()}
    return Change(moved(draft, event, at, **nothing, delivery=Delivery(channel=draft.delivery.channel)), event, {})
