"""The files of a dossier: uploaded to quarantine, checked, kept."""
