"""Marking schemes: shipped, imported, checked, locked."""
