"""How a decision on a dossier is taken: load it, ask whether this person may and has seen it as it is, decide, keep."""

from collections.abc import Callable, Sequence

from chalicelib import access
from chalicelib.dossiers import cover_actions, records
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.change import Change
from chalicelib.dossiers.records import again_if_overtaken
from chalicelib.dossiers.rules import Dossier
from chalicelib.history.rules import Event


@again_if_overtaken
def decide(dossier_id: str, action: str, act: Act, move: Callable[[Dossier], Change]) -> Dossier:
    """`move` says what becomes of the dossier, or refuses; it is asked again when another change came between."""
    dossier, act = judged(dossier_id, action, act)
    return records.keep(dossier, act.signed(move(dossier)), act.actor, act.at, act.once)


@again_if_overtaken
def decide_on_past(
    dossier_id: str, action: str, act: Act, move: Callable[[Dossier, Sequence[Event]], Change]
) -> Dossier:
    """Likewise, where what becomes of the dossier rests on its whole history."""
    dossier, past = records.load_with_past(dossier_id)
    act = _allowed(dossier, action, act)
    return records.keep(dossier, act.signed(move(dossier, past)), act.actor, act.at, act.once)


def judged(dossier_id: str, action: str, act: Act) -> tuple[Dossier, Act]:
    """The dossier, once this person, or who they stand in for, may act so on it and has seen it as it is; and the act
    with those they stand in for."""
    dossier = records.load(dossier_id)
    return dossier, _allowed(dossier, action, act)


def _allowed(dossier: Dossier, action: str, act: Act) -> Act:
    if action in access.OF_THE_ASSIGNED:
        act = cover_actions.acting(dossier, act)
    access.require(act.caller, action, dossier)
    records.require_seen(dossier, act.seen)
    return act
