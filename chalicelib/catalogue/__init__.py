"""Agencies, procedures and their versions: published, read, searched."""
