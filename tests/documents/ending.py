"""How a dossier that is itself at its end leaves its documents, without the dossier."""

from datetime import datetime

from chalicelib.documents import actions, records
from chalicelib.table import commit


def emptied(dossier_id: str, now: datetime) -> None:
    removed = actions.leaving(dossier_id, now)
    commit(*records.all_hidden(dossier_id, removed))
    actions.erase(removed)
