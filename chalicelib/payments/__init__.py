"""Money due, announced and recorded; one file per provider."""
