"""Shipments and their tracking; one file per carrier."""
