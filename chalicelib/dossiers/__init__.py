"""The dossier and its life, from draft to returned result."""
