"""The append-only chained record of what happened to a dossier."""
