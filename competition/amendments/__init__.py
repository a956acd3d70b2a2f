"""Amending a locked scheme: propose another, see everything that it would change, then apply it whole or drop it."""
